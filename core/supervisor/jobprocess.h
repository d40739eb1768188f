// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/wire.h"
#include "core/supervisor/jobrunner.h"

#include <QByteArray>
#include <QProcess>

namespace BitNet {

// One slot: a bitnet-jobshim and the job that it serves at the moment. Speaks the wire format with it; decides nothing.
//
// A job given to run() ends with exactly one of ended() and shimLost(). After ended() the slot is idle and can be used
// again; after shimLost() it is of no use any more.
class JobProcess : public JobRunner
{
    Q_OBJECT
public:
    explicit JobProcess(const QString &shimPath, QObject *parent = nullptr);
    // Ends the shim by closing its lifeline; bounded.
    ~JobProcess() override;

    // Starts the shim when it is not running, and the job as soon as it is.
    void run(const RunOrder &order) override;
    bool canPause() const override { return true; }

    void stop(std::chrono::nanoseconds grace) override;
    void sendSignal(int number, bool wholeTree) override;
    void pause() override;
    void resume() override;
    void writeInput(const QByteArray &bytes) override;
    void closeInput() override;

    // The slot is not needed any more: closes the shim's lifeline. retired() follows when it is gone.
    void retire();

Q_SIGNALS:
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
    std::uint32_t m_serial = 0; // of the current Run on this shim
    QByteArray m_input; // waits for the shim to take what it was sent before
    bool m_inputInFlight = false;
    bool m_closeInput = false;
    bool m_retired = false;
    QString m_problem; // what the shim complained about before it ended
};

} // namespace BitNet
