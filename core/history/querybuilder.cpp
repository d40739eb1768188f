// SPDX-License-Identifier: MIT
#include "core/history/querybuilder.h"

#include "core/history/jobrow.h"

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// Bytes of a text's rank, big-endian so that they compare as the ranks do.
constexpr int rankBytes = 3;
// Jobs that threshold() looks at: few beside all of them, many beside a page.
constexpr int sampledJobs = 20'000;
// Fewer jobs than this are not worth another thread.
constexpr qint64 fewestJobsPerPart = 50'000;

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
        return u"name COLLATE NOCASE"_s;
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

// Whether the index finished_jobs holds the key; all that can be filtered by is in there.
bool isKeyCovered(HistorySort sort)
{
    switch (sort) {
    case HistorySort::Id:
    case HistorySort::Submitted:
    case HistorySort::Completed:
    case HistorySort::QueueWait:
    case HistorySort::RunTime:
    case HistorySort::Latency:
    case HistorySort::Ttft:
    case HistorySort::Name:
    case HistorySort::Group:
    case HistorySort::Model:
    case HistorySort::Kind:
    case HistorySort::Outcome:
    case HistorySort::ExitCode:
    case HistorySort::DecodeTps:
        return true;
    case HistorySort::Started:
    case HistorySort::Attempts:
    case HistorySort::Priority:
    case HistorySort::PeakRss:
    case HistorySort::CpuTime:
    case HistorySort::OutputBytes:
    case HistorySort::PromptTokens:
    case HistorySort::OutputTokens:
    case HistorySort::PrefillTps:
        return false;
    }
    Q_UNREACHABLE();
}

// What the index holds, for a query that must not look further.
QString coveredColumns()
{
    return u"id, submitted_at, state, outcome, kind, kept, group_id, model_id, engine_id, queue_wait, run_time, "
           u"latency, "
           u"ttft, completed_at, exit_code, decode_tps, name"_s;
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
    return u"(1 << %1) & %2"_s.arg(column, QString::number(mask));
}

QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

// Where each text stands among all of them in order, as a string of bytes that SQL can look into by its id.
std::optional<QByteArray> textRanks(DatabaseConnection &connection)
{
    QSqlQuery query = connection.prepare(u"SELECT id, text FROM texts"_s);
    if (connection.error() || !connection.run(query))
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

// As SQLite's NOCASE does it: the letters A to Z only.
QByteArray withoutCase(const QString &text)
{
    QByteArray bytes = text.toUtf8();
    for (char &c : bytes) {
        if (c >= 'A' && c <= 'Z')
            c = char(c - 'A' + 'a');
    }
    return bytes;
}

// Keys as SQLite orders them: numbers by value, names without case, blobs by their bytes.
int compareKeys(const QVariant &first, const QVariant &second)
{
    const auto sign = [](const auto &a, const auto &b) { return a < b ? -1 : int(b < a); };
    if (first.typeId() == QMetaType::QString)
        return sign(withoutCase(first.toString()), withoutCase(second.toString()));
    if (first.typeId() == QMetaType::QByteArray)
        return sign(first.toByteArray(), second.toByteArray());
    if (first.typeId() == QMetaType::Double)
        return sign(first.toDouble(), second.toDouble());
    return sign(first.toLongLong(), second.toLongLong());
}

} // namespace

void QueryBuilder::Condition::add(const QString &term, const QList<QVariant> &more)
{
    if (term.isEmpty())
        return;
    sql += (sql.isEmpty() ? QString() : u" AND "_s) + term;
    values += more;
}

std::optional<QueryBuilder> QueryBuilder::make(DatabaseConnection &connection, const HistoryPageRequest &request)
{
    QueryBuilder builder(request);
    if (!builder.prepare(connection))
        return std::nullopt;
    return builder;
}

