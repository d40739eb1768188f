// SPDX-License-Identifier: MIT
#include "core/output/outputlog.h"

#include "core/output/growthwatch.h"
#include "core/output/positionedread.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

OutputLog::OutputLog(QObject *parent)
    : QObject(parent)
{
    m_fallbackTimer.setInterval(20ms);
    connect(&m_fallbackTimer, &QTimer::timeout, this, &OutputLog::refresh);
}

OutputLog::~OutputLog()
{
    stopFollowing();
}

bool OutputLog::open(const QString &folder)
{
    close();
    m_folder = folder;
    const int folderDescriptor =
        ::open(QFile::encodeName(folder).constData(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folderDescriptor < 0) {
        fail(errno == ENOENT ? tr("There is no output yet: the folder %1 does not exist.").arg(folder)
                 : errno == ENOTDIR || errno == ELOOP
                 ? tr("%1 is not a folder (a symbolic link is refused).").arg(folder)
                 : tr("The folder %1 can't be opened: %2.").arg(folder, qt_error_string(errno)));
        return false;
    }
    const int index = openFile(folderDescriptor, outputIndexName);
    const int log = index < 0 ? -1 : openFile(folderDescriptor, outputLogName);
    ::close(folderDescriptor);
    const bool indexAttached = index >= 0 && m_index.attach(index);
    const bool logAttached =
        log >= 0 && m_log.open(log, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle);
    if (!indexAttached || !logAttached) {
        m_index.detach();
        m_log.close();
        return false;
    }
    if (m_following)
        startFollowing();
    // After the watch is there, so that nothing falls between the two.
    m_index.refresh(m_log.handle());
    return true;
}

int OutputLog::openFile(int folderDescriptor, const char *name)
{
    // Not blocking, should somebody have put a pipe there.
    const int descriptor = ::openat(folderDescriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const int error = errno;
    struct stat status;
    if (descriptor >= 0 && ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        return descriptor;
    if (descriptor >= 0)
        ::close(descriptor);

    const QString path = m_folder + u'/' + QString::fromLatin1(name);
    if (descriptor >= 0)
        fail(tr("%1 is not a plain file.").arg(path));
    else if (error == ENOENT)
        fail(tr("There is no output yet."));
    else if (error == ELOOP)
        fail(tr("%1 is a symbolic link; it is not followed.").arg(path));
    else
        fail(tr("%1 can't be read: %2.").arg(path, qt_error_string(error)));
    return -1;
}

void OutputLog::fail(const QString &message)
{
    m_errorString = message;
}

void OutputLog::close()
{
    stopFollowing();
    m_index.detach();
    m_log.close();
    m_folder.clear();
    m_errorString.clear();
}

bool OutputLog::isOpen() const
{
    return m_log.isOpen();
}

QString OutputLog::folder() const
{
    return m_folder;
}

QString OutputLog::errorString() const
{
    return m_errorString;
}

bool OutputLog::refresh()
{
    if (!isOpen())
        return false;
    if (!m_index.refresh(m_log.handle()))
        return false;
    Q_EMIT grown(size());
    return true;
}

qint64 OutputLog::size() const
{
    return m_index.end();
}

qint64 OutputLog::size(OutputStreams streams) const
{
    return streams == OutputStreams::Both ? m_index.end() : m_index.total().of(streams);
}

qint64 OutputLog::chunkCount() const
{
    return m_index.count();
}

OutputChunk OutputLog::chunk(qint64 index) const
{
    return m_index.at(index);
}

qint64 OutputLog::chunkAt(qint64 offset) const
{
    return m_index.indexAt(offset);
}

QByteArray OutputLog::read(qint64 offset, qint64 length) const
{
    length = std::min(length, size() - offset);
    if (offset < 0 || length <= 0)
        return {};
    QByteArray bytes(length, Qt::Uninitialized);
    bytes.truncate(positionedRead(m_log.handle(), offset, bytes.data(), length));
    return bytes;
}

QByteArray OutputLog::read(OutputStreams streams, qint64 position, qint64 length) const
{
    if (streams == OutputStreams::Both)
        return read(position, length);
    length = std::min(length, size(streams) - position);
    if (position < 0 || length <= 0)
        return {};

    ChunkSums sums;
    qint64 index = m_index.startFor(streams, position, &sums);
    QByteArray bytes(length, Qt::Uninitialized);
    qint64 done = 0;
    // Neighbouring chunks are read at once.
    qint64 runOffset = 0;
    qint64 runLength = 0;
    const auto readRun = [&] {
        const qint64 count = positionedRead(m_log.handle(), runOffset, bytes.data() + done, runLength);
        done += count;
        return count == runLength;
    };
    for (; index < m_index.count() && done + runLength < length; ++index) {
        const OutputChunk chunk = m_index.at(index);
        const qint64 before = sums.of(streams);
        sums.add(chunk);
        const qint64 skipped = std::max<qint64>(position - before, 0);
        const qint64 available = sums.of(streams) - before - skipped;
        if (available <= 0)
            continue;
        const qint64 offset = chunk.offset + skipped;
        if (runLength > 0 && runOffset + runLength != offset) {
            if (!readRun()) {
                runLength = 0;
                break;
            }
            runLength = 0;
        }
        if (runLength == 0)
            runOffset = offset;
        runLength += std::min(available, length - done - runLength);
    }
    readRun();
    bytes.truncate(done);
    return bytes;
}

QByteArray OutputLog::readAll(OutputStreams streams, qint64 maximumBytes) const
{
    return read(streams, 0, maximumBytes);
}

void OutputLog::slice(OutputStreams streams, qint64 from, qint64 to, OutputSlice &slice) const
{
    slice.pieces.clear();
    from = std::max<qint64>(from, 0);
    to = std::min(to, size());
    qint64 total = 0;
    for (qint64 index = from < to ? m_index.firstAt(from) : m_index.count(); index < m_index.count(); ++index) {
        OutputChunk chunk = m_index.at(index);
        if (chunk.offset >= to)
            break;
        OutputPiece *last = slice.pieces.empty() ? nullptr : &slice.pieces.back();
        if (chunk.kind == ChunkKind::Gap) {
            if (last && last->kind == ChunkKind::Gap && last->offset == chunk.offset)
                last->length += chunk.length;
            else
                slice.pieces.push_back({total, chunk.offset, chunk.length, chunk.kind});
            continue;
        }
        const qint64 begin = std::max(chunk.offset, from);
        const qint64 length = std::min(chunk.offset + chunk.length, to) - begin;
        const bool chosen =
            streams == OutputStreams::Both || (streams == OutputStreams::Stdout) == (chunk.kind == ChunkKind::Stdout);
        if (!chosen || length <= 0)
            continue;
        if (last && last->kind == chunk.kind && last->offset + last->length == begin)
            last->length += length;
        else
            slice.pieces.push_back({total, begin, length, chunk.kind});
        total += length;
    }

    // A buffer that only ever grows: pages that were touched once are not paid for again.
    if (slice.bytes.capacity() < total)
        slice.bytes.reserve(total);
    slice.bytes.resize(total);
    char *const bytes = slice.bytes.data();
    qint64 runAt = 0;
    qint64 runOffset = 0;
    qint64 runLength = 0;
    for (const OutputPiece &piece : slice.pieces) {
        if (piece.kind == ChunkKind::Gap)
            continue;
        if (runLength > 0 && runOffset + runLength == piece.offset) {
            runLength += piece.length;
            continue;
        }
        const qint64 count = positionedRead(m_log.handle(), runOffset, bytes + runAt, runLength);
        if (count < runLength)
            std::memset(bytes + runAt + count, 0, std::size_t(runLength - count));
        runAt = piece.at;
        runOffset = piece.offset;
        runLength = piece.length;
    }
    const qint64 count = positionedRead(m_log.handle(), runOffset, bytes + runAt, runLength);
    if (count < runLength)
        std::memset(bytes + runAt + count, 0, std::size_t(runLength - count));
}

qint64 OutputLog::droppedBytes() const
{
    return m_index.total().dropped;
}

qint64 OutputLog::droppedBefore(qint64 offset) const
{
    qint64 dropped = 0;
    for (qint64 index = m_index.indexAt(offset); index >= 0; --index) {
        const OutputChunk chunk = m_index.at(index);
        if (chunk.offset < offset)
            break;
        if (chunk.kind == ChunkKind::Gap)
            dropped += chunk.length;
    }
    return dropped;
}

void OutputLog::setFollowing(bool following)
{
    if (m_following == following)
        return;
    m_following = following;
    if (!following) {
        stopFollowing();
    } else if (isOpen()) {
        startFollowing();
        // What came before the watch was there.
        QMetaObject::invokeMethod(this, &OutputLog::refresh, Qt::QueuedConnection);
    }
}

bool OutputLog::isFollowing() const
{
    return m_following;
}

void OutputLog::startFollowing()
{
    m_watch = GrowthWatch::ofThisThread();
    if (!m_watch || !m_watch->add(m_index.descriptor(), this, [this] { refresh(); })) {
        m_watch.reset();
        m_fallbackTimer.start();
    }
}

void OutputLog::stopFollowing()
{
    if (m_watch)
        m_watch->remove(this);
    m_watch.reset();
    m_fallbackTimer.stop();
}

} // namespace BitNet
