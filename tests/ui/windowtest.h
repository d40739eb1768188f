// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/jobs/jobactions.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowdialogs.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/settings/appsettings.h"

#include <QAbstractButton>
#include <QMessageBox>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace BitNet::Testing {

using namespace Qt::StringLiterals;

inline constexpr int patience = 30'000;

// The whole window over a real supervisor, as the application wires it.
struct Application
{
    explicit Application(const QString &settingsPath, int concurrency = 2)
        : settings(settingsPath, QSettings::IniFormat)
        , store(settings)
        , runtime(RuntimeOptions{.buildDir = u"/nowhere"_s, .gpuMemoryGiB = 0})
        , supervisor(runtime,
                     {.concurrency = concurrency, .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")})
        , engine(runtime, store)
        , window({supervisor, engine, store})
    {
        window.resize(1280, 800);
        window.show();
    }

    JobId run(const QStringList &command, const QString &name = {}, const QString &group = {})
    {
        JobSpec spec;
        spec.command = command;
        spec.name = name;
        spec.group = group;
        return supervisor.submit(spec);
    }
    const JobRecord *record(JobId id) { return window.jobs().find(id); }
    bool isFinished(JobId id) { return record(id) && record(id)->isFinished(); }
    JobState state(JobId id) { return record(id) ? record(id)->state : JobState::Queued; }
    QAction *action(JobActions::Action which) { return window.jobActions().action(which); }

    QSettings settings;
    SettingsStore store;
    BitNetRuntime runtime;
    RuntimeSupervisor supervisor;
    EngineContext engine;
    MainWindow window;
};

inline QMessageBox *openQuestion(QWidget &window)
{
    for (QMessageBox *box : window.findChildren<QMessageBox *>()) {
        if (box->isVisible())
            return box;
    }
    return nullptr;
}

inline QAbstractButton *button(QMessageBox *box, QMessageBox::ButtonRole role)
{
    for (QAbstractButton *candidate : box->buttons()) {
        if (box->buttonRole(candidate) == role)
            return candidate;
    }
    return nullptr;
}

// Each test function has a window of its own, with settings of its own.
class WindowTest : public QObject
{
    Q_OBJECT

protected:
    void restart()
    {
        m_app.reset();
        m_app = std::make_unique<Application>(m_settingsPath);
    }

    QTemporaryDir m_folder;
    QString m_settingsPath;
    std::unique_ptr<Application> m_app;

private Q_SLOTS:
    void init()
    {
        m_settingsPath = m_folder.filePath(QLatin1String(QTest::currentTestFunction()) + u".ini"_s);
        restart();
        QVERIFY(QTest::qWaitForWindowExposed(&m_app->window));
    }
    void cleanup() { m_app.reset(); }
};

} // namespace BitNet::Testing
