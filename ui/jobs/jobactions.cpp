// SPDX-License-Identifier: MIT
#include "ui/jobs/jobactions.h"

#include "core/futures/whendone.h"
#include "core/output/outputlog.h"
#include "core/supervisor/runtimesupervisor.h"
#include "ui/history/pastjobs.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/settings/appsettings.h"
#include "ui/style/icons.h"
#include "ui/style/question.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QGuiApplication>
#include <QMenu>
#include <QThreadPool>
#include <QUrl>
#include <QtConcurrent>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

JobActions::JobActions(RuntimeSupervisor &supervisor, JobTableModel &jobs, PastJobs *past, SettingsStore &settings,
                       QWidget *window)
    : QObject(window)
    , m_supervisor(supervisor)
    , m_jobs(jobs)
    , m_past(past)
    , m_settings(settings)
    , m_window(window)
{
    add(ShowOutput, u"run-command"_s, tr("Show &Output"), tr("Show what the job printed"), Qt::Key_Return);
    add(Cancel, u"cancel"_s, tr("&Cancel"), tr("Ask the selected jobs to end; kill them after their grace"),
        QKeySequence::Delete);
    add(KillNow, u"kill"_s, tr("&Kill Now"), tr("End the selected jobs at once, without their grace"),
        QKeySequence(Qt::SHIFT | Qt::Key_Delete));
    add(Pause, u"pause"_s, tr("&Pause"), tr("Hold back queued jobs and stop running ones where they are"),
        QKeySequence(Qt::CTRL | Qt::Key_P));
    add(Resume, u"run"_s, tr("R&esume"), tr("Let the selected jobs go on"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P));
    add(RunAgain, u"again"_s, tr("&Run Again"), tr("Run the selected jobs once more"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R));
    add(EditAndRunAgain, u"edit-again"_s, tr("E&dit and Run Again…"), tr("Change the command, then run it"),
        QKeySequence(Qt::CTRL | Qt::Key_E));
    add(MoveUp, u"move-up"_s, tr("Move &Up"), tr("Start it one place earlier"), QKeySequence(Qt::ALT | Qt::Key_Up));
    add(MoveDown, u"move-down"_s, tr("Move Do&wn"), tr("Start it one place later"),
        QKeySequence(Qt::ALT | Qt::Key_Down));
    add(MoveToTop, u"move-top"_s, tr("Move to &Top"), tr("Start it next among those of its priority"),
        QKeySequence(Qt::ALT | Qt::Key_Home));
    add(MoveToBottom, u"move-bottom"_s, tr("Move to &Bottom"), tr("Start it last among those of its priority"),
        QKeySequence(Qt::ALT | Qt::Key_End));
    add(CopyCommand, u"copy"_s, tr("Copy Co&mmand"), tr("Copy the command line"), QKeySequence::Copy);
    add(CopyOutput, u"copy"_s, tr("Copy Output"), tr("Copy what the job printed"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    add(CopyId, u"copy"_s, tr("Copy &Id"), tr("Copy the job's number"));
    add(OpenFolder, u"folder"_s, tr("Open Output &Folder"), tr("Open the folder that holds the job's output files"),
        QKeySequence(Qt::CTRL | Qt::Key_O));
    add(Keep, u"keep"_s, tr("&Keep"), tr("Mark the selected jobs, so that they stay when old ones are cleared away"),
        QKeySequence(Qt::CTRL | Qt::Key_K));
    action(Keep)->setCheckable(true);
    add(Remove, u"remove"_s, tr("Remo&ve from List"), tr("Forget the selected finished jobs and delete their output"));
    add(RemoveFinished, u"remove"_s, tr("Remove All Fini&shed"),
        tr("Forget every finished job that is not kept, and delete their output"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Delete));

    const auto on = [this](Action which, auto act) { connect(action(which), &QAction::triggered, this, act); };
    on(ShowOutput, [this] {
        if (!m_selection.isEmpty())
            Q_EMIT outputRequested(m_selection.first());
    });
    on(Cancel, [this] { stop(m_selection, false); });
    on(KillNow, [this] { stop(m_selection, true); });
    on(Pause, [this] {
        for (const JobId id : selectedWhere([](const JobRecord &r) { return !r.isFinished() && !r.paused; }))
            m_supervisor.pauseJob(id);
    });
    on(Resume, [this] {
        for (const JobId id : selectedWhere([](const JobRecord &r) { return !r.isFinished() && r.paused; }))
            m_supervisor.resumeJob(id);
    });
    on(RunAgain, [this] { runAgain(); });
    on(EditAndRunAgain, [this] {
        if (const JobRecord *record = m_selection.size() == 1 ? m_jobs.find(m_selection.first()) : nullptr)
            Q_EMIT editRequested(*record->spec);
    });
    for (const Action move : {MoveUp, MoveDown, MoveToTop, MoveToBottom})
        on(move, [this, move] { moveInQueue(move); });
    on(CopyCommand, [this] { copyCommands(); });
    on(CopyOutput, [this] { copyOutput(); });
    on(CopyId, [this] { copyIds(); });
    on(OpenFolder, [this] { openFolder(); });
    on(Remove, [this] { remove(selectedWhere([](const JobRecord &r) { return r.isFinished(); })); });
    on(RemoveFinished, [this] { removeAllFinished(); });
    on(Keep, [this] { toggleKept(); });

    m_update.setSingleShot(true);
    m_update.setInterval(100);
    connect(&m_update, &QTimer::timeout, this, &JobActions::updateEnabled);
    connect(&m_jobs, &JobTableModel::countsChanged, this, [this] {
        if (!m_update.isActive())
            m_update.start();
    });
    updateEnabled();
}

QAction *JobActions::add(Action which, const QString &icon, const QString &text, const QString &toolTip,
                         const QKeySequence &shortcut)
{
    auto *added = new QAction(Icons::get(icon), text, this);
    const QString keys = shortcut.toString(QKeySequence::NativeText);
    added->setToolTip(keys.isEmpty() ? toolTip : tr("%1 (%2)").arg(toolTip, keys));
    added->setStatusTip(toolTip);
    added->setShortcut(shortcut);
    added->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_actions[static_cast<size_t>(which)] = added;
    return added;
}

void JobActions::populate(QMenu &menu) const
{
    menu.addActions({action(ShowOutput), action(OpenFolder)});
    menu.addSeparator();
    menu.addActions({action(Cancel), action(KillNow), action(Pause), action(Resume)});
    menu.addSeparator();
    menu.addActions({action(RunAgain), action(EditAndRunAgain)});
    menu.addSeparator();
    QMenu *move = menu.addMenu(Icons::get(u"move-up"_s), tr("Move in Queue"));
    move->addActions({action(MoveToTop), action(MoveUp), action(MoveDown), action(MoveToBottom)});
    QMenu *copy = menu.addMenu(Icons::get(u"copy"_s), tr("Copy"));
    copy->addActions({action(CopyCommand), action(CopyOutput), action(CopyId)});
    menu.addSeparator();
    menu.addActions({action(Keep), action(Remove), action(RemoveFinished)});
}

void JobActions::setSelection(const QList<JobId> &ids)
{
    m_selection = ids;
    updateEnabled();
}

template<typename Predicate>
QList<JobId> JobActions::selectedWhere(Predicate predicate) const
{
    QList<JobId> ids;
    for (const JobId id : m_selection) {
        if (const JobRecord *record = m_jobs.find(id); record && predicate(*record))
            ids.append(id);
    }
    return ids;
}

void JobActions::updateEnabled()
{
    int known = 0;
    int unfinished = 0;
    int started = 0;
    int queued = 0;
    int paused = 0;
    int withOutput = 0;
    int kept = 0;
    for (const JobId id : std::as_const(m_selection)) {
        const JobRecord *record = m_jobs.find(id);
        if (!record)
            continue;
        ++known;
        kept += m_jobs.isKept(id) ? 1 : 0;
        withOutput += record->outputFolder.isEmpty() ? 0 : 1;
        if (record->isFinished())
            continue;
        ++unfinished;
        paused += record->paused ? 1 : 0;
        (record->state == JobState::Queued ? queued : started) += 1;
    }
    const auto enable = [this](Action which, bool enabled) { action(which)->setEnabled(enabled); };
    enable(ShowOutput, known == 1);
    enable(Cancel, unfinished > 0);
    enable(KillNow, started > 0);
    enable(Pause, unfinished > paused);
    enable(Resume, paused > 0);
    enable(RunAgain, known > 0);
    enable(EditAndRunAgain, known == 1);
    for (const Action move : {MoveUp, MoveDown, MoveToTop, MoveToBottom})
        enable(move, queued > 0);
    enable(CopyCommand, known > 0);
    enable(CopyOutput, known == 1 && withOutput == 1);
    enable(CopyId, known > 0);
    enable(OpenFolder, known == 1 && withOutput == 1);
    enable(Keep, m_past && known > 0);
    action(Keep)->setChecked(known > 0 && kept == known);
    enable(Remove, known > unfinished);
    enable(RemoveFinished, finishedCount() > 0);
}

void JobActions::stop(const QList<JobId> &ids, bool kill)
{
    QList<JobId> wanted;
    int running = 0;
    for (const JobId id : ids) {
        const JobRecord *record = m_jobs.find(id);
        if (!record || record->isFinished())
            continue;
        wanted.append(id);
        running += record->state == JobState::Queued ? 0 : 1;
    }
    const auto act = [this, kill, wanted] { kill ? m_supervisor.killNow(wanted) : m_supervisor.cancel(wanted); };
    if (wanted.isEmpty())
        return;
    if (running == 0 || !m_settings.value().confirmCancel)
        return act();

    ask(m_window,
        {.title = kill ? tr("Kill jobs") : tr("Cancel jobs"),
         .text = kill ? tr("Kill %n running job(s) now?", nullptr, running)
                      : tr("Cancel %n running job(s)?", nullptr, running),
         .explanation = tr("What they printed so far is kept.", nullptr, running),
         .yes = kill ? tr("Kill") : tr("Cancel Jobs", nullptr, running),
         .no = tr("Let Them Run", nullptr, running),
         .canBeSilenced = true},
        [this, act](bool never) {
            if (never)
                m_settings.change([](AppSettings &s) { s.confirmCancel = false; });
            act();
        });
}

int JobActions::finishedCount() const
{
    const JobCounts &counts = m_jobs.counts();
    return counts.count(JobCategory::All) - counts.count(JobCategory::Queued) - counts.count(JobCategory::Running);
}

void JobActions::toggleKept()
{
    const auto isKept = [this](JobId id) { return m_jobs.isKept(id); };
    m_past->setKept(m_selection, !std::all_of(m_selection.cbegin(), m_selection.cend(), isKept));
    updateEnabled();
}

void JobActions::remove(const QList<JobId> &ids)
{
    if (ids.isEmpty())
        return;
    askBeforeRemoving(static_cast<int>(ids.size()), [this, ids] {
        if (m_past) {
            m_past->remove(ids);
            return;
        }
        QStringList folders;
        for (const JobId id : ids) {
            if (const JobRecord *record = m_jobs.find(id); record && !record->outputFolder.isEmpty())
                folders.append(record->outputFolder);
        }
        m_jobs.remove(ids);
        QThreadPool::globalInstance()->start([folders] {
            for (const QString &folder : folders)
                QDir(folder).removeRecursively();
        });
    });
}

void JobActions::removeAllFinished()
{
    QList<JobId> ids;
    for (const JobRecord &record : m_jobs.finished()) {
        if (!m_jobs.isKept(record.id))
            ids.append(record.id);
    }
    if (!m_past)
        return remove(ids);
    // Without a history the table is all there is; with one, more may still come from it.
    if (!ids.isEmpty() || m_past->isLoading())
        askBeforeRemoving(static_cast<int>(ids.size()), [this] { m_past->removeAllFinished(); });
}

void JobActions::askBeforeRemoving(int jobs, const std::function<void()> &act)
{
    if (!m_settings.value().confirmRemove)
        return act();
    ask(m_window,
        {.title = tr("Remove jobs"),
         .text = tr("Remove %n finished job(s) from the list?", nullptr, jobs),
         .explanation = tr("Their output is deleted as well.", nullptr, jobs),
         .yes = tr("Remove"),
         .no = {},
         .canBeSilenced = true},
        [this, act](bool never) {
            if (never)
                m_settings.change([](AppSettings &s) { s.confirmRemove = false; });
            act();
        });
}

void JobActions::runAgain()
{
    QList<JobSpec> specs;
    for (const JobId id : std::as_const(m_selection)) {
        if (const JobRecord *record = m_jobs.find(id)) {
            specs.append(*record->spec);
            specs.last().held = false;
        }
    }
    Q_EMIT runRequested(specs);
}

void JobActions::moveInQueue(Action which)
{
    QList<JobId> ids = selectedWhere([](const JobRecord &r) { return r.state == JobState::Queued; });
    // In an order that keeps the selected ones' own order.
    std::sort(ids.begin(), ids.end(),
              [this](JobId a, JobId b) { return m_jobs.find(a)->queuePosition < m_jobs.find(b)->queuePosition; });
    if (which == MoveDown || which == MoveToTop)
        std::reverse(ids.begin(), ids.end());
    const QueueMove move = which == MoveUp ? QueueMove::Up
        : which == MoveDown                ? QueueMove::Down
        : which == MoveToTop               ? QueueMove::Top
                                           : QueueMove::Bottom;
    for (const JobId id : std::as_const(ids))
        m_supervisor.moveInQueue(id, move);
}

void JobActions::copyCommands() const
{
    QStringList lines;
    for (const JobId id : m_selection) {
        if (const JobRecord *record = m_jobs.find(id))
            lines.append(displayCommand(record->spec->command));
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void JobActions::copyIds() const
{
    QStringList ids;
    for (const JobId id : m_selection)
        ids.append(QString::number(id.value));
    QGuiApplication::clipboard()->setText(ids.join(u'\n'));
}

void JobActions::copyOutput()
{
    const JobRecord *record = m_selection.size() == 1 ? m_jobs.find(m_selection.first()) : nullptr;
    if (!record)
        return;
    whenDone(QtConcurrent::run([copy = *record] {
                 OutputLog log;
                 return log.open(copy.outputFolder) ? log.readAll(OutputStreams::Both, maximumCopiedBytes)
                                                    : QByteArray();
             }),
             this, [this, size = record->stdoutBytes + record->stderrBytes](const QByteArray &bytes) {
                 QGuiApplication::clipboard()->setText(QString::fromUtf8(bytes));
                 if (size > bytes.size())
                     Q_EMIT message(tr("The first %1 MiB of the output were copied.").arg(bytes.size() / 1024 / 1024));
                 else
                     Q_EMIT message(tr("Output copied."));
             });
}

void JobActions::openFolder()
{
    const JobRecord *record = m_selection.size() == 1 ? m_jobs.find(m_selection.first()) : nullptr;
    if (record && !QDesktopServices::openUrl(QUrl::fromLocalFile(record->outputFolder)))
        Q_EMIT message(tr("No program opens folders here. The output is in %1.").arg(record->outputFolder));
}

} // namespace BitNet