bool QueryBuilder::prepare(DatabaseConnection &connection)
{
    const HistoryFilter &filter = m_request.filter;
    for (const auto &[term, moment] :
         {std::pair(u"submitted_at >= ?"_s, filter.since),
          {u"submitted_at < ?"_s, filter.until},
          {u"state = 3 AND ifnull(completed_at, submitted_at) >= ?"_s, filter.endedSince},
          {u"state = 3 AND ifnull(completed_at, submitted_at) < ?"_s, filter.endedUntil}}) {
        if (moment)
            m_filter.add(term, {number(microseconds(*moment))});
    }
    if (!filter.states.isEmpty())
        m_filter.add(isOneOf(u"state"_s, filter.states));
    if (!filter.outcomes.isEmpty())
        m_filter.add(isOneOf(u"outcome"_s, filter.outcomes));
    if (!filter.kinds.isEmpty())
        m_filter.add(isOneOf(u"kind"_s, filter.kinds));
    if (filter.kept)
        m_filter.add(*filter.kept ? u"kept = 1"_s : u"kept = 0"_s);
    if (!addTexts(connection, u"group_id"_s, filter.groups) || !addTexts(connection, u"model_id"_s, filter.models)
        || !addTexts(connection, u"engine_id"_s, filter.engines))
        return false;
    if (!filter.name.isEmpty())
        m_filter.add(u"name LIKE ? ESCAPE '\\'"_s, {likePattern(filter.name)});

    m_key = sortKey(m_request.sort);
    if (m_key.contains(u'?')) {
        const std::optional<QByteArray> ranks = textRanks(connection);
        if (!ranks)
            return false;
        m_keyValues = {*ranks};
    }
    return true;
}

bool QueryBuilder::addTexts(DatabaseConnection &connection, const QString &column, const QStringList &texts)
{
    if (texts.isEmpty())
        return true;
    QSqlQuery find = connection.prepare(u"SELECT id FROM texts WHERE text = ?"_s);
    if (connection.error())
        return false;
    QStringList ids;
    for (const QString &text : texts) {
        if (text.isEmpty()) {
            ids.append(u"0"_s);
            continue;
        }
        find.bindValue(0, text);
        if (!connection.run(find))
            return false;
        if (find.next())
            ids.append(find.value(0).toString());
    }
    if (ids.isEmpty())
        ids.append(u"-1"_s); // no job has any of them
    m_filter.add(ids.size() == 1 ? QString(column + u" = " + ids.constFirst())
                                 : QString(column + u" IN (" + ids.join(u", ") + u')'));
    return true;
}

bool QueryBuilder::isCovered() const
{
    return !hasText() && isKeyCovered(m_request.sort);
}

std::optional<std::vector<QueryRange>> QueryBuilder::ranges(DatabaseConnection &connection, int parts) const
{
    const std::optional<IdRange> ids = matchingIds(connection);
    if (!ids)
        return std::nullopt;
    std::vector<QueryRange> ranges;
    const qint64 count = ids->highest - ids->lowest + 1;
    const qint64 used = std::clamp<qint64>(count / fewestJobsPerPart, 1, parts);
    for (qint64 part = 0; part < used; ++part) {
        ranges.push_back(
            {.lowest = ids->lowest + count * part / used, .highest = ids->lowest + count * (part + 1) / used - 1});
    }
    if (!isCovered())
        return ranges;

    const HistoryFilter &filter = m_request.filter;
    if (!filter.states.isEmpty() && !filter.states.contains(JobState::Finished))
        ranges.clear();
    if (!setTimes(connection, ranges))
        return std::nullopt;
    const bool onlyFinished =
        (filter.states.size() == 1 && filter.states.constFirst() == JobState::Finished) || !filter.outcomes.isEmpty();
    if (!onlyFinished)
        ranges.push_back({.source = QueryRange::Source::Unfinished});
    return ranges;
}

