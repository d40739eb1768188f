// SPDX-License-Identifier: MIT
// "bitnetctl chat" with the stand-in server and the lines of a pipe.
#include "support/ctlstandin.h"

#include <QTcpServer>
#include <QtTest>

#include <algorithm>

#include <csignal>

#include <fcntl.h>
#include <poll.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

static constexpr int patience = ctlPatience;

class tst_CtlChat : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void linesAreTurns_data();
    void linesAreTurns();
    void severalLinesAreOneTurn();
    void lastLineWithoutAnEnd();
    void conversationIsSent();
    void recordsAsJson();
    void nothingToAsk();
    void failedAnswers_data();
    void failedAnswers();
    void answerThatTakesTooLong();
    void answerEndsBeforeAStopWord();
    void inputThatIsNoUtf8();
    void wrongOptions_data();
    void wrongOptions();

    void serverOfSomebodyElse();
    void serverThatIsOfNoUse_data();
    void serverThatIsOfNoUse();
    void serverThatLoads();
    void serverThatIsGoneInBetween();

    void signalsEndIt_data();
    void signalsEndIt();
    void readerThatLeaves();
    void killedCtlLeavesNoServer();
    void recordsWhenAsked();

private:
    static QStringList chat(const QStringList &options = {}, const QStringList &faults = {})
    {
        return withStandin(u"chat"_s, options, faults);
    }
    static QList<QJsonObject> recordsOf(const QByteArray &lines)
    {
        QList<QJsonObject> records;
        for (const QByteArray &line : lines.split('\n')) {
            if (!line.isEmpty())
                records.append(objectOf(line));
        }
        return records;
    }
};

// A server of somebody else.
class Served : public CtlProcess
{
public:
    explicit Served(const QStringList &faults = {}, const QStringList &options = {})
        : CtlProcess(withStandin(u"serve"_s, QStringList{u"--json"_s, u"-q"_s} + options, faults))
    {
        launch();
    }
    bool isReady()
    {
        if (!QTest::qWaitFor([this] { return hasPrinted("\n"); }, patience))
            return false;
        const QJsonObject ready = objectOf(out);
        url = ready.value("url"_L1).toString();
        keyFile = ready.value("key_file"_L1).toString();
        pid = pid_t(ready.value("pid"_L1).toInt());
        return !url.isEmpty();
    }
    QStringList chat() const { return {u"chat"_s, u"--server"_s, url, u"--key-file"_s, keyFile}; }

    QString url;
    QString keyFile;
    pid_t pid = 0;
};

void tst_CtlChat::linesAreTurns_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::newRow("llamacpp") << u"dialect=llamacpp"_s;
    QTest::newRow("bitnet") << u"dialect=bitnet"_s;
}

void tst_CtlChat::linesAreTurns()
{
    QFETCH(QString, dialect);

    CtlProcess ctl(chat({}, {dialect, u"cut=3"_s}));
    QCOMPARE(ctl.run("Hello\n\n  \nOnce more\n"), 0);
    QCOMPARE(ctl.out, QByteArray(sixPieces() + '\n').repeated(2));
    // bitnet.cpp tells no times in a chat: they are measured here, unless all came at once.
    const QString rate = dialect.endsWith("bitnet"_L1) ? u"( · [0-9.]+ tokens/s)?"_s : u" · [0-9.]+ tokens/s"_s;
    const QRegularExpression figures(
        u"(^|\n)6 tokens%1 · TTFT [0-9.]+ m?s · E2E [0-9.]+ m?s · ended by the model\n"_s.arg(rate));
    QCOMPARE(QString::fromUtf8(ctl.err).count(figures), 2);
    QVERIFY(ctl.err.contains("Ready after"));
    QVERIFY(!ctl.err.contains(">>>"));
    QCOMPARE(processesWith(markOfTest()), 0);
    QVERIFY(ctl.leftNothingBehind());

    CtlProcess quiet(chat({u"-q"_s}, {dialect}));
    QCOMPARE(quiet.run("Hello\n"), 0);
    QCOMPARE(quiet.out, QByteArray(sixPieces() + '\n'));
    QCOMPARE(quiet.err, ""_ba);
}

