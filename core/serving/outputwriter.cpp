// SPDX-License-Identifier: MIT
#include "core/serving/outputwriter.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

bool writeAt(int descriptor, QByteArrayView bytes, qint64 offset)
{
    qsizetype written = 0;
    while (written < bytes.size()) {
        const ssize_t count =
            ::pwrite(descriptor, bytes.data() + written, std::size_t(bytes.size() - written), offset + written);
        if (count > 0)
            written += count;
        else if (count == 0 || errno != EINTR)
            return false;
    }
    return true;
}

QString problemOf(const FailedStart &failure)
{
    const QString path = QFile::decodeName(failure.path.c_str());
    const QString why = QString::fromLocal8Bit(std::strerror(failure.error));
    return failure.step == Wire::StartStep::Folder
        ? u"Its private folder %1 can't be made: %2."_s.arg(path, why)
        : u"The file %1 can't be made in its private folder: %2."_s.arg(path, why);
}

} // namespace

QString OutputWriter::create(const QString &folder, const QList<PrivateFile> &files, qint64 outputCap)
{
    std::vector<Wire::File> wireFiles;
    wireFiles.reserve(std::size_t(files.size()));
    for (const PrivateFile &file : files)
        wireFiles.push_back(
            {.name = QFile::encodeName(file.name).toStdString(), .content = file.content.toStdString()});

    *this = {};
    if (const FailedStart failure = m_folder.create(QFile::encodeName(folder).toStdString(), wireFiles)) {
        m_isShortage = failure.error == EMFILE || failure.error == ENFILE || failure.error == ENOMEM;
        return problemOf(failure);
    }
    m_log = m_folder.takeLog();
    m_index = m_folder.takeIndex();
    m_cap = outputCap;
    m_keeping = true;
    return {};
}

void OutputWriter::discard()
{
    m_folder.remove();
    *this = {};
}

void OutputWriter::append(ChunkKind kind, QByteArrayView bytes, std::chrono::nanoseconds elapsed)
{
    if (bytes.isEmpty() || !isOpen())
        return;
    (kind == ChunkKind::Stdout ? m_stdoutBytes : m_stderrBytes) += bytes.size();
    if (m_keeping) {
        const qsizetype fitting = std::min<qsizetype>(bytes.size(), m_cap - m_logSize);
        m_keeping = writeChunk(kind, bytes.first(fitting), elapsed);
        if (m_keeping)
            bytes = bytes.sliced(fitting);
        m_keeping = m_keeping && bytes.isEmpty();
    }
    if (!bytes.isEmpty())
        m_tail.push({bytes.data(), std::size_t(bytes.size())}, kind, elapsed.count());
}

bool OutputWriter::writeChunk(ChunkKind kind, QByteArrayView bytes, std::chrono::nanoseconds elapsed)
{
    if (bytes.isEmpty())
        return true;
    if (!writeAt(m_log.get(), bytes, m_logSize))
        return false;
    if (!writeRecord({.offset = std::uint64_t(m_logSize),
                      .length = std::uint64_t(bytes.size()),
                      .elapsedNs = elapsed.count(),
                      .kind = kind}))
        return false;
    m_logSize += bytes.size();
    return true;
}

bool OutputWriter::writeRecord(const ChunkRecord &record)
{
    const QByteArrayView bytes(reinterpret_cast<const char *>(&record), qsizetype(sizeof record));
    if (!writeAt(m_index.get(), bytes, m_indexSize)) {
        // A part of a record is of no use; failing to take it back is no harm, as readers count whole ones.
        [[maybe_unused]] const int result = ::ftruncate(m_index.get(), m_indexSize);
        return false;
    }
    m_indexSize += bytes.size();
    return true;
}

void OutputWriter::finish(std::chrono::nanoseconds elapsed)
{
    if (!isOpen())
        return;
    if (m_tail.size() > 0)
        appendTail(elapsed);
    // What a failed write left behind the last record is nobody's.
    [[maybe_unused]] const int result = ::ftruncate(m_log.get(), m_logSize);
    m_log.reset();
    m_index.reset();
}

// A gap for what was dropped, then the tail, piece by piece; one more gap for what has no room.
void OutputWriter::appendTail(std::chrono::nanoseconds elapsed)
{
    const auto gap = [&](std::uint64_t length) {
        return writeRecord({.offset = std::uint64_t(m_logSize),
                            .length = length,
                            .elapsedNs = elapsed.count(),
                            .kind = ChunkKind::Gap});
    };
    bool hasRoom = m_tail.lost() == 0 || gap(m_tail.lost());
    QByteArray bytes(m_tail.first().data(), qsizetype(m_tail.first().size()));
    bytes += QByteArrayView(m_tail.second().data(), qsizetype(m_tail.second().size()));
    qsizetype position = 0;
    for (const OutputTail::Piece &piece : m_tail.pieces()) {
        hasRoom = hasRoom
            && writeChunk(piece.kind, QByteArrayView(bytes).sliced(position, qsizetype(piece.length)),
                          std::chrono::nanoseconds(piece.elapsedNs));
        if (!hasRoom)
            break;
        position += qsizetype(piece.length);
    }
    if (position < bytes.size()) {
        m_lost = bytes.size() - position;
        gap(std::uint64_t(m_lost));
    }
}

} // namespace BitNet
