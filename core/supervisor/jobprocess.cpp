// SPDX-License-Identifier: MIT
#include "core/supervisor/jobprocess.h"

#include "core/supervisor/jobending.h"
#include "core/supervisor/runcommand.h"
#include "core/supervisor/supervisorlogging.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

// What is sent to a job's standard input at a time; the next piece waits until this one was written, so that a job that
// does not read costs no memory in the shim.
static constexpr qsizetype inputPieceBytes = 64 * 1024;
// How long the destructor waits for a shim that was told to end, before it kills it.
static constexpr int destructorWaitMs = 1000;

JobProcess::JobProcess(const QString &shimPath, QObject *parent)
    : JobRunner(parent)
{
    m_shim.setProgram(shimPath);
    m_shim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_shim, &QProcess::readyReadStandardOutput, this, &JobProcess::readStatus);
    connect(&m_shim, &QProcess::finished, this, &JobProcess::onShimFinished);
    connect(&m_shim, &QProcess::errorOccurred, this, &JobProcess::onShimError);
}

JobProcess::~JobProcess()
{
    m_shim.disconnect(this);
    if (m_shim.state() == QProcess::NotRunning)
        return;
    m_shim.closeWriteChannel();
    if (!m_shim.waitForFinished(destructorWaitMs)) {
        qCWarning(supervisorLog) << "A job's shim did not end in time and is killed.";
        m_shim.kill();
    }
}

void JobProcess::startShim()
{
    m_received.clear();
    m_problem.clear();
    m_serial = 0;
    m_shim.start(QIODevice::ReadWrite);
}

void JobProcess::run(const RunOrder &order)
{
    Q_ASSERT(isIdle());
    m_job = order.id;
    m_input.clear();
    m_inputInFlight = false;
    m_closeInput = false;
    if (m_shim.state() == QProcess::NotRunning)
        startShim();
    if (m_job != order.id)
        return; // the start failed at once and was reported
    ++m_serial;
    std::string frame;
    Wire::appendFrame(frame, Wire::Type::Run, m_serial, runCommand(order));
    send(frame);
}

void JobProcess::stop(std::chrono::nanoseconds grace)
{
    if (isIdle())
        return;
    std::string frame;
    Wire::appendFrame(frame, Wire::Type::Stop, m_serial, Wire::StopCommand{.graceNs = grace.count()});
    send(frame);
}

void JobProcess::sendSignal(int number, bool wholeTree)
{
    if (isIdle())
        return;
    std::string frame;
    Wire::appendFrame(frame, Wire::Type::Signal, m_serial,
                      Wire::SignalCommand{.number = static_cast<std::uint32_t>(number),
                                          .wholeTree = static_cast<std::uint8_t>(wholeTree)});
    send(frame);
}

void JobProcess::pause()
{
    if (isIdle())
        return;
    std::string frame;
    Wire::appendRawFrame(frame, Wire::Type::Pause, m_serial);
    send(frame);
}

void JobProcess::resume()
{
    if (isIdle())
        return;
    std::string frame;
    Wire::appendRawFrame(frame, Wire::Type::Resume, m_serial);
    send(frame);
}

void JobProcess::writeInput(const QByteArray &bytes)
{
    if (isIdle() || m_closeInput)
        return;
    m_input += bytes;
    sendNextInput();
}

void JobProcess::closeInput()
{
    if (isIdle() || m_closeInput)
        return;
    m_closeInput = true;
    sendNextInput();
}

void JobProcess::sendNextInput()
{
    if (m_inputInFlight)
        return;
    std::string frame;
    if (!m_input.isEmpty()) {
        const qsizetype size = qMin(m_input.size(), inputPieceBytes);
        Wire::appendRawFrame(frame, Wire::Type::Input, m_serial, {m_input.constData(), static_cast<size_t>(size)});
        m_input.remove(0, size);
        m_inputInFlight = true;
    } else if (m_closeInput) {
        Wire::appendRawFrame(frame, Wire::Type::CloseInput, m_serial);
    } else {
        return;
    }
    send(frame);
}

