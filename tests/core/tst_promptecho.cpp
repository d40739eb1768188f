// SPDX-License-Identifier: MIT
#include "core/jobs/jobspec.h"
#include "core/runtime/promptecho.h"

#include <QElapsedTimer>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

using Mode = PromptEcho::Mode;
using State = AnswerSearch::State;
Q_DECLARE_METATYPE(PromptEcho::Mode)

class TestPromptEcho : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsTheAnswer_data();
    void findsTheAnswer();
    void incomplete_data();
    void incomplete();
    void unrecognised_data();
    void unrecognised();
    void modes_data();
    void modes();
    void endings_data();
    void endings();
    void hostilePromptIsQuick();
};

// In the output '^' stands before the answer.
void TestPromptEcho::findsTheAnswer_data()
{
    QTest::addColumn<Mode>("mode");
    QTest::addColumn<QByteArray>("prompt");
    QTest::addColumn<QByteArray>("output");

    const auto echoed = [](const char *name, const QByteArray &prompt, const QByteArray &output) {
        QTest::newRow(name) << Mode::Echoed << prompt << output;
    };
    echoed("as it is", "Hello there", "Hello there^, you");
    echoed("space in front", "Hello there", " Hello there^ you");
    echoed("beginning-of-text token", "Hello there", "<s>Hello there^ you");
    echoed("token and space", "Hello there", "<s> Hello there^ you");
    echoed("longer token", "Hello there", "<|begin_of_text|>Hello there^ you");
    echoed("the answer repeats the prompt", "Hello", " Hello^ Hello");
    echoed("the answer begins with a newline", "Hello", " Hello^\nyou");
    echoed("several lines", "Hello\nthere\n- you", " Hello\nthere\n- you^ too");
    echoed("UTF-8", "Grüße an das Kätzchen 🐈", " Grüße an das Kätzchen 🐈^ miau");
    echoed("an answer that is no text", "Hello", " Hello^\xff\xfe");
    echoed("escapes", "one\\ntwo\\t\\\"three\\\"\\x41\\\\", " one\ntwo\t\"three\"A\\^ four");
    echoed("escapes left alone", "C:\\new", "C:\\new^ folder");
    echoed("a backslash that is no escape", "50\\% of \\x", " 50\\% of \\x^ it");
    echoed("special tokens print as nothing", "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
           "user\nhi\nassistant\n^Hello");
    echoed("a space behind a special token", "<s>[INST] hi [/INST]", "  hi ^Hello");
    echoed("special tokens that do print", "<|im_start|>user\nhi<|im_end|>", "<|im_start|>user\nhi<|im_end|>^Hello");
    echoed("what looks like a token does print", "a<b>c</b>, <i>d</i>", " a<b>c</b>, <i>d</i>^e");
    echoed("a token, then text that begins like it", "<s><b>x", "<b>x^y");
    echoed("comparison", "if a < b then c", " if a < b then c^ else");
    echoed("only a special token", "<|startoftext|>", "^Once upon");
    echoed("newest: a line of its own", "hi there", "\nLoading model...\n\n> hi there\n\n^Hello!\n");
    QTest::newRow("hidden") << Mode::Hidden << QByteArray("Hello") << QByteArray("^ Hello");
    QTest::newRow("conversation") << Mode::Conversation << QByteArray("You are terse")
                                  << QByteArray(" <|im_start|>system\nYou are terse<|im_end|>\n\n> ^Yes");
    QTest::newRow("conversation, no system prompt")
        << Mode::Conversation << QByteArray() << QByteArray("\n> ^Yes\n\n> ");
    QTest::newRow("conversation, turns without an answer")
        << Mode::Conversation << QByteArray("Be terse") << QByteArray("Be terse\n\n> \n> \n\n> ^Yes");
    QTest::newRow("conversation, the answer begins with a newline")
        << Mode::Conversation << QByteArray("Be terse") << QByteArray("Be terse\n\n> ^\nYes");
    QTest::newRow("conversation, the system prompt quotes")
        << Mode::Conversation << QByteArray("Quote so:\n> like this") << QByteArray("Quote so:\n> like this\n\n> ^Yes");
}

void TestPromptEcho::findsTheAnswer()
{
    QFETCH(Mode, mode);
    QFETCH(QByteArray, prompt);
    QFETCH(QByteArray, output);
    const PromptEcho echo{.mode = mode, .prompt = prompt};
    const qsizetype position = output.indexOf('^');
    QVERIFY(position >= 0);
    output.remove(position, 1);
    QCOMPARE(findAnswer(output, echo), (AnswerSearch{.state = State::Found, .position = position}));
    // Nothing is found before the answer's first byte is there; it is the same one with each byte that follows.
    for (qsizetype length = 0; length < output.size(); ++length) {
        const AnswerSearch search = findAnswer(QByteArrayView(output).first(length), echo);
        // A newline alone may be the beginning of the place to type.
        if (length <= position || (mode == Mode::Conversation && output[position] == '\n' && length == position + 1))
            QVERIFY2(search.state == State::Incomplete, QByteArray::number(length).constData());
        else
            QCOMPARE(search, (AnswerSearch{.state = State::Found, .position = position}));
    }
}

