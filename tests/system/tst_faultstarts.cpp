// SPDX-License-Identifier: MIT
// Faults around starting a job and its exit. Each test is named after its row in the list of faults.
#include "support/supervisorfixture.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>

#include <algorithm>
#include <csignal>
#include <memory>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_FaultStarts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault12_allExitCodes();
    void fault12_allFatalSignals();
    void fault12_exit137IsNotASignal();
    void fault13_failedToStart_data();
    void fault13_failedToStart();
    void fault14_workingDirectoryMissing();
    void fault15_refusedBeforeTheStart_data();
    void fault15_refusedBeforeTheStart();
    void fault15_longestArgumentArrives();
    void fault16_outOfDescriptors();
    void fault16_outOfProcesses();
    void fault17_jobClosesItsStandardInput();
    void fault33_symbolicLinkAtTheSpoolPath();
};

void tst_FaultStarts::fault12_allExitCodes()
{
    SupervisorFixture f(4);
    QHash<JobId, int> expected;
    for (int code = 0; code < 256; ++code)
        expected.insert(f.supervisor().submit({.command = testChild({u"exit"_s, QString::number(code)})}), code);
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 256, patience);
    for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
        const JobRecord record = f.latest(it.key());
        QCOMPARE(record.exitCode, it.value());
        QVERIFY(!record.signal);
        QCOMPARE(record.outcome, it.value() == 0 ? Outcome::Succeeded : Outcome::Failed);
    }
}

void tst_FaultStarts::fault12_allFatalSignals()
{
    SupervisorFixture f(4);
    QHash<JobId, int> expected;
    for (const int signal : {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,    SIGKILL, SIGUSR1,
                             SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGSYS})
        expected.insert(f.supervisor().submit({.command = testChild({u"signal"_s, QString::number(signal)})}), signal);
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), int(expected.size()), patience);
    for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
        const JobRecord record = f.latest(it.key());
        QCOMPARE(record.signal, it.value());
        QVERIFY(!record.exitCode);
        QCOMPARE(record.outcome, Outcome::Crashed);
        QVERIFY(record.reason.contains(QString::number(it.value())));
    }
}

void tst_FaultStarts::fault12_exit137IsNotASignal()
{
    SupervisorFixture f;
    const JobRecord record = f.runToEnd({.command = testChild({u"exit"_s, u"137"_s})});
    QCOMPARE(record.exitCode, 137);
    QVERIFY(!record.signal);
    QCOMPARE(record.outcome, Outcome::Failed);
}

void tst_FaultStarts::fault13_failedToStart_data()
{
    QTest::addColumn<QString>("program"); // relative to the fixture's folder, unless it has no '/'
    QTest::addColumn<QByteArray>("content"); // of the file made there; null: none
    QTest::addColumn<bool>("executable");
    QTest::addColumn<QString>("message");

    QTest::newRow("missing") << u"/missing"_s << QByteArray() << false << u"was not found"_s;
    QTest::newRow("not in PATH") << u"no-such-program-anywhere"_s << QByteArray() << false << u"folders of PATH"_s;
    QTest::newRow("not executable") << u"/plain"_s << "#!/bin/sh\n"_ba << false << u"is not executable"_s;
    QTest::newRow("a folder") << u"/"_s << QByteArray() << false << u"is a folder"_s;
    QTest::newRow("no interpreter") << u"/script"_s << "#!/no/such/interpreter -x\n"_ba << true
                                    << u"/no/such/interpreter"_s;
    QTest::newRow("wrong format") << u"/format"_s << "neither this nor that\n"_ba << true << u"in a format"_s;
    QTest::newRow("empty file") << u"/empty"_s << ""_ba << true << u"in a format"_s;
    QTest::newRow("below a file") << u"/dev/null/program"_s << QByteArray() << false << u"is not a folder"_s;
}

void tst_FaultStarts::fault13_failedToStart()
{
    QFETCH(QString, program);
    QFETCH(QByteArray, content);
    QFETCH(bool, executable);
    QFETCH(QString, message);

    SupervisorFixture f(1);
    if (program.startsWith(u'/') && !program.startsWith(u"/dev/"_s))
        program = f.folder() + program;
    if (!content.isNull()) {
        QFile file(program);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
        QVERIFY(file.setPermissions(executable ? QFile::ReadOwner | QFile::ExeOwner : QFile::ReadOwner));
    }
    const JobRecord record = f.runToEnd({.command = {program}});
    QCOMPARE(record.outcome, Outcome::FailedToStart);
    QVERIFY2(record.reason.contains(message), qPrintable(record.reason));
    QVERIFY(!record.started);
    QVERIFY(!record.exitCode);
    // The slot is back.
    QCOMPARE(f.runToEnd({.command = {u"/bin/true"_s}}).outcome, Outcome::Succeeded);
}

