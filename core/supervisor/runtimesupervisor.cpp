// SPDX-License-Identifier: MIT
#include "core/supervisor/runtimesupervisor.h"

#include "core/files/programlocation.h"
#include "core/supervisor/scheduler.h"
#include "core/supervisor/supervisorlogging.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFutureWatcher>
#include <QRandomGenerator>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr int largestConcurrency = 4096;

// A job, or a command, on its way into the supervisor thread.
struct RuntimeSupervisor::InboxItem
{
    JobId id = {};
    std::shared_ptr<const JobSpec> spec = {}; // null: a command
    Instant submitted = {};
    std::unique_ptr<QPromise<JobResult>> promise = {};
    std::function<void(Scheduler &)> command = {};
};

static QString makeInstanceTag()
{
    return QString::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, u'0');
}

// A folder of this supervisor's own in root, so that two of them never meet: named after the moment and the process.
static QString makeSessionFolder(const QString &root)
{
    const QString absolute = QDir(root).absolutePath();
    QDir().mkpath(absolute);
    const QString base = absolute + u'/' + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd'T'HHmmss"_s) + u'-'
        + QString::number(::getpid());
    for (int attempt = 0;; ++attempt) {
        const QString folder = attempt == 0 ? base : QString(base + u'-' + QString::number(attempt));
        if (::mkdir(QFile::encodeName(folder).constData(), 0700) == 0)
            return folder;
        if (errno != EEXIST) {
            qCWarning(supervisorLog).noquote()
                << "The output folder" << folder << "can't be made:" << QString::fromLocal8Bit(std::strerror(errno));
            return folder; // each job says so in its own words
        }
    }
}

RuntimeSupervisor::RuntimeSupervisor(BitNetRuntime runtime, SupervisorSettings settings, QObject *parent)
    : QObject(parent)
    , m_runtime(std::move(runtime))
    , m_settings(std::move(settings))
    , m_instanceTag(makeInstanceTag())
    , m_concurrency(std::clamp(m_settings.concurrency == 0 ? m_runtime.cpuCount() : m_settings.concurrency, 1,
                               largestConcurrency))
    , m_nextId(m_settings.firstJobId)
{
    qRegisterMetaType<JobRecord>();
    if (m_settings.outputRoot.isEmpty()) {
        m_temporaryFolder.emplace(QDir::tempPath() + u"/bitnet-supervisor-XXXXXX"_s);
        m_outputFolder = m_temporaryFolder->path();
    } else {
        m_outputFolder = makeSessionFolder(m_settings.outputRoot);
    }

    m_scheduler = new Scheduler(
        {.shimPath = m_settings.shimPath.isEmpty() ? findOwnProgram("bitnet-jobshim"_L1) : m_settings.shimPath,
         .outputFolder = m_outputFolder,
         .instanceTag = m_instanceTag,
         .concurrency = m_concurrency,
         .startsNeedPermission = m_settings.startsNeedPermission});
    // Direct: our signals are emitted in the supervisor thread, and each receiver's connection decides from there.
    connect(m_scheduler, &Scheduler::jobChanged, this, &RuntimeSupervisor::jobChanged, Qt::DirectConnection);
    connect(m_scheduler, &Scheduler::inputTaken, this, &RuntimeSupervisor::inputTaken, Qt::DirectConnection);
    connect(m_scheduler, &Scheduler::queuePausedChanged, this, &RuntimeSupervisor::queuePausedChanged,
            Qt::DirectConnection);
    connect(m_scheduler, &Scheduler::concurrencyChanged, this, &RuntimeSupervisor::concurrencyChanged,
            Qt::DirectConnection);
    connect(m_scheduler, &Scheduler::healthChanged, this, &RuntimeSupervisor::healthChanged, Qt::DirectConnection);
    connect(m_scheduler, &Scheduler::terminated, &m_thread, &QThread::quit, Qt::DirectConnection);
    connect(&m_thread, &QThread::finished, m_scheduler, &QObject::deleteLater);
    m_scheduler->moveToThread(&m_thread);
    m_thread.setObjectName(u"supervisor"_s);
    m_thread.start();
}

RuntimeSupervisor::~RuntimeSupervisor()
{
    {
        const std::lock_guard lock(m_inboxMutex);
        m_closed = true;
    }
    command([](Scheduler &scheduler) { scheduler.terminate(); });
    m_thread.wait();
}

QString RuntimeSupervisor::instanceTag() const
{
    return m_instanceTag;
}

QString RuntimeSupervisor::outputFolder() const
{
    return m_outputFolder;
}

JobId RuntimeSupervisor::submit(JobSpec spec, QString *error)
{
    return enqueue(std::move(spec), nullptr, error);
}

