// SPDX-License-Identifier: MIT
#include "jobrecords.h"

#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/textranking.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include <cmath>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestJobFilterProxy : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void filtersBy_data();
    void filtersBy();
    void sortsAbsentLast();
    void staysRightUnderChanges_data();
    void staysRightUnderChanges();
    void keepsPersistentIndexes();

private:
    static void check(const JobFilterProxy &proxy);
};

// Against the definition: exactly the accepted rows, each once, in order.
void TestJobFilterProxy::check(const JobFilterProxy &proxy)
{
    const JobTableModel *jobs = proxy.jobs();
    const JobFilter &filter = proxy.filter();
    int expected = 0;
    for (int row = 0; row < jobs->rowCount(); ++row) {
        const JobRecord &record = jobs->record(row);
        const bool accepted = (filter.category == JobCategory::All || categoryOf(record) == filter.category)
            && (filter.group.isEmpty() || record.spec->group == filter.group)
            && (filter.text.isEmpty() || record.spec->name.contains(filter.text, Qt::CaseInsensitive)
                || record.spec->group.contains(filter.text));
        expected += accepted;
        QCOMPARE(proxy.rowOf(record.id) >= 0, accepted);
        if (accepted)
            QCOMPARE(proxy.record(proxy.rowOf(record.id)).id, record.id);
    }
    QCOMPARE(proxy.rowCount(), expected);
    const auto column = static_cast<JobColumns::Column>(proxy.sortColumn());
    const bool ascending = proxy.sortOrder() == Qt::AscendingOrder;
    for (int row = 1; row < proxy.rowCount(); ++row) {
        const JobRecord &one = proxy.record(row - 1);
        const JobRecord &two = proxy.record(row);
        std::partial_ordering order = std::partial_ordering::equivalent;
        if (JobColumns::isText(column)) {
            order = TextRanking::key(JobColumns::textKey(column, one))
                        .compare(TextRanking::key(JobColumns::textKey(column, two)))
                <=> 0;
        } else {
            const MonotonicTime now = monotonicNow();
            const double a = JobColumns::numberKey(column, one, now);
            const double b = JobColumns::numberKey(column, two, now);
            QVERIFY(!std::isnan(a) || std::isnan(b));
            order = std::isnan(b)
                ? (std::isnan(a) ? std::partial_ordering::equivalent : std::partial_ordering::unordered)
                : a <=> b;
        }
        if (order == std::partial_ordering::equivalent)
            order = one.id <=> two.id;
        QVERIFY(order != (ascending ? std::partial_ordering::greater : std::partial_ordering::less));
    }
}

void TestJobFilterProxy::filtersBy_data()
{
    QTest::addColumn<JobFilter>("filter");
    QTest::addColumn<QList<quint64>>("ids");
    QTest::newRow("all") << JobFilter{} << QList<quint64>{1, 2, 3, 4};
    QTest::newRow("queued") << JobFilter{.category = JobCategory::Queued} << QList<quint64>{1};
    QTest::newRow("failed, crashed and not started")
        << JobFilter{.category = JobCategory::Failed} << QList<quint64>{3, 4};
    QTest::newRow("group") << JobFilter{.group = u"night"_s} << QList<quint64>{1, 2};
    QTest::newRow("model") << JobFilter{.model = u"/m/big.gguf"_s} << QList<quint64>{2};
    QTest::newRow("name, any case") << JobFilter{.text = u"BACK"_s} << QList<quint64>{1};
    QTest::newRow("command") << JobFilter{.text = u"argument"_s} << QList<quint64>{1, 2, 3, 4};
    QTest::newRow("words of different fields") << JobFilter{.text = u"  night argument big "_s} << QList<quint64>{2};
    QTest::newRow("all must match") << JobFilter{.text = u"back nowhere"_s} << QList<quint64>{};
    QTest::newRow("state and text") << JobFilter{.category = JobCategory::Queued, .text = u"big"_s} << QList<quint64>{};
}

void TestJobFilterProxy::filtersBy()
{
    QFETCH(const JobFilter, filter);
    QFETCH(const QList<quint64>, ids);
    JobTableModel model;
    JobFilterProxy proxy(&model);
    QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
    proxy.sort(JobColumns::Id, Qt::AscendingOrder);
    model.apply({queuedJob(1, u"Backup"_s, u"night"_s), running(queuedJob(2, {}, u"night"_s, u"/m/big.gguf"_s)),
                 finished(queuedJob(3), Outcome::Crashed), finished(queuedJob(4), Outcome::FailedToStart)});
    proxy.setFilter(filter);
    QList<quint64> shown;
    for (int row = 0; row < proxy.rowCount(); ++row)
        shown.append(proxy.record(row).id.value);
    QCOMPARE(shown, ids);
}

