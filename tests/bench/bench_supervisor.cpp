// SPDX-License-Identifier: MIT
// Figures of the core library, each next to its yardstick in the same run. Usage: bench-supervisor [FIGURE...], where
// FIGURE is launch, capture, lateness, queue or memory; all of them without arguments. Folders are on /dev/shm.
#include "benchfigure.h"
#include "core/history/jobhistory.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <atomic>
#include <malloc.h>
#include <memory>
#include <mutex>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Bench;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int rounds = 5;

QString programPath(const char *name)
{
    return QStringLiteral(BITNET_BIN_DIR "/") + QString::fromLatin1(name);
}

// A yardstick prints one number.
double yardstick(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        qFatal("yardstick %s failed: %s", qPrintable(program), process.readAllStandardError().constData());
    return process.readAllStandardOutput().trimmed().toDouble();
}

qint64 residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("/proc/self/statm can't be read");
    return file.readAll().split(' ').at(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

struct Bench
{
    explicit Bench(int concurrency)
        : supervisor(
            BitNetRuntime(),
            {.concurrency = concurrency, .outputRoot = folder.path(), .shimPath = programPath("bitnet-jobshim")})
    {
    }

    QTemporaryDir folder{u"/dev/shm/bitnet-bench-XXXXXX"_s};
    RuntimeSupervisor supervisor;
};

// A supervisor whose jobs are recorded, as in the application: no job starts before it has its row.
struct RecordedBench
{
    RecordedBench()
        : history(InstanceLock::take(folder.filePath(u"data"_s)).lock)
    {
        const HistoryOpening opening = history.open().result();
        supervisor = std::make_unique<RuntimeSupervisor>(BitNetRuntime(),
                                                         SupervisorSettings{.concurrency = 2,
                                                                            .outputRoot = history.outputRoot(),
                                                                            .shimPath = programPath("bitnet-jobshim"),
                                                                            .firstJobId = opening.nextJobId,
                                                                            .startsNeedPermission = true});
        QObject::connect(supervisor.get(), &RuntimeSupervisor::jobChanged, &history, &JobHistory::record,
                         Qt::DirectConnection);
        QObject::connect(&history, &JobHistory::recorded, supervisor.get(), &RuntimeSupervisor::allowStartsUpTo,
                         Qt::DirectConnection);
        history.beginSession(supervisor->instanceTag(), supervisor->outputFolder());
    }

    QTemporaryDir folder{u"/dev/shm/bitnet-bench-XXXXXX"_s};
    JobHistory history;
    std::unique_ptr<RuntimeSupervisor> supervisor;
};

double launchRate(RuntimeSupervisor &supervisor, int jobs)
{
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < jobs; ++i)
        supervisor.submit({.command = {u"/bin/true"_s}, .limits = {.timeout = 60s}});
    supervisor.drain().waitForFinished();
    return jobs * 1e9 / static_cast<double>(timer.nsecsElapsed());
}

// Both ways of launching, each beside the yardsticks of its own round.
void launch()
{
    constexpr int jobs = 3000;
    for (const bool recorded : {false, true}) {
        std::vector<double> rates;
        std::vector<double> ofLimit;
        std::vector<double> ofAsyncio;
        for (int round = 0; round < rounds; ++round) {
            const QStringList arguments{QString::number(jobs), u"2"_s, u"/bin/true"_s};
            const double limit = yardstick(programPath("yardstick-spawn"), arguments);
            const double asyncio = yardstick(
                u"python3"_s,
                QStringList{QStringLiteral(BITNET_SOURCE_DIR "/tests/bench/yardstick_asyncio.py")} + arguments);
            double rate = 0;
            if (recorded) {
                RecordedBench bench;
                rate = launchRate(*bench.supervisor, jobs);
                bench.history.saved().waitForFinished();
                if (bench.history.count({.outcomes = {Outcome::Succeeded}}).result() != jobs)
                    qFatal("not every job was recorded");
            } else {
                Bench bench(2);
                rate = launchRate(bench.supervisor, jobs);
            }
            rates.push_back(rate);
            ofLimit.push_back(rate / limit);
            ofAsyncio.push_back(rate / asyncio);
        }
        printFigure(recorded ? u"launch_throughput_with_history"_s : u"launch_throughput"_s, median(rates), u"jobs/s"_s,
                    {{u"of_spawn_limit"_s, median(ofLimit)},
                     {u"of_spawn_limit_goal"_s, 0.7},
                     {u"of_asyncio"_s, median(ofAsyncio)},
                     {u"of_asyncio_goal"_s, 1.7},
                     {u"goal"_s, 1500}});
    }
}

