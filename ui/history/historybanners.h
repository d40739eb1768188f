// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historystate.h"

#include <QTimer>
#include <QWidget>

class QAction;

namespace BitNet {

class Banner;
class JobHistory;
class PastJobs;

// What a person must know of the history, each in a line across the page while it is so: that what happens is not being
// saved, that the file was damaged and where it is now, that jobs of an earlier run wait for a decision.
class HistoryBanners : public QWidget
{
    Q_OBJECT
public:
    // past: null when there is no history, and why says so in a sentence; it may be empty (nothing is expected to be saved).
    HistoryBanners(JobHistory *history, PastJobs *past, const QString &why, QWidget *parent = nullptr);

    // With what was found then.
    void historyOpened(const HistoryOpening &opening);

    Banner *savingBanner() const { return m_saving; }
    Banner *damageBanner() const { return m_damage; }
    Banner *waitingBanner() const { return m_waiting; }
    QList<QAction *> allActions() const { return {m_openFolder, m_dismiss, m_resume, m_discard}; }

private:
    void showState(const HistoryState &state);
    void showDamage(const QString &path, const QString &why);
    void showWaiting(const PastJobs &past);

    Banner *m_saving;
    Banner *m_damage;
    Banner *m_waiting;
    QAction *m_openFolder;
    QAction *m_dismiss;
    QAction *m_resume;
    QAction *m_discard;
    QString m_damagedFile;
    QTimer m_patience; // another program may hold the file for a moment without anybody having to know
    HistoryState m_state;
};

} // namespace BitNet
