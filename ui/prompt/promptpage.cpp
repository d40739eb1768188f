// SPDX-License-Identifier: MIT
#include "ui/prompt/promptpage.h"

#include "core/conversations/contextuse.h"
#include "core/serving/serversession.h"
#include "ui/engine/enginecontext.h"
#include "ui/prompt/comparebar.h"
#include "ui/prompt/composer.h"
#include "ui/prompt/contextmeter.h"
#include "ui/prompt/conversationarea.h"
#include "ui/prompt/conversationlist.h"
#include "ui/prompt/conversationview.h"
#include "ui/prompt/modelpicker.h"
#include "ui/prompt/presetbox.h"
#include "ui/prompt/promptedit.h"
#include "ui/prompt/promptheader.h"
#include "ui/prompt/samplingpanel.h"
#include "ui/settings/appsettings.h"
#include "ui/style/icons.h"

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFuture>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

PromptPage::PromptPage(const PromptPageParts &parts, QWidget *parent)
    : QWidget(parent)
    , m_supervisor(parts.supervisor)
    , m_engine(parts.engine)
    , m_settings(parts.settings)
    , m_conversations(parts.conversations)
    , m_runner(new PromptRunner(parts.supervisor, parts.engine, parts.servers, this))
    , m_send(new QAction(Icons::get(u"run"_s), tr("&Send"), this))
    , m_stop(new QAction(Icons::get(u"stop"_s), tr("&Stop"), this))
    , m_showPanel(new QAction(Icons::get(u"settings"_s), tr("Show Sampling Settings"), this))
    , m_showList(new QAction(Icons::get(u"sidebar"_s), tr("Show Conversations"), this))
    , m_compare(new QAction(Icons::get(u"details-beside"_s), tr("Compare Two Answers"), this))
    , m_new(new QAction(Icons::get(u"new-prompt"_s), tr("New Conversation"), this))
    , m_header(new PromptHeader(parts.engine, parts.presets))
    , m_compareBar(new CompareBar(parts.engine, parts.presets))
    , m_list(new ConversationList(parts.conversations, m_new))
    , m_area(new ConversationArea(parts.engine))
    , m_composer(new Composer(m_send, m_stop))
    , m_panel(new SamplingPanel(parts.engine.runtime().automaticThreads()))
{
    createActions();
    layOut();
    connectParts();
    m_panel->setLimits(m_settings.value().limits);
    m_panel->setWithHistory(true);
    m_conversations.load();
    setDocument(m_conversations.create());
}

PromptPage::~PromptPage()
{
    if (m_document)
        m_document->disconnect(this);
}

void PromptPage::connectParts()
{
    connect(m_header, &PromptHeader::edited, this, &PromptPage::settingsEdited);
    connect(m_header, &PromptHeader::engineRequested, this, &PromptPage::engineRequested);
    connect(m_header, &PromptHeader::modelFileRequested, this, &PromptPage::chooseModel);
    connect(m_header->presets(), &PresetBox::told, this, &PromptPage::message);
    connect(m_header->presets(), &PresetBox::chosen, this, [this](const PromptPreset &preset) {
        takeSettings(PresetBox::applied(preset, m_chosen));
        settingsEdited();
    });
    connect(m_panel, &SamplingPanel::edited, this, &PromptPage::settingsEdited);
    connect(m_composer, &Composer::editingCancelled, this, &PromptPage::endEditing);
    connect(m_composer->edit(), &QPlainTextEdit::textChanged, this, [this] {
        m_composer->showProblem({}, false);
        m_followDelay.start();
    });
    connect(m_compareBar, &CompareBar::closed, this, [this] { m_compare->setChecked(false); });
    connect(m_list, &ConversationList::openRequested, this, &PromptPage::openConversation);
    connect(m_list, &ConversationList::currentRemoved, this, [this] {
        stop();
        setDocument(m_conversations.create(m_chosen));
    });
    connect(m_list, &ConversationList::told, this, &PromptPage::message);
    connect(m_area, &ConversationArea::regenerateRequested, this, &PromptPage::regenerate);
    connect(m_area, &ConversationArea::editRequested, this, &PromptPage::beginEditing);
    connect(m_area, &ConversationArea::jobRequested, this, &PromptPage::jobRequested);
    connect(m_area, &ConversationArea::told, this, &PromptPage::message);
    connect(m_area, &ConversationArea::chosen, this, [this](MessageId answer) {
        m_compare->setChecked(false);
        m_document->select(answer);
    });
    connect(m_runner, &PromptRunner::runningChanged, this, &PromptPage::follow);
    connect(&m_engine, &EngineContext::changed, this, &PromptPage::follow);
    connect(&m_engine.catalog(), &EngineCatalog::changed, this, &PromptPage::follow);

    m_checkDelay.setSingleShot(true);
    m_checkDelay.setInterval(300ms);
    connect(&m_checkDelay, &QTimer::timeout, this, [this] {
        clearProblems();
        checkQuestion(question(), u"?"_s, false);
    });
    m_followDelay.setSingleShot(true);
    m_followDelay.setInterval(150ms);
    connect(&m_followDelay, &QTimer::timeout, this, &PromptPage::follow);
    m_tick.setInterval(100ms);
    connect(&m_tick, &QTimer::timeout, this, &PromptPage::followProgress);
}

