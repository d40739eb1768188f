// SPDX-License-Identifier: MIT
// "bitnetctl chat" with the stand-in server, at a terminal.
#include "support/ctlstandin.h"
#include "support/ctlterminal.h"

#include <QtTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class tst_CtlChatTerminal : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void converses();
    void interruptStopsTheAnswer();
    void manyInterrupts();
    void leaving_data();
    void leaving();
    void severalLines();
    void slashCommands();
    void hostileTextIsHarmless();
    void failedAnswer();
    void turnWithoutAnAnswerIsForgotten();
    void linesCanBeEdited();
    void typedWhileItAnswers();
    void settingsOfTheTerminalAreKept();

private:
    static QStringList chat(const QStringList &options = {}, const QStringList &faults = {})
    {
        return withStandin(u"chat"_s, options, faults);
    }
};

void tst_CtlChatTerminal::converses()
{
    CtlTerminal terminal(chat());
    QVERIFY(terminal.shows(">>> "));
    terminal.type("Hello\n");
    QVERIFY(terminal.shows("Hello\n" + sixPieces() + '\n'));
    QVERIFY(terminal.shows("6 tokens · "));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("And again\n");
    QVERIFY(terminal.shows(sixPieces() + '\n'));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("/bye\n");
    QCOMPARE(terminal.ended(), 0);
    QCOMPARE(processesWith(markOfTest()), 0);
    QVERIFY(terminal.leftNothingBehind());
}

void tst_CtlChatTerminal::interruptStopsTheAnswer()
{
    CtlTerminal terminal(chat({}, {u"pieces=100000"_s, u"piece-ms=20"_s}));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("Hello\n");
    QVERIFY(terminal.shows(sixPieces()));
    terminal.type("\x03");
    QVERIFY(terminal.shows("· stopped\n"));
    QVERIFY(terminal.shows(">>> "));
    // The server has one slot: it is free again.
    terminal.type("Once more\n");
    QVERIFY(terminal.shows(sixPieces()));
    terminal.type("\x03");
    QVERIFY(terminal.shows(">>> "));
    terminal.type("\x04");
    QCOMPARE(terminal.ended(), 0);
}

// Three of them end a command at once that does nothing about the first two.
void tst_CtlChatTerminal::manyInterrupts()
{
    CtlTerminal terminal(chat({}, {u"pieces=100000"_s, u"piece-ms=20"_s}));
    QVERIFY(terminal.shows(">>> "));
    for (int i = 0; i < 5; ++i) {
        terminal.type("Hello\n");
        QVERIFY(terminal.shows(sixPieces()));
        terminal.type("\x03");
        QVERIFY(terminal.shows(">>> "));
    }
    terminal.type("/bye\n");
    QCOMPARE(terminal.ended(), 0);
}

void tst_CtlChatTerminal::leaving_data()
{
    QTest::addColumn<QByteArray>("keys");
    QTest::newRow("Ctrl-D") << "\x04"_ba;
    QTest::newRow("Ctrl-C") << "\x03"_ba;
    QTest::newRow("/bye") << "/bye\n"_ba;
    QTest::newRow("/exit") << "/exit\n"_ba;
}

void tst_CtlChatTerminal::leaving()
{
    QFETCH(QByteArray, keys);

    CtlTerminal terminal(chat());
    QVERIFY(terminal.shows(">>> "));
    terminal.type(keys);
    QCOMPARE(terminal.ended(), 0);
    QVERIFY(terminal.screen().endsWith('\n'));
    QCOMPARE(processesWith(markOfTest()), 0);
}