// Where the jobs of the filter's time begin and end, roughly: it decides only how evenly they are shared out.
std::optional<QueryBuilder::IdRange> QueryBuilder::matchingIds(DatabaseConnection &connection) const
{
    const HistoryFilter &filter = m_request.filter;
    QVariant lowest = connection.value(u"SELECT ifnull(min(id), 1) FROM jobs"_s);
    QVariant highest = lowest.isValid() ? connection.value(u"SELECT ifnull(max(id), 0) FROM jobs"_s) : lowest;
    if (!highest.isValid())
        return std::nullopt;
    if (!isCovered())
        return IdRange{.lowest = lowest.toLongLong(), .highest = highest.toLongLong()};
    const QString jobAt = u"SELECT id FROM jobs INDEXED BY finished_jobs WHERE state = 3 AND submitted_at %1 %2 "
                          u"ORDER BY submitted_at %3 LIMIT 1"_s;
    if (filter.since) {
        const QVariant first =
            connection.value(jobAt.arg(u">="_s, QString::number(microseconds(*filter.since)), u"ASC"_s));
        lowest = first.isValid() ? first : highest;
    }
    if (filter.until) {
        const QVariant last =
            connection.value(jobAt.arg(u"<"_s, QString::number(microseconds(*filter.until)), u"DESC"_s));
        highest = last.isValid() ? last : lowest;
    }
    return IdRange{.lowest = lowest.toLongLong(), .highest = std::max(lowest.toLongLong(), highest.toLongLong())};
}

// Makes ranges of ids ranges of times of submission, which together hold all of the filter's time.
bool QueryBuilder::setTimes(DatabaseConnection &connection, std::vector<QueryRange> &ranges) const
{
    const HistoryFilter &filter = m_request.filter;
    qint64 from = filter.since ? microseconds(*filter.since) : std::numeric_limits<qint64>::min();
    const qint64 end = filter.until ? microseconds(*filter.until) - 1 : std::numeric_limits<qint64>::max();
    for (size_t i = 0; i < ranges.size(); ++i) {
        qint64 to = end;
        if (i + 1 < ranges.size()) {
            const QVariant next = connection.value(
                u"SELECT submitted_at FROM jobs WHERE id >= %1 ORDER BY id LIMIT 1"_s.arg(ranges[i + 1].lowest));
            if (!next.isValid())
                return false;
            // Where the clock was set back a part is all but empty, and the next one larger.
            to = std::min(std::max(next.toLongLong() - 1, from), end);
        }
        ranges[i] = {.source = QueryRange::Source::Finished, .lowest = from, .highest = to};
        if (to < end)
            from = to + 1;
        else
            ranges.resize(i + 1);
    }
    return true;
}

std::optional<QueryRange> QueryBuilder::firstSlice(DatabaseConnection &connection, qint64 count) const
{
    const bool descending = m_request.order == Qt::DescendingOrder;
    const QVariant end = connection.value(descending ? u"SELECT ifnull(max(id), 0) FROM jobs"_s
                                                     : u"SELECT ifnull(min(id), 1) FROM jobs"_s);
    if (!end.isValid())
        return std::nullopt;
    qint64 begin = end.toLongLong();
    if (m_request.after) {
        const qint64 cursor = qint64(m_request.after->id);
        begin = descending ? std::min(begin, cursor - 1) : std::max(begin, cursor + 1);
    }
    return descending ? QueryRange{.lowest = begin - count + 1, .highest = begin}
                      : QueryRange{.lowest = begin, .highest = begin + count - 1};
}

// "SELECT what FROM the part WHERE it matches AND more rest". values: those of what; rest has none.
QueryStatement QueryBuilder::select(const QString &what, const QueryRange &range, const Condition &more,
                                    const QString &rest, QList<QVariant> values) const
{
    Condition where;
    QString tables;
    switch (range.source) {
    case QueryRange::Source::Jobs:
        tables = u"jobs"_s;
        if (hasText()) {
            // The texts are read once, from the front; jobs is looked at only where they match.
            tables = u"details CROSS JOIN jobs ON jobs.id = details.id"_s;
            where.add(u"details.text LIKE ? ESCAPE '\\'"_s, {likePattern(m_request.filter.text)});
        }
        where.add(hasText() ? u"details.id BETWEEN ? AND ?"_s : u"jobs.id BETWEEN ? AND ?"_s,
                  {number(range.lowest), number(range.highest)});
        break;
    case QueryRange::Source::Finished:
        tables = u"jobs INDEXED BY finished_jobs"_s;
        where.add(u"state = 3 AND submitted_at BETWEEN ? AND ?"_s, {number(range.lowest), number(range.highest)});
        break;
    case QueryRange::Source::Unfinished:
        tables = u"jobs INDEXED BY unfinished_jobs"_s;
        where.add(u"state <> 3"_s);
        break;
    }
    where.add(m_filter.sql, m_filter.values);
    where.add(more.sql, more.values);
    return {.sql = u"SELECT "_s + what + u" FROM "_s + tables + u" WHERE "_s + where.sql + rest,
            .values = std::move(values) + where.values};
}

