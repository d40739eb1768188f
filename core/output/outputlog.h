// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/chunkindex.h"
#include "core/output/outputchunk.h"

#include <QByteArray>
#include <QFile>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace BitNet {

class GrowthWatch;

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
    // link in place of the folder or of a file is refused. What was open before is closed.
    bool open(const QString &folder);
    void close();
    bool isOpen() const;
    QString folder() const;
    QString errorString() const;

    // Looks how far the output has grown; true, after emitting grown(), when it did. Follow mode does this by itself.
    bool refresh();

    // Bytes of output.log that the index covers (both streams, gaps not counted), as of the last refresh. Of one stream
    // alone: the first call reads the whole index, later ones only what is new.
    qint64 size() const;
    qint64 size(OutputStreams streams) const;
    qint64 chunkCount() const;
    // 0 <= index < chunkCount(); an invalid index gives an empty chunk. Cheap from one to the next.
    OutputChunk chunk(qint64 index) const;
    // The chunk that holds the byte at offset of output.log, or the last one before it; -1 when there is none. A binary
    // search.
    qint64 chunkAt(qint64 offset) const;

    // Up to length bytes from offset of output.log (both streams). Shorter at the end; empty past it or on a read error.
    QByteArray read(qint64 offset, qint64 length) const;
    // Up to length bytes from position in the chosen streams alone, counted from that selection's own beginning.
    QByteArray read(OutputStreams streams, qint64 position, qint64 length) const;
    // All of the chosen streams, at most maximumBytes from the beginning (the default keeps a service out of trouble).
    QByteArray readAll(OutputStreams streams, qint64 maximumBytes = 64 * 1024 * 1024) const;
    // What lies between two offsets of output.log (from inclusive, to exclusive) and belongs to the chosen streams: its
    // bytes, and which came from where. Gaps between the two offsets are among the pieces, whatever the streams.
    void slice(OutputStreams streams, qint64 from, qint64 to, OutputSlice &slice) const;

    // Bytes that were not kept, as far as the index says. Reads the index as size(streams) does.
    qint64 droppedBytes() const;
    // Bytes that were not kept between the byte before offset and the byte at offset; 0 when nothing is missing there.
    qint64 droppedBefore(qint64 offset) const;

    // While following, grown() is emitted within 20 ms of new bytes reaching the file (inotify on the index: no polling;
    // at most one signal per event-loop turn). When the system has no inotify watch left, the size is looked up every
    // 20 ms instead. May be set before the output is opened, and stays set when another is opened.
    void setFollowing(bool following);
    bool isFollowing() const;

Q_SIGNALS:
    // The output has grown to newSize bytes (both streams). Emitted in this object's thread. It can get smaller too: when
    // a disk filled up, the shim may have to take back the last it wrote.
    void grown(qint64 newSize);

private:
    int openFile(int folderDescriptor, const char *name);
    void fail(const QString &message);
    void startFollowing();
    void stopFollowing();

    QString m_folder;
    QString m_errorString;
    QFile m_log;
    ChunkIndex m_index;
    bool m_following = false;
    std::shared_ptr<GrowthWatch> m_watch;
    QTimer m_fallbackTimer;
};

} // namespace BitNet
