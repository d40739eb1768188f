// SPDX-License-Identifier: MIT
#include "core/history/historywriter.h"

#include "core/history/historylogging.h"
#include "core/history/recovery.h"

#include <QDeadlineTimer>
#include <QThread>

#include <algorithm>
#include <ctime>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

using Lane = HistoryBacklog::Lane;
using Clock = std::chrono::steady_clock;

// One transaction; more would only make the lock, and the way back after a failure, longer.
static constexpr size_t mostJobsAtOnce = 2000;
// At most a tenth of a processor for rows of single new jobs, and no job waits longer than this for its row.
static constexpr int restPerWork = 10;
static constexpr std::chrono::milliseconds longestRest = 50ms;
static constexpr std::chrono::milliseconds everythingInterval = 25ms;
static constexpr std::chrono::milliseconds lockedRetry = 100ms;
static constexpr std::chrono::milliseconds troubleRetry = 1s;
static constexpr std::chrono::milliseconds moveAsideInterval = 1min;
// Pages of 4 KiB in the -wal file before it is copied into the file itself.
static constexpr int checkpointPages = 4000;

static std::chrono::nanoseconds threadProcessorTime()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

HistoryWriter::HistoryWriter(HistoryBacklog &backlog, const QString &databasePath,
                             InstanceLock::PreviousHolder previousHolder)
    : m_backlog(backlog)
    , m_file(databasePath, previousHolder)
    , m_records(m_connection)
{
    for (QTimer *timer : {&m_timer, &m_retryTimer}) {
        timer->setParent(this); // goes to the thread with this object
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
    }
    connect(&m_timer, &QTimer::timeout, this, &HistoryWriter::writeDue);
    connect(&m_retryTimer, &QTimer::timeout, this, [this] {
        m_everythingDue = true;
        writeDue();
    });
}

HistoryWriter::~HistoryWriter() = default;

void HistoryWriter::open()
{
    ensureOpen();
    // Readers of a file that can't be opened yet hear of it later; everybody else must not wait for it.
    m_openReported = true;
    m_opening.state = m_state;
    if (m_opening.state.kind != HistoryState::Kind::Saving)
        readNextJobId(m_opening);
    Q_EMIT opened(m_opening);
    schedule();
}

// True when the connection can be written to.
bool HistoryWriter::ensureOpen()
{
    if (m_state.kind == HistoryState::Kind::ReadOnly)
        return false;
    if (m_connection.isOpen())
        return true;
    const QString movedBefore = m_file.movedAsideTo();
    const HistoryFile::Result result = m_file.open(m_connection);
    if (m_file.movedAsideTo() != movedBefore) {
        m_opening.movedAsideTo = m_file.movedAsideTo();
        m_opening.movedAsideWhy = m_file.movedAsideWhy();
        Q_EMIT movedAside(m_file.movedAsideTo(), m_file.movedAsideWhy());
    }
    switch (result) {
    case HistoryFile::Result::Trouble:
        fail(m_file.error());
        return false;
    case HistoryFile::Result::ReadOnly:
        setState(
            HistoryState::Kind::ReadOnly,
            u"The history, %1, was written by a later version of this program: it can be looked at, and nothing is "
            u"added to it."_s.arg(m_file.path()));
        dropBacklog();
        Q_EMIT fileReady(false);
        return false;
    case HistoryFile::Result::Ready:
        break;
    }
    m_isSynchronousFull = true;
    m_connection.execute(u"PRAGMA wal_autocheckpoint = %1"_s.arg(checkpointPages));
    if (!m_recovered) {
        Recovery recovery;
        if (!recover(m_connection, &recovery)) {
            fail(m_connection.error());
            return false;
        }
        m_recovered = true;
        m_opening.interruptedJobs = recovery.interruptedJobs;
        m_opening.waitingJobs = recovery.waitingJobs;
        m_opening.sweptProcesses = recovery.sweptProcesses;
        m_wasKilled = recovery.wasKilled;
        readNextJobId(m_opening);
    }
    setState(HistoryState::Kind::Saving);
    if (!m_recoveryReported) {
        m_recoveryReported = true;
        m_opening.state = m_state;
        Q_EMIT recovered(m_opening);
    }
    Q_EMIT fileReady(m_file.isCheckIncomplete() && m_wasKilled);
    return true;
}

void HistoryWriter::readNextJobId(HistoryOpening &opening)
{
    const QString statement = u"SELECT max(ifnull((SELECT max(id) FROM jobs), 0), "
                              u"ifnull((SELECT max(last_job_id) FROM sessions), 0))"_s;
    QVariant last = m_connection.isOpen() ? m_connection.value(statement) : QVariant();
    if (!last.isValid()) {
        // Locked against writing, say: reading may still be possible.
        DatabaseConnection reader;
        if (reader.open(m_file.path(), DatabaseConnection::Access::ReadOnly, lockedRetry))
            last = reader.value(statement);
    }
    static constexpr quint64 idsPerSecond = 1000;
    opening.nextJobId = last.isValid()
        ? last.toULongLong() + 1
        : quint64(std::chrono::duration_cast<std::chrono::seconds>(wallNow().time_since_epoch()).count())
            * idsPerSecond;
}

