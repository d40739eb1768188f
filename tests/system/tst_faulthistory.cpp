// SPDX-License-Identifier: MIT
// Each function is a row of the reliability suite: the history while and after everything around it fails.
#include "core/history/historyschema.h"
#include "core/supervisor/treesweep.h"
#include "support/historyrecords.h"
#include "support/processes.h"
#include "support/smalldisk.h"
#include "support/supervisorfixture.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QScopeGuard>

#include <atomic>
#include <csignal>
#include <sys/resource.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_FaultHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault8_applicationKilled();
    void fault10_diesBetweenQueuedAndStarted();
    void fault24_secondInstanceTouchesNothing();
    void fault25_lockFileEmptyOrGarbage_data();
    void fault25_lockFileEmptyOrGarbage();
    void fault26_databaseLocked();
    void fault26_databaseLockedAtTheOpening();
    void fault27_diskFull_data();
    void fault27_diskFull();
    void fault27_diskFullAtTheOpening();
    void fault28_databaseDamaged_data();
    void fault28_databaseDamaged();
    void fault28_databaseDamagedWhileOpen();
    void aKilledApplicationLeavesNoDamage();
    void fault29_newerVersion();
    void fault30_killedInAMigration();
};

// bitnet-testapp, killed at the latest with this object.
class TestApplication
{
public:
    explicit TestApplication(const QStringList &arguments)
    {
        m_process.start(binaryPath(u"bitnet-testapp"_s), arguments);
        m_process.waitForStarted();
    }
    ~TestApplication() { kill(); }

    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
        readLines();
    }
    // What it said after word and a blank; nothing when it did not (yet).
    std::optional<QString> said(const QString &word)
    {
        readLines();
        for (const QString &line : std::as_const(m_lines)) {
            if (line == word || line.startsWith(word + u' '))
                return line.sliced(std::min(line.size(), word.size() + 1));
        }
        return std::nullopt;
    }
    QString waitFor(const QString &word)
    {
        if (!QTest::qWaitFor([&] { return said(word).has_value(); }, patience))
            QTest::qFail(qPrintable(u"the application did not say "_s + word), __FILE__, __LINE__);
        return said(word).value_or(QString());
    }
    QProcess &process() { return m_process; }

private:
    void readLines()
    {
        while (m_process.canReadLine())
            m_lines.append(QString::fromUtf8(m_process.readLine().trimmed()));
    }

    QProcess m_process;
    QStringList m_lines;
};

static QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

static void overwrite(const QString &path, qint64 offset, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::ReadWrite), qPrintable(path));
    QVERIFY(file.seek(offset));
    QCOMPARE(file.write(bytes), bytes.size());
}

static void resize(const QString &path, qint64 size)
{
    QFile file(path);
    QVERIFY2(file.resize(size), qPrintable(path));
}

static QString integrityOf(const QString &databasePath)
{
    return runSql(databasePath, {u"PRAGMA integrity_check"_s}).toString();
}

