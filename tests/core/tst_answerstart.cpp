// SPDX-License-Identifier: MIT
#include "core/output/answerstart.h"
#include "core/output/outputlog.h"
#include "support/outputfixture.h"
#include "support/recordedoutput.h"

#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Mode = PromptEcho::Mode;
using State = AnswerStart::State;
Q_DECLARE_METATYPE(PromptEcho::Mode)
Q_DECLARE_METATYPE(AnswerStart::State)

namespace {

const PromptEcho recordedPrompt{.prompt = "Summarise the release notes in one paragraph"};
const PromptEcho recordedConversation{.mode = Mode::Conversation, .prompt = "You are a terse operator"};

AnswerStart startOf(const OutputFixture &job, const PromptEcho &echo, bool hasEnded = true)
{
    OutputLog log;
    return log.open(job.folder()) ? findAnswerStart(log, echo, hasEnded) : AnswerStart();
}

} // namespace

class TestAnswerStart : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordings_data();
    void recordings();
    void asItComes();
    void mixedWithStandardError();
    void hidden();
    void oneChunkForAll();
    void longPrompt();
    void noAnswer_data();
    void noAnswer();
    void missingOutput();
};

void TestAnswerStart::recordings_data()
{
    QTest::addColumn<bool>("isConversation");
    QTest::addColumn<State>("state");
    QTest::addColumn<double>("ms");
    QTest::addColumn<qint64>("position");

    QTest::newRow("llamacpp-cli-oneshot") << false << State::Found << 1529.10 << qint64(45);
    QTest::newRow("bitnet-cli-oneshot") << false << State::Found << 29.75 << qint64(45);
    QTest::newRow("bitnet-cli-f16-oneshot") << false << State::Found << 256.17 << qint64(45);
    // The echo and the first tokens came at once.
    QTest::newRow("llamacpp-cli-eos") << false << State::Found << 14.85 << qint64(45);
    QTest::newRow("llamacpp-cli-sigint") << false << State::None << 0.0 << qint64(0);
    QTest::newRow("llamacpp-cli-sigterm") << false << State::None << 0.0 << qint64(0);
    QTest::newRow("llamacpp-cli-missing-model") << false << State::None << 0.0 << qint64(0);
    QTest::newRow("llamacpp-cli-conversation") << true << State::Found << 780.39 << qint64(58);
    QTest::newRow("bitnet-cli-conversation") << true << State::Found << 1739.70 << qint64(58);
}

void TestAnswerStart::recordings()
{
    QFETCH(bool, isConversation);
    QString error;
    const auto transcript = Replay::Transcript::load(
        QStringLiteral(BITNET_SOURCE_DIR "/resources/transcripts/%1.jsonl").arg(QLatin1String(QTest::currentDataTag())),
        &error);
    QVERIFY2(transcript, qPrintable(error));
    OutputFixture job;
    writeOutput(job, transcript->events);
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    const AnswerStart start = findAnswerStart(log, isConversation ? recordedConversation : recordedPrompt, true);
    QTEST(start.state, "state");
    QTEST(start.position, "position");
    QFETCH(double, ms);
    QVERIFY2(qAbs(double(start.elapsed.count()) / 1e6 - ms) < 0.005,
             QByteArray::number(start.elapsed.count()).constData());
    if (start.state == State::Found) {
        QCOMPARE(log.read(start.offset, 5), log.read(OutputStreams::Stdout, start.position, 5));
        QCOMPARE(log.chunk(log.chunkAt(start.offset)).elapsed, start.elapsed);
    }
}

