// SPDX-License-Identifier: MIT
#include "app/ctl/jobsession.h"

#include "app/ctl/inputforwarder.h"
#include "app/ctl/reports.h"
#include "app/ctl/terminaltext.h"
#include "core/supervisor/runtimesupervisor.h"
#include "core/telemetry/recordexport.h"

#include <QDir>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <numeric>
#include <utility>

#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;

JobSession::JobSession(RuntimeSupervisor &supervisor, SessionOptions options, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_options(std::move(options))
    , m_standardOutput(STDOUT_FILENO)
    , m_standardError(STDERR_FILENO)
    , m_countsByOutcome(int(Outcome::Lost) + 1, 0)
    , m_startedAt(monotonicNow())
{
    connect(&supervisor, &RuntimeSupervisor::jobChanged, this, &JobSession::onJobChanged);
    connect(&supervisor, &RuntimeSupervisor::healthChanged, this, [this](const QString &problem) {
        if (!problem.isEmpty())
            note(problem);
    });
    connect(&m_interrupts, &Interrupts::interrupted, this, &JobSession::onInterrupt);
    for (OutputSink *sink : {&m_standardOutput, &m_standardError}) {
        connect(sink, &OutputSink::broken, this, [this, sink](int errorNumber) { onBroken(sink, errorNumber); });
        connect(sink, &OutputSink::drained, this, [this] {
            for (const auto &[id, relay] : m_relays)
                relay->continueWriting();
            finishWhenDone();
        });
    }
}

JobSession::~JobSession() = default;

void JobSession::start(const QList<JobSpec> &jobs)
{
    for (const JobSpec &job : jobs)
        ++m_nameCounts[displayName(job)];
    for (const JobSpec &job : jobs) {
        QString error;
        const JobId id = m_supervisor.submit(job, &error);
        if (!id.isValid()) {
            complain(u"%1: %2"_s.arg(displayName(job), error));
            m_ownFailure = true;
            continue;
        }
        m_unfinished.insert(id);
        if (m_options.forwardInput && !m_input)
            m_input = std::make_unique<InputForwarder>(m_supervisor, id);
    }
    finishWhenDone();
}

void JobSession::onJobChanged(const JobRecord &record)
{
    if (record.state == JobState::Running || (record.isFinished() && record.started))
        showOutput(record);
    if (!record.isFinished() || m_unfinished.erase(record.id) == 0)
        return;
    report(record);
    if (const auto relay = m_relays.find(record.id); relay != m_relays.end())
        relay->second->finish();
    finishWhenDone();
}

void JobSession::showOutput(const JobRecord &record)
{
    if (m_options.quiet || m_outputDiscarded || m_relays.contains(record.id) || !m_unfinished.contains(record.id))
        return;
    const OutputRelay::Sinks sinks = {.standardOutput = m_options.json ? &m_standardError : &m_standardOutput,
                                      .standardError = &m_standardError};
    auto relay = m_options.many
        ? std::make_unique<OutputRelay>(record.outputFolder, sinks, prefixFor(record, *sinks.standardOutput),
                                        prefixFor(record, *sinks.standardError), nullptr)
        : std::make_unique<OutputRelay>(record.outputFolder, sinks, nullptr);
    if (m_options.trimOutputBeyond)
        relay->setTrimming(*m_options.trimOutputBeyond);
    connect(relay.get(), &OutputRelay::done, this, [this, id = record.id] { onOutputDone(id); });
    OutputRelay &started = *relay;
    m_relays.emplace(record.id, std::move(relay));
    started.start();
}

void JobSession::onOutputDone(JobId id)
{
    const auto found = m_relays.find(id);
    std::unique_ptr<OutputRelay> relay = std::move(found->second);
    m_relays.erase(found);
    if (!relay->error().isEmpty() && !m_outputDiscarded) {
        complain(u"the output of job %1 could not be shown: %2"_s.arg(QString::number(id.value), relay->error()));
        m_ownFailure = true;
    }
    if (relay->isTrimmed())
        QDir(relay->folder()).removeRecursively();
    relay.release()->deleteLater(); // its signal is being delivered
    finishWhenDone();
}

QByteArray JobSession::prefixFor(const JobRecord &record, const OutputSink &sink) const
{
    static constexpr std::array colours = {36, 33, 32, 35, 34, 31};

    const QString name = displayName(*record.spec);
    QByteArray label = harmlessLine(name).toUtf8();
    if (m_nameCounts.value(name) > 1)
        label += ' ' + QByteArray::number(record.id.value);
    label = '[' + label + ']';
    if (sink.hasColours()) {
        const int colour = colours[record.id.value % colours.size()];
        label = "\033[" + QByteArray::number(colour) + 'm' + label + "\033[0m";
    }
    return label + ' ';
}

void JobSession::report(const JobRecord &record)
{
    ++m_countsByOutcome[int(record.outcome.value_or(Outcome::Lost))];
    if (!m_options.many)
        m_firstStatus = exitStatus(record);
    m_cancelled = m_cancelled || record.outcome == Outcome::Cancelled;
    if (!m_options.csvPath.isEmpty())
        m_records.append(record);
    if (m_options.json)
        m_standardOutput.write(jsonLine(record));

    const QString name = displayName(*record.spec);
    QString sentence = noteOn(record);
    if (m_options.many && record.isFailure() && sentence.isEmpty())
        sentence = record.reason;
    if (record.outcome == Outcome::FailedToStart || record.outcome == Outcome::Lost)
        complain(u"%1: %2"_s.arg(name, sentence));
    else if (!sentence.isEmpty())
        note(u"%1: %2"_s.arg(name, sentence));

    if (record.droppedBytes == 0)
        return;
    const QString loss = u"%1: %2 bytes of its output were not kept."_s.arg(name, QString::number(record.droppedBytes));
    if (m_options.completeOutput) {
        complain(QString(loss + u" Is the disk full?"_s));
        m_ownFailure = true;
    } else {
        note(loss);
    }
}

void JobSession::onInterrupt(int signalNumber, int count)
{
    m_signal = signalNumber;
    if (count == 1) {
        if (!m_unfinished.empty() && signalNumber == SIGINT && m_standardError.isTerminal())
            note(u"cancelling; Ctrl-C again kills at once"_s);
        m_supervisor.cancelAll();
        return;
    }
    m_supervisor.killNow(QList<JobId>(m_unfinished.begin(), m_unfinished.end()));
    // Whoever insists does not want to wait for a reader that has stopped reading.
    discardOutput();
    m_standardOutput.close();
    m_standardError.close();
    finishWhenDone();
}

void JobSession::onBroken(const OutputSink *sink, int errorNumber)
{
    // A job whose errors nobody reads goes on; one whose output nobody reads would end by SIGPIPE if it wrote itself.
    if (sink == &m_standardOutput && m_signal == 0) {
        if (errorNumber == EPIPE) {
            m_signal = SIGPIPE;
        } else {
            complain(u"standard output can't be written to: %1"_s.arg(qt_error_string(errorNumber)));
            m_ownFailure = true;
        }
        m_supervisor.cancelAll();
        discardOutput();
    }
    for (const auto &[id, relay] : m_relays)
        relay->continueWriting();
    finishWhenDone();
}

void JobSession::discardOutput()
{
    m_outputDiscarded = true;
    for (const auto &[id, relay] : m_relays)
        relay->discard();
}

void JobSession::note(const QString &sentence)
{
    if (!m_options.quiet)
        complain(sentence);
}

void JobSession::complain(const QString &sentence)
{
    const QString line = u"bitnetctl: "_s + sentence + u'\n';
    m_standardError.write(harmless(line).toUtf8());
}

void JobSession::reportAll()
{
    if (!m_options.csvPath.isEmpty()) {
        std::sort(m_records.begin(), m_records.end(),
                  [](const JobRecord &a, const JobRecord &b) { return a.id < b.id; });
        QString error;
        if (!exportCsv(m_options.csvPath, m_records, &error)) {
            complain(error);
            m_ownFailure = true;
        }
    }
    if (m_options.many)
        note(summary(m_countsByOutcome, monotonicNow() - m_startedAt));
}

void JobSession::finishWhenDone()
{
    if (!m_unfinished.empty() || !m_relays.empty() || m_finished)
        return;
    if (!std::exchange(m_reported, true))
        reportAll();
    if (m_standardOutput.isBlocked() || m_standardError.isBlocked())
        return;
    m_finished = true;
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT finished(statusOfAll()); }, Qt::QueuedConnection);
}

int JobSession::statusOfAll() const
{
    if (m_ownFailure)
        return OwnFailure;
    if (m_signal == SIGPIPE || (m_signal != 0 && m_cancelled))
        return SignalBase + m_signal;
    if (!m_options.many)
        return m_firstStatus;
    const int total = std::accumulate(m_countsByOutcome.cbegin(), m_countsByOutcome.cend(), 0);
    return m_countsByOutcome[int(Outcome::Succeeded)] == total ? AllSucceeded : NotAllSucceeded;
}

} // namespace BitNet