void TestPromptEcho::incomplete_data()
{
    QTest::addColumn<QByteArray>("prompt");
    QTest::addColumn<QByteArray>("output");

    QTest::newRow("nothing yet") << QByteArray("Hello") << QByteArray();
    QTest::newRow("a part of it") << QByteArray("Hello there") << QByteArray(" Hello th");
    QTest::newRow("all of it") << QByteArray("Hello there") << QByteArray(" Hello there");
    QTest::newRow("newest, the banner") << QByteArray("Hello") << QByteArray("\nLoading model... /\n");
}

void TestPromptEcho::incomplete()
{
    QFETCH(QByteArray, prompt);
    QFETCH(QByteArray, output);
    QCOMPARE(findAnswer(output, {.prompt = prompt}).state, State::Incomplete);
}

void TestPromptEcho::unrecognised_data()
{
    QTest::addColumn<QByteArray>("prompt");
    QTest::addColumn<QByteArray>("output");

    const QByteArray much(70'000, 'x');
    QTest::newRow("something else") << QByteArray("Hello") << much;
    QTest::newRow("another prompt") << QByteArray("Hello") << QByteArray("Hallo" + much);
    QTest::newRow("an unknown character") << QByteArray("a 🐈 b") << QByteArray(" a \xe2\x96\x85 b" + much);
}

void TestPromptEcho::unrecognised()
{
    QFETCH(QByteArray, prompt);
    QFETCH(QByteArray, output);
    QCOMPARE(findAnswer(output, {.prompt = prompt}).state, State::Unrecognised);
}

void TestPromptEcho::modes_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<Mode>("expected");

    QTest::newRow("none") << QStringList() << Mode::Echoed;
    QTest::newRow("-no-cnv") << QStringList{u"-no-cnv"_s} << Mode::Echoed;
    QTest::newRow("-st") << QStringList{u"-st"_s} << Mode::Echoed;
    QTest::newRow("-cnv") << QStringList{u"-cnv"_s, u"--simple-io"_s} << Mode::Conversation;
    QTest::newRow("--conversation") << QStringList{u"--conversation"_s} << Mode::Conversation;
    QTest::newRow("the last counts") << QStringList{u"-cnv"_s, u"-no-cnv"_s} << Mode::Echoed;
    QTest::newRow("hidden") << QStringList{u"-no-cnv"_s, u"--no-display-prompt"_s} << Mode::Hidden;
    QTest::newRow("hidden in a conversation") << QStringList{u"-cnv"_s, u"--no-display-prompt"_s} << Mode::Conversation;
}

void TestPromptEcho::modes()
{
    QFETCH(QStringList, arguments);
    const PromptEcho echo = PromptEcho::of({.command = QStringList{u"llama-cli"_s} + arguments, .prompt = u"hé"_s});
    QTEST(echo.mode, "expected");
    QCOMPARE(echo.prompt, QByteArrayLiteral("h\xc3\xa9"));
}

void TestPromptEcho::endings_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<bool>("whileRunning");
    QTest::addColumn<bool>("atTheEnd");

    QTest::newRow("empty lines") << QByteArray("\n\n") << true << true;
    QTest::newRow("end of text") << QByteArray(" [end of text]\n\n\n") << true << true;
    QTest::newRow("interrupted") << QByteArray("\nInterrupted by user\n") << true << true;
    QTest::newRow("a part of it, killed") << QByteArray(" [end of") << true << true;
    QTest::newRow("one newline") << QByteArray("\n") << true << false;
    QTest::newRow("one space") << QByteArray(" ") << true << false;
    QTest::newRow("an answer of newlines") << QByteArray("\n\n\n\n") << false << false;
    QTest::newRow("an answer") << QByteArray("Yes\n\n") << false << false;
    QTest::newRow("an answer that says so") << QByteArray(" [end of text] is printed\n\n") << false << false;
}

void TestPromptEcho::endings()
{
    QFETCH(QByteArray, output);
    QTEST(isEngineEnding(output, false), "whileRunning");
    QTEST(isEngineEnding(output, true), "atTheEnd");
}

void TestPromptEcho::hostilePromptIsQuick()
{
    QByteArray prompt;
    for (int i = 0; i < 200'000; ++i)
        prompt += "<>a";
    const QByteArray output = prompt.chopped(1) + 'b' + QByteArray(70'000, 'x');
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(findAnswer(output, {.prompt = prompt}).state, State::Unrecognised);
    QVERIFY(timer.elapsed() < 5000);
}

QTEST_GUILESS_MAIN(TestPromptEcho)
#include "tst_promptecho.moc"
