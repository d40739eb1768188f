// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputformat.h"

#include <QByteArray>
#include <QFile>
#include <QList>
#include <QObject>
#include <QSocketNotifier>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace BitNet {

// Which of a job's streams to read.
enum class OutputStreams {
    Stdout,
    Stderr,
    Both, // in the order they came
};

// A piece of output: one stream, one time.
struct OutputChunk
{
    qint64 offset = 0; // in output.log
    qint64 length = 0; // bytes; for a Gap the number of bytes that were not kept
    std::chrono::nanoseconds elapsed = {}; // since the program was started
    ChunkKind kind = ChunkKind::Stdout;

    friend bool operator==(const OutputChunk &, const OutputChunk &) = default;
};

// Reads one job's output from its folder, while the job runs and after it ended. Never writes. Memory stays small
// whatever the output's size: the index is read in pages, the text is mapped or read in ranges.
//
// Not thread-safe: use one OutputLog per thread (they share nothing but the files).
class OutputLog : public QObject
{
    Q_OBJECT
public:
    explicit OutputLog(QObject *parent = nullptr);
    ~OutputLog() override;

    // Opens the job folder. False when there is no output yet or it can't be read: errorString() says which. A symbolic
    // link in place of a file is refused.
    bool open(const QString &folder);
    bool isOpen() const;
    QString folder() const;
    QString errorString() const;

    // Looks how far the output has grown; emits grown() when it did. Follow mode does this by itself.
    bool refresh();

    // Bytes of output.log that the index covers (both streams, gaps not counted), as of the last refresh.
    qint64 size() const;
    qint64 size(OutputStreams streams) const;
    qint64 chunkCount() const;
    // 0 <= index < chunkCount(); an invalid index gives an empty chunk.
    OutputChunk chunk(qint64 index) const;
    // The chunk that holds the byte at offset of output.log, or the last one before it; -1 when there is none.
    qint64 chunkAt(qint64 offset) const;

    // Up to length bytes from offset of output.log (both streams). Shorter at the end; empty past it or on a read error.
    QByteArray read(qint64 offset, qint64 length) const;
    // Up to length bytes from position in the chosen streams alone, counted from that selection's own beginning.
    QByteArray read(OutputStreams streams, qint64 position, qint64 length) const;
    // All of the chosen streams, at most maximumBytes from the beginning (the default keeps a service out of trouble).
    QByteArray readAll(OutputStreams streams, qint64 maximumBytes = 64 * 1024 * 1024) const;

    // Bytes that were not kept, as far as the index says.
    qint64 droppedBytes() const;

    // While following, grown() is emitted within 20 ms of new bytes reaching the file (inotify on the index: no polling;
    // at most one signal per event-loop turn).
    void setFollowing(bool following);
    bool isFollowing() const;

Q_SIGNALS:
    // The output has grown to newSize bytes (both streams). Emitted in this object's thread.
    void grown(qint64 newSize);
};

} // namespace BitNet
