// SPDX-License-Identifier: MIT
#include "support/historyrecords.h"

#include <QRandomGenerator>

#include <algorithm>
#include <functional>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Every query is compared with the same one done over a list in memory.
class TestJobHistoryQuery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_fixture.reset(); }
    void filters_data();
    void filters();
    void sorts_data();
    void sorts();
    void limitsAreClamped();
    void entriesByIds();
    void samplesHoldWhatWasMeasured();
    void forEachVisitsAllInOrder();
    void cancellingForEachStopsIt();
    void textsInUse();
    void largeHistoriesAreReadInParts();
    void queriesBeforeTheOpeningWait();
    void queriesAfterTheEndFail();

private:
    QList<quint64> expected(const HistoryFilter &filter) const;

    std::unique_ptr<HistoryFixture> m_fixture;
    QList<JobRecord> m_records; // by id
};

static constexpr quint64 jobCount = 600;

static JobRecord randomRecord(quint64 id, const QString &sessionFolder, QRandomGenerator &random)
{
    const auto oneOf = [&](const QStringList &texts) { return texts[random.bounded(int(texts.size()))]; };
    JobSpec spec{.command = {u"/usr/bin/tool-"_s + QString::number(random.bounded(20)), u"--seed"_s,
                             QString::number(random.bounded(50))},
                 .name = oneOf({u""_s, u"Alpha"_s, u"alphabet"_s, u"100% sure"_s, u"under_score"_s, u"zeta"_s}),
                 .group = oneOf({u""_s, u"nightly"_s, u"Adhoc"_s, u"bench"_s}),
                 .kind = JobKind(random.bounded(3)),
                 .priority = random.bounded(3),
                 .model = oneOf({u""_s, u"/m/a.gguf"_s, u"/m/B.gguf"_s}),
                 .prompt = oneOf({u""_s, u"Tell me a story"_s, u"tell ME more"_s}),
                 .engine = oneOf({u""_s, u"bitnet"_s, u"llama"_s})};
    JobRecord record = queuedRecord(id, spec);
    record.submitted = instantAfter(std::chrono::milliseconds(random.bounded(5000)));
    const int fate = random.bounded(10);
    if (fate == 0)
        return record;
    record = runningRecord(record, sessionFolder, std::chrono::milliseconds(random.bounded(50)));
    record.attempts = 1 + random.bounded(2);
    record.priority = random.bounded(4);
    if (fate == 1)
        return record;
    record = finishedRecord(record, sessionFolder, Outcome(random.bounded(9)),
                            std::chrono::milliseconds(random.bounded(100)));
    record.exitCode = random.bounded(3) == 0 ? std::nullopt : std::optional(random.bounded(4));
    record.stdoutBytes = random.bounded(1000);
    record.stderrBytes = random.bounded(10);
    if (random.bounded(2) == 0) {
        record.ttft = std::chrono::milliseconds(random.bounded(40));
        record.timings = {.loadMs = random.bounded(10.0),
                          .prefillMs = random.bounded(10.0),
                          .decodeMs = random.bounded(10.0),
                          .promptTokens = random.bounded(9),
                          .outputTokens = random.bounded(9),
                          .prefillTps = random.bounded(100.0),
                          .decodeTps = double(random.bounded(5))};
    }
    if (random.bounded(3) > 0) {
        record.peakRssBytes = random.bounded(1'000'000);
        record.cpuTime = std::chrono::microseconds(random.bounded(1000));
    }
    return record;
}

void TestJobHistoryQuery::initTestCase()
{
    m_fixture = std::make_unique<HistoryFixture>();
    QRandomGenerator random(7);
    for (quint64 id = 1; id <= jobCount; ++id) {
        m_records.append(randomRecord(id, m_fixture->sessionFolder, random));
        m_fixture->record(m_records.constLast());
    }
    m_fixture->history().setKept({{3}, {77}}, true);
    m_fixture->save();
}

static bool matches(const JobRecord &record, const HistoryFilter &filter)
{
    const JobSpec &spec = *record.spec;
    const auto isIn = [](const auto &list, const auto &value) { return list.isEmpty() || list.contains(value); };
    const auto contains = [](const QString &text, const QString &part) {
        return part.isEmpty() || text.contains(part, Qt::CaseInsensitive);
    };
    const bool isKept = record.id.value == 3 || record.id.value == 77;
    const QString all = displayName(spec) + u'\n' + spec.group + u'\n' + spec.model + u'\n' + spec.prompt + u'\n'
        + spec.command.join(u' ');
    const WallTime end = record.completed.value_or(record.submitted).wall;
    return (!filter.endedSince || (record.isFinished() && end >= *filter.endedSince))
        && (!filter.endedUntil || (record.isFinished() && end < *filter.endedUntil))
        && (!filter.since || record.submitted.wall >= *filter.since)
        && (!filter.until || record.submitted.wall < *filter.until) && isIn(filter.states, record.state)
        && (filter.outcomes.isEmpty() || (record.outcome && filter.outcomes.contains(*record.outcome)))
        && isIn(filter.kinds, spec.kind) && isIn(filter.groups, spec.group) && isIn(filter.models, spec.model)
        && isIn(filter.engines, spec.engine) && contains(displayName(spec), filter.name) && contains(all, filter.text)
        && (!filter.kept || *filter.kept == isKept);
}

