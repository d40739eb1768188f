// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/interrupts.h"
#include "app/ctl/outputrelay.h"
#include "app/ctl/outputsink.h"
#include "core/jobs/jobrecord.h"

#include <QHash>
#include <QList>
#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

namespace BitNet {

class InputForwarder;
class RuntimeSupervisor;

// How a session shows and reports its jobs.
struct SessionOptions
{
    bool many = false; // lines get their job's name; the exit status says whether all succeeded
    bool json = false; // a record a line on standard output, and nothing else there
    bool quiet = false; // no output of jobs, no notes
    bool forwardInput = false; // of one interactive job
    bool completeOutput = false; // the one job's output is promised whole: a loss of it is our own failure
    std::optional<qint64> trimOutputBeyond =
        std::nullopt; // bytes; a log that grows larger is given up once it is shown
    QString csvPath = {}; // empty: none
};

// Runs some jobs to their end: submits them, shows what they print, reports them, and works out the exit status.
class JobSession : public QObject
{
    Q_OBJECT
public:
    JobSession(RuntimeSupervisor &supervisor, SessionOptions options, QObject *parent = nullptr);
    ~JobSession() override;

    void start(const QList<JobSpec> &jobs);

Q_SIGNALS:
    // All jobs have ended and all of their output was passed on. Emitted once.
    void finished(int exitStatus);

private:
    void onJobChanged(const JobRecord &record);
    void onInterrupt(int signalNumber, int count);
    void onBroken(const OutputSink *sink, int errorNumber);
    void showOutput(const JobRecord &record);
    void onOutputDone(JobId id);
    void report(const JobRecord &record);
    void note(const QString &sentence);
    void complain(const QString &sentence);
    void discardOutput();
    void finishWhenDone();
    void reportAll();
    int statusOfAll() const;
    QByteArray prefixFor(const JobRecord &record, const OutputSink &sink) const;

    RuntimeSupervisor &m_supervisor;
    const SessionOptions m_options;
    OutputSink m_standardOutput;
    OutputSink m_standardError;
    Interrupts m_interrupts;
    std::unique_ptr<InputForwarder> m_input;
    std::unordered_map<JobId, std::unique_ptr<OutputRelay>> m_relays;
    QHash<QString, int> m_nameCounts; // how many jobs show this name
    std::set<JobId> m_unfinished;
    QList<JobRecord> m_records; // of finished jobs, for the report
    QList<int> m_countsByOutcome;
    MonotonicTime m_startedAt = {};
    int m_firstStatus = 0; // of a single job
    int m_signal = 0; // that interrupted us, or SIGPIPE when our reader is gone
    bool m_cancelled = false; // at least one job ended by that
    bool m_ownFailure = false;
    bool m_outputDiscarded = false;
    bool m_reported = false; // the report and the summary are written
    bool m_finished = false;
};

} // namespace BitNet