void tst_CtlChat::severalLinesAreOneTurn()
{
    CtlProcess ctl(chat({u"--json"_s}));
    QCOMPARE(
        ctl.run("\"\"\"\nfirst line\n\n  /help\\\n\"\"\"\n\"\"\"in one\"\"\"\n/bye\nend\\\n\"\"\"unfinished\nblock"),
        0);
    QStringList prompts;
    for (const QJsonObject &record : recordsOf(ctl.out))
        prompts += record.value("prompt"_L1).toString();
    QCOMPARE(prompts,
             (QStringList{u"first line\n\n  /help\\"_s, u"in one"_s, u"/bye"_s, u"end\\"_s, u"unfinished\nblock"_s}));
}

void tst_CtlChat::lastLineWithoutAnEnd()
{
    CtlProcess ctl(chat({u"-q"_s}));
    QCOMPARE(ctl.run("Hello"), 0);
    QCOMPARE(ctl.out, QByteArray(sixPieces() + '\n'));
}

// The stand-in counts words: of the system prompt, of all turns before and of this one.
void tst_CtlChat::conversationIsSent()
{
    CtlProcess ctl(chat({u"--json"_s, u"--system"_s, u"Be brief"_s}));
    QCOMPARE(ctl.run("one two\nthree\n"), 0);
    const QList<QJsonObject> records = recordsOf(ctl.out);
    QCOMPARE(records.size(), 2);
    QCOMPARE(records[0].value("prompt_tokens"_L1).toInt(), 2 + 2);
    QCOMPARE(records[1].value("prompt_tokens"_L1).toInt(), 2 + 2 + 6 + 1);
}

void tst_CtlChat::recordsAsJson()
{
    CtlProcess ctl(chat({u"--json"_s, u"-n"_s, u"4"_s}, {u"piece-ms=5"_s}));
    QCOMPARE(ctl.run("Say hello\n"), 0);
    QVERIFY2(!ctl.err.contains("tokens/s"), ctl.err.constData());
    const QJsonObject record = objectOf(ctl.out);
    QCOMPARE(record.value("prompt"_L1).toString(), u"Say hello"_s);
    QCOMPARE(record.value("answer"_L1).toString().toUtf8(), sixPieces().first(sixPieces().size() / 3 * 2));
    QCOMPARE(record.value("outcome"_L1).toString(), u"succeeded"_s);
    QCOMPARE(record.value("stop_reason"_L1).toString(), u"limit"_s);
    QCOMPARE(record.value("model"_L1).toString(), chatModel());
    QCOMPARE(record.value("prompt_tokens"_L1).toInt(), 2);
    QCOMPARE(record.value("output_tokens"_L1).toInt(), 4);
    for (const char *field : {"ttft_ms", "latency_ms", "decode_ms", "decode_tps", "prefill_ms"})
        QVERIFY2(record.value(QLatin1String(field)).toDouble() > 0, field);
    QVERIFY(record.value("ttft_ms"_L1).toDouble() < record.value("latency_ms"_L1).toDouble());
}

void tst_CtlChat::nothingToAsk()
{
    CtlProcess ctl(chat({u"-q"_s}));
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, ""_ba);
    QCOMPARE(ctl.err, ""_ba);
}

void tst_CtlChat::failedAnswers_data()
{
    QTest::addColumn<QStringList>("faults");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("saying"); // one of these, with | between: what is noticed first is told

    QTest::newRow("refused") << QStringList{u"refuse=500"_s, u"words=no luck today"_s} << ""_ba
                             << "no luck today"_ba;
    QTest::newRow("fails at once") << QStringList{u"error-at=0"_s} << ""_ba
                                   << "the slot is lost"_ba;
    QTest::newRow("fails in mid-answer") << QStringList{u"error-at=2"_s}
                                         << QByteArray(sixPieces().first(sixPieces().size() / 3) + '\n')
                                         << "the slot is lost"_ba;
    QTest::newRow("dies in mid-answer") << QStringList{u"die-at=2"_s}
                                        << QByteArray(sixPieces().first(sixPieces().size() / 3) + '\n')
                                        << "The connection ended in mid-answer|Ended by signal 6 (SIGABRT)"_ba;
}

