// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"

#include <QCoreApplication>
#include <QObject>
#include <QSocketNotifier>
#include <QStringList>

#include <csignal>
#include <cstdio>
#include <functional>

namespace BitNet::Testing {

// What an application with a server does, to be ended: says "server PID" when its stand-in server has come as far as wanted
// ("loading", "ready", "busy"), and takes "crash" and "close" on standard input.
class ServingHost : public QObject
{
    Q_OBJECT
public:
    ServingHost(ServerRegistry &servers, QString state, std::function<void()> close)
        : m_state(std::move(state))
        , m_close(std::move(close))
        , m_input(0, QSocketNotifier::Read)
    {
        connect(&m_input, &QSocketNotifier::activated, this, &ServingHost::takeCommand);
        connect(&servers, &ServerRegistry::changed, this, &ServingHost::follow);
        ServerSettings settings{
            .request = {.model = QStringLiteral(BITNET_TEST_DATA "/models/tiny-llama-chat-f16.gguf"), .gpuLayers = 0},
            .buildDir = QStringLiteral(BITNET_BIN_DIR "/../standin-engine"),
            .onDemand = true};
        settings.request.extraArguments = {QStringLiteral("--standin"), QStringLiteral("pieces=100000"),
                                           QStringLiteral("--standin"), QStringLiteral("piece-ms=5")};
        if (m_state == QLatin1String("loading"))
            settings.request.extraArguments += {QStringLiteral("--standin"), QStringLiteral("load-ms=600000")};
        ConfigurationIssue issue;
        m_session = servers.start(settings, &issue);
        if (!m_session)
            say(QStringLiteral("refused: ") + issue.message);
    }

private:
    static void say(const QString &line)
    {
        std::printf("%s\n", qPrintable(line));
        std::fflush(stdout);
    }

    void follow(const ServerSnapshot &server)
    {
        if (!m_session || m_told)
            return;
        if (server.state == ServerState::Failed)
            say(QStringLiteral("failed: ") + server.reason);
        if (m_state == QLatin1String("busy") && server.state == ServerState::Ready && !m_asked) {
            m_asked = true;
            m_session->submitChat({.messages = {{QStringLiteral("user"), QStringLiteral("Hello")}}, .nPredict = -1});
        }
        const ServerState wanted = m_state == QLatin1String("loading") ? ServerState::Starting
            : m_state == QLatin1String("busy")                         ? ServerState::Busy
                                                                       : ServerState::Ready;
        if (server.state != wanted || server.pid == 0)
            return;
        m_told = true;
        say(QStringLiteral("server %1").arg(server.pid));
    }

    void takeCommand()
    {
        char line[64] = {};
        if (!std::fgets(line, sizeof line, stdin)) {
            m_input.setEnabled(false);
            return;
        }
        if (QByteArrayView(line).startsWith("crash"))
            std::raise(SIGABRT);
        else
            m_close();
    }

    const QString m_state;
    const std::function<void()> m_close;
    QSocketNotifier m_input;
    ServerSession *m_session = nullptr;
    bool m_asked = false;
    bool m_told = false;
};

} // namespace BitNet::Testing
