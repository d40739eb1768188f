// SPDX-License-Identifier: MIT
#include "jobrecords.h"

#include "ui/latency/latencychart.h"
#include "ui/latency/latencytablemodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestLatencySamples : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void ofRecords();
    void figures();
    void decimates_data();
    void decimates();
    void chartHoldsNoMoreThanPixels();
    void tableModel();
};

void TestLatencySamples::ofRecords()
{
    QVERIFY(!LatencySample::of(running(queuedJob(1))));
    const auto sample = LatencySample::of(finished(running(queuedJob(2), 50ms), Outcome::Failed, 200ms));
    QVERIFY(sample);
    QCOMPARE(sample->id.value, 2U);
    QVERIFY(sample->failed);
    QCOMPARE(sample->value(Measure::QueueWait), 50.0);
    QCOMPARE(sample->value(Measure::RunTime), 200.0);
    QCOMPARE(sample->value(Measure::Latency), 250.0);
    QVERIFY(std::isnan(sample->value(Measure::FirstToken)));
    const auto expired = LatencySample::of(finished(queuedJob(3), Outcome::Expired));
    QVERIFY(std::isnan(expired->value(Measure::RunTime)));
    QCOMPARE(expired->value(Measure::Latency), 100.0);
}

void TestLatencySamples::figures()
{
    QList<LatencySample> samples;
    for (int i = 100; i >= 1; --i) {
        LatencySample sample;
        sample.values.fill(std::nan(""));
        sample.values[0] = i;
        samples.append(sample);
    }
    const LatencyFigures run = LatencyFigures::over(samples, Measure::RunTime);
    QCOMPARE(run.count, 100);
    QCOMPARE(run.mean, 50.5);
    QCOMPARE(run.p50, 50.0);
    QCOMPARE(run.p90, 90.0);
    QCOMPARE(run.p95, 95.0);
    QCOMPARE(run.p99, 99.0);
    QCOMPARE(run.maximum, 100.0);
    QCOMPARE(LatencyFigures::over(samples, Measure::QueueWait), LatencyFigures());
    QCOMPARE(LatencyFigures::over(samples.mid(0, 1), Measure::RunTime).p50, 100.0);
}

void TestLatencySamples::decimates_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("columns");
    QTest::newRow("none") << 0 << 10;
    QTest::newRow("few") << 30 << 10;
    QTest::newRow("many") << 100'000 << 200;
    QTest::newRow("one column") << 1000 << 1;
}

void TestLatencySamples::decimates()
{
    QFETCH(const int, count);
    QFETCH(const int, columns);
    QList<QPointF> points;
    for (int i = 0; i < count; ++i)
        points.append({double(i), std::sin(i * 0.37) + (i == count / 3 ? 50 : 0)});
    const QList<QPointF> fewer = decimated(points, columns);
    QVERIFY(fewer.size() <= std::max(qsizetype(columns) * 4, qsizetype(0)) || fewer == points);
    if (count <= columns * 4) {
        QCOMPARE(fewer, points);
        return;
    }
    // The extremes and the ends are there, in order, and all are points of the input.
    QCOMPARE(fewer.first(), points.first());
    QCOMPARE(fewer.last(), points.last());
    QVERIFY(fewer.contains(points[count / 3]));
    for (qsizetype i = 0; i < fewer.size(); ++i) {
        QCOMPARE(points[qsizetype(fewer[i].x())], fewer[i]);
        QVERIFY(i == 0 || fewer[i - 1].x() < fewer[i].x());
    }
}

void TestLatencySamples::chartHoldsNoMoreThanPixels()
{
    LatencyChart chart;
    chart.resize(800, 300);
    QList<LatencySample> samples;
    for (int i = 0; i < 200'000; ++i) {
        LatencySample sample;
        sample.completedMs = 1'700'000'000'000 + i * 10;
        sample.values = {double(i % 977), double(i % 53), double(i % 977 + i % 53), 1.0};
        sample.failed = i % 3 == 0;
        samples.append(sample);
    }
    chart.setShown(Measure::RunTime, true);
    chart.setShown(Measure::QueueWait, true);
    chart.setSamples(samples);
    QVERIFY(chart.pointCount() > 200);
    QVERIFY2(chart.pointCount() <= 800 * 2 + 200, qPrintable(QString::number(chart.pointCount())));
}

void TestLatencySamples::tableModel()
{
    LatencyTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy changed(&model, &LatencyTableModel::dataChanged);
    LatencyTableModel::Figures figures;
    figures[0] = {.count = 3, .mean = 1500, .p50 = 1240, .p90 = 2000, .p95 = 2000, .p99 = 2000, .maximum = 2000};
    model.setFigures(figures);
    QCOMPARE(changed.size(), 1);
    model.setFigures(figures);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(model.index(0, LatencyTableModel::Count).data().toString(), u"3"_s);
    QCOMPARE(model.index(0, LatencyTableModel::P50).data().toString(), u"1.24 s"_s);
    QCOMPARE(model.index(0, LatencyTableModel::P50).data(LatencyTableModel::SortRole).toDouble(), 1240.0);
    QCOMPARE(model.index(1, LatencyTableModel::P50).data().toString(), u"—"_s);
    for (int column = 0; column < model.columnCount(); ++column)
        QVERIFY(!model.headerData(column, Qt::Horizontal).toString().isEmpty());
    model.setFigures({});
    QCOMPARE(model.index(0, LatencyTableModel::Count).data().toString(), u"0"_s);
}

QTEST_MAIN(TestLatencySamples)
#include "tst_latencysamples.moc"