void tst_CtlChat::failedAnswers()
{
    QFETCH(QStringList, faults);
    QFETCH(QByteArray, answer);
    QFETCH(QByteArray, saying);

    CtlProcess ctl(chat({u"-q"_s}, faults));
    QCOMPARE(ctl.run("Hello\nThis is not asked any more\n"), 1);
    QCOMPARE(ctl.out, answer);
    const QByteArrayList sayings = saying.split('|');
    QVERIFY2(ctl.err.startsWith("bitnetctl: ")
                 && std::ranges::any_of(sayings, [&ctl](const QByteArray &one) { return ctl.err.contains(one); }),
             ctl.err.constData());
    QCOMPARE(processesWith(markOfTest()), 0);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlChat::answerThatTakesTooLong()
{
    CtlProcess ctl(chat({u"-q"_s, u"--timeout"_s, u"300ms"_s}, {u"stall-at=2"_s}));
    QCOMPARE(ctl.run("Hello\n"), 124);
    QCOMPARE(ctl.out, QByteArray(sixPieces().first(sixPieces().size() / 3) + '\n'));
    QVERIFY2(ctl.err.contains("Timed out after 300 ms"), ctl.err.constData());
}

void tst_CtlChat::answerEndsBeforeAStopWord()
{
    CtlProcess ctl(chat({u"--json"_s, u"--stop"_s, u"###"_s, u"--stop"_s, u"END"_s}));
    QCOMPARE(ctl.run("Hello\n"), 0);
    // The stand-in ends as always; that there were words makes the reason one of two.
    QCOMPARE(objectOf(ctl.out).value("stop_reason"_L1).toString(), u"stop"_s);
}

void tst_CtlChat::inputThatIsNoUtf8()
{
    CtlProcess ctl(chat({u"-q"_s}));
    QCOMPARE(ctl.run("Hello\nbr\xFFken\n"), 125);
    QCOMPARE(ctl.out, QByteArray(sixPieces() + '\n'));
    QVERIFY2(ctl.err.contains("no valid UTF-8"), ctl.err.constData());
}

void tst_CtlChat::wrongOptions_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("saying");

    const auto row = [](const char *name, const QStringList &options, const QByteArray &saying) {
        QTest::newRow(name) << options << saying;
    };
    const QString address = u"http://127.0.0.1:1"_s;
    row("neither model nor server", {}, "give --model FILE, or --server URL");
    row("both", {u"-m"_s, chatModel(), u"--server"_s, address}, "Give either --model or --server");
    row("key for a server of its own", {u"-m"_s, chatModel(), u"--key-file"_s, u"/dev/null"_s},
        "--key-file is for --server");
    row("arguments for somebody else's server", {u"--server"_s, address, u"--"_s, u"--mlock"_s}, "not for --server");
    row("no address", {u"--server"_s, u"http://"_s}, "is no address of a server");
    row("another scheme", {u"--server"_s, u"ftp://127.0.0.1"_s}, "is no address of a server");
    row("no key file", {u"--server"_s, address, u"--key-file"_s, u"/no/such/file"_s}, "/no/such/file");
    row("empty key file", {u"--server"_s, address, u"--key-file"_s, u"/dev/null"_s}, "There is no key in /dev/null");
    row("temperature", {u"-m"_s, chatModel(), u"--temp"_s, u"0"_s}, "Temperature must be positive.");
    row("n-predict", {u"-m"_s, chatModel(), u"-n"_s, u"0"_s}, "n_predict must be a positive integer. Got 0.");
    row("top-p", {u"-m"_s, chatModel(), u"--top-p"_s, u"1.5"_s}, "top_p");
    row("min-p in words", {u"-m"_s, chatModel(), u"--min-p"_s, u"few"_s}, "--min-p: \"few\" is no number.");
    row("seed", {u"-m"_s, chatModel(), u"--seed"_s, u"-2"_s}, "seed");
    row("timeout", {u"-m"_s, chatModel(), u"--timeout"_s, u"0"_s}, "--timeout: ");
    row("model", {u"-m"_s, u"/no/such/model.gguf"_s}, "Model file not found: /no/such/model.gguf.");
    row("context", {u"-m"_s, chatModel(), u"-c"_s, u"0"_s}, "ctx_size must be a positive integer. Got 0.");
}

