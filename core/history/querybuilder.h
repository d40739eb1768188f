// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historyquery.h"

#include <QList>
#include <QString>
#include <QVariant>

#include <optional>
#include <vector>

namespace BitNet {

// A part of all jobs, small enough for one thread.
struct QueryRange
{
    enum class Source {
        Jobs, // the table; a range of ids
        Finished, // the index finished_jobs; a range of times of submission (microseconds)
        Unfinished, // the index unfinished_jobs; all of them
    };
    Source source = Source::Jobs;
    qint64 lowest = 0; // both ends belong to it
    qint64 highest = 0;
};

// Turns one filter, with an order or without, into SQL. What it names (groups, models) is looked up in the database first.
// Functions that return an optional give nothing on failure; the connection's error() says why then.
class QueryBuilder
{
public:
    // request: the filter, and for topRows() and threshold() the sort, the order and where to begin.
    static std::optional<QueryBuilder> make(DatabaseConnection &connection, const HistoryPageRequest &request);

    // What to read to see every job that can match, in at most that many parts (and perhaps one small one).
    std::optional<std::vector<QueryRange>> ranges(DatabaseConnection &connection, int parts) const;
    // One part of the table: the first jobs in the order (by id) that come behind the cursor, at most count ids.
    std::optional<QueryRange> firstSlice(DatabaseConnection &connection, qint64 count) const;

    // id and sort key of the first rows of a part in order. No row behind threshold (a key) is of interest.
    QueryStatement topRows(const QueryRange &range, qint64 limit, const QVariant &threshold = {}) const;
    // The key of the limit-th row in a sample of the part; no row when the sample has not that many.
    QueryStatement threshold(const QueryRange &range, qint64 limit) const;
    // Those of the given jobs that the text of the filter is in.
    QueryStatement withText(const QList<quint64> &ids) const;
    QueryStatement count(const QueryRange &range) const;
    // Columns of the matching jobs of a part of the table, by id.
    QueryStatement rows(const QueryRange &range, const QString &columns, qint64 limit) const;

    // Whether the first row comes before the second in the order of a request.
    static bool comesBefore(const HistoryCursor &first, const HistoryCursor &second, const HistoryPageRequest &request);

private:
    struct Condition
    {
        QString sql = {}; // "… AND …"; may be empty
        QList<QVariant> values = {};

        void add(const QString &term, const QList<QVariant> &more = {});
    };
    struct IdRange
    {
        qint64 lowest = 1;
        qint64 highest = 0;
    };

    explicit QueryBuilder(const HistoryPageRequest &request)
        : m_request(request)
    {
    }
    bool prepare(DatabaseConnection &connection);
    bool addTexts(DatabaseConnection &connection, const QString &column, const QStringList &texts);
    bool isCovered() const;
    bool hasText() const { return !m_request.filter.text.isEmpty(); }
    std::optional<IdRange> matchingIds(DatabaseConnection &connection) const;
    bool setTimes(DatabaseConnection &connection, std::vector<QueryRange> &ranges) const;
    QueryStatement select(const QString &what, const QueryRange &range, const Condition &more, const QString &rest,
                          QList<QVariant> values) const;
    Condition behindCursor(const QString &id) const;

    HistoryPageRequest m_request;
    Condition m_filter; // all but the text
    QString m_key; // the sort key; may hold one placeholder
    QList<QVariant> m_keyValues; // for it
};

} // namespace BitNet
