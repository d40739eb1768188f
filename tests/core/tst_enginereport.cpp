// SPDX-License-Identifier: MIT
#include "core/output/enginereport.h"
#include "support/outputfixture.h"
#include "support/recordedoutput.h"

#include <QTest>

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

JobRecord finishedRecord(const OutputFixture &job, JobSpec spec, Outcome outcome)
{
    JobRecord record;
    record.spec = std::make_shared<const JobSpec>(std::move(spec));
    record.state = JobState::Finished;
    record.outcome = outcome;
    record.reason = u"as it was"_s;
    record.submitted = Instant::now();
    record.started = record.submitted;
    record.started->monotonic += 250ms;
    record.outputFolder = job.folder();
    return record;
}

JobSpec prompt(const QString &text)
{
    return {.command = {u"llama-cli"_s}, .kind = JobKind::Inference, .model = u"models/m.gguf"_s, .prompt = text};
}

std::optional<Replay::Transcript> transcript(const QString &name)
{
    QString error;
    return Replay::Transcript::load(
        QString(QStringLiteral(BITNET_SOURCE_DIR "/resources/transcripts/") + name + u".jsonl"_s), &error);
}

} // namespace

class TestEngineReport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ofAPrompt();
    void ofAFailure();
    void ofAServer();
    void stoppedIsNoFailure();
    void ofACommandIsEmpty();
    void ofALongOutput();
    void withoutOutput();
};

void TestEngineReport::ofAPrompt()
{
    OutputFixture job;
    writeOutput(job, transcript(u"llamacpp-cli-oneshot"_s).value().events);
    JobRecord record =
        finishedRecord(job, prompt(u"Summarise the release notes in one paragraph"_s), Outcome::Succeeded);
    record.exitCode = 0;
    addEngineReport(record);
    QCOMPARE(record.timings.loadMs, 68.45);
    QCOMPARE(record.timings.outputTokens, 48);
    QCOMPARE(record.timings.decodeTps, 102.08);
    // 250 ms in the queue.
    QVERIFY(record.ttft && *record.ttft > 1779ms && *record.ttft < 1780ms);
    QCOMPARE(record.reason, u"as it was"_s);
}

void TestEngineReport::ofAFailure()
{
    OutputFixture job;
    writeOutput(job, transcript(u"llamacpp-cli-truncated-model"_s).value().events);
    JobRecord record = finishedRecord(job, prompt(u"hi"_s), Outcome::Failed);
    record.exitCode = 1;
    addEngineReport(record);
    QCOMPARE(
        record.reason,
        u"models/m.gguf is incomplete: it ends before its weights do. Download or copy it again.\n"
        "llama_model_load: error loading model: tensor 'output.weight' data is not within the file bounds, model is "
        "corrupted or incomplete"_s);
    QCOMPARE(record.timings, EngineTimings());
    QCOMPARE(record.ttft, std::nullopt);
}

void TestEngineReport::ofAServer()
{
    OutputFixture job;
    job.standardError("main: couldn't bind HTTP server socket, hostname: 203.0.113.7, port: 8080\n");
    JobRecord record = finishedRecord(job, {.command = {u"llama-server"_s}, .kind = JobKind::Server}, Outcome::Failed);
    record.exitCode = 1;
    const EngineReport report = readEngineReport(record);
    QVERIFY(report.failure);
    QCOMPARE(report.failure->kind, EngineFailure::Kind::AddressUnusable);
    QCOMPARE(report.timings, EngineTimings());
    QVERIFY(!report.firstAnswer);

    // Killed without a word.
    OutputFixture silent;
    JobRecord killed = finishedRecord(silent, *record.spec, Outcome::Crashed);
    killed.signal = SIGKILL;
    addEngineReport(killed);
    QVERIFY2(killed.reason.startsWith(u"The engine was killed by a signal from outside"_s)
                 && !killed.reason.contains(u'\n'),
             qPrintable(killed.reason));
    addEngineReport(killed, true);
    QVERIFY2(killed.reason.startsWith(u"Memory ran out"_s), qPrintable(killed.reason));
}

void TestEngineReport::stoppedIsNoFailure()
{
    for (const Outcome outcome : {Outcome::Cancelled, Outcome::TimedOut, Outcome::Interrupted, Outcome::Lost}) {
        OutputFixture job;
        job.standardError("std::bad_alloc\n");
        JobRecord record = finishedRecord(job, prompt(u"hi"_s), outcome);
        record.signal = SIGKILL;
        addEngineReport(record);
        QCOMPARE(record.reason, u"as it was"_s);
    }
}

void TestEngineReport::ofACommandIsEmpty()
{
    OutputFixture job;
    job.standardOutput("hi there", 1ms);
    job.standardError("llama_perf_context_print:        load time =       4.24 ms\nerror: invalid argument: -x\n", 1ms);
    JobRecord record = finishedRecord(job, {.command = {u"llama-cli"_s}, .prompt = u"hi"_s}, Outcome::Failed);
    record.exitCode = 1;
    const JobRecord before = record;
    addEngineReport(record);
    QCOMPARE(record.timings, EngineTimings());
    QCOMPARE(record.ttft, std::nullopt);
    QCOMPARE(record.reason, before.reason);
}

// Only its beginning and its end are read.
void TestEngineReport::ofALongOutput()
{
    OutputFixture job;
    job.standardOutput(" hi", 1ms);
    for (int i = 0; i < 3000; ++i) {
        job.standardOutput(QByteArray(1000, 'x'), 2ms);
        job.standardError("llama_perf_context_print:        load time =       1.00 ms\n", 2ms);
    }
    job.standardError("llama_perf_context_print:        load time =       4.24 ms\n", 3ms);
    const JobRecord record = finishedRecord(job, prompt(u"hi"_s), Outcome::Succeeded);
    const EngineReport report = readEngineReport(record);
    QCOMPARE(report.timings.loadMs, 4.24);
    QCOMPARE(report.firstAnswer, 2ms);
    QBENCHMARK
    {
        readEngineReport(record);
    }
}

void TestEngineReport::withoutOutput()
{
    OutputFixture job(false);
    JobRecord record = finishedRecord(job, prompt(u"hi"_s), Outcome::Failed);
    record.exitCode = 1;
    addEngineReport(record);
    QCOMPARE(record.reason, u"as it was"_s);
    record.outputFolder.clear();
    addEngineReport(record);
    QCOMPARE(record.reason, u"as it was"_s);
}

QTEST_GUILESS_MAIN(TestEngineReport)
#include "tst_enginereport.moc"