void tst_CtlChat::wrongOptions()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, saying);

    CtlProcess ctl(QStringList{u"chat"_s, u"--build-dir"_s, standinEngine()} + options);
    QCOMPARE(ctl.run("Hello\n"), 125);
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY2(ctl.err.startsWith("bitnetctl: ") && ctl.err.contains(saying), ctl.err.constData());
}

void tst_CtlChat::serverOfSomebodyElse()
{
    Served served;
    QVERIFY(served.isReady());
    CtlProcess ctl(served.chat());
    QCOMPARE(ctl.run("Hello\nAgain\n"), 0);
    QCOMPARE(ctl.out, QByteArray(sixPieces() + '\n').repeated(2));
    QVERIFY2(!ctl.err.contains("unencrypted"), ctl.err.constData());
    QVERIFY(ctl.leftNothingBehind());
    QCOMPARE(served.state(), QProcess::Running);
}

void tst_CtlChat::serverThatIsOfNoUse_data()
{
    QTest::addColumn<bool>("serves");
    QTest::addColumn<QByteArray>("key"); // empty: no file is given
    QTest::addColumn<QByteArray>("saying");

    QTest::newRow("nobody listens") << false << ""_ba
                                    << "can't be reached: Connection refused."_ba;
    QTest::newRow("no key") << true << ""_ba
                            << "wants an API key"_ba;
    QTest::newRow("wrong key") << true << "guessed\n"_ba
                               << "refused the API key"_ba;
}

void tst_CtlChat::serverThatIsOfNoUse()
{
    QFETCH(bool, serves);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, saying);

    std::optional<Served> served;
    QString url;
    if (serves) {
        served.emplace();
        QVERIFY(served->isReady());
        url = served->url;
    } else {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        url = u"127.0.0.1:%1"_s.arg(closed.serverPort());
    }
    QTemporaryFile keyFile;
    QVERIFY(keyFile.open());
    keyFile.write(key);
    keyFile.close();
    QStringList arguments{u"chat"_s, u"--server"_s, url};
    if (!key.isEmpty())
        arguments += {u"--key-file"_s, keyFile.fileName()};
    CtlProcess ctl(arguments);
    QCOMPARE(ctl.run("Hello\n"), 1);
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY2(ctl.err.contains(saying), ctl.err.constData());
}

void tst_CtlChat::serverThatLoads()
{
    Served served({u"load-ms=3600000"_s}, {u"--log"_s});
    QTRY_VERIFY_WITH_TIMEOUT(served.hasPrinted({}) && served.err.contains("listening"), patience);
    const QRegularExpression address(u"port: ([0-9]+)"_s);
    const QString port = address.match(QString::fromUtf8(served.err)).captured(1);
    CtlProcess ctl({u"chat"_s, u"--server"_s, u"127.0.0.1:"_s + port});
    ctl.launch("Hello\n");
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted({}) && ctl.err.contains("loading its model"), patience);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 128 + SIGINT);
}

