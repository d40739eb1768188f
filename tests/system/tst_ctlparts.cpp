// SPDX-License-Identifier: MIT
// The parts of bitnetctl that need no process.
#include "app/ctl/commonoptions.h"
#include "app/ctl/interrupts.h"
#include "app/ctl/jobsfile.h"
#include "app/ctl/lineeditor.h"
#include "app/ctl/lineprefixer.h"
#include "app/ctl/outputsink.h"
#include "app/ctl/reports.h"
#include "app/ctl/terminaltext.h"
#include "app/ctl/turnreader.h"

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
    void turns_data();
    void turns();
    void editsLines_data();
    void editsLines();
    void editsLinesCutAnywhere();
    void showsTheLineAroundTheCursor();
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

void tst_CtlParts::turns_data()
{
    QTest::addColumn<bool>("interactive");
    QTest::addColumn<QStringList>("lines");
    QTest::addColumn<QStringList>("turns"); // a command has a ":" before it

    const QString quotes = u"\"\"\""_s;
    const auto both = [](const char *name, const QStringList &lines, const QStringList &turns) {
        QTest::addRow("%s, piped", name) << false << lines << turns;
        QTest::addRow("%s, typed", name) << true << lines << turns;
    };
    both("a line", {u"a line "_s}, {u"a line "_s});
    both("nothing in it", {QString(), u" \t"_s}, {});
    both("a block", {quotes, u"a"_s, QString(), u" b"_s, quotes}, {u"a\n\n b"_s});
    both("text beside the marks", {quotes + u"a"_s, u"b"_s + quotes + u"  "_s, u"c"_s}, {u"a\nb"_s, u"c"_s});
    both("a block on one line", {quotes + u" a "_s + quotes}, {u" a "_s});
    both("an empty block", {quotes, u" "_s, quotes}, {});
    both("a block without an end", {quotes, u"a"_s}, {u"a"_s});
    both("an end alone begins one", {u"a "_s + quotes, u"b"_s}, {u"a "_s + quotes, u"b"_s});
    both("a path", {u"/home/me"_s, u"/etc"_s + u"/"_s, u"/"_s}, {u"/home/me"_s, u"/etc/"_s, u"/"_s});
    both("pasted lines", {u"/help\nme"_s}, {u"/help\nme"_s});
    QTest::newRow("commands") << true << QStringList{u"/help"_s, u" /set temp 1"_s, u"/?"_s, u"/Help"_s}
                              << QStringList{u":help"_s, u":set temp 1"_s, u":?"_s, u"/Help"_s};
    QTest::newRow("no commands") << false << QStringList{u"/help"_s} << QStringList{u"/help"_s};
    QTest::newRow("no commands in a block")
        << true << QStringList{quotes, u"/help"_s, quotes} << QStringList{u"/help"_s};
    QTest::newRow("continued") << true << QStringList{u"a\\"_s, u"/help\\"_s, u"b"_s, u"c"_s}
                               << QStringList{u"a\n/help\nb"_s, u"c"_s};
    QTest::newRow("not continued") << false << QStringList{u"a\\"_s, u"b"_s} << QStringList{u"a\\"_s, u"b"_s};
}

void tst_CtlParts::turns()
{
    QFETCH(bool, interactive);
    QFETCH(QStringList, lines);
    QFETCH(QStringList, turns);

    TurnReader reader(interactive);
    QStringList read;
    const auto note = [&read](const TurnReader::Turn &turn) {
        if (turn.kind == TurnReader::Kind::Prompt)
            read += turn.text;
        else if (turn.kind == TurnReader::Kind::Command)
            read += u':' + turn.text;
    };
    for (const QString &line : lines)
        note(reader.take(line));
    note(reader.takeRest());
    QCOMPARE(read, turns);
}

