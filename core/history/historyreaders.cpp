// SPDX-License-Identifier: MIT
#include "core/history/historyreaders.h"

#include "core/history/datafolder.h"
#include "core/history/entryrow.h"
#include "core/history/jobrow.h"
#include "core/history/querystatement.h"

#include <QThread>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// More would only keep other work from the processors.
static constexpr int mostThreads = 4;
// Fewer jobs than this are not worth the passing around.
static constexpr qint64 fewestJobsPerPart = 50'000;
static constexpr std::chrono::milliseconds busyTimeout = 2s;
static constexpr int largestPage = 10'000;
static constexpr int jobsPerChunk = 500;

namespace {

struct IdRange
{
    qint64 lowest = 1;
    qint64 highest = 0;
};

QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

bool bindRange(DatabaseConnection &connection, QSqlQuery &query, const QueryStatement &statement, const IdRange &range)
{
    query = connection.prepare(statement.sql);
    if (connection.error())
        return false;
    int position = 0;
    for (const QVariant &value : statement.values)
        query.bindValue(position++, value);
    query.bindValue(position++, number(range.lowest));
    query.bindValue(position, number(range.highest));
    return true;
}

bool readEntries(DatabaseConnection &connection, const QList<quint64> &ids, QList<HistoryEntry> &entries)
{
    if (ids.isEmpty())
        return true;
    QStringList numbers;
    QHash<quint64, qsizetype> places;
    for (qsizetype i = 0; i < ids.size(); ++i) {
        numbers.append(QString::number(ids[i]));
        places.insert(ids[i], i);
    }
    QSqlQuery query = connection.prepare(selectEntries() + u"WHERE jobs.id IN ("_s + numbers.join(u',') + u')');
    if (connection.error() || !connection.run(query))
        return false;
    const QString boot = currentBootId();
    QList<std::optional<HistoryEntry>> found(ids.size());
    while (query.next()) {
        HistoryEntry entry = entryFromRow(query, boot);
        const qsizetype place = places.value(entry.record.id.value);
        found[place] = std::move(entry);
    }
    for (std::optional<HistoryEntry> &entry : found) {
        if (entry) // removed meanwhile otherwise
            entries.append(std::move(*entry));
    }
    return true;
}

} // namespace

// A query that is done range by range: what every part of it shares.
template<typename Part, typename Result>
struct HistoryReaders::SplitQuery
{
    // In the first thread: what the parts run.
    std::function<std::optional<QueryStatement>(DatabaseConnection &)> plan;
    // In any thread: one range. False on failure.
    std::function<bool(DatabaseConnection &, const QueryStatement &, const IdRange &, Part &)> read;
    // In the thread that finishes last. False on failure.
    std::function<bool(DatabaseConnection &, std::vector<Part> &, Result &)> join;
    std::function<void(Result &, const QString &error)> fail;

    QPromise<Result> promise = {};
    QueryStatement statement = {};
    std::vector<Part> parts = {};
    std::atomic<int> unfinished = 0;
    std::mutex mutex = {};
    QString error = {}; // guarded by mutex
};

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

