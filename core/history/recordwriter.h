// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/jobrow.h"
#include "core/jobs/jobrecord.h"

#include <QHash>
#include <QString>

#include <optional>

namespace BitNet {

// Puts the present session and its jobs into the tables, within a transaction of the connection's owner, who says how it
// ended.
class RecordWriter
{
public:
    explicit RecordWriter(DatabaseConnection &connection);

    // Whose jobs follow. Written with the first of them, or by writeSession().
    void setSession(const QString &tag, const QString &outputFolder);

    bool writeSession();
    // A job's first row, or one that may not be there yet.
    bool writeNew(const JobRecord &record);
    bool writeUpdate(const JobRecord &record);
    // Notes that the session is alive, and the highest id it gave out.
    bool touchSession(JobId lastJobId);
    bool closeSession();

    void committed() { m_committedSession = m_session.session; }
    void rolledBack();
    // The connection is about to be closed.
    void forget();

private:
    struct Statements
    {
        QSqlQuery upsert;
        QSqlQuery details;
        QSqlQuery longDetails;
        QSqlQuery outputFolder;
        QSqlQuery findText;
        QSqlQuery addText;
        QSqlQuery touch;
    };

    bool prepare();
    bool write(const JobRecord &record);
    bool runOrSkip(QSqlQuery &query, const JobRecord &record);
    std::optional<qint64> textId(const QString &text);

    DatabaseConnection &m_connection;
    std::optional<Statements> m_statements;
    QHash<QString, qint64> m_textIds;
    JobRowContext m_session = {};
    qint64 m_committedSession = 0;
    QString m_tag;
};

} // namespace BitNet