void TestJobFilterProxy::sortsAbsentLast()
{
    JobTableModel model;
    JobFilterProxy proxy(&model);
    model.apply({queuedJob(1), finished(queuedJob(2), Outcome::Succeeded, 2s), queuedJob(3),
                 finished(queuedJob(4), Outcome::Succeeded, 1s)});
    const auto ids = [&proxy] {
        QList<quint64> shown;
        for (int row = 0; row < proxy.rowCount(); ++row)
            shown.append(proxy.record(row).id.value);
        return shown;
    };
    proxy.sort(JobColumns::RunTime, Qt::AscendingOrder);
    QCOMPARE(ids(), (QList<quint64>{4, 2, 1, 3}));
    proxy.sort(JobColumns::RunTime, Qt::DescendingOrder);
    QCOMPARE(ids(), (QList<quint64>{2, 4, 3, 1}));
}

void TestJobFilterProxy::staysRightUnderChanges_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<Qt::SortOrder>("order");
    for (const int column : {JobColumns::State, JobColumns::Id, JobColumns::Name, JobColumns::Priority,
                             JobColumns::Completed, JobColumns::Exit, JobColumns::Group}) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder})
            QTest::addRow("%s %s", qPrintable(JobColumns::title(static_cast<JobColumns::Column>(column))),
                          order == Qt::AscendingOrder ? "up" : "down")
                << column << order;
    }
}

// Batches of every size of new, changed and removed jobs, and other filters in between; the model tester watches.
void TestJobFilterProxy::staysRightUnderChanges()
{
    QFETCH(const int, column);
    QFETCH(const Qt::SortOrder, order);
    QRandomGenerator random(4711);
    JobTableModel model;
    JobFilterProxy proxy(&model);
    QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
    proxy.sort(column, order);
    quint64 next = 1;
    for (int round = 0; round < 24; ++round) {
        QList<JobRecord> batch;
        const int added = random.bounded(round % 4 == 0 ? 60 : 8);
        for (int i = 0; i < added; ++i) {
            JobRecord record = queuedJob(next++, u"job %1"_s.arg(random.bounded(50)), u"g%1"_s.arg(random.bounded(3)));
            record.priority = random.bounded(4);
            batch.append(record);
        }
        const int changed = model.rowCount() > 0 ? random.bounded(round % 5 == 0 ? 90 : 6) : 0;
        QSet<JobId> touched;
        for (int i = 0; i < changed; ++i) {
            const JobRecord &record = model.record(random.bounded(model.rowCount()));
            if (record.isFinished() || touched.contains(record.id))
                continue;
            touched.insert(record.id);
            batch.append(record.state == JobState::Queued ? running(record)
                                                          : finished(record, static_cast<Outcome>(random.bounded(9))));
        }
        model.apply(batch);
        check(proxy);
        if (round % 3 == 0) {
            proxy.setFilter({.category = allJobCategories[random.bounded(quint32(allJobCategories.size()))],
                             .text = random.bounded(2) ? u"1"_s : QString()});
            check(proxy);
        }
        if (round % 7 == 6) {
            QList<JobId> gone;
            for (int row = 0; row < model.rowCount(); ++row) {
                if (random.bounded(round == 6 ? 2 : 30) == 0)
                    gone.append(model.record(row).id);
            }
            model.remove(gone);
            check(proxy);
        }
    }
}

void TestJobFilterProxy::keepsPersistentIndexes()
{
    JobTableModel model;
    JobFilterProxy proxy(&model);
    QList<JobRecord> records;
    for (quint64 id = 1; id <= 100; ++id)
        records.append(queuedJob(id, u"job %1"_s.arg(id * 37 % 101)));
    model.apply(records);
    const QPersistentModelIndex kept = proxy.index(proxy.rowOf(JobId{42}), JobColumns::Name);
    const QPersistentModelIndex lost = proxy.index(proxy.rowOf(JobId{43}), JobColumns::Name);
    proxy.sort(JobColumns::Name, Qt::AscendingOrder);
    QCOMPARE(proxy.record(kept.row()).id.value, 42U);
    model.apply({running(records[41])});
    proxy.setFilter({.category = JobCategory::Running});
    QCOMPARE(kept.row(), 0);
    QCOMPARE(kept.column(), int(JobColumns::Name));
    QVERIFY(!lost.isValid());
}

QTEST_GUILESS_MAIN(TestJobFilterProxy)
#include "tst_jobfilterproxy.moc"
