// SPDX-License-Identifier: MIT
#include "core/serving/serversession.h"

#include "core/futures/whendone.h"
#include "core/jobs/duration.h"
#include "core/output/enginereport.h"
#include "core/runtime/localport.h"
#include "core/serving/chatclient.h"
#include "core/serving/chatjob.h"
#include "core/serving/chatrunner.h"
#include "core/serving/jobrelay.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QFuture>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

static constexpr auto loopback = "127.0.0.1"_L1;
static constexpr auto keyFileName = "api-key"_L1;
static constexpr std::chrono::nanoseconds stopGrace = 5s;
// A model takes from milliseconds to minutes to load; an answer to /health costs the server nothing.
static constexpr std::chrono::milliseconds healthInterval = 100ms;
static constexpr std::chrono::milliseconds aliveInterval = 500ms;
static constexpr std::chrono::milliseconds metricsInterval = 1s;
static constexpr std::chrono::milliseconds firstRestartDelay = 1s;
static constexpr std::chrono::milliseconds longestRestartDelay = 60s;
// A server that was ready for so long and then crashes is no longer one that can't be kept running.
static constexpr std::chrono::nanoseconds recoveredAfter = 60s;

// Variables that a llama-server takes as arguments, and that would take it off its key or its protocol.
static JobEnvironment serverEnvironment()
{
    JobEnvironment environment;
    for (const char *name : {"LLAMA_API_KEY", "LLAMA_ARG_SSL_KEY_FILE", "LLAMA_ARG_SSL_CERT_FILE",
                             "LLAMA_ARG_STATIC_PATH", "LLAMA_ARG_API_PREFIX"})
        environment.overrides.insert(QString::fromLatin1(name), std::nullopt);
    return environment;
}

static QByteArray newApiKey()
{
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return QByteArray(reinterpret_cast<const char *>(random.data()), qsizetype(sizeof random)).toHex();
}