QPlainTextEdit *PromptPage::promptField() const
{
    return m_composer->edit();
}

QComboBox *PromptPage::modelField() const
{
    return m_header->model();
}

// --- Conversations and their settings ---

void PromptPage::newConversation()
{
    m_opening.clear();
    if (!m_document->conversation().isEmpty())
        setDocument(m_conversations.create(m_chosen));
    focusPrompt();
}

void PromptPage::openConversation(const QString &id)
{
    m_opening = id;
    if (id.isEmpty() || m_document->id() == id)
        return;
    m_conversations.open(id).then(this, [this, id](const OpenedConversation &opened) {
        if (m_opening != id)
            return;
        if (opened.document)
            setDocument(opened.document);
        else
            Q_EMIT message(opened.problem);
    });
}

void PromptPage::setDocument(const std::shared_ptr<ConversationDocument> &document)
{
    if (m_document)
        m_document->disconnect(this);
    endEditing();
    m_compare->setChecked(false);
    m_document = document;
    for (const auto signal : {&ConversationDocument::branchChanged, &ConversationDocument::removedChanged})
        connect(document.get(), signal, this, &PromptPage::followDocument);
    connect(document.get(), &ConversationDocument::changed, this, [this] {
        if (!m_followDelay.isActive())
            m_followDelay.start();
    });
    m_area->setDocument(document);
    m_list->setCurrent(document->id());
    PromptSettings settings = document->conversation().settings;
    if (settings.model.isEmpty())
        settings.model = m_chosen.model;
    takeSettings(settings);
    clearProblems();
    if (document->isReadOnly())
        m_composer->showProblem(tr("This conversation can only be read: a later version of this program wrote it, or "
                                   "its file is protected. Duplicate it to go on."),
                                true);
    followDocument();
}

void PromptPage::takeSettings(const PromptSettings &settings)
{
    m_chosen = settings;
    const QSignalBlocker headerBlocker(m_header);
    m_panel->setSettings(settings);
    m_header->setEngineName(settings.engine);
    if (m_header->model()->path() != settings.model)
        m_header->model()->setPath(settings.model);
    m_header->presets()->setCurrent(settings);
}

void PromptPage::settingsEdited()
{
    m_chosen = question().settings;
    m_header->presets()->setCurrent(m_chosen);
    if (m_document)
        m_document->setSettings(m_chosen);
    m_panel->setSession(m_header->mode() == PromptMode::Session);
    m_checkDelay.start();
    m_followDelay.start();
}

void PromptPage::useModel(const QString &path)
{
    m_header->model()->remember(path);
    m_header->model()->setPath(path);
    m_settings.change([&path](AppSettings &s) { s.model = path; });
    focusPrompt();
}

