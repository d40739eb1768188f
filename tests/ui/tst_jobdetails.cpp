// SPDX-License-Identifier: MIT
// What the parts around a job's row say and do: the column that takes the room that is left, the line that gives way, the
// summary in words.
#include "jobrecords.h"

#include "ui/jobs/elasticcolumn.h"
#include "ui/jobs/summaryview.h"
#include "ui/style/elidedlabel.h"

#include <QHeaderView>
#include <QLabel>
#include <QRegularExpression>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestJobDetails : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void columnTakesTheRoomThatIsLeft();
    void columnStaysAsItWasDragged();
    void changingTextAsksNoLayout();
    void summaryNamesTheEngine();
    void summaryRoundsAndHasTheExactValue();
    void summaryHidesSecrets();
    void summaryHeadline_data();
    void summaryHeadline();

private:
    static QString valueOf(const JobRecord &record, const QString &what, bool exact = false);
};

void TestJobDetails::columnTakesTheRoomThatIsLeft()
{
    QStandardItemModel model(1, 4);
    QTableView table;
    table.setModel(&model);
    table.verticalHeader()->hide();
    QHeaderView *header = table.horizontalHeader();
    const ElasticColumn elastic(&table, 1, 150);
    table.resize(700, 200);
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    const auto total = [&] { return header->length(); };
    QTRY_COMPARE(total(), table.viewport()->width());

    header->resizeSection(2, 200);
    QTRY_COMPARE(total(), table.viewport()->width());
    header->setSectionHidden(3, true);
    QTRY_COMPARE(total(), table.viewport()->width());
    table.resize(900, 200);
    QTRY_COMPARE(total(), table.viewport()->width());
    // No room at all: its minimum, and the table scrolls.
    header->setSectionHidden(3, false);
    header->resizeSection(2, 900);
    QCOMPARE(header->sectionSize(1), 150);
    QVERIFY(elastic.isElastic());
}

void TestJobDetails::columnStaysAsItWasDragged()
{
    QStandardItemModel model(1, 3);
    QTableView table;
    table.setModel(&model);
    table.verticalHeader()->hide();
    QHeaderView *header = table.horizontalHeader();
    ElasticColumn elastic(&table, 1, 100);
    table.resize(700, 200);
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    const int edge = header->sectionViewportPosition(1) + header->sectionSize(1) - 1;
    const int y = header->height() / 2;
    QTest::mouseMove(header->viewport(), {edge, y});
    QTest::mousePress(header->viewport(), Qt::LeftButton, {}, {edge, y});
    QTest::mouseMove(header->viewport(), {edge - 60, y});
    QTest::mouseRelease(header->viewport(), Qt::LeftButton, {}, {edge - 60, y});
    QVERIFY(!elastic.isElastic());
    const int chosen = header->sectionSize(1);
    table.resize(900, 200);
    QTRY_VERIFY(table.viewport()->width() > 800);
    QCOMPARE(header->sectionSize(1), chosen);
    elastic.setElastic(true);
    QVERIFY(header->sectionSize(1) > chosen);
}

void TestJobDetails::changingTextAsksNoLayout()
{
    struct Counter : QObject
    {
        bool eventFilter(QObject *, QEvent *event) override
        {
            requests += event->type() == QEvent::LayoutRequest;
            return false;
        }
        int requests = 0;
    };
    QWidget window;
    auto *label = new ElidedLabel(Tone::Muted, &window);
    window.resize(300, 40);
    label->resize(60, 20);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    Counter counter;
    window.installEventFilter(&counter);
    label->setText(u"1,234,567 lines, and more than fits"_s);
    QCoreApplication::processEvents();
    QCOMPARE(counter.requests, 0);
    QCOMPARE(label->accessibleName(), label->text());
    QCOMPARE(label->minimumSizeHint().width(), 0);
}

QString TestJobDetails::valueOf(const JobRecord &record, const QString &what, bool exact)
{
    const QList<SummaryView::Section> sections = SummaryView::describe(record);
    for (const SummaryView::Section &section : sections) {
        for (const SummaryView::Row &row : section.rows) {
            if (row.what == what)
                return exact ? row.exact : row.value;
        }
    }
    return {};
}

