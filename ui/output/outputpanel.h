// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/output/outputchunk.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QProgressBar;
class QToolButton;

namespace BitNet {

class ElidedLabel;
class OutputSaver;
class OutputSearchBar;
class OutputView;

// How a person likes to see output; for a page that keeps it between runs.
struct OutputOptions
{
    OutputStreams streams = OutputStreams::Both;
    bool wrap = true;
    bool times = false;

    friend bool operator==(const OutputOptions &, const OutputOptions &) = default;
};

// The output of one job with everything around it: which streams, times, wrapping, following, search, copy and save; and,
// when there is nothing to see, why.
class OutputPanel : public QWidget
{
    Q_OBJECT
public:
    explicit OutputPanel(QWidget *parent = nullptr);
    ~OutputPanel() override;

    // Shows this job, or, when it is shown already, what is new about it: to be called with each of its records.
    void showJob(const BitNet::JobRecord &record);
    // No job.
    void clear();

    OutputView *view() const { return m_view; }
    OutputOptions options() const;
    void setOptions(const OutputOptions &options);

    void openSearch();
    // What is selected; when nothing is, all of it.
    void copy();
    // Asks where to.
    void saveAs();
    // Writes the chosen streams to a file; progress and outcome are shown.
    void saveTo(const QString &path);

Q_SIGNALS:
    void optionsChanged(const BitNet::OutputOptions &options);

protected:
    void focusInEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QToolButton *addButton(const QString &icon, const QString &name, const QString &tip, bool checkable);
    void applyOptions();
    void refresh();
    void showPlaceholder(const QString &title, const QString &detail);
    std::pair<QString, QString> whyEmpty() const;
    void updateNotice();
    void updateStatus();
    void tell(const QString &message);

    OutputView *const m_view;
    OutputSearchBar *const m_searchBar;
    OutputSaver *const m_saver;
    QWidget *const m_toolBar;
    QComboBox *const m_streams;
    QToolButton *m_times = nullptr;
    QToolButton *m_wrap = nullptr;
    QToolButton *m_follow = nullptr;
    QToolButton *m_find = nullptr;
    QToolButton *m_copy = nullptr;
    QToolButton *m_save = nullptr;
    ElidedLabel *const m_status;
    QProgressBar *const m_progress;
    QLabel *const m_notice;
    QWidget *const m_placeholder;
    QLabel *const m_title;
    QLabel *const m_detail;

    std::optional<JobRecord> m_record;
    QString m_message; // told for a while instead of the status
    QTimer m_messageTimer;
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::OutputOptions)