ServerSession::ServerSession(RuntimeSupervisor &supervisor, QString name, ServerSettings settings, quint16 port,
                             QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_port(port)
    , m_settings(std::move(settings))
    , m_restartDelay(firstRestartDelay)
{
    m_snapshot.name = std::move(name);
    m_snapshot.model = m_settings.request.model;
    m_snapshot.slotCount = m_settings.request.slotCount.value_or(1);
    m_snapshot.restartOnCrash = m_settings.restartOnCrash;
    m_snapshot.url = QUrl(u"http://%1:%2"_s.arg(loopback).arg(m_port));

    m_relay = std::make_unique<JobRelay>(supervisor, [name = m_snapshot.name](const JobRecord &record) {
        const JobSpec &spec = *record.spec;
        return spec.server == name || (spec.kind == JobKind::Server && spec.name == name);
    });
    connect(m_relay.get(), &JobRelay::changed, this, &ServerSession::onJob);
    for (QTimer *timer : {&m_healthTimer, &m_restartTimer, &m_aliveTimer})
        timer->setSingleShot(true);
    m_metricsTimer.setInterval(metricsInterval);
    connect(&m_healthTimer, &QTimer::timeout, this, &ServerSession::askHealth);
    connect(&m_aliveTimer, &QTimer::timeout, this, &ServerSession::checkAlive);
    connect(&m_restartTimer, &QTimer::timeout, this, &ServerSession::prepare);
    connect(&m_metricsTimer, &QTimer::timeout, this, &ServerSession::readMetrics);
}

ServerSession::~ServerSession()
{
    if (!m_snapshot.isActive())
        return;
    if (m_laneIsOpen)
        m_supervisor.closeLane(name(), u"Server %1 was stopped."_s.arg(name()));
    if (m_snapshot.job.isValid())
        m_supervisor.cancel(m_snapshot.job);
}

void ServerSession::set(const std::function<void(ServerSnapshot &)> &change)
{
    change(m_snapshot);
    Q_EMIT changed(m_snapshot);
}

void ServerSession::start()
{
    if (m_snapshot.isActive())
        return;
    m_wasReady = false;
    m_restartDelay = firstRestartDelay;
    m_snapshot.restarts = 0;
    m_apiKey = newApiKey();
    // The lane, and what waits in it, stays through restarts, and so do the port and the key that its slots know.
    m_supervisor.openLane(
        name(),
        [endpoint = ServerEndpoint{.url = m_snapshot.url, .apiKey = m_apiKey},
         stall = m_settings.stall](QObject *parent) { return new ChatRunner(endpoint, stall, parent); });
    m_laneIsOpen = true;
    prepare();
}

void ServerSession::prepare()
{
    ++m_run;
    m_ownFailure.clear();
    m_supervisor.setLaneSlots(name(), 0, u"Server %1 is loading its model."_s.arg(name()));
    set([](ServerSnapshot &snapshot) {
        snapshot.state = ServerState::Starting;
        snapshot.reason = u"Loading the model."_s;
        snapshot.failure.reset();
        snapshot.issue.reset();
        snapshot.warnings.clear();
        snapshot.restartIn.reset();
        snapshot.job = {};
        snapshot.pid = 0;
        snapshot.started.reset();
        snapshot.loadTime.reset();
        snapshot.keyFile.clear();
    });

    ServerRequest request = m_settings.request;
    request.host = loopback;
    request.port = m_port;
    request.slotCount = request.slotCount.value_or(1);
    const BitNetRuntime engine = m_settings.buildDir.isEmpty()
        ? m_supervisor.runtime()
        : m_supervisor.runtime().withBuildDir(m_settings.buildDir);
    whenDone(engine.prepareServer(request), this, [this, run = m_run](const Invocation &invocation) {
        if (isCurrent(run) && m_snapshot.state == ServerState::Starting)
            launch(invocation);
    });
}

void ServerSession::launch(const Invocation &invocation)
{
    if (invocation.error) {
        fail(invocation.error->message, invocation.error);
        return;
    }
    if (const auto issue = checkServerArguments(m_settings.request.extraArguments)) {
        fail(issue->message, issue);
        return;
    }
    // Two servers of one user can listen on one port without complaint, and get each other's requests.
    if (portState(loopback, m_port) == PortState::Taken) {
        QString message = u"Port %1 is taken: another program listens there."_s.arg(m_port);
        if (const auto free = freePort())
            message += u" Port %1 is free."_s.arg(*free);
        fail(message, ConfigurationIssue{.field = u"port"_s, .message = message});
        return;
    }
    m_oomKillsBefore = m_oomKills.read();
    JobSpec spec = invocation.job;
    spec.name = name();
    spec.limits = {.killGrace = stopGrace};
    spec.environment = serverEnvironment();
    spec.files += PrivateFile{.name = keyFileName, .content = m_apiKey + '\n', .secret = true};
    spec.command += {u"--api-key-file"_s, PrivateFile::placeholder(keyFileName), u"--metrics"_s};
    if (m_settings.showSlots)
        spec.command += u"--slots"_s;
    QString problem;
    const JobId id = m_supervisor.submit(spec, &problem);
    if (!id.isValid()) {
        fail(problem);
        return;
    }
    set([&](ServerSnapshot &snapshot) {
        snapshot.job = id;
        snapshot.logJob = id;
        snapshot.model = spec.model;
        snapshot.engine = spec.engine;
        snapshot.warnings = invocation.warnings;
    });
}

void ServerSession::stop()
{
    if (!m_snapshot.isActive() || m_snapshot.state == ServerState::Stopping)
        return;
    m_restartTimer.stop();
    m_healthTimer.stop();
    if (!m_snapshot.job.isValid()) {
        end(ServerState::Stopped, {});
        return;
    }
    m_supervisor.closeLane(name(), u"Server %1 was stopped."_s.arg(name()));
    m_laneIsOpen = false;
    m_supervisor.cancel(m_snapshot.job);
    set([](ServerSnapshot &snapshot) {
        snapshot.state = ServerState::Stopping;
        snapshot.reason.clear();
    });
}

void ServerSession::setRestartOnCrash(bool restart)
{
    if (restart == m_snapshot.restartOnCrash)
        return;
    m_settings.restartOnCrash = restart;
    set([restart](ServerSnapshot &snapshot) { snapshot.restartOnCrash = restart; });
}

JobId ServerSession::submitChat(const ChatRequest &request, const JobLimits &limits, QString *error)
{
    return submitChat(request, JobSpec{.limits = limits}, error);
}

JobId ServerSession::submitChat(const ChatRequest &request, const JobSpec &about, QString *error)
{
    const auto refuse = [&](const QString &message) {
        if (error)
            *error = message;
        return JobId();
    };
    if (const auto problem = validate(request))
        return refuse(*problem);
    if (!m_snapshot.isActive() || m_snapshot.state == ServerState::Stopping)
        return refuse(u"Server %1 is not running: start it, then send the request again."_s.arg(name()));
    JobSpec job = chatJob(request, about, name(), m_snapshot.url);
    job.model = m_snapshot.model;
    job.engine = m_snapshot.engine;
    return m_supervisor.submit(job, error);
}

void ServerSession::onJob(const JobRecord &record)
{
    if (record.spec->server == name()) {
        onRequest(record);
        return;
    }
    if (record.id != m_snapshot.job)
        return;
    if (record.state == JobState::Running && !m_snapshot.started)
        onServerStarted(record);
    else if (record.isFinished())
        onServerEnded(record);
}

void ServerSession::onRequest(const JobRecord &record)
{
    const bool isAnswering = record.state == JobState::Starting || record.state == JobState::Running;
    const bool isWaiting = record.state == JobState::Queued;
    if (isAnswering)
        m_answering.insert(record.id);
    else
        m_answering.remove(record.id);
    if (isWaiting)
        m_waiting.insert(record.id);
    else
        m_waiting.remove(record.id);

    ServerSnapshot next = m_snapshot;
    next.busySlots = int(m_answering.size());
    next.waitingRequests = int(m_waiting.size());
    if (record.isFinished())
        ++next.answeredRequests;
    if (next.isRunning())
        next.state = m_answering.isEmpty() ? ServerState::Ready : ServerState::Busy;
    const bool isNews = next.busySlots != m_snapshot.busySlots || next.waitingRequests != m_snapshot.waitingRequests
        || next.answeredRequests != m_snapshot.answeredRequests || next.state != m_snapshot.state;
    m_snapshot = next;
    if (isNews)
        Q_EMIT changed(m_snapshot);
    // The supervisor sends nothing more to a server that hung up on one.
    if (record.outcome == Outcome::Failed || (isWaiting && record.attempts > 0))
        checkAlive();
}

// Its slots come back when it answers; its death is heard of otherwise.
void ServerSession::checkAlive()
{
    if (!m_snapshot.isRunning() || !m_client)
        return;
    m_client->get(u"/health"_s, this, [this, run = m_run](const ChatClient::Answer &answer) {
        if (!isCurrent(run) || !m_snapshot.isRunning())
            return;
        if (answer.status == 200)
            m_supervisor.setLaneSlots(name(), m_snapshot.slotCount);
        else
            m_aliveTimer.start(aliveInterval);
    });
}

void ServerSession::onServerStarted(const JobRecord &record)
{
    m_client = std::make_unique<ChatClient>(ServerEndpoint{.url = m_snapshot.url, .apiKey = m_apiKey});
    set([&](ServerSnapshot &snapshot) {
        snapshot.pid = record.pid;
        snapshot.started = record.started;
        snapshot.keyFile = record.outputFolder + u'/' + keyFileName;
    });
    if (m_snapshot.state == ServerState::Starting)
        askHealth();
}

void ServerSession::askHealth()
{
    m_client->get(u"/health"_s, this, [this, run = m_run](const ChatClient::Answer &answer) {
        if (!isCurrent(run) || m_snapshot.state != ServerState::Starting)
            return;
        if (answer.status == 200)
            askProperties();
        else
            m_healthTimer.start(healthInterval); // it loads, or does not listen yet; its death is heard of otherwise
    });
}

// Only our server knows our key: whoever else listens on this port refuses it.
void ServerSession::askProperties()
{
    m_client->get(u"/props"_s, this, [this, run = m_run](const ChatClient::Answer &answer) {
        if (!isCurrent(run) || m_snapshot.state != ServerState::Starting)
            return;
        if (answer.status == 0 || answer.status == 503) {
            m_healthTimer.start(healthInterval);
            return;
        }
        if (answer.status == 401 || answer.status == 403) {
            m_ownFailure =
                u"Another server answers on port %1 in the place of this one. Stop that one, or use another port."_s
                    .arg(m_port);
            m_supervisor.cancel(m_snapshot.job);
            return;
        }
        if (answer.status == 200)
            takeProperties(answer.body);
        becomeReady();
    });
}

void ServerSession::takeProperties(const QByteArray &json)
{
    QJsonParseError error;
    QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error == QJsonParseError::IllegalUTF8String)
        document = QJsonDocument::fromJson(QString::fromUtf8(json).toUtf8());
    const QJsonObject properties = document.object();
    if (const int total = properties.value("total_slots"_L1).toInt(); total > 0)
        m_snapshot.slotCount = total;
    const QJsonObject defaults = properties.value("default_generation_settings"_L1).toObject();
    if (const int context = defaults.value("n_ctx"_L1).toInt(); context > 0)
        m_snapshot.contextSize = context;
    if (const QJsonValue chatTemplate = properties.value("chat_template"_L1); chatTemplate.isString()) {
        // Some versions count the NUL behind it.
        m_snapshot.chatTemplate = chatTemplate.toString().remove(u'\0');
        m_snapshot.hasChatTemplate = !m_snapshot.chatTemplate.isEmpty();
    }
}