void tst_FaultStarts::fault14_workingDirectoryMissing()
{
    SupervisorFixture f(1);
    const QString missing = f.folder() + u"/missing"_s;
    const JobRecord record = f.runToEnd({.command = {u"/bin/true"_s}, .workingDirectory = missing});
    QCOMPARE(record.outcome, Outcome::FailedToStart);
    QVERIFY2(record.reason.contains(missing), qPrintable(record.reason));
    const JobRecord file = f.runToEnd({.command = {u"/bin/true"_s}, .workingDirectory = u"/etc/passwd"_s});
    QCOMPARE(file.outcome, Outcome::FailedToStart);
    QVERIFY2(file.reason.contains(u"not a folder"_s), qPrintable(file.reason));
    QCOMPARE(f.runToEnd({.command = {u"/bin/true"_s}}).outcome, Outcome::Succeeded);
}

void tst_FaultStarts::fault15_refusedBeforeTheStart_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("message");

    QTest::newRow("argument of 131072 bytes") << QStringList{u"true"_s, QString(131072, u'x')} << u"131072"_s;
    QTest::newRow("3 MB of arguments") << (QStringList{u"true"_s} + QStringList(30, QString(100'000, u'x')))
                                       << u"together"_s;
    QTest::newRow("a NUL inside") << QStringList{u"true"_s, u"a"_s + QChar(u'\0') + u"b"_s} << u"NUL"_s;
    QTest::newRow("a NUL in the program") << QStringList{u"tr"_s + QChar(u'\0') + u"ue"_s} << u"NUL"_s;
}

void tst_FaultStarts::fault15_refusedBeforeTheStart()
{
    QFETCH(QStringList, command);
    QFETCH(QString, message);
    SupervisorFixture f;
    QString error;
    QVERIFY(!f.supervisor().submit({.command = command}, &error).isValid());
    QVERIFY2(error.contains(message), qPrintable(error));
    QCOMPARE(f.runToEnd({.command = {u"/bin/true"_s}}).id, JobId{1});
}

void tst_FaultStarts::fault15_longestArgumentArrives()
{
    SupervisorFixture f;
    const JobRecord record = f.runToEnd({.command = {u"printf"_s, u"%s"_s, QString(maximumArgumentBytes, u'x')}});
    QCOMPARE(record.outcome, Outcome::Succeeded);
    QCOMPARE(record.stdoutBytes, qint64(maximumArgumentBytes));
}

void tst_FaultStarts::fault16_outOfDescriptors()
{
    SupervisorFixture f(1);
    // The supervisor thread is up and has its descriptors before they run out.
    const QFuture<void> idle = f.supervisor().drain();
    QTRY_VERIFY_WITH_TIMEOUT(idle.isFinished(), patience);
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
    std::vector<int> taken;
    rlimit tight = before;
    tight.rlim_cur = 256;
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0))
        taken.push_back(fd);

    const JobId id = f.supervisor().submit({.command = {u"/bin/true"_s}});
    const bool waits =
        QTest::qWaitFor([&] { return f.latest(id).pendingReason == PendingReason::WaitingForResource; }, patience);
    const JobRecord waiting = f.latest(id);

    for (const int fd : taken)
        ::close(fd);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &before), 0);
    QVERIFY(waits);
    QCOMPARE(waiting.state, JobState::Queued);
    QVERIFY(!waiting.reason.isEmpty());
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Succeeded);
    QVERIFY(f.latest(id).attempts > 1);
    int ends = 0;
    for (const JobRecord &r : f.history(id))
        ends += r.isFinished() ? 1 : 0;
    QCOMPARE(ends, 1);
}

