// SPDX-License-Identifier: MIT
#include "core/history/pagequery.h"

#include "core/history/databaseconnection.h"
#include "core/history/entryrow.h"
#include "core/history/historyreaders.h"

#include <QSet>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace BitNet {

static constexpr int largestPage = 10'000;
// In the order of submission: looked at before all jobs are.
static constexpr qint64 firstSliceJobs = 30'000;
// With a text: looked at before all texts are.
static constexpr int mostCandidates = 4000;
// A sample of 20 000 jobs says little about more rows than this.
static constexpr int largestSampledPage = 1000;

using Rows = std::vector<HistoryCursor>;

static HistoryPageRequest bounded(HistoryPageRequest request)
{
    request.limit = std::clamp(request.limit, 1, largestPage);
    request.offset = request.after ? 0 : std::max<qint64>(request.offset, 0);
    return request;
}

PageQuery::PageQuery(HistoryReaders &readers, const HistoryPageRequest &request)
    : m_readers(readers)
    , m_request(bounded(request))
    , m_wanted(m_request.offset + m_request.limit)
{
}

QFuture<HistoryPage> PageQuery::start()
{
    m_promise.start();
    QFuture<HistoryPage> future = m_promise.future();
    m_readers.run([self = shared_from_this()](DatabaseConnection *connection, const QString &error) {
        if (connection)
            self->begin(*connection);
        else
            self->fail(error);
    });
    return future;
}

void PageQuery::begin(DatabaseConnection &connection)
{
    if (m_promise.isCanceled()) {
        m_promise.finish();
        return;
    }
    if (m_request.sort == HistorySort::Id) {
        bool found = false;
        if (!findInFirstSlice(connection, &found))
            fail(connection);
        else if (!found)
            findEverywhere(connection);
    } else if (!m_request.filter.text.isEmpty() && m_wanted <= mostCandidates / 4) {
        findAmongCandidates(connection);
    } else {
        findEverywhere(connection);
    }
}

static bool readRows(DatabaseConnection &connection, const QueryStatement &statement, Rows &rows)
{
    QSqlQuery select = connection.prepare(statement);
    if (connection.error() || !connection.run(select))
        return false;
    while (select.next())
        rows.push_back({.key = select.value(1), .id = select.value(0).toULongLong()});
    return true;
}

bool PageQuery::findInFirstSlice(DatabaseConnection &connection, bool *found)
{
    const auto builder = QueryBuilder::make(connection, m_request);
    const auto slice = builder ? builder->firstSlice(connection, firstSliceJobs) : std::nullopt;
    Rows rows;
    if (!slice || !readRows(connection, builder->topRows(*slice, m_wanted), rows))
        return false;
    *found = qint64(rows.size()) >= m_wanted;
    if (*found)
        finish(connection, rows);
    return true;
}

void PageQuery::findAmongCandidates(DatabaseConnection &connection)
{
    HistoryPageRequest request = m_request;
    request.filter.text.clear();
    request.limit = mostCandidates;
    request.offset = 0;
    readAll(connection, request, [self = shared_from_this()](DatabaseConnection &own, const Rows &candidates) {
        QList<quint64> ids;
        for (const HistoryCursor &candidate : candidates)
            ids.append(candidate.id);
        const auto builder = QueryBuilder::make(own, self->m_request);
        QSqlQuery select = builder ? own.prepare(builder->withText(ids)) : QSqlQuery();
        if (!builder || own.error() || !own.run(select))
            return self->fail(own);
        QSet<quint64> matching;
        while (select.next())
            matching.insert(select.value(0).toULongLong());
        Rows rows;
        std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(rows),
                     [&](const HistoryCursor &candidate) { return matching.contains(candidate.id); });
        const bool areAll = candidates.size() < size_t(mostCandidates);
        if (areAll || qint64(rows.size()) >= self->m_wanted)
            self->finish(own, rows);
        else
            self->findEverywhere(own);
    });
}

void PageQuery::findEverywhere(DatabaseConnection &connection)
{
    HistoryPageRequest request = m_request;
    request.limit = int(std::min<qint64>(m_wanted, std::numeric_limits<int>::max()));
    readAll(connection, request,
            [self = shared_from_this()](DatabaseConnection &own, const Rows &rows) { self->finish(own, rows); });
}

// The first rows of a range; no more than request.limit.
static bool readRange(DatabaseConnection &connection, const QueryBuilder &builder, const QueryRange &range,
                      const HistoryPageRequest &request, Rows &rows)
{
    QVariant threshold;
    if (range.source == QueryRange::Source::Finished && request.sort != HistorySort::Id
        && request.limit <= largestSampledPage) {
        QSqlQuery sample = connection.prepare(builder.threshold(range, request.limit));
        if (connection.error() || !connection.run(sample))
            return false;
        if (sample.next())
            threshold = sample.value(0);
    }
    return readRows(connection, builder.topRows(range, request.limit, threshold), rows);
}

// The first rows of all jobs: request.limit of them, unless there are fewer.
void PageQuery::readAll(DatabaseConnection &connection, const HistoryPageRequest &request,
                        std::function<void(DatabaseConnection &, const Rows &)> next)
{
    const auto builder = QueryBuilder::make(connection, request);
    const auto ranges = builder ? builder->ranges(connection, m_readers.threadCount()) : std::nullopt;
    if (!ranges)
        return fail(connection);
    m_readers.readRanges<Rows>(
        *ranges,
        [self = shared_from_this(), builder, request](DatabaseConnection &own, const QueryRange &range, Rows &rows) {
            return self->m_promise.isCanceled() || readRange(own, *builder, range, request, rows);
        },
        [self = shared_from_this(), request, next = std::move(next)](DatabaseConnection *own, std::vector<Rows> &parts,
                                                                     const QString &error) {
            if (!own || !error.isEmpty())
                return self->fail(error);
            Rows rows;
            for (Rows &part : parts) {
                const auto middle =
                    rows.insert(rows.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
                std::inplace_merge(rows.begin(), middle, rows.end(), [&](const auto &first, const auto &second) {
                    return QueryBuilder::comesBefore(first, second, request);
                });
            }
            rows.resize(std::min(rows.size(), size_t(request.limit)));
            next(*own, rows);
        });
}

void PageQuery::finish(DatabaseConnection &connection, const Rows &rows)
{
    HistoryPage page;
    QList<quint64> ids;
    for (qint64 i = m_request.offset; i < std::min(m_wanted, qint64(rows.size())); ++i)
        ids.append(rows[size_t(i)].id);
    if (qint64(rows.size()) >= m_wanted)
        page.next = rows[size_t(m_wanted - 1)];
    if (!readEntries(connection, ids, page.entries))
        return fail(connection);
    m_promise.addResult(std::move(page));
    m_promise.finish();
}

void PageQuery::fail(DatabaseConnection &connection)
{
    m_readers.reportDamage(connection.error());
    fail(connection.error().text);
}

void PageQuery::fail(const QString &error)
{
    m_promise.addResult(HistoryPage{.error = error});
    m_promise.finish();
}

} // namespace BitNet