void TestJobDetails::summaryNamesTheEngine()
{
    JobSpec spec;
    spec.command = {u"/e/bin/llama-cli"_s};
    spec.kind = JobKind::Inference;
    spec.engine = u"/e/bin/llama-cli"_s;
    JobRecord record = queuedJob(1);
    record.spec = std::make_shared<const JobSpec>(spec);
    QCOMPARE(valueOf(record, u"Engine"_s), spec.engine);
    const auto sections = SummaryView::describe(record, [](const QString &) { return u"Mine"_s; });
    const SummaryView::Row named{.what = u"Engine"_s, .value = u"Mine"_s, .exact = spec.engine};
    QVERIFY(std::any_of(sections.cbegin(), sections.cend(), [&](const SummaryView::Section &section) {
        return std::any_of(section.rows.cbegin(), section.rows.cend(), [&](const SummaryView::Row &row) {
            return row.what == named.what && row.value == named.value && row.exact == named.exact;
        });
    }));
}

void TestJobDetails::summaryRoundsAndHasTheExactValue()
{
    JobRecord record = finished(queuedJob(1), Outcome::Succeeded, 185s + 1'234'567ns);
    QCOMPARE(valueOf(record, u"Started to first output"_s), u"\u2014"_s);
    const QString run = valueOf(record, u"E2E latency"_s);
    QVERIFY2(run.startsWith(u"3 min 0"_s), qPrintable(run));
    const QString exact = valueOf(record, u"E2E latency"_s, true);
    QVERIFY2(exact.endsWith(u" ms"_s) && exact.contains(u'.'), qPrintable(exact));
    QVERIFY(valueOf(record, u"Submitted"_s, true).contains(QRegularExpression(u":\\d\\d\\.\\d{6}$"_s)));

    JobSpec spec = *record.spec;
    spec.kind = JobKind::Inference;
    record.spec = std::make_shared<const JobSpec>(spec);
    record.timings.decodeMs = 1240.25;
    record.timings.decodeTps = 27.94;
    QCOMPARE(valueOf(record, u"Decode"_s), u"1.24 s"_s);
    QCOMPARE(valueOf(record, u"Decode"_s, true), u"1,240.250 ms"_s);
    QCOMPARE(valueOf(record, u"Decode throughput"_s), u"27.9 tokens/s"_s);
    QCOMPARE(valueOf(record, u"Prefill"_s), u"\u2014"_s);
    QCOMPARE(valueOf(record, u"Prefill throughput"_s), u"\u2014"_s); // not "— tokens/s"
}

void TestJobDetails::summaryHidesSecrets()
{
    JobRecord record = queuedJob(1);
    JobSpec spec = *record.spec;
    spec.environment.overrides = {{u"API_TOKEN"_s, u"hunter2"_s}, {u"LANG"_s, u"C"_s}, {u"TZ"_s, std::nullopt}};
    record.spec = std::make_shared<const JobSpec>(spec);
    QCOMPARE(valueOf(record, u"API_TOKEN"_s), u"•••"_s);
    QCOMPARE(valueOf(record, u"LANG"_s), u"C"_s);
    QCOMPARE(valueOf(record, u"TZ"_s), u"(unset)"_s);
    SummaryView view;
    view.setRecord(record);
    for (const QLabel *label : view.findChildren<QLabel *>())
        QVERIFY(!label->text().contains(u"hunter2"_s));
}

void TestJobDetails::summaryHeadline_data()
{
    QTest::addColumn<JobRecord>("record");
    QTest::addColumn<QString>("headline");
    JobRecord failed = finished(queuedJob(1), Outcome::Failed);
    failed.exitCode = 3;
    failed.reason.clear();
    QTest::newRow("failed") << failed << u"Failed: exit code 3"_s;
    JobRecord timedOut = finished(queuedJob(1), Outcome::TimedOut);
    timedOut.reason = u"It ran into its limit of 30 s; 3 processes were killed."_s;
    QTest::newRow("timed out") << timedOut << u"Timed out: It ran into its limit of 30 s; 3 processes were killed."_s;
    JobRecord waiting = queuedJob(1);
    waiting.pendingReason = PendingReason::WaitingForSlot;
    QTest::newRow("queued") << waiting << u"Queued: waiting for a free slot"_s;
    JobRecord succeeded = finished(queuedJob(1), Outcome::Succeeded);
    succeeded.reason.clear();
    succeeded.started.reset();
    QTest::newRow("without a run time") << succeeded << u"Succeeded"_s;
}

void TestJobDetails::summaryHeadline()
{
    QFETCH(const JobRecord, record);
    QFETCH(const QString, headline);
    QCOMPARE(SummaryView::headline(record), headline);
}

QTEST_MAIN(TestJobDetails)

#include "tst_jobdetails.moc"
