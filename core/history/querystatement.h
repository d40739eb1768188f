// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historyquery.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <QVariant>

#include <optional>

namespace BitNet {

// SQL with its values, to be run over a range of job ids: the last two placeholders but one (or, for counts, the last two)
// are the lowest and the highest id.
struct QueryStatement
{
    QString sql = {};
    QList<QVariant> values = {};
};

// Turns filters and orders into SQL. What they name (groups, models) is looked up in the database first; on failure
// nothing is returned, and the connection's error() says why.
class QueryBuilder
{
public:
    explicit QueryBuilder(DatabaseConnection &connection);

    // id and sort key of the first rows in a range of ids: bind the lowest id, the highest and the number of rows.
    std::optional<QueryStatement> firstRows(const HistoryPageRequest &request);
    // How many in a range of ids.
    std::optional<QueryStatement> count(const HistoryFilter &filter);
    // The given columns of jobs, by id, in a range of ids.
    std::optional<QueryStatement> rows(const HistoryFilter &filter, const QString &columns);

    // Whether the first row comes before the second in the order of a request.
    static bool comesBefore(const HistoryCursor &first, const HistoryCursor &second, const HistoryPageRequest &request);

private:
    struct Conditions
    {
        QString tables = {};
        QString id = {}; // the column that the range is about
        QString where = {}; // "… AND "; may be empty
        QList<QVariant> values = {};
    };
    std::optional<Conditions> conditions(const HistoryFilter &filter);
    bool addTexts(Conditions &conditions, const QString &column, const QStringList &texts);
    std::optional<QByteArray> textRanks();

    DatabaseConnection &m_connection;
};

} // namespace BitNet
