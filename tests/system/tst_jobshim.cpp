// SPDX-License-Identifier: MIT
// The jobshim by itself: its protocol, its lifeline, how it starts programs, what they find around them, their input.
// See tst_jobshimoutput.cpp and tst_jobshimtree.cpp for the rest.
#include "support/shimdriver.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using Wire::EndCause;
using Wire::StartStep;
using Wire::Type;

class tst_JobShim : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsItsVersion();
    void saysWhatItIs_data();
    void saysWhatItIs();
    void greets();
    void garbage_data();
    void garbage();
    void garbageAfterFrames();
    void framesInPieces();
    void endOfInputInsideFrame();
    void ignoresCommandsForOtherJobs();
    void fault08_lifelineEnds();
    void fault08_goneBeforeTheGreeting();
    void statusesThatNobodyReads();
    void signalsToTheShim();
    void shortJobIsReportedAtOnce();
    void servesManyJobs();
    void fault11_hostileParent();
    void fault12_exitCodes();
    void fault12_fatalSignals_data();
    void fault12_fatalSignals();
    void fault13_startFailures_data();
    void fault13_startFailures();
    void fault14_noWorkingDirectory();
    void pathOfTheJobIsSearched();
    void pathNamesTheTellingCandidate();
    void failedStartLeavesNothing();
    void fault16_outOfDescriptors();
    void fault33_symbolicLinks();
    void folders();
    void privateFiles();
    void surroundings();
    void environment();
    void measuresProcessorAndMemory();
    void largeCommandDoesNotCountAsMemoryOfTheJob();
    void input();
    void inputIsEmptyUnlessInteractive();
    void largeInputWaitsForTheJob();
    void fault17_jobClosesItsInput();
};

static QString problemOf(const ShimDriver &shim)
{
    Wire::ProtocolErrorStatus status;
    const QList<ShimDriver::Frame> frames = shim.of(Type::ProtocolError);
    if (frames.size() != 1)
        return {};
    const QByteArray &payload = frames.first().payload;
    Wire::decode({payload.constData(), size_t(payload.size())}, status);
    return QString::fromStdString(status.text);
}

void tst_JobShim::tellsItsVersion()
{
    QProcess shim;
    shim.start(shimPath(), {u"--version"_s});
    QVERIFY(shim.waitForFinished());
    QCOMPARE(shim.exitCode(), 0);
    const QByteArray text = shim.readAllStandardOutput();
    QVERIFY2(text.startsWith("bitnet-jobshim 0."), text.constData());
    QVERIFY(text.contains("protocol 1\n"));
}

void tst_JobShim::saysWhatItIs_data()
{
    QTest::addColumn<QString>("input");
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("no pipe") << u"/dev/null"_s << QStringList();
    QTest::newRow("terminal") << u"terminal"_s << QStringList();
    QTest::newRow("argument") << QString() << QStringList{u"--help"_s};
}

void tst_JobShim::saysWhatItIs()
{
    QFETCH(QString, input);
    QFETCH(QStringList, arguments);
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    QVERIFY(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    QProcess shim;
    if (!input.isEmpty())
        shim.setStandardInputFile(input == "terminal"_L1 ? QString::fromLocal8Bit(ptsname(terminal)) : input);
    shim.start(shimPath(), arguments);
    QVERIFY(shim.waitForFinished());
    ::close(terminal);
    QCOMPARE(shim.exitCode(), 2);
    QVERIFY(shim.readAllStandardError().contains("BitNet Supervisor"));
    QVERIFY(shim.readAllStandardOutput().isEmpty());
}

void tst_JobShim::greets()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::HelloStatus hello;
    const QByteArray payload = shim.of(Type::Hello).first().payload;
    QVERIFY(Wire::decode({payload.constData(), size_t(payload.size())}, hello));
    QCOMPARE(hello.protocol, std::uint32_t(Wire::version));
    QCOMPARE(hello.pid, shim.pid());
}

static QByteArray frame(Wire::FrameHeader header, const QByteArray &payload = {})
{
    return QByteArray(reinterpret_cast<const char *>(&header), sizeof header) + payload;
}

