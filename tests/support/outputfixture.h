// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputformat.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>
#include <QTemporaryDir>

#include <chrono>

namespace BitNet::Testing {

// Writes a job folder as a jobshim does: the bytes first, then the index record.
class OutputFixture
{
public:
    explicit OutputFixture(bool createFiles = true)
        : m_folder(m_parent.filePath(QStringLiteral("job")))
    {
        QDir().mkpath(m_folder);
        if (createFiles)
            create();
    }

    void create()
    {
        m_log.setFileName(logPath());
        m_index.setFileName(indexPath());
        const bool opened = m_log.open(QIODevice::WriteOnly | QIODevice::Unbuffered)
            && m_index.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
        Q_ASSERT(opened);
        Q_UNUSED(opened)
    }

    QString folder() const { return m_folder; }
    QString logPath() const { return m_folder + QLatin1String("/output.log"); }
    QString indexPath() const { return m_folder + QLatin1String("/output.idx"); }
    qint64 size() const { return m_offset; }

    void standardOutput(const QByteArray &bytes, std::chrono::nanoseconds elapsed = {})
    {
        append(ChunkKind::Stdout, bytes, elapsed);
    }
    void standardError(const QByteArray &bytes, std::chrono::nanoseconds elapsed = {})
    {
        append(ChunkKind::Stderr, bytes, elapsed);
    }
    void gap(qint64 dropped, std::chrono::nanoseconds elapsed = {})
    {
        writeRecord({.offset = std::uint64_t(m_offset),
                     .length = std::uint64_t(dropped),
                     .elapsedNs = elapsed.count(),
                     .kind = ChunkKind::Gap});
    }
    void append(ChunkKind kind, const QByteArray &bytes, std::chrono::nanoseconds elapsed = {})
    {
        writeLog(bytes);
        writeRecord({.offset = std::uint64_t(m_offset),
                     .length = std::uint64_t(bytes.size()),
                     .elapsedNs = elapsed.count(),
                     .kind = kind});
        m_offset += bytes.size();
    }

    // The parts, for files that are not as they should be.
    void writeLog(const QByteArray &bytes) { m_log.write(bytes); }
    void writeRecord(const ChunkRecord &record)
    {
        m_index.write(reinterpret_cast<const char *>(&record), sizeof record);
    }
    void writeIndex(const QByteArray &bytes) { m_index.write(bytes); }

private:
    QTemporaryDir m_parent;
    QString m_folder;
    QFile m_log;
    QFile m_index;
    qint64 m_offset = 0;
};

} // namespace BitNet::Testing
