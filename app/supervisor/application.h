// SPDX-License-Identifier: MIT
#pragma once

#include "app/supervisor/arguments.h"
#include "app/supervisor/instancechannel.h"
#include "core/history/jobhistory.h"
#include "core/runtime/bitnetruntime.h"
#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/settings/appsettings.h"

#include <QFutureWatcher>
#include <QObject>
#include <QSettings>

#include <memory>

namespace BitNet {

// Puts the application together: the lock of its data folder first, then the history behind it, the supervisor and the
// window. Its parts end in the opposite order, so that the history gets the supervisor's last records.
class Application : public QObject
{
    Q_OBJECT
public:
    explicit Application(Arguments arguments, QObject *parent = nullptr);
    ~Application() override;

    // Shows the window, or that of the instance that uses the data folder already. Ends the application's event loop when
    // all is over.
    void start();

private:
    void askFirstInstance(const QString &holder);
    void openWithHistory(std::unique_ptr<InstanceLock> lock);
    void openWindow();
    void useHistory(const HistoryOpening &opening);
    void showWindow();

    const Arguments m_arguments;
    const QString m_dataFolder;
    QSettings m_settings;
    SettingsStore m_store;
    const BitNetRuntime m_runtime;
    std::unique_ptr<InstanceChannel> m_channel;
    std::unique_ptr<JobHistory> m_history; // null: nothing is recorded
    QString m_whyNoHistory;
    std::unique_ptr<RuntimeSupervisor> m_supervisor;
    std::unique_ptr<EngineContext> m_engine;
    QFutureWatcher<HistoryOpening> m_opening;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace BitNet
