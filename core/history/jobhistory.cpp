// SPDX-License-Identifier: MIT
#include "core/history/jobhistory.h"

#include "core/history/datafolder.h"
#include "core/history/entryrow.h"
#include "core/history/historywriter.h"

#include <QDir>
#include <QStringList>

#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

static constexpr std::chrono::milliseconds closingLimit = 5s;
static constexpr std::chrono::milliseconds firstRetention = 30s;
static constexpr std::chrono::milliseconds retentionInterval = 10min;
static constexpr int endsPerRetention = 10'000;

// A condition on jobs: queued in a session that has ended.
static QString isWaiting()
{
    return u"jobs.state = %1 AND jobs.session IN (SELECT id FROM sessions WHERE closed_at IS NOT NULL)"_s.arg(
        int(JobState::Queued));
}

static QString idList(const QList<JobId> &ids)
{
    QStringList numbers;
    for (const JobId id : ids)
        numbers.append(QString::number(id.value));
    return numbers.join(u',');
}

JobHistory::JobHistory(std::unique_ptr<InstanceLock> lock, HistorySettings settings, QObject *parent)
    : QObject(parent)
    , m_lock(std::move(lock))
    , m_settings(std::move(settings))
    , m_outputRoot(
          QDir(m_settings.outputRoot.isEmpty() ? defaultOutputRoot(m_lock->dataFolder()) : m_settings.outputRoot)
              .absolutePath())
    , m_retention(m_settings.retention)
    , m_readers(historyFilePath(m_lock->dataFolder()), [this](const QString &why) { reportDamage(why); })
    , m_housekeeping(historyFilePath(m_lock->dataFolder()),
                     QStringList{m_outputRoot, defaultOutputRoot(m_lock->dataFolder())} + m_settings.furtherOutputRoots,
                     [this](HistoryBacklog::Change change) { sendChange(std::move(change)); })
{
    qRegisterMetaType<HistoryState>();
    qRegisterMetaType<HistoryOpening>();
    qRegisterMetaType<RemovalReport>();
    qRegisterMetaType<JobId>();

    m_writer = new HistoryWriter(m_backlog, historyFilePath(m_lock->dataFolder()), m_lock->previousHolder());
    // Direct: our signals come from the writer's thread, and each receiver's connection decides from there.
    connect(
        m_writer, &HistoryWriter::stateChanged, this,
        [this](const HistoryState &state) {
            {
                const std::lock_guard guard(m_mutex);
                m_state = state;
            }
            Q_EMIT stateChanged(state);
        },
        Qt::DirectConnection);
    connect(m_writer, &HistoryWriter::recorded, this, &JobHistory::recorded, Qt::DirectConnection);
    connect(m_writer, &HistoryWriter::recovered, this, &JobHistory::recovered, Qt::DirectConnection);
    connect(m_writer, &HistoryWriter::movedAside, this, &JobHistory::movedAside, Qt::DirectConnection);
    connect(
        m_writer, &HistoryWriter::fileReady, this,
        [this](bool needsCheck) {
            m_readers.openFile();
            if (needsCheck)
                m_housekeeping.checkFile([this](const QString &why) { reportDamage(why); });
        },
        Qt::DirectConnection);
    connect(
        m_writer, &HistoryWriter::opened, this,
        [this](const HistoryOpening &opening) {
            m_readers.openFile(); // for better or worse: a query must not wait for ever
            if (m_opening) {
                m_opening->addResult(opening);
                m_opening->finish();
            }
        },
        Qt::DirectConnection);
    connect(&m_thread, &QThread::finished, m_writer, &QObject::deleteLater);
    m_writer->moveToThread(&m_thread);
    m_thread.setObjectName(u"history"_s);
    m_thread.start();

    m_retentionTimer.setSingleShot(true);
    connect(&m_retentionTimer, &QTimer::timeout, this, [this] {
        applyRetention();
        m_retentionTimer.start(retentionInterval);
    });
}