QList<quint64> TestJobHistoryQuery::expected(const HistoryFilter &filter) const
{
    QList<quint64> ids;
    for (const JobRecord &record : m_records) {
        if (matches(record, filter))
            ids.append(record.id.value);
    }
    return ids;
}

void TestJobHistoryQuery::filters_data()
{
    QTest::addColumn<HistoryFilter>("filter");

    const WallTime early = instantAfter(1s).wall;
    const WallTime late = instantAfter(3s).wall;
    QTest::newRow("none") << HistoryFilter{};
    QTest::newRow("since") << HistoryFilter{.since = early};
    QTest::newRow("until") << HistoryFilter{.until = late};
    QTest::newRow("between") << HistoryFilter{.since = early, .until = late};
    QTest::newRow("ended since") << HistoryFilter{.endedSince = early};
    QTest::newRow("ended until") << HistoryFilter{.endedUntil = late};
    QTest::newRow("submitted and ended between") << HistoryFilter{.since = early, .endedUntil = late};
    QTest::newRow("to the microsecond") << HistoryFilter{.since = m_records[9].submitted.wall,
                                                         .until = m_records[9].submitted.wall + 1us};
    QTest::newRow("queued") << HistoryFilter{.states = {JobState::Queued}};
    QTest::newRow("not finished") << HistoryFilter{.states = {JobState::Queued, JobState::Starting, JobState::Running}};
    QTest::newRow("succeeded") << HistoryFilter{.outcomes = {Outcome::Succeeded}};
    QTest::newRow("failures") << HistoryFilter{.outcomes = {Outcome::Failed, Outcome::Crashed, Outcome::Lost}};
    QTest::newRow("kind") << HistoryFilter{.kinds = {JobKind::Server}};
    QTest::newRow("group") << HistoryFilter{.groups = {u"nightly"_s}};
    QTest::newRow("no group") << HistoryFilter{.groups = {u""_s}};
    QTest::newRow("two groups") << HistoryFilter{.groups = {u"nightly"_s, u"Adhoc"_s}};
    QTest::newRow("unknown group") << HistoryFilter{.groups = {u"Nightly"_s}};
    QTest::newRow("models") << HistoryFilter{.models = {u"/m/a.gguf"_s, u""_s}};
    QTest::newRow("engine") << HistoryFilter{.engines = {u"llama"_s}};
    QTest::newRow("name") << HistoryFilter{.name = u"ALPHA"_s};
    QTest::newRow("name of the program") << HistoryFilter{.name = u"tool-1"_s};
    QTest::newRow("name with a percent sign") << HistoryFilter{.name = u"0%"_s};
    QTest::newRow("name with an underscore") << HistoryFilter{.name = u"_"_s};
    QTest::newRow("text of a prompt") << HistoryFilter{.text = u"tell me"_s};
    QTest::newRow("text across words") << HistoryFilter{.text = u"--seed 4"_s};
    QTest::newRow("text of a model") << HistoryFilter{.text = u"b.gguf"_s};
    QTest::newRow("text of a name") << HistoryFilter{.text = u"zet"_s};
    QTest::newRow("text that is nowhere") << HistoryFilter{.text = u"\\"_s};
    QTest::newRow("text and more") << HistoryFilter{.outcomes = {Outcome::Succeeded}, .text = u"story"_s};
    QTest::newRow("kept") << HistoryFilter{.kept = true};
    QTest::newRow("not kept") << HistoryFilter{.kept = false};
    QTest::newRow("everything at once") << HistoryFilter{.since = early,
                                                         .until = late,
                                                         .states = {JobState::Finished},
                                                         .outcomes = {Outcome::Succeeded, Outcome::Failed},
                                                         .kinds = {JobKind::Inference, JobKind::Custom},
                                                         .groups = {u"nightly"_s, u"bench"_s, u""_s},
                                                         .models = {u"/m/a.gguf"_s, u"/m/B.gguf"_s},
                                                         .name = u"a"_s,
                                                         .text = u"e"_s,
                                                         .kept = false};
}

