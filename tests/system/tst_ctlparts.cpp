// SPDX-License-Identifier: MIT
// The parts of bitnetctl that need no process.
#include "app/ctl/commonoptions.h"
#include "app/ctl/interrupts.h"
#include "app/ctl/jobsfile.h"
#include "app/ctl/lineprefixer.h"
#include "app/ctl/outputsink.h"
#include "app/ctl/reports.h"
#include "app/ctl/terminaltext.h"

#include <QSignalSpy>
#include <QtTest>

#include <csignal>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_CtlParts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void takesArgumentsApart();
    void lastValueWins();
    void byteCounts_data();
    void byteCounts();
    void prefixesLinesCutAnywhere();
    void parsesJobs();
    void boundsTheListOfProblems();
    void exitStatusOfLostJobs();
    void summarises();
    void sinkNeverBlocks_data();
    void sinkNeverBlocks();
    void sinkSaysOnceThatItsReaderIsGone();
    void interruptsAreCounted();
    void interruptsOutliveTheirObject();
    void textForTerminals();
};

static CtlCommand table()
{
    return {.name = u"try"_s,
            .usage = {u"try"_s},
            .description = u"Tries."_s,
            .groups = {{u"All"_s,
                        {{u"-n, --number"_s, u"N"_s, u"A number."_s},
                         {u"--env"_s, u"K=V"_s, u"A pair."_s, true},
                         {u"-s, --switch"_s, QString(), u"A switch."_s}}}},
            .trailing = Trailing::Optional,
            .exitStatus = u"None."_s,
            .examples = {}};
}

void tst_CtlParts::takesArgumentsApart()
{
    QString error;
    const auto arguments = CtlArguments::parse(
        table(), {u"-n"_s, u"-5"_s, u"--env"_s, u"A=1"_s, u"--env=B=2"_s, u"-s"_s, u"--"_s, u"-n"_s, u"--"_s, u"x"_s},
        &error);
    QVERIFY2(arguments, qPrintable(error));
    QCOMPARE(arguments->value(u"number"_s), u"-5"_s);
    QCOMPARE(arguments->values(u"env"_s), (QStringList{u"A=1"_s, u"B=2"_s}));
    QVERIFY(arguments->has(u"switch"_s));
    QCOMPARE(arguments->trailing(), (QStringList{u"-n"_s, u"--"_s, u"x"_s}));

    const auto none = CtlArguments::parse(table(), {}, &error);
    QVERIFY(none);
    QVERIFY(!none->has(u"switch"_s));
    QCOMPARE(none->value(u"number"_s), QString());
    QVERIFY(none->trailing().isEmpty());
}

void tst_CtlParts::lastValueWins()
{
    QString error;
    const auto arguments = CtlArguments::parse(table(), {u"-n"_s, u"1"_s, u"--number=2"_s}, &error);
    QVERIFY2(arguments, qPrintable(error));
    QCOMPARE(arguments->value(u"number"_s), u"2"_s);
}

void tst_CtlParts::byteCounts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("bytes"); // 0: refused

    QTest::newRow("plain") << u"4096"_s << qint64(4096);
    QTest::newRow("K") << u"64K"_s << qint64(65536);
    QTest::newRow("small letter") << u"256m"_s << qint64(256) * 1024 * 1024;
    QTest::newRow("G") << u"8G"_s << qint64(8) * 1024 * 1024 * 1024;
    QTest::newRow("most") << u"9223372036854775807"_s << std::numeric_limits<qint64>::max();
    QTest::newRow("too much") << u"9223372036854775807K"_s << qint64(0);
    QTest::newRow("zero") << u"0"_s << qint64(0);
    QTest::newRow("negative") << u"-1"_s << qint64(0);
    QTest::newRow("empty") << QString() << qint64(0);
    QTest::newRow("suffix alone") << u"K"_s << qint64(0);
    QTest::newRow("fraction") << u"1.5G"_s << qint64(0);
    QTest::newRow("words") << u"much"_s << qint64(0);
}

void tst_CtlParts::byteCounts()
{
    QFETCH(QString, text);
    QFETCH(qint64, bytes);

    QCOMPARE(parseByteCount(text).value_or(0), bytes);
}

void tst_CtlParts::prefixesLinesCutAnywhere()
{
    const QByteArray text = "one\n\ntwo\r\n" + QByteArray(100, 'x') + "\nend";
    QByteArray expected;
    for (const QByteArray &line : text.split('\n'))
        expected += "> " + line + '\n';

    for (qsizetype piece = 1; piece <= text.size(); ++piece) {
        LinePrefixer lines("> ");
        QByteArray result;
        for (qsizetype at = 0; at < text.size(); at += piece)
            result += lines.take(QByteArrayView(text).sliced(at, std::min(piece, text.size() - at)));
        result += lines.takeRest();
        QCOMPARE(result, expected);
        QCOMPARE(lines.takeRest(), ""_ba);
    }
}

void tst_CtlParts::parsesJobs()
{
    QStringList problems;
    const auto jobs =
        parseJobs("\xef\xbb\xbf{\"command\": [\"a\"]}\r\n  \r\n{\"command\": [\"b\", \"\"], \"priority\": 2}",
                  u"file"_s, {.name = u"default"_s}, &problems);
    QVERIFY2(jobs, qPrintable(problems.join(u'\n')));
    QCOMPARE(jobs->size(), 2);
    QCOMPARE(jobs->at(0).command, QStringList{u"a"_s});
    QCOMPARE(jobs->at(0).name, u"default"_s);
    QCOMPARE(jobs->at(1).priority, 2);
}

