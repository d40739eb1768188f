// SPDX-License-Identifier: MIT
#include "jobrecords.h"

#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/chartview.h"
#include "ui/latency/comparisonpanel.h"
#include "ui/latency/distributiondrawing.h"
#include "ui/latency/figuresmodel.h"
#include "ui/latency/latencyaggregator.h"
#include "ui/latency/latencyexport.h"
#include "ui/latency/latencyfilterbar.h"
#include "ui/latency/latencypage.h"
#include "ui/latency/limitsbar.h"
#include "ui/latency/overtimedrawing.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <QXmlStreamReader>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

constexpr WallTime begin(std::chrono::seconds(1'700'000'000));

// Inferences one second apart; the first half waits 10 ms, the second 40 ms; every tenth fails.
std::vector<LatencySample> drawnSamples(int count, quint64 firstId = 1)
{
    std::vector<LatencySample> samples;
    for (int i = 0; i < count; ++i) {
        LatencySample sample;
        sample.job = {firstId + quint64(i)};
        sample.kind = JobKind::Inference;
        sample.submittedAt = begin + std::chrono::seconds(i);
        sample.completedAt = sample.submittedAt + 500ms;
        sample.outcome = i % 10 == 9 ? Outcome::Failed : Outcome::Succeeded;
        sample.model = i % 2 ? u"/models/odd.gguf"_s : u"/models/even.gguf"_s;
        sample.group = i % 3 ? u"night"_s : QString();
        const double wait = i < count / 2 ? 10 : 40;
        sample.set(Measure::QueueWait, Observation::Measured, wait);
        const Observation atEnd = i % 10 == 9 ? Observation::Apart : Observation::Measured;
        sample.set(Measure::Run, atEnd, 100 + i % 7);
        sample.set(Measure::E2E, atEnd, wait + 100 + i % 7);
        samples.push_back(std::move(sample));
    }
    return samples;
}

struct Page
{
    explicit Page(int count = 0)
    {
        page.resize(1000, 700);
        page.show();
        if (count > 0) {
            page.aggregator()->addSamples(drawnSamples(count));
            waitFor(count);
        }
    }
    void waitFor(qint64 count)
    {
        QTRY_VERIFY(page.view() && page.view()->report->statistics().count() == count
                    && !page.aggregator()->isComputing());
    }
    QComboBox *box(const QString &name)
    {
        for (QComboBox *box : page.findChildren<QComboBox *>()) {
            if (box->accessibleName() == name)
                return box;
        }
        return nullptr;
    }
    // Where the chart has this job.
    QPoint placeOf(quint64 job)
    {
        ChartView *chart = page.chart(LatencyPage::OverTime);
        const QRectF plot = chart->drawing()->plot(chart->size(), chart->look());
        for (int x = int(plot.left()); x < int(plot.right()); ++x) {
            for (int y = int(plot.top()); y < int(plot.bottom()); y += 3) {
                const auto hit = chart->drawing()->hitAt(QPointF(x, y), chart->size(), chart->look());
                if (hit && hit->mark && hit->job == JobId{job})
                    return {x, y};
            }
        }
        return {};
    }

    JobTableModel jobs;
    LatencyPage page{jobs};
};

} // namespace

class TestLatencyPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void takesRecordsAndSamples();
    void filters();
    void timeRanges();
    void newerQuestionSupersedes();
    void hoverAndClick();
    void zooms();
    void keyboard();
    void valuesZoom();
    void decimatesToPixels();
    void limits();
    void compares();
    void compareBeforeAndAfter();
    void exports_data();
    void exports();
    void exportsCharts();
    void keepsState();
    void figuresModel();
};

void TestLatencyPage::takesRecordsAndSamples()
{
    Page test;
    QVERIFY(!test.page.exportAction()->isEnabled());
    test.jobs.apply({finished(running(queuedJob(1), 50ms), Outcome::Succeeded, 200ms), running(queuedJob(2))});
    test.waitFor(1);
    QVERIFY(test.page.exportAction()->isEnabled());
    QCOMPARE(test.page.view()->summary.maximum, std::optional(250.0));
    // A job that is known is not counted again.
    test.page.aggregator()->addSamples(drawnSamples(30));
    test.waitFor(30);
    test.jobs.apply({finished(running(queuedJob(2)))});
    test.page.aggregator()->addSamples(drawnSamples(40));
    test.waitFor(40);
}

