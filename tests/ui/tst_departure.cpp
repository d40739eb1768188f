// SPDX-License-Identifier: MIT
#include "core/supervisor/runtimesupervisor.h"
#include "ui/mainwindow/departure.h"

#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWidget>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestDeparture : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void asksWhatWouldBeLost_data();
    void asksWhatWouldBeLost();
    void nothingToLoseNoQuestion();
};

namespace {

constexpr int patience = 30'000;

struct Leaving
{
    QTemporaryDir folder;
    RuntimeSupervisor supervisor{
        BitNetRuntime(RuntimeOptions{.gpuMemoryGiB = 0}),
        {.outputRoot = folder.path(), .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")}};
    QWidget window;
    Departure departure{supervisor, &window};
    QSignalSpy begun{&departure, &Departure::begun};
    QSignalSpy finished{&departure, &Departure::finished};

    QMessageBox *question() { return window.findChild<QMessageBox *>(); }
};

} // namespace

void TestDeparture::asksWhatWouldBeLost_data()
{
    QTest::addColumn<Leavers>("leavers");
    QTest::addColumn<QStringList>("told");
    QTest::addColumn<QStringList>("untold");

    QTest::newRow("jobs run") << Leavers{.running = 3} << QStringList{u"3 job"_s} << QStringList{u"server"_s};
    QTest::newRow("jobs run and wait") << Leavers{.running = 3, .queued = 5} << QStringList{u"3 job"_s, u"5 more"_s}
                                       << QStringList{u"server"_s};
    QTest::newRow("jobs wait") << Leavers{.queued = 5} << QStringList{u"5 job"_s} << QStringList{u"server"_s};
    // A server is no job, and what its end means is said.
    QTest::newRow("a server alone") << Leavers{.servers = 1} << QStringList{u"1 server"_s, u"no more answers"_s}
                                    << QStringList{u"job"_s};
    QTest::newRow("jobs and servers") << Leavers{.running = 3, .servers = 2} << QStringList{u"3 job"_s, u"2 server"_s}
                                      << QStringList();
}

void TestDeparture::asksWhatWouldBeLost()
{
    QFETCH(Leavers, leavers);
    QFETCH(QStringList, told);
    QFETCH(QStringList, untold);
    Leaving leaving;
    leaving.departure.request(leavers, false);
    QVERIFY(leaving.question());
    const QString words = leaving.question()->text() + u'\n' + leaving.question()->informativeText();
    for (const QString &word : told)
        QVERIFY2(words.contains(word), qPrintable(words));
    for (const QString &word : untold)
        QVERIFY2(!words.contains(word), qPrintable(words));
    QVERIFY(leaving.begun.isEmpty());
    leaving.question()->defaultButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(leaving.finished.size(), 1, patience);
}

void TestDeparture::nothingToLoseNoQuestion()
{
    Leaving leaving;
    leaving.departure.request({}, true);
    QVERIFY(!leaving.question());
    QCOMPARE(leaving.begun.size(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(leaving.finished.size(), 1, patience);
}

QTEST_MAIN(TestDeparture)
#include "tst_departure.moc"
