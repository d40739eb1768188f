// SPDX-License-Identifier: MIT
#include "core/telemetry/chartscale.h"
#include "core/telemetry/reporttext.h"

#include <QSet>
#include <QTest>

#include <cmath>
#include <random>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestChartScale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linearTicks_data();
    void linearTicks();
    void logarithmicTicks_data();
    void logarithmicTicks();
    void ticksOfAnyRange();
    void placesValues();
    void labels_data();
    void labels();
    void ceilings();
    void timeTicksOfAnHour();
    void timeTicksNameANewDay();
    void timeTicksOfAnyRange();
};

namespace {

constexpr WallTime day{std::chrono::microseconds(1'700'000'000'000'000)}; // 2023-11-14T22:13:20Z

QString labelsOf(const std::vector<ScaleTick> &ticks)
{
    QStringList labels;
    for (const ScaleTick &tick : ticks)
        labels.append(tick.label);
    return labels.join(u' ');
}

} // namespace

void TestChartScale::linearTicks_data()
{
    QTest::addColumn<double>("largest");
    QTest::addColumn<QString>("labels");
    QTest::newRow("nothing") << 0.0 << u"0 200 µs 400 µs 600 µs 800 µs 1 ms"_s;
    QTest::newRow("milliseconds") << 87.0 << u"0 20 ms 40 ms 60 ms 80 ms 100 ms"_s;
    QTest::newRow("seconds") << 7300.0 << u"0 2 s 4 s 6 s 8 s"_s;
    QTest::newRow("half a minute") << 34'000.0 << u"0 10 s 20 s 30 s 40 s"_s;
    QTest::newRow("minutes") << 290'000.0 << u"0 1 min 2 min 3 min 4 min 5 min"_s;
    QTest::newRow("hours") << 5 * 3.6e6 << u"0 1 h 2 h 3 h 4 h 5 h"_s;
    QTest::newRow("days") << 4 * 86.4e6 << u"0 1 d 2 d 3 d 4 d"_s;
}

void TestChartScale::linearTicks()
{
    QFETCH(double, largest);
    QTEST(labelsOf(DurationScale::fromZero(largest, 0, 100).ticks(6)), "labels");
}

void TestChartScale::logarithmicTicks_data()
{
    QTest::addColumn<double>("smallest");
    QTest::addColumn<double>("largest");
    QTest::addColumn<QString>("labels");
    QTest::newRow("one decade") << 1.0 << 10.0 << u"1 ms 2 ms 5 ms 10 ms"_s;
    QTest::newRow("to a minute") << 900.0 << 70'000.0 << u"1 s 2 s 5 s 10 s 30 s 1 min"_s;
    QTest::newRow("many decades") << 1e-3 << 3.6e6 << u"1 µs 100 µs 10 ms 1 s 1 min 1 h"_s;
}

void TestChartScale::logarithmicTicks()
{
    QFETCH(double, smallest);
    QFETCH(double, largest);
    QTEST(labelsOf(DurationScale(HistogramScale::Logarithmic, smallest, largest, 0, 100).ticks(7)), "labels");
}

void TestChartScale::ticksOfAnyRange()
{
    std::mt19937_64 random(1);
    std::uniform_real_distribution exponent(-3.0, 11.5);
    for (int i = 0; i < 3000; ++i) {
        const double a = std::pow(10, exponent(random));
        const double b = random() % 2 ? std::pow(10, exponent(random)) : a * 1.003;
        const auto [from, to] = std::minmax(a, b);
        for (const HistogramScale kind : {HistogramScale::Linear, HistogramScale::Logarithmic}) {
            const DurationScale scale(kind, from, to, 500, 100); // pixels may shrink
            const std::vector<ScaleTick> ticks = scale.ticks(7);
            QSet<QString> labels;
            double last = 501;
            for (const ScaleTick &tick : ticks) {
                QVERIFY(tick.position <= 500.01 && tick.position >= 99.99);
                QVERIFY(tick.position < last);
                last = tick.position;
                labels.insert(tick.label);
            }
            QVERIFY2(labels.size() == qsizetype(ticks.size()),
                     qPrintable(u"%1 … %2: %3"_s.arg(from).arg(to).arg(labelsOf(ticks))));
            QVERIFY(ticks.size() <= 8);
            if (kind == HistogramScale::Linear)
                QVERIFY2(ticks.size() >= 2, qPrintable(u"%1 … %2: %3"_s.arg(from).arg(to).arg(labelsOf(ticks))));
        }
    }
}

void TestChartScale::placesValues()
{
    const DurationScale linear(HistogramScale::Linear, 100, 200, 0, 50);
    QCOMPARE(linear.position(100), 0.0);
    QCOMPARE(linear.position(150), 25.0);
    QCOMPARE(linear.position(200), 50.0);
    QCOMPARE(linear.position(1000), 50.0);
    QCOMPARE(linear.position(0), 0.0);
    const DurationScale logarithmic(HistogramScale::Logarithmic, 1, 100, 10, 30);
    QCOMPARE(logarithmic.position(1), 10.0);
    QCOMPARE(logarithmic.position(10), 20.0);
    QCOMPARE(logarithmic.position(0), 10.0);
}

void TestChartScale::labels_data()
{
    QTest::addColumn<double>("ms");
    QTest::addColumn<QString>("label");
    QTest::newRow("zero") << 0.0 << u"0"_s;
    QTest::newRow("ns") << 1e-6 << u"1 ns"_s;
    QTest::newRow("µs") << 0.25 << u"250 µs"_s;
    QTest::newRow("ms") << 20.0 << u"20 ms"_s;
    QTest::newRow("s") << 1500.0 << u"1.5 s"_s;
    QTest::newRow("min") << 60'000.0 << u"1 min"_s;
    QTest::newRow("min and s") << 90'000.0 << u"1 min 30 s"_s;
    QTest::newRow("h") << 7.2e6 << u"2 h"_s;
    QTest::newRow("d") << 86.4e6 * 3 << u"3 d"_s;
}

void TestChartScale::labels()
{
    QFETCH(double, ms);
    QTEST(durationLabel(ms), "label");
}

void TestChartScale::ceilings()
{
    const std::vector<std::pair<double, double>> cases = {
        {0, 1}, {1, 1}, {1.5, 2}, {3, 4}, {6, 6}, {7, 8}, {9, 10}, {101, 200}, {665, 800}, {1e6, 1e6}, {0.03, 0.04}};
    for (const auto &[value, expected] : cases)
        QVERIFY(std::abs(niceCeiling(value) - expected) < expected * 1e-12);
}

void TestChartScale::timeTicksOfAnHour()
{
    QCOMPARE(labelsOf(timeTicks({day, day + 1h}, 0, 100, 5)), u"22:15 22:30 22:45 23:00"_s);
    QCOMPARE(labelsOf(timeTicks({day, day + 10s}, 0, 100, 12)),
             u"22:13:20 22:13:21 22:13:22 22:13:23 22:13:24 22:13:25 22:13:26 22:13:27 22:13:28 22:13:29 22:13:30"_s);
    QCOMPARE(labelsOf(timeTicks({day, day + 500ms}, 0, 100, 6)),
             u"22:13:20.0 22:13:20.1 22:13:20.2 22:13:20.3 22:13:20.4 22:13:20.5"_s);
}

void TestChartScale::timeTicksNameANewDay()
{
    QCOMPARE(labelsOf(timeTicks({day, day + 5h}, 0, 100, 6)), u"23:00 11-15 01:00 02:00 03:00"_s);
    QCOMPARE(labelsOf(timeTicks({day, day + 72h}, 0, 100, 4)), u"2023-11-15 2023-11-16 2023-11-17"_s);
}

void TestChartScale::timeTicksOfAnyRange()
{
    std::mt19937_64 random(2);
    for (int i = 0; i < 1000; ++i) {
        const auto length = std::chrono::microseconds(1 + qint64(std::pow(10, double(random() % 1500) / 100)));
        const WallTime from = day + std::chrono::microseconds(random() % 86'400'000'000);
        const std::vector<ScaleTick> ticks = timeTicks({from, from + length}, 10, 90, 8);
        QVERIFY(ticks.size() <= 9);
        double last = 9.9;
        for (const ScaleTick &tick : ticks) {
            QVERIFY(tick.position > last && tick.position <= 90.01);
            last = tick.position;
        }
    }
}

QTEST_GUILESS_MAIN(TestChartScale)
#include "tst_chartscale.moc"