void TestJobHistoryQuery::filters()
{
    QFETCH(HistoryFilter, filter);

    const QList<quint64> ids = expected(filter);
    QCOMPARE(m_fixture->ids({.filter = filter, .order = Qt::AscendingOrder, .limit = 1000}), ids);
    QCOMPARE(resultOf(m_fixture->history().count(filter)), qint64(ids.size()));
    const HistorySamples samples = resultOf(m_fixture->history().samples(filter));
    QList<quint64> sampled;
    for (const HistorySample &sample : samples.samples)
        sampled.append(sample.id.value);
    QCOMPARE(sampled, ids);
    // The newest ten by another order than that of reading.
    QList<quint64> newest(ids.rbegin(), ids.rend());
    QCOMPARE(m_fixture->ids({.filter = filter, .limit = 10}), newest.mid(0, 10));
}

// What a record is sorted by; nothing comes last.
using Key = std::optional<std::variant<double, QString>>;

template<typename Number>
static Key numberKey(const std::optional<Number> &number)
{
    return number ? Key(double(*number)) : Key();
}

static Key durationKey(const std::optional<std::chrono::nanoseconds> &duration)
{
    return duration ? Key(double(duration->count())) : Key();
}

static Key timeKey(const std::optional<Instant> &instant)
{
    return instant ? Key(double(instant->wall.time_since_epoch().count())) : Key();
}

Q_DECLARE_METATYPE(std::function<Key(const JobRecord &)>)

void TestJobHistoryQuery::sorts_data()
{
    using R = const JobRecord &;
    QTest::addColumn<HistorySort>("sort");
    QTest::addColumn<std::function<Key(R)>>("key");

    const auto row = [](const char *name, HistorySort sort, const std::function<Key(R)> &key) {
        QTest::newRow(name) << sort << key;
    };
    row("id", HistorySort::Id, [](R r) { return Key(double(r.id.value)); });
    row("submitted", HistorySort::Submitted, [](R r) { return timeKey(r.submitted); });
    row("started", HistorySort::Started, [](R r) { return timeKey(r.started); });
    row("completed", HistorySort::Completed, [](R r) { return timeKey(r.completed); });
    row("queue wait", HistorySort::QueueWait, [](R r) { return durationKey(r.queueWait()); });
    row("run time", HistorySort::RunTime, [](R r) { return durationKey(r.runTime()); });
    row("latency", HistorySort::Latency, [](R r) { return durationKey(r.latency()); });
    row("ttft", HistorySort::Ttft, [](R r) { return durationKey(r.ttft); });
    row("name", HistorySort::Name, [](R r) { return Key(displayName(*r.spec).toLower()); });
    row("group", HistorySort::Group, [](R r) { return Key(r.spec->group.toCaseFolded()); });
    row("model", HistorySort::Model, [](R r) { return Key(r.spec->model.toCaseFolded()); });
    row("kind", HistorySort::Kind, [](R r) { return Key(double(r.spec->kind)); });
    row("outcome", HistorySort::Outcome, [](R r) { return Key(r.outcome ? double(*r.outcome) : double(r.state) - 4); });
    row("exit code", HistorySort::ExitCode, [](R r) { return numberKey(r.exitCode); });
    row("attempts", HistorySort::Attempts, [](R r) { return Key(double(r.attempts)); });
    row("priority", HistorySort::Priority, [](R r) { return Key(double(r.priority)); });
    row("memory", HistorySort::PeakRss, [](R r) { return numberKey(r.peakRssBytes); });
    row("processor time", HistorySort::CpuTime, [](R r) { return durationKey(r.cpuTime); });
    row("output", HistorySort::OutputBytes, [](R r) { return Key(double(r.stdoutBytes + r.stderrBytes)); });
    row("prompt tokens", HistorySort::PromptTokens, [](R r) { return numberKey(r.timings.promptTokens); });
    row("output tokens", HistorySort::OutputTokens, [](R r) { return numberKey(r.timings.outputTokens); });
    row("prefill tps", HistorySort::PrefillTps, [](R r) { return numberKey(r.timings.prefillTps); });
    row("decode tps", HistorySort::DecodeTps, [](R r) { return numberKey(r.timings.decodeTps); });
}