void tst_CtlParts::boundsTheListOfProblems()
{
    QStringList problems;
    const QByteArray content = "{\"command\": [\"a\"]}\n" + QByteArray("x\n").repeated(1000);
    QVERIFY(!parseJobs(content, u"file"_s, {}, &problems));
    QCOMPARE(problems.size(), 21);
    QVERIFY(problems.constFirst().startsWith(u"file, line 2: "_s));
    QCOMPARE(problems.constLast(), u"file: 980 more lines are wrong"_s);
}

void tst_CtlParts::exitStatusOfLostJobs()
{
    JobRecord record;
    record.state = JobState::Finished;
    for (const Outcome outcome : {Outcome::Lost, Outcome::Interrupted, Outcome::Cancelled}) {
        record.outcome = outcome;
        QCOMPARE(exitStatus(record), 125);
    }
    record.outcome = Outcome::Expired;
    QCOMPARE(exitStatus(record), 124);
}

void tst_CtlParts::summarises()
{
    QList<int> counts(int(Outcome::Lost) + 1, 0);
    QCOMPARE(summary(counts, 1s), u"0 jobs"_s);
    counts[int(Outcome::Succeeded)] = 1;
    QCOMPARE(summary(counts, 3200ms), u"1 job in 3.20 s: 1 succeeded"_s);
    counts[int(Outcome::FailedToStart)] = 12;
    QCOMPARE(summary(counts, 185s), u"13 jobs in 3 min 05 s: 1 succeeded, 12 failed to start"_s);
}

void tst_CtlParts::sinkNeverBlocks_data()
{
    QTest::addColumn<bool>("socket");
    QTest::newRow("pipe") << false;
    QTest::newRow("socket") << true;
}

void tst_CtlParts::sinkNeverBlocks()
{
    QFETCH(bool, socket);

    int ends[2] = {-1, -1}; // to read, to write
    QCOMPARE(socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) : ::pipe2(ends, O_CLOEXEC), 0);
    QCOMPARE(::fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);

    OutputSink sink(ends[1]);
    QSignalSpy drained(&sink, &OutputSink::drained);
    QByteArray written;
    for (int i = 0; i < 1000; ++i)
        written += QByteArray(997, char('a' + i % 26));
    sink.write(written); // more than either takes; returns all the same
    QVERIFY(sink.isBlocked());
    QVERIFY((::fcntl(ends[1], F_GETFL) & O_NONBLOCK) == 0);

    QByteArray read;
    QByteArray buffer(100'000, '\0');
    const auto readSome = [&] {
        for (ssize_t count = 0; (count = ::read(ends[0], buffer.data(), size_t(buffer.size()))) > 0;)
            read.append(buffer.constData(), count);
        return read.size() == written.size();
    };
    QTRY_VERIFY(readSome());
    QCOMPARE(read, written);
    QTRY_COMPARE(drained.count(), 1);
    QVERIFY(!sink.isBlocked());
    ::close(ends[0]);
    ::close(ends[1]);
}

void tst_CtlParts::sinkSaysOnceThatItsReaderIsGone()
{
    const auto oldHandler = std::signal(SIGPIPE, SIG_IGN);
    int ends[2] = {-1, -1};
    QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
    OutputSink sink(ends[1]);
    QSignalSpy broken(&sink, &OutputSink::broken);
    sink.write("heard");
    ::close(ends[0]);
    sink.write("unheard");
    sink.write("unheard");
    QVERIFY(!sink.isBlocked());
    QCOMPARE(broken.count(), 0); // never from within write()
    QTRY_COMPARE(broken.count(), 1);
    QCOMPARE(broken[0][0].toInt(), EPIPE);
    ::close(ends[1]);
    std::signal(SIGPIPE, oldHandler);
}

void tst_CtlParts::interruptsAreCounted()
{
    Interrupts interrupts;
    QList<std::pair<int, int>> told;
    connect(&interrupts, &Interrupts::interrupted, this, [&told](int number, int count) {
        told.append({number, count});
    });
    ::raise(SIGINT);
    ::raise(SIGTERM);
    QTRY_COMPARE(told, (QList<std::pair<int, int>>{{SIGINT, 1}, {SIGTERM, 2}}));
    // The third would end this process.
    interrupts.startAnew();
    ::raise(SIGHUP);
    QTRY_COMPARE(told.size(), 3);
    QCOMPARE(told.constLast(), std::pair(int(SIGHUP), 1));
}

// A session is over, its object is gone, and its supervisor still winds down: signals do not end the process by themselves.
void tst_CtlParts::interruptsOutliveTheirObject()
{
    {
        const Interrupts interrupts;
    }
    ::raise(SIGINT);
    ::raise(SIGINT);

    Interrupts interrupts;
    QSignalSpy told(&interrupts, &Interrupts::interrupted);
    ::raise(SIGTERM);
    QTRY_COMPARE(told.size(), 1); // not those of before
    QCOMPARE(told[0][0].toInt(), int(SIGTERM));
    QCOMPARE(told[0][1].toInt(), 1);
}

void tst_CtlParts::textForTerminals()
{
    QCOMPARE(harmless(u"a\tb\nc"_s), u"a\tb\nc"_s);
    QCOMPARE(harmless(u"\u001b[31mred\u0007\r\u007f\u009b2J"_s), u"?[31mred????2J"_s);
    QCOMPARE(harmless(u"\u202Egpj.exe\u2066\u2028"_s), u"?gpj.exe??"_s);
    QCOMPARE(harmless(u"w\u00f6rd \U0001F468\u200D\U0001F469"_s), u"w\u00f6rd \U0001F468\u200D\U0001F469"_s);
    QCOMPARE(harmlessLine(u"a\tb\nc"_s), u"a?b?c"_s);
}

QTEST_GUILESS_MAIN(tst_CtlParts)
#include "tst_ctlparts.moc"