void PromptPage::chooseModel()
{
    const QString current = m_header->model()->path();
    auto *dialog =
        new QFileDialog(window(), tr("Model"), current.isEmpty() ? QDir::homePath() : QFileInfo(current).path(),
                        tr("Models (*.gguf);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &PromptPage::useModel);
    dialog->open();
}

// --- Asking ---

PromptQuestion PromptPage::question() const
{
    PromptQuestion question;
    question.mode = m_header->mode();
    question.settings = m_panel->settings(m_chosen);
    question.settings.model = m_header->model()->path();
    question.settings.engine = m_header->engineName();
    question.engineFolder = m_header->engineFolder();
    question.preset = m_header->presets()->presetName();
    question.limits = m_panel->limits(m_settings.value().limits);
    question.withHistory = m_panel->withHistory();
    return question;
}

QString PromptPage::engineNameOf(const PromptQuestion &question) const
{
    const QString folder = question.engineFolder.isEmpty() ? m_engine.buildFolder() : question.engineFolder;
    const auto engine = m_engine.catalog().find(folder);
    return engine ? engine->name : QDir(folder).dirName();
}

bool PromptPage::checkQuestion(const PromptQuestion &asked, const QString &prompt, bool all)
{
    PromptRunner::Check check = m_runner->check(asked, prompt);
    check.errors += m_panel->unreadable();
    if (const QString missing = m_header->missingEngine(); !missing.isEmpty() && asked.engineFolder.isEmpty())
        check.errors.append(
            {u"binary"_s, tr("The engine “%1” is not on this computer any more. Choose another one.").arg(missing)});
    if (!all) {
        // Nobody wants to hear of a field that was not filled in yet.
        check.errors.removeIf([&asked](const ConfigurationIssue &issue) {
            return issue.field == "binary"_L1 || (issue.field == "model"_L1 && asked.settings.model.isEmpty());
        });
    }
    for (const ConfigurationIssue &warning : std::as_const(check.warnings))
        showProblem(warning, true);
    for (const ConfigurationIssue &error : std::as_const(check.errors))
        showProblem(error, false);
    if (all && !check.errors.isEmpty() && m_panel->has(check.errors.constFirst().field)) {
        m_showPanel->setChecked(true);
        m_panel->reveal(check.errors.constFirst().field);
    }
    return check.errors.isEmpty();
}

void PromptPage::send()
{
    if (!m_send->isEnabled())
        return;
    m_checkDelay.stop();
    clearProblems();
    const QString prompt = promptField()->toPlainText();
    QList<PromptQuestion> questions{question()};
    if (!checkQuestion(questions.constFirst(), prompt, true))
        return;
    if (m_compare->isChecked()) {
        questions.append(m_compareBar->applied(questions.constFirst()));
        const PromptRunner::Check check = m_runner->check(questions.constLast(), prompt);
        if (!check.errors.isEmpty())
            return m_compareBar->showProblem(check.errors.constFirst().message);
    }
    const MessageId asked =
        m_editing != noMessage ? m_document->addEditedPrompt(m_editing, prompt) : m_document->addPrompt(prompt);
    if (asked == noMessage)
        return;
    promptField()->clear();
    endEditing();
    ask(asked, questions);
}

void PromptPage::ask(MessageId prompt, const QList<PromptQuestion> &questions)
{
    QList<MessageId> answers;
    for (const PromptQuestion &one : questions) {
        answers.append(m_document->addAnswer(prompt, engineNameOf(one), one.settings.model, {}, one.preset));
        m_header->model()->remember(one.settings.model);
    }
    if (answers.contains(noMessage))
        return;
    if (const QString model = questions.constFirst().settings.model; !model.isEmpty())
        m_settings.change([&model](AppSettings &s) { s.model = model; });
    m_document->select(answers.constFirst());
    if (answers.size() > 1)
        m_area->compare(answers[0], answers[1]);
    for (qsizetype i = 0; i < answers.size(); ++i)
        m_runner->ask(m_document, answers[i], questions[i], answers.size() > 1 && i > 0);
    m_area->view()->setFollowing(true);
    follow();
}

void PromptPage::regenerate(MessageId answer)
{
    const Message *message = m_document->conversation().message(answer);
    if (!message || !m_send->isEnabled())
        return;
    const MessageId prompt = message->parent;
    const Message *asked = m_document->conversation().message(prompt);
    clearProblems();
    if (asked && checkQuestion(question(), asked->text, true))
        ask(prompt, {question()});
}

void PromptPage::beginEditing(MessageId prompt)
{
    const Message *message = m_document->conversation().message(prompt);
    if (!message || m_document->isReadOnly())
        return;
    m_editing = prompt;
    promptField()->setPlainText(message->text);
    promptField()->moveCursor(QTextCursor::End);
    m_composer->setEditing(true);
    focusPrompt();
}

void PromptPage::endEditing()
{
    if (std::exchange(m_editing, noMessage) != noMessage)
        promptField()->clear();
    m_composer->setEditing(false);
}

void PromptPage::stop()
{
    if (m_runner->isRunning(m_document.get()))
        m_runner->stop(m_document.get());
    else
        endEditing();
}

// Two answers to the last prompt, if there are any.
void PromptPage::compareLast()
{
    const Conversation &conversation = m_document->conversation();
    const MessageId leaf = conversation.leaf();
    const Message *message = conversation.message(leaf);
    const QList<MessageId> answers = message && message->role == MessageRole::Assistant
        ? conversation.children(message->parent)
        : QList<MessageId>();
    if (answers.size() < 2)
        return;
    const qsizetype right = std::max<qsizetype>(answers.indexOf(leaf), 1);
    m_area->compare(answers[right - 1], answers[right]);
}

void PromptPage::take(const QList<JobRecord> &records)
{
    m_runner->take(records);
}

// --- Messages beside the fields ---

void PromptPage::showProblem(const ConfigurationIssue &issue, bool isWarning)
{
    const QString field = issue.field == "extra_arguments"_L1 ? u"extra"_s : issue.field;
    if (!m_header->showProblem(field, issue.message, isWarning)
        && !m_panel->showProblem(field, issue.message, isWarning))
        m_composer->showProblem(issue.message, isWarning);
}

QString PromptPage::problemOf(const QString &field) const
{
    if (m_panel->has(field))
        return m_panel->problemOf(field);
    const QString text = m_header->problemOf(field);
    return text.isEmpty() && field == "prompt"_L1 ? m_composer->problem() : text;
}

void PromptPage::clearProblems()
{
    m_header->clearProblems();
    m_panel->clearProblems();
    m_compareBar->showProblem({});
    if (!m_document || !m_document->isReadOnly())
        m_composer->showProblem({}, false);
}

// --- Following ---

void PromptPage::followDocument()
{
    QStringList prompts;
    for (const Message &message : m_document->conversation().messages()) {
        if (message.role == MessageRole::User && (prompts.isEmpty() || prompts.constLast() != message.text))
            prompts.append(message.text);
    }
    m_composer->edit()->setHistory(prompts);
    // The branch that is shown may not be the one of the two answers any more.
    if (m_area->isComparing() && !m_runner->isRunning(m_document.get()))
        m_area->compare(noMessage, noMessage);
    m_list->setCurrent(m_document->id());
    follow();
}

void PromptPage::follow()
{
    const bool isRunning = m_runner->isRunning(m_document.get());
    const auto engine = m_engine.catalog().find(m_header->engineFolder());
    const bool hasEngine = m_header->engineFolder().isEmpty() ? m_engine.hasEngine() : engine && engine->isThere();
    const bool canAsk = hasEngine && !isRunning && !m_document->isReadOnly() && !m_document->isRemoved();
    m_send->setEnabled(canAsk);
    m_stop->setEnabled(isRunning || m_editing != noMessage);
    m_area->setCanAsk(canAsk);
    const bool needsModel = m_header->model()->path().isEmpty() && !m_runner->isReplay(m_header->engineFolder());
    m_area->setEmpty(!hasEngine       ? ConversationArea::Empty::NoEngine
                         : needsModel ? ConversationArea::Empty::NoModel
                                      : ConversationArea::Empty::Invitation);
    if (isRunning != m_tick.isActive())
        isRunning ? m_tick.start() : m_tick.stop();
    followProgress();

    const PromptQuestion asked = question();
    const ServerSession *session = asked.mode == PromptMode::Session ? m_runner->sessionFor(asked) : nullptr;
    const auto told = session ? session->snapshot().contextSize : std::nullopt;
    m_composer->meter()->setUse(contextUse(m_document->conversation(), promptField()->toPlainText()),
                                told.value_or(asked.settings.ctxSize), asked.settings.nPredict,
                                told ? tr("Its size is what %1 says.").arg(session->name()) : QString());
}

void PromptPage::followProgress()
{
    m_composer->setProgress(m_runner->progress(m_document.get()));
}

void PromptPage::focusPrompt()
{
    promptField()->setFocus(Qt::ShortcutFocusReason);
}

} // namespace BitNet
