// SPDX-License-Identifier: MIT
// bench-history [FOLDER [JOBS]]: what recording costs, and how fast a history of that many jobs (1 000 000) answers.
#include "benchfigure.h"
#include "historyjobs.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QThread>

#include <atomic>
#include <ctime>
#include <sys/resource.h>

using namespace BitNet;
using namespace BitNet::Bench;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

double milliseconds(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

double processorSeconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double threadSeconds()
{
    timespec time = {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

// As a supervisor at full speed: so many jobs a second, each with four snapshots.
void measureSteadyLoad(HistoryFixture &f, quint64 firstId, int jobsPerSecond, std::chrono::seconds length)
{
    QRandomGenerator random(1);
    const qint64 jobs = jobsPerSecond * length.count();
    std::vector<QList<JobRecord>> prepared;
    prepared.reserve(size_t(jobs));
    for (qint64 i = 0; i < jobs; ++i)
        prepared.push_back(snapshots(firstId + quint64(i), f.sessionFolder, random));

    const double processorBefore = processorSeconds();
    double caller = 0;
    QElapsedTimer timer;
    timer.start();
    // A millisecond's jobs at a time.
    for (qint64 i = 0; i < jobs;) {
        const qint64 due = std::min(jobs, timer.nsecsElapsed() * jobsPerSecond / 1'000'000'000 + 1);
        const double before = threadSeconds();
        for (; i < due; ++i) {
            for (const JobRecord &record : prepared[size_t(i)])
                f.record(record);
        }
        caller += threadSeconds() - before;
        QThread::msleep(1);
    }
    const double load = milliseconds(timer);
    f.save();
    const double saved = milliseconds(timer);
    const double writer = processorSeconds() - processorBefore - caller;
    printFigure(u"history: processor time of its thread at %1 jobs/s"_s.arg(jobsPerSecond),
                writer / (saved / 1e3) * 100, u"% of one"_s);
    printFigure(u"history: the recording thread's time a job (4 snapshots)"_s, caller / double(jobs) * 1e6, u"us"_s);
    printFigure(u"history: last row in the file after the end of the load"_s, saved - load, u"ms"_s);
}

// A job that waits for its row before it starts.
void measureRowLatency(HistoryFixture &f, quint64 firstId)
{
    std::atomic<quint64> recorded = 0;
    const auto connection = QObject::connect(
        &f.history(), &JobHistory::recorded, &f.history(), [&](JobId upTo) { recorded = upTo.value; },
        Qt::DirectConnection);
    std::vector<double> latencies;
    for (quint64 id = firstId; id < firstId + 500; ++id) {
        QElapsedTimer timer;
        timer.start();
        f.record(queuedRecord(id));
        while (recorded < id)
            QThread::yieldCurrentThread();
        latencies.push_back(double(timer.nsecsElapsed()) / 1e6);
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
        QThread::msleep(2);
    }
    QObject::disconnect(connection);
    printFigure(u"history: submission to row, one job after the other, median"_s, median(latencies), u"ms"_s);
    printFigure(u"history: submission to row, one job after the other, p99"_s, percentile(latencies, 0.99), u"ms"_s);
}

void measureFilling(HistoryFixture &f, quint64 from, quint64 to)
{
    QElapsedTimer timer;
    timer.start();
    fill(f, from, to);
    printFigure(u"history: as fast as it goes, the making of records included"_s,
                double(to - from + 1) / (milliseconds(timer) / 1e3), u"jobs/s"_s);
}

template<typename Query>
void measureQuery(const QString &name, Query query)
{
    static constexpr int rounds = 9;
    std::vector<double> times;
    double processor = processorSeconds();
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        resultOf(query());
        times.push_back(milliseconds(timer));
    }
    processor = (processorSeconds() - processor) / rounds * 1e3;
    printFigure(u"history: "_s + name, median(times), u"ms"_s,
                {{u"worst"_s, percentile(times, 1)}, {u"processor_ms"_s, processor}});
}

void measureQueries(HistoryFixture &f, quint64 jobs)
{
    JobHistory &history = f.history();
    const HistoryFilter failures{.outcomes = {Outcome::Failed, Outcome::Crashed, Outcome::TimedOut}};
    const HistoryFilter narrow{.since = instantAfter(std::chrono::seconds(jobs / 2)).wall,
                               .outcomes = {Outcome::Failed},
                               .groups = {u"nightly"_s},
                               .models = {u"/models/model-3.gguf"_s}};
    const auto page = [&](const QString &name, const HistoryPageRequest &request) {
        measureQuery(u"page, "_s + name, [&] { return history.page(request); });
    };
    page(u"newest first"_s, {});
    page(u"failures, newest first"_s, {.filter = failures});
    page(u"lost jobs of a group, newest first"_s, {.filter = {.outcomes = {Outcome::Lost}, .groups = {u"adhoc"_s}}});
    page(u"by run time"_s, {.sort = HistorySort::RunTime});
    page(u"by run time, shortest first"_s, {.sort = HistorySort::RunTime, .order = Qt::AscendingOrder});
    page(u"failures by run time"_s, {.filter = failures, .sort = HistorySort::RunTime});
    page(u"since, outcome, group and model by latency"_s, {.filter = narrow, .sort = HistorySort::Latency});
    page(u"by name"_s, {.sort = HistorySort::Name, .order = Qt::AscendingOrder});
    page(u"by model"_s, {.sort = HistorySort::Model, .order = Qt::AscendingOrder});
    page(u"by memory (not in the index)"_s, {.sort = HistorySort::PeakRss});
    page(u"name contains, by decode speed"_s, {.filter = {.name = u"b-1234"_s}, .sort = HistorySort::DecodeTps});
    page(u"rare text"_s, {.filter = {.text = u"the 123 seas and the 456 winds"_s}});
    page(u"common text, newest first"_s, {.filter = {.text = u"short poem"_s}});
    page(u"common text by run time"_s, {.filter = {.text = u"short poem"_s}, .sort = HistorySort::RunTime});
    HistoryPageRequest deep{.sort = HistorySort::RunTime};
    for (int i = 0; i < 3; ++i)
        deep.after = resultOf(history.page(deep)).next;
    page(u"by run time, the fourth"_s, deep);
    measureQuery(u"count of all"_s, [&] { return history.count({}); });
    measureQuery(u"count of failures"_s, [&] { return history.count(failures); });
    measureQuery(u"samples of all"_s, [&] { return history.samples({}); });
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QTemporaryDir temporary;
    const QString folder = arguments.value(1, temporary.filePath(u"data"_s));
    const quint64 jobs = arguments.value(2, u"1000000"_s).toULongLong();
    const HistorySettings settings{.retention = {.age = {}, .jobs = {}, .outputBytes = {}}};

    HistoryFixture f(folder, settings);
    quint64 last = f.opening.nextJobId - 1;
    measureRowLatency(f, last + 1);
    last += 500;
    measureSteadyLoad(f, last + 1, 1500, 10s);
    last += 15'000;
    if (last < jobs) {
        measureFilling(f, last + 1, jobs);
        last = jobs;
    }
    f.close();
    printFigure(u"history: size of the file a job"_s, double(QFileInfo(f.databasePath()).size()) / double(last),
                u"bytes"_s);
    QElapsedTimer timer;
    timer.start();
    f.reopen(settings);
    resultOf(f.history().page({}));
    printFigure(u"history: open with %1 jobs, to the first page"_s.arg(last), milliseconds(timer), u"ms"_s);
    measureQueries(f, last);
    return 0;
}
