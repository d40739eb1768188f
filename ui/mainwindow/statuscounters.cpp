// SPDX-License-Identifier: MIT
#include "ui/mainwindow/statuscounters.h"

#include "ui/jobs/jobcounts.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

StatusCounters::StatusCounters(QWidget *parent)
    : QWidget(parent)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 6, 2);
    row->setSpacing(2);
    m_running = addCounter(tr("Jobs that run in the queue's places, of how many may run at a time"));
    m_servers = addCounter(tr("Servers that run, and requests that they answer; they take none of the queue's places"));
    m_queued = addCounter(tr("Jobs that wait"));
    m_failed = addCounter(tr("Jobs that failed within the last hour"));
    m_p95 = addCounter(tr("95 of 100 of the last jobs ran no longer than this"));
    m_history = addCounter(QString());
    m_health = addCounter(QString());
    connect(m_running, &QToolButton::clicked, this, [this] { Q_EMIT chosen(JobCategory::Running); });
    connect(m_servers, &QToolButton::clicked, this, &StatusCounters::serversRequested);
    connect(m_queued, &QToolButton::clicked, this, [this] { Q_EMIT chosen(JobCategory::Queued); });
    connect(m_failed, &QToolButton::clicked, this, [this] { Q_EMIT chosen(JobCategory::Failed); });
    connect(m_p95, &QToolButton::clicked, this, &StatusCounters::latencyRequested);
    m_output = addCounter(QString());
    m_output->setText(tr("Output is kept"));
    m_output->setAccessibleName(m_output->text());
    m_output->setIcon(Icons::get(u"save"_s));
    connect(m_output, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_outputFolder);
        Q_EMIT message(tr("Path copied: %1").arg(m_outputFolder));
    });
    for (QToolButton *button : {m_history, m_health, m_output})
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setHistory({}, {});
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
    say(m_running, tr("%L1/%L2 running").arg(counts.inPlaces()).arg(concurrency));
    const int servers = counts.runningServers();
    const int requests = counts.runningRequests();
    const QString up = tr("%n server(s)", nullptr, servers);
    say(m_servers, requests > 0 ? tr("%1, %L2 answering").arg(up).arg(requests) : up);
    m_servers->setVisible(servers + requests > 0);
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

void StatusCounters::setHistory(const std::optional<HistoryState> &state, const QString &about)
{
    m_historyState = state;
    m_aboutHistory = about;
    // Where nothing is expected to be recorded there is nothing to say.
    m_history->setVisible(state || !about.isEmpty());
    QString text = tr("Nothing is recorded");
    QString explanation = about;
    Tone tone = Tone::Warning;
    if (state) {
        switch (state->kind) {
        case HistoryState::Kind::Opening:
            text = tr("Opening the history");
            tone = Tone::Muted;
            explanation = about;
            break;
        case HistoryState::Kind::Saving:
            text = tr("History saved");
            tone = Tone::Good;
            explanation = tr("Every job is recorded in %1").arg(about);
            break;
        case HistoryState::Kind::Retrying:
        case HistoryState::Kind::NotSaving:
            text = tr("%n job(s) not saved yet", nullptr, static_cast<int>(state->unsavedJobs));
            explanation = state->reason;
            break;
        case HistoryState::Kind::ReadOnly:
            explanation = state->reason;
            break;
        }
    }
    m_history->setText(text);
    m_history->setIcon(Icons::get(tone == Tone::Warning ? u"warning"_s : u"save"_s, toneColour(tone, palette())));
    m_history->setToolTip(explanation);
    m_history->setAccessibleName(text);
    m_history->setAccessibleDescription(explanation);
}

void StatusCounters::setOutputFolder(const QString &path)
{
    m_outputFolder = path;
    m_output->setToolTip(tr("Each job's output is kept in %1. Click to copy this path.").arg(path));
}

} // namespace BitNet