void tst_JobShim::garbage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("problem");
    const auto header = [](Type type, std::uint32_t length) {
        Wire::FrameHeader result;
        result.type = type;
        result.length = length;
        result.job = 1;
        return result;
    };
    QTest::newRow("text") << QByteArray("hello, are you there?\n") << u"magic"_s;
    QTest::newRow("zeros") << QByteArray(4096, '\0') << u"magic"_s;
    QTest::newRow("much") << QByteArray(1'000'000, '\xa5') << u"magic"_s;
    Wire::FrameHeader otherVersion = header(Type::Pause, 0);
    otherVersion.frameVersion = Wire::version + 1;
    QTest::newRow("another version") << frame(otherVersion) << u"version"_s;
    QTest::newRow("a status") << frame(header(Type::Ended, 0)) << u"not a command"_s;
    QTest::newRow("type 0") << frame(header(Type(0), 0)) << u"not a command"_s;
    QTest::newRow("type 65535") << frame(header(Type(65535), 0)) << u"not a command"_s;
    QTest::newRow("too long") << frame(header(Type::Input, Wire::maximumPayload + 1)) << u"too long"_s;
    QTest::newRow("much too long") << frame(header(Type::Run, 0xffffffff)) << u"too long"_s;
    QTest::newRow("Run without payload") << frame(header(Type::Run, 0)) << u"while a job was running"_s;
    QTest::newRow("Stop, payload too short") << frame(header(Type::Stop, 4), "1234") << u"Stop"_s;
    QTest::newRow("Stop, payload too long") << frame(header(Type::Stop, 9), "123456789") << u"Stop"_s;
    QTest::newRow("Pause with payload") << frame(header(Type::Pause, 1), "x") << u"Pause"_s;
    QTest::newRow("Resume with payload") << frame(header(Type::Resume, 1), "x") << u"Resume"_s;
    QTest::newRow("CloseInput with payload") << frame(header(Type::CloseInput, 1), "x") << u"CloseInput"_s;
    for (const std::uint32_t number : {0U, 65U, 0xffffffffU}) {
        std::string bytes;
        Wire::SignalCommand command;
        command.number = number;
        Wire::appendFrame(bytes, Type::Signal, 1, command);
        QTest::addRow("signal %u", number) << QByteArray::fromStdString(bytes) << u"Signal"_s;
    }
}

// Whatever comes, with a job running: an error that says so, nothing left of the job, exit status 3.
void tst_JobShim::garbage()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, problem);
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"ignore", "TERM", "double-fork-daemon", "forever"})));
    QVERIFY(shim.waitForStart());
    shim.raw(bytes);
    QVERIFY(shim.waitUntil([&] { return shim.process().state() == QProcess::NotRunning; }));
    QCOMPARE(shim.process().exitStatus(), QProcess::NormalExit);
    QCOMPARE(shim.process().exitCode(), 3);
    QVERIFY2(problemOf(shim).contains(problem), qPrintable(problemOf(shim)));
    QVERIFY(shim.nothingLeft());
}

void tst_JobShim::garbageAfterFrames()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    // A Run whose list of arguments claims more items than there are bytes.
    Wire::RunCommand command = ShimDriver::command({"x"});
    std::string bytes;
    Wire::appendFrame(bytes, Type::Run, 1, command);
    const std::string counted = std::string("\1\0\0\0\1\0\0\0x", 9);
    const size_t at = bytes.find(counted);
    QVERIFY(at != std::string::npos);
    bytes.replace(at, 4, "\xff\xff\xff\x7f", 4);
    shim.raw(QByteArray::fromStdString(bytes));
    QVERIFY(shim.waitUntil([&] { return shim.process().state() == QProcess::NotRunning; }));
    QCOMPARE(shim.process().exitCode(), 3);
    QVERIFY(problemOf(shim).contains("Run"_L1));
}

void tst_JobShim::framesInPieces()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"exit", "5"}));
    command.folder = shim.path("pieces"_L1).toStdString();
    std::string bytes;
    Wire::appendFrame(bytes, Type::Run, 0, command);
    for (const char byte : bytes) {
        shim.raw(QByteArray(1, byte));
        shim.process().waitForBytesWritten();
    }
    QCOMPARE(shim.waitForEnd().status, 5U);
}

void tst_JobShim::endOfInputInsideFrame()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    std::string bytes;
    Wire::appendFrame(bytes, Type::Run, 1, ShimDriver::command(child({"forever"})));
    bytes.resize(bytes.size() - 1);
    shim.raw(QByteArray::fromStdString(bytes));
    shim.process().closeWriteChannel();
    QVERIFY(shim.waitUntil([&] { return shim.process().state() == QProcess::NotRunning; }));
    QCOMPARE(shim.process().exitCode(), 0);
    QVERIFY(shim.of(Type::Started).isEmpty());
}

void tst_JobShim::ignoresCommandsForOtherJobs()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.stop(0); // none has run yet
    shim.sendRaw(Type::Input, "nobody");
    shim.run(ShimDriver::command(child({"sleep", "300ms", "exit", "3"})));
    std::string late;
    Wire::appendFrame(late, Type::Stop, shim.job() - 1, Wire::StopCommand());
    Wire::appendFrame(late, Type::Stop, shim.job() + 1, Wire::StopCommand());
    shim.raw(QByteArray::fromStdString(late));
    const Wire::EndedStatus end = shim.waitForEnd();
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.status, 3U);
}

