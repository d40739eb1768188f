// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"
#include "core/serving/serversnapshot.h"

#include <QWidget>

class QAction;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace BitNet {

class EmptyState;
class EngineContext;
class ServerRegistry;
class ServerLoadChart;
class ServerSession;
class ServerTableModel;
class StartServerDialog;
class ToneLabel;

// The servers with their state, address and slots, and what can be done with each.
class ServersView : public QWidget
{
    Q_OBJECT
public:
    ServersView(ServerRegistry &servers, EngineContext &engine, QWidget *parent = nullptr);

    enum Action { Start, Stop, StartAgain, Log, CopyAddress, CopyKeyFile, RestartOnCrash, Remove };
    static constexpr int actionCount = Remove + 1;
    QAction *action(Action which) const { return m_actions[which]; }
    QList<QAction *> allActions() const { return {std::begin(m_actions), std::end(m_actions)}; }
    QTableView *table() const { return m_table; }
    ServerLoadChart *load() const { return m_load; }
    // What is told about the current server.
    QString details() const;

    // Opens the form; model may be empty.
    StartServerDialog *startServer(const QString &model);
    void select(const QString &name);

Q_SIGNALS:
    // The output of this job, which is a server's log, is to be shown.
    void jobRequested(BitNet::JobId id);
    // For the status bar.
    void message(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void createActions();
    QWidget *makeBar();
    void setUpTable();
    void watch(ServerSession *session);
    void take(const ServerSnapshot &snapshot);
    void updateSelection();
    void showMetrics();
    ServerSession *current() const;

    ServerRegistry &m_servers;
    EngineContext &m_engine;
    ServerTableModel *m_model;
    QSortFilterProxyModel *m_proxy;
    QTableView *m_table;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    ToneLabel *m_details;
    ToneLabel *m_problem;
    ToneLabel *m_metrics;
    ServerLoadChart *m_load;
    QString m_measured; // the server whose metrics are shown
    QAction *m_actions[actionCount] = {};
};

} // namespace BitNet
