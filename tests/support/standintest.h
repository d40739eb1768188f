// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputlog.h"
#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "support/supervisorfixture.h"

namespace BitNet::Testing {

using namespace Qt::StringLiterals;

inline const QString standinModel = QStringLiteral(BITNET_TEST_DATA "/models/tiny-llama-chat-f16.gguf");
// The whole answer of a stand-in that is told nothing else.
inline const QByteArray sixPieces = QString(u"w\u00f6rd\U0001F408 and "_s.repeated(3)).toUtf8();

// A stand-in server that does these things wrong (standinserver.cpp).
inline ServerSettings standin(const QStringList &faults = {}, int slotCount = 1)
{
    ServerSettings settings{.request = {.model = standinModel, .slotCount = slotCount, .gpuLayers = 0},
                            .buildDir = QStringLiteral(BITNET_BIN_DIR "/../standin-engine"),
                            .showSlots = true};
    for (const QString &fault : faults)
        settings.request.extraArguments += {u"--standin"_s, fault};
    return settings;
}

inline ChatRequest ask(const QString &prompt = u"Hello"_s, int nPredict = -1)
{
    return {.messages = {{u"user"_s, prompt}}, .nPredict = nPredict};
}

inline QByteArray streamOf(const JobRecord &record, OutputStreams streams)
{
    OutputLog log;
    return log.open(record.outputFolder) ? log.readAll(streams) : QByteArray();
}

// Each test with a supervisor that runs one program at a time: servers and requests must not need that place.
class StandinTest : public QObject
{
    Q_OBJECT

protected:
    ServerSession *start(const ServerSettings &settings, bool waitUntilReady = true)
    {
        ConfigurationIssue issue;
        ServerSession *session = m_registry->start(settings, &issue);
        if (!session)
            QTest::qFail(qPrintable(issue.message), __FILE__, __LINE__);
        else if (waitUntilReady && !QTest::qWaitFor([&] { return session->snapshot().isRunning(); }, patience))
            QTest::qFail(qPrintable(u"not ready: "_s + session->snapshot().reason), __FILE__, __LINE__);
        return session;
    }

    JobRecord run(ServerSession *session, const ChatRequest &request, const JobLimits &limits = {})
    {
        QString error;
        const JobId id = session->submitChat(request, limits, &error);
        if (!id.isValid()) {
            QTest::qFail(qPrintable(error), __FILE__, __LINE__);
            return {};
        }
        m_fixture->waitUntilFinished(id);
        return m_fixture->latest(id);
    }

    std::unique_ptr<SupervisorFixture> m_fixture;
    std::unique_ptr<ServerRegistry> m_registry;

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<SupervisorFixture>(1);
        m_registry = std::make_unique<ServerRegistry>(m_fixture->supervisor());
    }
    void cleanup()
    {
        m_registry.reset();
        m_fixture.reset();
    }
};

} // namespace BitNet::Testing