// The application is gone: nothing survives, whatever it does to stay.
void tst_JobShim::fault08_lifelineEnds()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"ignore", "TERM", "ignore", "HUP", "double-fork-daemon", "setsid-daemon",
                                        "children", "3", "text", "ready", "forever"})));
    QVERIFY(shim.waitForOutput("ready"));
    QCOMPARE(countTagged(shim.tag()), 6);
    shim.process().closeWriteChannel();
    QVERIFY(shim.waitUntil([&] { return shim.process().state() == QProcess::NotRunning; }));
    QCOMPARE(shim.process().exitCode(), 0);
    QVERIFY(shim.nothingLeft());
    QCOMPARE(shim.output(), "ready\n");
}

// Killed between its fork and the shim's first word: nobody reads the greeting. The lifeline stays open here, so that only the
// failed write tells.
void tst_JobShim::fault08_goneBeforeTheGreeting()
{
    int statuses[2] = {-1, -1};
    QCOMPARE(::pipe2(statuses, O_CLOEXEC), 0);
    ::close(statuses[0]);
    QProcess shim;
    shim.setChildProcessModifier([statuses] { ::dup2(statuses[1], STDOUT_FILENO); });
    shim.start(shimPath(), QStringList());
    QVERIFY(shim.waitForStarted(shimPatience));
    ::close(statuses[1]);
    const bool ended = QTest::qWaitFor([&] { return shim.state() == QProcess::NotRunning; }, shimPatience);
    shim.kill();
    shim.waitForFinished();
    QVERIFY2(ended, "the shim waits for events that can't come");
    QCOMPARE(shim.exitStatus(), QProcess::NormalExit);
    QCOMPARE(shim.exitCode(), 0);
}

// A pipe whose reading end is closed: the shim must not die of SIGPIPE before it has killed its tree.
void tst_JobShim::statusesThatNobodyReads()
{
    // A reader that goes after the greeting. Dash and bash pass their standard input on to the first of a pipeline.
    ShimDriver shim(u"/bin/sh"_s, {u"-c"_s, u"{ \"$0\"; echo $? >status; } | head -c 28"_s, shimPath()});
    shim.process().setWorkingDirectory(shim.root());
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"ignore", "TERM", "double-fork-daemon", "forever"})));
    QVERIFY(shim.waitUntil([&] { return shim.process().state() == QProcess::NotRunning; }));
    QCOMPARE(contentOf(shim.path("status"_L1)), "0\n");
    QVERIFY(QFileInfo::exists(shim.folder()));
    QVERIFY(shim.nothingLeft());
}

void tst_JobShim::signalsToTheShim()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"sleep", "200ms", "exit", "4"})));
    QVERIFY(shim.waitForStart());
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGTSTP, SIGCHLD})
        QCOMPARE(::kill(pid_t(shim.pid()), number), 0);
    QCOMPARE(shim.waitForEnd().status, 4U);
    QVERIFY(::getsid(pid_t(shim.pid())) == shim.pid());
}

void tst_JobShim::shortJobIsReportedAtOnce()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    const qint64 before = monotonicNs();
    shim.runChild({"text", "x"});
    const qint64 after = monotonicNs();
    QList<Type> types;
    for (const ShimDriver::Frame &frame : shim.frames()) {
        QCOMPARE(frame.job, shim.job());
        types.append(frame.type);
    }
    QCOMPARE(types, (QList<Type>{Type::Started, Type::FirstOutput, Type::Ended}));
    const Wire::StartedStatus started = *shim.started();
    const Wire::EndedStatus ended = *shim.ended();
    QVERIFY(started.pid > 0);
    QVERIFY(before <= started.at.monotonicNs);
    QVERIFY(started.at.monotonicNs <= shim.firstOutput()->at.monotonicNs);
    QVERIFY(shim.firstOutput()->at.monotonicNs <= ended.at.monotonicNs);
    QVERIFY(ended.at.monotonicNs <= after);
    QCOMPARE(ended.firstOutput.monotonicNs, shim.firstOutput()->at.monotonicNs);
    QVERIFY(qAbs(started.at.wallUs - QDateTime::currentMSecsSinceEpoch() * 1000) < 60'000'000);
}

static int descriptorsOf(qint64 pid)
{
    return int(
        QDir(u"/proc/%1/fd"_s.arg(pid)).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size());
}

static qint64 statusKib(qint64 pid, const QByteArray &name)
{
    for (const QByteArray &line : contentOf(u"/proc/%1/status"_s.arg(pid)).split('\n')) {
        if (line.startsWith(name) && line.at(name.size()) == ':')
            return line.mid(name.size() + 1).simplified().split(' ').first().toLongLong();
    }
    return -1;
}