void HistoryWriter::setSession(const QString &tag, const QString &outputFolder)
{
    m_records.setSession(tag, outputFolder);
    // Its row comes before that of any job, and a tree can be found by its tag from then on.
    if (m_backlog.add({.apply = [this](DatabaseConnection &) { return m_records.writeSession(); }}))
        wake(Lane::Everything);
}

void HistoryWriter::wake(Lane lane)
{
    if (lane == Lane::Everything)
        m_everythingDue = true;
    if (m_state.kind == HistoryState::Kind::ReadOnly) {
        dropBacklog();
        return;
    }
    schedule();
}

void HistoryWriter::schedule()
{
    if (m_retryTimer.isActive() || !m_openReported) {
        if (m_openReported)
            releaseNewJobs();
        return;
    }
    const bool hasNewRows = m_backlog.hasNewRows();
    if (!hasNewRows && !m_everythingDue)
        return;
    Clock::time_point due = Clock::time_point::max();
    if (hasNewRows)
        due = m_newRowsAllowedAt;
    if (m_everythingDue)
        due = std::min(due, m_everythingAllowedAt);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
    m_timer.start(std::max(wait, 0ms));
}

void HistoryWriter::writeDue()
{
    m_retryTimer.stop();
    m_timer.stop();
    const auto now = Clock::now();
    const bool everything = m_everythingDue && now >= m_everythingAllowedAt;
    if (everything)
        m_everythingDue = false;
    const std::chrono::nanoseconds before = threadProcessorTime();
    if (ensureOpen() && writeSome(everything ? Lane::Everything : Lane::NewRows)) {
        const std::chrono::nanoseconds work = threadProcessorTime() - before;
        const auto rest = std::min<std::chrono::nanoseconds>(work * restPerWork, longestRest);
        m_newRowsAllowedAt = Clock::now() + rest;
        if (everything)
            m_everythingAllowedAt = Clock::now() + std::max<std::chrono::nanoseconds>(rest, everythingInterval);
    } else {
        m_everythingDue = true;
    }
    schedule();
}

// One transaction. True when it succeeded, or there was nothing to write.
bool HistoryWriter::writeSome(Lane lane)
{
    HistoryBacklog::Batch batch = m_backlog.take(lane, mostJobsAtOnce);
    if (batch.isEmpty())
        return true;
    if (!write(batch)) {
        const DatabaseError error = m_connection.error();
        m_connection.rollback();
        m_records.rolledBack();
        m_backlog.putBack(std::move(batch));
        fail(error);
        return false;
    }
    m_records.committed();
    settle(std::move(batch));
    setState(HistoryState::Kind::Saving);
    if (lane == Lane::Everything && !m_backlog.isEmpty())
        m_everythingDue = true;
    return true;
}

bool HistoryWriter::write(const HistoryBacklog::Batch &batch)
{
    // An end must survive a power failure. Anything before it need not: the job itself does not survive one either.
    if (!setSynchronous(batch.hasEnds()) || !m_connection.begin())
        return false;
    for (const auto &[id, record] : batch.newRows) {
        if (!m_records.writeNew(record) || !removeReplaced(id))
            return false;
    }
    for (const auto &[id, record] : batch.updates) {
        const bool hasRow = m_unfinished.contains(id);
        if (!(hasRow ? m_records.writeUpdate(record) : m_records.writeNew(record)))
            return false;
    }
    JobId last = m_lastJobId;
    for (const auto *records : {&batch.newRows, &batch.updates}) {
        if (!records->empty())
            last = std::max(last, records->rbegin()->first);
    }
    return runChanges(batch) && m_records.touchSession(last) && m_connection.commit();
}

static bool removeWaiting(DatabaseConnection &connection, JobId id)
{
    const QString condition =
        u"id = %1 AND state = %2"_s.arg(QString::number(id.value), QString::number(int(JobState::Queued)));
    for (const QString &table : {u"details"_s, u"long_details"_s}) {
        if (!connection.execute(u"DELETE FROM %1 WHERE id IN (SELECT id FROM jobs WHERE %2)"_s.arg(table, condition)))
            return false;
    }
    return connection.execute(u"DELETE FROM jobs WHERE "_s + condition);
}

void HistoryWriter::replaceWaiting(JobId waiting, JobId as)
{
    if (as > m_lastJobId) {
        m_replacements.insert_or_assign(as, waiting);
        return;
    }
    if (m_backlog.add(
            {.apply = [waiting](DatabaseConnection &connection) { return removeWaiting(connection, waiting); }}))
        wake(Lane::Everything);
}

bool HistoryWriter::removeReplaced(JobId as)
{
    const auto found = m_replacements.find(as);
    return found == m_replacements.end() || removeWaiting(m_connection, found->second);
}

bool HistoryWriter::runChanges(const HistoryBacklog::Batch &batch)
{
    for (const HistoryBacklog::Change &change : batch.changes) {
        if (!change.apply || change.apply(m_connection))
            continue;
        if (m_connection.error().kind != DatabaseError::Kind::Refused)
            return false;
        qCWarning(historyLog).noquote() << m_connection.error().text;
    }
    return true;
}