void capture()
{
    constexpr qint64 bytes = 1'000'000'000;
    constexpr int jobs = 4;
    std::vector<double> rates;
    std::vector<double> ratios;
    for (int round = 0; round < 3; ++round) {
        double catRate = 0;
        {
            QTemporaryDir folder(u"/dev/shm/bitnet-bench-XXXXXX"_s);
            // Two at a time, as the supervisor does it.
            const QString script =
                u"run() { head -c %1 /dev/zero | cat > \"$0/$1\"; }; (run a; run b) & (run c; run d) & wait"_s.arg(
                    bytes);
            QElapsedTimer timer;
            timer.start();
            if (QProcess::execute(u"/bin/sh"_s, {u"-c"_s, script, folder.path()}) != 0)
                qFatal("the capture yardstick failed");
            catRate = static_cast<double>(bytes) * jobs / static_cast<double>(timer.nsecsElapsed());
        }
        Bench bench(2);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < jobs; ++i)
            bench.supervisor.submit({.command = {u"head"_s, u"-c"_s, QString::number(bytes), u"/dev/zero"_s},
                                     .limits = {.outputCap = 2 * bytes}});
        bench.supervisor.drain().waitForFinished();
        const double rate = static_cast<double>(bytes) * jobs / static_cast<double>(timer.nsecsElapsed());
        rates.push_back(rate);
        ratios.push_back(rate / catRate);
    }
    printFigure(u"capture_throughput"_s, median(rates), u"GB/s"_s,
                {{u"of_cat"_s, median(ratios)}, {u"of_cat_goal"_s, 0.9}});
}

void lateness()
{
    constexpr int jobs = 200;
    constexpr auto limit = 500ms;
    std::vector<double> late;
    {
        Bench bench(jobs);
        std::mutex mutex;
        QObject::connect(
            &bench.supervisor, &RuntimeSupervisor::jobChanged, &bench.supervisor,
            [&](const JobRecord &record) {
                if (!record.isFinished())
                    return;
                const std::lock_guard lock(mutex);
                if (record.outcome != Outcome::TimedOut)
                    qFatal("a job did not time out: %s", qPrintable(record.reason));
                late.push_back(static_cast<double>((*record.runTime() - limit).count()) / 1e6);
            },
            Qt::DirectConnection);
        for (int i = 0; i < jobs; ++i)
            bench.supervisor.submit({.command = {u"sleep"_s, u"60"_s}, .limits = {.timeout = limit, .killGrace = 0ns}});
        bench.supervisor.drain().waitForFinished();
    }
    printFigure(u"deadline_lateness_p99"_s, percentile(late, 0.99), u"ms"_s,
                {{u"p50"_s, percentile(late, 0.5)},
                 {u"max"_s, percentile(late, 1)},
                 {u"earliest"_s, percentile(late, 0)},
                 {u"goal"_s, 10},
                 {u"jobs"_s, jobs}});
}

void queue()
{
    constexpr int jobs = 100'000;
    Bench bench(2);
    bench.supervisor.pauseQueue();
    QFuture<void> ready = bench.supervisor.drain();
    ready.waitForFinished();
    ::malloc_trim(0);
    const qint64 before = residentBytes();

    std::atomic<int> queued = 0;
    std::atomic<int> finished = 0;
    QObject::connect(
        &bench.supervisor, &RuntimeSupervisor::jobChanged, &bench.supervisor,
        [&](const JobRecord &record) {
            (record.isFinished() ? finished : queued).fetch_add(1, std::memory_order_relaxed);
        },
        Qt::DirectConnection);
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < jobs; ++i)
        bench.supervisor.submit(
            {.command = {u"/bin/true"_s, QString::number(i)}, .name = u"queued job"_s, .limits = {.timeout = 60s}});
    while (queued.load() < jobs)
        ::usleep(200);
    const double submitSeconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    ::malloc_trim(0);
    const double bytesEach = static_cast<double>(residentBytes() - before) / jobs;

    timer.restart();
    bench.supervisor.cancelAll();
    bench.supervisor.drain().waitForFinished();
    const double cancelSeconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    if (finished.load() != jobs)
        qFatal("%d of %d jobs ended", finished.load(), jobs);
    printFigure(u"submit_rate"_s, jobs / submitSeconds, u"jobs/s"_s, {{u"goal"_s, 100'000}});
    printFigure(u"cancel_rate"_s, jobs / cancelSeconds, u"jobs/s"_s, {{u"goal"_s, 100'000}});
    printFigure(u"memory_per_queued_job"_s, bytesEach, u"bytes"_s, {{u"goal"_s, 2048}});
}

void memory()
{
    constexpr int jobs = 64;
    constexpr qint64 bytes = 1'000'000'000 / jobs;
    Bench bench(jobs);
    bench.supervisor.drain().waitForFinished();
    ::malloc_trim(0);
    const qint64 before = residentBytes();
    qint64 peak = before;
    for (int i = 0; i < jobs; ++i)
        bench.supervisor.submit({.command = {u"head"_s, u"-c"_s, QString::number(bytes), u"/dev/zero"_s}});
    const QFuture<void> done = bench.supervisor.drain();
    while (!done.isFinished()) {
        peak = std::max(peak, residentBytes());
        ::usleep(2000);
    }
    printFigure(u"memory_growth_while_capturing_1GB"_s, static_cast<double>(peak - before) / (1024.0 * 1024.0),
                u"MiB"_s, {{u"goal"_s, 32}, {u"jobs"_s, jobs}});
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList wanted = application.arguments().mid(1);
    const std::pair<QString, void (*)()> figures[]{{u"launch"_s, launch},
                                                   {u"capture"_s, capture},
                                                   {u"lateness"_s, lateness},
                                                   {u"queue"_s, queue},
                                                   {u"memory"_s, memory}};
    for (const auto &[name, measure] : figures) {
        if (wanted.isEmpty() || wanted.contains(name))
            measure();
    }
    return 0;
}