JobId RuntimeSupervisor::enqueue(JobSpec spec, std::unique_ptr<QPromise<JobResult>> promise, QString *error)
{
    const auto refuse = [&](const QString &field, const QString &message) {
        if (error)
            *error = message;
        if (promise) {
            promise->setException(RuntimeConfigurationError(field, message));
            promise->finish();
        }
        return JobId();
    };
    if (const std::optional<QString> problem = validate(spec))
        return refuse(u"command"_s, *problem);

    InboxItem item;
    item.spec = std::make_shared<const JobSpec>(std::move(spec));
    item.submitted = Instant::now();
    bool wake = false;
    JobId id;
    {
        const std::lock_guard lock(m_inboxMutex);
        if (!m_closed) {
            id = item.id = {m_nextId++};
            item.promise = std::move(promise);
            wake = m_inbox.empty();
            m_inbox.push_back(std::move(item));
        }
    }
    if (!id.isValid())
        return refuse(u"supervisor"_s, u"The supervisor is shutting down and takes no new jobs."_s);
    if (wake)
        QMetaObject::invokeMethod(
            m_scheduler, [this] { drainInbox(); }, Qt::QueuedConnection);
    return id;
}

void RuntimeSupervisor::command(std::function<void(Scheduler &)> command)
{
    bool wake = false;
    {
        const std::lock_guard lock(m_inboxMutex);
        wake = m_inbox.empty();
        m_inbox.push_back({.command = std::move(command)});
    }
    if (wake)
        QMetaObject::invokeMethod(
            m_scheduler, [this] { drainInbox(); }, Qt::QueuedConnection);
}

// In the supervisor thread.
void RuntimeSupervisor::drainInbox()
{
    std::vector<InboxItem> items;
    {
        const std::lock_guard lock(m_inboxMutex);
        items.swap(m_inbox);
    }
    for (InboxItem &item : items) {
        if (item.spec)
            m_scheduler->submit(item.id, std::move(item.spec), item.submitted, std::move(item.promise));
        else
            item.command(*m_scheduler);
    }
    m_scheduler->startJobs();
}

QFuture<JobResult> RuntimeSupervisor::run(JobSpec spec)
{
    auto promise = std::make_unique<QPromise<JobResult>>();
    promise->start();
    QFuture<JobResult> future = promise->future();
    const JobId id = enqueue(std::move(spec), std::move(promise), nullptr);
    if (id.isValid())
        cancelJobWithFuture(id, future);
    return future;
}

// Cancelling the future cancels the job. The watcher lives with the scheduler and goes when the future is finished.
void RuntimeSupervisor::cancelJobWithFuture(JobId id, const QFuture<JobResult> &future)
{
    command([id, future](Scheduler &scheduler) {
        auto *watcher = new QFutureWatcher<JobResult>(&scheduler);
        connect(watcher, &QFutureWatcherBase::canceled, &scheduler, [&scheduler, id] { scheduler.cancel(id); });
        connect(watcher, &QFutureWatcherBase::finished, watcher, &QObject::deleteLater);
        watcher->setFuture(future);
    });
}

QFuture<JobResult> RuntimeSupervisor::runCustom(const QStringList &command, const JobLimits &limits)
{
    return run({.command = command, .limits = limits});
}

QFuture<JobResult> RuntimeSupervisor::runInference(const InferenceRequest &request, const JobLimits &limits)
{
    auto promise = std::make_shared<QPromise<JobResult>>();
    promise->start();
    QFuture<JobResult> future = promise->future();
    m_runtime.prepareInference(request).then(m_scheduler, [this, promise, limits](const Invocation &invocation) {
        runPrepared(invocation, limits, std::make_unique<QPromise<JobResult>>(std::move(*promise)));
    });
    return future;
}

QFuture<JobResult> RuntimeSupervisor::runServer(const ServerRequest &request, const JobLimits &limits)
{
    auto promise = std::make_shared<QPromise<JobResult>>();
    promise->start();
    QFuture<JobResult> future = promise->future();
    m_runtime.prepareServer(request).then(m_scheduler, [this, promise, limits](const Invocation &invocation) {
        runPrepared(invocation, limits, std::make_unique<QPromise<JobResult>>(std::move(*promise)));
    });
    return future;
}

void RuntimeSupervisor::runPrepared(Invocation invocation, const JobLimits &limits,
                                    std::unique_ptr<QPromise<JobResult>> promise)
{
    if (promise->isCanceled()) {
        promise->finish();
        return;
    }
    if (invocation.error) {
        promise->setException(RuntimeConfigurationError(invocation.error->field, invocation.error->message));
        promise->finish();
        return;
    }
    for (const ConfigurationIssue &warning : std::as_const(invocation.warnings))
        qCWarning(supervisorLog).noquote() << warning.message;
    invocation.job.limits = limits;
    const QFuture<JobResult> future = promise->future();
    const JobId id = enqueue(std::move(invocation.job), std::move(promise), nullptr);
    if (id.isValid())
        cancelJobWithFuture(id, future);
}