void tst_JobShim::servesManyJobs()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    const int descriptors = descriptorsOf(shim.pid());
    for (int i = 0; i < 100; ++i) {
        Wire::RunCommand command =
            ShimDriver::command(child({"text", std::to_string(i), "exit", std::to_string(i % 7)}));
        command.interactive = i % 2;
        if (i % 5 == 0)
            command.arguments = {"/nowhere/at/all"};
        const Wire::EndedStatus end = shim.runToEnd(command);
        QCOMPARE(end.cause, i % 5 == 0 ? EndCause::NotStarted : EndCause::Itself);
        if (i % 5 != 0) {
            QCOMPARE(end.status, std::uint32_t(i % 7));
            QCOMPARE(shim.output(), QByteArray::number(i) + '\n');
        }
    }
    QCOMPARE(descriptorsOf(shim.pid()), descriptors);
    if (!sanitized)
        QVERIFY(statusKib(shim.pid(), "VmRSS") < 8 * 1024);
}

// Whatever started the application: the shim waits, and its jobs find a clean slate.
void tst_JobShim::fault11_hostileParent()
{
    ShimDriver shim;
    shim.process().setChildProcessModifier([] {
        for (int number = 1; number < NSIG; ++number)
            ::signal(number, SIG_IGN);
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, nullptr);
        for (int fd = 20; fd < 30; ++fd)
            dup2(STDERR_FILENO, fd);
        ::umask(027);
    });
    QVERIFY(shim.start());
    QCOMPARE(shim.runChild({"exit", "77"}).status, 77U);
    QCOMPARE(shim.runChild({"signal", "TERM"}).status, std::uint32_t(SIGTERM));
    QCOMPARE(shim.ended()->signalled, 1);
    QCOMPARE(shim.runChild({"signals", "fds", "umask"}).status, 0U);
    QCOMPARE(shim.output(), "blocked 0000000000000000 ignored 0000000000000000\n0 1 2\n027\n");
    shim.run(ShimDriver::command(child({"forever"})));
    shim.stop(10'000'000'000);
    QCOMPARE(shim.waitForEnd().status, std::uint32_t(SIGTERM));
}

void tst_JobShim::fault12_exitCodes()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    for (std::uint32_t code = 0; code < 256; ++code) {
        const Wire::EndedStatus end = shim.runChild({"exit", std::to_string(code)});
        QCOMPARE(end.status, code);
        QCOMPARE(end.signalled, 0);
        QCOMPARE(end.cause, EndCause::Itself);
    }
}

void tst_JobShim::fault12_fatalSignals_data()
{
    QTest::addColumn<int>("number");
    for (const int number : {SIGHUP,    SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,  SIGBUS,    SIGFPE,  SIGKILL,
                             SIGUSR1,   SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,  SIGSTKFLT, SIGXCPU, SIGXFSZ,
                             SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGSYS,  SIGRTMIN, SIGRTMAX})
        QTest::addRow("%d", number) << number;
}

void tst_JobShim::fault12_fatalSignals()
{
    QFETCH(int, number);
    ShimDriver shim;
    QVERIFY(shim.start());
    const Wire::EndedStatus end = shim.runChild({"signal", std::to_string(number)});
    QCOMPARE(end.signalled, 1);
    QCOMPARE(end.status, std::uint32_t(number));
    QCOMPARE(end.cause, EndCause::Itself);
}

static void createFile(const QString &path, const QByteArray &content, bool executable = true)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(content);
    file.close();
    QCOMPARE(::chmod(qPrintable(path), executable ? 0755 : 0644), 0);
}

void tst_JobShim::fault13_startFailures_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<int>("error");
    QTest::newRow("missing") << u"/no/such/program"_s << ENOENT;
    QTest::newRow("missing in PATH") << u"no-such-program-anywhere"_s << ENOENT;
    QTest::newRow("empty") << QString() << ENOENT;
    QTest::newRow("below a file") << u"%1/plain/x"_s << ENOTDIR;
    QTest::newRow("not executable") << u"%1/plain"_s << EACCES;
    QTest::newRow("a folder") << u"%1"_s << EACCES;
    QTest::newRow("no interpreter") << u"%1/orphan"_s << ENOENT;
    QTest::newRow("wrong format") << u"%1/noformat"_s << ENOEXEC;
    QTest::newRow("empty file") << u"%1/emptyfile"_s << ENOEXEC;
    QTest::newRow("a link to itself") << u"%1/loop"_s << ELOOP;
}

void tst_JobShim::fault13_startFailures()
{
    QFETCH(QString, program);
    QFETCH(int, error);
    ShimDriver shim;
    QVERIFY(shim.start());
    const QString programs = shim.path("programs"_L1);
    QVERIFY(QDir().mkpath(programs));
    createFile(programs + "/plain"_L1, "text", false);
    createFile(programs + "/orphan"_L1, "#!/no/such/interpreter\n");
    createFile(programs + "/noformat"_L1, "echo a shell would run this\n");
    createFile(programs + "/emptyfile"_L1, "");
    QVERIFY(QFile::link(u"loop"_s, programs + "/loop"_L1));
    if (program.contains("%1"_L1))
        program = program.arg(programs);

    const Wire::EndedStatus end = shim.runToEnd(ShimDriver::command({program.toStdString()}));
    QCOMPARE(end.cause, EndCause::NotStarted);
    QCOMPARE(end.failedStep, StartStep::Execute);
    QCOMPARE(end.errorNumber, error);
    QCOMPARE(QString::fromStdString(end.path), program);
    QVERIFY(!shim.started());
    QCOMPARE(shim.runChild({"exit", "1"}).status, 1U); // the slot is free
}

