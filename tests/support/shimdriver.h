// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/wire.h"
#include "core/output/outputformat.h"
#include "core/supervisor/treesweep.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QList>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <sys/resource.h>

#include <csignal>
#include <ctime>
#include <functional>
#include <optional>

namespace BitNet::Testing {

inline constexpr int shimPatience = 30'000; // ms; sanitizers and a loaded machine make everything slower

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

inline QString shimPath()
{
    return QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim");
}

inline std::string childPath()
{
    return BITNET_BIN_DIR "/bitnet-testchild";
}

// The bundled child program with these actions.
inline std::vector<std::string> child(std::vector<std::string> actions)
{
    actions.insert(actions.begin(), childPath());
    return actions;
}

inline qint64 monotonicNs()
{
    timespec t = {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

inline QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Talks to one jobshim over its pipes, without the library, and keeps all it says.
class ShimDriver
{
public:
    struct Frame
    {
        Wire::Type type = Wire::Type::Hello;
        std::uint32_t job = 0;
        QByteArray payload;
    };

    explicit ShimDriver(const QString &program = shimPath(), const QStringList &arguments = {})
    {
        m_process.setProgram(program);
        m_process.setArguments(arguments);
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process, [this] { receive(); });
    }
    ~ShimDriver()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(10'000))
            QTest::qFail("the shim did not end with its standard input", __FILE__, __LINE__);
    }
    ShimDriver(const ShimDriver &) = delete;
    ShimDriver &operator=(const ShimDriver &) = delete;

    QProcess &process() { return m_process; }
    qint64 pid() const { return m_process.processId(); }
    QString root() const { return m_root.path(); }
    QString path(QLatin1String name) const { return m_root.filePath(name); }
    // Of the job that was started last.
    QString folder() const { return m_folder; }
    std::uint32_t job() const { return m_job; }
    QByteArray tag() const { return m_tag; }

    bool start()
    {
        m_process.start();
        return waitUntil([this] { return !of(Wire::Type::Hello).isEmpty(); });
    }

    // Fills in what every job needs, sends Run, and forgets what earlier jobs said.
    void run(Wire::RunCommand command)
    {
        ++m_job;
        m_frames.clear();
        if (command.folder.empty())
            command.folder = m_root.filePath(QStringLiteral("job%1").arg(m_job)).toStdString();
        m_folder = QString::fromStdString(command.folder);
        m_tag = "shimtest." + QByteArray::number(QCoreApplication::applicationPid()) + '.'
            + QByteArray::number(quintptr(this)) + '.' + QByteArray::number(m_job);
        command.environment.push_back({1, jobTagVariable, m_tag.toStdString()});
        std::string frame;
        Wire::appendFrame(frame, Wire::Type::Run, m_job, command);
        raw(QByteArray::fromStdString(frame));
    }
    static Wire::RunCommand command(std::vector<std::string> arguments)
    {
        Wire::RunCommand result;
        result.arguments = std::move(arguments);
        result.killGraceNs = 1'000'000'000;
        result.outputCap = 256 * 1024 * 1024;
        return result;
    }
    // Runs the child program with these actions until Ended.
    Wire::EndedStatus runChild(std::vector<std::string> actions)
    {
        return runToEnd(command(child(std::move(actions))));
    }
    Wire::EndedStatus runToEnd(Wire::RunCommand command)
    {
        run(std::move(command));
        return waitForEnd();
    }

    template<typename Payload>
    void send(Wire::Type type, const Payload &payload)
    {
        std::string frame;
        Wire::appendFrame(frame, type, m_job, payload);
        raw(QByteArray::fromStdString(frame));
    }
    void sendRaw(Wire::Type type, const QByteArray &payload = {})
    {
        std::string frame;
        Wire::appendRawFrame(frame, type, m_job, {payload.constData(), size_t(payload.size())});
        raw(QByteArray::fromStdString(frame));
    }
    void stop(qint64 graceNs)
    {
        Wire::StopCommand command;
        command.graceNs = graceNs;
        send(Wire::Type::Stop, command);
    }
    void signal(int number, bool wholeTree = false)
    {
        Wire::SignalCommand command;
        command.number = std::uint32_t(number);
        command.wholeTree = wholeTree ? 1 : 0;
        send(Wire::Type::Signal, command);
    }
    void raw(const QByteArray &bytes) { m_process.write(bytes); }

    bool waitUntil(const std::function<bool()> &condition, int ms = shimPatience)
    {
        // QTest::qWaitFor sleeps between two looks; this is woken by what the shim says, and looks every 10 ms besides.
        QTimer clock;
        clock.start(10);
        const QDeadlineTimer deadline(ms);
        while (!condition()) {
            if (deadline.hasExpired())
                return false;
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
        return true;
    }
    // Fails the test when it does not come.
    Wire::EndedStatus waitForEnd()
    {
        if (!waitUntil([this] { return ended().has_value(); }))
            QTest::qFail("no Ended status", __FILE__, __LINE__);
        return ended().value_or(Wire::EndedStatus());
    }
    // From here on the shim (and the jobs it starts) can't have more descriptors.
    bool limitDescriptors(unsigned long limit)
    {
        const rlimit value = {limit, 4096};
        return ::prlimit(pid_t(pid()), RLIMIT_NOFILE, &value, nullptr) == 0;
    }
    bool waitForStart()
    {
        return waitUntil([this] { return started().has_value(); });
    }
    // Until the job was reported started and has printed this (both streams).
    bool waitForOutput(const QByteArray &text)
    {
        return waitUntil([&] { return started().has_value() && log().contains(text); });
    }
    // Nothing of the job may be left half a second after its end.
    bool nothingLeft()
    {
        return waitUntil([this] { return countTagged(m_tag) == 0; }, 500);
    }

    const QList<Frame> &frames() const { return m_frames; }
    QList<Frame> of(Wire::Type type) const
    {
        QList<Frame> result;
        for (const Frame &frame : m_frames) {
            if (frame.type == type)
                result.append(frame);
        }
        return result;
    }
    std::optional<Wire::StartedStatus> started() const { return status<Wire::StartedStatus>(Wire::Type::Started); }
    std::optional<Wire::EndedStatus> ended() const { return status<Wire::EndedStatus>(Wire::Type::Ended); }
    std::optional<Wire::InstantStatus> firstOutput() const
    {
        return status<Wire::InstantStatus>(Wire::Type::FirstOutput);
    }

    QByteArray log() const { return contentOf(m_folder + QLatin1String("/output.log")); }
    QList<ChunkRecord> index() const
    {
        const QByteArray bytes = contentOf(m_folder + QLatin1String("/output.idx"));
        QList<ChunkRecord> records(bytes.size() / qsizetype(sizeof(ChunkRecord)));
        for (qsizetype i = 0; i < records.size(); ++i)
            memcpy(&records[i], bytes.constData() + i * qsizetype(sizeof(ChunkRecord)), sizeof(ChunkRecord));
        return records;
    }
    // The bytes of one stream, as the index says.
    QByteArray stream(ChunkKind kind) const
    {
        const QByteArray all = log();
        QByteArray result;
        for (const ChunkRecord &record : index()) {
            if (record.kind == kind)
                result += all.mid(qsizetype(record.offset), qsizetype(record.length));
        }
        return result;
    }
    QByteArray output() const { return stream(ChunkKind::Stdout); }

private:
    template<typename Status>
    std::optional<Status> status(Wire::Type type) const
    {
        Status result;
        for (const Frame &frame : m_frames) {
            if (frame.type == type && frame.job == m_job
                && Wire::decode({frame.payload.constData(), size_t(frame.payload.size())}, result))
                return result;
        }
        return std::nullopt;
    }

    void receive()
    {
        m_received += m_process.readAllStandardOutput();
        Wire::FrameHeader header;
        while (m_received.size() >= qsizetype(sizeof header)) {
            memcpy(&header, m_received.constData(), sizeof header);
            const qsizetype size = qsizetype(sizeof header + header.length);
            if (m_received.size() < size)
                return;
            m_frames.append({header.type, header.job, m_received.mid(sizeof header, header.length)});
            m_received.remove(0, size);
        }
    }

    QProcess m_process;
    QTemporaryDir m_root;
    QString m_folder;
    QByteArray m_tag;
    QByteArray m_received;
    QList<Frame> m_frames;
    std::uint32_t m_job = 0;
};

} // namespace BitNet::Testing
