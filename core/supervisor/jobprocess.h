// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"
#include "core/jobshim/wire.h"

#include <QByteArray>
#include <QObject>
#include <QProcess>

#include <chrono>

namespace BitNet {

// One slot: a bitnet-jobshim and the job that it serves at the moment. Speaks the wire format with it; decides nothing.
//
// A job given to run() ends with exactly one of ended() and shimLost(). After ended() the slot is idle and can be used
// again; after shimLost() it is of no use any more.
class JobProcess : public QObject
{
    Q_OBJECT
public:
    explicit JobProcess(const QString &shimPath, QObject *parent = nullptr);
    // Ends the shim by closing its lifeline; bounded.
    ~JobProcess() override;

    // Starts the shim when it is not running, and the job as soon as it is. Only for an idle slot.
    void run(JobId id, const Wire::RunCommand &command);
    bool isIdle() const { return !m_job.isValid(); }
    JobId job() const { return m_job; }

    // All of these are ignored when idle.
    void stop(std::chrono::nanoseconds grace);
    void sendSignal(int number, bool wholeTree);
    void pause();
    void resume();
    void writeInput(const QByteArray &bytes);
    void closeInput();

    // The slot is not needed any more: closes the shim's lifeline. retired() follows when it is gone.
    void retire();

Q_SIGNALS:
    void started(BitNet::JobId id, const BitNet::Wire::StartedStatus &status);
    void firstOutput(BitNet::JobId id, const BitNet::Wire::Instant &at);
    void outputTruncated(BitNet::JobId id);
    // All that was given to writeInput() has been written to the job, or it has closed its standard input.
    void inputTaken(BitNet::JobId id);
    void ended(BitNet::JobId id, const BitNet::Wire::EndedStatus &status);
    // The shim could not be started (neverStarted) or died under its job; why is a clause for people.
    void shimLost(BitNet::JobId id, bool neverStarted, const QString &why);
    // The shim of a slot without a job has ended.
    void retired();

private:
    void startShim();
    void readStatus();
    void readFrame(const Wire::FrameHeader &header, std::string_view payload);
    void sendNextInput();
    void send(const std::string &frame);
    void onShimFinished();
    void onShimError(QProcess::ProcessError error);
    void lose(bool neverStarted, const QString &why);

    QProcess m_shim;
    QByteArray m_received;
    JobId m_job;
    std::uint32_t m_serial = 0; // of the current Run on this shim
    QByteArray m_input; // waits for the shim to take what it was sent before
    bool m_inputInFlight = false;
    bool m_closeInput = false;
    bool m_retired = false;
    QString m_problem; // what the shim complained about before it ended
};

} // namespace BitNet
