// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historyquery.h"

#include <QFuture>
#include <QPromise>
#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace BitNet {

class DatabaseConnection;
class HistoryReaders;

// How a page is found, cheapest first:
// - In the order of submission: among the newest (or oldest) jobs, which are enough unless few match.
// - With a text, in another order: among the first jobs of that order without the text, for a text that many have.
// - Otherwise all jobs are read, in ranges side by side; a sample of each range tells first which rows need not be sorted.
// Then the rows of the page are read whole.
class PageQuery : public std::enable_shared_from_this<PageQuery>
{
public:
    PageQuery(HistoryReaders &readers, const HistoryPageRequest &request);

    // The query goes on by itself until the future is finished.
    QFuture<HistoryPage> start();

private:
    using Rows = std::vector<HistoryCursor>;

    void begin(DatabaseConnection &connection);
    bool findInFirstSlice(DatabaseConnection &connection, bool *found);
    void findAmongCandidates(DatabaseConnection &connection);
    void findEverywhere(DatabaseConnection &connection);
    void readAll(DatabaseConnection &connection, const HistoryPageRequest &request,
                 std::function<void(DatabaseConnection &, const Rows &)> next);
    void finish(DatabaseConnection &connection, const Rows &rows);
    void fail(DatabaseConnection &connection);
    void fail(const QString &error);

    HistoryReaders &m_readers;
    HistoryPageRequest m_request;
    const qint64 m_wanted; // rows, from the first one on
    QPromise<HistoryPage> m_promise;
};

} // namespace BitNet