QueryBuilder::Condition QueryBuilder::behindCursor(const QString &id) const
{
    Condition behind;
    if (!m_request.after)
        return behind;
    const QString beyond = m_request.order == Qt::DescendingOrder ? u"<"_s : u">"_s;
    const QList<QVariant> cursorId{number(qint64(m_request.after->id))};
    const QList<QVariant> cursorKey{m_request.after->key};
    if (m_request.sort == HistorySort::Id) {
        behind.add(u"%1 %2 ?"_s.arg(id, beyond), cursorId);
    } else if (m_request.after->key.isNull()) {
        behind.add(m_key + u" IS NULL"_s, m_keyValues);
        behind.add(u"%1 %2 ?"_s.arg(id, beyond), cursorId);
    } else {
        behind.add(u"(%3 %2 ? OR (%3 = ? AND %1 %2 ?) OR %3 IS NULL)"_s.arg(id, beyond, m_key),
                   m_keyValues + cursorKey + m_keyValues + cursorKey + cursorId + m_keyValues);
    }
    return behind;
}

QueryStatement QueryBuilder::topRows(const QueryRange &range, qint64 limit, const QVariant &threshold) const
{
    const bool descending = m_request.order == Qt::DescendingOrder;
    const QString direction = descending ? u"DESC"_s : u"ASC"_s;
    const QString id = hasText() && range.source == QueryRange::Source::Jobs ? u"details.id"_s : u"jobs.id"_s;
    Condition more = behindCursor(id);
    if (!threshold.isNull())
        more.add(m_key + (descending ? u" >= ?"_s : u" <= ?"_s), m_keyValues + QList<QVariant>{threshold});
    const QString order = m_request.sort == HistorySort::Id ? QString(id + u' ' + direction)
                                                            : u"sort_key %1 NULLS LAST, %2 %1"_s.arg(direction, id);
    return select(id + u", "_s + m_key + u" AS sort_key"_s, range, more,
                  u" ORDER BY "_s + order + u" LIMIT "_s + QString::number(limit), m_keyValues);
}

QueryStatement QueryBuilder::threshold(const QueryRange &range, qint64 limit) const
{
    const QString direction = m_request.order == Qt::DescendingOrder ? u"DESC"_s : u"ASC"_s;
    Condition where = m_filter;
    const Condition behind = behindCursor(u"id"_s);
    where.add(behind.sql, behind.values);
    where.add(m_key + u" IS NOT NULL"_s, m_keyValues);
    return {.sql = u"SELECT %1 AS sort_key FROM (SELECT %2 FROM jobs INDEXED BY finished_jobs WHERE state = 3 AND "
                   u"submitted_at BETWEEN ? AND ? LIMIT %3) AS jobs WHERE "_s.arg(m_key, coveredColumns(),
                                                                                  QString::number(sampledJobs))
                + where.sql + u" ORDER BY sort_key %1 LIMIT 1 OFFSET %2"_s.arg(direction, QString::number(limit - 1)),
            .values = m_keyValues + QList<QVariant>{number(range.lowest), number(range.highest)} + where.values};
}

QueryStatement QueryBuilder::withText(const QList<quint64> &ids) const
{
    QStringList numbers;
    for (const quint64 id : ids)
        numbers.append(QString::number(id));
    return {.sql = u"SELECT id FROM details WHERE id IN (%1) AND text LIKE ? ESCAPE '\\'"_s.arg(numbers.join(u',')),
            .values = {likePattern(m_request.filter.text)}};
}

QueryStatement QueryBuilder::count(const QueryRange &range) const
{
    return select(u"count(*)"_s, range, {}, {}, {});
}

QueryStatement QueryBuilder::rows(const QueryRange &range, const QString &columns, qint64 limit) const
{
    return select(
        columns, range, {},
        (hasText() ? u" ORDER BY details.id LIMIT "_s : u" ORDER BY jobs.id LIMIT "_s) + QString::number(limit), {});
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

} // namespace BitNet
