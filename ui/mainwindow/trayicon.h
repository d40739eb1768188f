// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QObject>
#include <QSystemTrayIcon>

#include <memory>

class QMenu;
class QWidget;

namespace BitNet {

class QueueWatch;
class SettingsStore;

// The icon in the system tray and its notifications.
class TrayIcon : public QObject
{
    Q_OBJECT
public:
    // actions go into its menu. window: notifications come only while it is not looked at.
    TrayIcon(SettingsStore &settings, QueueWatch &watch, const QList<QAction *> &actions, QWidget *window);
    ~TrayIcon() override;

    // Whether the window can be hidden without being lost.
    bool isUsable() const;
    void setStatus(const QString &text);

Q_SIGNALS:
    void activated();

private:
    void follow();
    void notify(const QString &title, const QString &text, QSystemTrayIcon::MessageIcon icon);

    SettingsStore &m_settings;
    QWidget *m_window;
    QSystemTrayIcon m_icon;
    std::unique_ptr<QMenu> m_menu;
};

} // namespace BitNet