void tst_FaultHistory::fault8_applicationKilled()
{
    static constexpr int rounds = 25;
    QTemporaryDir folder;
    auto *random = QRandomGenerator::global();
    int roundsWithJobs = 0;
    qsizetype descendantsInAll = 0;
    int interrupted = 0;
    qint64 rows = 0;
    for (int round = 0; round < rounds; ++round) {
        QString tag;
        QList<ProcessMark> descendants; // shims among them, at work or waiting for it
        {
            TestApplication application({u"supervise"_s, folder.path()});
            // Mostly at work, sometimes while it opens its history.
            if (round % 5 != 0)
                application.waitFor(u"tag"_s);
            QTest::qWait(random->bounded(400));
            descendants = killAndListDescendants(pid_t(application.process().processId()));
            application.kill();
            tag = application.said(u"tag"_s).value_or(QString());
        }
        descendantsInAll += descendants.size();
        QVERIFY2(QTest::qWaitFor([&] { return livingOf(descendants).isEmpty(); }, 500),
                 qPrintable(u"round %1: %2"_s.arg(round).arg(livingOf(descendants))));
        if (!tag.isEmpty()) {
            ++roundsWithJobs;
            QVERIFY2(QTest::qWaitFor([&] { return countTagged(tag.toLatin1() + '.') == 0; }, 500),
                     qPrintable(u"round %1: %2 processes left"_s.arg(round).arg(countTagged(tag.toLatin1() + '.'))));
        }

        HistoryFixture f(folder.path());
        QVERIFY2(f.opening.movedAsideTo.isEmpty(), qPrintable(f.opening.movedAsideWhy));
        QCOMPARE(f.opening.state.kind, HistoryState::Kind::Saving);
        interrupted += f.opening.interruptedJobs;
        // No row reads running, and the interrupted ones say why.
        QCOMPARE(resultOf(f.history().count({.states = {JobState::Starting, JobState::Running}})), 0);
        const HistoryPage page =
            resultOf(f.history().page({.filter = {.outcomes = {Outcome::Interrupted}}, .limit = 10'000}));
        for (const HistoryEntry &entry : page.entries) {
            QCOMPARE(entry.record.reason, u"The application ended while it ran."_s);
            QVERIFY(entry.record.completed.has_value());
        }
        // Each job that ever ran has its row, and is not waiting to be run again.
        QSet<quint64> ended;
        const QString error = resultOf(f.history().forEach({.states = {JobState::Finished}}, [&](const auto &entries) {
            for (const HistoryEntry &entry : entries)
                ended.insert(entry.record.id.value);
        }));
        QCOMPARE(error, QString());
        for (const QByteArray &line : contentOf(folder.filePath(u"ran"_s)).split('\n')) {
            if (line.isEmpty())
                continue;
            const quint64 id = line.mid(line.indexOf('.') + 1).toULongLong();
            QVERIFY2(ended.contains(id), line.constData());
            QVERIFY(id < f.opening.nextJobId);
        }
        const qint64 rowsNow = resultOf(f.history().count({}));
        QVERIFY(rowsNow >= rows);
        rows = rowsNow;
        // Nobody asks for the waiting ones.
        const QList<WaitingJob> waiting = resultOf(f.history().waitingJobs());
        QCOMPARE(waiting.size(), f.opening.waitingJobs);
        QList<JobId> ids;
        for (const WaitingJob &job : waiting)
            ids.append(job.id);
        f.history().discardWaiting(ids);
        f.save();
        QCOMPARE(resultOf(f.history().count({.states = {JobState::Queued}})), 0);
        f.close();
        QCOMPARE(integrityOf(f.databasePath()), u"ok"_s);
    }
    QVERIFY2(roundsWithJobs >= rounds / 2, qPrintable(QString::number(roundsWithJobs)));
    QVERIFY(descendantsInAll > rounds);
    QVERIFY(interrupted > 0);
    QVERIFY(rows > rounds);
}

void tst_FaultHistory::fault10_diesBetweenQueuedAndStarted()
{
    QTemporaryDir folder;
    TestApplication application({u"queue"_s, folder.path(), u"12"_s});
    const QString tag = application.waitFor(u"tag"_s);
    application.waitFor(u"queued"_s);
    application.kill();
    QCOMPARE(countTagged(tag.toLatin1() + '.'), 0);
    QVERIFY(!QFileInfo::exists(folder.filePath(u"ran"_s)));

    HistoryFixture f(folder.path());
    QCOMPARE(f.opening.waitingJobs, 12);
    QCOMPARE(f.opening.interruptedJobs, 0);
    QCOMPARE(f.opening.nextJobId, 13u);
    QCOMPARE(resultOf(f.history().count({.states = {JobState::Starting, JobState::Running}})), 0);
    QList<JobId> ids;
    for (const WaitingJob &job : resultOf(f.history().waitingJobs()))
        ids.append(job.id);
    QCOMPARE(ids.size(), 12);
    f.history().discardWaiting(ids);
    f.save();
    QCOMPARE(resultOf(f.history().count({.states = {JobState::Queued}})), 0);
    QCOMPARE(resultOf(f.history().count({.outcomes = {Outcome::Cancelled}})), 12);
}

// That the first one's window is raised is in tst_instancechannel.
void tst_FaultHistory::fault24_secondInstanceTouchesNothing()
{
    QTemporaryDir folder;
    TestApplication first({u"queue"_s, folder.path(), u"3"_s});
    first.waitFor(u"queued"_s);
    const auto fingerprint = [&] {
        QByteArray all;
        for (const QFileInfo &file : QDir(folder.path()).entryInfoList(QDir::Files, QDir::Name))
            all += file.fileName().toUtf8() + contentOf(file.filePath());
        return QCryptographicHash::hash(all, QCryptographicHash::Sha256);
    };
    const QByteArray before = fingerprint();
    TestApplication second({u"queue"_s, folder.path(), u"3"_s});
    QVERIFY(second.process().waitForFinished(patience));
    QCOMPARE(second.process().exitCode(), 3);
    QCOMPARE(second.said(u"held"_s), QString::number(first.process().processId()));
    QCOMPARE(fingerprint(), before);
    QCOMPARE(first.process().state(), QProcess::Running);
}

void tst_FaultHistory::fault25_lockFileEmptyOrGarbage_data()
{
    QTest::addColumn<QByteArray>("content");

    QTest::newRow("empty") << QByteArray();
    QTest::newRow("garbage") << QByteArray("\xff\xfe no lock \0 at all", 20);
    QTest::newRow("a process that lives") << QByteArray("1\n\n");
}

void tst_FaultHistory::fault25_lockFileEmptyOrGarbage()
{
    QFETCH(QByteArray, content);

    QTemporaryDir folder;
    for (int start = 0; start < 2; ++start) {
        QFile file(folder.filePath(u"instance.lock"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        file.close();
        TestApplication application({u"queue"_s, folder.path(), u"1"_s});
        application.waitFor(u"queued"_s);
    }
    HistoryFixture f(folder.path());
    QCOMPARE(f.opening.waitingJobs, 2);
}

// The states that a history went through, and the last id that it let go.
class HistoryWatch
{
public:
    explicit HistoryWatch(JobHistory &history)
    {
        QObject::connect(&history, &JobHistory::stateChanged, &m_context,
                         [this](const HistoryState &state) { m_states.append(state); });
        QObject::connect(
            &history, &JobHistory::recorded, &m_context, [this](JobId upTo) { m_released = upTo.value; },
            Qt::DirectConnection);
    }

    // The last state of this kind.
    std::optional<HistoryState> state(HistoryState::Kind kind) const
    {
        for (auto it = m_states.crbegin(); it != m_states.crend(); ++it) {
            if (it->kind == kind)
                return *it;
        }
        return std::nullopt;
    }
    quint64 released() const { return m_released; }

private:
    QObject m_context;
    QList<HistoryState> m_states;
    std::atomic<quint64> m_released = 0;
};

// Holds a database's write lock, or all of it.
class DatabaseHolder
{
public:
    DatabaseHolder(const QString &path, bool exclusively)
    {
        m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"holder"_s);
        m_database.setDatabaseName(path);
        m_isHolding = m_database.open();
        if (exclusively) {
            // In WAL mode this is what keeps readers out too.
            run(u"PRAGMA locking_mode = EXCLUSIVE"_s);
        }
        run(u"BEGIN EXCLUSIVE"_s);
        run(u"UPDATE sessions SET seen_at = seen_at"_s);
    }
    ~DatabaseHolder()
    {
        run(u"COMMIT"_s);
        m_database.close();
        m_database = {};
        QSqlDatabase::removeDatabase(u"holder"_s);
    }
    Q_DISABLE_COPY_MOVE(DatabaseHolder)

    bool isHolding() const { return m_isHolding; }

private:
    void run(const QString &statement)
    {
        QSqlQuery query(m_database);
        m_isHolding = query.exec(statement) && m_isHolding;
    }

    QSqlDatabase m_database;
    bool m_isHolding = false;
};

void tst_FaultHistory::fault26_databaseLocked()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.save();
    HistoryWatch watch(f.history());
    quint64 last = 1;
    {
        const DatabaseHolder holder(f.databasePath(), false);
        QVERIFY(holder.isHolding());
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 5500) {
            ++last;
            f.record(queuedRecord(last));
            // No job waits for a history that can't be written to.
            QVERIFY(QTest::qWaitFor([&] { return watch.released() >= last; }, 1000));
            f.record(finishedRecord(queuedRecord(last), f.sessionFolder));
            QTest::qWait(20);
        }
        const auto retrying = watch.state(HistoryState::Kind::Retrying);
        QVERIFY(retrying);
        QVERIFY2(retrying->reason.contains(f.databasePath()), qPrintable(retrying->reason));
        QCOMPARE(f.history().state().kind, HistoryState::Kind::Retrying);
        QTRY_COMPARE(f.history().state().unsavedJobs, qsizetype(last - 1));
        QVERIFY(!watch.state(HistoryState::Kind::NotSaving));
        // Readers don't mind.
        QCOMPARE(resultOf(f.history().count({})), 1);
    }
    f.record(finishedRecord(queuedRecord(1), f.sessionFolder));
    QTRY_COMPARE(f.history().state().kind, HistoryState::Kind::Saving);
    f.save();
    QCOMPARE(resultOf(f.history().count({.outcomes = {Outcome::Succeeded}})), qint64(last));
    QCOMPARE(f.history().state(), HistoryState{.kind = HistoryState::Kind::Saving});
}

void tst_FaultHistory::fault26_databaseLockedAtTheOpening()
{
    QTemporaryDir folder;
    {
        HistoryFixture f(folder.path());
        f.record(queuedRecord(7));
        f.record(runningRecord(queuedRecord(8), f.sessionFolder));
        f.save();
    }
    auto holder = std::make_unique<DatabaseHolder>(folder.filePath(u"history.sqlite"_s), true);
    QVERIFY(holder->isHolding());
    HistoryFixture f(folder.path());
    QCOMPARE(f.opening.state.kind, HistoryState::Kind::Retrying);
    QVERIFY(!f.opening.state.reason.isEmpty());
    QCOMPARE(f.opening.interruptedJobs, 0);
    QVERIFY(f.opening.nextJobId > 8);
    HistoryOpening recovered;
    connect(&f.history(), &JobHistory::recovered, this, [&](const HistoryOpening &later) { recovered = later; });
    const JobRecord job = finishedRecord(queuedRecord(f.opening.nextJobId), f.sessionFolder);
    f.record(job);
    QTest::qWait(500);
    holder.reset();
    QTRY_COMPARE(recovered.interruptedJobs, 1);
    QCOMPARE(recovered.waitingJobs, 1);
    f.save();
    QCOMPARE(difference(f.entry(job.id.value).record, job), QString());
    QCOMPARE(f.entry(8).record.outcome, Outcome::Interrupted);
    QCOMPARE(resultOf(f.history().count({})), 3);
}

void tst_FaultHistory::fault27_diskFull_data()
{
    QTest::addColumn<bool>("realDisk");

    QTest::newRow("small tmpfs") << true;
    QTest::newRow("limited file size") << false;
}

void tst_FaultHistory::fault27_diskFull()
{
    QFETCH(bool, realDisk);
    if (realDisk && !SmallDisk::isPossible())
        QSKIP("small disks can't be mounted here");

    SmallDisk disk("1m");
    QTemporaryDir elsewhere;
    QVERIFY(!realDisk || disk.isMounted());
    HistoryFixture f(realDisk ? disk.path() : elsewhere.path());
    HistoryWatch watch(f.history());
    SupervisorFixture s(2, {.firstJobId = f.opening.nextJobId});
    f.history().beginSession(s.supervisor().instanceTag(), s.supervisor().outputFolder());
    connect(&s.supervisor(), &RuntimeSupervisor::jobChanged, &f.history(), &JobHistory::record, Qt::DirectConnection);
    s.runToEnd({.command = {u"/bin/true"_s}});
    f.save();

    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    if (realDisk) {
        disk.fill();
    } else {
        // Writing beyond this fails, to every file: as on a full disk, but for the error's number.
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{.rlim_cur = 4096, .rlim_max = limit.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    }
    const auto restore = qScopeGuard([&] { ::setrlimit(RLIMIT_FSIZE, &limit); });

    // Jobs go on. Their names are long, so that no room left in the file is enough for them.
    QList<JobId> ids;
    for (int i = 0; i < 40; ++i) {
        ids.append(s.supervisor().submit(
            {.command = {u"/bin/sh"_s, u"-c"_s, u"exit 3"_s}, .name = QString(1500, QChar(u'a' + i % 26))}));
    }
    for (const JobId id : ids)
        s.waitUntilFinished(id);
    QTRY_COMPARE(f.history().state().kind, HistoryState::Kind::NotSaving);
    QVERIFY2(f.history().state().reason.contains(f.databasePath()), qPrintable(f.history().state().reason));
    if (realDisk)
        QVERIFY2(f.history().state().reason.contains(u"is full"), qPrintable(f.history().state().reason));
    QTRY_VERIFY(f.history().state().unsavedJobs > 0);
    const JobRecord another = s.runToEnd({.command = {u"/bin/true"_s}});
    QCOMPARE(another.outcome, Outcome::Succeeded);
    QTRY_VERIFY(watch.released() >= another.id.value);

    if (realDisk)
        disk.makeRoom();
    else
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    QTRY_COMPARE_WITH_TIMEOUT(f.history().state().kind, HistoryState::Kind::Saving, patience);
    f.save();
    QCOMPARE(resultOf(f.history().count({.outcomes = {Outcome::Failed}})), 40);
    for (const JobId id : ids)
        QCOMPARE(difference(f.entry(id.value).record, s.latest(id)), QString());
    s.destroySupervisor();
    f.close();
    QCOMPARE(integrityOf(f.databasePath()), u"ok"_s);
}

void tst_FaultHistory::fault27_diskFullAtTheOpening()
{
    if (!SmallDisk::isPossible())
        QSKIP("small disks can't be mounted here");
    SmallDisk disk("1m");
    QVERIFY(disk.isMounted());
    disk.fill();
    HistoryFixture f(disk.path());
    QCOMPARE(f.opening.state.kind, HistoryState::Kind::NotSaving);
    QVERIFY(f.opening.nextJobId > 0);
    const quint64 id = f.opening.nextJobId;
    f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    disk.makeRoom();
    QTRY_COMPARE_WITH_TIMEOUT(f.history().state().kind, HistoryState::Kind::Saving, patience);
    f.save();
    QCOMPARE(f.entry(id).record.outcome, Outcome::Succeeded);
    QVERIFY(QDir(disk.path()).entryList({u"*damaged*"_s}).isEmpty());
}

// The files of an application that was killed: what it committed is partly in the -wal only.
static void leaveAsAKilledApplication(const QString &folder)
{
    QTemporaryDir working;
    HistoryFixture f(working.path());
    for (quint64 id = 1; id <= 30; ++id) {
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
        f.save();
        if (id == 10)
            runSql(f.databasePath(), {u"PRAGMA wal_checkpoint(PASSIVE)"_s});
    }
    QVERIFY(QDir().mkpath(folder));
    for (const QString &name :
         {u"history.sqlite"_s, u"history.sqlite-wal"_s, u"history.sqlite-shm"_s, u"instance.lock"_s})
        QVERIFY2(QFile::copy(working.filePath(name), folder + u'/' + name), qPrintable(name));
}

Q_DECLARE_METATYPE(std::function<void(const QString &)>)

void tst_FaultHistory::fault28_databaseDamaged_data()
{
    using Damage = std::function<void(const QString &databasePath)>;
    QTest::addColumn<bool>("killed");
    QTest::addColumn<Damage>("damage");
    const auto row = [](const char *name, bool killed, const Damage &damage) {
        QTest::newRow(name) << killed << damage;
    };

    static constexpr qint64 pageSize = 4096;
    static constexpr qint64 frameSize = pageSize + 24;
    row("header", false, [](const QString &path) { overwrite(path, 0, QByteArray(100, 'x')); });
    row("a page", false, [](const QString &path) { overwrite(path, 2 * pageSize, QByteArray(pageSize, '\x5a')); });
    row("the last page", false,
        [](const QString &path) { overwrite(path, QFileInfo(path).size() - pageSize, QByteArray(pageSize, '\xff')); });
    row("truncated in the middle", false, [](const QString &path) { resize(path, QFileInfo(path).size() / 2); });
    row("truncated within the header", false, [](const QString &path) { resize(path, 50); });
    row("empty", false, [](const QString &path) { resize(path, 0); });
    row("not SQLite", false, [](const QString &path) {
        resize(path, 0);
        overwrite(path, 0, "id,name\r\n1,a spreadsheet\r\n");
    });
    row("another program's", false, [](const QString &path) {
        QVERIFY(QFile::remove(path));
        runSql(path, {u"CREATE TABLE recipes (name)"_s});
    });
    row("header, after a kill", true, [](const QString &path) { overwrite(path, 0, QByteArray(100, 'x')); });
    row("WAL header", true, [](const QString &path) { overwrite(path + u"-wal"_s, 0, QByteArray(32, 'x')); });
    row("WAL header of zeros", true, [](const QString &path) { overwrite(path + u"-wal"_s, 0, QByteArray(32, '\0')); });
    row("WAL in the middle", true,
        [](const QString &path) { overwrite(path + u"-wal"_s, 32 + 3 * frameSize + 1000, QByteArray(50, '\x5a')); });
    row("WAL in the middle, without -shm", true, [](const QString &path) {
        QVERIFY(QFile::remove(path + u"-shm"_s));
        overwrite(path + u"-wal"_s, 32 + 3 * frameSize + 1000, QByteArray(50, '\x5a'));
    });
    row("a frame's header in the WAL", true,
        [](const QString &path) { overwrite(path + u"-wal"_s, 32 + 4 * frameSize, QByteArray(24, '\x5a')); });
    row("WAL truncated", true, [](const QString &path) { resize(path + u"-wal"_s, 32 + 5 * frameSize + 7); });
}

void tst_FaultHistory::fault28_databaseDamaged()
{
    QFETCH(bool, killed);
    QFETCH(std::function<void(const QString &)>, damage);

    QTemporaryDir parent;
    const QString folder = parent.filePath(u"data"_s);
    const QString path = folder + u"/history.sqlite"_s;
    if (killed) {
        leaveAsAKilledApplication(folder);
    } else {
        HistoryFixture f(folder);
        for (quint64 id = 1; id <= 200; ++id)
            f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    }
    damage(path);
    if (QTest::currentTestFailed())
        return;
    const QByteArray damaged = contentOf(path);
    const QByteArray damagedLog = contentOf(path + u"-wal"_s);

    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"The history was damaged"_s));
    HistoryFixture f(folder);
    // The person is told where it is now, and why,
    QVERIFY(!f.opening.movedAsideTo.isEmpty());
    QVERIFY(!f.opening.movedAsideWhy.isEmpty());
    QCOMPARE(QFileInfo(f.opening.movedAsideTo).path(), folder);
    // and finds it there as it was, with its companions.
    QCOMPARE(contentOf(f.opening.movedAsideTo), damaged);
    if (killed)
        QCOMPARE(contentOf(f.opening.movedAsideTo + u"-wal"_s), damagedLog);
    // A fresh one works.
    QCOMPARE(f.opening.state.kind, HistoryState::Kind::Saving);
    QCOMPARE(resultOf(f.history().count({})), 0);
    f.record(finishedRecord(queuedRecord(1), f.sessionFolder));
    f.save();
    QCOMPARE(resultOf(f.history().count({})), 1);
    f.reopen();
    QVERIFY(f.opening.movedAsideTo.isEmpty());
    QCOMPARE(resultOf(f.history().count({})), 1);
}

void tst_FaultHistory::fault28_databaseDamagedWhileOpen()
{
    HistoryFixture f;
    const JobRecord running = runningRecord(queuedRecord(500), f.sessionFolder);
    for (quint64 id = 1; id <= 200; ++id)
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    f.record(running);
    f.save();
    runSql(f.databasePath(), {u"PRAGMA wal_checkpoint(TRUNCATE)"_s});
    QString movedTo;
    connect(&f.history(), &JobHistory::movedAside, this, [&](const QString &to) { movedTo = to; });
    const qint64 size = QFileInfo(f.databasePath()).size();
    overwrite(f.databasePath(), 4096, QByteArray(size - 4096, '\x5a'));

    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"The history was damaged"_s));
    QVERIFY(!resultOf(f.history().page({})).error.isEmpty());
    QTRY_VERIFY(!movedTo.isEmpty());
    QVERIFY(QFileInfo::exists(movedTo));
    // What this session knows of unfinished jobs is in the fresh one.
    QTRY_COMPARE(f.history().state().kind, HistoryState::Kind::Saving);
    f.record(finishedRecord(queuedRecord(501), f.sessionFolder));
    f.save();
    QCOMPARE(f.ids({}), (QList<quint64>{501, 500}));
    QCOMPARE(difference(f.entry(500).record, running), QString());
    f.reopen();
    QCOMPARE(f.opening.interruptedJobs, 1);
    QCOMPARE(f.opening.nextJobId, 502u);
}

