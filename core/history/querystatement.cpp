// SPDX-License-Identifier: MIT
#include "core/history/querystatement.h"

#include "core/history/jobrow.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// Bytes of a text's rank, big-endian so that they compare as the ranks do.
constexpr int rankBytes = 3;

QString sortKey(HistorySort sort)
{
    switch (sort) {
    case HistorySort::Id:
        return u"NULL"_s; // the id alone decides
    case HistorySort::Submitted:
        return u"submitted_at"_s;
    case HistorySort::Started:
        return u"started_at"_s;
    case HistorySort::Completed:
        return u"completed_at"_s;
    case HistorySort::QueueWait:
        return u"queue_wait"_s;
    case HistorySort::RunTime:
        return u"run_time"_s;
    case HistorySort::Latency:
        return u"latency"_s;
    case HistorySort::Ttft:
        return u"ttft"_s;
    case HistorySort::Name:
        return u"lower(name)"_s;
    case HistorySort::Group:
        return u"substr(?, group_id * %1 + 1, %1)"_s.arg(rankBytes);
    case HistorySort::Model:
        return u"substr(?, model_id * %1 + 1, %1)"_s.arg(rankBytes);
    case HistorySort::Kind:
        return u"kind"_s;
    case HistorySort::Outcome:
        return u"ifnull(outcome, state - 4)"_s;
    case HistorySort::ExitCode:
        return u"exit_code"_s;
    case HistorySort::Attempts:
        return u"attempts"_s;
    case HistorySort::Priority:
        return u"jobs.priority"_s;
    case HistorySort::PeakRss:
        return u"peak_rss"_s;
    case HistorySort::CpuTime:
        return u"cpu_time"_s;
    case HistorySort::OutputBytes:
        return u"stdout_bytes + stderr_bytes"_s;
    case HistorySort::PromptTokens:
        return u"prompt_tokens"_s;
    case HistorySort::OutputTokens:
        return u"output_tokens"_s;
    case HistorySort::PrefillTps:
        return u"prefill_tps"_s;
    case HistorySort::DecodeTps:
        return u"decode_tps"_s;
    }
    Q_UNREACHABLE();
}

bool isSortedByText(HistorySort sort)
{
    return sort == HistorySort::Group || sort == HistorySort::Model;
}

QString likePattern(const QString &text)
{
    QString pattern = u"%"_s;
    for (const QChar c : text) {
        if (c == u'%' || c == u'_' || c == u'\\')
            pattern += u'\\';
        pattern += c;
    }
    return pattern + u'%';
}

// "column is one of these": cheaper for each row than IN (…).
template<typename Enum>
QString isOneOf(const QString &column, const QList<Enum> &values)
{
    quint64 mask = 0;
    for (const Enum value : values)
        mask |= quint64(1) << int(value);
    return u"(1 << %1) & %2 AND "_s.arg(column, QString::number(mask));
}

QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

// Keys as SQLite orders them: numbers by value, texts and blobs by their bytes.
int compareKeys(const QVariant &first, const QVariant &second)
{
    const auto sign = [](auto a, auto b) { return a < b ? -1 : int(b < a); };
    if (first.typeId() == QMetaType::QString)
        return sign(first.toString().toUtf8(), second.toString().toUtf8());
    if (first.typeId() == QMetaType::QByteArray)
        return sign(first.toByteArray(), second.toByteArray());
    if (first.typeId() == QMetaType::Double)
        return sign(first.toDouble(), second.toDouble());
    return sign(first.toLongLong(), second.toLongLong());
}

} // namespace

QueryBuilder::QueryBuilder(DatabaseConnection &connection)
    : m_connection(connection)
{
}

bool QueryBuilder::comesBefore(const HistoryCursor &first, const HistoryCursor &second,
                               const HistoryPageRequest &request)
{
    const bool descending = request.order == Qt::DescendingOrder;
    if (first.key.isNull() != second.key.isNull())
        return second.key.isNull(); // those without a value come last
    const int byKey = first.key.isNull() ? 0 : compareKeys(first.key, second.key);
    if (byKey != 0)
        return descending ? byKey > 0 : byKey < 0;
    return descending ? first.id > second.id : first.id < second.id;
}

bool QueryBuilder::addTexts(Conditions &conditions, const QString &column, const QStringList &texts)
{
    if (texts.isEmpty())
        return true;
    QSqlQuery find = m_connection.prepare(u"SELECT id FROM texts WHERE text = ?"_s);
    if (m_connection.error())
        return false;
    QStringList ids;
    for (const QString &text : texts) {
        if (text.isEmpty()) {
            ids.append(u"0"_s);
            continue;
        }
        find.bindValue(0, text);
        if (!m_connection.run(find))
            return false;
        if (find.next())
            ids.append(find.value(0).toString());
    }
    conditions.where += ids.size() == 1 ? QString(column + u" = " + ids.constFirst() + u" AND ")
                                        : QString(column + u" IN (" + ids.join(u", ") + u") AND ");
    return true;
}

