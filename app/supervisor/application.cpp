// SPDX-License-Identifier: MIT
#include "app/supervisor/application.h"

#include "core/history/datafolder.h"
#include "core/history/historypreferences.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QDir>
#include <QMessageBox>
#include <QTimer>

#include <cstdio>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

Application::Application(Arguments arguments, QObject *parent)
    : QObject(parent)
    , m_arguments(std::move(arguments))
    , m_dataFolder(m_arguments.dataFolder.isEmpty() ? defaultDataFolder() : QDir(m_arguments.dataFolder).absolutePath())
    // With a folder of its own for everything, the settings are in it too.
    , m_settings(settingsFilePath(m_arguments.dataFolder.isEmpty() ? QString() : m_dataFolder), QSettings::IniFormat)
    , m_store(m_settings)
    , m_runtime(RuntimeOptions{.buildDir = u"build"_s})
{
    applyTheme(m_store.value().theme);
    QApplication::setWindowIcon(Icons::application());
}

Application::~Application() = default;

void Application::start()
{
    InstanceLock::Attempt attempt = InstanceLock::take(m_dataFolder);
    switch (attempt.result) {
    case InstanceLock::Result::Taken:
        openWithHistory(std::move(attempt.lock));
        return;
    case InstanceLock::Result::HeldByAnother:
        askFirstInstance(attempt.holderPid > 0 ? tr("process %1").arg(attempt.holderPid) : tr("a process"));
        return;
    case InstanceLock::Result::Failed:
        m_whyNoHistory = attempt.error;
        openWindow();
        showWindow();
        return;
    }
}

void Application::askFirstInstance(const QString &holder)
{
    auto *request = new InstanceRequest(m_dataFolder, this);
    connect(request, &InstanceRequest::raised, this, [] { QCoreApplication::exit(0); });
    connect(request, &InstanceRequest::refused, this, [this, holder] {
        const QString problem =
            tr("BitNet Supervisor is running already (%1), but it does not answer. End it, or start "
               "this one with another --data-dir.")
                .arg(holder);
        fprintf(stderr, "bitnet-supervisor: %s\n", qPrintable(problem));
        auto *box = new QMessageBox(QMessageBox::Warning, tr("BitNet Supervisor"), problem, QMessageBox::Close);
        box->setAttribute(Qt::WA_DeleteOnClose);
        connect(box, &QMessageBox::finished, this, [] { QCoreApplication::exit(1); });
        box->open();
    });
    connect(request, &InstanceRequest::nobodyThere, this, [this, holder] {
        m_whyNoHistory =
            tr("Another program (%1) records its jobs in %2. When it has ended, start this one again to have "
               "the history here.")
                .arg(holder, m_dataFolder);
        openWindow();
        showWindow();
    });
    request->start();
}

void Application::openWithHistory(std::unique_ptr<InstanceLock> lock)
{
    m_channel = std::make_unique<InstanceChannel>(m_dataFolder);
    if (QString error; !m_channel->listen(&error))
        qWarning().noquote() << error;
    m_history = std::make_unique<JobHistory>(
        std::move(lock),
        HistorySettings{.outputRoot = m_store.value().outputFolder, .retention = retentionOf(m_store.value())});
    const QFuture<HistoryOpening> opening = m_history->open();
    // Meanwhile.
    openWindow();
    connect(m_channel.get(), &InstanceChannel::raiseRequested, m_window.get(), &MainWindow::raiseToFront);
    connect(&m_opening, &QFutureWatcherBase::finished, this, [this] { useHistory(m_opening.result()); });
    m_opening.setFuture(opening);
    // Usually it is open by now, and the window never shows that it was not.
    if (!opening.isFinished())
        m_window->show();
}

void Application::openWindow()
{
    const AppSettings &chosen = m_store.value();
    const QString ownRoot = chosen.outputFolder.isEmpty() ? defaultOutputRoot(m_dataFolder) : chosen.outputFolder;
    m_supervisor = std::make_unique<RuntimeSupervisor>(
        m_runtime,
        SupervisorSettings{.concurrency = m_arguments.concurrency > 0 ? m_arguments.concurrency : chosen.concurrency,
                           .outputRoot = m_history ? m_history->outputRoot() : ownRoot,
                           .startsNeedPermission = m_history != nullptr});
    if (m_history) {
        connect(m_supervisor.get(), &RuntimeSupervisor::jobChanged, m_history.get(), &JobHistory::record,
                Qt::DirectConnection);
        connect(m_history.get(), &JobHistory::recorded, m_supervisor.get(), &RuntimeSupervisor::allowStartsUpTo,
                Qt::DirectConnection);
        m_history->beginSession(m_supervisor->instanceTag(), m_supervisor->outputFolder());
    }
    m_engine = std::make_unique<EngineContext>(m_runtime, m_store);
    if (!m_arguments.buildFolder.isEmpty())
        m_engine->useBuildFolder(QDir(m_arguments.buildFolder).absolutePath());

    m_window = std::make_unique<MainWindow>(WindowParts{.supervisor = *m_supervisor,
                                                        .engine = *m_engine,
                                                        .settings = m_store,
                                                        .history = m_history.get(),
                                                        .whyNoHistory = m_whyNoHistory,
                                                        // Another program may have its conversations there.
                                                        .dataFolder = m_history ? m_dataFolder : QString()});
    // exit(), not quit(): that would ask the window again, which ignores it while it leaves.
    connect(
        m_window.get(), &MainWindow::readyToQuit, this, [] { QCoreApplication::exit(); }, Qt::QueuedConnection);
}

void Application::useHistory(const HistoryOpening &opening)
{
    m_supervisor->continueIdsFrom(opening.nextJobId);
    m_window->historyOpened(opening);
    showWindow();
}

void Application::showWindow()
{
    if (m_arguments.page)
        m_window->showPage(*m_arguments.page);
    m_window->show();
    if (m_arguments.sampleQueue)
        QTimer::singleShot(0, m_window.get(), &MainWindow::runSampleQueue);
}

} // namespace BitNet
