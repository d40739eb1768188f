// SPDX-License-Identifier: MIT
#include "jobrecords.h"

#include "ui/jobs/jobtablemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestJobTableModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addsChangesRemovesClears();
    void ignoresWhatIsOlder();
    void tellsChangedRowsOnce();
    void removedJobsStayAway();
    void removesManyScatteredRows();
    void countsFollow();
    void serversAreCountedApart();
    void everyColumnSpeaks_data();
    void everyColumnSpeaks();
    void limitUsed();
};

void TestJobTableModel::addsChangesRemovesClears()
{
    JobTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QList<JobRecord> records;
    for (quint64 id = 1; id <= 20; ++id)
        records.append(queuedJob(id, u"job %1"_s.arg(id)));
    model.apply(records);
    QCOMPARE(model.rowCount(), 20);
    QCOMPARE(model.rowOf(JobId{7}), 6);

    model.apply({running(records[3]), finished(records[4], Outcome::Failed), queuedJob(21)});
    QCOMPARE(model.rowCount(), 21);
    QCOMPARE(model.record(3).state, JobState::Running);
    QCOMPARE(model.index(4, JobColumns::State).data().toString(), u"Failed"_s);

    model.remove({JobId{5}, JobId{1}, JobId{2}});
    QCOMPARE(model.rowCount(), 18);
    QCOMPARE(model.rowOf(JobId{5}), -1);
    QCOMPARE(model.rowOf(JobId{21}), 17);
    QCOMPARE(model.record(model.rowOf(JobId{4})).state, JobState::Running);

    QList<JobId> all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(model.record(row).id);
    model.remove(all);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.counts().count(JobCategory::All), 0);
}

void TestJobTableModel::ignoresWhatIsOlder()
{
    JobTableModel model;
    const JobRecord queued = queuedJob(1);
    model.apply({finished(queued)});
    model.apply({running(queued)});
    QCOMPARE(model.record(0).state, JobState::Finished);
    QCOMPARE(model.counts().count(JobCategory::Succeeded), 1);
    QCOMPARE(model.counts().count(JobCategory::Running), 0);
}

void TestJobTableModel::tellsChangedRowsOnce()
{
    JobTableModel model;
    QList<JobRecord> records;
    for (quint64 id = 1; id <= 10; ++id)
        records.append(queuedJob(id));
    model.apply(records);
    QSignalSpy changed(&model, &JobTableModel::dataChanged);
    QSignalSpy rows(&model, &JobTableModel::rowsChanged);
    QSignalSpy applied(&model, &JobTableModel::applied);
    model.apply({running(records[7]), running(records[2]), running(records[3])});
    QCOMPARE(changed.size(), 2); // rows 2..3 and row 7
    QCOMPARE(applied.size(), 1);
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.first().first().value<QList<int>>(), (QList<int>{2, 3, 7}));
    QCOMPARE(changed.first().at(0).toModelIndex().row(), 2);
    QCOMPARE(changed.first().at(1).toModelIndex().row(), 3);
}

void TestJobTableModel::removedJobsStayAway()
{
    JobTableModel model;
    const JobRecord record = finished(queuedJob(1));
    model.apply({record});
    model.remove({record.id});
    model.apply({record});
    QCOMPARE(model.rowCount(), 0);
}

void TestJobTableModel::removesManyScatteredRows()
{
    JobTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QList<JobRecord> records;
    QList<JobId> odd;
    for (quint64 id = 1; id <= 400; ++id) {
        records.append(queuedJob(id));
        if (id % 2 == 1)
            odd.append(JobId{id});
    }
    model.apply(records);
    model.remove(odd);
    QCOMPARE(model.rowCount(), 200);
    for (quint64 id = 2; id <= 400; id += 2)
        QCOMPARE(model.record(model.rowOf(JobId{id})).id.value, id);
}