void tst_JobShim::fault14_noWorkingDirectory()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"cwd"}));
    command.workingDirectory = "/no/such/folder";
    Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.cause, EndCause::NotStarted);
    QCOMPARE(end.failedStep, StartStep::WorkingDirectory);
    QCOMPARE(end.errorNumber, ENOENT);
    QCOMPARE(end.path, std::string("/no/such/folder"));

    command.workingDirectory = shim.root().toStdString();
    QCOMPARE(shim.runToEnd(command).status, 0U);
    QCOMPARE(shim.output(), QFileInfo(shim.root()).canonicalFilePath().toUtf8() + '\n');
}

void tst_JobShim::pathOfTheJobIsSearched()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    QVERIFY(QDir(shim.root()).mkpath(u"one"_s) && QDir(shim.root()).mkpath(u"two"_s));
    createFile(shim.path("two/found-by-path"_L1), "#!/bin/sh\nexit 42\n");
    const std::string root = shim.root().toStdString();

    Wire::RunCommand command = ShimDriver::command({"found-by-path"});
    QCOMPARE(shim.runToEnd(command).errorNumber, ENOENT);
    command.environment = {{1, "PATH", root + "/one:" + root + "/two"}};
    QCOMPARE(shim.runToEnd(command).status, 42U);
    // Relative entries, an empty one too, begin in the job's working directory.
    command.workingDirectory = root;
    command.environment = {{1, "PATH", "one:two"}};
    QCOMPARE(shim.runToEnd(command).status, 42U);
    command.workingDirectory = root + "/two";
    command.environment = {{1, "PATH", "/nowhere:"}};
    QCOMPARE(shim.runToEnd(command).status, 42U);
    // Without a PATH, the system's programs are still found.
    command = ShimDriver::command({"sh", "-c", "exit 43"});
    command.environment = {{0, "PATH", ""}};
    QCOMPARE(shim.runToEnd(command).status, 43U);
}

void tst_JobShim::pathNamesTheTellingCandidate()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    for (const QString &folder : {u"a"_s, u"b"_s, u"c"_s})
        QVERIFY(QDir(shim.root()).mkpath(folder));
    createFile(shim.path("b/tool"_L1), "text", false);
    createFile(shim.path("c/script"_L1), "#!/no/such/interpreter\n");
    const std::string root = shim.root().toStdString();
    Wire::RunCommand command = ShimDriver::command({"tool"});
    command.environment = {{1, "PATH", root + "/a:" + root + "/b:" + root + "/c"}};
    Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.errorNumber, EACCES);
    QCOMPARE(end.path, root + "/b/tool");

    command.arguments = {"script"};
    end = shim.runToEnd(command);
    QCOMPARE(end.errorNumber, ENOENT);
    QCOMPARE(end.path, root + "/c/script");

    command.arguments = {"neither"};
    end = shim.runToEnd(command);
    QCOMPARE(end.errorNumber, ENOENT);
    QCOMPARE(end.path, std::string("neither"));

    // A folder of PATH that is closed to us says nothing about the program.
    QCOMPARE(::chmod((root + "/b").c_str(), 0), 0);
    command.environment = {{1, "PATH", root + "/a:" + root + "/b:" + root + "/b/tool"}};
    end = shim.runToEnd(command);
    QCOMPARE(::chmod((root + "/b").c_str(), 0700), 0);
    QCOMPARE(end.errorNumber, ENOENT);
    QCOMPARE(end.path, std::string("neither"));
}

// A start that failed may be tried again in the same place.
void tst_JobShim::failedStartLeavesNothing()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command({"/no/such/program"});
    command.folder = shim.path("again"_L1).toStdString();
    command.files = {{"prompt.txt", "text"}};
    QCOMPARE(shim.runToEnd(command).failedStep, StartStep::Execute);
    QVERIFY(!QFileInfo::exists(shim.path("again"_L1)));
    command.arguments = child({"exit", "6"});
    QCOMPARE(shim.runToEnd(command).status, 6U);
    // What was there before is not touched.
    command.folder = shim.path("kept"_L1).toStdString();
    QVERIFY(QDir().mkpath(shim.path("kept"_L1)));
    createFile(shim.path("kept/prompt.txt"_L1), "mine", false);
    const Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.failedStep, StartStep::PrivateFiles);
    QCOMPARE(end.errorNumber, EEXIST);
    QCOMPARE(contentOf(shim.path("kept/prompt.txt"_L1)), "mine");
    QVERIFY(!QFileInfo::exists(shim.path("kept/output.log"_L1)));
}

