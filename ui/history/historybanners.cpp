// SPDX-License-Identifier: MIT
#include "ui/history/historybanners.h"

#include "core/history/jobhistory.h"
#include "ui/history/pastjobs.h"
#include "ui/mainwindow/banner.h"
#include "ui/style/icons.h"

#include <QAction>
#include <QBoxLayout>
#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr std::chrono::milliseconds lockPatience(2000);

HistoryBanners::HistoryBanners(JobHistory *history, PastJobs *past, const QString &why, QWidget *parent)
    : QWidget(parent)
    , m_saving(new Banner(Tone::Warning, u"warning"_s))
    , m_damage(new Banner(Tone::Bad, u"warning"_s))
    , m_waiting(new Banner(Tone::Active, u"state-queued"_s))
    , m_openFolder(new QAction(Icons::get(u"folder"_s), tr("Open Folder"), this))
    , m_dismiss(new QAction(Icons::get(u"close"_s), tr("Dismiss"), this))
    , m_resume(new QAction(Icons::get(u"run"_s), tr("Resume"), this))
    , m_discard(new QAction(Icons::get(u"cancel"_s), tr("Discard"), this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (Banner *banner : {m_damage, m_saving, m_waiting}) {
        column->addWidget(banner);
        banner->hide();
    }
    m_openFolder->setToolTip(tr("Open the folder that holds the damaged history"));
    m_dismiss->setToolTip(tr("Hide this message; the damaged file stays where it is"));
    m_resume->setToolTip(tr("Let the jobs that were waiting run"));
    m_discard->setToolTip(tr("Cancel the jobs that were waiting"));
    m_damage->addAction(m_openFolder);
    m_damage->addAction(m_dismiss);
    m_waiting->addAction(m_resume);
    m_waiting->addAction(m_discard);
    connect(m_openFolder, &QAction::triggered, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_damagedFile).path())); });
    connect(m_dismiss, &QAction::triggered, m_damage, &QWidget::hide);
    m_patience.setSingleShot(true);
    m_patience.setInterval(lockPatience);
    connect(&m_patience, &QTimer::timeout, this, [this] { showState(m_state); });

    if (!history || !past) {
        m_saving->setText(tr("The history is not being saved. %1").arg(why));
        m_saving->setVisible(!why.isEmpty());
        return;
    }
    connect(m_resume, &QAction::triggered, past, &PastJobs::resumeWaiting);
    connect(m_discard, &QAction::triggered, past, &PastJobs::discardWaiting);
    connect(past, &PastJobs::waitingChanged, this, [this, past] { showWaiting(*past); });
    connect(history, &JobHistory::stateChanged, this, &HistoryBanners::showState);
    connect(history, &JobHistory::movedAside, this, &HistoryBanners::showDamage);
    showState(history->state());
}

void HistoryBanners::historyOpened(const HistoryOpening &opening)
{
    showState(opening.state);
    if (!opening.movedAsideTo.isEmpty())
        showDamage(opening.movedAsideTo, opening.movedAsideWhy);
}

void HistoryBanners::showState(const HistoryState &state)
{
    const bool wasRetrying = m_state.kind == HistoryState::Kind::Retrying;
    m_state = state;
    switch (state.kind) {
    case HistoryState::Kind::Opening:
    case HistoryState::Kind::Saving:
        m_patience.stop();
        m_saving->hide();
        return;
    case HistoryState::Kind::Retrying:
        if (!wasRetrying && m_saving->isHidden()) {
            m_patience.start();
            return;
        }
        if (m_patience.isActive())
            return;
        [[fallthrough]];
    case HistoryState::Kind::NotSaving:
        m_patience.stop();
        m_saving->setText(tr("The history is not being saved. %1 Jobs go on; what is new is saved as soon as that is "
                             "possible again.")
                              .arg(state.reason));
        break;
    case HistoryState::Kind::ReadOnly:
        m_saving->setText(
            tr("The history is not being saved. %1 To record jobs, start that version, or this one with another "
               "--data-dir.")
                .arg(state.reason));
        break;
    }
    m_saving->show();
}

void HistoryBanners::showDamage(const QString &path, const QString &why)
{
    m_damagedFile = path;
    m_damage->setText(
        tr("The history was damaged and a new one was begun. %1 The damaged file is kept: %2").arg(why, path));
    m_damage->show();
}

void HistoryBanners::showWaiting(const PastJobs &past)
{
    const int count = past.waitingCount();
    QString text = tr("%n job(s) were waiting when the application ended. They are held.", nullptr, count);
    if (const QStringList secrets = past.withheldSecrets(); !secrets.isEmpty())
        text += u' '
            + tr("Secrets are not recorded: edit the jobs that need %1 before they are resumed.")
                  .arg(secrets.join(", "_L1));
    m_waiting->setText(text);
    m_waiting->setVisible(count > 0);
}

} // namespace BitNet
