// SPDX-License-Identifier: MIT
#include "core/history/historyschema.h"
#include "core/output/outputformat.h"
#include "support/historyrecords.h"

#include <QDir>
#include <QFileInfo>
#include <QThread>

#include <atomic>
#include <sys/stat.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestJobHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void filesAreForThisPersonAlone();
    void recordsComeBackAsTheyWere_data();
    void recordsComeBackAsTheyWere();
    void secretsAreLeftOut();
    void snapshotsSupersedeEachOther();
    void rowsAreThereWhenRecordedSaysSo();
    void recordsFromManyThreads();
    void durationsSurviveARestartOfTheMachine();
    void startedJobsOfADeadApplicationAreInterrupted();
    void theOutputOfAnInterruptedJobIsMeasured();
    void aQueuedJobWithAnOutputFolderHadBeenStarted();
    void queuedJobsOfADeadApplicationWait();
    void waitingJobsAreResubmitted();
    void waitingJobsAreDiscarded();
    void jobIdsAreNeverGivenOutAgain();
    void aRestoredIdGoesOnInItsRow();
    void keepMarksStay();
    void removedJobsTakeTheirOutputWithThem();
    void retentionByAge();
    void retentionByNumber();
    void retentionByOutput();
    void retentionSparesWhatIsElsewhere();
    void jobsOfEachEarlierVersionAreRead_data();
    void jobsOfEachEarlierVersionAreRead();
    void closingSavesWhatIsLeft();
};

void TestJobHistory::initTestCase()
{
    qRegisterMetaType<JobId>();
}

static mode_t modeOf(const QString &path)
{
    struct stat status = {};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode & 0777 : 0;
}

void TestJobHistory::filesAreForThisPersonAlone()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.save();
    QCOMPARE(modeOf(f.folder()), mode_t(0700));
    for (const QString &suffix : {u""_s, u"-wal"_s, u"-shm"_s})
        QCOMPARE(modeOf(f.databasePath() + suffix), mode_t(0600));
    QCOMPARE(modeOf(f.folder() + u"/instance.lock"_s), mode_t(0600));
    QCOMPARE(f.history().outputRoot(), f.folder() + u"/jobs"_s);
    QCOMPARE(f.history().state().kind, HistoryState::Kind::Saving);
}

static JobRecord fullRecord(quint64 id)
{
    JobSpec spec{.command = {u"/opt/llama cli"_s, u""_s, u"-p"_s, u"two words\nand a line"_s, u"\"quotes\" 'too' \\"_s},
                 .name = u"Full"_s,
                 .group = u"nightly"_s,
                 .kind = JobKind::Inference,
                 .workingDirectory = u"/tmp/somewhere else"_s,
                 .environment = {.inherit = false,
                                 .allowed = {u"HOME"_s, u"LANG"_s},
                                 .overrides = {{u"A"_s, u"1"_s}, {u"EMPTY"_s, u""_s}, {u"GONE"_s, std::nullopt}}},
                 .limits = {.timeout = 1500ms, .deadline = 2h, .killGrace = 0ns, .outputCap = 12345},
                 .priority = -3,
                 .held = true,
                 .interactive = true,
                 .files = {{.name = u"b"_s, .content = QByteArray("\0\xff", 2)}, {.name = u"a"_s, .content = {}}},
                 .model = u"/models/bitnet b1.58.gguf"_s,
                 .prompt = u"Why is the sky blue?"_s,
                 .engine = u"bitnet.cpp"_s,
                 .server = u"tiny-llama-chat · 8081"_s};
    JobRecord record = queuedRecord(id, spec);
    record.revision = 7;
    record.state = JobState::Finished;
    record.pendingReason = PendingReason::None;
    record.paused = false;
    record.outcome = Outcome::TimedOut;
    record.reason = u"Timed out after 1.5 s."_s;
    record.stopReason = u"limit"_s;
    record.priority = 5;
    record.queuePosition = -17;
    record.attempts = 2;
    record.pid = 99999;
    record.started = instantAfter(std::chrono::seconds(id) + 123456789ns);
    record.firstOutput = instantAfter(std::chrono::seconds(id) + 200000001ns);
    record.completed = instantAfter(std::chrono::seconds(id) + 1700000003ns);
    record.pausedTime = 5ms;
    record.exitCode = 0;
    record.signal = 9;
    record.leftoverProcesses = 3;
    record.unkillable = true;
    record.outputFolder = u"/somewhere/of/its/own"_s;
    record.stdoutBytes = 1'000'000'000'000;
    record.stderrBytes = 17;
    record.droppedBytes = 5;
    record.truncated = true;
    record.peakRssBytes = 123'456'789;
    record.cpuTime = 1234567us;
    record.timings = {.loadMs = 1.25,
                      .prefillMs = 0.1,
                      .decodeMs = 1e-9,
                      .promptTokens = 12,
                      .outputTokens = 345,
                      .prefillTps = 98.7,
                      .decodeTps = 6.54};
    record.ttft = 250ms;
    return record;
}