JobHistory::~JobHistory()
{
    m_retentionTimer.stop();
    // The writer's connection is the last one: closing it folds the -wal file into the file itself.
    m_housekeeping.close();
    m_readers.close();
    QMetaObject::invokeMethod(
        m_writer,
        [this] {
            m_writer->close(closingLimit);
            m_thread.quit();
        },
        Qt::QueuedConnection);
    m_thread.wait();
}

QString JobHistory::dataFolder() const
{
    return m_lock->dataFolder();
}

QString JobHistory::outputRoot() const
{
    return m_outputRoot;
}

QFuture<HistoryOpening> JobHistory::open()
{
    m_opening = std::make_shared<QPromise<HistoryOpening>>();
    m_opening->start();
    QFuture<HistoryOpening> future = m_opening->future();
    QMetaObject::invokeMethod(
        m_writer, [this] { m_writer->open(); }, Qt::QueuedConnection);
    QMetaObject::invokeMethod(this, [this] { m_retentionTimer.start(firstRetention); });
    return future;
}

HistoryState JobHistory::state() const
{
    const std::lock_guard guard(m_mutex);
    return m_state;
}

void JobHistory::wakeWriter(HistoryBacklog::Lane lane)
{
    QMetaObject::invokeMethod(
        m_writer, [this, lane] { m_writer->wake(lane); }, Qt::QueuedConnection);
}

void JobHistory::sendChange(HistoryBacklog::Change change)
{
    if (m_backlog.add(std::move(change)))
        wakeWriter(HistoryBacklog::Lane::Everything);
}

void JobHistory::record(const JobRecord &record)
{
    HistoryBacklog::Lane lane = HistoryBacklog::Lane::Everything;
    if (m_backlog.add(record, &lane))
        wakeWriter(lane);
    if (record.isFinished() && ++m_endsSinceRetention >= endsPerRetention) {
        m_endsSinceRetention = 0;
        applyRetention();
    }
}

void JobHistory::beginSession(const QString &instanceTag, const QString &outputFolder)
{
    m_housekeeping.setSessionFolder(outputFolder);
    QMetaObject::invokeMethod(
        m_writer, [this, instanceTag, outputFolder] { m_writer->setSession(instanceTag, outputFolder); },
        Qt::QueuedConnection);
}

QFuture<void> JobHistory::saved()
{
    auto promise = std::make_shared<QPromise<void>>();
    promise->start();
    QFuture<void> future = promise->future();
    sendChange({.committed = [promise] { promise->finish(); }});
    return future;
}

void JobHistory::reportDamage(const QString &why)
{
    QMetaObject::invokeMethod(
        m_writer, [this, why] { m_writer->replaceDamagedFile(why); }, Qt::QueuedConnection);
}

QFuture<QList<WaitingJob>> JobHistory::waitingJobs()
{
    auto promise = std::make_shared<QPromise<QList<WaitingJob>>>();
    promise->start();
    QFuture<QList<WaitingJob>> future = promise->future();
    m_readers.run([promise](DatabaseConnection *connection, const QString &) {
        QList<WaitingJob> jobs;
        if (connection) {
            QSqlQuery query = connection->prepare(selectEntries() + u"WHERE "_s + isWaiting() + u" ORDER BY jobs.id"_s);
            if (!connection->error() && connection->run(query)) {
                const PresentClocks clocks = PresentClocks::read();
                while (query.next()) {
                    const HistoryEntry entry = entryFromRow(query, clocks);
                    jobs.append({.id = entry.record.id,
                                 .spec = *entry.record.spec,
                                 .submitted = entry.record.submitted.wall,
                                 .withheldSecrets = entry.withheldSecrets});
                }
            }
        }
        promise->addResult(std::move(jobs));
        promise->finish();
    });
    return future;
}