void TestLatencyPage::filters()
{
    Page test(300);
    QComboBox *model = test.box(u"Model"_s);
    QVERIFY(model->isVisible());
    model->setCurrentIndex(model->findData(u"/models/odd.gguf"_s));
    test.waitFor(150);
    test.box(u"Group"_s)->setCurrentIndex(1); // without
    test.waitFor(50);
    model->setCurrentIndex(0);
    test.waitFor(100);
    test.box(u"Group"_s)->setCurrentIndex(0);
    test.box(u"Outcome"_s)->setCurrentIndex(2); // failed
    test.waitFor(30);
    test.box(u"Kind"_s)->setCurrentIndex(test.box(u"Kind"_s)->findData(int(JobKind::Custom)));
    test.waitFor(0);
    QVERIFY(!test.page.view()->report->range());
    QVERIFY(!test.page.chart(LatencyPage::OverTime)->grab().isNull()); // says that there is nothing
    QCOMPARE(test.page.filterBar()->words(), u"kind Command, outcome Failed"_s);
}

void TestLatencyPage::timeRanges()
{
    Page test(300);
    test.page.filterBar()->setCustomRange({begin + 100s, begin + 200s});
    test.waitFor(100);
    test.page.filterBar()->setRangeIndex(0); // the last 15 minutes: those of 2023 are not in it
    test.waitFor(0);
    test.page.filterBar()->setRangeIndex(4);
    test.waitFor(300);
    test.page.filterBar()->setMeasure(Measure::QueueWait);
    QTRY_COMPARE(test.page.view()->question.measure, Measure::QueueWait);
    QCOMPARE(test.page.view()->summary.percentiles[0], std::optional(10.0));
    QCOMPARE(test.page.view()->summary.maximum, std::optional(40.0));
}

