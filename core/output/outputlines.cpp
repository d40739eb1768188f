// SPDX-License-Identifier: MIT
#include "core/output/outputlines.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QtConcurrentRun>

#include <algorithm>

namespace BitNet {

static constexpr std::size_t cachedBlocks = 16;
// So little is counted at once, without a detour through another thread (well below a millisecond).
static constexpr qint64 countedAtOnce = 1024 * 1024;
// How far is looked for a stream's next bytes before all is counted, in blocks; in chunks for the byte before.
static constexpr qint64 blocksWalked = 64;
static constexpr qint64 chunksWalked = 4096;

// Counts on from where a batch ended.
struct OutputLines::Task
{
    QString folder;
    Batch batch;

    // Up to the end of a block.
    static void step(const OutputLog &log, Batch &batch, OutputSlice &slice)
    {
        const qint64 begin = batch.countedTo;
        if (begin % blockSize == 0) {
            batch.counter.enterBlock(begin / foldBlockSize);
            Block block;
            for (const OutputStreams streams : {OutputStreams::Stdout, OutputStreams::Stderr, OutputStreams::Both}) {
                const LineState &state = batch.counter.state(streams);
                block.lines[std::size_t(streams)] = state.lines;
                block.atStart[std::size_t(streams)] = state.atStart;
                block.naturalBefore[std::size_t(streams)] = state.naturalBefore;
            }
            batch.blocks.push_back(block);
        }
        const qint64 end = std::min((begin / blockSize + 1) * blockSize, log.size());
        log.slice(OutputStreams::Both, begin, end, slice);
        batch.counter.count(slice);
        batch.countedTo = end;
    }

