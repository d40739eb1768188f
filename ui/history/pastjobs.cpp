// SPDX-License-Identifier: MIT
#include "ui/history/pastjobs.h"

#include "core/futures/whendone.h"
#include "core/supervisor/runtimesupervisor.h"
#include "ui/jobs/jobtablemodel.h"

#include <QTimer>

#include <memory>
#include <mutex>
#include <utility>

namespace BitNet {

// So few that the table takes them within a frame.
static constexpr int jobsPerPage = 1000;
static constexpr int jobsPerTurn = 500;

PastJobs::PastJobs(JobHistory &history, RuntimeSupervisor &supervisor, JobTableModel &jobs, QObject *parent)
    : QObject(parent)
    , m_history(history)
    , m_supervisor(supervisor)
    , m_jobs(jobs)
{
    connect(&m_jobs, &JobTableModel::applied, this, &PastJobs::updateWaiting);
    connect(&m_history, &JobHistory::jobsRemoved, this, [this](const RemovalReport &report) {
        m_jobs.remove(report.forgotten);
        m_jobs.forgetOutput(report.emptied);
    });
}

void PastJobs::begin(const HistoryOpening &opening)
{
    m_isLoading = true;
    load(std::nullopt);
    if (opening.interruptedJobs > 0)
        Q_EMIT message(
            tr("%n job(s) ran when the application ended, and were interrupted.", nullptr, opening.interruptedJobs));
    fetchWaiting(opening.waitingJobs);
    // When the file could not be used at first.
    if (opening.state.kind == HistoryState::Kind::Retrying || opening.state.kind == HistoryState::Kind::NotSaving)
        connect(&m_history, &JobHistory::recovered, this,
                [this](const HistoryOpening &later) { fetchWaiting(later.waitingJobs); });
}

// --- Jobs that ended ---

void PastJobs::load(const std::optional<HistoryCursor> &after)
{
    whenDone(m_history.page({.filter = {.states = {JobState::Finished}}, .limit = jobsPerPage, .after = after}), this,
             [this](const HistoryPage &page) { take(page); });
}

void PastJobs::take(const HistoryPage &page)
{
    if (!page.error.isEmpty())
        Q_EMIT message(page.error);
    m_jobs.addPast(page.entries);
    m_loadedJobs += int(page.entries.size());
    if (page.next && m_loadedJobs < mostJobs) {
        load(page.next);
        return;
    }
    if (page.next) {
        whenDone(m_history.page({.filter = {.states = {JobState::Finished}}, .limit = 1, .after = page.next}), this,
                 [this](const HistoryPage &older) {
                     if (!older.entries.isEmpty())
                         Q_EMIT message(
                             tr("The newest %L1 jobs are listed; the Latency page and bitnetctl history have all.")
                                 .arg(m_loadedJobs));
                 });
    }
    m_isLoading = false;
    Q_EMIT loaded();
}

QFuture<bool> PastJobs::bring(JobId id)
{
    return whenDone(m_history.entries({id}), this, [this, id](const HistoryPage &found) {
        if (!found.error.isEmpty())
            Q_EMIT message(found.error);
        m_jobs.addPast(found.entries);
        return m_jobs.find(id) != nullptr;
    });
}

// --- Jobs that wait ---

void PastJobs::fetchWaiting(int expected)
{
    if (expected == 0)
        return;
    whenDone(m_history.waitingJobs(), this, [this](const QList<WaitingJob> &jobs) {
        const bool idle = m_resubmission.isEmpty();
        QList<JobId> ofServers;
        for (const WaitingJob &job : jobs) {
            // The server went with the application that ran it.
            if (!job.spec.server.isEmpty() || job.spec.kind == JobKind::Server)
                ofServers.append(job.id);
            else
                m_resubmission.append(job);
        }
        if (!ofServers.isEmpty())
            m_history.discardWaiting(ofServers);
        if (idle)
            resubmitSome();
    });
}

// A part of them in each turn of the event loop.
void PastJobs::resubmitSome()
{
    const qsizetype count = std::min<qsizetype>(m_resubmission.size(), jobsPerTurn);
    for (qsizetype i = 0; i < count; ++i) {
        const WaitingJob &job = m_resubmission[i];
        JobSpec spec = job.spec;
        spec.held = true;
        QString error;
        const JobId id = m_supervisor.submit(std::move(spec), &error);
        if (!id.isValid()) {
            Q_EMIT message(error); // its row stays as it is
            continue;
        }
        m_history.resubmitted(job.id, id);
        m_waiting.insert(id);
        for (const QString &name : job.withheldSecrets) {
            if (!m_withheldSecrets.contains(name))
                m_withheldSecrets.append(name);
        }
    }
    m_resubmission.remove(0, count);
    if (!m_resubmission.isEmpty())
        QTimer::singleShot(0, this, &PastJobs::resubmitSome);
    Q_EMIT waitingChanged();
}

void PastJobs::resumeWaiting()
{
    for (const JobId id : std::as_const(m_waiting))
        m_supervisor.resumeJob(id);
}

void PastJobs::discardWaiting()
{
    m_supervisor.cancel(QList<JobId>(m_waiting.cbegin(), m_waiting.cend()));
}

void PastJobs::updateWaiting(const QList<JobRecord> &records)
{
    if (m_waiting.isEmpty())
        return;
    const qsizetype before = m_waiting.size();
    for (const JobRecord &record : records) {
        if (record.state != JobState::Queued || !record.paused)
            m_waiting.remove(record.id);
    }
    if (m_waiting.size() != before)
        Q_EMIT waitingChanged();
}

// --- Marks and removals ---

void PastJobs::remove(const QList<JobId> &ids)
{
    m_jobs.remove(ids);
    whenDone(m_history.remove(ids), this, [this](const RemovalReport &report) { reportRemoval(report); });
}

void PastJobs::removeAllFinished()
{
    struct Found
    {
        std::mutex mutex;
        QList<JobId> ids;
    };
    auto found = std::make_shared<Found>();
    // Behind the records that were handed over before.
    whenDone(m_history.saved(), this, [this, found] {
        whenDone(m_history.forEach({.states = {JobState::Finished}, .kept = false},
                                   [found](const QList<HistoryEntry> &entries) {
                                       const std::lock_guard lock(found->mutex);
                                       for (const HistoryEntry &entry : entries)
                                           found->ids.append(entry.record.id);
                                   }),
                 this, [this, found](const QString &error) {
                     if (!error.isEmpty())
                         Q_EMIT message(error);
                     const std::lock_guard lock(found->mutex);
                     remove(found->ids);
                 });
    });
}

void PastJobs::setKept(const QList<JobId> &ids, bool kept)
{
    m_jobs.setKept(ids, kept);
    m_history.setKept(ids, kept);
}

void PastJobs::reportRemoval(const RemovalReport &report)
{
    if (!report.problems.isEmpty())
        Q_EMIT message(report.problems.constFirst());
}

} // namespace BitNet