void tst_FaultHistory::aKilledApplicationLeavesNoDamage()
{
    QTemporaryDir parent;
    const QString folder = parent.filePath(u"data"_s);
    leaveAsAKilledApplication(folder);
    // As if it had been killed while it wrote its last transaction.
    const QString wal = folder + u"/history.sqlite-wal"_s;
    QFile file(wal);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.size() > 10 * 4120);
    QVERIFY(file.seek(file.size()));
    const QByteArray begun = contentOf(wal).mid(32, 4120);
    QCOMPARE(file.write(begun), begun.size());
    file.close();

    HistoryFixture f(folder);
    QVERIFY2(f.opening.movedAsideTo.isEmpty(), qPrintable(f.opening.movedAsideWhy));
    QCOMPARE(resultOf(f.history().count({.outcomes = {Outcome::Succeeded}})), 30);
}

void tst_FaultHistory::fault29_newerVersion()
{
    QTemporaryDir folder;
    QString output;
    {
        HistoryFixture f(folder.path());
        for (quint64 id = 1; id <= 5; ++id)
            f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
        f.record(queuedRecord(6));
        f.save();
        output = f.sessionFolder + u"/1"_s;
        QVERIFY(QDir().mkpath(output));
    }
    const QString path = folder.filePath(u"history.sqlite"_s);
    runSql(path,
           {u"ALTER TABLE jobs ADD COLUMN of_the_future TEXT"_s,
            u"PRAGMA user_version = %1"_s.arg(historySchemaVersion + 1)});
    const QByteArray before = contentOf(path);
    {
        HistoryFixture f(folder.path());
        QCOMPARE(f.opening.state.kind, HistoryState::Kind::ReadOnly);
        QVERIFY2(f.opening.state.reason.contains(u"later version"), qPrintable(f.opening.state.reason));
        QCOMPARE(f.opening.nextJobId, 7u);
        QVERIFY(f.opening.movedAsideTo.isEmpty());
        // It can be looked at, and nothing waits for it.
        QCOMPARE(f.ids({.filter = {.states = {JobState::Finished}}}), (QList<quint64>{5, 4, 3, 2, 1}));
        HistoryWatch watch(f.history());
        f.record(queuedRecord(7));
        QTRY_COMPARE(watch.released(), 7u);
        f.record(finishedRecord(queuedRecord(7), f.sessionFolder));
        f.history().setKept({{1}}, true);
        // Nothing is dropped of what others may release, however many come at once.
        for (quint64 id = 8; id <= 2000; ++id)
            f.record(queuedRecord(id));
        QTRY_COMPARE(watch.released(), 2000u);
        // What the rows are about stays with them.
        QCOMPARE(resultOf(f.history().remove({{1}})).problems, QStringList{f.opening.state.reason});
        f.history().setRetention({.age = 0s});
        QCOMPARE(resultOf(f.history().applyRetention()).problems, QStringList{f.opening.state.reason});
        QVERIFY(QFileInfo::exists(output));
        QTest::qWait(200);
        QCOMPARE(resultOf(f.history().count({})), 6);
    }
    QCOMPARE(contentOf(path), before);
}

