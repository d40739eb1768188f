// SPDX-License-Identifier: MIT
// "bitnetctl serve" with the stand-in server: what it says, how it ends, and that nothing is ever left.
#include "core/runtime/localport.h"
#include "core/serving/chatclient.h"
#include "support/ctlstandin.h"
#include "support/enginefixture.h"

#include <QTcpServer>
#include <QtTest>

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

static constexpr int patience = ctlPatience;

class tst_CtlServe : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void tellsAddressAndKeyFile_data();
    void tellsAddressAndKeyFile();
    void answersThoseWithTheKey();
    void interruptStopsIt_data();
    void interruptStopsIt();
    void interruptWhileItLoads();
    void secondInterruptKillsIt();
    void serverThatEndsUnasked();
    void restartsWhenAsked();
    void serverThatCannotStart();
    void settingsThatAreWrong_data();
    void settingsThatAreWrong();
    void portThatIsTaken();
    void warnsOfTheModel();
    void quietAndLog();
    void readerThatLeaves();
    void killedCtlLeavesNoServer();

private:
    static QStringList serve(const QStringList &options = {}, const QStringList &faults = {})
    {
        return withStandin(u"serve"_s, options, faults);
    }
    // What it printed once it was ready; --json is among its options.
    static QJsonObject readyLine(CtlProcess &ctl, int lines = 1)
    {
        if (!QTest::qWaitFor([&] { return ctl.hasPrinted("\n") && ctl.out.count('\n') >= lines; }, patience))
            return {};
        return objectOf(ctl.out.split('\n').at(lines - 1));
    }
    // Its status when asked for something that needs the key.
    int statusFor(const QString &url, const QByteArray &key)
    {
        ChatClient client({.url = QUrl(url), .apiKey = key});
        std::optional<int> status;
        client.get(u"/props"_s, this, [&](const ChatClient::Answer &answer) { status = answer.status; });
        return QTest::qWaitFor([&] { return status.has_value(); }, patience) ? *status : -1;
    }
};

void tst_CtlServe::tellsAddressAndKeyFile_data()
{
    QTest::addColumn<bool>("json");
    QTest::newRow("text") << false;
    QTest::newRow("json") << true;
}

void tst_CtlServe::tellsAddressAndKeyFile()
{
    QFETCH(bool, json);

    CtlProcess ctl(serve({u"--name"_s, u"Parrot"_s, json ? u"--json"_s : u"--restart"_s}, {u"load-ms=50"_s}));
    ctl.launch();
    QString url;
    QString keyFile;
    if (json) {
        const QJsonObject ready = readyLine(ctl);
        QCOMPARE(ready.value("state"_L1).toString(), u"ready"_s);
        QVERIFY2(ready.value("name"_L1).toString().startsWith(u"Parrot · "_s), ctl.out.constData());
        QCOMPARE(ready.value("model"_L1).toString(), chatModel());
        QVERIFY(ready.value("engine"_L1).toString().endsWith("/llama-server"_L1));
        QVERIFY(ready.value("pid"_L1).toInt() > 0);
        QCOMPARE(ready.value("context_size"_L1).toInt(), 2048);
        QCOMPARE(ready.value("slots"_L1).toInt(), 1);
        QVERIFY(ready.value("load_ms"_L1).toDouble() >= 50);
        url = ready.value("url"_L1).toString();
        keyFile = ready.value("key_file"_L1).toString();
    } else {
        QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("Key file: "), patience);
        const QRegularExpression form(u"^Address:  (http://127\\.0\\.0\\.1:[0-9]+)\nKey file: (/.*)\n$"_s);
        const QRegularExpressionMatch match = form.match(QString::fromUtf8(ctl.out));
        QVERIFY2(match.hasMatch(), ctl.out.constData());
        url = match.captured(1);
        keyFile = match.captured(2);
    }
    QFile file(keyFile);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray key = file.readAll().trimmed();
    QVERIFY(key.size() >= 32);
    struct stat status = {};
    QCOMPARE(::stat(QFile::encodeName(keyFile).constData(), &status), 0);
    QCOMPARE(status.st_mode & 0777, mode_t(0600));
    QCOMPARE(statusFor(url, key), 200);

    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 0);
    QVERIFY(!QFile::exists(keyFile));
    QVERIFY(ctl.leftNothingBehind());
    QVERIFY(!ctl.out.contains(key) && !ctl.err.contains(key));
    for (const char *word : {"Loading the model", "Ready after", "Stopping", "Stopped"})
        QVERIFY2(ctl.err.contains(word), ctl.err.constData());
}