void ServerSession::becomeReady()
{
    m_wasReady = true;
    m_readySince = Instant::now();
    m_supervisor.setLaneSlots(name(), m_snapshot.slotCount);
    set([&](ServerSnapshot &snapshot) {
        snapshot.state = m_answering.isEmpty() ? ServerState::Ready : ServerState::Busy;
        snapshot.reason.clear();
        snapshot.loadTime = m_readySince.monotonic - snapshot.started->monotonic;
    });
    if (m_metricsShown)
        m_metricsTimer.start();
}

void ServerSession::onServerEnded(const JobRecord &record)
{
    m_healthTimer.stop();
    m_metricsTimer.stop();
    m_client.reset();
    if (m_snapshot.state == ServerState::Stopping) {
        end(ServerState::Stopped, {});
        return;
    }
    if (!m_ownFailure.isEmpty()) {
        fail(m_ownFailure);
        return;
    }
    if (record.outcome == Outcome::Cancelled) {
        end(ServerState::Stopped, u"Its job was cancelled."_s);
        return;
    }
    m_snapshot.failure = readEngineReport(record, m_oomKills.hasGrown(m_oomKillsBefore)).failure;
    if (m_snapshot.restartOnCrash && m_wasReady && record.outcome != Outcome::FailedToStart) {
        restartLater(record);
        return;
    }
    fail(record.outcome == Outcome::Succeeded ? u"It ended unasked (exit code 0). See its log."_s
             : record.reason.isEmpty()        ? u"It ended unasked. See its log."_s
                                              : record.reason);
}

