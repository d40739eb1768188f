// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/linescanner.h"
#include "core/output/outputlog.h"

#include <QFutureWatcher>
#include <QObject>

#include <array>
#include <optional>
#include <vector>

namespace BitNet {

// The lines of a job's output, of any size: where they begin, how many there are, for one stream or both. What is kept
// is a count for each 64 KiB, made in the background (QtConcurrent, reading the files by itself); the starts themselves
// are found again in the one block that is looked at. Everything but numbers works before the counting is done.
//
// Lives in one thread, the one of its log, and needs an event loop there.
class OutputLines : public QObject
{
    Q_OBJECT
public:
    // The log must outlive it.
    explicit OutputLines(const OutputLog *log, QObject *parent = nullptr);
    ~OutputLines() override;

    // Another output was opened, or it was closed: begins anew.
    void reset();
    // The output has grown: counts what is new, at once when it is little.
    void extend();

    OutputStreams streams() const { return m_streams; }
    // Which lines the members below are about. Costs nothing: all are counted.
    void setStreams(OutputStreams streams);

    // The first line, the last one; nothing when there is none.
    std::optional<LineStart> first() const;
    std::optional<LineStart> last() const;
    // The line after and before a line. Nothing at the ends; and, before the counting is done, when the next bytes of a
    // single stream are too far away.
    std::optional<LineStart> next(const LineStart &line) const;
    std::optional<LineStart> previous(const LineStart &line) const;
    // The line that holds the byte at offset, or the last one before it, or the first of all.
    std::optional<LineStart> lineAt(qint64 offset) const;
    // Where a line's bytes end: at the beginning of the next one, or at the end of the output.
    qint64 endOf(const LineStart &line) const;

    // All is counted: the numbers below are exact.
    bool isComplete() const;
    // Bytes of output.log that are counted.
    qint64 countedTo() const { return m_countedTo; }
    // How many lines there are; estimated from what is counted until all is.
    qint64 lineCount() const;
    // The number of a line, from 0, and the other way round; both as exact as lineCount(). Numbers out of range are
    // clamped.
    qint64 numberOf(const LineStart &line) const;
    std::optional<LineStart> lineWithNumber(qint64 number) const;

Q_SIGNALS:
    // More is counted. At most about 20 times a second while a large output is counted.
    void counted();

private:
    static constexpr qint64 blockSize = 4 * foldBlockSize;

    // What is known where a block of blockSize begins, for each OutputStreams.
    struct Block
    {
        std::array<qint64, 3> lines = {};
        std::array<bool, 3> atStart = {};
        std::array<bool, 3> naturalBefore = {};
    };
    struct Batch
    {
        std::vector<Block> blocks;
        qint64 countedTo = 0;
        LineCounter counter;
    };
    struct Task;
    // The starts in one block, and how far the output reached when they were looked for.
    struct CachedBlock
    {
        qint64 block = -1;
        OutputStreams streams = OutputStreams::Both;
        qint64 size = 0;
        bool gapAtEnd = false;
        std::vector<LineStart> starts;
    };

    void launch();
    void take(const Batch &batch);
    qint64 lastBlock() const { return m_log->size() / blockSize; }
    const std::vector<LineStart> &startsIn(qint64 block) const;
    LineScanner countedScanner(qint64 block) const;
    LineScanner foundScanner(qint64 offset) const;
    std::optional<qint64> blockWithStarts(qint64 from, int direction) const;
    qint64 linesBefore(qint64 block) const { return m_blocks[std::size_t(block)].lines[std::size_t(m_streams)]; }
    double linesPerByte() const;
    bool endsWithGap() const;

    const OutputLog *const m_log;
    OutputStreams m_streams = OutputStreams::Both;
    QFutureWatcher<Batch> m_watcher;
    bool m_running = false;
    std::vector<Block> m_blocks; // every block that begins before m_countedTo
    qint64 m_countedTo = 0;
    LineCounter m_counter; // as it stood at m_countedTo
    mutable OutputSlice m_slice;
    mutable std::vector<CachedBlock> m_cache; // last used first
};

} // namespace BitNet