// Looked at after each chunk: not yet, until the answer's first byte is there.
void TestAnswerStart::asItComes()
{
    OutputFixture job;
    OutputLog log;
    const PromptEcho echo{.prompt = "one two"};
    QVERIFY(log.open(job.folder()));
    QCOMPARE(findAnswerStart(log, echo, false).state, State::NotYet);
    for (const char *token : {" one", " ", "two"}) {
        job.standardOutput(token, 10ms);
        log.refresh();
        QCOMPARE(findAnswerStart(log, echo, false).state, State::NotYet);
    }
    // It may be the end already.
    job.standardOutput("\n", 20ms);
    log.refresh();
    QCOMPARE(findAnswerStart(log, echo, false).state, State::NotYet);
    job.standardOutput("three", 30ms);
    log.refresh();
    const AnswerStart expected{.state = State::Found, .offset = 8, .position = 8, .elapsed = 20ms};
    QCOMPARE(findAnswerStart(log, echo, false), expected);
    job.standardOutput("\n\n", 40ms);
    log.refresh();
    QCOMPARE(findAnswerStart(log, echo, true), expected);
}

void TestAnswerStart::mixedWithStandardError()
{
    OutputFixture job;
    job.standardError("loading one two\n", 1ms);
    job.standardOutput(" one", 2ms);
    job.standardError("warning\n", 3ms);
    job.standardOutput(" two", 4ms);
    job.standardError("noise\n", 5ms);
    job.standardOutput(" three", 6ms);
    QCOMPARE(startOf(job, {.prompt = "one two"}),
             (AnswerStart{.state = State::Found, .offset = 38, .position = 8, .elapsed = 6ms}));
}

void TestAnswerStart::hidden()
{
    OutputFixture job;
    job.standardError("loading\n", 1ms);
    job.standardOutput("answer", 7ms);
    QCOMPARE(startOf(job, {.mode = Mode::Hidden, .prompt = "one two"}),
             (AnswerStart{.state = State::Found, .offset = 8, .position = 0, .elapsed = 7ms}));
}

void TestAnswerStart::oneChunkForAll()
{
    OutputFixture job;
    job.standardOutput(" one two three\n\n", 9ms);
    QCOMPARE(startOf(job, {.prompt = "one two"}),
             (AnswerStart{.state = State::Found, .offset = 8, .position = 8, .elapsed = 9ms}));
}

// Echoed in batches, each evaluated before the next is printed.
void TestAnswerStart::longPrompt()
{
    QByteArray prompt;
    for (int i = 0; prompt.size() < 300'000; ++i)
        prompt += "word" + QByteArray::number(i) + ' ';
    prompt.chop(1);
    OutputFixture job;
    job.standardOutput(" ", 1ms);
    for (qsizetype at = 0; at < prompt.size(); at += 5)
        job.standardOutput(prompt.mid(at, 5), 1ms + std::chrono::microseconds(at));
    job.standardOutput("!", 999ms);
    QCOMPARE(startOf(job, {.prompt = prompt}),
             (AnswerStart{
                 .state = State::Found, .offset = prompt.size() + 1, .position = prompt.size() + 1, .elapsed = 999ms}));
}

void TestAnswerStart::noAnswer_data()
{
    QTest::addColumn<QByteArray>("output");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a part of the echo") << QByteArray(" one");
    QTest::newRow("the echo alone") << QByteArray(" one two");
    QTest::newRow("the echo and the end") << QByteArray(" one two\n\n");
    QTest::newRow("end of text at once") << QByteArray(" one two [end of text]\n\n\n");
    QTest::newRow("interrupted") << QByteArray(" one two\nInterrupted by user\n");
    QTest::newRow("something else") << QByteArray("Usage: llama-cli [options]\n");
}

void TestAnswerStart::noAnswer()
{
    QFETCH(QByteArray, output);
    OutputFixture job;
    if (!output.isEmpty())
        job.standardOutput(output, 1ms);
    QCOMPARE(startOf(job, {.prompt = "one two"}), AnswerStart{.state = State::None});
}

// Bytes that were not kept before the echo was over: nothing can be said.
void TestAnswerStart::missingOutput()
{
    OutputFixture job;
    job.standardOutput(" one", 1ms);
    job.gap(100, 2ms);
    job.standardOutput(" two three", 3ms);
    QCOMPARE(startOf(job, {.prompt = "one two"}), AnswerStart{.state = State::None});
}

QTEST_GUILESS_MAIN(TestAnswerStart)
#include "tst_answerstart.moc"
