// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/jobshim/descriptor.h"
#include "core/jobshim/jobfolder.h"
#include "core/jobshim/outputtail.h"
#include "core/output/outputformat.h"

#include <QByteArrayView>
#include <QList>
#include <QString>

#include <chrono>

namespace BitNet {

// Writes a job's private folder for a job that is no process: output.log and output.idx as a shim writes them, so that
// OutputLog and all that builds on it read both alike. Past the cap, or when the disk is full, further bytes are counted and
// their last 256 KiB kept for the end.
class OutputWriter
{
public:
    // Creates the folder (0700), its output files and these private ones (0600). Empty when it is done, else what went wrong;
    // nothing is left then. isShortage: for want of descriptors or memory, so that it may be tried again.
    QString create(const QString &folder, const QList<PrivateFile> &files, qint64 outputCap);
    bool isShortage() const { return m_isShortage; }
    bool isOpen() const { return bool(m_log); }

    // One chunk, at this time since the job was started. Readers see it when this returns.
    void append(ChunkKind kind, QByteArrayView bytes, std::chrono::nanoseconds elapsed);
    // Removes what create() made: for a job that is tried again.
    void discard();
    // What was kept aside is appended, and the files closed.
    void finish(std::chrono::nanoseconds elapsed);

    qint64 stdoutBytes() const { return m_stdoutBytes; }
    qint64 stderrBytes() const { return m_stderrBytes; }
    // Bytes that are or will be missing; known exactly after finish().
    qint64 droppedBytes() const { return m_lost + qint64(m_tail.lost()); }

private:
    bool writeChunk(ChunkKind kind, QByteArrayView bytes, std::chrono::nanoseconds elapsed);
    bool writeRecord(const ChunkRecord &record);
    void appendTail(std::chrono::nanoseconds elapsed);

    JobFolder m_folder;
    Descriptor m_log;
    Descriptor m_index;
    qint64 m_logSize = 0;
    qint64 m_indexSize = 0;
    qint64 m_cap = 0;
    bool m_keeping = false;
    bool m_isShortage = false;
    qint64 m_stdoutBytes = 0;
    qint64 m_stderrBytes = 0;
    qint64 m_lost = 0; // of the tail, when even that has no room
    OutputTail m_tail;
};

} // namespace BitNet