// Whichever step runs out of descriptors: it is told, nothing stays behind, and the same job runs when there are some.
void tst_JobShim::fault16_outOfDescriptors()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    const int descriptors = descriptorsOf(shim.pid());
    Wire::RunCommand command = ShimDriver::command(child({"echo", "text", "x"}));
    command.interactive = 1;
    command.folder = shim.path("job"_L1).toStdString();
    QSet<int> steps;
    for (int more = 0;; ++more) {
        QVERIFY(shim.limitDescriptors(static_cast<unsigned long>(descriptors + more)));
        shim.run(command);
        shim.sendRaw(Type::CloseInput);
        const Wire::EndedStatus end = shim.waitForEnd();
        QCOMPARE(descriptorsOf(shim.pid()), descriptors);
        if (end.cause == EndCause::Itself)
            break;
        QCOMPARE(end.cause, EndCause::NotStarted);
        QCOMPARE(end.errorNumber, EMFILE);
        QVERIFY(!QFileInfo::exists(shim.folder()));
        steps.insert(int(end.failedStep));
        QVERIFY(more < 20);
    }
    QCOMPARE(steps, (QSet<int>{int(StartStep::Folder), int(StartStep::OutputFiles), int(StartStep::Pipes)}));
    QCOMPARE(shim.output(), "x\n");
}

void tst_JobShim::fault33_symbolicLinks()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    QVERIFY(QDir().mkpath(shim.path("elsewhere"_L1)));
    QVERIFY(QFile::link(shim.path("elsewhere"_L1), shim.path("link"_L1)));
    Wire::RunCommand command = ShimDriver::command(child({"text", "x"}));
    command.folder = shim.path("link"_L1).toStdString();
    Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.cause, EndCause::NotStarted);
    QCOMPARE(end.failedStep, StartStep::Folder);
    QCOMPARE(end.errorNumber, ELOOP);
    QCOMPARE(end.path, command.folder);
    QVERIFY(QDir(shim.path("elsewhere"_L1)).isEmpty());

    for (const QString &name : {u"output.log"_s, u"output.idx"_s, u"prompt.txt"_s}) {
        const QString folder = shim.path("with-"_L1) + name;
        createFile(shim.path("victim"_L1), "precious", false);
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(QFile::link(shim.path("victim"_L1), folder + u'/' + name));
        command.folder = folder.toStdString();
        command.files = {{"prompt.txt", "text"}};
        end = shim.runToEnd(command);
        QCOMPARE(end.cause, EndCause::NotStarted);
        QCOMPARE(end.errorNumber, EEXIST);
        QCOMPARE(QString::fromStdString(end.path), QString(folder + u'/' + name));
        QCOMPARE(contentOf(shim.path("victim"_L1)), "precious");
    }
}

void tst_JobShim::folders()
{
    ShimDriver shim;
    shim.process().setChildProcessModifier([] { ::umask(0777); });
    QVERIFY(shim.start());
    const auto modeOf = [](const QString &path) {
        struct stat there = {};
        return ::lstat(qPrintable(path), &there) == 0 ? int(there.st_mode & 07777) : -1;
    };
    Wire::RunCommand command = ShimDriver::command(child({"text", "x"}));
    command.files = {{"prompt.txt", "text"}};
    QCOMPARE(shim.runToEnd(command).status, 0U);
    QCOMPARE(modeOf(shim.folder()), 0700);
    for (const QString &name : {u"/output.log"_s, u"/output.idx"_s, u"/prompt.txt"_s})
        QCOMPARE(modeOf(shim.folder() + name), 0600);

    // A folder that is there is taken, and closed to others.
    command.folder = shim.path("open"_L1).toStdString();
    QVERIFY(QDir().mkpath(shim.path("open"_L1)));
    QCOMPARE(::chmod(command.folder.c_str(), 0777), 0);
    QCOMPARE(shim.runToEnd(command).status, 0U);
    QCOMPARE(modeOf(shim.folder()), 0700);

    for (const auto &[path, error] : {std::pair<QString, int>(u"relative/path"_s, EINVAL),
                                      {QString(), 0},
                                      {shim.path("no/parent"_L1), ENOENT},
                                      {shim.path("file"_L1), ENOTDIR}}) {
        if (path.isEmpty())
            continue;
        createFile(shim.path("file"_L1), "", false);
        command.folder = path.toStdString();
        const Wire::EndedStatus end = shim.runToEnd(command);
        QCOMPARE(end.failedStep, StartStep::Folder);
        QCOMPARE(end.errorNumber, error);
        QCOMPARE(QString::fromStdString(end.path), path);
    }

    if (::geteuid() == 0) {
        QVERIFY(QDir().mkpath(shim.path("foreign"_L1)));
        command.folder = shim.path("foreign"_L1).toStdString();
        QCOMPARE(::chown(command.folder.c_str(), 65534, 65534), 0);
        const Wire::EndedStatus end = shim.runToEnd(command);
        QCOMPARE(end.failedStep, StartStep::Folder);
        QCOMPARE(end.errorNumber, EPERM);
    }
}

