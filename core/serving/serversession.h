// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/runtime/oomkills.h"
#include "core/serving/chatrequest.h"
#include "core/serving/serversettings.h"
#include "core/serving/serversnapshot.h"

#include <QJsonArray>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace BitNet {

class ChatClient;
class JobRelay;
class RuntimeSupervisor;

// One llama-server that stays: a supervised job of kind Server without a time limit, in a lane of its own (it takes none of
// the queue's places), and the requests to it, which are jobs too. Lives in the thread that made it, which needs an event
// loop; start() and everything else return at once.
//
// When the server stops or fails for good, requests that are being answered fail, and those that wait for it end as failed
// to start, both with the reason in words. While it is started (again), they wait.
class ServerSession : public QObject
{
    Q_OBJECT
public:
    // name is that of the lane: unique. The supervisor must outlive the session.
    ServerSession(RuntimeSupervisor &supervisor, QString name, ServerSettings settings, quint16 port,
                  QObject *parent = nullptr);
    // Stops the server (it is killed by its ladder) and cancels nothing else: its requests fail with the lane.
    ~ServerSession() override;

    const ServerSnapshot &snapshot() const { return m_snapshot; }
    QString name() const { return m_snapshot.name; }
    const ServerSettings &settings() const { return m_settings; }
    // What a client needs beside snapshot().url. Empty before start().
    QByteArray apiKey() const { return m_apiKey; }

    // From Stopped and Failed: starts it (again) on the same port with a new key. Ignored otherwise. A restart after a crash
    // keeps the key, too.
    void start();
    // One SIGTERM, five seconds of grace, then SIGKILL. A server that waits for its restart is just not started again. An
    // engine that aborts or dies of the signal while it stops was still stopped, not crashed.
    void stop();
    void setRestartOnCrash(bool restart);

    // Queues a request to this server and returns its job's id, from Starting on: requests wait while it loads its model.
    // The generated text is the job's standard output, a chunk a token, readable with OutputLog while it comes; what the
    // server says against it is its standard error. Limits are those of any job. Invalid, with the sentence in error when
    // given, when the request is wrong or the server is not running.
    JobId submitChat(const ChatRequest &request, const JobLimits &limits = {}, QString *error = nullptr);
    // The same as a job with a name (empty: "Chat"), group, priority, limits and whether it is held; what else is in about
    // is not looked at.
    JobId submitChat(const ChatRequest &request, const JobSpec &about, QString *error = nullptr);

    // While shown, /metrics is read once a second and metricsChanged() emitted.
    void setMetricsShown(bool shown);
    // With ServerSettings::showSlots: reads /slots once; slotsRead() follows, empty when that failed.
    void readSlots();

Q_SIGNALS:
    // Something of the snapshot changed: the whole new value. Once a change.
    void changed(const BitNet::ServerSnapshot &snapshot);
    void metricsChanged(const BitNet::ServerMetrics &metrics);
    void slotsRead(const QJsonArray &serverSlots);

private:
    void set(const std::function<void(ServerSnapshot &)> &change);
    void prepare();
    void launch(const Invocation &invocation);
    void onJob(const JobRecord &record);
    void onRequest(const JobRecord &record);
    void onServerStarted(const JobRecord &record);
    void onServerEnded(const JobRecord &record);
    void askHealth();
    void askProperties();
    void takeProperties(const QByteArray &json);
    void becomeReady();
    void restartLater(const JobRecord &record);
    void fail(const QString &reason, const std::optional<ConfigurationIssue> &issue = std::nullopt);
    // The lane is closed and whoever waits is told why.
    void end(ServerState state, const QString &reason);
    void readMetrics();
    void checkAlive();
    bool isCurrent(quint64 run) const { return run == m_run; }

    RuntimeSupervisor &m_supervisor;
    const quint16 m_port;
    ServerSettings m_settings;
    ServerSnapshot m_snapshot;
    QByteArray m_apiKey;
    std::unique_ptr<JobRelay> m_relay;
    std::unique_ptr<ChatClient> m_client; // of the server as it runs now
    quint64 m_run = 0; // counts the starts: answers of an earlier one are not for this
    bool m_laneIsOpen = false;
    bool m_wasReady = false; // since start()
    bool m_metricsShown = false;
    const OomKillCounter m_oomKills;
    std::optional<qint64> m_oomKillsBefore; // when its process was started
    QString m_ownFailure; // why this session itself made its server end
    QSet<JobId> m_answering;
    QSet<JobId> m_waiting;
    std::chrono::milliseconds m_restartDelay;
    Instant m_readySince;
    QTimer m_healthTimer;
    QTimer m_restartTimer;
    QTimer m_aliveTimer;
    QTimer m_metricsTimer;
};

} // namespace BitNet
