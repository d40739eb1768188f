// SPDX-License-Identifier: MIT
#include "core/history/historyreaders.h"

#include "core/history/entryrow.h"
#include "core/history/pagequery.h"

#include <QThread>

#include <algorithm>
#include <numeric>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// More would only keep other work from the processors.
static constexpr int mostThreads = 4;
static constexpr std::chrono::milliseconds busyTimeout = 2s;
static constexpr int jobsPerChunk = 500;

static QString closedText()
{
    return u"The history is closed."_s;
}

HistoryReaders::HistoryReaders(QString databasePath, DamageReport onDamage)
    : m_path(std::move(databasePath))
    , m_onDamage(std::move(onDamage))
    , m_threadCount(std::clamp(QThread::idealThreadCount(), 1, mostThreads))
{
    m_threads.setMaxThreadCount(m_threadCount);
    m_threads.setExpiryTimeout(-1); // a thread keeps its connection
    m_threads.setObjectName(u"history-reader"_s);
}

HistoryReaders::~HistoryReaders()
{
    close();
}

void HistoryReaders::close()
{
    std::vector<Task> early;
    {
        const std::lock_guard lock(m_mutex);
        early.swap(m_early);
        m_isClosed = true;
    }
    for (const Task &task : early)
        task(nullptr, closedText());
    m_threads.waitForDone(); // ends the threads, and their connections with them
}

void HistoryReaders::openFile()
{
    std::vector<Task> early;
    {
        const std::lock_guard lock(m_mutex);
        ++m_generation;
        m_isOpen = true;
        early.swap(m_early);
    }
    for (Task &task : early)
        run(std::move(task));
}

void HistoryReaders::run(Task task)
{
    bool isClosed = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_isOpen && !m_isClosed) {
            m_early.push_back(std::move(task));
            return;
        }
        isClosed = m_isClosed;
    }
    if (isClosed)
        return task(nullptr, closedText());
    m_threads.start([this, task = std::move(task)] {
        QString error;
        DatabaseConnection *own = connection(&error);
        task(own, error);
    });
}

// This thread's connection to the file as it is now.
DatabaseConnection *HistoryReaders::connection(QString *error)
{
    if (!m_connections.hasLocalData())
        m_connections.setLocalData(new ThreadConnection);
    ThreadConnection &own = *m_connections.localData();
    const int generation = m_generation;
    if (own.generation == generation && own.connection.isOpen())
        return &own.connection;
    if (!own.connection.open(m_path, DatabaseConnection::Access::ReadOnly, busyTimeout)) {
        *error = own.connection.error().text;
        return nullptr;
    }
    own.generation = generation;
    return &own.connection;
}

void HistoryReaders::reportDamage(const DatabaseError &error)
{
    // Of the present file, not of one that was moved aside while this query ran.
    if (error.kind == DatabaseError::Kind::Corrupt && m_connections.localData()->generation == m_generation)
        m_onDamage(error.text);
}

QFuture<HistoryPage> HistoryReaders::page(const HistoryPageRequest &request)
{
    return std::make_shared<PageQuery>(*this, request)->start();
}

QFuture<HistoryPage> HistoryReaders::entries(const QList<JobId> &ids)
{
    auto promise = std::make_shared<QPromise<HistoryPage>>();
    promise->start();
    QFuture<HistoryPage> future = promise->future();
    run([this, promise, ids](DatabaseConnection *connection, const QString &openError) {
        HistoryPage page;
        page.error = openError;
        QList<quint64> numbers;
        for (const JobId id : ids)
            numbers.append(id.value);
        if (connection && !readEntries(*connection, numbers, page.entries)) {
            page.error = connection->error().text;
            reportDamage(connection->error());
        }
        promise->addResult(std::move(page));
        promise->finish();
    });
    return future;
}

QFuture<qint64> HistoryReaders::count(const HistoryFilter &filter)
{
    auto promise = std::make_shared<QPromise<qint64>>();
    promise->start();
    QFuture<qint64> future = promise->future();
    const auto finish = [promise](qint64 count) {
        promise->addResult(count);
        promise->finish();
    };
    run([this, filter, finish](DatabaseConnection *own, const QString &) {
        const auto builder = own ? QueryBuilder::make(*own, {.filter = filter}) : std::nullopt;
        const auto ranges = builder ? builder->ranges(*own, m_threadCount) : std::nullopt;
        if (!ranges) {
            if (own)
                reportDamage(own->error());
            return finish(-1);
        }
        readRanges<qint64>(
            *ranges,
            [builder](DatabaseConnection &connection, const QueryRange &range, qint64 &part) {
                QSqlQuery select = connection.prepare(builder->count(range));
                if (connection.error() || !connection.run(select) || !select.next())
                    return false;
                part = select.value(0).toLongLong();
                return true;
            },
            [finish](DatabaseConnection *, std::vector<qint64> &parts, const QString &error) {
                finish(error.isEmpty() ? std::accumulate(parts.begin(), parts.end(), qint64(0)) : -1);
            });
    });
    return future;
}

static QString sampleColumns()
{
    return u"jobs.id, state, outcome, kind, group_id, model_id, engine_id, submitted_at, queue_wait, run_time, "
           u"latency, "
           u"ttft, completed_at, prompt_tokens, output_tokens, load_ms, prefill_ms, decode_ms"_s;
}