void tst_JobShim::privateFiles()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command({"/bin/sh", "-c", "cat prompt.txt"});
    command.folder = shim.path("private"_L1).toStdString();
    command.workingDirectory = command.folder;
    const std::string prompt = std::string(300'000, 'p') + '\0' + "end";
    command.files = {{"prompt.txt", prompt}, {"empty", ""}};
    QCOMPARE(shim.runToEnd(command).status, 0U);
    QCOMPARE(shim.output().toStdString(), prompt);
    QCOMPARE(QFileInfo(shim.folder() + "/empty"_L1).size(), 0);

    for (const char *name : {"../escape", "a/b", "..", ".", "", "output.log"}) {
        command.folder = shim.path("refused"_L1).toStdString();
        command.files = {{name, "text"}};
        const Wire::EndedStatus end = shim.runToEnd(command);
        QCOMPARE(end.cause, EndCause::NotStarted);
        QCOMPARE(end.failedStep, StartStep::PrivateFiles);
        QVERIFY(!QFileInfo::exists(shim.path("escape"_L1)));
    }
}

void tst_JobShim::surroundings()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    QCOMPARE(shim.runChild({"ids", "core-limit", "no-new-privs", "fds"}).status, 0U);
    const QList<QByteArray> lines = shim.output().split('\n');
    const QByteArray pid = QByteArray::number(shim.started()->pid);
    QCOMPARE(lines.at(0),
             "pid " + pid + " parent " + QByteArray::number(shim.pid()) + " group " + pid + " session " + pid);
    QCOMPARE(lines.at(1), "0 0");
    QCOMPARE(lines.at(2), "1");
    QCOMPARE(lines.at(3), "0 1 2");

    // Arguments are passed as they are.
    QCOMPARE(shim.runChild({"args", "", " ", "*", "$HOME", "\xff\xfe", "a\nb"}).status, 0U);
    QCOMPARE(shim.output(), QByteArray("\n \n*\n$HOME\n\xff\xfe\na\nb\n"));

    Wire::RunCommand command = ShimDriver::command(child({"args", std::string("a\0b", 3)}));
    Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.failedStep, StartStep::Execute);
    QCOMPARE(end.errorNumber, EINVAL);
    command = ShimDriver::command({});
    end = shim.runToEnd(command);
    QCOMPARE(end.errorNumber, EINVAL);
    command = ShimDriver::command(child({"args", std::string(200'000, 'x')}));
    end = shim.runToEnd(command);
    QCOMPARE(end.failedStep, StartStep::Execute);
    QCOMPARE(end.errorNumber, E2BIG);
}

void tst_JobShim::environment()
{
    ShimDriver shim;
    QProcessEnvironment own = QProcessEnvironment::systemEnvironment();
    own.insert(u"FROM_APPLICATION"_s, u"yes"_s);
    own.insert(u"TO_REMOVE"_s, u"yes"_s);
    shim.process().setProcessEnvironment(own);
    QVERIFY(shim.start());

    Wire::RunCommand command =
        ShimDriver::command(child({"env", "FROM_APPLICATION", "env", "TO_REMOVE", "env", "NEW", "env", "EMPTY"}));
    command.environment = {{0, "TO_REMOVE", ""}, {1, "NEW", "1"}, {1, "EMPTY", ""}, {1, "NEW", "a=b"}};
    QCOMPARE(shim.runToEnd(command).status, 0U);
    QCOMPARE(shim.output(), "=yes\nunset\n=a=b\n=\n");

    command = ShimDriver::command(child({"environment"}));
    command.inheritEnvironment = 0;
    command.environment = {{1, "ONLY", "this"}, {0, "NEVER", ""}};
    QCOMPARE(shim.runToEnd(command).status, 0U);
    QCOMPARE(shim.output(), "ONLY=this\n" + QByteArray(jobTagVariable) + '=' + shim.tag() + '\n');

    for (const Wire::EnvironmentChange &change :
         {Wire::EnvironmentChange{1, "", "x"}, {1, "A=B", "x"}, {1, "A", std::string("x\0y", 3)}}) {
        command.environment = {change};
        QCOMPARE(shim.runToEnd(command).errorNumber, EINVAL);
    }
}

void tst_JobShim::measuresProcessorAndMemory()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    // The child of the child counts as well: it is reaped by its parent.
    Wire::EndedStatus end =
        shim.runChild({"fork", "[", "allocate", "80", "busy", "100ms", "]", "wait", "busy", "100ms"});
    QVERIFY(end.peakRssBytes >= 80 * 1024 * 1024);
    QVERIFY(end.peakRssBytes < (sanitized ? 600 : 120) * 1024 * 1024);
    QVERIFY2(end.cpuUs >= 150'000, qPrintable(QString::number(end.cpuUs)));
    end = shim.runToEnd(ShimDriver::command({"/bin/true"}));
    if (!sanitized)
        QVERIFY2(end.peakRssBytes < 8 * 1024 * 1024, qPrintable(QString::number(end.peakRssBytes)));
    QVERIFY(end.peakRssBytes > 100 * 1024);
}

void tst_JobShim::largeCommandDoesNotCountAsMemoryOfTheJob()
{
    if (sanitized)
        QSKIP("a sanitizer's own memory hides the difference");
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command({"/bin/true"});
    command.files = {{"prompt.txt", std::string(40 * 1024 * 1024, 'p')}};
    QVERIFY(shim.runToEnd(command).peakRssBytes < 8 * 1024 * 1024);
    QCOMPARE(QFileInfo(shim.folder() + "/prompt.txt"_L1).size(), 40 * 1024 * 1024);
    QVERIFY(statusKib(shim.pid(), "VmRSS") < 8 * 1024);
    QVERIFY(shim.runToEnd(ShimDriver::command({"/bin/true"})).peakRssBytes < 8 * 1024 * 1024);
}

void tst_JobShim::input()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"echo", "text", "end"}));
    command.interactive = 1;
    shim.run(command);
    shim.sendRaw(Type::Input, "one\n");
    QVERIFY(shim.waitUntil([&] { return shim.of(Type::InputTaken).size() == 1; }));
    QVERIFY(shim.waitForOutput("one\n"));
    QVERIFY(!shim.ended());
    shim.sendRaw(Type::Input, "two\n");
    shim.sendRaw(Type::Input, "");
    shim.sendRaw(Type::CloseInput);
    QCOMPARE(shim.waitForEnd().status, 0U);
    QCOMPARE(shim.output(), "one\ntwo\nend\n");
    QCOMPARE(shim.of(Type::InputTaken).size(), 3);
}

