// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <QThread>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

namespace BitNet {

// What a brief program printed, and how it ended.
struct BriefResult
{
    QByteArray standardOutput = {};
    QByteArray standardError = {};
    // Why it has no proper end, in a sentence; empty when it ended by itself, whatever its exit code.
    QString problem = {};
    int exitCode = 0;
};

// Runs programs that answer at once (--help, nvidia-smi) in a thread of its own, so that no caller's event loop is needed
// or held up. Each is bounded in time and output and killed, with its process group, when it passes either bound. The
// thread is started with the first program. Thread-safe. Needs a QCoreApplication, as every event loop does: without one no
// program is started, and the result says so.
class BriefProgramRunner
{
public:
    struct Limits
    {
        std::chrono::milliseconds timeout = std::chrono::seconds(10);
        qint64 outputCap = 1024 * 1024; // bytes a stream
    };
    // Called exactly once, in the runner's thread (without a QCoreApplication: by run). Must not destroy the runner.
    using Done = std::function<void(BriefResult)>;

    BriefProgramRunner();
    // Kills what still runs; each Done has been called when this returns.
    ~BriefProgramRunner();
    BriefProgramRunner(const BriefProgramRunner &) = delete;
    BriefProgramRunner &operator=(const BriefProgramRunner &) = delete;

    void run(const QString &program, const QStringList &arguments, Limits limits, Done done);

private:
    std::mutex m_mutex; // guards the start of the thread
    QThread m_thread;
    QObject *m_context; // lives in m_thread, parent of the running programs; deleted by it
};

} // namespace BitNet
