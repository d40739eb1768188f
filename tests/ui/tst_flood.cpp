// SPDX-License-Identifier: MIT
// Two jobs write as fast as they can, one of them is shown, and a person goes on working: the window stays whole and in
// the end shows every byte. The longest gap of the event loop is printed; how long it may be is for bench-window, on a
// machine with nothing else to do.
#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/output/outputview.h"
#include "ui/settings/appsettings.h"
#include "ui/style/theme.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace BitNet;
using namespace Qt::StringLiterals;

static constexpr int patience = 120'000;
static constexpr int lastNumber = 10'000'000; // of what seq writes: 79 MB

class TestFlood : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void twoJobsOneShown();
};

static qint64 bytesOfSeq(qint64 last)
{
    qint64 bytes = 0;
    for (qint64 from = 1, digits = 1; from <= last; from *= 10, ++digits)
        bytes += (std::min(from * 10 - 1, last) - from + 1) * (digits + 1);
    return bytes;
}

void TestFlood::twoJobsOneShown()
{
    QTemporaryDir folder;
    QSettings settings(folder.filePath(u"settings.ini"_s), QSettings::IniFormat);
    SettingsStore store(settings);
    const BitNetRuntime runtime(RuntimeOptions{.buildDir = u"/nowhere"_s, .gpuMemoryGiB = 0});
    RuntimeSupervisor supervisor(runtime,
                                 {.concurrency = 2,
                                  .outputRoot = folder.filePath(u"jobs"_s),
                                  .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")});
    EngineContext engine(runtime, store);
    MainWindow window({supervisor, engine, store});
    window.resize(1280, 800);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));

    JobSpec spec;
    spec.command = {u"seq"_s, u"1"_s, QString::number(lastNumber)};
    window.submit({spec, spec});

    // A timer that wants to run each millisecond, and somebody who sorts, types and looks elsewhere meanwhile.
    QElapsedTimer sinceTick;
    qint64 longest = 0;
    qint64 ticks = 0;
    QTimer ticker;
    ticker.setTimerType(Qt::PreciseTimer);
    connect(&ticker, &QTimer::timeout, this, [&] {
        if (sinceTick.isValid())
            longest = std::max(longest, sinceTick.nsecsElapsed());
        sinceTick.start();
        ++ticks;
        if (ticks % 64 == 0)
            window.jobsPage().table()->sortByColumn(int(ticks / 64) % JobColumns::count, Qt::AscendingOrder);
        if (ticks % 100 == 0)
            window.jobsPage().searchField()->setText(ticks % 200 == 0 ? QString() : u"seq"_s);
        if (ticks % 300 == 0)
            window.showPage(ticks % 600 == 0 ? MainWindow::Jobs : MainWindow::Latency);
    });
    ticker.start(1);
    const JobCounts &counts = window.jobs().counts();
    QEventLoop loop;
    connect(&window.jobs(), &JobTableModel::countsChanged, &loop, [&] {
        if (counts.count(JobCategory::Succeeded) == 2)
            loop.quit();
    });
    QTimer::singleShot(patience, &loop, &QEventLoop::quit);
    loop.exec();
    ticker.stop();
    qInfo("longest gap of the event loop: %.1f ms, in %lld rounds", double(longest) / 1e6, ticks);

    QCOMPARE(counts.count(JobCategory::Succeeded), 2);
    QVERIFY(ticks > 0);
    const qint64 bytes = bytesOfSeq(lastNumber);
    for (int row = 0; row < window.jobs().rowCount(); ++row) {
        QCOMPARE(window.jobs().record(row).stdoutBytes, bytes);
        QVERIFY(!window.jobs().record(row).truncated);
    }

    // To the last byte, counted, and at its end.
    window.showPage(MainWindow::Jobs);
    window.jobsPage().searchField()->clear();
    window.jobsPage().reveal(window.jobs().record(0).id);
    const auto *view = window.findChild<OutputView *>(u"outputView"_s);
    QVERIFY(view);
    QTRY_COMPARE_WITH_TIMEOUT(view->log().size(), bytes, patience);
    QTRY_VERIFY_WITH_TIMEOUT(view->lines().isComplete(), patience);
    QCOMPARE(view->lines().lineCount(), qint64(lastNumber));
    QVERIFY(view->isFollowing());
    QTRY_VERIFY_WITH_TIMEOUT(view->visibleText().trimmed().endsWith(u"\n%1"_s.arg(lastNumber)), patience);
}

QTEST_MAIN(TestFlood)

#include "tst_flood.moc"