void tst_CtlChatTerminal::severalLines()
{
    CtlTerminal terminal(chat({u"--system"_s, u"s"_s}));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("\"\"\"one\n");
    QVERIFY(terminal.shows("... "));
    terminal.type("two\"\"\"\n");
    QVERIFY(terminal.shows("6 tokens"));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("continued \\\n");
    QVERIFY(terminal.shows("... "));
    terminal.type("here\n");
    QVERIFY(terminal.shows("6 tokens"));
    // What was begun is given up, and nothing else.
    QVERIFY(terminal.shows(">>> "));
    terminal.type("\"\"\"never sent\n");
    QVERIFY(terminal.shows("... "));
    terminal.type("\x03");
    QVERIFY(terminal.shows(">>> "));
    terminal.type("/bye\n");
    QCOMPARE(terminal.ended(), 0);
}

void tst_CtlChatTerminal::slashCommands()
{
    CtlTerminal terminal(chat());
    const auto expect = [&terminal](const QByteArray &command, const QByteArray &answer) {
        const bool asked = terminal.shows(">>> ");
        terminal.type(command + '\n');
        return asked && terminal.shows(answer);
    };
    QVERIFY(expect("/help", "/clear               begin a new conversation"));
    QVERIFY(expect("/?", "Ctrl-C               stops an answer"));
    QVERIFY(expect("/retry", "There is no answer yet."));
    QVERIFY(expect("/system Be brief", "The system prompt is: Be brief"));
    QVERIFY(expect("/system -", "No system prompt."));
    QVERIFY(expect("/set temp 0.25", "temp is 0.25 from now on."));
    QVERIFY(expect("/set temp -1", "Temperature must be positive."));
    QVERIFY(expect("/set n-predict 2", "n-predict is 2 from now on."));
    QVERIFY(expect("/set height 2", "There is no parameter \"height\""));
    QVERIFY(expect("/show", "model    " + chatModel().toUtf8()));
    QVERIFY(terminal.shows("temp            0.25"));
    QVERIFY(terminal.shows("top-k           default"));
    QVERIFY(expect("/fetch x", "There is no command \"/fetch\". See /help."));
    QVERIFY(expect("/home/me is a path", "2 tokens · "));
    QVERIFY(terminal.shows("stopped at the token limit"));
    QVERIFY(expect("/retry", "2 tokens · "));
    QVERIFY(expect("/clear", "A new conversation."));
    QVERIFY(expect("/retry", "There is no answer yet."));
    QVERIFY(expect("/bye", "\n"));
    QCOMPARE(terminal.ended(), 0);

    // Quiet is about what nobody asked for.
    CtlTerminal quiet(chat({u"-q"_s}));
    QVERIFY(quiet.shows(">>> "));
    quiet.type("/help\n");
    QVERIFY(quiet.shows("begin a new conversation"));
    quiet.type("Hello\n/bye\n");
    QCOMPARE(quiet.ended(), 0);
    QVERIFY2(!quiet.screen().contains("tokens"), quiet.screen().constData());
}

void tst_CtlChatTerminal::hostileTextIsHarmless()
{
    const QStringList faults{u"pieces=1"_s, u"text=%1B]0;title%07%1B[2Jred%0D%C2%9B31m%E2%80%AE"_s};
    CtlTerminal terminal(chat({}, faults));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("Hello\n");
    QVERIFY(terminal.shows("?]0;title??[2Jred??31m?\n"));
    terminal.type("/bye\n");
    QCOMPARE(terminal.ended(), 0);
    QVERIFY(!terminal.screen().contains('\x1B') && !terminal.screen().contains('\x07'));

    // Whoever reads from a pipe gets what the model wrote.
    CtlProcess piped(chat({u"-q"_s}, faults));
    QCOMPARE(piped.run("Hello\n"), 0);
    QCOMPARE(piped.out,
             "\x1B]0;title\x07\x1B[2Jred\r\xC2\x9B"
             "31m\xE2\x80\xAE\n"_ba);

    CtlProcess refused(chat({u"-q"_s}, {u"refuse=500"_s, u"words=\x1B[31mred"_s}));
    QCOMPARE(refused.run("Hello\n"), 1);
    QVERIFY2(refused.err.contains("?[31mred") && !refused.err.contains('\x1B'), refused.err.constData());
}