// What is true now that the batch is in the file.
void HistoryWriter::settle(HistoryBacklog::Batch &&batch)
{
    const JobId lastNewRow = batch.newRows.empty() ? JobId() : batch.newRows.rbegin()->first;
    for (auto *records : {&batch.newRows, &batch.updates}) {
        if (!records->empty())
            m_lastJobId = std::max(m_lastJobId, records->rbegin()->first);
        for (auto &[id, record] : *records) {
            m_replacements.erase(id);
            if (record.isFinished())
                m_unfinished.erase(id);
            else
                m_unfinished.insert_or_assign(id, std::move(record));
        }
    }
    if (lastNewRow.isValid())
        Q_EMIT recorded(lastNewRow);
    for (const HistoryBacklog::Change &change : batch.changes) {
        if (change.committed)
            change.committed();
    }
}

bool HistoryWriter::setSynchronous(bool full)
{
    if (full == m_isSynchronousFull)
        return true;
    if (!m_connection.execute(full ? u"PRAGMA synchronous = FULL"_s : u"PRAGMA synchronous = NORMAL"_s))
        return false;
    m_isSynchronousFull = full;
    return true;
}

void HistoryWriter::fail(const DatabaseError &error)
{
    switch (error.kind) {
    case DatabaseError::Kind::Corrupt:
        replaceDamagedFile(error.text);
        return;
    case DatabaseError::Kind::Locked:
        setState(HistoryState::Kind::Retrying, error.text);
        m_retryTimer.start(lockedRetry);
        break;
    case DatabaseError::Kind::None:
    case DatabaseError::Kind::DiskFull:
    case DatabaseError::Kind::Unavailable:
    case DatabaseError::Kind::Refused:
        setState(HistoryState::Kind::NotSaving, error.text);
        m_retryTimer.start(troubleRetry);
        break;
    }
    releaseNewJobs();
}

void HistoryWriter::replaceDamagedFile(const QString &why)
{
    m_records.forget();
    // While the connection is open: closing it would write into the file.
    const bool moved = m_file.moveAside(why);
    m_connection.close();
    if (!moved) {
        setState(HistoryState::Kind::NotSaving, m_file.error().text);
        m_retryTimer.start(troubleRetry);
        releaseNewJobs();
        return;
    }
    Q_EMIT movedAside(m_file.movedAsideTo(), m_file.movedAsideWhy());
    m_recovered = true; // the fresh one has nothing to recover
    for (auto &[id, record] : std::exchange(m_unfinished, {})) {
        Lane lane = Lane::Everything;
        m_backlog.add(record, &lane);
    }
    m_everythingDue = true;
    m_everythingAllowedAt = {};
    // A disk that damages every file must not be filled with them.
    const bool again = m_lastMoveAside && Clock::now() - *m_lastMoveAside < moveAsideInterval;
    m_lastMoveAside = Clock::now();
    m_retryTimer.start(again ? moveAsideInterval : 0ms);
    releaseNewJobs();
}

void HistoryWriter::setState(HistoryState::Kind kind, const QString &reason)
{
    const bool counts = kind == HistoryState::Kind::Retrying || kind == HistoryState::Kind::NotSaving;
    const HistoryState state{
        .kind = kind, .reason = reason, .unsavedJobs = counts ? qsizetype(m_backlog.jobCount()) : 0};
    if (state == m_state)
        return;
    if (!reason.isEmpty() && reason != m_state.reason)
        qCWarning(historyLog).noquote() << reason;
    m_state = state;
    Q_EMIT stateChanged(m_state);
}

// While nothing can be saved, no job waits for its row.
void HistoryWriter::releaseNewJobs()
{
    if (const JobId last = m_backlog.passOverNewRows(); last.isValid())
        Q_EMIT recorded(last);
}

// Of a file that is not to be written to. What waits for its row is told once it is out of the backlog: one that came in
// between would be dropped, and wait for ever.
void HistoryWriter::dropBacklog()
{
    const HistoryBacklog::Batch dropped = m_backlog.take(Lane::Everything, std::numeric_limits<size_t>::max());
    if (!dropped.newRows.empty())
        Q_EMIT recorded(dropped.newRows.rbegin()->first);
}

void HistoryWriter::close(std::chrono::milliseconds limit)
{
    const QDeadlineTimer deadline(limit);
    m_timer.stop();
    m_everythingAllowedAt = {};
    while (true) {
        m_retryTimer.stop();
        const bool written = ensureOpen() && writeSome(Lane::Everything);
        if (m_state.kind == HistoryState::Kind::ReadOnly || m_backlog.isEmpty())
            break;
        if (deadline.hasExpired()) {
            qCWarning(historyLog).noquote()
                << m_backlog.jobCount() << "jobs could not be recorded before the end:" << m_state.reason;
            break;
        }
        if (!written)
            QThread::msleep(20); // the thread has nothing else to do any more
    }
    if (m_connection.isOpen() && m_state.kind == HistoryState::Kind::Saving)
        m_records.closeSession();
    m_records.forget();
    m_connection.close();
}

} // namespace BitNet
