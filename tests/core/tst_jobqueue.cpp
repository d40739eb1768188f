// SPDX-License-Identifier: MIT
#include "core/supervisor/jobqueue.h"
#include "core/supervisor/scheduledjob.h"

#include <QTest>

#include <limits>
#include <vector>

using namespace BitNet;

class tst_JobQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ordersByPriorityThenSubmission();
    void heldJobsAreNeverNext();
    void restoreKeepsThePlace();
    void moves_data();
    void moves();
    void movesStayWithinThePriority();
    void extremePriorities();
};

namespace {

struct Jobs
{
    explicit Jobs(const std::vector<int> &priorities)
        : jobs(priorities.size())
    {
        for (size_t i = 0; i < priorities.size(); ++i) {
            jobs[i].record.id = {i + 1};
            jobs[i].record.priority = priorities[i];
            queue.append(jobs[i]);
        }
    }

    // The ids in the order in which they would be started.
    QList<quint64> drain()
    {
        QList<quint64> order;
        while (ScheduledJob *job = queue.next()) {
            order.append(job->record.id.value);
            queue.remove(*job);
        }
        return order;
    }

    std::vector<ScheduledJob> jobs;
    JobQueue queue;
};

} // namespace

void tst_JobQueue::ordersByPriorityThenSubmission()
{
    Jobs j({0, 5, 0, -1, 5});
    QCOMPARE(j.queue.size(), size_t(5));
    QCOMPARE(j.drain(), (QList<quint64>{2, 5, 1, 3, 4}));
    QVERIFY(j.queue.isEmpty());
}

void tst_JobQueue::heldJobsAreNeverNext()
{
    Jobs j({0, 0, 0});
    j.queue.setHeld(j.jobs[0], true);
    QCOMPARE(j.queue.next()->record.id.value, quint64(2));
    QCOMPARE(j.queue.size(), size_t(3));
    j.queue.setHeld(j.jobs[0], false);
    QCOMPARE(j.drain(), (QList<quint64>{1, 2, 3}));
}

void tst_JobQueue::restoreKeepsThePlace()
{
    Jobs j({0, 0, 0});
    j.queue.remove(j.jobs[0]);
    j.queue.restore(j.jobs[0]);
    QCOMPARE(j.drain(), (QList<quint64>{1, 2, 3}));
}

void tst_JobQueue::moves_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<QueueMove>("move");
    QTest::addColumn<quint64>("neighbour");
    QTest::addColumn<QList<quint64>>("order");

    QTest::newRow("up") << 2 << QueueMove::Up << quint64(2) << QList<quint64>{1, 3, 2};
    QTest::newRow("up from the top") << 0 << QueueMove::Up << quint64(0) << QList<quint64>{1, 2, 3};
    QTest::newRow("down") << 0 << QueueMove::Down << quint64(2) << QList<quint64>{2, 1, 3};
    QTest::newRow("down from the bottom") << 2 << QueueMove::Down << quint64(0) << QList<quint64>{1, 2, 3};
    QTest::newRow("top") << 2 << QueueMove::Top << quint64(0) << QList<quint64>{3, 1, 2};
    QTest::newRow("bottom") << 0 << QueueMove::Bottom << quint64(0) << QList<quint64>{2, 3, 1};
}

void tst_JobQueue::moves()
{
    QFETCH(int, which);
    QFETCH(QueueMove, move);
    QFETCH(quint64, neighbour);
    QFETCH(QList<quint64>, order);

    Jobs j({0, 0, 0});
    const ScheduledJob *other = j.queue.move(j.jobs[static_cast<size_t>(which)], move);
    QCOMPARE(other ? other->record.id.value : 0, neighbour);
    QCOMPARE(j.drain(), order);
}

void tst_JobQueue::movesStayWithinThePriority()
{
    Jobs j({1, 0, 0});
    QVERIFY(!j.queue.move(j.jobs[1], QueueMove::Up));
    j.queue.move(j.jobs[2], QueueMove::Top);
    QCOMPARE(j.drain(), (QList<quint64>{1, 3, 2}));
}

void tst_JobQueue::extremePriorities()
{
    Jobs j({std::numeric_limits<int>::min(), 0, std::numeric_limits<int>::max()});
    QCOMPARE(j.drain(), (QList<quint64>{3, 2, 1}));
}

QTEST_GUILESS_MAIN(tst_JobQueue)
#include "tst_jobqueue.moc"
