// SPDX-License-Identifier: MIT
// The latency page over a history: it shows what is recorded, also what the table does not hold, and nothing that is forgotten.
#include "jobrecords.h"
#include "support/historyrecords.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/latencyaggregator.h"
#include "ui/latency/latencyexport.h"
#include "ui/latency/latencyfilterbar.h"
#include "ui/latency/latencypage.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct PageOverHistory
{
    // Jobs 1 to count are recorded, job n ran n ms; those with even numbers are in the group "even".
    explicit PageOverHistory(int count)
    {
        for (int i = 1; i <= count; ++i) {
            const JobSpec spec{.command = {u"/bin/true"_s}, .group = i % 2 == 0 ? u"even"_s : QString()};
            const auto id = quint64(i);
            fixture.record(finishedRecord(queuedRecord(id, spec), fixture.sessionFolder, Outcome::Succeeded,
                                          std::chrono::milliseconds(i)));
        }
        fixture.save();
        page.resize(1000, 700);
    }
    bool shows(qint64 count)
    {
        return page.view() && page.view()->report->statistics().count() == count && !page.aggregator()->isComputing();
    }
    // The lines of the file, when it is there.
    QList<QByteArray> exported(LatencyExport::Which which)
    {
        const QString path = files.filePath(u"jobs.csv"_s);
        QSignalSpy messages(page.reports(), &LatencyExport::message);
        page.reports()->exportJobsTo(path, which);
        if (!QTest::qWaitFor([&] { return !messages.isEmpty(); }, 30'000))
            return {};
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return {};
        return file.readAll().split('\n');
    }

    HistoryFixture fixture;
    QTemporaryDir files;
    JobTableModel jobs;
    LatencyPage page{jobs, &fixture.history()};
};

} // namespace

class TestLatencyHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsHeldUntilItIsLookedAt();
    void showsWhatTheTableDoesNotHold();
    void jobsThatEndMeanwhileAreCountedOnce();
    void forgetsWhatIsForgotten();
    void whatIsForgottenBeforeDoesNotCome();
    void exportsEveryJob();
    void exportsTheJobsShown();
    void reportsNameTheSlowestJobs();
};

void TestLatencyHistory::nothingIsHeldUntilItIsLookedAt()
{
    PageOverHistory test(20);
    // A job of this run ends while another page is shown.
    test.jobs.apply({finished(running(queuedJob(21)))});
    QVERIFY(!test.page.aggregator()->hasSamples());
    test.page.show();
    QTRY_VERIFY(test.shows(21));
}

void TestLatencyHistory::showsWhatTheTableDoesNotHold()
{
    PageOverHistory test(50);
    test.page.show();
    QTRY_VERIFY(test.shows(50));
    QCOMPARE(test.jobs.rowCount(), 0);
    QCOMPARE(test.page.view()->report->statistics().summary(Measure::Run).maximum, std::optional(50.0));
}

void TestLatencyHistory::jobsThatEndMeanwhileAreCountedOnce()
{
    PageOverHistory test(10);
    test.page.show();
    // In the table and in the history, as those of this run are.
    const JobRecord both = finished(running(queuedJob(11)));
    test.fixture.record(both);
    test.jobs.apply({both});
    QTRY_VERIFY(test.shows(11));
    test.jobs.apply({finished(running(queuedJob(12)))});
    QTRY_VERIFY(test.shows(12));
    test.jobs.apply({both});
    test.jobs.apply({finished(running(queuedJob(13)))});
    QTRY_VERIFY(test.shows(13));
}

void TestLatencyHistory::forgetsWhatIsForgotten()
{
    PageOverHistory test(30);
    test.page.show();
    QTRY_VERIFY(test.shows(30));
    test.jobs.remove({JobId{30}, JobId{29}, JobId{77}});
    QTRY_VERIFY(test.shows(28));
    QCOMPARE(test.page.view()->report->statistics().summary(Measure::Run).maximum, std::optional(28.0));
    QCOMPARE(test.page.aggregator()->samples().size(), 28);
    QList<JobId> all;
    for (quint64 id = 1; id <= 30; ++id)
        all.append(JobId{id});
    test.jobs.remove(all);
    QTRY_VERIFY(!test.page.reports()->allJobsAction()->isEnabled());
    QVERIFY(test.page.aggregator()->samples().isEmpty());
    QVERIFY(test.page.aggregator()->samples().groups().isEmpty());
}

void TestLatencyHistory::whatIsForgottenBeforeDoesNotCome()
{
    PageOverHistory test(30);
    // The table forgets at once, the file a moment later.
    test.jobs.remove({JobId{1}, JobId{2}});
    test.page.show();
    QTRY_VERIFY(test.shows(28));
}

void TestLatencyHistory::exportsEveryJob()
{
    PageOverHistory test(2000);
    test.page.show();
    QTRY_VERIFY(test.shows(2000));
    test.page.filterBar()->setRangeIndex(0); // the last 15 minutes: none of them
    QTRY_VERIFY(test.shows(0));
    const QList<QByteArray> lines = test.exported(LatencyExport::Which::All);
    QCOMPARE(lines.size(), 2002); // the header and an empty rest
    QVERIFY(lines[0].startsWith("id,name,"));
    QVERIFY(lines[1].startsWith("1,"));
    QVERIFY(lines[2000].startsWith("2000,"));
}

void TestLatencyHistory::exportsTheJobsShown()
{
    PageOverHistory test(100);
    test.page.show();
    QTRY_VERIFY(test.shows(100));
    test.page.filterBar()->setCustomRange({instantAfter(41s).wall, instantAfter(61s).wall});
    QTRY_VERIFY(test.shows(20));
    const QList<QByteArray> lines = test.exported(LatencyExport::Which::Shown);
    QCOMPARE(lines.size(), 22);
    QVERIFY2(lines[1].startsWith("41,"), lines[1].constData());
    QVERIFY2(lines[20].startsWith("60,"), lines[20].constData());
}

void TestLatencyHistory::reportsNameTheSlowestJobs()
{
    PageOverHistory test(20);
    test.page.show();
    QTRY_VERIFY(test.shows(20));
    QSignalSpy messages(test.page.reports(), &LatencyExport::message);
    const QString path = test.files.filePath(u"report.json"_s);
    test.page.reports()->exportReport(path);
    QTRY_COMPARE(messages.size(), 1);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonArray slowest = QJsonDocument::fromJson(file.readAll()).object().value(u"slowest"_s).toArray();
    QVERIFY(!slowest.isEmpty());
    for (const QJsonValue &job : slowest)
        QCOMPARE(job[u"name"_s].toString(), u"true"_s);
}

QTEST_MAIN(TestLatencyHistory)
#include "tst_latencyhistory.moc"