std::optional<QueryBuilder::Conditions> QueryBuilder::conditions(const HistoryFilter &filter)
{
    Conditions result{.tables = u"jobs"_s, .id = u"jobs.id"_s};
    if (!filter.text.isEmpty()) {
        // The texts are read once, from the front; jobs is looked at only where they match.
        result.tables = u"details CROSS JOIN jobs ON jobs.id = details.id"_s;
        result.id = u"details.id"_s;
        result.where += u"details.text LIKE ? ESCAPE '\\' AND "_s;
        result.values.append(likePattern(filter.text));
    }
    if (filter.since) {
        result.where += u"submitted_at >= ? AND "_s;
        result.values.append(number(microseconds(*filter.since)));
    }
    if (filter.until) {
        result.where += u"submitted_at < ? AND "_s;
        result.values.append(number(microseconds(*filter.until)));
    }
    if (!filter.states.isEmpty())
        result.where += isOneOf(u"state"_s, filter.states);
    if (!filter.outcomes.isEmpty())
        result.where += isOneOf(u"outcome"_s, filter.outcomes);
    if (!filter.kinds.isEmpty())
        result.where += isOneOf(u"kind"_s, filter.kinds);
    if (filter.kept)
        result.where += *filter.kept ? u"kept = 1 AND "_s : u"kept = 0 AND "_s;
    if (!addTexts(result, u"group_id"_s, filter.groups) || !addTexts(result, u"model_id"_s, filter.models)
        || !addTexts(result, u"engine_id"_s, filter.engines))
        return std::nullopt;
    if (!filter.name.isEmpty()) {
        result.where += u"name LIKE ? ESCAPE '\\' AND "_s;
        result.values.append(likePattern(filter.name));
    }
    return result;
}

// Where each text stands among all of them in order, as a string of bytes that SQL can look into by its id.
std::optional<QByteArray> QueryBuilder::textRanks()
{
    QSqlQuery query = m_connection.prepare(u"SELECT id, text FROM texts"_s);
    if (m_connection.error() || !m_connection.run(query))
        return std::nullopt;
    std::vector<std::pair<QString, qint64>> texts{{QString(), 0}};
    qint64 highest = 0;
    while (query.next()) {
        texts.emplace_back(query.value(1).toString().toCaseFolded(), query.value(0).toLongLong());
        highest = std::max(highest, texts.back().second);
    }
    std::sort(texts.begin(), texts.end());
    QByteArray ranks((highest + 1) * rankBytes, '\0');
    for (size_t rank = 0; rank < texts.size(); ++rank) {
        for (int i = 0; i < rankBytes; ++i)
            ranks[texts[rank].second * rankBytes + i] = char((rank >> (8 * (rankBytes - 1 - i))) & 0xff);
    }
    return ranks;
}

std::optional<QueryStatement> QueryBuilder::firstRows(const HistoryPageRequest &request)
{
    const auto found = conditions(request.filter);
    if (!found)
        return std::nullopt;
    const QString key = sortKey(request.sort);
    const bool descending = request.order == Qt::DescendingOrder;
    const QString direction = descending ? u"DESC"_s : u"ASC"_s;
    const QString beyond = descending ? u"<"_s : u">"_s;

    QueryStatement statement;
    std::optional<QByteArray> ranks;
    if (isSortedByText(request.sort)) {
        ranks = textRanks();
        if (!ranks)
            return std::nullopt;
        statement.values.append(*ranks);
    }
    statement.values += found->values;
    QString behind;
    if (request.after) {
        const QVariant id = number(qint64(request.after->id));
        if (request.sort == HistorySort::Id) {
            behind = u"%1 %2 ? AND "_s.arg(found->id, beyond);
            statement.values.append(id);
        } else if (request.after->key.isNull()) {
            behind = u"(%3 IS NULL AND %1 %2 ?) AND "_s.arg(found->id, beyond, key);
            if (ranks)
                statement.values.append(*ranks);
            statement.values.append(id);
        } else {
            behind = u"(%3 %2 ? OR (%3 = ? AND %1 %2 ?) OR %3 IS NULL) AND "_s.arg(found->id, beyond, key);
            const auto addKey = [&] {
                if (ranks)
                    statement.values.append(*ranks);
            };
            addKey();
            statement.values.append(request.after->key);
            addKey();
            statement.values.append(request.after->key);
            statement.values.append(id);
            addKey();
        }
    }
    const QString order = request.sort == HistorySort::Id
        ? QString(u"%1 %2"_s.arg(found->id, direction))
        : QString(u"2 %2 NULLS LAST, %1 %2"_s.arg(found->id, direction));
    statement.sql = u"SELECT %1, %2 FROM %3 WHERE "_s.arg(found->id, key, found->tables) + found->where + behind
        + u"%1 BETWEEN ? AND ? ORDER BY %2 LIMIT ?"_s.arg(found->id, order);
    return statement;
}

std::optional<QueryStatement> QueryBuilder::count(const HistoryFilter &filter)
{
    const auto found = conditions(filter);
    if (!found)
        return std::nullopt;
    return QueryStatement{.sql = u"SELECT count(*) FROM "_s + found->tables + u" WHERE "_s + found->where + found->id
                              + u" BETWEEN ? AND ?"_s,
                          .values = found->values};
}

std::optional<QueryStatement> QueryBuilder::rows(const HistoryFilter &filter, const QString &columns)
{
    const auto found = conditions(filter);
    if (!found)
        return std::nullopt;
    return QueryStatement{.sql = u"SELECT "_s + columns + u" FROM "_s + found->tables + u" WHERE "_s + found->where
                              + found->id + u" BETWEEN ? AND ? ORDER BY "_s + found->id,
                          .values = found->values};
}

} // namespace BitNet
