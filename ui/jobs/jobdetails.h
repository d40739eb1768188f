// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QWidget>

#include <optional>

class QAction;
class QHBoxLayout;
class QLabel;
class QStackedWidget;
class QTabBar;

namespace BitNet {

class ElidedLabel;
class OutputPanel;
class SummaryView;
class TimelineView;
class ToneLabel;

// The selected job: its output as it comes, a summary in words, a timeline.
class JobDetails : public QWidget
{
    Q_OBJECT
public:
    enum Tab { Output, Summary, Timeline };

    explicit JobDetails(QWidget *parent = nullptr);

    // Nothing: says that no job, or count jobs, are selected. The same job again only brings it up to date.
    void setRecord(const std::optional<JobRecord> &record, int count = 0);
    JobId job() const;
    void showTab(Tab tab);
    Tab tab() const;
    // Gives the keyboard to what is shown.
    void focusContent();
    // Puts a button at the right end of the tabs.
    void addCornerAction(QAction *action);
    // What grows with time.
    void tick();
    OutputPanel *outputPanel() const { return m_output; }
    SummaryView *summary() const { return m_summary; }

private:
    void updateShown();
    void updateTitle();

    QTabBar *m_tabs;
    QHBoxLayout *m_corner;
    QLabel *m_icon;
    ElidedLabel *m_name;
    ToneLabel *m_state;
    QStackedWidget *m_stack;
    QWidget *m_nothing;
    ToneLabel *m_nothingText;
    OutputPanel *m_output;
    SummaryView *m_summary;
    TimelineView *m_timeline;
    std::optional<JobRecord> m_record;
};

} // namespace BitNet
