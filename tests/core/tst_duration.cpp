// SPDX-License-Identifier: MIT
#include "core/jobs/duration.h"

#include <QtTest>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

class TestDuration : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void zeroIsAValueForTheKillGrace();
    void formatsForPeople_data();
    void formatsForPeople();
    void exactFormReadsBack_data();
    void exactFormReadsBack();
};

void TestDuration::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("expected");

    const auto row = [](const char *text, nanoseconds expected) {
        QTest::newRow(text) << QString::fromUtf8(text) << qint64(expected.count());
    };
    row("30", 30s);
    row("0.25", 250ms);
    row(".5", 500ms);
    row("500ms", 500ms);
    row("30s", 30s);
    row("2m", 2min);
    row("1h30m", 90min);
    row("1.5s", 1500ms);
    row("1.5h", 90min);
    row("2d", 48h);
    row("7us", 7us);
    row("9ns", 9ns);
    row("1d2h3m4s5ms6us7ns", 26h + 3min + 4s + 5ms + 6us + 7ns);
    row("0h5s", 5s);
    row("  10s ", 10s);
    row("1.000000001s", 1s + 1ns);
    row("1.0000000019s", 1s + 1ns);
    row("3650d", maximumDuration);
    row("00030s", 30s);
}

void TestDuration::parses()
{
    QFETCH(QString, text);
    QFETCH(qint64, expected);

    QString error;
    const auto duration = parseDuration(text, &error);
    QVERIFY2(duration, qPrintable(error));
    QCOMPARE(qint64(duration->count()), expected);
    QVERIFY(error.isEmpty());
}

void TestDuration::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("saying");

    QTest::newRow("empty") << u""_s << u"not a length of time"_s;
    QTest::newRow("blank") << u"  "_s << u"not a length of time"_s;
    QTest::newRow("word") << u"soon"_s << u"not a length of time"_s;
    QTest::newRow("unit alone") << u"s"_s << u"not a length of time"_s;
    QTest::newRow("dot alone") << u"."_s << u"not a length of time"_s;
    QTest::newRow("dot and unit") << u".s"_s << u"not a length of time"_s;
    QTest::newRow("two dots") << u"1.5.2"_s << u"not a length of time"_s;
    QTest::newRow("last unit missing") << u"1h30"_s << u"not a length of time"_s;
    QTest::newRow("exponent") << u"1e3"_s << u"unknown unit \"e\""_s;
    QTest::newRow("unknown unit") << u"5 weeks"_s << u"unknown unit"_s;
    QTest::newRow("capital") << u"5S"_s << u"unknown unit \"S\""_s;
    QTest::newRow("small to large") << u"30m1h"_s << u"from large to small"_s;
    QTest::newRow("twice") << u"1s2s"_s << u"at most once"_s;
    QTest::newRow("zero") << u"0"_s << u"greater than zero"_s;
    QTest::newRow("zero seconds") << u"0s"_s << u"greater than zero"_s;
    QTest::newRow("rounds to zero") << u"0.1ns"_s << u"greater than zero"_s;
    QTest::newRow("negative") << u"-5s"_s << u"can't be negative"_s;
    QTest::newRow("minus alone") << u"-"_s << u"not a length of time"_s;
    QTest::newRow("too long") << u"3651d"_s << u"longer than the longest limit"_s;
    QTest::newRow("too long by a nanosecond") << u"3650d1ns"_s << u"longer than the longest limit"_s;
    QTest::newRow("beyond 64 bits") << u"99999999999999999999999999d"_s << u"longer than the longest limit"_s;
    QTest::newRow("digits of other scripts") << u"٣s"_s << u"not a length of time"_s;
}

void TestDuration::refuses()
{
    QFETCH(QString, text);
    QFETCH(QString, saying);

    QString error;
    QVERIFY(!parseDuration(text, &error));
    QVERIFY2(error.contains(saying), qPrintable(error));
    QVERIFY(!parseDuration(text));
}

void TestDuration::zeroIsAValueForTheKillGrace()
{
    QCOMPARE(parseDurationOrZero(u"0"), 0ns);
    QCOMPARE(parseDurationOrZero(u"0ms"), 0ns);
    QCOMPARE(parseDurationOrZero(u"2s"), 2s);
    QVERIFY(!parseDurationOrZero(u"-1"));
}

void TestDuration::formatsForPeople_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::addColumn<QString>("expected");

    const auto row = [](const char *expected, nanoseconds duration) {
        QTest::addRow("%s from %lld", expected, qlonglong(duration.count()))
            << qint64(duration.count()) << QString::fromUtf8(expected);
    };
    row("0 s", 0ns);
    row("850 ns", 850ns);
    row("1.00 µs", 1us);
    row("320 µs", 320us);
    row("999 µs", 999'499ns);
    row("1.00 ms", 999'500ns);
    row("12.4 ms", 12'400us);
    row("9.99 ms", 9'994us);
    row("10.0 ms", 9'995us);
    row("1.00 s", 999'600us);
    row("1.24 s", 1240ms);
    row("59.9 s", 59'940ms);
    row("1 min 00 s", 59'960ms);
    row("3 min 05 s", 185s);
    row("1 h 00 min", 3599'600ms);
    row("2 h 07 min", 127min);
    row("1 d 00 h", 24h - 10s);
    row("3 d 04 h", 76h);
    row("3650 d 00 h", maximumDuration);
    row("\u22121.50 s", -1500ms);
}

void TestDuration::formatsForPeople()
{
    QFETCH(qint64, duration);
    QFETCH(QString, expected);

    QCOMPARE(formatDuration(nanoseconds(duration)), expected);
}

void TestDuration::exactFormReadsBack_data()
{
    QTest::addColumn<qint64>("duration");
    QTest::addColumn<QString>("expected");

    const auto row = [](const char *expected, nanoseconds duration) {
        QTest::newRow(expected) << qint64(duration.count()) << QString::fromUtf8(expected);
    };
    row("1h30m", 90min);
    row("500ms", 500ms);
    row("1500us", 1500us);
    row("1500ms", 1500ms);
    row("30s", 30s);
    row("1m", 1min);
    row("1m30s", 90s);
    row("1m1500ms", 61'500ms);
    row("1d1ns", 24h + 1ns);
    row("3650d", maximumDuration);
    row("0s", 0ns);
}

void TestDuration::exactFormReadsBack()
{
    QFETCH(qint64, duration);
    QFETCH(QString, expected);

    const QString text = exactDuration(nanoseconds(duration));
    QCOMPARE(text, expected);
    QCOMPARE(parseDurationOrZero(text), nanoseconds(duration));
}

QTEST_GUILESS_MAIN(TestDuration)
#include "tst_duration.moc"
