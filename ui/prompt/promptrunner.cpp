// SPDX-License-Identifier: MIT
#include "ui/prompt/promptrunner.h"

#include "core/futures/whendone.h"
#include "core/runtime/batchsize.h"
#include "core/runtime/machine.h"
#include "core/runtime/modelwarnings.h"
#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/prompt/answerstream.h"
#include "ui/prompt/prompttranscript.h"
#include "ui/style/wording.h"

#include <QDir>
#include <QFileInfo>
#include <QFuture>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr qsizetype longestJobName = 80;

// One answer on its way.
struct PromptRunner::Run
{
    quint64 number = 0;
    std::shared_ptr<ConversationDocument> document = {};
    MessageId answer = noMessage;
    MessageId prompt = noMessage;
    PromptQuestion question = {};
    JobId job = {};
    QString server = {}; // by name
    JobRecord record = {};
    std::unique_ptr<AnswerStream> stream = {};
    QElapsedTimer since = {};

    QString promptText() const { return document->conversation().message(prompt)->text; }
};

PromptRunner::PromptRunner(RuntimeSupervisor &supervisor, EngineContext &engine, ServerRegistry &servers,
                           QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_engine(engine)
    , m_servers(servers)
{
}

PromptRunner::~PromptRunner() = default;

QString PromptRunner::folderOf(const PromptQuestion &question) const
{
    return question.engineFolder.isEmpty() ? m_engine.buildFolder() : question.engineFolder;
}

bool PromptRunner::isReplay(const QString &engineFolder) const
{
    if (engineFolder.isEmpty())
        return m_engine.isReplay();
    const QString replay = EngineContext::replayFolder();
    return !replay.isEmpty() && QDir(engineFolder).canonicalPath() == QDir(replay).canonicalPath();
}

InferenceRequest PromptRunner::inferenceRequest(const PromptQuestion &question, const QString &text) const
{
    const PromptSettings &settings = question.settings;
    InferenceRequest request;
    request.model =
        settings.model.isEmpty() && isReplay(question.engineFolder) ? EngineContext::replayModel() : settings.model;
    request.prompt = text;
    request.nPredict = settings.nPredict;
    request.ctxSize = settings.ctxSize;
    request.batchSize = batchSizeOf(question);
    request.temperature = settings.temperature;
    request.sampling = settings.sampling;
    request.threads = settings.threads;
    request.gpuLayers = settings.gpuLayers;
    request.extraArguments = settings.extraArguments;
    return request;
}

ServerSettings PromptRunner::serverSettings(const PromptQuestion &question) const
{
    const PromptSettings &settings = question.settings;
    ServerSettings server;
    server.request.model =
        settings.model.isEmpty() && isReplay(question.engineFolder) ? EngineContext::replayModel() : settings.model;
    server.request.ctxSize = settings.ctxSize;
    server.request.batchSize = batchSizeOf(question);
    server.request.threads = settings.threads;
    server.request.gpuLayers = settings.gpuLayers;
    server.request.extraArguments = settings.extraArguments;
    server.buildDir = folderOf(question);
    server.onDemand = true;
    return server;
}

PromptRunner::Check PromptRunner::check(const PromptQuestion &question, const QString &prompt) const
{
    Check result;
    result.errors = problemsOf(question.settings);
    const auto add = [&result](const std::optional<ConfigurationIssue> &error) {
        if (!error)
            return;
        const auto isKnown = [&error](const ConfigurationIssue &known) { return known.field == error->field; };
        if (std::none_of(result.errors.cbegin(), result.errors.cend(), isKnown))
            result.errors.append(*error);
    };
    const QString folder = folderOf(question);
    EngineFlags flags;
    if (const auto engine = m_engine.catalog().find(folder))
        flags = engine->program(u"llama-cli")->flags.value_or(EngineFlags{});
    // The prompt is looked at in both modes, with what the runtime says of it.
    const Invocation invocation = m_engine.runtimeFor(folder).inference(inferenceRequest(question, prompt), flags);
    if (question.mode == PromptMode::OneShot) {
        add(invocation.error);
        result.warnings = invocation.warnings + warningsOfModel(question);
        return result;
    }
    if (invocation.error && invocation.error->field == "prompt"_L1)
        add(invocation.error);
    if (const ServerSession *session = sessionFor(question)) {
        const ServerSnapshot &server = session->snapshot();
        if (const int context = server.contextSize.value_or(question.settings.ctxSize);
            context != question.settings.ctxSize && !m_ownServers.contains(server.name)) {
            result.warnings.append(
                {u"ctx_size"_s, tr("%1 is running with a context of %L2 tokens.").arg(server.name).arg(context)});
        }
        return result;
    }
    const ServerCheck server = m_servers.check(serverSettings(question));
    add(server.error);
    result.warnings = server.warnings + warningsOfModel(question);
    return result;
}

// Nothing for the replay engine, which reads no model.
std::optional<ModelEntry> PromptRunner::modelOf(const PromptQuestion &question) const
{
    if (question.settings.model.isEmpty() || isReplay(folderOf(question)))
        return std::nullopt;
    return m_engine.library().findOrRead(question.settings.model);
}

int PromptRunner::batchSizeOf(const PromptQuestion &question) const
{
    if (question.settings.batchSize)
        return *question.settings.batchSize;
    const auto model = modelOf(question);
    return automaticBatchSize(model ? model->header : std::nullopt);
}

std::optional<qint64> PromptRunner::trainedContextOf(const PromptQuestion &question) const
{
    const auto model = modelOf(question);
    return model && model->header ? model->header->contextLength : std::nullopt;
}

QList<ConfigurationIssue> PromptRunner::warningsOfModel(const PromptQuestion &question) const
{
    const auto model = modelOf(question);
    if (!model)
        return {};
    if (!model->isUsable())
        return {{u"model"_s, model->problem}};
    const auto engine = m_engine.catalog().find(folderOf(question));
    const qint64 tokens = question.settings.ctxSize;
    return modelWarnings(*model, tokens, tokens, engine ? engine->family : EngineFamily::Unknown, availableMemory());
}

// Of several, one with these very settings; else one that a person started, as it is.
ServerSession *PromptRunner::sessionFor(const PromptQuestion &question) const
{
    const ServerSettings wanted = serverSettings(question);
    const QString model = QFileInfo(wanted.request.model).absoluteFilePath();
    ServerSession *other = nullptr;
    for (ServerSession *session : m_servers.sessions()) {
        const ServerSnapshot &server = session->snapshot();
        const ServerSettings &has = session->settings();
        const QString folder = has.buildDir.isEmpty() ? m_supervisor.runtime().options().buildDir : has.buildDir;
        if (!server.isActive() || server.state == ServerState::Stopping
            || QFileInfo(has.request.model).absoluteFilePath() != model
            || engineFolder(folder) != engineFolder(wanted.buildDir))
            continue;
        // An automatic batch size is none that was asked for: it may have been chosen before the header was read.
        const auto loading = [&question](const ServerRequest &r) {
            const int batchSize = question.settings.batchSize ? r.batchSize : 0;
            return std::tuple(r.ctxSize, batchSize, r.threads, r.gpuLayers, r.extraArguments);
        };
        if (loading(has.request) == loading(wanted.request))
            return session;
        if (!m_ownServers.contains(server.name))
            other = session;
    }
    return other;
}

void PromptRunner::ask(const std::shared_ptr<ConversationDocument> &document, MessageId answer,
                       const PromptQuestion &question, bool keepServers)
{
    const Message *message = document->conversation().message(answer);
    if (!message || message->state != MessageState::Generating)
        return;
    auto run = std::make_unique<Run>();
    run->number = ++m_lastNumber;
    run->document = document;
    run->answer = answer;
    run->prompt = message->parent;
    run->question = question;
    run->since.start();
    Run &asked = *m_runs.emplace_back(std::move(run));
    Q_EMIT runningChanged();
    if (question.mode == PromptMode::OneShot)
        askOnce(asked);
    else
        askSession(asked, keepServers);
}

void PromptRunner::askOnce(Run &run)
{
    const PromptQuestion &question = run.question;
    const QString text =
        plainText(run.document->conversation(), run.prompt, question.settings.systemPrompt, question.withHistory);
    whenDone(m_engine.runtimeFor(folderOf(question)).prepareInference(inferenceRequest(question, text)), this,
             [this, number = run.number](const Invocation &invocation) {
                 Run *asked = find(number);
                 if (!asked)
                     return; // stopped meanwhile
                 if (invocation.error)
                     return end(number, MessageState::Failed, invocation.error->message);
                 JobSpec spec = invocation.job;
                 spec.limits = asked->question.limits;
                 spec.name = asked->promptText().simplified().left(longestJobName);
                 if (isReplay(asked->question.engineFolder))
                     spec.group = tr("replay");
                 QString error;
                 const JobId id = m_supervisor.submit(spec, &error);
                 submitted(*asked, spec, id, error);
             });
}

void PromptRunner::askSession(Run &run, bool keepServers)
{
    const PromptQuestion &question = run.question;
    ServerSession *session = sessionFor(question);
    if (!session) {
        ConfigurationIssue issue;
        session = startServer(serverSettings(question), keepServers, &issue);
        if (!session)
            return end(run.number, MessageState::Failed, issue.message);
    }
    ChatRequest request;
    request.messages = chatMessages(run.document->conversation(), run.prompt, question.settings.systemPrompt);
    request.nPredict = question.settings.nPredict;
    request.temperature = question.settings.temperature;
    request.sampling = question.settings.sampling;
    JobSpec about;
    about.name = run.promptText().simplified().left(longestJobName);
    about.limits = question.limits;
    about.server = session->name();
    about.group = isReplay(question.engineFolder) ? tr("replay") : QString();
    run.server = session->name();
    QString error;
    const JobId id = session->submitChat(request, about, &error);
    submitted(run, about, id, error);
}

ServerSession *PromptRunner::startServer(const ServerSettings &settings, bool keepServers, ConfigurationIssue *issue)
{
    for (const QString &name : QStringList(m_ownServers)) {
        const ServerSession *session = m_servers.find(name);
        const bool isIdle = session && session->snapshot().busySlots == 0 && session->snapshot().waitingRequests == 0;
        if (session && (keepServers || !isIdle))
            continue;
        if (session)
            m_servers.stop(name);
        m_ownServers.removeAll(name);
    }
    ServerSession *session = m_servers.start(settings, issue);
    if (session)
        m_ownServers.append(session->name());
    return session;
}

void PromptRunner::submitted(Run &run, const JobSpec &spec, JobId id, const QString &error)
{
    if (!id.isValid())
        return end(run.number, MessageState::Failed, error);
    run.job = id;
    run.stream = std::make_unique<AnswerStream>(run.document, run.answer, spec);
    run.document->setJob(run.answer, id);
}

void PromptRunner::take(const QList<JobRecord> &records)
{
    for (const JobRecord &record : records) {
        const auto isOf = [&record](const std::unique_ptr<Run> &run) { return run->job == record.id; };
        const auto found = std::find_if(m_runs.cbegin(), m_runs.cend(), isOf);
        if (found == m_runs.cend() || !record.id.isValid())
            continue;
        Run &run = **found;
        if (record.state != run.record.state)
            run.since.restart();
        run.record = record;
        noteServer(run);
        run.stream->take(record);
        if (record.isFinished())
            forget(run.number);
    }
}

// The server as it is while it answers: afterwards it may have been started again.
void PromptRunner::noteServer(const Run &run) const
{
    const ServerSession *session = run.server.isEmpty() ? nullptr : m_servers.find(run.server);
    const Message *answer = run.document->conversation().message(run.answer);
    if (session && answer && (!run.record.isFinished() || !answer->serverJob.isValid()))
        run.document->setServerJob(run.answer, session->snapshot().job);
}

bool PromptRunner::isRunning(const ConversationDocument *document) const
{
    return std::any_of(m_runs.cbegin(), m_runs.cend(),
                       [document](const std::unique_ptr<Run> &run) { return run->document.get() == document; });
}

void PromptRunner::stop(const ConversationDocument *document)
{
    QList<quint64> unstarted;
    for (const std::unique_ptr<Run> &run : m_runs) {
        if (run->document.get() != document)
            continue;
        if (run->job.isValid())
            m_supervisor.cancel(run->job);
        else
            unstarted.append(run->number);
    }
    for (const quint64 number : std::as_const(unstarted))
        end(number, MessageState::Stopped, {});
}

QString PromptRunner::progress(const ConversationDocument *document) const
{
    const auto isOf = [document](const std::unique_ptr<Run> &run) { return run->document.get() == document; };
    const auto found = std::find_if(m_runs.crbegin(), m_runs.crend(), isOf);
    if (found == m_runs.crend())
        return {};
    const Run &run = **found;
    const QString time = Wording::tickingDuration(std::chrono::milliseconds(run.since.elapsed()));
    const QString model = QFileInfo(run.question.settings.model).completeBaseName();
    // The time first: where there is little room, the end is cut.
    const auto loading = [&] {
        return model.isEmpty() ? tr("%1 · loading the model").arg(time) : tr("%1 · loading %2").arg(time, model);
    };
    if (run.stream && run.stream->hasText())
        return tr("%1 · generating").arg(time);
    if (const ServerSession *session = m_servers.find(run.server);
        session && session->snapshot().state == ServerState::Starting)
        return loading();
    if (run.record.state == JobState::Running)
        return run.server.isEmpty() ? loading() : tr("%1 · reading the prompt").arg(time);
    if (run.record.state == JobState::Starting || !run.job.isValid())
        return tr("%1 · starting the engine").arg(time);
    return tr("%1 · waiting for its turn").arg(time);
}

void PromptRunner::end(quint64 number, MessageState state, const QString &reason)
{
    Run *run = find(number);
    if (!run)
        return;
    const auto document = run->document;
    const MessageId answer = run->answer;
    forget(number);
    document->finish(answer, state, {}, reason);
}

void PromptRunner::forget(quint64 number)
{
    const auto removed =
        std::erase_if(m_runs, [number](const std::unique_ptr<Run> &run) { return run->number == number; });
    if (removed > 0)
        Q_EMIT runningChanged();
}

PromptRunner::Run *PromptRunner::find(quint64 number) const
{
    const auto found = std::find_if(m_runs.cbegin(), m_runs.cend(),
                                    [number](const std::unique_ptr<Run> &run) { return run->number == number; });
    return found == m_runs.cend() ? nullptr : found->get();
}

} // namespace BitNet