void tst_CtlParts::editsLines_data()
{
    QTest::addColumn<QByteArray>("keys"); // Enter follows
    QTest::addColumn<QString>("text");

    const auto row = [](const char *name, const QByteArray &keys, const QString &text) {
        QTest::newRow(name) << keys << text;
    };
    row("typed", "Hello, w\xC3\xB6rd \xF0\x9F\x90\x88", u"Hello, w\u00f6rd \U0001F408"_s);
    row("backspace", "Hellp\x7Fo", u"Hello"_s);
    row("backspace takes a whole character", "e\xCC\x81\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\x7Fx",
        u"e\u0301x"_s);
    row("backspace at the beginning", "\x01\x7Fx", u"x"_s);
    row("left and right", "Hlo\x1B[D\x1B[De\x1B[Cl\x1BOC!", u"Hello!"_s);
    row("home and end", "ell\x1B[HH\x1B[Fo", u"Hello"_s);
    row("home and end of other terminals", "ell\x1B[1~H\x1B[4~o", u"Hello"_s);
    row("control keys", "xll\x01\x06\x02\x1B[3~He\x05o", u"Hello"_s);
    row("delete to the end", "Hello, world\x1B[1;5D\x1B[D\x1B[D\x0B", u"Hello"_s);
    row("delete to the beginning", "wrong\x15right", u"right"_s);
    row("delete a word", "one two, \x17three", u"one three"_s);
    row("by words",
        "one two\x1B"
        "b\x1B"
        "bX\x1B"
        "fY",
        u"XoneY two"_s);
    row("Ctrl-D deletes within a line", "Xa\x01\x04", u"a"_s);
    row("pasted", "a\x1B[200~b\rc\r\nd\x03\x1B[201~e",
        u"ab\nc\nd\x03"
        "e"_s);
    row("line feed", "a\x1B\rb", u"a\nb"_s);
    row("earlier lines", "\x1B[A", u"second"_s);
    row("and back", "new\x1B[A\x10\x1B[B\x0E!", u"new!"_s);
    row("before the first", "\x1B[A\x1B[A\x1B[A\x1B[A", u"first"_s);
    row("unknown keys",
        "a\x1B[15~\x1B[1;2P\x1Bz\x07"
        "b",
        u"ab"_s);
}

void tst_CtlParts::editsLines()
{
    QFETCH(QByteArray, keys);
    QFETCH(QString, text);

    LineEditor editor;
    editor.remember(u"first"_s);
    editor.remember(u"second"_s);
    editor.remember(u"second"_s);
    editor.remember(u" "_s);
    editor.begin(u"> "_s, 40);
    QByteArray bytes = keys + "\rnext";
    QCOMPARE(editor.take(bytes, 40), LineEditor::Result::Done);
    QCOMPARE(editor.text(), text);
    QCOMPARE(bytes, "next"_ba);
}

void tst_CtlParts::editsLinesCutAnywhere()
{
    LineEditor editor;
    editor.begin(u"> "_s, 40);
    const QByteArray keys = "w\xC3\xB6rd\x1B[D\x1B[1;5DX\x1B[200~a\nb\x1B[201~\r";
    LineEditor::Result result = LineEditor::Result::Editing;
    for (const char key : keys) {
        QCOMPARE(result, LineEditor::Result::Editing);
        QByteArray bytes(1, key);
        result = editor.take(bytes, 40);
    }
    QCOMPARE(result, LineEditor::Result::Done);
    QCOMPARE(editor.text(), u"Xa\nbw\u00f6rd"_s);

    editor.begin(u"> "_s, 40);
    QByteArray end("\x04");
    QCOMPARE(editor.take(end, 40), LineEditor::Result::Ended);
}

void tst_CtlParts::showsTheLineAroundTheCursor()
{
    LineEditor editor;
    editor.begin(u"> "_s, 13);
    editor.takeOutput();
    const auto shownAfter = [&editor](QByteArray keys) {
        editor.take(keys, 13);
        return editor.takeOutput();
    };
    // The prompt, ten columns and one that stays free.
    QCOMPARE(shownAfter("abcdefghij"), "\r> abcdefghij\033[K\r\033[12C"_ba);
    QCOMPARE(shownAfter("kl"), "\r> cdefghijkl\033[K\r\033[12C"_ba);
    QCOMPARE(shownAfter("\x01"), "\r> abcdefghij\033[K\r\033[2C"_ba);
    QCOMPARE(shownAfter("\x1B[C"), "\r> abcdefghij\033[K\r\033[3C"_ba);
    // Nothing that was pasted moves the cursor.
    QCOMPARE(shownAfter("\x05\x15\x1B[200~a\n\x1B]0;\x07\x1B[201~"), "\r> a\xE2\x86\xB5?]0;?\033[K\r\033[9C"_ba);
    QCOMPARE(shownAfter("\x15\xE4\xB8\xAD"), "\r> \xE4\xB8\xAD\033[K\r\033[4C"_ba); // two columns wide
    QByteArray enter("\r");
    editor.take(enter, 13);
    QCOMPARE(editor.takeOutput(), "\r\033[K> \xE4\xB8\xAD\n"_ba); // whatever was there is gone
}

QTEST_GUILESS_MAIN(tst_CtlParts)
#include "tst_ctlparts.moc"
