// SPDX-License-Identifier: MIT
// The application itself, from outside: its history when it is killed, started twice, or put beside others.
#include "core/supervisor/treesweep.h"
#include "support/historyrecords.h"
#include "support/processes.h"
#include "support/supervisorfixture.h"

#include <QCryptographicHash>
#include <QDir>
#include <QProcess>
#include <QRandomGenerator>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Application : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault8_theApplicationIsKilled();
    void fault24_aSecondStartRaisesTheFirst();
    void fault25_anyLockFile();
    void runsBesideAnotherProgramsLock();
    void waitingJobsComeBackHeld();
};

// bitnet-supervisor without a display, killed at the latest with this object.
class Window
{
public:
    explicit Window(const QString &folder, const QStringList &arguments = {})
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        m_process.setProcessEnvironment(environment);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(binaryPath(u"bitnet-supervisor"_s), QStringList{u"--data-dir"_s, folder} + arguments);
        m_process.waitForStarted();
    }
    ~Window() { kill(); }

    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    QProcess &process() { return m_process; }

private:
    QProcess m_process;
};

// Invalid while there is no such thing yet.
static QVariant inHistory(const QString &folder, const QString &statement)
{
    QVariant value;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"onlooker"_s);
        database.setDatabaseName(folder + u"/history.sqlite"_s);
        database.setConnectOptions(u"QSQLITE_OPEN_READONLY"_s);
        if (QFileInfo::exists(database.databaseName()) && database.open()) {
            QSqlQuery query(database);
            if (query.exec(statement) && query.next())
                value = query.value(0);
        }
    }
    QSqlDatabase::removeDatabase(u"onlooker"_s);
    return value;
}

// The application has come so far that it records jobs.
static bool hasJobs(const QString &folder, int atLeast)
{
    return QTest::qWaitFor([&] { return inHistory(folder, u"SELECT count(*) FROM jobs"_s).toInt() >= atLeast; },
                           patience);
}

void tst_Application::fault8_theApplicationIsKilled()
{
    static constexpr int rounds = 25;
    QTemporaryDir folder;
    qint64 jobs = 0;
    int interrupted = 0;
    for (int round = 0; round < rounds; ++round) {
        QString tag;
        QList<ProcessMark> descendants;
        {
            Window window(folder.path(), {u"--demo"_s, u"--concurrency"_s, u"3"_s});
            QVERIFY(hasJobs(folder.path(), int(jobs) + 1));
            QTest::qWait(QRandomGenerator::global()->bounded(500));
            descendants = killAndListDescendants(pid_t(window.process().processId()));
            window.kill();
            tag = inHistory(folder.path(), u"SELECT tag FROM sessions ORDER BY id DESC LIMIT 1"_s).toString();
        }
        QVERIFY(!tag.isEmpty());
        QVERIFY(!descendants.isEmpty());
        QVERIFY2(QTest::qWaitFor([&] { return livingOf(descendants).isEmpty(); }, 500),
                 qPrintable(u"round %1: %2"_s.arg(round).arg(livingOf(descendants))));
        QVERIFY2(QTest::qWaitFor([&] { return countTagged(tag.toLatin1() + '.') == 0; }, 500),
                 qPrintable(u"round %1: %2 processes left"_s.arg(round).arg(countTagged(tag.toLatin1() + '.'))));

        HistoryFixture f(folder.path());
        QVERIFY2(f.opening.movedAsideTo.isEmpty(), qPrintable(f.opening.movedAsideWhy));
        interrupted += f.opening.interruptedJobs;
        QCOMPARE(resultOf(f.history().count({.states = {JobState::Starting, JobState::Running}})), 0);
        QList<JobId> waiting;
        for (const WaitingJob &job : resultOf(f.history().waitingJobs()))
            waiting.append(job.id);
        QCOMPARE(waiting.size(), f.opening.waitingJobs);
        f.history().discardWaiting(waiting);
        f.save();
        const qint64 now = resultOf(f.history().count({}));
        QVERIFY(now > jobs);
        jobs = now;
        QVERIFY(f.opening.nextJobId > quint64(jobs));
        f.close();
        QCOMPARE(runSql(f.databasePath(), {u"PRAGMA integrity_check"_s}).toString(), u"ok"_s);
    }
    QVERIFY(interrupted > 0);
}

void tst_Application::fault24_aSecondStartRaisesTheFirst()
{
    QTemporaryDir folder;
    Window first(folder.path());
    QVERIFY(QTest::qWaitFor([&] { return QFileInfo::exists(folder.filePath(u"instance.socket"_s)); }, patience));
    QVERIFY(QTest::qWaitFor([&] { return inHistory(folder.path(), u"SELECT count(*) FROM sessions"_s).toInt() == 1; },
                            patience));
    const auto fingerprint = [&] {
        QByteArray all;
        for (const QString &name : {u"history.sqlite"_s, u"history.sqlite-wal"_s, u"instance.lock"_s}) {
            QFile file(folder.filePath(name));
            all += name.toUtf8() + (file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing"));
        }
        return QCryptographicHash::hash(all, QCryptographicHash::Sha256);
    };
    const QByteArray before = fingerprint();
    Window second(folder.path(), {u"--demo"_s});
    QVERIFY(second.process().waitForFinished(patience));
    QCOMPARE(second.process().exitCode(), 0);
    QCOMPARE(fingerprint(), before);
    QCOMPARE(first.process().state(), QProcess::Running);
}

void tst_Application::fault25_anyLockFile()
{
    for (const QByteArray &content : {QByteArray(), QByteArray("\xff\xfe nonsense \0", 13), QByteArray("1\n\n")}) {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"instance.lock"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        file.close();
        Window window(folder.path(), {u"--demo"_s});
        QVERIFY(hasJobs(folder.path(), 1));
    }
}

// A bitnetctl that is at work, say: the window comes up all the same and leaves the history alone.
void tst_Application::runsBesideAnotherProgramsLock()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.save();
    Window window(f.folder(), {u"--demo"_s});
    const QString outputs = f.history().outputRoot();
    QVERIFY(QTest::qWaitFor([&] { return !QDir(outputs).entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty(); },
                            patience));
    QCOMPARE(window.process().state(), QProcess::Running);
    QCOMPARE(resultOf(f.history().count({})), 1);
}

void tst_Application::waitingJobsComeBackHeld()
{
    QTemporaryDir folder;
    {
        Window window(folder.path(), {u"--demo"_s});
        QVERIFY(hasJobs(folder.path(), 1));
    }
    // The jobs that were waiting come back held, under ids of their own, and the old rows are gone.
    Window again(folder.path());
    const QString held = u"SELECT count(*) FROM jobs WHERE state = 0 AND paused = 1 AND session = "
                         u"(SELECT max(id) FROM sessions)"_s;
    const QString unfinished = u"SELECT count(*) FROM jobs WHERE state <> 3"_s;
    QVERIFY(QTest::qWaitFor(
        [&] {
            return inHistory(folder.path(), u"SELECT count(*) FROM sessions"_s).toInt() == 2
                && inHistory(folder.path(), held) == inHistory(folder.path(), unfinished);
        },
        patience));
}

QTEST_GUILESS_MAIN(tst_Application)
#include "tst_application.moc"