void JobProcess::send(const std::string &frame)
{
    // A shim that is gone reports itself through finished(); writing to it then is no error of its own.
    if (m_shim.state() != QProcess::NotRunning)
        m_shim.write(frame.data(), static_cast<qint64>(frame.size()));
}

void JobProcess::retire()
{
    m_retired = true;
    if (m_shim.state() == QProcess::NotRunning)
        Q_EMIT retired();
    else
        m_shim.closeWriteChannel();
}

void JobProcess::readStatus()
{
    m_received += m_shim.readAllStandardOutput();
    // The buffer is taken out of the object: a slot connected to our signals may start the next job.
    const QByteArray received = std::exchange(m_received, {});
    const std::string_view bytes(received.constData(), static_cast<size_t>(received.size()));
    size_t position = 0;
    while (bytes.size() - position >= sizeof(Wire::FrameHeader)) {
        Wire::FrameHeader header;
        std::memcpy(&header, bytes.data() + position, sizeof header);
        if (header.frameMagic != Wire::magic || header.frameVersion != Wire::version
            || header.length > Wire::maximumPayload) {
            m_problem = u"it answered in a format that this version does not understand"_s;
            m_shim.kill();
            return;
        }
        if (bytes.size() - position - sizeof header < header.length)
            break;
        readFrame(header, bytes.substr(position + sizeof header, header.length));
        position += sizeof header + header.length;
    }
    m_received = received.sliced(static_cast<qsizetype>(position)) + m_received;
}

void JobProcess::readFrame(const Wire::FrameHeader &header, std::string_view payload)
{
    const auto isOurs = [&] { return !isIdle() && header.job == m_serial; };
    switch (header.type) {
    case Wire::Type::Hello:
        break;
    case Wire::Type::Started:
        if (Wire::StartedStatus status; isOurs() && Wire::decode(payload, status))
            Q_EMIT started(m_job, fromWire(status.at), status.pid);
        break;
    case Wire::Type::FirstOutput:
        if (Wire::InstantStatus status; isOurs() && Wire::decode(payload, status))
            Q_EMIT firstOutput(m_job, fromWire(status.at));
        break;
    case Wire::Type::Truncated:
        if (isOurs())
            Q_EMIT outputTruncated(m_job);
        break;
    case Wire::Type::InputTaken:
        if (isOurs()) {
            m_inputInFlight = false;
            sendNextInput();
            if (!m_inputInFlight)
                Q_EMIT inputTaken(m_job);
        }
        break;
    case Wire::Type::Ended:
        if (Wire::EndedStatus status; isOurs() && Wire::decode(payload, status))
            Q_EMIT ended(std::exchange(m_job, {}), status);
        break;
    case Wire::Type::ProtocolError:
        if (Wire::ProtocolErrorStatus status; Wire::decode(payload, status))
            m_problem = QString::fromStdString(status.text);
        break;
    case Wire::Type::Run:
    case Wire::Type::Stop:
    case Wire::Type::Signal:
    case Wire::Type::Pause:
    case Wire::Type::Resume:
    case Wire::Type::Input:
    case Wire::Type::CloseInput:
        break; // commands: a shim never sends them
    }
}

void JobProcess::onShimFinished()
{
    readStatus();
    QString why = m_problem;
    if (why.isEmpty()) {
        why = m_shim.exitStatus() == QProcess::CrashExit ? u"it was killed or crashed"_s
                                                         : u"it ended with exit code %1"_s.arg(m_shim.exitCode());
    }
    lose(false, why);
}

void JobProcess::onShimError(QProcess::ProcessError error)
{
    // Everything but a failed start is followed by finished().
    if (error == QProcess::FailedToStart)
        lose(true, m_shim.errorString());
}

void JobProcess::lose(bool neverStarted, const QString &why)
{
    if (const JobId job = std::exchange(m_job, {}); job.isValid())
        Q_EMIT shimLost(job, neverStarted, why);
    else
        Q_EMIT retired();
}

} // namespace BitNet