void TestJobHistoryQuery::sorts()
{
    QFETCH(HistorySort, sort);
    QFETCH(std::function<Key(const JobRecord &)>, key);

    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        for (const HistoryFilter &filter :
             {HistoryFilter{}, HistoryFilter{.kinds = {JobKind::Custom}, .text = u"o"_s}}) {
            QList<quint64> ids = expected(filter);
            std::sort(ids.begin(), ids.end(), [&](quint64 a, quint64 b) {
                const Key first = key(m_records[qsizetype(a) - 1]);
                const Key second = key(m_records[qsizetype(b) - 1]);
                if (first.has_value() != second.has_value())
                    return first.has_value();
                if (first != second)
                    return order == Qt::AscendingOrder ? first < second : first > second;
                return order == Qt::AscendingOrder ? a < b : a > b;
            });
            // Page by page, behind one another.
            HistoryPageRequest request{.filter = filter, .sort = sort, .order = order, .limit = 37};
            QList<quint64> found;
            do {
                const HistoryPage page = resultOf(m_fixture->history().page(request));
                QCOMPARE(page.error, QString());
                for (const HistoryEntry &entry : page.entries)
                    found.append(entry.record.id.value);
                request.after = page.next;
            } while (request.after && found.size() <= ids.size());
            QCOMPARE(found, ids);
            // And from the middle.
            request.after = std::nullopt;
            request.offset = 100;
            QCOMPARE(m_fixture->ids(request), ids.mid(100, 37));
        }
    }
}