void ServerSession::restartLater(const JobRecord &record)
{
    if (Instant::now().monotonic - m_readySince.monotonic > recoveredAfter)
        m_restartDelay = firstRestartDelay;
    const std::chrono::milliseconds delay = m_restartDelay;
    m_restartDelay = std::min(m_restartDelay * 2, longestRestartDelay);
    // What it was answering ends with its connection; what waits may go to the next one.
    m_supervisor.setLaneSlots(name(), 0, u"Server %1 ended and is started again."_s.arg(name()));
    m_restartTimer.start(delay);
    set([&](ServerSnapshot &snapshot) {
        snapshot.state = ServerState::Starting;
        snapshot.job = {};
        snapshot.pid = 0;
        snapshot.keyFile.clear();
        snapshot.loadTime.reset();
        snapshot.restartIn = delay;
        ++snapshot.restarts;
        snapshot.reason = u"%1\nIt is started again in %2."_s.arg(
            record.reason.isEmpty() ? u"It ended unasked (exit code 0)."_s : record.reason, formatDuration(delay));
    });
}

void ServerSession::fail(const QString &reason, const std::optional<ConfigurationIssue> &issue)
{
    m_snapshot.issue = issue;
    end(ServerState::Failed, reason);
}

void ServerSession::end(ServerState state, const QString &reason)
{
    ++m_run;
    m_client.reset();
    if (std::exchange(m_laneIsOpen, false)) {
        const QString what = m_wasReady ? u"Server %1 is not there any more: %2"_s : u"Server %1 did not start: %2"_s;
        m_supervisor.closeLane(name(),
                               reason.isEmpty() ? u"Server %1 was stopped."_s.arg(name()) : what.arg(name(), reason));
    }
    set([&](ServerSnapshot &snapshot) {
        snapshot.state = state;
        snapshot.reason = reason;
        snapshot.pid = 0;
        snapshot.keyFile.clear();
        snapshot.restartIn.reset();
    });
}

void ServerSession::setMetricsShown(bool shown)
{
    m_metricsShown = shown;
    if (!shown) {
        m_metricsTimer.stop();
    } else if (m_snapshot.isRunning() && !m_metricsTimer.isActive()) {
        m_metricsTimer.start();
        readMetrics();
    }
}

void ServerSession::readMetrics()
{
    if (!m_client)
        return;
    m_client->get(u"/metrics"_s, this, [this, run = m_run](const ChatClient::Answer &answer) {
        if (isCurrent(run) && m_metricsShown && answer.status == 200)
            Q_EMIT metricsChanged(ServerMetrics::fromText(answer.body));
    });
}

void ServerSession::readSlots()
{
    if (!m_client) {
        Q_EMIT slotsRead({});
        return;
    }
    m_client->get(u"/slots"_s, this, [this](const ChatClient::Answer &answer) {
        Q_EMIT slotsRead(answer.status == 200 ? QJsonDocument::fromJson(answer.body).array() : QJsonArray());
    });
}

} // namespace BitNet