static HistorySample sampleFromRow(const QSqlQuery &row)
{
    const auto integer = [&](int column) { return row.value(column).toLongLong(); };
    HistorySample sample{.id = {quint64(integer(0))},
                         .kind = JobKind(integer(3)),
                         .state = JobState(integer(1)),
                         .group = int(integer(4)),
                         .model = int(integer(5)),
                         .engine = int(integer(6)),
                         .submitted = WallTime(std::chrono::microseconds(integer(7)))};
    const auto optional = [&]<typename Value>(int column, std::optional<Value> &target) {
        const QVariant value = row.value(column);
        if (value.isNull())
            return;
        if constexpr (std::is_floating_point_v<Value>)
            target = value.toDouble();
        else
            target = Value(value.toLongLong());
    };
    optional(2, sample.outcome);
    optional(8, sample.queueWait);
    optional(9, sample.runTime);
    optional(10, sample.latency);
    optional(11, sample.ttft);
    if (const QVariant completed = row.value(12); !completed.isNull())
        sample.completed = WallTime(std::chrono::microseconds(completed.toLongLong()));
    optional(13, sample.promptTokens);
    optional(14, sample.outputTokens);
    optional(15, sample.loadMs);
    optional(16, sample.prefillMs);
    optional(17, sample.decodeMs);
    return sample;
}

static bool readTexts(DatabaseConnection &connection, QStringList &texts)
{
    texts.append(QString());
    QSqlQuery select = connection.prepare(u"SELECT id, text FROM texts ORDER BY id"_s);
    if (connection.error() || !connection.run(select))
        return false;
    while (select.next()) {
        const qsizetype id = select.value(0).toLongLong();
        texts.resize(id + 1);
        texts[id] = select.value(1).toString();
    }
    return true;
}

QFuture<HistorySamples> HistoryReaders::samples(const HistoryFilter &filter)
{
    using Samples = QList<HistorySample>;
    auto promise = std::make_shared<QPromise<HistorySamples>>();
    promise->start();
    QFuture<HistorySamples> future = promise->future();
    const auto finish = [promise](HistorySamples samples) {
        promise->addResult(std::move(samples));
        promise->finish();
    };
    run([this, filter, promise, finish](DatabaseConnection *own, const QString &openError) {
        if (!own)
            return finish({.error = openError});
        // In an order that the index does not hold: the ranges are of the table, then.
        const auto builder = QueryBuilder::make(*own, {.filter = filter, .sort = HistorySort::OutputTokens});
        const auto ranges = builder ? builder->ranges(*own, m_threadCount) : std::nullopt;
        if (!ranges) {
            reportDamage(own->error());
            return finish({.error = own->error().text});
        }
        readRanges<Samples>(
            *ranges,
            [builder, promise](DatabaseConnection &connection, const QueryRange &range, Samples &part) {
                QSqlQuery select = connection.prepare(builder->rows(range, sampleColumns(), -1));
                if (connection.error() || !connection.run(select))
                    return false;
                while (!promise->isCanceled() && select.next())
                    part.append(sampleFromRow(select));
                return true;
            },
            [finish](DatabaseConnection *connection, std::vector<Samples> &parts, const QString &error) {
                HistorySamples result{.error = error};
                if (error.isEmpty() && !readTexts(*connection, result.texts))
                    result.error = connection->error().text;
                if (result.error.isEmpty()) {
                    for (Samples &part : parts) {
                        result.samples += part;
                        part = {};
                    }
                }
                finish(std::move(result));
            });
    });
    return future;
}

// One chunk of forEach(); moves range behind it. False on failure.
static bool readChunk(DatabaseConnection &connection, const QueryBuilder &builder, QueryRange &range,
                      QList<HistoryEntry> &entries)
{
    QSqlQuery select = connection.prepare(builder.rows(range, u"jobs.id"_s, jobsPerChunk));
    if (connection.error() || !connection.run(select))
        return false;
    QList<quint64> ids;
    while (select.next())
        ids.append(select.value(0).toULongLong());
    range.lowest = ids.size() < jobsPerChunk ? range.highest + 1 : qint64(ids.constLast()) + 1;
    return readEntries(connection, ids, entries);
}

QFuture<QString> HistoryReaders::forEach(const HistoryFilter &filter, Chunk chunk)
{
    auto promise = std::make_shared<QPromise<QString>>();
    promise->start();
    QFuture<QString> future = promise->future();
    run([this, promise, filter, chunk = std::move(chunk)](DatabaseConnection *connection, const QString &openError) {
        QString error = openError;
        if (connection) {
            const auto builder = QueryBuilder::make(*connection, {.filter = filter});
            const QVariant highest = builder ? connection->value(u"SELECT ifnull(max(id), 0) FROM jobs"_s) : QVariant();
            bool ok = highest.isValid();
            for (QueryRange range{.highest = highest.toLongLong()};
                 ok && range.lowest <= range.highest && !promise->isCanceled();) {
                QList<HistoryEntry> entries;
                ok = readChunk(*connection, *builder, range, entries);
                if (ok && !entries.isEmpty())
                    chunk(entries);
            }
            if (!ok) {
                error = connection->error().text;
                reportDamage(connection->error());
            }
        }
        promise->addResult(error);
        promise->finish();
    });
    return future;
}

QFuture<QStringList> HistoryReaders::texts(const QString &column)
{
    auto promise = std::make_shared<QPromise<QStringList>>();
    promise->start();
    QFuture<QStringList> future = promise->future();
    run([this, promise, column](DatabaseConnection *connection, const QString &) {
        QStringList texts;
        if (connection) {
            QSqlQuery select = connection->prepare(
                u"SELECT text FROM texts WHERE id IN (SELECT DISTINCT %1 FROM jobs) ORDER BY text"_s.arg(column));
            if (!connection->error() && connection->run(select)) {
                while (select.next())
                    texts.append(select.value(0).toString());
            }
            reportDamage(connection->error());
        }
        promise->addResult(texts);
        promise->finish();
    });
    return future;
}

} // namespace BitNet