template<typename Part, typename Result>
void HistoryReaders::split(std::shared_ptr<SplitQuery<Part, Result>> query)
{
    query->promise.start();
    const auto fail = [this, query](DatabaseConnection *connection, const QString &error) {
        if (connection)
            reportDamage(connection->error());
        Result result = {};
        query->fail(result, error);
        query->promise.addResult(std::move(result));
        query->promise.finish();
    };
    const auto finish = [query, fail](DatabaseConnection &connection) {
        Result result = {};
        QString error;
        {
            const std::lock_guard lock(query->mutex);
            error = query->error;
        }
        if (!error.isEmpty()) {
            fail(nullptr, error);
        } else if (!query->join(connection, query->parts, result)) {
            fail(&connection, connection.error().text);
        } else {
            query->promise.addResult(std::move(result));
            query->promise.finish();
        }
    };
    const auto readPart = [this, query, finish, fail](int number, IdRange range) {
        return [this, query, finish, fail, number, range](DatabaseConnection *connection, const QString &openError) {
            bool ok = connection != nullptr;
            if (ok && !query->promise.isCanceled())
                ok = query->read(*connection, query->statement, range, query->parts[size_t(number)]);
            if (!ok) {
                if (connection)
                    reportDamage(connection->error());
                const std::lock_guard lock(query->mutex);
                query->error = connection ? connection->error().text : openError;
            }
            if (--query->unfinished > 0)
                return;
            if (connection)
                finish(*connection);
            else
                fail(nullptr, openError);
        };
    };
    run([this, query, readPart, fail](DatabaseConnection *connection, const QString &openError) {
        if (!connection)
            return fail(nullptr, openError);
        if (query->promise.isCanceled())
            return query->promise.finish();
        std::optional<QueryStatement> statement = query->plan(*connection);
        const QVariant lowest = statement ? connection->value(u"SELECT ifnull(min(id), 1) FROM jobs"_s) : QVariant();
        const QVariant highest =
            lowest.isValid() ? connection->value(u"SELECT ifnull(max(id), 0) FROM jobs"_s) : lowest;
        if (!highest.isValid())
            return fail(connection, connection->error().text);
        query->statement = std::move(*statement);
        const qint64 first = lowest.toLongLong();
        const qint64 ids = highest.toLongLong() - first + 1;
        const int parts = int(std::clamp<qint64>(ids / fewestJobsPerPart, 1, m_threadCount));
        query->parts.resize(size_t(parts));
        query->unfinished = parts;
        const auto range = [=](int number) {
            return IdRange{.lowest = first + ids * number / parts, .highest = first + ids * (number + 1) / parts - 1};
        };
        for (int number = 1; number < parts; ++number)
            run(readPart(number, range(number)));
        readPart(0, range(0))(connection, {});
    });
}

