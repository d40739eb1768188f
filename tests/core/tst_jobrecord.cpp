// SPDX-License-Identifier: MIT
#include "core/jobs/jobrecord.h"

#include <QtTest>

#include <ctime>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestJobRecord : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void namesRoundTrip();
    void unknownNamesGiveNothing();
    void clocksAreThoseOfTheShim();
    void durationsComeFromTheMonotonicClock();
    void absentTimesGiveNoDurations();
    void failures_data();
    void failures();
};

void TestJobRecord::namesRoundTrip()
{
    QSet<QString> seen;
    for (int i = 0; i <= int(JobState::Finished); ++i) {
        QCOMPARE(jobStateFromName(name(JobState(i))), JobState(i));
        seen << name(JobState(i));
    }
    QCOMPARE(seen.size(), 4);
    seen.clear();
    for (int i = 0; i <= int(Outcome::Lost); ++i) {
        QCOMPARE(outcomeFromName(name(Outcome(i))), Outcome(i));
        seen << name(Outcome(i));
    }
    QCOMPARE(seen.size(), 9);
    for (int i = 0; i <= int(JobKind::Custom); ++i)
        QCOMPARE(jobKindFromName(name(JobKind(i))), JobKind(i));

    QCOMPARE(name(Outcome::FailedToStart), "failed_to_start"_L1);
    QCOMPARE(name(Outcome::TimedOut), "timed_out"_L1);
    QCOMPARE(name(PendingReason::WaitingForSlot), "waiting_for_slot"_L1);
    QCOMPARE(name(PendingReason::Delayed), "delayed"_L1);
}

void TestJobRecord::unknownNamesGiveNothing()
{
    QVERIFY(!jobStateFromName("Queued"_L1));
    QVERIFY(!outcomeFromName(""_L1));
    QVERIFY(!jobKindFromName("serve"_L1));
}

void TestJobRecord::clocksAreThoseOfTheShim()
{
    const auto nanosecondsOf = [](clockid_t clock) {
        timespec now = {};
        clock_gettime(clock, &now);
        return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
    };
    const qint64 monotonicBefore = nanosecondsOf(CLOCK_MONOTONIC);
    const qint64 wallBefore = nanosecondsOf(CLOCK_REALTIME);
    const Instant now = Instant::now();
    QVERIFY(now.monotonic.time_since_epoch().count() >= monotonicBefore);
    QVERIFY(now.monotonic.time_since_epoch().count() <= nanosecondsOf(CLOCK_MONOTONIC));
    QVERIFY(now.wall.time_since_epoch().count() >= wallBefore / 1000);
    QVERIFY(now.wall.time_since_epoch().count() <= nanosecondsOf(CLOCK_REALTIME) / 1000);
}

static Instant instantAt(std::chrono::nanoseconds monotonic, std::chrono::microseconds wall)
{
    return {.wall = WallTime(wall), .monotonic = MonotonicTime(monotonic)};
}

void TestJobRecord::durationsComeFromTheMonotonicClock()
{
    JobRecord record;
    record.submitted = instantAt(1s, 100s);
    record.started = instantAt(3s, 50s); // the wall clock was set back meanwhile
    record.firstOutput = instantAt(4s, 51s);
    record.completed = instantAt(10s, 20s);
    QCOMPARE(record.queueWait(), 2s);
    QCOMPARE(record.timeToFirstOutput(), 1s);
    QCOMPARE(record.runTime(), 7s);
    QCOMPARE(record.latency(), 9s);
}

void TestJobRecord::absentTimesGiveNoDurations()
{
    JobRecord record;
    record.submitted = instantAt(1s, 1s);
    QVERIFY(!record.queueWait());
    QVERIFY(!record.timeToFirstOutput());
    QVERIFY(!record.runTime());
    QVERIFY(!record.latency());

    record.completed = instantAt(2s, 2s); // cancelled while it was queued
    QVERIFY(!record.runTime());
    QCOMPARE(record.latency(), 1s);
}

void TestJobRecord::failures_data()
{
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<bool>("failure");

    for (int i = 0; i <= int(Outcome::Lost); ++i) {
        const auto outcome = Outcome(i);
        QTest::newRow(name(outcome).data())
            << outcome << (outcome != Outcome::Succeeded && outcome != Outcome::Cancelled);
    }
}

void TestJobRecord::failures()
{
    QFETCH(Outcome, outcome);
    QFETCH(bool, failure);

    JobRecord record;
    QVERIFY(!record.isFailure());
    record.outcome = outcome;
    QCOMPARE(record.isFailure(), failure);
}

QTEST_GUILESS_MAIN(TestJobRecord)
#include "tst_jobrecord.moc"
