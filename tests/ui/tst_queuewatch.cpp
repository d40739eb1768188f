// SPDX-License-Identifier: MIT
#include "jobrecords.h"

#include "ui/mainwindow/queuewatch.h"

#include <QSignalSpy>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;

class TestQueueWatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void oneFailureAQueue();
    void tellsTheEndOnce();
    void aShortSingleJobIsNoNews();
    void cancelledIsNoFailure();
    void serversAreInNoQueue();
};

void TestQueueWatch::oneFailureAQueue()
{
    QueueWatch watch;
    QSignalSpy failed(&watch, &QueueWatch::jobFailed);
    watch.take({queuedJob(1), queuedJob(2), queuedJob(3)});
    watch.take({finished(queuedJob(2), Outcome::Failed)});
    watch.take({finished(queuedJob(1), Outcome::TimedOut)});
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.first().first().value<JobRecord>().id.value, 2U);
    watch.take({finished(queuedJob(3))});
    // Another queue, another failure.
    watch.take({queuedJob(4)});
    watch.take({finished(queuedJob(4), Outcome::Crashed)});
    QCOMPARE(failed.size(), 2);
}

void TestQueueWatch::tellsTheEndOnce()
{
    QueueWatch watch;
    QSignalSpy ended(&watch, &QueueWatch::queueEnded);
    watch.take({queuedJob(1), queuedJob(2), queuedJob(3), queuedJob(4)});
    watch.take({finished(queuedJob(1)), finished(queuedJob(2), Outcome::Failed)});
    QCOMPARE(ended.size(), 0);
    watch.take({finished(queuedJob(3)), finished(queuedJob(4), Outcome::Cancelled)});
    QCOMPARE(ended.size(), 1);
    QCOMPARE(ended.first(), (QList<QVariant>{2, 1, 1}));
    watch.take({});
    QCOMPARE(ended.size(), 1);
}

void TestQueueWatch::aShortSingleJobIsNoNews()
{
    QueueWatch watch;
    QSignalSpy ended(&watch, &QueueWatch::queueEnded);
    watch.take({queuedJob(1)});
    watch.take({finished(queuedJob(1))});
    QCOMPARE(ended.size(), 0);
    // But a long one is.
    JobRecord old = queuedJob(2);
    old.submitted.monotonic -= 1min;
    watch.take({old});
    watch.take({finished(old)});
    QCOMPARE(ended.size(), 1);
}

void TestQueueWatch::cancelledIsNoFailure()
{
    QueueWatch watch;
    QSignalSpy failed(&watch, &QueueWatch::jobFailed);
    watch.take({queuedJob(1), queuedJob(2)});
    watch.take({finished(queuedJob(1), Outcome::Cancelled), finished(queuedJob(2))});
    QCOMPARE(failed.size(), 0);
}

void TestQueueWatch::serversAreInNoQueue()
{
    QueueWatch watch;
    QSignalSpy failed(&watch, &QueueWatch::jobFailed);
    QSignalSpy ended(&watch, &QueueWatch::queueEnded);
    const JobRecord server = asServer(queuedJob(1));
    watch.take({running(server), queuedJob(2), queuedJob(3)});
    watch.take({finished(queuedJob(2)), finished(queuedJob(3))});
    // The queue has ended though the server stays.
    QCOMPARE(ended.size(), 1);
    QCOMPARE(ended.first(), (QList<QVariant>{2, 0, 0}));
    watch.take({finished(server, Outcome::Crashed)});
    QCOMPARE(failed.size(), 1);
    QCOMPARE(ended.size(), 1);
}

QTEST_GUILESS_MAIN(TestQueueWatch)
#include "tst_queuewatch.moc"