void tst_CtlServe::answersThoseWithTheKey()
{
    CtlProcess ctl(serve({u"--json"_s}));
    ctl.launch();
    const QString url = readyLine(ctl).value("url"_L1).toString();
    QCOMPARE(statusFor(url, {}), 401);
    QCOMPARE(statusFor(url, "guessed"), 401);
}

void tst_CtlServe::interruptStopsIt_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<QStringList>("faults");
    QTest::newRow("SIGINT") << int(SIGINT) << QStringList();
    QTest::newRow("SIGTERM") << int(SIGTERM) << QStringList();
    QTest::newRow("SIGHUP") << int(SIGHUP) << QStringList();
    QTest::newRow("a server that aborts when it is told to end") << int(SIGINT) << QStringList{u"abort-on-term=1"_s};
}

void tst_CtlServe::interruptStopsIt()
{
    QFETCH(int, number);
    QFETCH(QStringList, faults);

    CtlProcess ctl(serve({u"--json"_s}, faults));
    ctl.launch();
    QVERIFY(!readyLine(ctl).isEmpty());
    QCOMPARE(processesWith(markOfTest()), 2); // bitnetctl and the server
    ctl.sendSignal(number);
    QCOMPARE(ctl.ended(), 0);
    QVERIFY2(ctl.err.endsWith(": Stopped.\n"), ctl.err.constData());
    QCOMPARE(processesWith(markOfTest()), 0);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlServe::interruptWhileItLoads()
{
    CtlProcess ctl(serve({}, {u"load-ms=3600000"_s}));
    ctl.launch();
    QTRY_COMPARE_WITH_TIMEOUT(processesWith(markOfTest()), 2, patience);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 0);
    QCOMPARE(ctl.out, ""_ba);
    QCOMPARE(processesWith(markOfTest()), 0);
}

void tst_CtlServe::secondInterruptKillsIt()
{
    const EngineFixture files;
    const QString witness = files.path(u"asked"_s);
    files.writeProgram(u"llama-server"_s,
                       "[ \"$1\" = --help ] && exit 0\ntrap 'touch \"" + QFile::encodeName(witness)
                           + "\"' TERM\nwhile :; do sleep 1; done\n");
    CtlProcess ctl({u"serve"_s, u"--build-dir"_s, files.buildDir(), u"-m"_s, chatModel(), u"--"_s, u"--alias"_s,
                    QString::fromLatin1(markOfTest())});
    ctl.launch();
    QTRY_COMPARE_WITH_TIMEOUT(processesWith(markOfTest()), 2, patience);
    ctl.sendSignal(SIGTERM);
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(witness), patience);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 128 + SIGINT);
    QCOMPARE(processesWith(markOfTest()), 0);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlServe::serverThatEndsUnasked()
{
    CtlProcess ctl(serve({u"--json"_s, u"-q"_s}));
    ctl.launch();
    const auto pid = pid_t(readyLine(ctl).value("pid"_L1).toInt());
    QVERIFY(pid > 0);
    ::kill(pid, SIGABRT);
    QCOMPARE(ctl.ended(), 1);
    QVERIFY2(ctl.err.contains("signal 6"), ctl.err.constData());
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlServe::restartsWhenAsked()
{
    // Not one of the usual ports: it is free for a second, and another program may look for one then.
    const QString port = QString::number(freePort().value_or(0));
    CtlProcess ctl(serve({u"--json"_s, u"--restart"_s, u"--port"_s, port}));
    ctl.launch();
    const QJsonObject first = readyLine(ctl);
    const auto pid = pid_t(first.value("pid"_L1).toInt());
    QVERIFY(pid > 0);
    ::kill(pid, SIGABRT);
    const QJsonObject second = readyLine(ctl, 2);
    QVERIFY2(!second.isEmpty(), ctl.err.constData());
    QVERIFY2(second.value("pid"_L1).toInt() > 0 && second.value("pid"_L1).toInt() != pid, ctl.out.constData());
    QCOMPARE(second.value("restarts"_L1).toInt(), 1);
    QCOMPARE(second.value("url"_L1), first.value("url"_L1));
    QVERIFY(QFile::exists(second.value("key_file"_L1).toString()));
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 0);
    QVERIFY2(ctl.err.contains("started again in 1.00 s"), ctl.err.constData());
    QCOMPARE(processesWith(markOfTest()), 0);
}