void tst_CtlChatTerminal::failedAnswer()
{
    CtlTerminal terminal(chat({}, {u"refuse=500"_s, u"words=no luck today"_s}));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("Hello\n");
    QVERIFY(terminal.shows("no luck today\n"));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("\x04");
    QCOMPARE(terminal.ended(), 0);
}

// The stand-in counts the words of all turns.
void tst_CtlChatTerminal::turnWithoutAnAnswerIsForgotten()
{
    CtlTerminal terminal(chat({u"--json"_s}, {u"pieces=1"_s, u"piece-ms=4000"_s}), u"xterm"_s);
    QVERIFY(terminal.shows(">>> "));
    terminal.type("one two three\r");
    QVERIFY(terminal.shows(">>> one two three"));
    terminal.type("\x03");
    QVERIFY(terminal.shows("\"outcome\":\"cancelled\""));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("four five\r");
    QVERIFY(terminal.shows("\"prompt_tokens\":2,"));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("/bye\r");
    QCOMPARE(terminal.ended(), 0);
}

void tst_CtlChatTerminal::linesCanBeEdited()
{
    CtlTerminal terminal(chat({u"--json"_s}), u"xterm"_s);
    const auto asks = [&terminal](const QByteArray &keys, const QByteArray &prompt) {
        const bool isAsked = terminal.shows(">>> ");
        terminal.type(keys);
        return isAsked && terminal.shows("\"prompt\":\"" + prompt + '"');
    };
    QVERIFY(asks("Helo\033[Dl\r", "Hello"));
    QVERIFY(asks("\033[A, world\r", "Hello, world"));
    QVERIFY(asks("\033[200~one\rtwo\nthree\033[201~\r", "one\\ntwo\\nthree"));
    QVERIFY(asks("four\033\rfive\r", "four\\nfive"));
    // More than a terminal passes on as one line by itself.
    QVERIFY(asks("\033[200~" + QByteArray(10'000, 'x') + "\033[201~\r", QByteArray(10'000, 'x')));
    QVERIFY(terminal.shows(">>> "));
    terminal.type("not sent\x15/bye\r");
    QCOMPARE(terminal.ended(), 0);
}

// It does not get among the answer's words.
void tst_CtlChatTerminal::typedWhileItAnswers()
{
    CtlTerminal terminal(chat({}, {u"piece-ms=100"_s}), u"xterm"_s);
    QVERIFY(terminal.shows(">>> "));
    terminal.type("One\r");
    QVERIFY(terminal.shows(">>> One"));
    terminal.type("Two\r");
    QVERIFY(terminal.shows("ended by the model"));
    QVERIFY2(!terminal.screen().contains("Two")
                 || terminal.screen().indexOf("Two") > terminal.screen().indexOf("ended by"),
             terminal.screen().constData());
    QVERIFY(terminal.shows(">>> Two"));
    QVERIFY(terminal.shows("ended by the model"));
    terminal.type("/bye\r");
    QCOMPARE(terminal.ended(), 0);
}

void tst_CtlChatTerminal::settingsOfTheTerminalAreKept()
{
    for (const QByteArray &keys : {"\x04"_ba, "\x03"_ba, "/bye\r"_ba}) {
        CtlTerminal terminal(chat(), u"xterm"_s);
        const termios &before = terminal.usualSettings();
        QVERIFY(terminal.shows(">>> "));
        QTRY_VERIFY_WITH_TIMEOUT((terminal.settings().c_lflag & (ICANON | ECHO)) == 0, ctlPatience);
        terminal.type(keys);
        QCOMPARE(terminal.ended(), 0);
        const termios after = terminal.settings();
        QCOMPARE(after.c_lflag, before.c_lflag);
        QCOMPARE(int(after.c_cc[VSUSP]), int(before.c_cc[VSUSP]));
        QVERIFY(terminal.screen().contains("\033[?2004l"));
    }
}

QTEST_GUILESS_MAIN(tst_CtlChatTerminal)
#include "tst_ctlchatterminal.moc"