    void operator()(QPromise<Batch> &promise)
    {
        OutputLog log;
        if (!log.open(folder))
            return;
        OutputSlice slice;
        QElapsedTimer sinceReport;
        sinceReport.start();
        while (batch.countedTo < log.size() && !promise.isCanceled()) {
            step(log, batch, slice);
            if (sinceReport.elapsed() >= 50) {
                promise.addResult(batch);
                batch.blocks.clear();
                sinceReport.restart();
            }
        }
        promise.addResult(std::move(batch));
    }
};

OutputLines::OutputLines(const OutputLog *log, QObject *parent)
    : QObject(parent)
    , m_log(log)
{
    connect(&m_watcher, &QFutureWatcher<Batch>::resultReadyAt, this,
            [this](int index) { take(m_watcher.future().resultAt(index)); });
    connect(&m_watcher, &QFutureWatcher<Batch>::finished, this, [this] {
        if (m_running) {
            m_running = false;
            m_cache.clear(); // what was found before may have been a guess
            extend();
        }
    });
    reset();
}

OutputLines::~OutputLines()
{
    m_watcher.cancel();
}

void OutputLines::reset()
{
    if (m_running) {
        m_watcher.cancel();
        m_watcher.setFuture({}); // nothing of the old output arrives any more
    }
    m_running = false;
    m_blocks.clear();
    m_cache.clear();
    m_countedTo = 0;
    m_counter = {};
    extend();
}

void OutputLines::extend()
{
    if (m_log->size() < m_countedTo) {
        reset(); // its end was taken back
        return;
    }
    if (m_running || m_countedTo == m_log->size())
        return;
    if (m_log->size() - m_countedTo > countedAtOnce) {
        launch();
        return;
    }
    Batch batch{{}, m_countedTo, m_counter};
    while (batch.countedTo < m_log->size())
        Task::step(*m_log, batch, m_slice);
    take(batch);
}

void OutputLines::launch()
{
    m_running = true;
    m_watcher.setFuture(QtConcurrent::run(Task{m_log->folder(), {{}, m_countedTo, m_counter}}));
}

void OutputLines::take(const Batch &batch)
{
    m_blocks.insert(m_blocks.end(), batch.blocks.begin(), batch.blocks.end());
    m_countedTo = batch.countedTo;
    m_counter = batch.counter;
    Q_EMIT counted();
}

void OutputLines::setStreams(OutputStreams streams)
{
    m_streams = streams;
}

LineScanner OutputLines::countedScanner(qint64 block) const
{
    const Block &counted = m_blocks[std::size_t(block)];
    LineState state;
    state.block = block * blockSize / foldBlockSize;
    state.atStart = counted.atStart[std::size_t(m_streams)];
    state.naturalBefore = counted.naturalBefore[std::size_t(m_streams)];
    const qint64 before = m_log->chunkAt(block * blockSize - 1);
    return LineScanner(m_streams, state, before < 0 ? ChunkKind::Gap : m_log->chunk(before).kind);
}

// For any multiple of foldBlockSize: looks at what came before.
LineScanner OutputLines::foundScanner(qint64 offset) const
{
    LineState state;
    state.block = offset / foldBlockSize;
    ChunkKind kindBefore = ChunkKind::Gap;
    // The last byte before it that belongs to the streams.
    qint64 index = offset == 0 ? -1 : m_log->chunkAt(offset - 1);
    for (qint64 steps = 0; index >= 0 && steps < chunksWalked; --index, ++steps) {
        const OutputChunk chunk = m_log->chunk(index);
        if (chunk.kind == ChunkKind::Gap)
            break;
        if (m_streams != OutputStreams::Both
            && (m_streams == OutputStreams::Stderr) != (chunk.kind == ChunkKind::Stderr))
            continue;
        const qint64 last = std::min(chunk.offset + chunk.length, offset) - 1;
        state.atStart = m_log->read(last, 1) == QByteArrayLiteral("\n");
        kindBefore = chunk.kind;
        break;
    }
    return LineScanner(m_streams, state, kindBefore);
}

const std::vector<LineStart> &OutputLines::startsIn(qint64 block) const
{
    const qint64 end = std::min((block + 1) * blockSize, m_log->size());
    const bool gapAtEnd = block == lastBlock() && endsWithGap();
    const auto cached = std::find_if(m_cache.begin(), m_cache.end(), [&](const CachedBlock &candidate) {
        return candidate.block == block && candidate.streams == m_streams;
    });
    if (cached != m_cache.end()) {
        std::rotate(m_cache.begin(), cached, cached + 1);
        if (m_cache.front().size == end && m_cache.front().gapAtEnd == gapAtEnd)
            return m_cache.front().starts;
    } else {
        if (m_cache.size() < cachedBlocks)
            m_cache.emplace_back();
        std::rotate(m_cache.begin(), m_cache.end() - 1, m_cache.end());
    }

    CachedBlock &found = m_cache.front();
    found.block = block;
    found.streams = m_streams;
    found.size = end;
    found.gapAtEnd = gapAtEnd;
    found.starts.clear();
    const qint64 begin = block * blockSize;
    const bool known = block < qint64(m_blocks.size());
    // Where nothing is counted yet, two fold blocks ahead: after them it is known where long lines are folded.
    const qint64 lead = known ? begin : std::max<qint64>(begin - 2 * foldBlockSize, 0);
    LineScanner scanner = known ? countedScanner(block) : foundScanner(lead);
    m_log->slice(m_streams, lead, end, m_slice);
    scanner.scan(m_slice, found.starts);
    found.starts.erase(found.starts.begin(),
                       std::lower_bound(found.starts.begin(), found.starts.end(), LineStart{begin, LineStart::Gap}));
    if (gapAtEnd)
        found.starts.push_back({m_log->size(), LineStart::Gap});
    return found.starts;
}

// The nearest block, from this one on, in which a line begins.
std::optional<qint64> OutputLines::blockWithStarts(qint64 from, int direction) const
{
    qint64 block = from;
    for (qint64 walked = 0; block >= 0 && block <= lastBlock(); block += direction) {
        const qint64 known = qint64(m_blocks.size()) - 1; // blocks whose end is counted too
        if (block < known) {
            const auto total = [this](const Block &candidate) { return candidate.lines[std::size_t(m_streams)]; };
            if (direction > 0) {
                const auto after =
                    std::upper_bound(m_blocks.begin() + block + 1, m_blocks.end(), linesBefore(block),
                                     [&](qint64 value, const Block &candidate) { return value < total(candidate); });
                block = after - m_blocks.begin() - 1;
                if (block < known)
                    return block;
            } else {
                const auto same =
                    std::lower_bound(m_blocks.begin(), m_blocks.begin() + block + 1, linesBefore(block + 1),
                                     [&](const Block &candidate, qint64 value) { return total(candidate) < value; });
                block = same - m_blocks.begin() - 1;
                return block >= 0 ? std::optional(block) : std::nullopt;
            }
        }
        if (!startsIn(block).empty())
            return block;
        if (++walked > blocksWalked)
            break;
    }
    return std::nullopt;
}

std::optional<LineStart> OutputLines::first() const
{
    const std::optional<qint64> block = blockWithStarts(0, 1);
    return block ? std::optional(startsIn(*block).front()) : std::nullopt;
}

std::optional<LineStart> OutputLines::last() const
{
    const std::optional<qint64> block = blockWithStarts(lastBlock(), -1);
    return block ? std::optional(startsIn(*block).back()) : std::nullopt;
}

std::optional<LineStart> OutputLines::next(const LineStart &line) const
{
    const qint64 block = line.offset / blockSize;
    const std::vector<LineStart> &starts = startsIn(block);
    const auto after = std::upper_bound(starts.begin(), starts.end(), line);
    if (after != starts.end())
        return *after;
    const std::optional<qint64> other = blockWithStarts(block + 1, 1);
    return other ? std::optional(startsIn(*other).front()) : std::nullopt;
}

std::optional<LineStart> OutputLines::previous(const LineStart &line) const
{
    const qint64 block = line.offset / blockSize;
    const std::vector<LineStart> &starts = startsIn(block);
    const auto here = std::lower_bound(starts.begin(), starts.end(), line);
    if (here != starts.begin())
        return *(here - 1);
    const std::optional<qint64> other = blockWithStarts(block - 1, -1);
    return other ? std::optional(startsIn(*other).back()) : std::nullopt;
}

std::optional<LineStart> OutputLines::lineAt(qint64 offset) const
{
    offset = std::clamp<qint64>(offset, 0, m_log->size());
    const std::vector<LineStart> &starts = startsIn(offset / blockSize);
    const auto after = std::upper_bound(starts.begin(), starts.end(), LineStart{offset, LineStart::Natural});
    if (after != starts.begin())
        return *(after - 1);
    const std::optional<qint64> before = blockWithStarts(offset / blockSize - 1, -1);
    if (before)
        return startsIn(*before).back();
    const std::optional<qint64> behind = blockWithStarts(offset / blockSize, 1);
    return behind ? std::optional(startsIn(*behind).front()) : std::nullopt;
}

qint64 OutputLines::endOf(const LineStart &line) const
{
    if (line.kind == LineStart::Gap)
        return line.offset;
    const std::optional<LineStart> following = next(line);
    return following ? following->offset : m_log->size();
}

// Nothing follows it yet; what is missing at the end of an output is a line all the same.
bool OutputLines::endsWithGap() const
{
    return m_log->chunk(m_log->chunkCount() - 1).kind == ChunkKind::Gap;
}

bool OutputLines::isComplete() const
{
    return m_countedTo == m_log->size();
}

double OutputLines::linesPerByte() const
{
    const qint64 counted = m_counter.state(m_streams).lines;
    if (m_countedTo > 0 && counted > 0)
        return double(counted) / double(m_countedTo);
    return 1.0 / 64;
}

qint64 OutputLines::lineCount() const
{
    const qint64 counted = m_counter.state(m_streams).lines;
    const qint64 behind = qint64(double(m_log->size() - m_countedTo) * linesPerByte());
    return counted + behind + (endsWithGap() ? 1 : 0);
}

qint64 OutputLines::numberOf(const LineStart &line) const
{
    const qint64 block = line.offset / blockSize;
    if (line.offset < m_countedTo && block < qint64(m_blocks.size())) {
        const std::vector<LineStart> &starts = startsIn(block);
        return linesBefore(block) + (std::lower_bound(starts.begin(), starts.end(), line) - starts.begin());
    }
    return m_counter.state(m_streams).lines + qint64(double(line.offset - m_countedTo) * linesPerByte());
}

std::optional<LineStart> OutputLines::lineWithNumber(qint64 number) const
{
    const qint64 counted = m_counter.state(m_streams).lines;
    number = std::max<qint64>(number, 0);
    if (number < counted) {
        const auto after =
            std::upper_bound(m_blocks.begin(), m_blocks.end(), number, [this](qint64 value, const Block &candidate) {
                return value < candidate.lines[std::size_t(m_streams)];
            });
        const qint64 block = after - m_blocks.begin() - 1;
        const std::vector<LineStart> &starts = startsIn(block);
        const auto place = std::size_t(number - linesBefore(block));
        if (place < starts.size())
            return starts[place];
    }
    if (isComplete())
        return last();
    return lineAt(m_countedTo + qint64(double(number - counted) / linesPerByte()));
}

} // namespace BitNet