void RuntimeSupervisor::allowStartsUpTo(JobId id)
{
    command([id](Scheduler &scheduler) { scheduler.allowStartsUpTo(id); });
}

void RuntimeSupervisor::continueIdsFrom(quint64 next)
{
    const std::lock_guard lock(m_inboxMutex);
    m_nextId = std::max(m_nextId, next);
}

void RuntimeSupervisor::setConcurrency(int concurrency)
{
    const int limit = std::clamp(concurrency, 1, largestConcurrency);
    m_concurrency = limit;
    command([limit](Scheduler &scheduler) { scheduler.setConcurrency(limit); });
}

int RuntimeSupervisor::concurrency() const
{
    return m_concurrency;
}

void RuntimeSupervisor::pauseQueue()
{
    m_queuePaused = true;
    command([](Scheduler &scheduler) { scheduler.setQueuePaused(true); });
}

void RuntimeSupervisor::resumeQueue()
{
    m_queuePaused = false;
    command([](Scheduler &scheduler) { scheduler.setQueuePaused(false); });
}

bool RuntimeSupervisor::isQueuePaused() const
{
    return m_queuePaused;
}

void RuntimeSupervisor::cancel(JobId id)
{
    command([id](Scheduler &scheduler) { scheduler.cancel(id); });
}

void RuntimeSupervisor::cancel(const QList<JobId> &ids)
{
    command([ids](Scheduler &scheduler) {
        for (const JobId id : ids)
            scheduler.cancel(id);
    });
}

void RuntimeSupervisor::killNow(JobId id)
{
    command([id](Scheduler &scheduler) { scheduler.killNow(id); });
}

void RuntimeSupervisor::killNow(const QList<JobId> &ids)
{
    command([ids](Scheduler &scheduler) {
        for (const JobId id : ids)
            scheduler.killNow(id);
    });
}

void RuntimeSupervisor::cancelAll()
{
    command([](Scheduler &scheduler) { scheduler.cancelAll(); });
}

void RuntimeSupervisor::pauseJob(JobId id)
{
    command([id](Scheduler &scheduler) { scheduler.pauseJob(id); });
}

void RuntimeSupervisor::resumeJob(JobId id)
{
    command([id](Scheduler &scheduler) { scheduler.resumeJob(id); });
}

void RuntimeSupervisor::setPriority(JobId id, int priority)
{
    command([id, priority](Scheduler &scheduler) { scheduler.setPriority(id, priority); });
}

void RuntimeSupervisor::moveInQueue(JobId id, QueueMove move)
{
    command([id, move](Scheduler &scheduler) { scheduler.moveInQueue(id, move); });
}

void RuntimeSupervisor::writeInput(JobId id, const QByteArray &bytes)
{
    command([id, bytes](Scheduler &scheduler) { scheduler.writeInput(id, bytes); });
}

void RuntimeSupervisor::closeInput(JobId id)
{
    command([id](Scheduler &scheduler) { scheduler.closeInput(id); });
}

void RuntimeSupervisor::sendSignal(JobId id, int signalNumber, bool wholeTree)
{
    command([=](Scheduler &scheduler) { scheduler.sendSignal(id, signalNumber, wholeTree); });
}

void RuntimeSupervisor::openLane(const QString &server, RequestRunnerFactory factory)
{
    command([server, factory = std::move(factory)](Scheduler &scheduler) { scheduler.openLane(server, factory); });
}

void RuntimeSupervisor::setLaneSlots(const QString &server, int count, const QString &waiting)
{
    command([=](Scheduler &scheduler) { scheduler.setLaneSlots(server, count, waiting); });
}

void RuntimeSupervisor::closeLane(const QString &server, const QString &reason)
{
    command([=](Scheduler &scheduler) { scheduler.closeLane(server, reason); });
}

QFuture<void> RuntimeSupervisor::drain()
{
    auto promise = std::make_shared<QPromise<void>>();
    promise->start();
    QFuture<void> future = promise->future();
    command([promise](Scheduler &scheduler) { scheduler.whenIdle(std::move(*promise)); });
    return future;
}

QFuture<void> RuntimeSupervisor::shutdown(ShutdownMode mode)
{
    {
        const std::lock_guard lock(m_inboxMutex);
        m_closed = true;
    }
    if (mode == ShutdownMode::Cancel)
        cancelAll();
    return drain();
}

} // namespace BitNet