void TestJobHistoryQuery::limitsAreClamped()
{
    QCOMPARE(m_fixture->ids({.limit = 0}).size(), 1);
    QCOMPARE(m_fixture->ids({.limit = 1'000'000}).size(), qsizetype(jobCount));
    QCOMPARE(m_fixture->ids({.limit = 5, .offset = -3}).size(), 5);
    QVERIFY(m_fixture->ids({.limit = 5, .offset = 10'000}).isEmpty());
}

void TestJobHistoryQuery::entriesByIds()
{
    const HistoryPage page = resultOf(m_fixture->history().entries({{5}, {99999}, {2}, {300}}));
    QCOMPARE(page.entries.size(), 3);
    QCOMPARE(difference(page.entries[0].record, m_records[4]), QString());
    QCOMPARE(difference(page.entries[1].record, m_records[1]), QString());
    QCOMPARE(difference(page.entries[2].record, m_records[299]), QString());
    QVERIFY(resultOf(m_fixture->history().entries({})).entries.isEmpty());
}

void TestJobHistoryQuery::samplesHoldWhatWasMeasured()
{
    const HistorySamples samples = resultOf(m_fixture->history().samples({}));
    QCOMPARE(samples.samples.size(), m_records.size());
    for (qsizetype i = 0; i < m_records.size(); ++i) {
        const HistorySample &sample = samples.samples[i];
        const JobRecord &record = m_records[i];
        QCOMPARE(sample.id, record.id);
        QCOMPARE(sample.kind, record.spec->kind);
        QCOMPARE(sample.state, record.state);
        QCOMPARE(sample.outcome, record.outcome);
        QCOMPARE(samples.texts.value(sample.group), record.spec->group);
        QCOMPARE(samples.texts.value(sample.model), record.spec->model);
        QCOMPARE(samples.texts.value(sample.engine), record.spec->engine);
        QCOMPARE(sample.submitted, record.submitted.wall);
        QCOMPARE(sample.completed.has_value(), record.completed.has_value());
        if (sample.completed)
            QCOMPARE(*sample.completed, record.completed->wall);
        QCOMPARE(sample.queueWait, record.queueWait());
        QCOMPARE(sample.ttft, record.ttft);
        QCOMPARE(sample.runTime, record.runTime());
        QCOMPARE(sample.latency, record.latency());
        QCOMPARE(sample.loadMs, record.timings.loadMs);
        QCOMPARE(sample.prefillMs, record.timings.prefillMs);
        QCOMPARE(sample.decodeMs, record.timings.decodeMs);
        QCOMPARE(sample.promptTokens, record.timings.promptTokens);
        QCOMPARE(sample.outputTokens, record.timings.outputTokens);
    }
}

void TestJobHistoryQuery::forEachVisitsAllInOrder()
{
    const HistoryFilter filter{.states = {JobState::Finished}};
    QList<quint64> visited;
    const QString error = resultOf(m_fixture->history().forEach(filter, [&](const QList<HistoryEntry> &entries) {
        for (const HistoryEntry &entry : entries)
            visited.append(entry.record.id.value);
    }));
    QCOMPARE(error, QString());
    QCOMPARE(visited, expected(filter));
}

void TestJobHistoryQuery::cancellingForEachStopsIt()
{
    std::atomic<bool> started = false;
    std::atomic<bool> goOn = false;
    std::atomic<int> chunks = 0;
    QFuture<QString> future = m_fixture->history().forEach({}, [&](const QList<HistoryEntry> &) {
        ++chunks;
        started = true;
        while (!goOn)
            QThread::yieldCurrentThread();
    });
    QTRY_VERIFY(started);
    future.cancel();
    goOn = true;
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(chunks, 1);
}

void TestJobHistoryQuery::textsInUse()
{
    QCOMPARE(resultOf(m_fixture->history().groups()), (QStringList{u"Adhoc"_s, u"bench"_s, u"nightly"_s}));
    QCOMPARE(resultOf(m_fixture->history().models()), (QStringList{u"/m/B.gguf"_s, u"/m/a.gguf"_s}));
    QCOMPARE(resultOf(m_fixture->history().engines()), (QStringList{u"bitnet"_s, u"llama"_s}));
}

// More jobs than one thread reads alone.
void TestJobHistoryQuery::largeHistoriesAreReadInParts()
{
    HistoryFixture f;
    f.record(finishedRecord(queuedRecord(1), f.sessionFolder));
    f.save();
    f.close();
    QStringList columns;
    const QString list = runSql(f.databasePath(),
                                {u"SELECT group_concat(name) FROM pragma_table_info('jobs') "
                                 u"WHERE name NOT IN ('id', 'run_time', 'outcome')"_s})
                             .toString();
    runSql(f.databasePath(),
           {u"BEGIN"_s,
            u"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 150000) "
            u"INSERT INTO jobs (id, run_time, outcome, %1) SELECT i, (i * 7919) %% 150001, i %% 3, %1 FROM jobs, n"_s
                .arg(list)
                .replace(u"%%"_s, u"%"_s),
            u"INSERT INTO details SELECT jobs.id, 'job ' || jobs.id, lengths, working_directory, environment, timeout, "
            u"deadline, kill_grace, output_cap, details.priority, held, interactive, output_folder, server FROM jobs, "
            u"details "
            u"WHERE jobs.id > 1"_s,
            u"COMMIT"_s});
    f.reopen();
    QCOMPARE(resultOf(f.history().count({})), 150'000);
    QCOMPARE(resultOf(f.history().count({.outcomes = {Outcome::Failed}})), 49'999); // the first one succeeded

    // 7919 is prime to 150001, so every run time is there once.
    QList<quint64> slowest;
    for (quint64 id = 2; id <= 150'000; ++id)
        slowest.append(id);
    std::sort(slowest.begin(), slowest.end(),
              [](quint64 a, quint64 b) { return (a * 7919) % 150'001 > (b * 7919) % 150'001; });
    HistoryPageRequest request{.sort = HistorySort::RunTime, .limit = 50};
    // The first job has 300 ms, far more than any other.
    QCOMPARE(f.ids(request), QList<quint64>{1} + slowest.mid(0, 49));
    request.offset = 1001;
    QCOMPARE(f.ids(request), slowest.mid(1000, 50));
    QCOMPARE(f.ids({.limit = 3}), (QList<quint64>{150'000, 149'999, 149'998}));
    QCOMPARE(f.ids({.order = Qt::AscendingOrder, .limit = 3}), (QList<quint64>{1, 2, 3}));
    QCOMPARE(f.ids({.filter = {.text = u"job 14999"_s}}),
             (QList<quint64>{149'999, 149'998, 149'997, 149'996, 149'995, 149'994, 149'993, 149'992, 149'991, 149'990,
                             14'999}));
    QCOMPARE(resultOf(f.history().samples({})).samples.size(), 150'000);
}

void TestJobHistoryQuery::queriesBeforeTheOpeningWait()
{
    QTemporaryDir folder;
    {
        HistoryFixture f(folder.path());
        f.record(finishedRecord(queuedRecord(1), f.sessionFolder));
        f.save();
    }
    JobHistory history(InstanceLock::take(folder.path()).lock);
    const QFuture<qint64> count = history.count({});
    const QFuture<HistoryPage> page = history.page({});
    QVERIFY(!count.isFinished());
    history.open();
    QCOMPARE(resultOf(count), 1);
    QCOMPARE(resultOf(page).entries.size(), 1);
}

void TestJobHistoryQuery::queriesAfterTheEndFail()
{
    QTemporaryDir folder;
    QFuture<qint64> count;
    QFuture<HistoryPage> page;
    {
        JobHistory history(InstanceLock::take(folder.path()).lock);
        count = history.count({});
        page = history.page({});
    }
    QVERIFY(count.isFinished());
    QCOMPARE(count.result(), -1);
    QVERIFY(!page.result().error.isEmpty());
}

QTEST_GUILESS_MAIN(TestJobHistoryQuery)
#include "tst_jobhistoryquery.moc"
