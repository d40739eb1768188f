// SPDX-License-Identifier: MIT
#include "app/ctl/outputrelay.h"

#include "app/ctl/outputsink.h"

#include <QFile>

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// Read and passed on at a time.
constexpr qint64 blockBytes = 256 * 1024;
// Passed on in one turn of the event loop, so that signals are heard while a job floods.
constexpr qint64 turnBytes = 8 * 1024 * 1024;
constexpr qint64 trimBytes = 16 * 1024 * 1024;

} // namespace

OutputRelay::OutputRelay(const QString &folder, Sinks sinks, QObject *parent)
    : QObject(parent)
    , m_folder(folder)
    , m_sinks(sinks)
{
    connect(&m_log, &OutputLog::grown, this, &OutputRelay::pump);
}

OutputRelay::OutputRelay(const QString &folder, Sinks sinks, const QByteArray &outputPrefix,
                         const QByteArray &errorPrefix, QObject *parent)
    : OutputRelay(folder, sinks, parent)
{
    m_outputLines.emplace(outputPrefix);
    m_errorLines.emplace(errorPrefix);
}

OutputRelay::~OutputRelay()
{
    if (m_trimDescriptor >= 0)
        ::close(m_trimDescriptor);
}

void OutputRelay::start()
{
    m_log.setFollowing(true);
    if (openLog())
        pump();
}

bool OutputRelay::openLog()
{
    if (m_log.isOpen() || m_log.open(m_folder)) {
        m_error.clear();
        return true;
    }
    m_error = m_log.errorString();
    return false;
}

void OutputRelay::finish()
{
    m_finishing = true;
    // When it could not be opened at first (no descriptors left, perhaps) there may be more luck now.
    if (openLog())
        m_log.refresh();
    pumpLater();
}

void OutputRelay::discard()
{
    m_discarding = true;
    pumpLater();
}

void OutputRelay::continueWriting()
{
    pumpLater();
}

void OutputRelay::pumpLater()
{
    if (m_pumpPending)
        return;
    m_pumpPending = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_pumpPending = false;
            pump();
        },
        Qt::QueuedConnection);
}

void OutputRelay::pump()
{
    qint64 budget = turnBytes;
    while (!m_discarding && m_log.isOpen() && m_chunk < m_log.chunkCount()) {
        if (m_sinks.standardOutput->isBlocked() || m_sinks.standardError->isBlocked())
            return; // continueWriting() comes
        if (budget <= 0) {
            pumpLater();
            return;
        }
        if (!passOnNext(&budget))
            break;
    }
    trim();
    if (m_finishing)
        settle();
}

// One gap, or as many neighbouring chunks of one stream as make a block.
bool OutputRelay::passOnNext(qint64 *budget)
{
    const OutputChunk first = m_log.chunk(m_chunk);
    if (first.kind == ChunkKind::Gap || first.length == 0) {
        ++m_chunk; // the record says how much is missing
        return true;
    }

    const qint64 count = m_log.chunkCount();
    qint64 length = first.length - m_inChunk;
    for (qint64 next = m_chunk + 1; length < blockBytes && next < count; ++next) {
        const OutputChunk chunk = m_log.chunk(next);
        if (chunk.kind != first.kind)
            break;
        length += chunk.length;
    }
    const QByteArray bytes = m_log.read(first.offset + m_inChunk, std::min(length, blockBytes));
    if (bytes.isEmpty()) {
        m_error = u"the file of its output can't be read"_s;
        m_discarding = true;
        return false;
    }
    show(first.kind, bytes);
    *budget -= bytes.size();
    m_position = first.offset + m_inChunk + bytes.size();
    m_inChunk += bytes.size();
    while (m_chunk < count && m_inChunk >= m_log.chunk(m_chunk).length)
        m_inChunk -= m_log.chunk(m_chunk++).length;
    return true;
}

void OutputRelay::show(ChunkKind kind, QByteArrayView bytes)
{
    const bool isError = kind == ChunkKind::Stderr;
    OutputSink *sink = isError ? m_sinks.standardError : m_sinks.standardOutput;
    if (std::optional<LinePrefixer> &lines = isError ? m_errorLines : m_outputLines)
        sink->write(lines->take(bytes));
    else
        sink->write(bytes);
}

void OutputRelay::settle()
{
    if (std::exchange(m_settled, true))
        return;
    if (!m_discarding && m_outputLines) {
        m_sinks.standardOutput->write(m_outputLines->takeRest());
        m_sinks.standardError->write(m_errorLines->takeRest());
    }
    QMetaObject::invokeMethod(this, &OutputRelay::done, Qt::QueuedConnection);
}

void OutputRelay::trim()
{
    if (!m_trimming || m_position <= m_trimBeyond || m_position - m_trimmed < trimBytes)
        return;
    if (m_trimDescriptor < 0) {
        const QByteArray path = QFile::encodeName(m_folder) + '/' + outputLogName;
        m_trimDescriptor = ::open(path.constData(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    }
    // Where the file system can't do this, the file simply stays.
    if (m_trimDescriptor < 0
        || ::fallocate(m_trimDescriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, m_trimmed, m_position - m_trimmed)
            != 0)
        m_trimming = false;
    m_trimmed = m_position;
}

} // namespace BitNet