void tst_CtlServe::serverThatCannotStart()
{
    CtlProcess ctl(serve({u"--restart"_s}, {u"exit=3"_s, u"words=error: the moon is wrong"_s}));
    QCOMPARE(ctl.run(), 1);
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY2(ctl.err.contains("exit code 3") || ctl.err.contains("code 3"), ctl.err.constData());
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlServe::settingsThatAreWrong_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("message");

    const auto row = [](const char *name, const QStringList &options, const QByteArray &message) {
        QTest::newRow(name) << options << message;
    };
    row("no model", {u"-m"_s, u"/no/such/model.gguf"_s}, "Model file not found: /no/such/model.gguf.");
    row("no engine", {u"--build-dir"_s, u"/no/such/build"_s}, "Unable to locate the llama-server executable.");
    row("port 0", {u"--port"_s, u"0"_s}, "Port must be between 1 and 65535. Got 0.");
    row("port 70000", {u"--port=70000"_s}, "Port must be between 1 and 65535. Got 70000.");
    row("port in words", {u"--port"_s, u"http"_s}, "--port: \"http\" is no whole number.");
    row("slots", {u"--parallel"_s, u"0"_s}, "slots must be a positive integer. Got 0.");
    row("context", {u"-c"_s, u"0"_s}, "ctx_size must be a positive integer. Got 0.");
    row("temperature", {u"--temp"_s, u"warm"_s}, "--temp: \"warm\" is no number.");
    row("another address", {u"--"_s, u"--host"_s, u"0.0.0.0"_s}, "\"--host\" can't be given to a supervised server");
    row("a key of one's own", {u"--"_s, u"--api_key=x"_s}, "can't be given to a supervised server");
}

void tst_CtlServe::settingsThatAreWrong()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, message);

    CtlProcess ctl(QStringList{u"serve"_s, u"--build-dir"_s, standinEngine(), u"-m"_s, chatModel()} + options);
    QCOMPARE(ctl.run(), 125);
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY2(ctl.err.startsWith("bitnetctl: ") && ctl.err.contains(message), ctl.err.constData());
}

void tst_CtlServe::portThatIsTaken()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    CtlProcess ctl(serve({u"--port"_s, QString::number(other.serverPort())}));
    QCOMPARE(ctl.run(), 125);
    const QByteArray sentence = "Port " + QByteArray::number(other.serverPort()) + " is taken";
    QVERIFY2(ctl.err.contains(sentence), ctl.err.constData());
}

void tst_CtlServe::warnsOfTheModel()
{
    for (const QString &command : {u"serve"_s, u"chat"_s}) {
        CtlProcess ctl(withStandin(command, {u"-c"_s, u"8192"_s}, {u"exit=1"_s}));
        QCOMPARE(ctl.run(), 1);
        QVERIFY2(ctl.err.contains("8192") && ctl.err.contains("trained"), ctl.err.constData());
    }
    CtlProcess quiet(withStandin(u"serve"_s, {u"-c"_s, u"8192"_s, u"-q"_s}, {u"exit=1"_s}));
    QCOMPARE(quiet.run(), 1);
    QVERIFY2(!quiet.err.contains("trained"), quiet.err.constData());
}

void tst_CtlServe::quietAndLog()
{
    CtlProcess quiet(serve({u"--json"_s, u"--quiet"_s}));
    quiet.launch();
    QVERIFY(!readyLine(quiet).isEmpty());
    quiet.sendSignal(SIGINT);
    QCOMPARE(quiet.ended(), 0);
    QCOMPARE(quiet.err, ""_ba);

    CtlProcess log(serve({u"--json"_s, u"--log"_s, u"-q"_s}));
    log.launch();
    QVERIFY(!readyLine(log).isEmpty());
    log.sendSignal(SIGINT);
    QCOMPARE(log.ended(), 0);
    QVERIFY2(log.err.contains("server is listening"), log.err.constData());
    QCOMPARE(log.out.count('\n'), 1);
}

// Whoever wanted the address only has it; the server stays.
void tst_CtlServe::readerThatLeaves()
{
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
    ::close(pipe[0]);
    CtlProcess ctl(serve());
    ctl.setChildProcessModifier([pipe] { ::dup2(pipe[1], STDOUT_FILENO); });
    ctl.launch();
    ::close(pipe[1]);
    QTRY_VERIFY_WITH_TIMEOUT(
        ctl.hasPrinted({}) && ctl.err.contains("The server goes on; its address is http://127.0.0.1:"), patience);
    QCOMPARE(processesWith(markOfTest()), 2);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 0);
}

void tst_CtlServe::killedCtlLeavesNoServer()
{
    CtlProcess ctl(serve({u"--json"_s}));
    ctl.launch();
    QVERIFY(!readyLine(ctl).isEmpty());
    QCOMPARE(processesWith(markOfTest()), 2);
    ctl.sendSignal(SIGKILL);
    QCOMPARE(ctl.ended(), -SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(processesWith(markOfTest()), 0, patience);
}

QTEST_GUILESS_MAIN(tst_CtlServe)
#include "tst_ctlserve.moc"
