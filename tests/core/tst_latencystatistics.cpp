// SPDX-License-Identifier: MIT
#include "core/telemetry/historysamples.h"
#include "core/telemetry/latencystatistics.h"
#include "core/telemetry/latencytimeline.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestLatencyStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void measureNamesRoundTrip();
    void noSampleBeforeTheEnd();
    void noSampleOfAServer();
    void sampleOfASucceededInference();
    void whatEachOutcomeSays_data();
    void whatEachOutcomeSays();
    void timeOutBeforeTheFirstToken();
    void tpotOnlyWhereItCanBeTold_data();
    void tpotOnlyWhereItCanBeTold();
    void nonsenseOfAnEngineIsLeftOut();
    void recordWithoutSpec();
    void empty();
    void onlyMeasuredValuesEnter();
    void goodputAgainstEveryLimit();
    void goodputOfOtherKinds();
    void goodputWithoutLimits();
    void aSingleTokenHasNoTpot();
    void throughput();
    void groups_data();
    void groups();
    void byOutcomeEveryEndingIsMeasured();
    void mergedIsTheSameAsWhole();
    void bucketWidths_data();
    void bucketWidths();
    void timelineCountsEachOnce();
    void timelineBeforeTheEpoch();
    void timelineWindows();
};

namespace {

constexpr WallTime day{std::chrono::microseconds(1'700'000'000'000'000)}; // 2023-11-14T22:13:20Z

Instant instantAt(std::chrono::nanoseconds sinceStart)
{
    return {.wall = day + std::chrono::floor<std::chrono::microseconds>(sinceStart),
            .monotonic = MonotonicTime(1h + sinceStart)};
}

// Submitted at 0, started at 100 ms, ended at 1 s.
JobRecord recordOf(Outcome outcome)
{
    auto spec = std::make_shared<JobSpec>();
    spec->command = {u"llama-cli"_s};
    spec->kind = JobKind::Inference;
    spec->group = u"night"_s;
    spec->model = u"tiny.gguf"_s;
    spec->engine = u"b1"_s;
    JobRecord record;
    record.id = {5};
    record.spec = spec;
    record.state = JobState::Finished;
    record.outcome = outcome;
    record.submitted = instantAt(0s);
    if (outcome != Outcome::Expired && outcome != Outcome::FailedToStart)
        record.started = instantAt(100ms);
    record.completed = instantAt(1s);
    return record;
}

LatencySample sample(double latency, Outcome outcome = Outcome::Succeeded, std::chrono::seconds at = 0s)
{
    LatencySample sample;
    sample.outcome = outcome;
    sample.completedAt = day + at;
    sample.submittedAt = sample.completedAt - std::chrono::microseconds(qint64(latency * 1000));
    const Observation atEnd = outcomeClass(outcome) == OutcomeClass::Completed ? Observation::Measured
        : outcomeClass(outcome) == OutcomeClass::TimedOut                      ? Observation::Censored
                                                                               : Observation::Apart;
    sample.set(Measure::E2E, atEnd, latency);
    return sample;
}

} // namespace

void TestLatencyStatistics::measureNamesRoundTrip()
{
    for (size_t i = 0; i < measureCount; ++i)
        QCOMPARE(measureFromName(name(Measure(i))), std::optional(Measure(i)));
    QVERIFY(!measureFromName("e2e"_L1));
}

void TestLatencyStatistics::noSampleBeforeTheEnd()
{
    JobRecord record = recordOf(Outcome::Succeeded);
    record.outcome = std::nullopt;
    for (const JobState state : {JobState::Queued, JobState::Starting, JobState::Running}) {
        record.state = state;
        QVERIFY(!sampleOf(record));
    }
}

// Its run time is its life: neither from its record nor from a history does it enter any statistics.
void TestLatencyStatistics::noSampleOfAServer()
{
    JobRecord record = recordOf(Outcome::Succeeded);
    QVERIFY(sampleOf(record));
    JobSpec server = *record.spec;
    server.kind = JobKind::Server;
    record.spec = std::make_shared<const JobSpec>(server);
    QVERIFY(!sampleOf(record));

    const HistorySample recorded{.id = JobId{1}, .state = JobState::Finished, .outcome = Outcome::Succeeded};
    HistorySample ofServer = recorded;
    ofServer.id = JobId{2};
    ofServer.kind = JobKind::Server;
    const std::vector<LatencySample> samples = latencySamples({.samples = {ofServer, recorded}});
    QCOMPARE(samples.size(), size_t(1));
    QCOMPARE(samples.front().job, JobId{1});
}

void TestLatencyStatistics::sampleOfASucceededInference()
{
    JobRecord record = recordOf(Outcome::Succeeded);
    record.ttft = 250ms;
    record.timings = {
        .loadMs = 30, .prefillMs = 60, .decodeMs = 700, .promptTokens = 12, .outputTokens = 11, .prefillTps = {}};
    const LatencySample sample = sampleOf(record).value();
    QCOMPARE(sample.job, JobId{5});
    QCOMPARE(sample.group, u"night"_s);
    QCOMPARE(sample.model, u"tiny.gguf"_s);
    QCOMPARE(sample.engine, u"b1"_s);
    QCOMPARE(sample.kind, JobKind::Inference);
    QCOMPARE(sample.name, u"llama-cli"_s);
    QVERIFY(sample.submittedAt == day && sample.completedAt == day + 1s);
    const std::array<double, measureCount> expected = {100, 250, 900, 1000, 70, 30, 60, 700};
    for (size_t i = 0; i < measureCount; ++i) {
        QCOMPARE(sample.observation(Measure(i)), Observation::Measured);
        QCOMPARE(sample.value(Measure(i)), expected[i]);
    }
}

void TestLatencyStatistics::whatEachOutcomeSays_data()
{
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<Observation>("wait");
    QTest::addColumn<Observation>("run");
    QTest::addColumn<Observation>("latency");

    using enum Observation;
    const auto row = [](Outcome outcome, Observation wait, Observation run, Observation latency) {
        QTest::newRow(name(outcome).data()) << outcome << wait << run << latency;
    };
    row(Outcome::Succeeded, Measured, Measured, Measured);
    row(Outcome::Failed, Measured, Apart, Apart);
    row(Outcome::Crashed, Measured, Apart, Apart);
    row(Outcome::TimedOut, Measured, Censored, Censored);
    row(Outcome::Expired, Censored, Absent, Censored);
    row(Outcome::Cancelled, Measured, Apart, Apart);
    row(Outcome::FailedToStart, Absent, Absent, Apart);
    row(Outcome::Interrupted, Measured, Apart, Apart);
    row(Outcome::Lost, Measured, Apart, Apart);
}

void TestLatencyStatistics::whatEachOutcomeSays()
{
    QFETCH(Outcome, outcome);

    JobRecord record = recordOf(outcome);
    auto spec = std::make_shared<JobSpec>(*record.spec);
    spec->kind = JobKind::Custom;
    record.spec = spec;
    const LatencySample sample = sampleOf(record).value();
    QTEST(sample.observation(Measure::QueueWait), "wait");
    QTEST(sample.observation(Measure::Run), "run");
    QTEST(sample.observation(Measure::E2E), "latency");
    QCOMPARE(sample.observation(Measure::Ttft), Observation::Absent);
    if (outcome == Outcome::Expired)
        QCOMPARE(sample.value(Measure::QueueWait), 1000.0);
}

void TestLatencyStatistics::timeOutBeforeTheFirstToken()
{
    JobRecord record = recordOf(Outcome::TimedOut);
    QCOMPARE(sampleOf(record)->observation(Measure::Ttft), Observation::Censored);
    QCOMPARE(sampleOf(record)->value(Measure::Ttft), 1000.0);
    record.ttft = 300ms;
    QCOMPARE(sampleOf(record)->observation(Measure::Ttft), Observation::Measured);
    QCOMPARE(sampleOf(record)->value(Measure::Ttft), 300.0);
}

void TestLatencyStatistics::tpotOnlyWhereItCanBeTold_data()
{
    QTest::addColumn<std::optional<double>>("decode");
    QTest::addColumn<std::optional<qint64>>("tokens");
    QTest::addColumn<std::optional<double>>("tpot");

    using Ms = std::optional<double>;
    using Tokens = std::optional<qint64>;
    QTest::newRow("many tokens") << Ms(100) << Tokens(26) << Ms(4);
    QTest::newRow("two tokens") << Ms(100) << Tokens(2) << Ms(100);
    QTest::newRow("one token") << Ms(100) << Tokens(1) << Ms();
    QTest::newRow("no token") << Ms(100) << Tokens(0) << Ms();
    QTest::newRow("tokens unknown") << Ms(100) << Tokens() << Ms();
    QTest::newRow("time unknown") << Ms() << Tokens(5) << Ms();
    QTest::newRow("time not measured") << Ms(0) << Tokens(5) << Ms();
    QTest::newRow("no number") << Ms(std::nan("")) << Tokens(5) << Ms();
    QTest::newRow("infinite") << Ms(std::numeric_limits<double>::infinity()) << Tokens(5) << Ms();
}

void TestLatencyStatistics::tpotOnlyWhereItCanBeTold()
{
    QFETCH(std::optional<double>, decode);
    QFETCH(std::optional<qint64>, tokens);
    QFETCH(std::optional<double>, tpot);

    JobRecord record = recordOf(Outcome::Succeeded);
    record.timings.decodeMs = decode;
    record.timings.outputTokens = tokens;
    const LatencySample sample = sampleOf(record).value();
    QCOMPARE(sample.observation(Measure::Tpot), tpot ? Observation::Measured : Observation::Absent);
    QCOMPARE(sample.value(Measure::Tpot), tpot.value_or(0));
}

void TestLatencyStatistics::nonsenseOfAnEngineIsLeftOut()
{
    JobRecord record = recordOf(Outcome::Succeeded);
    record.timings.loadMs = -1;
    record.timings.prefillMs = std::nan("");
    record.completed->monotonic = MonotonicTime(0s); // another boot's clock
    const LatencySample sample = sampleOf(record).value();
    for (const Measure measure : {Measure::Load, Measure::Prefill, Measure::Run, Measure::E2E})
        QCOMPARE(sample.observation(measure), Observation::Absent);
}

void TestLatencyStatistics::recordWithoutSpec()
{
    JobRecord record = recordOf(Outcome::Lost);
    record.spec = nullptr;
    record.completed = std::nullopt;
    const LatencySample sample = sampleOf(record).value();
    QVERIFY(sample.completedAt == day + 100ms); // the last that is known of it
    QVERIFY(sample.group.isEmpty());
}

void TestLatencyStatistics::empty()
{
    const LatencyStatistics statistics({.limits = {.e2eMs = 5}});
    QCOMPARE(statistics.count(), 0);
    QVERIFY(!statistics.firstSubmitted() && !statistics.lastCompleted() && !statistics.throughput());
    QVERIFY(!statistics.goodput().share() && !statistics.goodput().shareOfAll());
    QVERIFY(!statistics.attainment(Measure::E2E));
    QCOMPARE(statistics.summary(Measure::E2E), LatencySummary());
}

void TestLatencyStatistics::onlyMeasuredValuesEnter()
{
    LatencyStatistics statistics;
    for (const double latency : {10, 20, 30})
        statistics.add(sample(latency));
    statistics.add(sample(5000, Outcome::TimedOut));
    statistics.add(sample(6000, Outcome::Expired));
    statistics.add(sample(1, Outcome::Failed));
    statistics.add(sample(2, Outcome::Crashed));
    statistics.add(sample(9000, Outcome::Cancelled));

    QCOMPARE(statistics.count(), 8);
    QCOMPARE(statistics.count(OutcomeClass::Completed), 3);
    QCOMPARE(statistics.count(OutcomeClass::TimedOut), 2);
    QCOMPARE(statistics.count(OutcomeClass::Failed), 2);
    QCOMPARE(statistics.count(OutcomeClass::Cancelled), 1);
    QCOMPARE(statistics.count(Outcome::Expired), 1);
    const LatencySummary summary = statistics.summary(Measure::E2E);
    QCOMPARE(summary.count, 3);
    QCOMPARE(summary.censored, 2);
    QCOMPARE(summary.apart, 3);
    QCOMPARE(summary.minimum.value(), 10.0);
    QCOMPARE(summary.maximum.value(), 30.0);
    QCOMPARE(summary.mean.value(), 20.0);
    QCOMPARE(summary.percentiles.back().value(), 30.0);
}

void TestLatencyStatistics::goodputAgainstEveryLimit()
{
    const auto inference = [](double latency, Outcome outcome = Outcome::Succeeded) {
        LatencySample one = sample(latency, outcome);
        one.kind = JobKind::Inference;
        return one;
    };
    const auto request = [&](double ttft, double tpot, double latency) {
        LatencySample one = inference(latency);
        one.set(Measure::Ttft, Observation::Measured, ttft);
        one.set(Measure::Tpot, Observation::Measured, tpot);
        one.outputTokens = 20;
        return one;
    };
    LatencyStatistics statistics({.limits = {.ttftMs = 200, .tpotMs = 50, .e2eMs = 2000}});
    statistics.add(request(100, 40, 1000)); // met
    statistics.add(request(200, 50, 2000)); // met: limits are included
    statistics.add(request(201, 40, 1000)); // each limit is missed once
    statistics.add(request(100, 51, 1000));
    statistics.add(request(100, 40, 2001));
    statistics.add(inference(1000)); // its tokens were not timed: can't be judged,
    statistics.add(inference(2001)); // also when it was late, or such ones could only miss
    statistics.add(inference(10, Outcome::Failed));
    statistics.add(inference(5000, Outcome::TimedOut));
    statistics.add(inference(10, Outcome::Cancelled));

    const Goodput goodput = statistics.goodput();
    QCOMPARE(goodput, (Goodput{.met = 2, .missed = 3, .unjudged = 2, .notCompleted = 2}));
    QCOMPARE(goodput.share().value(), 2.0 / 5);
    QCOMPARE(goodput.shareOfAll().value(), 2.0 / 7);
    QCOMPARE(statistics.attainment(Measure::Ttft).value(), 4.0 / 5);
    QCOMPARE(statistics.attainment(Measure::Tpot).value(), 4.0 / 5);
    QCOMPARE(statistics.attainment(Measure::E2E).value(), 5.0 / 7);
    QVERIFY(!statistics.attainment(Measure::Run));
}

void TestLatencyStatistics::goodputOfOtherKinds()
{
    LatencyStatistics statistics({.limits = {.ttftMs = 200, .e2eMs = 2000}});
    statistics.add(sample(1000)); // a command has no first token: only its latency is asked
    statistics.add(sample(3000));
    QCOMPARE(statistics.goodput(), (Goodput{.met = 1, .missed = 1}));

    LatencyStatistics tokensOnly({.limits = {.ttftMs = 200}});
    tokensOnly.add(sample(1000));
    tokensOnly.add(sample(1000, Outcome::Failed)); // nobody asked a command for its first token
    QCOMPARE(tokensOnly.goodput(), (Goodput{.unjudged = 1}));
    LatencySample prompt = sample(1000, Outcome::Failed);
    prompt.kind = JobKind::Inference;
    tokensOnly.add(prompt);
    QCOMPARE(tokensOnly.goodput(), (Goodput{.unjudged = 1, .notCompleted = 1}));
}

void TestLatencyStatistics::goodputWithoutLimits()
{
    LatencyStatistics statistics;
    statistics.add(sample(10));
    statistics.add(sample(10, Outcome::Failed));
    QCOMPARE(statistics.goodput(), Goodput());
    QVERIFY(!statistics.goodput().share());
}

void TestLatencyStatistics::aSingleTokenHasNoTpot()
{
    LatencyStatistics statistics({.limits = {.tpotMs = 50, .e2eMs = 100}});
    LatencySample one = sample(10);
    one.kind = JobKind::Inference;
    one.outputTokens = 1;
    statistics.add(one);
    QCOMPARE(statistics.goodput(), (Goodput{.met = 1}));
    one.outputTokens = 2; // but its decode time is not known
    statistics.add(one);
    QCOMPARE(statistics.goodput(), (Goodput{.met = 1, .unjudged = 1}));
}

void TestLatencyStatistics::throughput()
{
    LatencyStatistics statistics;
    LatencySample first = sample(10'000, Outcome::Succeeded, 10s); // submitted at 0
    first.outputTokens = 90;
    statistics.add(first);
    statistics.add(sample(1000, Outcome::Failed, 90s));
    QVERIFY(*statistics.firstSubmitted() == day && *statistics.lastCompleted() == day + 90s);
    const Throughput observed = statistics.throughput().value();
    QCOMPARE(observed.finishedPerMinute, 2 / 1.5);
    QCOMPARE(observed.completedPerMinute, 1 / 1.5);
    QCOMPARE(observed.outputTokensPerMinute, 60.0);
    QCOMPARE(statistics.throughput(1h)->finishedPerMinute, 2.0 / 60);
    QVERIFY(!statistics.throughput(0us));

    LatencyStatistics instant;
    instant.add(sample(0));
    QVERIFY(!instant.throughput()); // one moment is no window
}

void TestLatencyStatistics::groups_data()
{
    QTest::addColumn<GroupBy>("by");
    QTest::addColumn<QStringList>("keys");
    QTest::newRow("group") << GroupBy::Group << QStringList{u""_s, u"day"_s, u"night"_s};
    QTest::newRow("model") << GroupBy::Model << QStringList{u""_s, u"a"_s};
    QTest::newRow("kind") << GroupBy::Kind << QStringList{u"custom"_s, u"inference"_s};
    QTest::newRow("engine") << GroupBy::Engine << QStringList{u""_s, u"b1"_s};
    QTest::newRow("outcome") << GroupBy::Outcome << QStringList{u"failed"_s, u"succeeded"_s};
}

void TestLatencyStatistics::groups()
{
    QFETCH(GroupBy, by);
    QFETCH(QStringList, keys);

    std::array samples = {sample(1), sample(2), sample(3, Outcome::Failed)};
    samples[0].group = u"night"_s;
    samples[0].model = u"a"_s;
    samples[1].group = u"day"_s;
    samples[1].engine = u"b1"_s;
    samples[2].kind = JobKind::Inference;

    GroupedStatistics grouped(by, StatisticsSettings());
    GroupedStatistics other(by, StatisticsSettings());
    for (const LatencySample &one : samples) {
        grouped.add(one);
        other.add(one);
    }
    grouped.merge(other);
    QStringList found;
    qint64 count = 0;
    for (const auto &[key, statistics] : grouped.groups()) {
        found.append(key);
        count += statistics.count();
    }
    QCOMPARE(found, keys);
    QCOMPARE(count, 6);
}

void TestLatencyStatistics::byOutcomeEveryEndingIsMeasured()
{
    GroupedStatistics grouped(GroupBy::Outcome, StatisticsSettings());
    for (const Outcome outcome : {Outcome::Succeeded, Outcome::Failed, Outcome::TimedOut})
        grouped.add(sample(10, outcome));
    QCOMPARE(grouped.groups().at(u"failed"_s).summary(Measure::E2E).count, 1); // the time until it failed
    QCOMPARE(grouped.groups().at(u"succeeded"_s).summary(Measure::E2E).count, 1);
    QCOMPARE(grouped.groups().at(u"timed_out"_s).summary(Measure::E2E).count, 0);
    QCOMPARE(grouped.groups().at(u"timed_out"_s).summary(Measure::E2E).censored, 1);
}

void TestLatencyStatistics::mergedIsTheSameAsWhole()
{
    const StatisticsSettings settings = {.distribution = {.exactLimit = 100, .relativeAccuracy = 0.01},
                                         .limits = {.ttftMs = 40, .e2eMs = 100}};
    LatencyStatistics whole(settings);
    std::vector<LatencyStatistics> parts(4, LatencyStatistics(settings));
    std::mt19937_64 random(1);
    for (int i = 0; i < 2000; ++i) {
        LatencySample one =
            sample(double(random() % 200), Outcome(random() % outcomeCount), 1s * qint64(random() % 900));
        if (random() % 2)
            one.set(Measure::Ttft, Observation::Measured, double(random() % 80));
        one.outputTokens = qint64(random() % 50);
        whole.add(one);
        parts[random() % 3].add(one); // one part stays empty
    }
    LatencyStatistics merged(settings);
    for (const LatencyStatistics &part : parts)
        merged.merge(part);
    QCOMPARE(merged.count(), whole.count());
    for (size_t i = 0; i < outcomeCount; ++i)
        QCOMPARE(merged.count(Outcome(i)), whole.count(Outcome(i)));
    QCOMPARE(merged.goodput(), whole.goodput());
    QCOMPARE(merged.attainment(Measure::Ttft), whole.attainment(Measure::Ttft));
    QCOMPARE(merged.outputTokens(), whole.outputTokens());
    QVERIFY(merged.firstSubmitted() == whole.firstSubmitted() && merged.lastCompleted() == whole.lastCompleted());
    for (const Measure measure : latencyMeasures) {
        QCOMPARE(merged.summary(measure).percentiles, whole.summary(measure).percentiles);
        QCOMPARE(merged.summary(measure).percentilesWithCensored, whole.summary(measure).percentilesWithCensored);
        QCOMPARE(merged.summary(measure).censored, whole.summary(measure).censored);
    }
}

void TestLatencyStatistics::bucketWidths_data()
{
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<qint64>("width"); // seconds, at 60 buckets
    QTest::newRow("15 min") << qint64(900) << qint64(30);
    QTest::newRow("1 h") << qint64(3600) << qint64(120);
    QTest::newRow("24 h") << qint64(86'400) << qint64(1800);
    QTest::newRow("7 d") << qint64(604'800) << qint64(10'800);
    QTest::newRow("59 min") << qint64(59 * 60) << qint64(60);
    QTest::newRow("ten years") << qint64(3650LL * 86'400) << qint64(90 * 86'400);
    QTest::newRow("a thousand years") << qint64(365'000LL * 86'400) << qint64(360LL * 32 * 86'400);
}

void TestLatencyStatistics::bucketWidths()
{
    QFETCH(qint64, seconds);
    QFETCH(qint64, width);

    QVERIFY(bucketWidth({day, day + std::chrono::seconds(seconds)}, 60) == std::chrono::seconds(width));
    for (const qint64 offset : {0, 1, 59, 3599, 40'000}) {
        const WallTime from = day + std::chrono::seconds(offset);
        const LatencyTimeline timeline({from, from + std::chrono::seconds(seconds)}, 60, {});
        QVERIFY(timeline.buckets().size() <= 60);
        QVERIFY(timeline.begin() <= from && timeline.end() >= from + std::chrono::seconds(seconds));
        QVERIFY(timeline.begin() > from - timeline.width());
        QVERIFY(timeline.begin().time_since_epoch() % timeline.width() == 0us);
    }
}

void TestLatencyStatistics::timelineCountsEachOnce()
{
    LatencyTimeline timeline({day, day + 1h}, 60, {});
    std::mt19937_64 random(3);
    for (int i = 0; i < 1000; ++i) {
        LatencySample one = sample(double(i), i % 10 ? Outcome::Succeeded : Outcome::Failed);
        one.completedAt = day + std::chrono::microseconds(random() % 3'600'000'000);
        timeline.add(one);
    }
    LatencySample outside = sample(1);
    outside.completedAt = day + 1h;
    timeline.add(outside);
    outside.completedAt = day - 1us;
    timeline.add(outside);

    qint64 count = 0;
    for (const LatencyStatistics &bucket : timeline.buckets())
        count += bucket.count();
    QCOMPARE(count, 1000);
    LatencySample last = sample(1);
    last.completedAt = day + 1h - 1us;
    timeline.add(last);
    const size_t index = size_t((last.completedAt - timeline.begin()) / timeline.width());
    QVERIFY(timeline.buckets()[index].lastCompleted() == last.completedAt);
}

void TestLatencyStatistics::timelineBeforeTheEpoch()
{
    const WallTime from(-90min);
    LatencyTimeline timeline({from, from + 3h}, 10, {});
    QVERIFY(timeline.begin() <= from && timeline.end() >= from + 3h);
    LatencySample one = sample(1);
    one.completedAt = from;
    timeline.add(one);
    QCOMPARE(timeline.buckets().front().count(), 1);
}

void TestLatencyStatistics::timelineWindows()
{
    const LatencyTimeline timeline({day, day + 1h}, 60, {}); // 2 minutes; the day's second 0 is 80 s into a bucket
    QVERIFY(timeline.window(0) == (TimeRange{day, timeline.begin() + 2min}));
    QVERIFY(timeline.window(1).length() == 2min);
    std::chrono::microseconds sum = 0us;
    for (size_t i = 0; i < timeline.buckets().size(); ++i)
        sum += timeline.window(i).length();
    QVERIFY(sum == 1h);
}

QTEST_GUILESS_MAIN(TestLatencyStatistics)
#include "tst_latencystatistics.moc"