void tst_FaultHistory::fault30_killedInAMigration()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"history.sqlite"_s);
    {
        HistoryFixture f(folder.path());
        for (quint64 id = 1; id <= 100; ++id)
            f.record(finishedRecord(queuedRecord(id, {.command = {u"x"_s}, .group = u"g"_s}), f.sessionFolder));
    }
    const QString schema = u"SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_schema ORDER BY name)"_s;
    const QString before = runSql(path, {schema}).toString();
    for (const int delay : {0, 5, 20, 80, 300, 600}) {
        TestApplication application({u"migrate"_s, path});
        application.waitFor(u"migrating"_s);
        QTest::qWait(delay);
        QCOMPARE(application.process().state(), QProcess::Running);
        application.kill();
        QCOMPARE(runSql(path, {schema}).toString(), before);
        QCOMPARE(runSql(path, {u"PRAGMA user_version"_s}).toInt(), historySchemaVersion);
        QCOMPARE(integrityOf(path), u"ok"_s);
    }
    HistoryFixture f(folder.path());
    QCOMPARE(f.opening.state.kind, HistoryState::Kind::Saving);
    QVERIFY(f.opening.movedAsideTo.isEmpty());
    QCOMPARE(resultOf(f.history().count({.groups = {u"g"_s}})), 100);
}

int main(int argc, char *argv[])
{
    SmallDisk::prepare(); // before the first thread
    QCoreApplication app(argc, argv);
    tst_FaultHistory test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_faulthistory.moc"
