// SPDX-License-Identifier: MIT
#include "core/history/recordwriter.h"

#include "core/history/datafolder.h"
#include "core/history/detailsrow.h"
#include "core/history/historylogging.h"

using namespace Qt::StringLiterals;

namespace BitNet {

// Groups and models are few; a program that names each group anew must not fill the memory.
static constexpr qsizetype mostCachedTexts = 10'000;

static QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

RecordWriter::RecordWriter(DatabaseConnection &connection)
    : m_connection(connection)
{
}

void RecordWriter::setSession(const QString &tag, const QString &outputFolder)
{
    m_tag = tag;
    m_session = {.sessionFolder = outputFolder};
    m_committedSession = 0;
}

void RecordWriter::rolledBack()
{
    m_textIds.clear();
    m_session.session = m_committedSession;
}

void RecordWriter::forget()
{
    m_statements.reset();
    m_textIds.clear();
    m_session.session = 0; // another file does not have it
    m_committedSession = 0;
}

bool RecordWriter::prepare()
{
    if (m_statements)
        return true;
    bool ok = true;
    const auto prepared = [&](const QString &statement) {
        QSqlQuery query = m_connection.prepare(statement);
        ok = ok && !m_connection.error();
        return query;
    };
    Statements statements{
        .upsert = prepared(upsertJobStatement()),
        .details = prepared(insertDetailsStatement()),
        .longDetails = prepared(insertLongDetailsStatement()),
        .outputFolder = prepared(u"UPDATE details SET output_folder = ? WHERE id = ?"_s),
        .findText = prepared(u"SELECT id FROM texts WHERE text = ?"_s),
        .addText = prepared(u"INSERT INTO texts (text) VALUES (?)"_s),
        .touch = prepared(u"UPDATE sessions SET seen_at = ?, seen_monotonic = ?, last_job_id = max(last_job_id, ?) "
                          u"WHERE id = ?"_s),
    };
    if (ok)
        m_statements.emplace(std::move(statements));
    return ok;
}

bool RecordWriter::writeSession()
{
    if (m_session.session != 0)
        return true;
    const Instant now = Instant::now();
    QSqlQuery insert = m_connection.prepare(
        u"INSERT INTO sessions (tag, output_folder, boot, started_at, seen_at, seen_monotonic, last_job_id) "
        u"VALUES (?, ?, ?, ?, ?, ?, (SELECT ifnull(max(last_job_id), 0) FROM sessions))"_s);
    if (m_connection.error())
        return false;
    int position = 0;
    for (const QString &text : {m_tag, m_session.sessionFolder, currentBootId()})
        insert.bindValue(position++, text.isNull() ? u""_s : text);
    for (const qint64 value :
         {microseconds(now.wall), microseconds(now.wall), qint64(now.monotonic.time_since_epoch().count())})
        insert.bindValue(position++, number(value));
    if (!m_connection.run(insert))
        return false;
    m_session.session = insert.lastInsertId().toLongLong();
    return true;
}

bool RecordWriter::writeNew(const JobRecord &record)
{
    if (!writeSession() || !prepare())
        return false;
    bindDetails(m_statements->details, qint64(record.id.value), *record.spec);
    if (!runOrSkip(m_statements->details, record))
        return false;
    if (needsLongDetails(*record.spec)) {
        bindLongDetails(m_statements->longDetails, qint64(record.id.value), *record.spec);
        if (!runOrSkip(m_statements->longDetails, record))
            return false;
    }
    return write(record);
}

bool RecordWriter::writeUpdate(const JobRecord &record)
{
    return writeSession() && prepare() && write(record);
}

bool RecordWriter::write(const JobRecord &record)
{
    JobRowContext context = m_session;
    const std::optional<qint64> group = textId(record.spec->group);
    const std::optional<qint64> model = textId(record.spec->model);
    const std::optional<qint64> engine = textId(record.spec->engine);
    if (!group || !model || !engine)
        return false;
    context.groupId = *group;
    context.modelId = *model;
    context.engineId = *engine;
    bindJob(m_statements->upsert, record, context);
    if (!runOrSkip(m_statements->upsert, record))
        return false;
    if (outputPlace(record, m_session.sessionFolder) != OutputPlace::Elsewhere)
        return true;
    m_statements->outputFolder.bindValue(0, record.outputFolder);
    m_statements->outputFolder.bindValue(1, number(qint64(record.id.value)));
    return runOrSkip(m_statements->outputFolder, record);
}

// A job that the tables refuse (a text of more than 1 GB, say) must not keep all others out.
bool RecordWriter::runOrSkip(QSqlQuery &query, const JobRecord &record)
{
    if (m_connection.run(query))
        return true;
    if (m_connection.error().kind != DatabaseError::Kind::Refused)
        return false;
    qCWarning(historyLog).noquote() << "Job" << record.id.value << "is not recorded:" << m_connection.error().text;
    return true;
}

std::optional<qint64> RecordWriter::textId(const QString &text)
{
    if (text.isEmpty())
        return 0;
    if (const auto known = m_textIds.constFind(text); known != m_textIds.cend())
        return *known;
    QSqlQuery &find = m_statements->findText;
    find.bindValue(0, text);
    if (!m_connection.run(find))
        return std::nullopt;
    qint64 id = find.next() ? find.value(0).toLongLong() : 0;
    find.finish();
    if (id == 0) {
        m_statements->addText.bindValue(0, text);
        if (!m_connection.run(m_statements->addText))
            return std::nullopt;
        id = m_statements->addText.lastInsertId().toLongLong();
    }
    if (m_textIds.size() >= mostCachedTexts)
        m_textIds.clear();
    m_textIds.insert(text, id);
    return id;
}

bool RecordWriter::touchSession(JobId lastJobId)
{
    if (!writeSession() || !prepare())
        return false;
    const Instant now = Instant::now();
    int position = 0;
    for (const qint64 value : {microseconds(now.wall), qint64(now.monotonic.time_since_epoch().count()),
                               qint64(lastJobId.value), m_session.session})
        m_statements->touch.bindValue(position++, number(value));
    return m_connection.run(m_statements->touch);
}

bool RecordWriter::closeSession()
{
    if (m_session.session == 0)
        return true;
    return m_connection.execute(u"UPDATE sessions SET closed_at = %1 WHERE id = %2"_s.arg(
        QString::number(microseconds(wallNow())), QString::number(m_session.session)));
}

} // namespace BitNet
