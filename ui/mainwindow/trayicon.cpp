// SPDX-License-Identifier: MIT
#include "ui/mainwindow/trayicon.h"

#include "ui/mainwindow/queuewatch.h"
#include "ui/settings/appsettings.h"
#include "ui/style/icons.h"
#include "ui/style/wording.h"

#include <QMenu>
#include <QWidget>

namespace BitNet {

TrayIcon::TrayIcon(SettingsStore &settings, QueueWatch &watch, const QList<QAction *> &actions, QWidget *window)
    : QObject(window)
    , m_settings(settings)
    , m_window(window)
    , m_menu(std::make_unique<QMenu>())
{
    m_icon.setIcon(Icons::application());
    m_menu->addActions(actions);
    m_icon.setContextMenu(m_menu.get());
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger)
            Q_EMIT activated();
    });
    connect(&m_icon, &QSystemTrayIcon::messageClicked, this, &TrayIcon::activated);
    connect(&watch, &QueueWatch::jobFailed, this, [this](const JobRecord &record) {
        const QString detail = Wording::detail(record);
        notify(tr("%1: %2").arg(displayName(*record.spec), Wording::state(record)),
               detail.isEmpty() ? tr("Job #%1").arg(record.id.value) : detail, QSystemTrayIcon::Warning);
    });
    connect(&watch, &QueueWatch::queueEnded, this, [this](int succeeded, int failed, int cancelled) {
        notify(tr("The queue has ended"),
               tr("%1 succeeded, %2 failed, %3 cancelled").arg(succeeded).arg(failed).arg(cancelled),
               failed > 0 ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information);
    });
    connect(&settings, &SettingsStore::changed, this, &TrayIcon::follow);
    follow();
}

TrayIcon::~TrayIcon() = default;

bool TrayIcon::isUsable() const
{
    return m_icon.isVisible() && QSystemTrayIcon::isSystemTrayAvailable();
}

void TrayIcon::setStatus(const QString &text)
{
    if (m_icon.toolTip() != text)
        m_icon.setToolTip(text);
}

void TrayIcon::follow()
{
    m_icon.setVisible(m_settings.value().showTrayIcon && QSystemTrayIcon::isSystemTrayAvailable());
}

void TrayIcon::notify(const QString &title, const QString &text, QSystemTrayIcon::MessageIcon icon)
{
    if (m_settings.value().notify && m_icon.isVisible() && !m_window->isActiveWindow())
        m_icon.showMessage(title, text, icon);
}

} // namespace BitNet
