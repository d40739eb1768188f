// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/chatclient.h"
#include "core/serving/outputwriter.h"
#include "core/supervisor/requestrunner.h"

namespace BitNet {

// The private file of a request's job that holds what is sent.
inline constexpr QLatin1String requestFileName("request.json");

// One slot of a server: sends a job's request, and writes the answer down as the job's output. Standard output is the text
// and nothing else, standard error what the server had against it.
class ChatRunner : public RequestRunner
{
    Q_OBJECT
public:
    // stall: see ChatLimits.
    ChatRunner(const ServerEndpoint &endpoint, std::chrono::milliseconds stall, QObject *parent = nullptr);
    ~ChatRunner() override;

    void run(const RunOrder &order) override;
    void stop(std::chrono::nanoseconds grace) override;
    void fail(const QString &reason) override;

private:
    void onReceived(const QByteArray &utf8, const Instant &at);
    void onFinished(const ChatEnding &ending);
    void settle(RequestEnding ending);
    void complain(const QString &words, const Instant &at);

    ChatClient m_client;
    const std::chrono::milliseconds m_stall;
    OutputWriter m_output;
    ChatStream *m_stream = nullptr;
    Instant m_started;
    std::shared_ptr<const JobSpec> m_spec;
    bool m_hasOutput = false;
    bool m_toldTruncation = false;
    QString m_failure; // of fail()
};

} // namespace BitNet
