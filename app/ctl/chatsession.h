// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/chatserver.h"
#include "app/ctl/console.h"
#include "app/ctl/interrupts.h"
#include "app/ctl/lineinput.h"
#include "app/ctl/turnreader.h"

#include <memory>
#include <optional>

namespace BitNet {

class AnswerPrinter;
class RuntimeSupervisor;

struct ChatOptions
{
    bool json = false; // a record a line on standard output instead of the answers
    bool quiet = false; // no states and figures
    QString systemPrompt = {};
    ChatRequest request = {}; // all of it but the messages
    JobLimits limits = {}; // of an answer
};

// A conversation at a terminal, or with the lines of a pipe: asks, shows the answers and what was measured of them, until the
// input ends or somebody leaves.
class ChatSession : public QObject
{
    Q_OBJECT
public:
    // The server is started by start().
    ChatSession(RuntimeSupervisor &supervisor, ChatServer &server, const ChatOptions &options,
                QObject *parent = nullptr);
    ~ChatSession() override;

    void start();

Q_SIGNALS:
    // All is said and the server is gone. Emitted once, from the event loop.
    void finished(int exitStatus);

private:
    enum class State {
        Waiting, // for the server
        Prompting,
        Answering,
        Leaving,
    };

    void prompt();
    void onLine(const QByteArray &bytes);
    void onInputEnded();
    void take(const TurnReader::Turn &turn);
    void obey(const QString &command);
    void send(const QString &text);
    void onJobChanged(const JobRecord &record);
    void finishAnswer(const JobRecord &record);
    void printRecord(const JobRecord &record, const QString &answer);
    void onServerFailed(const QString &reason, bool isSettings);
    void onInterrupt(int signalNumber, int count);
    void onOutputBroken(int errorNumber);
    void leave(int exitStatus);
    void finishWhenDone();
    bool isInteractive() const { return m_input.isTerminal(); }
    void breakPromptLine();

    RuntimeSupervisor &m_supervisor;
    ChatServer &m_server;
    ChatOptions m_options;
    Console m_console;
    Interrupts m_interrupts;
    LineInput m_input;
    TurnReader m_reader;
    State m_state = State::Waiting;
    QList<ChatMessage> m_messages; // the conversation so far, without the system prompt
    JobId m_job; // that answers
    std::unique_ptr<AnswerPrinter> m_answer; // of it
    bool m_isContinuing = false; // the prompt asks for the rest of a turn
    bool m_inputEnded = false;
    bool m_stopAsked = false; // of the answer that comes
    bool m_serverIsGone = false;
    int m_signal = 0; // to leave by, once the answer was stopped
    std::optional<int> m_exitStatus;
    bool m_finished = false;
};

} // namespace BitNet