void TestJobTableModel::countsFollow()
{
    JobTableModel model;
    const JobRecord one = queuedJob(1, u"one"_s, u"night"_s, u"/m.gguf"_s);
    const JobRecord two = queuedJob(2, u"two"_s, u"night"_s);
    model.apply({one, two});
    QCOMPARE(model.counts().count(JobCategory::Queued), 2);
    QCOMPARE(model.counts().groups().value(u"night"_s), 2);
    QCOMPARE(model.counts().models().value(u"/m.gguf"_s), 1);

    model.apply({running(one), finished(two, Outcome::TimedOut, 3s)});
    QCOMPARE(model.counts().count(JobCategory::Queued), 0);
    QCOMPARE(model.counts().count(JobCategory::Running), 1);
    QCOMPARE(model.counts().count(JobCategory::TimedOut), 1);
    const MonotonicTime ended = model.find(two.id)->completed->monotonic;
    QCOMPARE(model.counts().failedInLastHour(ended + 59min), 1);
    QCOMPARE(model.counts().failedInLastHour(ended + 61min), 0);
    QCOMPARE(*model.counts().p95RunTime(), std::chrono::nanoseconds(3s));

    model.remove({one.id, two.id});
    QVERIFY(model.counts().groups().isEmpty());
    QVERIFY(model.counts().models().isEmpty());
}

// They, and what they answer, take none of the queue's places; and how long one was up is no latency.
void TestJobTableModel::serversAreCountedApart()
{
    JobTableModel model;
    const JobRecord server = asServer(queuedJob(1));
    const JobRecord request = asRequest(queuedJob(2), u"tiny · 8081"_s);
    const JobRecord program = queuedJob(3);
    model.apply({server, request, program});
    QCOMPARE(model.counts().runningServers() + model.counts().runningRequests(), 0);
    model.apply({running(server), running(request), running(program)});
    QCOMPARE(model.counts().count(JobCategory::Running), 3);
    QCOMPARE(model.counts().runningServers(), 1);
    QCOMPARE(model.counts().runningRequests(), 1);
    QCOMPARE(model.counts().inPlaces(), 1);

    model.apply({finished(running(server), Outcome::Succeeded, 24h)});
    QVERIFY(!model.counts().p95RunTime());
    model.apply(
        {finished(running(request), Outcome::Succeeded, 2s), finished(running(program), Outcome::Succeeded, 1s)});
    QCOMPARE(*model.counts().p95RunTime(), std::chrono::nanoseconds(2s));
    QCOMPARE(model.counts().runningServers() + model.counts().runningRequests() + model.counts().inPlaces(), 0);
}

void TestJobTableModel::everyColumnSpeaks_data()
{
    QTest::addColumn<int>("column");
    for (int column = 0; column < JobColumns::count; ++column)
        QTest::addRow("%s", qPrintable(JobColumns::title(static_cast<JobColumns::Column>(column)))) << column;
}

void TestJobTableModel::everyColumnSpeaks()
{
    QFETCH(const int, column);
    JobTableModel model;
    JobRecord record = finished(queuedJob(1, u"name"_s, u"group"_s, u"/models/small.gguf"_s), Outcome::Failed);
    record.ttft = 300ms;
    record.timings.decodeTps = 12.5;
    record.peakRssBytes = 12'000'000;
    record.cpuTime = 2s;
    model.apply({record});
    QVERIFY(!model.headerData(column, Qt::Horizontal).toString().isEmpty());
    QVERIFY(!model.index(0, column).data().toString().isEmpty());
    const QVariant key = model.index(0, column).data(JobTableModel::SortRole);
    if (JobColumns::isText(static_cast<JobColumns::Column>(column)))
        QVERIFY(!key.toString().isEmpty());
    else
        QVERIFY(!std::isnan(key.toDouble()));
}

void TestJobTableModel::limitUsed()
{
    JobSpec spec;
    spec.command = {u"x"_s};
    spec.limits.timeout = 10s;
    JobRecord record = queuedJob(1);
    record.spec = std::make_shared<const JobSpec>(spec);
    QVERIFY(!JobColumns::limitUsed(record, monotonicNow())); // the timeout has not begun
    record = running(record);
    QCOMPARE(*JobColumns::limitUsed(record, record.started->monotonic + 5s), 0.5);
    QCOMPARE(*JobColumns::limitUsed(record, record.started->monotonic + 60s), 1.0);
    spec.limits.deadline = 20s;
    record.spec = std::make_shared<const JobSpec>(spec);
    // The nearer of the two counts.
    QCOMPARE(*JobColumns::limitUsed(record, record.submitted.monotonic + 8s), 0.799);
    record = finished(record);
    QVERIFY(!JobColumns::limitUsed(record, record.submitted.monotonic + 8s));
}

QTEST_GUILESS_MAIN(TestJobTableModel)
#include "tst_jobtablemodel.moc"
