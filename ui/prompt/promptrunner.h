// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationdocument.h"
#include "core/jobs/jobrecord.h"
#include "core/runtime/bitnetruntime.h"
#include "core/serving/serversettings.h"
#include "ui/prompt/promptquestion.h"

#include <QElapsedTimer>
#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace BitNet {

class AnswerStream;
class EngineContext;
struct ModelEntry;
class RuntimeSupervisor;
class ServerRegistry;
class ServerSession;

// Puts prompts to engines and carries the answers into their conversations. Every prompt is a job; in a session it is a
// request to a server, which is started when there is none for the model. One model stays loaded: a server that was started
// here and has nothing to do is stopped when another is needed, unless that one is to be compared with it. GUI thread.
class PromptRunner : public QObject
{
    Q_OBJECT
public:
    struct Check
    {
        QList<ConfigurationIssue> errors = {}; // a sentence each, with the field it is about
        QList<ConfigurationIssue> warnings = {}; // stop nothing
    };

    PromptRunner(RuntimeSupervisor &supervisor, EngineContext &engine, ServerRegistry &servers,
                 QObject *parent = nullptr);
    ~PromptRunner() override;

    // All that is wrong with the question, the runtime's own checks included. Reads the file system, starts nothing; cheap
    // enough for every pause in typing.
    Check check(const PromptQuestion &question, const QString &prompt) const;

    // Makes the answer, which is a Generating message of the document, and finishes it in every case: with what went wrong,
    // if nothing could be started. keepServers: others are not stopped to make room.
    void ask(const std::shared_ptr<ConversationDocument> &document, MessageId answer, const PromptQuestion &question,
             bool keepServers = false);
    // News of jobs; others than its own are ignored.
    void take(const QList<JobRecord> &records);

    bool isRunning(const ConversationDocument *document) const;
    // Stops what is generated for this conversation, and the engines that do it.
    void stop(const ConversationDocument *document);
    // What goes on for the newest answer of this conversation, in words: "1.2 s · loading tiny-llama". Empty: nothing.
    QString progress(const ConversationDocument *document) const;
    // The active server that would answer the question; null when one has to be started.
    ServerSession *sessionFor(const PromptQuestion &question) const;
    bool isReplay(const QString &engineFolder) const;
    // Tokens, as the header of the question's model says; nothing when it does not, or was not read yet.
    std::optional<qint64> trainedContextOf(const PromptQuestion &question) const;

Q_SIGNALS:
    // isRunning() of some conversation changed.
    void runningChanged();

private:
    int batchSizeOf(const PromptQuestion &question) const;
    struct Run;

    ServerSettings serverSettings(const PromptQuestion &question) const;
    InferenceRequest inferenceRequest(const PromptQuestion &question, const QString &text) const;
    QString folderOf(const PromptQuestion &question) const;
    std::optional<ModelEntry> modelOf(const PromptQuestion &question) const;
    QList<ConfigurationIssue> warningsOfModel(const PromptQuestion &question) const;
    void askOnce(Run &run);
    void askSession(Run &run, bool keepServers);
    ServerSession *startServer(const ServerSettings &settings, bool keepServers, ConfigurationIssue *issue);
    void submitted(Run &run, const JobSpec &spec, JobId id, const QString &error);
    void noteServer(const Run &run) const;
    void end(quint64 number, MessageState state, const QString &reason);
    void forget(quint64 number);
    Run *find(quint64 number) const;

    RuntimeSupervisor &m_supervisor;
    EngineContext &m_engine;
    ServerRegistry &m_servers;
    std::vector<std::unique_ptr<Run>> m_runs; // in the order in which they were asked
    quint64 m_lastNumber = 0;
    QStringList m_ownServers; // by name
};

} // namespace BitNet
