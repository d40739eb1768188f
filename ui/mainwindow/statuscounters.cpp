// SPDX-License-Identifier: MIT
#include "ui/mainwindow/statuscounters.h"

#include "ui/jobs/jobcounts.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QBoxLayout>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

StatusCounters::StatusCounters(QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 6, 2);
    row->setSpacing(2);
    m_running = addCounter(tr("Jobs that run, of how many may run at a time"));
    m_queued = addCounter(tr("Jobs that wait"));
    m_failed = addCounter(tr("Jobs that failed within the last hour"));
    m_p95 = addCounter(tr("95 of 100 of the last jobs ran no longer than this"));
    m_health = addCounter(QString());
    connect(m_running, &QToolButton::clicked, this, [this] { Q_EMIT chosen(JobCategory::Running); });
    connect(m_queued, &QToolButton::clicked, this, [this] { Q_EMIT chosen(JobCategory::Queued); });
    connect(m_failed, &QToolButton::clicked, this, [this] { Q_EMIT chosen(JobCategory::Failed); });
    connect(m_p95, &QToolButton::clicked, this, &StatusCounters::latencyRequested);
    m_health->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setHealth({});
}

QToolButton *StatusCounters::addCounter(const QString &toolTip)
{
    auto *button = new QToolButton;
    button->setAutoRaise(true);
    button->setToolTip(toolTip);
    button->setFocusPolicy(Qt::TabFocus);
    button->setIconSize({14, 14});
    layout()->addWidget(button);
    return button;
}

void StatusCounters::display(const JobCounts &counts, int concurrency)
{
    const auto say = [](QToolButton *button, const QString &text) {
        if (button->text() == text)
            return;
        button->setText(text);
        button->setAccessibleName(text);
    };
    say(m_running, tr("%L1/%L2 running").arg(counts.count(JobCategory::Running)).arg(concurrency));
    say(m_queued, tr("%L1 queued").arg(counts.count(JobCategory::Queued)));
    const int failed = counts.failedInLastHour(monotonicNow());
    say(m_failed, tr("%L1 failed this hour").arg(failed));
    m_failed->setToolButtonStyle(failed > 0 ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly);
    m_failed->setIcon(failed > 0 ? Icons::get(u"state-failed"_s, toneColour(Tone::Bad, palette())) : QIcon());
    say(m_p95, tr("p95 %1").arg(Wording::duration(counts.p95RunTime())));
}

void StatusCounters::setHealth(const QString &problem)
{
    const bool well = problem.isEmpty();
    m_health->setText(well ? tr("Supervisor ready") : tr("Supervisor in trouble"));
    m_health->setIcon(
        Icons::get(well ? u"state-succeeded"_s : u"warning"_s, toneColour(well ? Tone::Good : Tone::Bad, palette())));
    m_health->setToolTip(well ? tr("Jobs can be started") : problem);
    m_health->setAccessibleName(m_health->text());
    m_health->setAccessibleDescription(problem);
}

} // namespace BitNet
