// SPDX-License-Identifier: MIT
#include "core/serving/remoteserver.h"

#include "core/serving/chatjob.h"
#include "core/serving/chatrunner.h"
#include "core/serving/jobrelay.h"

#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

static constexpr std::chrono::milliseconds healthInterval = 500ms;
static constexpr int slotCount = 1;

RemoteServer::RemoteServer(RuntimeSupervisor &supervisor, const ServerEndpoint &endpoint, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_name(endpoint.url.authority())
    , m_client(endpoint)
{
    m_supervisor.openLane(m_name, [endpoint](QObject *runnerParent) {
        return new ChatRunner(endpoint, ChatLimits().stall, runnerParent);
    });
    // What could not be sent waits until its server is back, which nobody but the next try can tell here.
    m_relay = new JobRelay(
        supervisor,
        [name = m_name](const JobRecord &record) {
            return record.spec->server == name && record.state == JobState::Queued && record.attempts > 0;
        },
        this);
    connect(m_relay, &JobRelay::changed, this, [this] { m_supervisor.setLaneSlots(m_name, slotCount); });
    m_healthTimer.setSingleShot(true);
    connect(&m_healthTimer, &QTimer::timeout, this, &RemoteServer::askHealth);
}

RemoteServer::~RemoteServer()
{
    m_supervisor.closeLane(m_name, u"Server %1 is not used any more."_s.arg(m_name));
}

void RemoteServer::check()
{
    m_toldLoading = false;
    askHealth();
}

void RemoteServer::askHealth()
{
    m_client.get(u"/health"_s, this, [this](const ChatClient::Answer &answer) {
        if (answer.status == 503) {
            if (!std::exchange(m_toldLoading, true))
                Q_EMIT loading();
            m_healthTimer.start(healthInterval);
        } else if (answer.status == 0) {
            Q_EMIT failed(u"The server at %1 can't be reached: %2."_s.arg(m_client.endpoint().url.toString(),
                                                                          QString::fromUtf8(answer.body)));
        } else if (!refusesKey(answer)) {
            askProperties();
        }
    });
}

// Health is everybody's to ask; this needs the key.
void RemoteServer::askProperties()
{
    m_client.get(u"/props"_s, this, [this](const ChatClient::Answer &answer) {
        if (!refusesKey(answer))
            Q_EMIT ready();
    });
}

bool RemoteServer::refusesKey(const ChatClient::Answer &answer)
{
    if (answer.status != 401 && answer.status != 403)
        return false;
    Q_EMIT failed(m_client.endpoint().apiKey.isEmpty()
                      ? u"The server at %1 wants an API key."_s.arg(m_client.endpoint().url.toString())
                      : u"The server at %1 refused the API key."_s.arg(m_client.endpoint().url.toString()));
    return true;
}

JobId RemoteServer::submitChat(const ChatRequest &request, const JobSpec &about, QString *error)
{
    if (const auto problem = validate(request)) {
        if (error)
            *error = *problem;
        return {};
    }
    m_supervisor.setLaneSlots(m_name, slotCount);
    return m_supervisor.submit(chatJob(request, about, m_name, m_client.endpoint().url), error);
}

} // namespace BitNet
