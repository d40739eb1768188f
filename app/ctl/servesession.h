// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/console.h"
#include "app/ctl/interrupts.h"
#include "core/serving/serverregistry.h"

#include <memory>
#include <optional>

namespace BitNet {

class OutputRelay;
class RuntimeSupervisor;
class ServerSession;

struct ServeOptions
{
    bool json = false; // a JSON object a line on standard output each time it becomes ready, instead of text
    bool quiet = false; // no states on standard error, errors only
    bool showLog = false; // what the server prints goes to standard error
};

// Keeps one server in the foreground until it is interrupted or ends unasked: tells its states and, when it is ready, where
// it is and where its key is.
class ServeSession : public QObject
{
    Q_OBJECT
public:
    ServeSession(RuntimeSupervisor &supervisor, const ServeOptions &options, QObject *parent = nullptr);
    ~ServeSession() override;

    void start(const ServerSettings &settings);

Q_SIGNALS:
    // The server is gone, or could not be started, and all was said. Emitted once, from the event loop.
    void finished(int exitStatus);

private:
    void onChanged(const ServerSnapshot &snapshot);
    void onServerJob(const JobRecord &record);
    void onInterrupt(int signalNumber, int count);
    void announce(const ServerSnapshot &snapshot);
    void leave(int exitStatus);
    void finishWhenDone();

    RuntimeSupervisor &m_supervisor;
    const ServeOptions m_options;
    Console m_console;
    Interrupts m_interrupts;
    ServerRegistry m_servers;
    ServerSession *m_server = nullptr; // the registry's
    ServerSnapshot m_last;
    std::unique_ptr<OutputRelay> m_log; // of the server as it runs now
    int m_killedBy = 0; // the signal that was the second
    std::optional<int> m_exitStatus;
    bool m_finished = false;
};

} // namespace BitNet