QFuture<HistoryPage> HistoryReaders::page(const HistoryPageRequest &asked)
{
    using Rows = std::vector<HistoryCursor>;
    HistoryPageRequest request = asked;
    request.limit = std::clamp(request.limit, 1, largestPage);
    request.offset = request.after ? 0 : std::max<qint64>(request.offset, 0);
    const qint64 wanted = request.offset + request.limit;

    auto query = std::make_shared<SplitQuery<Rows, HistoryPage>>();
    query->plan = [request](DatabaseConnection &connection) { return QueryBuilder(connection).firstRows(request); };
    query->read = [wanted](DatabaseConnection &connection, const QueryStatement &statement, const IdRange &range,
                           Rows &rows) {
        QSqlQuery select;
        if (!bindRange(connection, select, statement, range))
            return false;
        select.bindValue(int(statement.values.size()) + 2, number(wanted));
        if (!connection.run(select))
            return false;
        while (select.next())
            rows.push_back({.key = select.value(1), .id = select.value(0).toULongLong()});
        return true;
    };
    query->join = [request, wanted](DatabaseConnection &connection, std::vector<Rows> &parts, HistoryPage &page) {
        Rows rows;
        for (Rows &part : parts) {
            const auto middle =
                rows.insert(rows.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
            std::inplace_merge(rows.begin(), middle, rows.end(), [&](const auto &first, const auto &second) {
                return QueryBuilder::comesBefore(first, second, request);
            });
        }
        QList<quint64> ids;
        for (qint64 i = request.offset; i < std::min(wanted, qint64(rows.size())); ++i)
            ids.append(rows[size_t(i)].id);
        if (qint64(rows.size()) >= wanted)
            page.next = rows[size_t(wanted - 1)];
        return readEntries(connection, ids, page.entries);
    };
    query->fail = [](HistoryPage &page, const QString &error) { page.error = error; };
    QFuture<HistoryPage> future = query->promise.future();
    split(std::move(query));
    return future;
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
    auto query = std::make_shared<SplitQuery<qint64, qint64>>();
    query->plan = [filter](DatabaseConnection &connection) { return QueryBuilder(connection).count(filter); };
    query->read = [](DatabaseConnection &connection, const QueryStatement &statement, const IdRange &range,
                     qint64 &part) {
        QSqlQuery select;
        if (!bindRange(connection, select, statement, range) || !connection.run(select) || !select.next())
            return false;
        part = select.value(0).toLongLong();
        return true;
    };
    query->join = [](DatabaseConnection &, std::vector<qint64> &parts, qint64 &result) {
        for (const qint64 part : parts)
            result += part;
        return true;
    };
    query->fail = [](qint64 &result, const QString &) { result = -1; };
    QFuture<qint64> future = query->promise.future();
    split(std::move(query));
    return future;
}

QFuture<HistorySamples> HistoryReaders::samples(const HistoryFilter &filter)
{
    using Samples = QList<HistorySample>;
    auto query = std::make_shared<SplitQuery<Samples, HistorySamples>>();
    query->plan = [filter](DatabaseConnection &connection) {
        return QueryBuilder(connection)
            .rows(filter,
                  u"jobs.id, state, outcome, kind, group_id, model_id, engine_id, submitted_at, queue_wait, run_time, "
                  u"latency, ttft, completed_at, prompt_tokens, output_tokens, load_ms, prefill_ms, decode_ms"_s);
    };
    query->read = [](DatabaseConnection &connection, const QueryStatement &statement, const IdRange &range,
                     Samples &part) {
        using std::chrono::nanoseconds;
        QSqlQuery select;
        if (!bindRange(connection, select, statement, range) || !connection.run(select))
            return false;
        const auto integer = [&](int column) { return select.value(column).toLongLong(); };
        const auto optional = [&]<typename Value>(int column, std::optional<Value> &target) {
            if (const QVariant value = select.value(column); !value.isNull()) {
                if constexpr (std::is_floating_point_v<Value>)
                    target = value.toDouble();
                else
                    target = Value(value.toLongLong());
            }
        };
        while (select.next()) {
            HistorySample sample{.id = {quint64(integer(0))},
                                 .kind = JobKind(integer(3)),
                                 .state = JobState(integer(1)),
                                 .group = int(integer(4)),
                                 .model = int(integer(5)),
                                 .engine = int(integer(6)),
                                 .submitted = WallTime(std::chrono::microseconds(integer(7)))};
            optional(2, sample.outcome);
            optional(8, sample.queueWait);
            optional(9, sample.runTime);
            optional(10, sample.latency);
            optional(11, sample.ttft);
            if (const QVariant completed = select.value(12); !completed.isNull())
                sample.completed = WallTime(std::chrono::microseconds(completed.toLongLong()));
            optional(13, sample.promptTokens);
            optional(14, sample.outputTokens);
            optional(15, sample.loadMs);
            optional(16, sample.prefillMs);
            optional(17, sample.decodeMs);
            part.append(sample);
        }
        return true;
    };
    query->join = [](DatabaseConnection &connection, std::vector<Samples> &parts, HistorySamples &result) {
        for (Samples &part : parts) {
            if (result.samples.isEmpty())
                result.samples = std::move(part);
            else
                result.samples += std::exchange(part, {});
        }
        QSqlQuery select = connection.prepare(u"SELECT id, text FROM texts ORDER BY id"_s);
        if (connection.error() || !connection.run(select))
            return false;
        while (select.next()) {
            const qsizetype id = select.value(0).toLongLong();
            result.texts.resize(id + 1);
            result.texts[id] = select.value(1).toString();
        }
        if (result.texts.isEmpty())
            result.texts.append(QString());
        return true;
    };
    query->fail = [](HistorySamples &result, const QString &error) { result.error = error; };
    QFuture<HistorySamples> future = query->promise.future();
    split(std::move(query));
    return future;
}

// One chunk of forEach(); moves range behind it. False on failure.
static bool readChunk(DatabaseConnection &connection, const QueryStatement &statement, IdRange &range,
                      QList<HistoryEntry> &entries)
{
    QSqlQuery select;
    if (!bindRange(connection, select, statement, range))
        return false;
    select.bindValue(int(statement.values.size()) + 2, number(jobsPerChunk));
    if (!connection.run(select))
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
            const HistoryPageRequest request{.filter = filter, .order = Qt::AscendingOrder};
            const auto statement = QueryBuilder(*connection).firstRows(request);
            const QVariant highest =
                statement ? connection->value(u"SELECT ifnull(max(id), 0) FROM jobs"_s) : QVariant();
            bool ok = highest.isValid();
            for (IdRange range{.lowest = 0, .highest = highest.toLongLong()};
                 ok && range.lowest <= range.highest && !promise->isCanceled();) {
                QList<HistoryEntry> entries;
                ok = readChunk(*connection, *statement, range, entries);
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