void tst_FaultStarts::fault16_outOfProcesses()
{
    if (::geteuid() != 0)
        QSKIP("takes root: the shim runs as a user of its own, whose processes can be counted");
    // The limit of processes does not bind root, so the shim runs as a user that nobody is. It is copied to where that user
    // can execute it.
    constexpr int limit = 12;
    const QString user = u"--reuid=54321"_s;
    QTemporaryDir place;
    const QString shim = place.filePath(u"bitnet-jobshim"_s);
    const QString wrapper = place.filePath(u"shim-as-another-user"_s);
    QVERIFY(QFile::copy(binaryPath(u"bitnet-jobshim"_s), shim));
    QFile script(wrapper);
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write(
        u"#!/bin/sh\nexec prlimit --nproc=%1 setpriv %2 --clear-groups %3\n"_s.arg(limit).arg(user, shim).toUtf8());
    script.close();
    constexpr QFile::Permissions everybodyMayExecute(0x7755);
    constexpr QFile::Permissions everybodyMayWrite(0x7777);
    QVERIFY(script.setPermissions(everybodyMayExecute));
    QVERIFY(QFile::setPermissions(place.path(), everybodyMayExecute));

    SupervisorFixture f(1, {.shimPath = wrapper});
    QVERIFY(QFile::setPermissions(f.folder(), everybodyMayWrite));
    QVERIFY(QFile::setPermissions(f.supervisor().outputFolder(), everybodyMayWrite));
    const JobRecord warmUp = f.runToEnd({.command = {u"/bin/true"_s}});
    QVERIFY2(warmUp.outcome == Outcome::Succeeded, qPrintable(warmUp.reason));

    std::vector<std::unique_ptr<QProcess>> others;
    for (int i = 0; i < limit; ++i) {
        others.push_back(std::make_unique<QProcess>());
        others.back()->start(u"setpriv"_s, {user, u"--clear-groups"_s, u"sleep"_s, u"300"_s});
        QVERIFY(others.back()->waitForStarted());
    }
    // Until each of them is that user's, not root's.
    const auto ownedByUser = [](qint64 pid) { return QFileInfo(u"/proc/%1"_s.arg(pid)).ownerId() == 54321; };
    QTRY_VERIFY(std::all_of(others.begin(), others.end(), [&](const auto &p) { return ownedByUser(p->processId()); }));

    const JobId id = f.supervisor().submit({.command = {u"/bin/true"_s}});
    QTRY_COMPARE_WITH_TIMEOUT(f.latest(id).pendingReason, PendingReason::WaitingForResource, patience);
    QCOMPARE(f.latest(id).state, JobState::Queued);
    QVERIFY(!f.latest(id).reason.isEmpty());
    for (const auto &other : others) {
        other->kill();
        QVERIFY(other->waitForFinished());
    }
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Succeeded);
    QVERIFY(f.latest(id).attempts > 1);
}

void tst_FaultStarts::fault17_jobClosesItsStandardInput()
{
    SupervisorFixture f;
    JobSpec spec{.command = {u"/bin/sh"_s, u"-c"_s, u"exec <&-; echo closed; sleep 0.3; echo end"_s}};
    spec.interactive = true;
    const JobId id = f.supervisor().submit(spec);
    QTRY_VERIFY_WITH_TIMEOUT(f.latest(id).firstOutput.has_value(), patience);
    f.supervisor().writeInput(id, QByteArray(4 * 1024 * 1024, 'x'));
    f.supervisor().closeInput(id);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Succeeded);
    QCOMPARE(JobResult(f.latest(id)).standardOutput(), "closed\nend\n"_ba);
    QCOMPARE(f.runToEnd({.command = {u"/bin/true"_s}}).outcome, Outcome::Succeeded);
}

void tst_FaultStarts::fault33_symbolicLinkAtTheSpoolPath()
{
    SupervisorFixture f;
    const QString target = f.folder() + u"/elsewhere"_s;
    QVERIFY(QDir().mkpath(target));
    // Where the first job's folder will be.
    QVERIFY(QFile::link(target, f.supervisor().outputFolder() + u"/1"_s));
    const JobRecord record = f.runToEnd({.command = {u"echo"_s, u"text"_s}});
    QCOMPARE(record.outcome, Outcome::FailedToStart);
    QVERIFY2(record.reason.contains(u"refused"_s), qPrintable(record.reason));
    QVERIFY(QDir(target).isEmpty());
    QCOMPARE(f.runToEnd({.command = {u"/bin/true"_s}}).outcome, Outcome::Succeeded);
}

QTEST_GUILESS_MAIN(tst_FaultStarts)
#include "tst_faultstarts.moc"