void JobHistory::resubmitted(JobId waiting, JobId as)
{
    QMetaObject::invokeMethod(
        m_writer, [this, waiting, as] { m_writer->replaceWaiting(waiting, as); }, Qt::QueuedConnection);
}

void JobHistory::discardWaiting(const QList<JobId> &ids)
{
    // They end when their application was last heard of, by the clock that it measured with.
    const QString statement =
        u"UPDATE jobs SET state = %1, outcome = %2, paused = 0, pending_reason = %3, revision = revision + 1, "
        u"reason = 'Discarded after a restart; it was never started.', "
        u"completed_at = (SELECT seen_at FROM sessions WHERE sessions.id = jobs.session), "
        u"latency = (SELECT max(0, seen_monotonic - jobs.submitted_monotonic) FROM sessions "
        u"WHERE sessions.id = jobs.session) WHERE jobs.id IN (%4) AND %5"_s.arg(
            QString::number(int(JobState::Finished)), QString::number(int(Outcome::Cancelled)),
            QString::number(int(PendingReason::None)), idList(ids), isWaiting());
    sendChange({.apply = [statement](DatabaseConnection &connection) { return connection.execute(statement); }});
}

void JobHistory::setKept(const QList<JobId> &ids, bool kept)
{
    const QString statement = u"UPDATE jobs SET kept = %1 WHERE id IN (%2)"_s.arg(kept ? u"1"_s : u"0"_s, idList(ids));
    sendChange({.apply = [statement](DatabaseConnection &connection) { return connection.execute(statement); }});
}

QFuture<RemovalReport> JobHistory::announced(QFuture<RemovalReport> removal)
{
    return removal.then([this](const RemovalReport &report) {
        if (report.jobs > 0 || report.outputs > 0)
            Q_EMIT jobsRemoved(report);
        return report;
    });
}

// The rows of such a file stay, so what they are about has to.
static QFuture<RemovalReport> refusal(const HistoryState &state)
{
    return QtFuture::makeReadyFuture(RemovalReport{.problems = {state.reason}});
}

QFuture<RemovalReport> JobHistory::remove(const QList<JobId> &ids)
{
    if (const HistoryState now = state(); now.kind == HistoryState::Kind::ReadOnly)
        return refusal(now);
    return announced(m_housekeeping.remove(ids));
}

void JobHistory::setRetention(const RetentionLimits &limits)
{
    {
        const std::lock_guard guard(m_mutex);
        if (m_retention == limits)
            return;
        m_retention = limits;
    }
    QMetaObject::invokeMethod(this, [this] { m_retentionTimer.start(firstRetention); });
}

QFuture<RemovalReport> JobHistory::applyRetention()
{
    if (const HistoryState now = state(); now.kind == HistoryState::Kind::ReadOnly)
        return refusal(now);
    RetentionLimits limits;
    {
        const std::lock_guard guard(m_mutex);
        limits = m_retention;
    }
    return announced(m_housekeeping.applyRetention(limits));
}

QFuture<HistoryPage> JobHistory::page(const HistoryPageRequest &request)
{
    return m_readers.page(request);
}

QFuture<qint64> JobHistory::count(const HistoryFilter &filter)
{
    return m_readers.count(filter);
}

QFuture<HistoryPage> JobHistory::entries(const QList<JobId> &ids)
{
    return m_readers.entries(ids);
}

QFuture<HistorySamples> JobHistory::samples(const HistoryFilter &filter)
{
    return m_readers.samples(filter);
}

QFuture<QString> JobHistory::forEach(const HistoryFilter &filter, HistoryReaders::Chunk chunk)
{
    return m_readers.forEach(filter, std::move(chunk));
}

QFuture<QStringList> JobHistory::groups()
{
    return m_readers.texts(u"group_id"_s);
}

QFuture<QStringList> JobHistory::models()
{
    return m_readers.texts(u"model_id"_s);
}

QFuture<QStringList> JobHistory::engines()
{
    return m_readers.texts(u"engine_id"_s);
}

} // namespace BitNet