static JobRecord withSpec(const std::function<void(JobSpec &)> &change)
{
    JobRecord record = fullRecord(1);
    JobSpec spec = *record.spec;
    change(spec);
    record.spec = std::make_shared<const JobSpec>(spec);
    return record;
}

void TestJobHistory::recordsComeBackAsTheyWere_data()
{
    QTest::addColumn<JobRecord>("record");

    const QString session = u"/nowhere/session-1"_s;
    QTest::newRow("queued") << queuedRecord(1);
    QTest::newRow("held") << queuedRecord(1, {.command = {u"x"_s}, .held = true});
    QTest::newRow("starting") << startingRecord(queuedRecord(1), session);
    QTest::newRow("running") << runningRecord(queuedRecord(1), session);
    QTest::newRow("finished") << finishedRecord(queuedRecord(1), session);
    QTest::newRow("full") << fullRecord(1);
    QTest::newRow("never started") << [] {
        JobRecord record = queuedRecord(1);
        record.state = JobState::Finished;
        record.outcome = Outcome::Expired;
        record.completed = instantAfter(5s);
        record.revision = 2;
        return record;
    }();
    QTest::newRow("long prompt") << withSpec([](JobSpec &spec) { spec.prompt = QString(50'000, u'ä'); });
    QTest::newRow("prompt at the limit") << withSpec([](JobSpec &spec) { spec.prompt = QString(2000, u'p'); });
    QTest::newRow("prompt past the limit") << withSpec([](JobSpec &spec) { spec.prompt = QString(2001, u'p'); });
    QTest::newRow("long command") << withSpec([](JobSpec &spec) { spec.command.append(QString(100'000, u'c')); });
    QTest::newRow("long command and prompt") << withSpec([](JobSpec &spec) {
        spec.command.append(QString(3000, u'c'));
        spec.prompt = QString(3000, u'p');
    });
    QTest::newRow("many words") << withSpec([](JobSpec &spec) { spec.command = QStringList(900, u"w"_s); });
    QTest::newRow("empty words") << withSpec([](JobSpec &spec) { spec.command = {u"x"_s, u""_s, u""_s, u""_s}; });
    QTest::newRow("scripts and emoji") << withSpec([](JobSpec &spec) {
        spec.name = u"日本語 🚀"_s;
        spec.prompt = u"🙂🙂 Ünïcödé \u2028 line"_s;
        spec.command = {u"/bin/écho"_s, u"🚀"_s, u"after"_s};
    });
    QTest::newRow("an emoji cut by the limit") << withSpec([](JobSpec &spec) {
        spec.prompt = QString(1999, u'p') + u"🚀 and more"_s;
        spec.command = {u"after"_s, u"it"_s};
    });
    QTest::newRow("unnamed") << withSpec([](JobSpec &spec) { spec.name.clear(); });
    QTest::newRow("a prompt of lines") << withSpec([](JobSpec &spec) { spec.prompt = u"\n\na\n"_s; });
}

void TestJobHistory::recordsComeBackAsTheyWere()
{
    QFETCH(JobRecord, record);

    HistoryFixture f;
    f.record(record);
    f.save();
    QCOMPARE(difference(f.entry(1).record, record), QString());
    QCOMPARE(difference(resultOf(f.history().page({})).entries.value(0).record, record), QString());
    QVERIFY(!f.entry(1).kept);

    if (!record.isFinished())
        return;
    // Its instants are still those of this boot.
    f.reopen();
    QCOMPARE(difference(f.entry(1).record, record), QString());
}

void TestJobHistory::secretsAreLeftOut()
{
    JobSpec spec{.command = {u"/bin/true"_s, u"--api-key"_s, u"verysecret"_s, u"--token=verysecret"_s, u"shown"_s}};
    spec.environment.overrides = {{u"HF_TOKEN"_s, u"hf_verysecret"_s},
                                  {u"api_key"_s, u"verysecret"_s},
                                  {u"PLAIN"_s, u"shown"_s},
                                  {u"OLD_PASSWORD"_s, std::nullopt}};
    spec.files = {{.name = u"api-key.txt"_s, .content = "verysecret"}, {.name = u"prompt.txt"_s, .content = "shown"}};
    HistoryFixture f;
    f.record(finishedRecord(queuedRecord(1, spec), f.sessionFolder));
    f.save();
    const HistoryEntry entry = f.entry(1);
    const auto &overrides = entry.record.spec->environment.overrides;
    QCOMPARE(entry.withheldSecrets,
             (QStringList{u"HF_TOKEN"_s, u"api_key"_s, u"--api-key"_s, u"--token"_s, u"api-key.txt"_s}));
    QCOMPARE(entry.record.spec->command,
             (QStringList{u"/bin/true"_s, u"--api-key"_s, u"•••"_s, u"--token=•••"_s, u"shown"_s}));
    const QList<PrivateFile> specFiles = entry.record.spec->files;
    QCOMPARE(specFiles, (QList<PrivateFile>{{u"api-key.txt"_s, {}, true}, {u"prompt.txt"_s, "shown"}}));
    QCOMPARE(overrides.value(u"PLAIN"_s), u"shown"_s);
    QCOMPARE(overrides.value(u"HF_TOKEN"_s), u"•••"_s);
    QVERIFY(overrides.contains(u"OLD_PASSWORD"_s) && !overrides.value(u"OLD_PASSWORD"_s));
    QCOMPARE(overrides.size(), 4);

    const QString folder = f.folder();
    f.close();
    const QFileInfoList files = QDir(folder).entryInfoList(QDir::Files);
    QVERIFY(files.size() >= 2);
    for (const QFileInfo &info : files) {
        QFile file(info.filePath());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains("verysecret"), qPrintable(info.filePath()));
    }
}

void TestJobHistory::snapshotsSupersedeEachOther()
{
    HistoryFixture f;
    const JobRecord queued = queuedRecord(1);
    const JobRecord running = runningRecord(queued, f.sessionFolder);
    const JobRecord finished = finishedRecord(running, f.sessionFolder);
    f.record(queued);
    f.save();
    QCOMPARE(f.entry(1).record.state, JobState::Queued);
    f.record(running);
    f.save();
    QCOMPARE(difference(f.entry(1).record, running), QString());
    f.record(finished);
    f.record(running); // late, from another thread say
    f.save();
    QCOMPARE(difference(f.entry(1).record, finished), QString());
    f.record(running);
    f.save();
    QCOMPARE(difference(f.entry(1).record, finished), QString());
    QCOMPARE(resultOf(f.history().count({})), 1);
}

void TestJobHistory::rowsAreThereWhenRecordedSaysSo()
{
    HistoryFixture f;
    std::atomic<quint64> recorded = 0;
    connect(
        &f.history(), &JobHistory::recorded, this, [&](JobId upTo) { recorded = upTo.value; }, Qt::DirectConnection);
    for (quint64 id = 1; id <= 100; ++id) {
        f.record(queuedRecord(id));
        QVERIFY(QTest::qWaitFor([&] { return recorded >= id; }));
        if (id % 20 == 0)
            QCOMPARE(runSql(f.databasePath(), {u"SELECT count(*) FROM jobs WHERE state = 0"_s}).toULongLong(), id);
    }
}

void TestJobHistory::recordsFromManyThreads()
{
    static constexpr quint64 jobsPerThread = 500;
    HistoryFixture f;
    std::vector<std::unique_ptr<QThread>> threads;
    for (quint64 number = 0; number < 4; ++number) {
        threads.emplace_back(QThread::create([&f, number] {
            for (quint64 i = 1; i <= jobsPerThread; ++i) {
                const JobRecord queued = queuedRecord(number * jobsPerThread + i);
                f.record(queued);
                f.record(runningRecord(queued, f.sessionFolder));
                f.record(finishedRecord(queued, f.sessionFolder));
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(30'000));
    f.save();
    QCOMPARE(resultOf(f.history().count({})), qint64(4 * jobsPerThread));
    QCOMPARE(resultOf(f.history().count({.outcomes = {Outcome::Succeeded}})), qint64(4 * jobsPerThread));
}

void TestJobHistory::durationsSurviveARestartOfTheMachine()
{
    const JobRecord record = fullRecord(1);
    HistoryFixture f;
    f.record(record);
    f.save();
    f.close();
    runSql(f.databasePath(), {u"UPDATE sessions SET boot = 'another'"_s});
    f.reopen();
    const JobRecord found = f.entry(1).record;
    QCOMPARE(found.queueWait(), record.queueWait());
    QCOMPARE(found.timeToFirstOutput(), record.timeToFirstOutput());
    QCOMPARE(found.runTime(), record.runTime());
    QCOMPARE(found.latency(), record.latency());
    QCOMPARE(found.ttft, record.ttft);
    QCOMPARE(found.submitted.wall, record.submitted.wall);
    QCOMPARE(found.started->wall, record.started->wall);
    QCOMPARE(found.firstOutput->wall, record.firstOutput->wall);
    QCOMPARE(found.completed->wall, record.completed->wall);
    // As long ago on this boot's clock as on the wall.
    const Instant now = Instant::now();
    const auto difference = (now.monotonic - found.completed->monotonic) - (now.wall - found.completed->wall);
    QVERIFY2(difference > -10s && difference < 10s, qPrintable(QString::number(difference / 1ms)));
}

void TestJobHistory::startedJobsOfADeadApplicationAreInterrupted()
{
    JobSpec spec{.command = {u"/bin/sleep"_s, u"9"_s}, .name = u"nap"_s, .group = u"g"_s, .model = u"m"_s};
    HistoryFixture f;
    const JobRecord starting = startingRecord(queuedRecord(1, spec), f.sessionFolder);
    JobRecord running = runningRecord(queuedRecord(2, spec), f.sessionFolder);
    running.paused = true;
    f.record(starting);
    f.record(running);
    f.record(finishedRecord(queuedRecord(3), f.sessionFolder));
    f.save();
    f.reopen();

    QCOMPARE(f.opening.interruptedJobs, 2);
    QCOMPARE(f.opening.waitingJobs, 0);
    QCOMPARE(f.opening.nextJobId, 4u);
    for (quint64 id : {1, 2}) {
        const HistoryEntry entry = f.entry(id);
        QCOMPARE(entry.record.state, JobState::Finished);
        QCOMPARE(entry.record.outcome, Outcome::Interrupted);
        QCOMPARE(entry.record.reason, u"The application ended while it ran."_s);
        QVERIFY(!entry.record.paused);
        QVERIFY(entry.record.completed);
        QCOMPARE(entry.record.spec->name, u"nap"_s);
        QCOMPARE(entry.record.spec->command, spec.command);
        QCOMPARE(entry.record.spec->group, u"g"_s);
        QCOMPARE(entry.record.spec->model, u"m"_s);
        QVERIFY(!entry.record.outputFolder.isEmpty());
    }
    QCOMPARE(f.entry(2).record.started, running.started);
    QVERIFY(f.entry(2).record.runTime() >= 0ns);
    QCOMPARE(f.entry(3).record.outcome, Outcome::Succeeded);
    QCOMPARE(resultOf(f.history().count({.states = {JobState::Queued, JobState::Starting, JobState::Running}})), 0);

    f.reopen(); // it is over once
    QCOMPARE(f.opening.interruptedJobs, 0);
    QCOMPARE(f.entry(1).record.outcome, Outcome::Interrupted);
}

static void writeFile(const QString &path, const QByteArray &content)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

static void writeOutput(const QString &folder, const QByteArray &standardOutput, const QByteArray &standardError = {})
{
    const ChunkRecord chunks[] = {
        {.offset = 0, .length = std::uint64_t(standardOutput.size()), .kind = ChunkKind::Stdout},
        {.offset = std::uint64_t(standardOutput.size()),
         .length = std::uint64_t(standardError.size()),
         .kind = ChunkKind::Stderr}};
    writeFile(folder + u"/output.log"_s, standardOutput + standardError);
    const qsizetype count = standardError.isEmpty() ? 1 : 2;
    writeFile(folder + u"/output.idx"_s,
              QByteArray(reinterpret_cast<const char *>(chunks), count * qsizetype(sizeof(ChunkRecord))));
}

void TestJobHistory::theOutputOfAnInterruptedJobIsMeasured()
{
    HistoryFixture f;
    const JobRecord running = runningRecord(queuedRecord(1), f.sessionFolder);
    writeOutput(running.outputFolder, "hello\n", "oh\n");
    f.record(running);
    f.save();
    f.reopen();
    QCOMPARE(f.entry(1).record.stdoutBytes, 6);
    QCOMPARE(f.entry(1).record.stderrBytes, 3);
    QCOMPARE(f.entry(1).record.outputFolder, running.outputFolder);
}

void TestJobHistory::aQueuedJobWithAnOutputFolderHadBeenStarted()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.record(queuedRecord(2));
    f.save();
    writeOutput(f.sessionFolder + u"/2"_s, "it ran\n");
    f.reopen();
    QCOMPARE(f.opening.waitingJobs, 1);
    QCOMPARE(f.opening.interruptedJobs, 1);
    QCOMPARE(f.entry(1).record.state, JobState::Queued);
    QCOMPARE(f.entry(2).record.outcome, Outcome::Interrupted);
    QCOMPARE(f.entry(2).record.stdoutBytes, 7);
    QCOMPARE(f.entry(2).record.attempts, 1);
}

void TestJobHistory::queuedJobsOfADeadApplicationWait()
{
    JobSpec spec = *fullRecord(1).spec;
    spec.environment.overrides.insert(u"HF_TOKEN"_s, u"secret"_s);
    HistoryFixture f;
    f.record(queuedRecord(1, spec));
    f.record(queuedRecord(2));
    f.save();
    f.reopen();
    QCOMPARE(f.opening.waitingJobs, 2);
    QCOMPARE(f.opening.interruptedJobs, 0);
    const QList<WaitingJob> waiting = resultOf(f.history().waitingJobs());
    QCOMPARE(waiting.size(), 2);
    QCOMPARE(waiting[0].id, JobId{1});
    QCOMPARE(waiting[0].submitted, queuedRecord(1).submitted.wall);
    QCOMPARE(waiting[0].withheldSecrets, QStringList{u"HF_TOKEN"_s});
    spec.environment.overrides[u"HF_TOKEN"_s] = u"•••"_s;
    QCOMPARE(waiting[0].spec, spec);
    QCOMPARE(waiting[1].spec, *queuedRecord(2).spec);
    QVERIFY(f.entry(2).record.paused);
    QCOMPARE(f.entry(2).record.pendingReason, PendingReason::Held);

    // Those of the present session don't.
    f.record(queuedRecord(3));
    f.save();
    QCOMPARE(resultOf(f.history().waitingJobs()).size(), 2);
}

void TestJobHistory::waitingJobsAreResubmitted()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.record(queuedRecord(2));
    f.save();
    f.reopen();
    QCOMPARE(f.opening.nextJobId, 3u);
    f.history().resubmitted({1}, {3}); // before its first record
    f.record(queuedRecord(3));
    f.record(queuedRecord(4));
    f.save();
    f.history().resubmitted({2}, {4}); // after it
    f.save();
    QCOMPARE(f.ids({}), (QList<quint64>{4, 3}));
    QVERIFY(resultOf(f.history().waitingJobs()).isEmpty());
    QCOMPARE(runSql(f.databasePath(), {u"SELECT count(*) FROM details"_s}).toInt(), 2);
}

void TestJobHistory::waitingJobsAreDiscarded()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.record(finishedRecord(queuedRecord(2), f.sessionFolder));
    f.save();
    f.reopen();
    f.record(queuedRecord(3));
    f.history().discardWaiting({{1}, {2}, {3}});
    f.save();
    QCOMPARE(f.entry(1).record.outcome, Outcome::Cancelled);
    QVERIFY(f.entry(1).record.isFinished());
    QVERIFY(!f.entry(1).record.paused);
    QVERIFY(f.entry(1).record.latency() >= 0ns);
    QVERIFY(f.entry(1).record.reason.contains(u"never started"));
    QCOMPARE(f.entry(2).record.outcome, Outcome::Succeeded);
    QCOMPARE(f.entry(3).record.state, JobState::Queued);
    QVERIFY(resultOf(f.history().waitingJobs()).isEmpty());
}

void TestJobHistory::jobIdsAreNeverGivenOutAgain()
{
    HistoryFixture f;
    QCOMPARE(f.opening.nextJobId, 1u);
    f.record(finishedRecord(queuedRecord(41), f.sessionFolder));
    f.save();
    QCOMPARE(resultOf(f.history().remove({{41}})).jobs, 1);
    QCOMPARE(resultOf(f.history().count({})), 0);
    f.reopen();
    QCOMPARE(f.opening.nextJobId, 42u);
    f.save();
    f.reopen();
    QCOMPARE(f.opening.nextJobId, 42u);
}

// A supervisor that continues a waiting job under its own number.
void TestJobHistory::aRestoredIdGoesOnInItsRow()
{
    HistoryFixture f;
    JobRecord queued = queuedRecord(1);
    queued.revision = 9;
    f.record(queued);
    f.save();
    f.reopen();
    QCOMPARE(f.opening.waitingJobs, 1);
    const JobRecord finished = finishedRecord(queuedRecord(1), f.sessionFolder);
    QVERIFY(finished.revision < queued.revision);
    f.record(queuedRecord(1));
    f.record(finished);
    f.save();
    QCOMPARE(difference(f.entry(1).record, finished), QString());
    QCOMPARE(resultOf(f.history().count({})), 1);
    QVERIFY(resultOf(f.history().waitingJobs()).isEmpty());
}

void TestJobHistory::keepMarksStay()
{
    HistoryFixture f;
    const JobRecord running = runningRecord(queuedRecord(1), f.sessionFolder);
    f.record(running);
    f.history().setKept({{1}}, true);
    f.record(finishedRecord(running, f.sessionFolder));
    f.save();
    QVERIFY(f.entry(1).kept);
    QCOMPARE(f.entry(1).record.outcome, Outcome::Succeeded);
    QCOMPARE(f.ids({.filter = {.kept = true}}), QList<quint64>{1});
    f.reopen();
    QVERIFY(f.entry(1).kept);
    f.history().setKept({{1}}, false);
    f.save();
    QVERIFY(!f.entry(1).kept);
}

// A job that has ended, with bytes of output on the disk.
static JobRecord jobWithOutput(const HistoryFixture &f, quint64 id, qint64 bytes)
{
    JobRecord record = finishedRecord(queuedRecord(id), f.sessionFolder);
    record.stdoutBytes = bytes;
    writeOutput(record.outputFolder, QByteArray(bytes, 'x'));
    return record;
}

void TestJobHistory::removedJobsTakeTheirOutputWithThem()
{
    HistoryFixture f;
    QList<JobRecord> records;
    for (quint64 id = 1; id <= 3; ++id) {
        records.append(jobWithOutput(f, id, 10));
        f.record(records.constLast());
    }
    const JobRecord running = runningRecord(queuedRecord(4), f.sessionFolder);
    writeOutput(running.outputFolder, "x");
    f.record(running);
    f.history().setKept({{2}}, true);
    f.save();
    int removed = 0;
    connect(&f.history(), &JobHistory::jobsRemoved, this, [&](const RemovalReport &r) { removed += int(r.jobs); });
    const RemovalReport report = resultOf(f.history().remove({{1}, {2}, {4}, {77}}));
    QCOMPARE(report.forgotten.size(), 2);
    QVERIFY(report.emptied.isEmpty());
    QCOMPARE(report.jobs, 2); // asked for, the mark does not count; a running one stays
    QCOMPARE(report.outputs, 2);
    QVERIFY2(report.problems.isEmpty(), qPrintable(report.problems.join(u' ')));
    QCOMPARE(f.ids({}), (QList<quint64>{4, 3}));
    QVERIFY(!QFileInfo::exists(records[0].outputFolder));
    QVERIFY(!QFileInfo::exists(records[1].outputFolder));
    QVERIFY(QFileInfo::exists(records[2].outputFolder));
    QVERIFY(QFileInfo::exists(running.outputFolder));
    QTRY_COMPARE(removed, 2);
}

void TestJobHistory::retentionByAge()
{
    HistoryFixture f;
    f.history().setRetention({.age = 1h, .jobs = {}, .outputBytes = {}});
    JobRecord recent = jobWithOutput(f, 1, 10);
    recent.completed->wall = wallNow();
    const JobRecord old = jobWithOutput(f, 2, 10); // years away from any clock
    JobRecord ancient = jobWithOutput(f, 3, 10);
    for (JobRecord *record : {&ancient}) {
        record->submitted.wall -= std::chrono::hours(24 * 365 * 30);
        record->completed->wall -= std::chrono::hours(24 * 365 * 30);
    }
    JobRecord kept = ancient;
    kept.id = {4};
    kept.outputFolder = f.sessionFolder + u"/4"_s;
    writeOutput(kept.outputFolder, "x");
    for (const JobRecord &record : {recent, old, ancient, kept})
        f.record(record);
    JobRecord waiting = queuedRecord(5);
    waiting.submitted.wall = ancient.submitted.wall;
    f.record(waiting);
    f.history().setKept({{4}}, true);
    f.save();
    const bool oldIsOld = old.completed->wall < wallNow() - 1h;
    const RemovalReport report = resultOf(f.history().applyRetention());
    QCOMPARE(report.jobs, oldIsOld ? 2 : 1);
    const QList<quint64> left = f.ids({});
    QVERIFY(left.contains(1) && left.contains(4) && left.contains(5) && !left.contains(3));
    QVERIFY(!QFileInfo::exists(ancient.outputFolder));
    QVERIFY(QFileInfo::exists(kept.outputFolder));
    QVERIFY(QFileInfo::exists(recent.outputFolder));
    QCOMPARE(resultOf(f.history().applyRetention()).jobs, 0);
}

void TestJobHistory::retentionByNumber()
{
    HistoryFixture f;
    f.history().setRetention({.age = {}, .jobs = 5, .outputBytes = {}});
    f.record(runningRecord(queuedRecord(1), f.sessionFolder));
    for (quint64 id = 2; id <= 2500; ++id)
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    f.history().setKept({{2}}, true);
    f.save();
    QCOMPARE(resultOf(f.history().applyRetention()).jobs, 2495);
    QCOMPARE(f.ids({}), (QList<quint64>{2500, 2499, 2498, 2, 1}));
    QCOMPARE(runSql(f.databasePath(), {u"SELECT count(*) FROM details"_s}).toInt(), 5);
}

void TestJobHistory::retentionByOutput()
{
    HistoryFixture f;
    f.history().setRetention({.age = {}, .jobs = {}, .outputBytes = 250});
    for (quint64 id = 1; id <= 5; ++id)
        f.record(jobWithOutput(f, id, 100));
    f.history().setKept({{1}}, true);
    f.save();
    const RemovalReport report = resultOf(f.history().applyRetention());
    QCOMPARE(report.jobs, 0);
    QCOMPARE(report.outputs, 3);
    QCOMPARE(report.emptied.size(), 3);
    QVERIFY(report.forgotten.isEmpty());
    QCOMPARE(resultOf(f.history().count({})), 5);
    for (quint64 id = 1; id <= 5; ++id) {
        const bool gone = id >= 2 && id <= 4;
        const HistoryEntry entry = f.entry(id);
        QCOMPARE(entry.outputRemoved, gone);
        QCOMPARE(entry.record.outputFolder.isEmpty(), gone);
        QCOMPARE(QFileInfo::exists(f.sessionFolder + u'/' + QString::number(id)), !gone);
        QCOMPARE(entry.record.stdoutBytes, 100); // its figures stay
    }
}

void TestJobHistory::retentionSparesWhatIsElsewhere()
{
    QTemporaryDir elsewhere;
    HistoryFixture f;
    f.history().setRetention({.age = {}, .jobs = 0, .outputBytes = 0});
    JobRecord outside = finishedRecord(queuedRecord(1), elsewhere.path());
    writeOutput(outside.outputFolder, "precious");
    // A link in place of a job's folder, and one inside of a job's folder.
    JobRecord linked = finishedRecord(queuedRecord(2), f.sessionFolder);
    QDir().mkpath(f.sessionFolder);
    QVERIFY(QFile::link(elsewhere.path(), linked.outputFolder));
    JobRecord linking = jobWithOutput(f, 3, 5);
    QVERIFY(QFile::link(elsewhere.path(), linking.outputFolder + u"/link"_s));
    JobRecord climbing = finishedRecord(queuedRecord(4), f.sessionFolder);
    climbing.outputFolder = f.sessionFolder + u"/../../../"_s + elsewhere.path();
    for (const JobRecord &record : {outside, linked, linking, climbing})
        f.record(record);
    f.save();
    const RemovalReport report = resultOf(f.history().applyRetention());
    QCOMPARE(report.outputs, 1);
    QCOMPARE(report.problems.size(), 1);
    QVERIFY2(report.problems[0].contains(linked.outputFolder), qPrintable(report.problems[0]));
    QCOMPARE(f.ids({}), QList<quint64>{2});
    QVERIFY(QFileInfo::exists(outside.outputFolder + u"/output.log"_s));
    QVERIFY(!QFileInfo::exists(linking.outputFolder));
    QVERIFY(QFileInfo(elsewhere.path()).isDir());
}

void TestJobHistory::jobsOfEachEarlierVersionAreRead_data()
{
    QTest::addColumn<int>("version");
    for (int version = 1; version < historySchemaVersion; ++version)
        QTest::addRow("version %d", version) << version;
}

// What an application of that version wrote: rows in the tables as they were then.
void TestJobHistory::jobsOfEachEarlierVersionAreRead()
{
    QFETCH(int, version);

    HistoryFixture f;
    JobRecord ended = fullRecord(1);
    JobSpec spec = *ended.spec;
    spec.server.clear(); // since version 2
    ended.spec = std::make_shared<const JobSpec>(spec);
    ended.stopReason.clear();
    f.record(ended);
    f.record(queuedRecord(2));
    f.save();
    f.close();
    const QString path = f.databasePath();
    runSql(path,
           {u"ALTER TABLE jobs DROP COLUMN stop_reason"_s, u"ALTER TABLE details DROP COLUMN server"_s,
            u"PRAGMA user_version = %1"_s.arg(version)});

    f.reopen();
    QCOMPARE(f.opening.state.kind, HistoryState::Kind::Saving);
    QVERIFY2(f.opening.movedAsideTo.isEmpty(), qPrintable(f.opening.movedAsideWhy));
    QCOMPARE(runSql(path, {u"PRAGMA user_version"_s}).toInt(), historySchemaVersion);
    QCOMPARE(difference(f.entry(1).record, ended), QString());
    QCOMPARE(f.opening.waitingJobs, 1);
    // And what is new can be recorded.
    f.record(fullRecord(3));
    f.save();
    QCOMPARE(difference(f.entry(3).record, fullRecord(3)), QString());
}

void TestJobHistory::closingSavesWhatIsLeft()
{
    HistoryFixture f;
    for (quint64 id = 1; id <= 5000; ++id)
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    f.close();
    QCOMPARE(runSql(f.databasePath(), {u"SELECT count(*) FROM jobs WHERE state = 3"_s}).toInt(), 5000);
    QCOMPARE(runSql(f.databasePath(), {u"SELECT count(*) FROM sessions WHERE closed_at IS NULL"_s}).toInt(), 0);
    QVERIFY(QFileInfo(f.databasePath() + u"-wal"_s).size() == 0);
}

QTEST_GUILESS_MAIN(TestJobHistory)
#include "tst_jobhistory.moc"