void tst_JobShim::inputIsEmptyUnlessInteractive()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"echo", "sleep", "100ms", "text", "end"})));
    shim.sendRaw(Type::Input, "nobody reads this");
    shim.sendRaw(Type::CloseInput);
    QCOMPARE(shim.waitForEnd().status, 0U);
    QCOMPARE(shim.output(), "end\n");
    QCOMPARE(shim.of(Type::InputTaken).size(), 1);
}

void tst_JobShim::largeInputWaitsForTheJob()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"read", "1", "sleep", "300ms", "echo"}));
    command.interactive = 1;
    shim.run(command);
    QByteArray bytes;
    for (int i = 0; bytes.size() < 3'000'000; ++i)
        bytes += QByteArray::number(i) + ' ';
    shim.sendRaw(Type::Input, bytes);
    shim.sendRaw(Type::CloseInput);
    // The job does not read: the shim keeps working all the same.
    QVERIFY(shim.waitUntil([&] { return shim.log().size() == 1; }));
    QVERIFY(shim.of(Type::InputTaken).isEmpty());
    QCOMPARE(shim.waitForEnd().status, 0U);
    QCOMPARE(shim.output(), bytes);
    QCOMPARE(shim.of(Type::InputTaken).size(), 1);
}

void tst_JobShim::fault17_jobClosesItsInput()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command =
        ShimDriver::command(child({"close", "0", "text", "closed", "sleep", "500ms", "exit", "9"}));
    command.interactive = 1;
    shim.run(command);
    QVERIFY(shim.waitForOutput("closed"));
    shim.sendRaw(Type::Input, QByteArray(200'000, 'x'));
    shim.sendRaw(Type::Input, "more");
    QVERIFY(shim.waitUntil([&] { return shim.of(Type::InputTaken).size() == 2; }, 400));
    QVERIFY(!shim.ended());
    shim.sendRaw(Type::CloseInput);
    QCOMPARE(shim.waitForEnd().status, 9U);

    // It closes while more is waiting than the pipe holds.
    command.arguments = child({"read", "10", "close", "0", "sleep", "300ms", "exit", "8"});
    shim.run(command);
    shim.sendRaw(Type::Input, QByteArray(1'000'000, 'x'));
    QVERIFY(shim.waitUntil([&] { return shim.of(Type::InputTaken).size() == 1; }));
    QCOMPARE(shim.waitForEnd().status, 8U);
}

QTEST_GUILESS_MAIN(tst_JobShim)
#include "tst_jobshim.moc"
