// SPDX-License-Identifier: MIT
// The figures that the window is held to: 100 000 jobs shown, sorted, searched; a chart over a million samples; the longest
// gap of the event loop while two jobs flood and one of them is shown; how long a token takes from the shim to the screen;
// processor time of an idle window.
#include "benchfigure.h"
#include "longestgap.h"

#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/chartview.h"
#include "ui/latency/latencyaggregator.h"
#include "ui/latency/latencypage.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/output/outputview.h"
#include "ui/settings/appsettings.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QLineEdit>
#include <QRandomGenerator>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <functional>

#include <sys/resource.h>

using namespace BitNet;
using namespace BitNet::Bench;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QList<JobRecord> manyJobs(int count)
{
    QRandomGenerator random(1);
    QList<JobRecord> records;
    records.reserve(count);
    const Instant now = Instant::now();
    const auto before = [&now](std::chrono::nanoseconds by) {
        return Instant{now.wall - std::chrono::duration_cast<std::chrono::microseconds>(by), now.monotonic - by};
    };
    for (int i = 1; i <= count; ++i) {
        JobSpec spec;
        spec.command = {u"/usr/bin/program"_s, u"--input"_s, u"/data/input-%1.txt"_s.arg(random.bounded(count)),
                        u"--level"_s, QString::number(random.bounded(10))};
        spec.name = u"convert input %1"_s.arg(random.bounded(count));
        spec.group = u"group %1"_s.arg(random.bounded(20));
        JobRecord record;
        record.id = JobId{quint64(i)};
        record.spec = std::make_shared<const JobSpec>(spec);
        record.submitted = before(std::chrono::seconds(2 * count - i));
        record.started = before(std::chrono::seconds(2 * count - i) - std::chrono::milliseconds(random.bounded(900)));
        record.completed =
            before(std::chrono::seconds(2 * count - i) - 900ms - std::chrono::milliseconds(random.bounded(90'000)));
        record.state = JobState::Finished;
        record.outcome = random.bounded(10) == 0 ? Outcome::Failed : Outcome::Succeeded;
        record.exitCode = record.outcome == Outcome::Failed ? 1 + random.bounded(3) : 0;
        record.reason = record.outcome == Outcome::Failed ? u"Exit code %1."_s.arg(*record.exitCode) : QString();
        record.peakRssBytes = random.bounded(1'000'000'000);
        record.stdoutBytes = random.bounded(1'000'000);
        records.append(record);
    }
    return records;
}

double milliseconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

// Until everything that follows from what was done is done and painted.
void settle(QWidget &widget)
{
    QCoreApplication::processEvents();
    widget.repaint();
}

double processorSeconds()
{
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Tells when a window has been painted, to the end: what was drawn is on the screen (or where it goes without one).
class PaintedApplication : public QApplication
{
public:
    using QApplication::QApplication;

    bool notify(QObject *receiver, QEvent *event) override
    {
        const QEvent::Type type = event->type(); // the event may be gone afterwards
        const bool result = QApplication::notify(receiver, event);
        m_painted = m_painted || (type == QEvent::Paint && receiver == watched);
        if (type == QEvent::UpdateRequest && std::exchange(m_painted, false) && painted)
            painted();
        return result;
    }

    const QObject *watched = nullptr; // told about are only windows that painted this widget
    std::function<void()> painted;

private:
    bool m_painted = false;
};

// The window over a real supervisor.
struct Application
{
    explicit Application(const QString &folder)
        : settings(folder + u"/settings.ini"_s, QSettings::IniFormat)
        , store(settings)
        , runtime(RuntimeOptions{.buildDir = u"/nowhere"_s, .gpuMemoryGiB = 0})
        , supervisor(
              runtime,
              {.concurrency = 2, .outputRoot = folder, .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")})
        , engine(runtime, store)
        , window({supervisor, engine, store})
    {
        window.resize(1440, 900);
    }

    QSettings settings;
    SettingsStore store;
    BitNetRuntime runtime;
    RuntimeSupervisor supervisor;
    EngineContext engine;
    MainWindow window;
};

void benchTable(int count)
{
    const QList<JobRecord> records = manyJobs(count);
    const QJsonObject size{{u"jobs"_s, count}};
    QTemporaryDir folder;
    QElapsedTimer timer;
    timer.start();
    Application app(folder.path());
    app.window.jobs().apply(records);
    app.window.show();
    (void)QTest::qWaitForWindowExposed(&app.window);
    settle(app.window);
    Bench::printFigure(u"window_shown"_s, milliseconds(timer), u"ms"_s, size);

    JobsPage &page = app.window.jobsPage();
    double slowest = 0;
    for (int column = 0; column < JobColumns::count; ++column) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            timer.start();
            page.proxy()->sort(column, order);
            settle(app.window);
            const double taken = milliseconds(timer);
            slowest = std::max(slowest, taken);
            if (order == Qt::AscendingOrder)
                Bench::printFigure(u"sort"_s, taken, u"ms"_s,
                                   {{u"column"_s, JobColumns::title(static_cast<JobColumns::Column>(column))}});
        }
    }
    Bench::printFigure(u"sort_slowest_column"_s, slowest, u"ms"_s, size);
    page.proxy()->sort(JobColumns::Id, Qt::DescendingOrder);
    slowest = 0;
    for (const QString &text :
         {u"c"_s, u"co"_s, u"convert"_s, u"convert input 99"_s, u"nothing has this"_s, u"99"_s, QString()}) {
        timer.start();
        page.proxy()->setFilter({.text = text});
        settle(app.window);
        const double taken = milliseconds(timer);
        Bench::printFigure(u"filter"_s, taken, u"ms"_s, {{u"text"_s, text}});
        slowest = std::max(slowest, taken);
    }
    Bench::printFigure(u"filter_slowest"_s, slowest, u"ms"_s, size);

    // A batch as a busy supervisor sends it each frame, into a table of this size.
    QList<JobRecord> batch = records.mid(count / 2, 200);
    for (JobRecord &record : batch)
        record.revision += 1;
    timer.start();
    app.window.jobs().apply(batch);
    settle(app.window);
    Bench::printFigure(u"batch_of_200_changes"_s, milliseconds(timer), u"ms"_s, size);
    const QList<JobRecord> newer = manyJobs(count + 2000).mid(count);
    std::vector<double> times;
    for (int i = 0; i < 10; ++i) {
        timer.start();
        app.window.jobs().apply(newer.mid(i * 200, 200));
        settle(app.window);
        times.push_back(milliseconds(timer));
    }
    Bench::printFigure(u"batch_of_200_new"_s, Bench::median(times), u"ms"_s, size);
}

// The latency page takes a history in, computes, and redraws; the longest gap of the event loop meanwhile.
void benchChart(int count)
{
    QRandomGenerator random(2);
    std::vector<LatencySample> samples(static_cast<size_t>(count));
    for (size_t i = 0; i < samples.size(); ++i) {
        LatencySample &sample = samples[i];
        sample.job = JobId{i + 1};
        sample.submittedAt = WallTime(std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(40) * qint64(i));
        sample.completedAt = sample.submittedAt + std::chrono::seconds(1);
        sample.outcome = i % 50 == 0 ? Outcome::Failed : Outcome::Succeeded;
        const Observation atEnd = i % 50 == 0 ? Observation::Apart : Observation::Measured;
        const double wait = random.bounded(100);
        const double run = random.bounded(1000);
        sample.set(Measure::QueueWait, Observation::Measured, wait);
        sample.set(Measure::Run, atEnd, run);
        sample.set(Measure::E2E, atEnd, wait + run);
    }
    JobTableModel jobs;
    LatencyPage page(jobs);
    page.resize(1200, 800);
    page.show();
    (void)QTest::qWaitForWindowExposed(&page);
    QElapsedTimer timer;
    QEventLoop loop;
    QObject::connect(page.aggregator(), &LatencyAggregator::viewChanged, &loop, [&] {
        if (page.aggregator()->samples().size() == count)
            QTimer::singleShot(100, &loop, &QEventLoop::quit); // its painting belongs to it
    });
    QTimer::singleShot(60'000, &loop, &QEventLoop::quit);
    const EventLoopGap gaps;
    timer.start();
    page.aggregator()->addSamples(std::move(samples));
    const double takenIn = milliseconds(timer);
    loop.exec();
    const double shown = milliseconds(timer) - 100;
    QJsonObject more{{u"samples"_s, count}};
    Bench::printFigure(u"latency_take_in"_s, takenIn, u"ms"_s, more);
    Bench::printFigure(u"latency_computed_and_shown"_s, shown, u"ms"_s, more);
    printLongestGap(u"latency_longest_gap"_s, gaps, more);

    ChartView *chart = page.chart(LatencyPage::OverTime);
    const auto drawing = chart->sharedDrawing();
    std::vector<double> times;
    std::vector<double> work;
    for (int i = 0; i < 20; ++i) {
        chart->setDrawing(drawing); // forgets the picture of it
        timer.start();
        const double before = EventLoopGap::processorMilliseconds();
        chart->repaint();
        times.push_back(milliseconds(timer));
        work.push_back(EventLoopGap::processorMilliseconds() - before);
    }
    more.insert(u"processor_ms"_s, Bench::median(work));
    Bench::printFigure(u"chart_redraw"_s, Bench::median(times), u"ms"_s, more);
}

void benchFlood(qint64 bytes)
{
    QTemporaryDir folder;
    Application app(folder.path());
    app.window.show();
    (void)QTest::qWaitForWindowExposed(&app.window);
    // seq writes about 8.9 bytes a line for these counts.
    JobSpec spec;
    spec.command = {u"seq"_s, u"1"_s, QString::number(bytes / 9)};
    spec.limits.outputCap = bytes * 2;
    app.window.submit({spec, spec});

    const EventLoopGap gaps;
    QElapsedTimer whole;
    whole.start();
    const JobCounts &counts = app.window.jobs().counts();
    // A real event loop: QTest::qWaitFor would sleep 10 ms between two looks and call that a gap.
    QEventLoop loop;
    QObject::connect(&app.window.jobs(), &JobTableModel::countsChanged, &loop, [&] {
        if (counts.count(JobCategory::Succeeded) == 2)
            loop.quit();
    });
    QTimer::singleShot(600'000, &loop, &QEventLoop::quit);
    loop.exec();
    const QJsonObject more{{u"bytes"_s, bytes * 2}, {u"seconds"_s, milliseconds(whole) / 1000}};
    printLongestGap(u"flood_longest_gap"_s, gaps, more);
    Bench::printFigure(u"flood_median_gap"_s, Bench::median(gaps.gaps()), u"ms"_s, more);
    Bench::printFigure(u"flood_p99_gap"_s, Bench::percentile(gaps.gaps(), 0.99), u"ms"_s, more);
}

// A program prints a token at a time, as an engine does. From the moment the shim took it from the pipe, which the index of
// the output holds, to the end of the painting that shows it.
void benchTokens(PaintedApplication &application, int tokens, bool besideAFlood)
{
    QTemporaryDir folder;
    Application app(folder.path());
    app.window.show();
    (void)QTest::qWaitForWindowExposed(&app.window);
    JobId flood;
    if (besideAFlood) {
        JobSpec spec;
        spec.command = {u"yes"_s};
        spec.limits.outputCap = 1'000'000;
        flood = app.supervisor.submit(spec);
    }
    JobSpec spec;
    spec.command = {
        u"sh"_s, u"-c"_s,
        u"i=0; while [ $i -lt %1 ]; do printf 'token %06d\\n' $i; i=$((i+1)); sleep 0.02; done"_s.arg(tokens)};
    app.window.submit({spec});
    static constexpr qint64 tokenBytes = 13; // the line above
    const auto *view = app.window.findChild<OutputView *>(u"outputView"_s);
    application.watched = view->viewport();

    QEventLoop loop;
    std::vector<double> times;
    qint64 painted = 0;
    application.painted = [&] {
        const MonotonicTime now = monotonicNow();
        const int row = app.window.jobs().rowCount() - 1; // the newest
        if (row < 0 || app.window.jobs().record(row).id == flood || !app.window.jobs().record(row).started)
            return;
        const MonotonicTime started = app.window.jobs().record(row).started->monotonic;
        // What can be read on the screen, not what has been read from the file.
        const QString text = view->visibleText();
        const qsizetype last = text.lastIndexOf(u"token "_s);
        if (last < 0)
            return;
        for (const qint64 shown = text.mid(last + 6, 6).toLongLong() + 1; painted < shown; ++painted) {
            const OutputLog &log = view->log();
            const OutputChunk chunk = log.chunk(log.chunkAt(painted * tokenBytes));
            const std::chrono::duration<double, std::milli> taken =
                now - (started + std::chrono::nanoseconds(chunk.elapsed));
            times.push_back(taken.count());
        }
        if (painted == tokens)
            loop.quit();
    };
    QTimer::singleShot(300'000, &loop, &QEventLoop::quit);
    loop.exec();
    application.painted = {};
    application.watched = nullptr;
    app.supervisor.cancelAll();
    const QJsonObject more{{u"tokens"_s, qint64(times.size())}, {u"beside_a_flood"_s, besideAFlood}};
    if (times.empty())
        return;
    Bench::printFigure(u"token_painted_median"_s, Bench::median(times), u"ms"_s, more);
    Bench::printFigure(u"token_painted_p99"_s, Bench::percentile(times, 0.99), u"ms"_s, more);
    Bench::printFigure(u"token_painted_longest"_s, *std::max_element(times.begin(), times.end()), u"ms"_s, more);
}

void benchIdle(int seconds)
{
    QTemporaryDir folder;
    Application app(folder.path());
    app.window.show();
    (void)QTest::qWaitForWindowExposed(&app.window);
    JobSpec spec;
    spec.command = {u"sleep"_s, u"600"_s};
    app.window.submit({spec, spec});
    QTest::qWait(13'000); // past the tenths of a second of young jobs
    const double before = processorSeconds();
    QTest::qWait(seconds * 1000);
    Bench::printFigure(u"idle_processor_use"_s, (processorSeconds() - before) / seconds * 100, u"% of a core"_s,
                       {{u"sleeping_jobs"_s, 2}});
    app.supervisor.cancelAll();
}

} // namespace

int main(int argc, char *argv[])
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    PaintedApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Prints the figures that the window is held to, one JSON object a line."_s);
    parser.addHelpOption();
    parser.addOptions({{u"jobs"_s, u"Rows of the table."_s, u"n"_s, u"100000"_s},
                       {u"samples"_s, u"Samples of the chart."_s, u"n"_s, u"1000000"_s},
                       {u"flood"_s, u"Bytes that each of two jobs writes."_s, u"n"_s, u"500000000"_s},
                       {u"tokens"_s, u"Tokens that a job prints, 20 ms apart."_s, u"n"_s, u"200"_s},
                       {u"idle"_s, u"Seconds that an idle window is watched."_s, u"n"_s, u"20"_s}});
    parser.process(app);
    applyTheme(Theme::Light);
    if (const int jobs = parser.value(u"jobs"_s).toInt(); jobs > 0)
        benchTable(jobs);
    if (const int samples = parser.value(u"samples"_s).toInt(); samples > 0)
        benchChart(samples);
    if (const qint64 flood = parser.value(u"flood"_s).toLongLong(); flood > 0)
        benchFlood(flood);
    if (const int tokens = parser.value(u"tokens"_s).toInt(); tokens > 0) {
        benchTokens(app, tokens, false);
        benchTokens(app, tokens, true);
    }
    if (const int idle = parser.value(u"idle"_s).toInt(); idle > 0)
        benchIdle(idle);
    return 0;
}
