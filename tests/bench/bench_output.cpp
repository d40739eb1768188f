// SPDX-License-Identifier: MIT
// Figures of reading and showing output. Usage: bench-output [FIGURE...], where FIGURE is open, search or flood; all of
// them without arguments. Folders are on /dev/shm. Set QT_QPA_PLATFORM=offscreen where there is no screen.
#include "benchfigure.h"
#include "core/output/outputlines.h"
#include "core/output/outputsearch.h"
#include "core/supervisor/runtimesupervisor.h"
#include "support/eventloopgap.h"
#include "ui/output/outputpanel.h"
#include "ui/output/outputview.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

using namespace BitNet;
using namespace BitNet::Bench;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 5;
constexpr qint64 outputSize = 1'000'000'000;

double milliseconds(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

// Turns the event loop until this holds.
template<typename Condition>
void waitFor(Condition holds)
{
    while (!holds())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
}

// A gigabyte of lines as builds print them, one in ten on stderr, in chunks of 64 KiB.
class LargeOutput
{
public:
    LargeOutput()
    {
        QFile log(path());
        QFile index(m_folder.filePath(u"output.idx"_s));
        if (!log.open(QIODevice::WriteOnly) || !index.open(QIODevice::WriteOnly))
            qFatal("/dev/shm can't be written to");
        qint64 size = 0;
        for (qint64 number = 0; size < outputSize;) {
            QByteArray chunk;
            while (chunk.size() < 64 * 1024) {
                ++number;
                chunk += "[" + QByteArray::number(number) + "] Building CXX object src/core/CMakeFiles/core.dir/file_"
                    + QByteArray::number(number * 7919 % 100'003) + ".cpp.o, took " + QByteArray::number(number % 977)
                    + " ms\n";
                if (number % 10'000 == 0)
                    chunk += "warning: an Unlikely thing in line " + QByteArray::number(number) + "\n";
            }
            const ChunkRecord record{std::uint64_t(size), std::uint64_t(chunk.size()), number * 1000,
                                     number % 10 == 0 ? ChunkKind::Stderr : ChunkKind::Stdout};
            log.write(chunk);
            index.write(reinterpret_cast<const char *>(&record), sizeof record);
            size += chunk.size();
        }
    }

    QString folder() const { return m_folder.path(); }
    QString path() const { return m_folder.filePath(u"output.log"_s); }

private:
    QTemporaryDir m_folder{u"/dev/shm/bitnet-bench-XXXXXX"_s};
};

void benchOpen(const LargeOutput &output)
{
    std::vector<double> shown;
    std::vector<double> counted;
    for (int i = 0; i < rounds; ++i) {
        OutputView view;
        view.resize(1000, 700);
        view.show();
        QCoreApplication::processEvents();
        QElapsedTimer timer;
        timer.start();
        view.setFolder(output.folder());
        view.grab(); // drawn in full
        shown.push_back(milliseconds(timer));
        waitFor([&] { return view.lines().isComplete(); });
        counted.push_back(milliseconds(timer));
    }
    printFigure(u"open_1gb_at_its_end"_s, median(shown), u"ms"_s);
    printFigure(u"count_the_lines_of_1gb"_s, median(counted), u"ms"_s);
}

double grep(const QStringList &arguments)
{
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        QProcess process;
        process.start(u"grep"_s, arguments);
        if (!process.waitForFinished(-1))
            qFatal("grep can't be run");
        times.push_back(milliseconds(timer));
    }
    return median(times);
}

void benchSearch(const LargeOutput &output)
{
    OutputLog log;
    if (!log.open(output.folder()))
        qFatal("%s", qPrintable(log.errorString()));
    const struct
    {
        const char *name;
        QString word;
        Qt::CaseSensitivity sensitivity;
    } cases[] = {
        {"rare", u"Unlikely"_s, Qt::CaseSensitive},
        {"absent", u"no such words"_s, Qt::CaseSensitive},
        {"every_line", u"Building"_s, Qt::CaseSensitive},
        {"rare_any_case", u"unlikely"_s, Qt::CaseInsensitive},
        {"every_line_any_case", u"building"_s, Qt::CaseInsensitive},
    };
    for (const auto &[name, word, sensitivity] : cases) {
        QStringList arguments{u"-c"_s, u"-F"_s};
        if (sensitivity == Qt::CaseInsensitive)
            arguments.append(u"-i"_s);
        const double yardstick = grep(arguments << word << output.path());
        std::vector<double> times;
        qint64 hits = 0;
        for (int i = 0; i < rounds; ++i) {
            OutputSearch search(&log);
            QElapsedTimer timer;
            timer.start();
            search.start(BytePattern::text(word, sensitivity));
            waitFor([&] { return !search.isRunning(); });
            times.push_back(milliseconds(timer));
            hits = search.hitCount();
        }
        printFigure(u"search_1gb_"_s + QLatin1String(name), median(times), u"ms"_s,
                    {{u"grep_ms"_s, yardstick}, {u"ratio"_s, median(times) / yardstick}, {u"hits"_s, hits}});
    }
}

// Two jobs print a gigabyte each as fast as they can; one of them is shown, and followed.
void benchFlood(bool wrap)
{
    QTemporaryDir folder(u"/dev/shm/bitnet-bench-XXXXXX"_s);
    RuntimeSupervisor supervisor(
        BitNetRuntime(),
        {.concurrency = 2, .outputRoot = folder.path(), .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")});
    OutputPanel panel;
    panel.resize(1000, 700);
    panel.setOptions({OutputStreams::Both, wrap, false});
    panel.show();
    QCoreApplication::processEvents();

    JobSpec spec;
    spec.command = {
        u"sh"_s, u"-c"_s,
        u"yes '[12345] Building CXX object src/core/CMakeFiles/core.dir/file.cpp.o, took 17 ms' | head -c %1"_s.arg(
            outputSize)};
    spec.limits.outputCap = 2 * outputSize;
    JobId shown;
    int ended = 0;
    QObject::connect(&supervisor, &RuntimeSupervisor::jobChanged, &panel, [&](const JobRecord &record) {
        if (record.id == shown)
            panel.showJob(record);
        if (record.isFinished())
            ++ended;
    });
    QElapsedTimer timer;
    timer.start();
    std::vector<double> gaps;
    std::vector<double> paints;
    QObject::connect(panel.view(), &OutputView::outputChanged, &panel,
                     [&] { paints.push_back(double(panel.view()->paintTime().count()) / 1e6); });
    {
        EventLoopGap watch;
        shown = supervisor.submit(spec);
        supervisor.submit(spec);
        waitFor([&] { return ended == 2; });
        gaps = watch.gaps();
    }
    const double seconds = milliseconds(timer) / 1000;
    waitFor([&] { return panel.view()->lines().isComplete(); });
    const QJsonObject more{{u"wrap"_s, wrap},
                           {u"p99_ms"_s, percentile(gaps, 0.99)},
                           {u"p50_ms"_s, percentile(gaps, 0.5)},
                           {u"seconds"_s, seconds},
                           {u"frames_a_second"_s, double(paints.size()) / seconds},
                           {u"paint_p50_ms"_s, median(paints)},
                           {u"paint_p99_ms"_s, percentile(paints, 0.99)},
                           {u"bytes_shown"_s, panel.view()->log().size()}};
    printFigure(u"event_loop_gap_two_floods"_s, percentile(gaps, 1), u"ms"_s, more);
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    applyTheme(Theme::Light);
    const QStringList figures = application.arguments().mid(1);
    const auto wanted = [&figures](const char *name) {
        return figures.isEmpty() || figures.contains(QLatin1String(name));
    };
    if (wanted("open") || wanted("search")) {
        const LargeOutput output;
        if (wanted("open"))
            benchOpen(output);
        if (wanted("search"))
            benchSearch(output);
    }
    if (wanted("flood")) {
        benchFlood(true);
        benchFlood(false);
    }
    return 0;
}
