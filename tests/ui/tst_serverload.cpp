// SPDX-License-Identifier: MIT
#include "ui/engine/serverload.h"
#include "ui/engine/serverloadchart.h"

#include <QAreaSeries>
#include <QLineSeries>
#include <QTest>
#include <QValueAxis>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using Second = ServerLoad::Second;

} // namespace

class TestServerLoad : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nothingBeforeTheFirst();
    void lastsUntilTheNextChange();
    void aShortPeakIsKept();
    void reachesFiveMinutesBack();
    void chartDrawsWhatItWasTold();
    void chartLeavesRoomAboveTheSlots();
    void chartForgets();
};

void TestServerLoad::nothingBeforeTheFirst()
{
    ServerLoad load;
    QVERIFY(load.upTo(10s).isEmpty());
    load.take(8s, 1, 0);
    QCOMPARE(load.upTo(10s), (QList<Second>{{1, 0}, {1, 0}, {1, 0}}));
}

void TestServerLoad::lastsUntilTheNextChange()
{
    ServerLoad load;
    load.take(1s, 1, 0);
    load.take(3s, 2, 4);
    load.take(5s, 0, 0);
    // The second of a change counts what it began with too.
    QCOMPARE(load.upTo(6s), (QList<Second>{{1, 0}, {1, 0}, {2, 4}, {2, 4}, {2, 4}, {0, 0}}));
}

void TestServerLoad::aShortPeakIsKept()
{
    ServerLoad load;
    load.take(1s, 0, 0);
    load.take(2s, 4, 0);
    load.take(2s, 4, 9);
    load.take(2s, 0, 0);
    QCOMPARE(load.upTo(3s), (QList<Second>{{0, 0}, {4, 9}, {0, 0}}));
}

void TestServerLoad::reachesFiveMinutesBack()
{
    ServerLoad load;
    for (int at = 0; at <= 1000; ++at)
        load.take(std::chrono::seconds(at), at, 0);
    const QList<Second> seconds = load.upTo(1100s);
    QCOMPARE(seconds.size(), 300);
    QCOMPARE(seconds.first(), (Second{801, 0}));
    QCOMPARE(seconds[199], (Second{1000, 0}));
    QCOMPARE(seconds.last(), (Second{1000, 0}));
    // A state older than the span still says how it begins.
    QCOMPARE(load.upTo(5000s), QList<Second>(300, {1000, 0}));
}

void TestServerLoad::chartDrawsWhatItWasTold()
{
    ServerLoadChart chart;
    chart.take({.name = u"one"_s, .slotCount = 4, .busySlots = 2, .waitingRequests = 3});
    chart.take({.name = u"two"_s, .slotCount = 1});
    chart.setServer(u"one"_s);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    const QList<QAbstractSeries *> series = chart.chart()->series();
    QCOMPARE(series.size(), 3);
    QCOMPARE(qobject_cast<QAreaSeries *>(series[0])->upperSeries()->points().last(), QPointF(0, 2));
    QCOMPARE(qobject_cast<QAreaSeries *>(series[1])->upperSeries()->points().last(), QPointF(0, 5));
    QCOMPARE(qobject_cast<QLineSeries *>(series[2])->points().last(), QPointF(0, 4));
    QCOMPARE(chart.summary(), u"2 of 4 slots busy, 3 waiting; at most 2 busy and 3 waiting in the last five minutes"_s);
    chart.setServer(u"two"_s);
    QCOMPARE(chart.summary(), u"0 of 1 slots busy, 0 waiting; at most 0 busy and 0 waiting in the last five minutes"_s);
}

void TestServerLoad::chartLeavesRoomAboveTheSlots()
{
    ServerLoadChart chart;
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    for (const int most : {1, 2, 4, 5, 9, 10, 99, 1000}) {
        const QString name = QString::number(most);
        chart.take({.name = name, .slotCount = most});
        chart.setServer(name);
        const auto *axis = qobject_cast<QValueAxis *>(chart.chart()->axes(Qt::Vertical).first());
        QVERIFY2(axis->max() > most && axis->max() <= most * 1.5 + 1, qPrintable(name));
        QVERIFY2(axis->tickCount() <= 8, qPrintable(name));
        const double step = axis->max() / (axis->tickCount() - 1);
        QCOMPARE(step, double(qint64(step)));
    }
}

void TestServerLoad::chartForgets()
{
    ServerLoadChart chart;
    chart.take({.name = u"one"_s, .slotCount = 1, .busySlots = 1});
    chart.setServer(u"one"_s);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    chart.forget(u"one"_s);
    const auto *busy = qobject_cast<QAreaSeries *>(chart.chart()->series().first());
    QVERIFY(busy->upperSeries()->points().isEmpty());
}

QTEST_MAIN(TestServerLoad)
#include "tst_serverload.moc"
