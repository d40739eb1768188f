// SPDX-License-Identifier: MIT
// bench-start FOLDER [JOBS [--cold]]: the application over a history of that many jobs (100 000), which is made in FOLDER when
// it is not there: how soon the window is there, and whether it can be used while what was before comes in.
// --cold: the system has forgotten the file (not the programs).
#include "app/supervisor/application.h"
#include "benchfigure.h"
#include "historyjobs.h"
#include "longestgap.h"
#include "ui/history/pastjobs.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/latencyaggregator.h"
#include "ui/latency/latencypage.h"

#include <QApplication>
#include <QDir>

#include <memory>

#include <fcntl.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Bench;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

double milliseconds(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

void makeHistory(const QString &folder, quint64 jobs)
{
    // Nothing is to be cleared away.
    QSettings settings(folder + u"/settings.ini"_s, QSettings::IniFormat);
    for (const QString &key : {u"days"_s, u"jobs"_s, u"output_gib"_s})
        settings.setValue(u"settings/history/"_s + key, 0);
    settings.sync();
    HistoryFixture f(folder, {.retention = {.age = {}, .jobs = {}, .outputBytes = {}}});
    if (f.opening.nextJobId <= jobs)
        fill(f, f.opening.nextJobId, jobs);
}

// What the system holds of these files in memory.
void forgetFiles(const QString &folder)
{
    ::sync();
    for (const QString &name : QDir(folder).entryList(QDir::Files)) {
        const int file = ::open(QFile::encodeName(folder + u'/' + name).constData(), O_RDONLY | O_CLOEXEC);
        ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        ::close(file);
    }
}

MainWindow *mainWindow()
{
    for (QWidget *widget : QApplication::topLevelWidgets()) {
        if (auto *window = qobject_cast<MainWindow *>(widget))
            return window;
    }
    return nullptr;
}

// Tells once when the window has been painted.
class FirstPainting : public QObject
{
public:
    explicit FirstPainting(std::function<void()> done)
        : m_done(std::move(done))
    {
        qApp->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && qobject_cast<MainWindow *>(watched)) {
            qApp->removeEventFilter(this);
            QTimer::singleShot(0, this, m_done); // when all of it is painted
        }
        return false;
    }

private:
    std::function<void()> m_done;
};

} // namespace

int main(int argc, char *argv[])
{
    QElapsedTimer sinceStart;
    sinceStart.start();
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() < 2) {
        std::fputs("bench-start FOLDER [JOBS [--cold]]\n", stderr);
        return 2;
    }
    const QString folder = arguments[1];
    const quint64 jobs = arguments.value(2, u"100000"_s).toULongLong();
    const bool isCold = arguments.contains(u"--cold"_s);
    const double toolkit = milliseconds(sinceStart);
    makeHistory(folder, jobs);
    if (isCold)
        forgetFiles(folder);

    const QJsonObject more{{u"past_jobs"_s, qint64(jobs)}, {u"cold"_s, isCold}};
    sinceStart.start();
    auto gaps = std::make_unique<EventLoopGap>();
    Application application({.dataFolder = folder, .page = MainWindow::Jobs});
    QEventLoop loop;
    const FirstPainting painted([&] {
        printFigure(u"start: window painted, the toolkit's start included"_s, toolkit + milliseconds(sinceStart),
                    u"ms"_s, more);
        gaps = std::make_unique<EventLoopGap>(); // from here on a person may do something
        const auto loaded = [&] {
            printFigure(u"start: all jobs in the table"_s, milliseconds(sinceStart), u"ms"_s,
                        {{u"rows"_s, mainWindow()->jobs().rowCount()}});
            QTimer::singleShot(300, &loop, &QEventLoop::quit); // painting belongs to it
        };
        if (mainWindow()->jobs().rowCount() > 0 && !mainWindow()->pastJobs()->isLoading())
            loaded();
        else
            QObject::connect(mainWindow()->pastJobs(), &PastJobs::loaded, &loop, loaded);
    });
    application.start();
    QTimer::singleShot(120'000, &loop, &QEventLoop::quit);
    loop.exec();
    printLongestGap(u"start: longest gap of the event loop while they come"_s, *gaps, more);

    MainWindow *window = mainWindow();
    LatencyAggregator *aggregator = window->latencyPage().aggregator();
    QObject::connect(aggregator, &LatencyAggregator::viewChanged, &loop,
                     [&](const std::shared_ptr<const LatencyView> &view) {
                         if (view->report->statistics().count() > 0)
                             QTimer::singleShot(300, &loop, &QEventLoop::quit);
                     });
    gaps = std::make_unique<EventLoopGap>();
    sinceStart.start();
    window->showPage(MainWindow::Latency);
    loop.exec();
    printFigure(u"start: Latency page read, computed and shown"_s, milliseconds(sinceStart) - 300, u"ms"_s,
                {{u"jobs"_s, window->latencyPage().view()->report->statistics().count()}});
    printLongestGap(u"start: longest gap of the event loop meanwhile"_s, *gaps, more);
    return 0;
}
