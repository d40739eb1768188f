// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "ui/jobs/jobactions.h"
#include "ui/jobs/jobcategory.h"

#include <QTimer>
#include <QWidget>

class QLineEdit;
class QSettings;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace BitNet {

class ElasticColumn;
class EmptyState;
class JobDetails;
class JobFilterProxy;
class JobSidebar;
class JobTableModel;

// The page of jobs: filters at the left, the table, the details of the selected job below or beside it.
class JobsPage : public QWidget
{
    Q_OBJECT
public:
    JobsPage(JobTableModel &jobs, JobActions &actions, QWidget *parent = nullptr);

    // Buttons of the page when there are no jobs at all; the first is the recommended one.
    void addFirstStep(QAction *action);

    void select(const QList<JobId> &ids, bool scroll = true);
    // Makes a job visible whatever is filtered, selects it and shows its output. Without scroll the table stays where it is.
    void reveal(JobId id, bool scroll = true);
    void choose(JobCategory category);
    // What is told about the selected job may have changed.
    void updateDetails();
    void focusSearch();

    void saveState(QSettings &settings) const;
    void restoreState(QSettings &settings);

    QAction *searchAction() const { return m_search; }
    QAction *sidebarAction() const { return m_showSidebar; }
    QAction *detailsBesideAction() const { return m_detailsBeside; }
    QTableView *table() const { return m_table; }
    JobFilterProxy *proxy() const { return m_proxy; }
    JobSidebar *sidebar() const { return m_sidebar; }
    JobDetails *details() const { return m_details; }
    QLineEdit *searchField() const { return m_searchField; }

protected:
    void focusInEvent(QFocusEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *makeBar();
    void setUpTable();
    void applyFilter();
    void onSelectionChanged();
    void updateEmptiness();
    void showColumnMenu(const QPoint &at);
    void showRowMenu(const QPoint &at);
    void tick();
    int characters(int count) const; // their width in a cell
    int resetColumnWidth(int column) const;
    void resetColumns();

    JobTableModel &m_jobs;
    JobActions &m_actions;
    JobFilterProxy *m_proxy;
    JobSidebar *m_sidebar;
    QTableView *m_table;
    ElasticColumn *m_elastic;
    JobDetails *m_details;
    QLineEdit *m_searchField;
    QSplitter *m_across;
    QSplitter *m_split;
    QStackedWidget *m_stack;
    EmptyState *m_noJobs;
    EmptyState *m_noMatch;
    QAction *m_search;
    QAction *m_showSidebar;
    QAction *m_detailsBeside;
    QAction *m_columns;
    QAction *m_clearFilter;
    bool m_columnsKnown = false; // from an earlier start, or once shown
    QTimer m_tick;
    QTimer m_typing; // a pause in typing before many rows are searched
};

} // namespace BitNet