void TestLatencyPage::newerQuestionSupersedes()
{
    LatencyAggregator aggregator;
    QSignalSpy views(&aggregator, &LatencyAggregator::viewChanged);
    aggregator.addSamples(drawnSamples(200'000));
    aggregator.setActive(true);
    QVERIFY(aggregator.isComputing());
    LatencyQuestion question;
    question.filter.model = u"/models/odd.gguf"_s;
    aggregator.ask(question);
    QCOMPARE(aggregator.supersededCount(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(views.size(), 1, 30'000);
    QVERIFY(!aggregator.isComputing());
    const auto view = views.first().first().value<std::shared_ptr<const LatencyView>>();
    QCOMPARE(view->question, question);
    QCOMPARE(view->report->statistics().count(), 100'000);
    QCOMPARE(aggregator.samples().size(), 200'000); // what was taken in is not lost
}

void TestLatencyPage::hoverAndClick()
{
    Page test(100);
    ChartView *chart = test.page.chart(LatencyPage::OverTime);
    QSignalSpy activated(&test.page, &LatencyPage::jobActivated);
    const QPoint place = test.placeOf(51);
    QVERIFY(!place.isNull());
    QTest::mouseMove(chart, place);
    QTRY_VERIFY(chart->hintText().contains(u"Job #51, completed"_s));
    QVERIFY2(chart->hintText().contains(u"141.000 ms"_s), qPrintable(chart->hintText())); // 40 + 100 + 50 % 7
    QTest::mouseClick(chart, Qt::LeftButton, {}, place);
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated.first().first().value<JobId>(), JobId{51});
    // A bucket is no job, though one stands out in it.
    const QRectF plot = chart->drawing()->plot(chart->size(), chart->look());
    const QPointF empty(place.x(), plot.top() + 1);
    const auto bucket = chart->drawing()->hitAt(empty, chart->size(), chart->look());
    QVERIFY(bucket && bucket->job && !bucket->isJob);
    QTest::mouseClick(chart, Qt::LeftButton, {}, empty.toPoint());
    QCOMPARE(activated.size(), 1);
}

void TestLatencyPage::zooms()
{
    Page test(300);
    ChartView *chart = test.page.chart(LatencyPage::OverTime);
    const QRectF plot = chart->drawing()->plot(chart->size(), chart->look());
    const QPoint from(int(plot.left() + plot.width() * 0.25), int(plot.center().y()));
    const QPoint to(int(plot.left() + plot.width() * 0.75), int(plot.center().y()));
    QTest::mousePress(chart, Qt::LeftButton, {}, from);
    QMouseEvent drag(QEvent::MouseMove, to, chart->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
    QCoreApplication::sendEvent(chart, &drag);
    QTest::mouseRelease(chart, Qt::LeftButton, {}, to);
    QTRY_VERIFY(test.page.view()->report->statistics().count() < 160);
    const qint64 half = test.page.view()->report->statistics().count();
    QVERIFY2(half > 140, qPrintable(QString::number(half)));

    QWheelEvent wheel(plot.center(), chart->mapToGlobal(plot.center()), {}, {0, 120}, Qt::NoButton, {},
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(chart, &wheel);
    QTRY_VERIFY(test.page.view()->report->statistics().count() < half * 0.8);
    QTest::mouseDClick(chart, Qt::LeftButton, {}, plot.center().toPoint());
    test.waitFor(300);
}

void TestLatencyPage::keyboard()
{
    Page test(100);
    ChartView *chart = test.page.chart(LatencyPage::OverTime);
    QSignalSpy activated(&test.page, &LatencyPage::jobActivated);
    chart->setFocus();
    QTest::keyClick(chart, Qt::Key_Right);
    const QString first = chart->hintText();
    QVERIFY2(first.contains(u"p95"_s), qPrintable(first));
    QTest::keyClick(chart, Qt::Key_Right);
    QVERIFY(chart->hintText() != first);
    QTest::keyClick(chart, Qt::Key_Left);
    QCOMPARE(chart->hintText(), first);
    QTest::keyClick(chart, Qt::Key_Return);
    QCOMPARE(activated.size(), 1);
    QTest::keyClick(chart, Qt::Key_Plus);
    QTRY_VERIFY(test.page.view()->report->statistics().count() < 90);
    QTest::keyClick(chart, Qt::Key_Escape);
    test.waitFor(100);
}

void TestLatencyPage::valuesZoom()
{
    Page test(100);
    ChartView *chart = test.page.chart(LatencyPage::Distribution);
    Q_EMIT chart->spanChosen(120, 140);
    const auto *drawing = dynamic_cast<const DistributionDrawing *>(chart->drawing());
    QVERIFY(drawing && drawing->content().shown);
    QCOMPARE(drawing->content().shown->first, 120.0);
    QCOMPARE(test.page.view()->report->statistics().count(), 100);
    Q_EMIT chart->resetRequested();
    drawing = dynamic_cast<const DistributionDrawing *>(chart->drawing());
    QVERIFY(!drawing->content().shown);
}

void TestLatencyPage::decimatesToPixels()
{
    auto series = std::make_shared<SampleSeries>();
    for (int i = 0; i < 200'000; ++i)
        series->append({.at = begin + std::chrono::milliseconds(i), .ms = i == 77'777 ? 5000.0 : 10 + i % 5});
    OverTimeDrawing drawing({.range = *series->timeRange(), .buckets = {{.count = 1}}, .series = series});
    const ChartLook look = ChartLook::forPaper(QFont());
    // The one that stands out is found where it is: it was not averaged away.
    const QSizeF size(800, 300);
    const QRectF plot = drawing.plot(size, look);
    bool isFound = false;
    for (double y = plot.top(); y < plot.bottom() && !isFound; ++y) {
        const auto hit = drawing.hitAt({plot.left() + plot.width() * 77'777 / 200'000, y}, size, look);
        isFound = hit && hit->text.contains(u"5,000.000 ms"_s);
    }
    QVERIFY(isFound);
}

void TestLatencyPage::limits()
{
    Page test(100);
    QVERIFY(!test.page.view()->report->statistics().goodput().share());
    test.page.limitsBar()->setLimits({.e2eMs = 120});
    QTRY_VERIFY(test.page.view()->report->statistics().goodput().share());
    QCOMPARE(*test.page.view()->report->statistics().goodput().share(), 0.5); // the second half waits too long
    const auto *drawing = dynamic_cast<const OverTimeDrawing *>(test.page.chart(LatencyPage::OverTime)->drawing());
    QCOMPARE(drawing->content().limitMs, std::optional(120.0));
    const FiguresModel *figures = test.page.figures();
    QCOMPARE(figures->index(0, FiguresModel::Goodput).data(FiguresModel::SortRole).toDouble(), 0.5);
}

void TestLatencyPage::compares()
{
    Page test(300);
    test.page.tabs()->setCurrentWidget(test.page.comparison());
    QComboBox *kind = test.box(u"What is compared"_s);
    kind->setCurrentIndex(1); // two models: alike
    QTRY_VERIFY(test.page.view()->comparison && test.page.view()->comparison->question.kind == ComparisonKind::Models);
    QVERIFY2(test.page.comparison()->verdict().startsWith(u"No difference that is more than noise."_s),
             qPrintable(test.page.comparison()->verdict()));
    QVERIFY(test.page.comparison()->verdict().contains(u"Mann–Whitney"_s));
    // The same twice can't be compared.
    test.box(u"Selection B"_s)->setCurrentIndex(test.box(u"Selection A"_s)->currentIndex());
    QTRY_VERIFY(!test.page.view()->comparison);
}

void TestLatencyPage::compareBeforeAndAfter()
{
    Page test(300);
    test.page.tabs()->setCurrentWidget(test.page.comparison());
    test.page.comparison()->setMoment(begin + 150s);
    QTRY_VERIFY(test.page.view()->comparison && test.page.view()->comparison->question.moment == begin + 150s);
    const LatencyComparison &comparison = *test.page.view()->comparison;
    QCOMPARE(comparison.summaries[0].count + comparison.summaries[1].count, 270);
    QVERIFY(comparison.ranks->isMoreThanNoise());
    QCOMPARE(comparison.ranks->shift, 30.0);
    QVERIFY2(test.page.comparison()->verdict().startsWith(u"After is slower than Before: more than noise."_s),
             qPrintable(test.page.comparison()->verdict()));
}

void TestLatencyPage::exports_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isWritten");
    QTest::newRow("pdf") << u"r.pdf"_s << true;
    QTest::newRow("html") << u"r.html"_s << true;
    QTest::newRow("json") << u"r.json"_s << true;
    QTest::newRow("csv") << u"r.csv"_s << true;
    QTest::newRow("unknown ending") << u"r.doc"_s << false;
}

void TestLatencyPage::exports()
{
    QFETCH(const QString, name);
    QFETCH(const bool, isWritten);
    Page test(100);
    QTemporaryDir folder;
    QSignalSpy messages(test.page.reports(), &LatencyExport::message);
    QSignalSpy failures(test.page.reports(), &LatencyExport::failed);
    test.page.reports()->exportReport(folder.filePath(name));
    QTRY_VERIFY(!messages.isEmpty() || !failures.isEmpty());
    QCOMPARE(messages.size(), isWritten ? 1 : 0);
    QFile file(folder.filePath(name));
    QCOMPARE(file.open(QIODevice::ReadOnly), isWritten);
    const QByteArray content = isWritten ? file.readAll() : QByteArray();
    if (name.endsWith(u"pdf"_s))
        QVERIFY(content.startsWith("%PDF-") && content.trimmed().endsWith("%%EOF"));
    if (name.endsWith(u"json"_s))
        QCOMPARE(QJsonDocument::fromJson(content).object().value(u"jobs"_s).toObject().isEmpty(), false);
    if (name.endsWith(u"html"_s))
        QVERIFY(content.contains("E2E latency over time"));
    if (name.endsWith(u"csv"_s))
        QVERIFY(content.contains("/models/odd.gguf"));
}

void TestLatencyPage::exportsCharts()
{
    Page test(100);
    QTemporaryDir folder;
    QSignalSpy messages(test.page.reports(), &LatencyExport::message);
    for (const auto which :
         {LatencyPage::OverTime, LatencyPage::Distribution, LatencyPage::Breakdown, LatencyPage::Throughput}) {
        const ChartView *chart = test.page.chart(which);
        for (const QString &ending : {u"png"_s, u"svg"_s, u"csv"_s}) {
            const QString path = folder.filePath(u"%1.%2"_s.arg(int(which)).arg(ending));
            messages.clear();
            test.page.reports()->exportChartTo(path, chart->sharedDrawing(), {640, 300}, chart->look());
            QTRY_COMPARE(messages.size(), 1);
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            if (ending == u"png"_s) {
                QCOMPARE(QImage::fromData(content).size(), QSize(1280, 600));
            } else if (ending == u"svg"_s) {
                QXmlStreamReader reader(content);
                while (!reader.atEnd())
                    reader.readNext();
                QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
            } else {
                const QList<QByteArray> lines = content.split('\n');
                const auto commas = lines.first().count(',');
                for (const QByteArray &line : lines.mid(0, lines.size() - 1))
                    QVERIFY(line.count(',') == commas && line.endsWith('\r'));
            }
        }
    }
}

void TestLatencyPage::keepsState()
{
    QTemporaryDir folder;
    QSettings settings(folder.filePath(u"s.ini"_s), QSettings::IniFormat);
    {
        Page test(10);
        test.page.filterBar()->setMeasure(Measure::Ttft);
        test.page.filterBar()->setRangeIndex(2);
        test.page.limitsBar()->setLimits({.ttftMs = 400, .e2eMs = 2000});
        test.page.saveState(settings);
    }
    Page test;
    test.page.restoreState(settings);
    QCOMPARE(test.page.filterBar()->measure(), Measure::Ttft);
    QCOMPARE(test.page.filterBar()->rangeIndex(), 2);
    QCOMPARE(test.page.limitsBar()->limits(), (LatencyLimits{.ttftMs = 400, .e2eMs = 2000}));
}

void TestLatencyPage::figuresModel()
{
    FiguresModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy changed(&model, &FiguresModel::dataChanged);
    const std::vector<LatencySample> samples = drawnSamples(100);
    const std::vector<FigureRow> rows = figureRows(LatencyReport({}, samples));
    model.setRows(rows);
    QCOMPARE(model.rowCount(), int(rows.size()));
    QCOMPARE(model.index(0, FiguresModel::Jobs).data().toString(), u"100"_s);
    QCOMPARE(model.index(0, FiguresModel::Measured).data().toString(), u"90"_s);
    QCOMPARE(model.index(0, FiguresModel::Maximum).data().toString(), u"146 ms"_s);
    QCOMPARE(model.index(1, FiguresModel::Selection).data().toString(), u"Model even.gguf"_s);
    QCOMPARE(model.index(1, FiguresModel::Selection).data(Qt::ToolTipRole).toString(), u"/models/even.gguf"_s);
    QCOMPARE(model.index(0, FiguresModel::Goodput).data().toString(), u"—"_s);
    QCOMPARE(model.index(0, FiguresModel::P50).data(Qt::ToolTipRole).toString(), u"116 ms (116.000 ms)"_s);
    model.setRows(rows);
    QCOMPARE(changed.size(), 0);
    model.setRows({rows.begin(), rows.begin() + 2});
    QCOMPARE(model.rowCount(), 2);
    model.setRows(rows);
    for (int column = 0; column < model.columnCount(); ++column)
        QVERIFY(!model.headerData(column, Qt::Horizontal).toString().isEmpty());
    // Of very many values the percentiles are near, and say how near.
    model.setRows(figureRows(LatencyReport({}, drawnSamples(60'000))));
    const QString near = model.index(0, FiguresModel::P50).data(Qt::ToolTipRole).toString();
    QVERIFY2(near.endsWith(u", within 0.5\u00A0%"_s), qPrintable(near));
    model.setRows({});
    QCOMPARE(model.rowCount(), 0);
}

QTEST_MAIN(TestLatencyPage)
#include "tst_latencypage.moc"
