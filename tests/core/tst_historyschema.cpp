// SPDX-License-Identifier: MIT
#include "core/history/databaseconnection.h"
#include "core/history/historyschema.h"

#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestHistorySchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void versionsAreInOrder();
    void fromNothing();
    void fromEachVersion();
    void aFailedStepLeavesTheOldSchema();
    void tellsWhatAFileIs();
    void migratingTwiceChangesNothing();
};

static QString schemaOf(DatabaseConnection &connection)
{
    return connection.value(u"SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"_s)
        .toString();
}

static void open(DatabaseConnection &connection, const QTemporaryDir &folder)
{
    QVERIFY(connection.open(folder.filePath(u"x.sqlite"_s), DatabaseConnection::Access::ReadWrite, 1s));
}

void TestHistorySchema::versionsAreInOrder()
{
    int version = 0;
    for (const Migration &migration : historyMigrations())
        QCOMPARE(migration.version, ++version);
    QCOMPARE(version, historySchemaVersion);
}

void TestHistorySchema::fromNothing()
{
    QTemporaryDir folder;
    DatabaseConnection connection;
    open(connection, folder);
    QCOMPARE(checkSchema(connection), SchemaCheck::Empty);
    QVERIFY2(migrate(connection, historyMigrations()), qPrintable(connection.error().text));
    QCOMPARE(checkSchema(connection), SchemaCheck::Current);
    QCOMPARE(connection.value(u"PRAGMA user_version"_s).toInt(), historySchemaVersion);
}

// A file of each earlier version ends with the same schema as a new one, and keeps its rows.
void TestHistorySchema::fromEachVersion()
{
    // Beside the real steps, two that stand for those to come.
    QList<Migration> steps = historyMigrations();
    const int last = historySchemaVersion;
    steps.append({.version = last + 1, .statements = {u"ALTER TABLE jobs ADD COLUMN note TEXT"_s}});
    steps.append({.version = last + 2,
                  .statements = {u"UPDATE texts SET text = upper(text)"_s, u"CREATE INDEX by_note ON jobs (note)"_s}});

    QTemporaryDir reference;
    DatabaseConnection fresh;
    open(fresh, reference);
    QVERIFY(migrate(fresh, steps));
    for (int version = 1; version <= last + 1; ++version) {
        QTemporaryDir folder;
        DatabaseConnection connection;
        open(connection, folder);
        QVERIFY(migrate(connection, steps.mid(0, version)));
        QVERIFY(connection.execute(u"INSERT INTO texts (text) VALUES ('row')"_s));
        QCOMPARE(checkSchema(connection, last + 2), SchemaCheck::Older);
        QVERIFY2(migrate(connection, steps), qPrintable(connection.error().text));
        QCOMPARE(checkSchema(connection, last + 2), SchemaCheck::Current);
        QCOMPARE(schemaOf(connection), schemaOf(fresh));
        QCOMPARE(connection.value(u"SELECT text FROM texts"_s).toString(), u"ROW"_s);
    }
}

void TestHistorySchema::aFailedStepLeavesTheOldSchema()
{
    QTemporaryDir folder;
    DatabaseConnection connection;
    open(connection, folder);
    QVERIFY(migrate(connection, historyMigrations()));
    const QString before = schemaOf(connection);
    QList<Migration> steps = historyMigrations();
    steps.append({.version = historySchemaVersion + 1, .statements = {u"ALTER TABLE jobs ADD COLUMN note TEXT"_s}});
    steps.append({.version = historySchemaVersion + 2, .statements = {u"CREATE TABLE jobs (nonsense)"_s}});
    QVERIFY(!migrate(connection, steps));
    QCOMPARE(connection.error().kind, DatabaseError::Kind::Refused);
    QCOMPARE(schemaOf(connection), before);
    QCOMPARE(checkSchema(connection), SchemaCheck::Current);
}

void TestHistorySchema::tellsWhatAFileIs()
{
    QTemporaryDir folder;
    DatabaseConnection connection;
    open(connection, folder);
    QVERIFY(migrate(connection, historyMigrations()));
    QVERIFY(connection.execute(u"PRAGMA user_version = %1"_s.arg(historySchemaVersion + 1)));
    QCOMPARE(checkSchema(connection), SchemaCheck::Newer);
    QVERIFY(connection.execute(u"PRAGMA user_version = 0"_s));
    QCOMPARE(checkSchema(connection), SchemaCheck::Older);
    QVERIFY(connection.execute(u"PRAGMA application_id = 1"_s));
    QCOMPARE(checkSchema(connection), SchemaCheck::Foreign);
}

void TestHistorySchema::migratingTwiceChangesNothing()
{
    QTemporaryDir folder;
    DatabaseConnection connection;
    open(connection, folder);
    QVERIFY(migrate(connection, historyMigrations()));
    const QString before = schemaOf(connection);
    QVERIFY(migrate(connection, historyMigrations()));
    QCOMPARE(schemaOf(connection), before);
}

QTEST_GUILESS_MAIN(TestHistorySchema)
#include "tst_historyschema.moc"
