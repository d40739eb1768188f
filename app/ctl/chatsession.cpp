// SPDX-License-Identifier: MIT
#include "app/ctl/chatsession.h"

#include "app/ctl/answerprinter.h"
#include "app/ctl/reports.h"
#include "app/ctl/slashcommands.h"
#include "core/conversations/answerfigures.h"
#include "core/conversations/conversationmarkdown.h"
#include "core/supervisor/runtimesupervisor.h"
#include "core/telemetry/recordexport.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cerrno>
#include <csignal>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

ChatSession::ChatSession(RuntimeSupervisor &supervisor, ChatServer &server, const ChatOptions &options, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_server(server)
    , m_options(options)
    , m_console(options.quiet)
    , m_input(m_console.standardError())
    , m_reader(m_input.isTerminal())
{
    connect(&supervisor, &RuntimeSupervisor::jobChanged, this, &ChatSession::onJobChanged);
    connect(&supervisor, &RuntimeSupervisor::healthChanged, this, [this](const QString &problem) {
        if (!problem.isEmpty())
            m_console.note(problem);
    });
    connect(&m_server, &ChatServer::told, this, [this](const QString &sentence) { m_console.note(sentence); });
    connect(&m_server, &ChatServer::ready, this, [this] {
        if (m_state != State::Waiting)
            return;
        if (isInteractive())
            m_console.note(u"/help shows what can be typed beside prompts."_s);
        prompt();
    });
    connect(&m_server, &ChatServer::failed, this, &ChatSession::onServerFailed);
    connect(&m_server, &ChatServer::gone, this, [this] {
        m_serverIsGone = true;
        finishWhenDone();
    });
    connect(&m_input, &LineInput::line, this, &ChatSession::onLine);
    connect(&m_input, &LineInput::ended, this, &ChatSession::onInputEnded);
    connect(&m_interrupts, &Interrupts::interrupted, this, &ChatSession::onInterrupt);
    connect(&m_console, &Console::outputBroken, this, &ChatSession::onOutputBroken);
    connect(&m_console, &Console::drained, this, &ChatSession::finishWhenDone);
}

ChatSession::~ChatSession() = default;

void ChatSession::start()
{
    m_server.start();
}

void ChatSession::prompt()
{
    if (m_inputEnded) {
        leave(AllSucceeded);
        return;
    }
    m_state = State::Prompting;
    m_input.ask(m_isContinuing ? u"... "_s : u">>> "_s);
}

// What is said next must not stand behind the prompt.
void ChatSession::breakPromptLine()
{
    if (m_state == State::Prompting && isInteractive())
        m_console.standardError().write("\n");
}

void ChatSession::onLine(const QByteArray &bytes)
{
    if (!isInteractive() && !bytes.isValidUtf8()) {
        m_console.complain(u"standard input is no valid UTF-8: a line of it could not be passed on as it is"_s);
        leave(OwnFailure);
        return;
    }
    take(m_reader.take(QString::fromUtf8(bytes)));
}

void ChatSession::onInputEnded()
{
    breakPromptLine();
    m_inputEnded = true;
    take(m_reader.takeRest());
}

void ChatSession::take(const TurnReader::Turn &turn)
{
    m_isContinuing = turn.kind == TurnReader::Kind::More;
    switch (turn.kind) {
    case TurnReader::Kind::Nothing:
    case TurnReader::Kind::More:
        prompt();
        break;
    case TurnReader::Kind::Command:
        obey(turn.text);
        break;
    case TurnReader::Kind::Prompt:
        send(turn.text);
        break;
    }
}

void ChatSession::obey(const QString &command)
{
    const QString name = command.section(u' ', 0, 0);
    const QString rest = command.section(u' ', 1).trimmed();
    const auto show = [this](const QString &text) { m_console.reply(text.trimmed()); };
    if (name == "bye"_L1 || name == "exit"_L1 || name == "quit"_L1) {
        leave(AllSucceeded);
        return;
    }
    if (name == "retry"_L1 && m_messages.size() >= 2) {
        const QString question = m_messages[m_messages.size() - 2].content;
        m_messages.resize(m_messages.size() - 2);
        send(question);
        return;
    }
    if (name == "help"_L1 || name == "?"_L1) {
        show(chatHelp());
    } else if (name == "clear"_L1) {
        m_messages.clear();
        show(u"A new conversation."_s);
    } else if (name == "retry"_L1) {
        show(u"There is no answer yet."_s);
    } else if (name == "system"_L1) {
        if (!rest.isEmpty())
            m_options.systemPrompt = rest == "-"_L1 ? QString() : rest;
        show(m_options.systemPrompt.isEmpty() ? u"No system prompt."_s
                                              : u"The system prompt is: %1"_s.arg(m_options.systemPrompt));
    } else if (name == "set"_L1) {
        show(setParameter(rest, &m_options.request));
    } else if (name == "show"_L1) {
        show(m_server.description() + parametersAsText(m_options.request));
    } else {
        show(u"There is no command \"/%1\". See /help."_s.arg(name));
    }
    prompt();
}

void ChatSession::send(const QString &text)
{
    ChatRequest request = m_options.request;
    if (!m_options.systemPrompt.isEmpty())
        request.messages.append({u"system"_s, m_options.systemPrompt});
    request.messages += m_messages;
    request.messages.append({u"user"_s, text});

    QString error;
    m_job = m_server.ask(request, JobSpec{.limits = m_options.limits}, &error);
    if (!m_job.isValid()) {
        m_console.complain(error);
        if (isInteractive())
            prompt();
        else
            leave(OwnFailure);
        return;
    }
    m_state = State::Answering;
    m_stopAsked = false;
    m_messages.append({u"user"_s, text});
    m_answer = std::make_unique<AnswerPrinter>(m_options.json ? nullptr : &m_console.standardOutput());
}

void ChatSession::onJobChanged(const JobRecord &record)
{
    if (record.id != m_job || !m_answer)
        return;
    m_answer->take(record);
    if (record.isFinished())
        finishAnswer(record);
}

void ChatSession::finishAnswer(const JobRecord &record)
{
    const QString answer = std::exchange(m_answer, nullptr)->text();
    m_job = {};
    const Outcome outcome = record.outcome.value_or(Outcome::Lost);
    const bool isKept = outcome == Outcome::Succeeded || (outcome == Outcome::Cancelled && !answer.isEmpty());
    if (isKept)
        m_messages.append({u"assistant"_s, answer});
    else
        m_messages.removeLast(); // as if it had not been asked, so that it can be asked again
    if (m_options.json)
        printRecord(record, answer);

    QString figures = figuresLine(figuresOf(record));
    if (outcome == Outcome::Cancelled)
        figures += figures.isEmpty() ? u"stopped"_s : u" · stopped"_s;
    const bool isFailure = outcome != Outcome::Succeeded && outcome != Outcome::Cancelled;
    if (!figures.isEmpty() && !m_options.json && (!isFailure || record.ttft))
        m_console.aside(figures);
    if (isFailure && m_state != State::Leaving)
        m_console.complain(record.reason);

    if (m_state == State::Leaving)
        finishWhenDone();
    else if (m_signal != 0)
        leave(SignalBase + m_signal);
    else if (isFailure && !isInteractive())
        leave(outcome == Outcome::TimedOut || outcome == Outcome::Expired ? LimitPassed : NotAllSucceeded);
    else
        prompt();
    if (std::exchange(m_stopAsked, false) && m_state == State::Prompting)
        m_interrupts.startAnew();
}

void ChatSession::printRecord(const JobRecord &record, const QString &answer)
{
    QJsonObject object = recordToJson(record);
    object[u"prompt"_s] = record.spec->prompt;
    object[u"answer"_s] = answer;
    object[u"stop_reason"_s] =
        record.stopReason.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(record.stopReason);
    m_console.standardOutput().write(QJsonDocument(object).toJson(QJsonDocument::Compact).append('\n'));
}

void ChatSession::onServerFailed(const QString &reason, bool isSettings)
{
    breakPromptLine();
    if (m_state != State::Leaving)
        m_console.complain(reason);
    leave(isSettings ? OwnFailure : NotAllSucceeded);
}

void ChatSession::onInterrupt(int signalNumber, int count)
{
    const bool isForTheAnswer = signalNumber == SIGINT && isInteractive();
    switch (m_state) {
    case State::Waiting:
        leave(SignalBase + signalNumber);
        break;
    case State::Prompting:
        breakPromptLine();
        if (isForTheAnswer && std::exchange(m_isContinuing, false)) { // of what is being written
            m_reader.clear();
            m_interrupts.startAnew();
            prompt();
            break;
        }
        leave(isForTheAnswer ? AllSucceeded : SignalBase + signalNumber);
        break;
    case State::Answering:
        if (m_stopAsked || !isForTheAnswer) {
            m_signal = signalNumber;
            m_input.release(); // before the next one ends us
        }
        m_supervisor.cancel(m_job);
        m_stopAsked = true;
        break;
    case State::Leaving:
        if (count < 2)
            break;
        m_server.kill();
        m_console.close();
        finishWhenDone();
        break;
    }
}

void ChatSession::onOutputBroken(int errorNumber)
{
    if (errorNumber != EPIPE)
        m_console.complain(u"standard output can't be written to: %1"_s.arg(qt_error_string(errorNumber)));
    leave(errorNumber == EPIPE ? SignalBase + SIGPIPE : OwnFailure);
}

void ChatSession::leave(int exitStatus)
{
    if (m_exitStatus)
        return;
    m_exitStatus = exitStatus;
    m_state = State::Leaving;
    m_input.release();
    if (m_answer)
        m_supervisor.cancel(m_job);
    m_server.stop();
}

void ChatSession::finishWhenDone()
{
    if (!m_exitStatus || !m_serverIsGone || m_answer || m_console.isBlocked() || std::exchange(m_finished, true))
        return;
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT finished(*m_exitStatus); }, Qt::QueuedConnection);
}

} // namespace BitNet