void tst_CtlChat::serverThatIsGoneInBetween()
{
    Served served;
    QVERIFY(served.isReady());
    CtlProcess ctl(served.chat());
    ctl.start();
    QVERIFY(ctl.waitForStarted(patience));
    ctl.write("Hello\n");
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("\n"), patience);
    ::kill(served.pid, SIGKILL);
    QCOMPARE(served.ended(), 1);
    ctl.write("Are you there?\n");
    QCOMPARE(ctl.ended(), 1);
    QCOMPARE(ctl.out, QByteArray(sixPieces() + '\n'));
    QVERIFY2(ctl.err.contains("Nobody listens at http://127.0.0.1"), ctl.err.constData());
}

void tst_CtlChat::signalsEndIt_data()
{
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("answering");
    QTest::newRow("SIGINT in an answer") << int(SIGINT) << true;
    QTest::newRow("SIGTERM in an answer") << int(SIGTERM) << true;
    QTest::newRow("SIGTERM while it waits for input") << int(SIGTERM) << false;
    QTest::newRow("SIGHUP while it waits for input") << int(SIGHUP) << false;
}

void tst_CtlChat::signalsEndIt()
{
    QFETCH(int, number);
    QFETCH(bool, answering);

    CtlProcess ctl(chat({}, {u"pieces=100000"_s, u"piece-ms=20"_s}));
    ctl.start();
    QVERIFY(ctl.waitForStarted(patience));
    if (answering) {
        ctl.write("Hello\n");
        QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted(sixPieces()), patience);
    } else {
        QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted({}) && ctl.err.contains("Ready"), patience);
    }
    ctl.sendSignal(number);
    QCOMPARE(ctl.ended(), 128 + number);
    QCOMPARE(processesWith(markOfTest()), 0);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlChat::readerThatLeaves()
{
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
    CtlProcess ctl(chat({}, {u"pieces=100000"_s, u"piece-ms=1"_s}));
    ctl.setChildProcessModifier([pipe] { ::dup2(pipe[1], STDOUT_FILENO); });
    ctl.launch("Hello\n");
    ::close(pipe[1]);
    const auto hasSome = [pipe] {
        pollfd readable = {.fd = pipe[0], .events = POLLIN, .revents = 0};
        return ::poll(&readable, 1, 0) == 1;
    };
    QTRY_VERIFY_WITH_TIMEOUT(hasSome(), patience);
    ::close(pipe[0]);
    QCOMPARE(ctl.ended(), 128 + SIGPIPE);
    QCOMPARE(processesWith(markOfTest()), 0);
}

void tst_CtlChat::killedCtlLeavesNoServer()
{
    CtlProcess ctl(chat({}, {u"pieces=100000"_s, u"piece-ms=20"_s}));
    ctl.launch("Hello\n");
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted(sixPieces()), patience);
    QCOMPARE(processesWith(markOfTest()), 2);
    ctl.sendSignal(SIGKILL);
    QCOMPARE(ctl.ended(), -SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(processesWith(markOfTest()), 0, patience);
}

void tst_CtlChat::recordsWhenAsked()
{
    const QTemporaryDir folder;
    CtlProcess unasked(chat({u"-q"_s, u"--data-dir"_s, folder.path()}));
    QCOMPARE(unasked.run("Hello\n"), 0);
    QVERIFY(QDir(folder.path()).isEmpty());

    CtlProcess ctl(chat({u"-q"_s, u"--record"_s, u"--data-dir"_s, folder.path()}));
    QCOMPARE(ctl.run("Hello\nAgain\n"), 0);
    CtlProcess history({u"history"_s, u"--json"_s, u"--data-dir"_s, folder.path()});
    QCOMPARE(history.run(), 0);
    QStringList kinds;
    for (const QJsonObject &record : recordsOf(history.out))
        kinds += record.value("kind"_L1).toString() + u' ' + record.value("name"_L1).toString();
    kinds.sort();
    QCOMPARE(kinds.size(), 3);
    QCOMPARE(kinds.first(2), (QStringList{u"inference Chat"_s, u"inference Chat"_s}));
    QVERIFY(kinds[2].startsWith("server "_L1));
}

QTEST_GUILESS_MAIN(tst_CtlChat)
#include "tst_ctlchat.moc"
