// SPDX-License-Identifier: MIT
#include "ui/prompt/promptpage.h"

#include "core/conversations/contextuse.h"
#include "core/futures/whendone.h"
#include "core/serving/serversession.h"
#include "ui/engine/enginecontext.h"
#include "ui/prompt/comparebar.h"
#include "ui/prompt/composer.h"
#include "ui/prompt/contextmeter.h"
#include "ui/prompt/conversationarea.h"
#include "ui/prompt/conversationlist.h"
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
#include <QFocusEvent>
#include <QFuture>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

PromptPage::PromptPage(const PromptPageParts &parts, QWidget *parent)
    : QWidget(parent)
    , m_engine(parts.engine)
    , m_settings(parts.settings)
    , m_conversations(parts.conversations)
    , m_runner(new PromptRunner(parts.supervisor, parts.engine, parts.servers, this))
    , m_send(new QAction(Icons::get(u"run"_s), tr("&Send"), this))
    , m_stop(new QAction(Icons::get(u"stop"_s), tr("St&op"), this))
    , m_showPanel(new QAction(Icons::get(u"settings"_s), tr("Show Sampling Settings"), this))
    , m_showList(new QAction(Icons::get(u"sidebar"_s), tr("Show Conversations"), this))
    , m_compare(new QAction(Icons::get(u"details-beside"_s), tr("Compare Two Answers"), this))
    , m_find(new QAction(Icons::get(u"search"_s), tr("Find in This Conversation"), this))
    , m_new(new QAction(Icons::get(u"new-prompt"_s), tr("New Conversation"), this))
    , m_header(new PromptHeader(parts.engine, parts.presets))
    , m_compareBar(new CompareBar(parts.engine, parts.presets))
    , m_list(new ConversationList(parts.conversations, m_new))
    , m_area(new ConversationArea)
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
    // What there is to say of the model, and how long its context is.
    const auto modelKnown = [this] {
        m_checkDelay.start();
        m_followDelay.start();
    };
    connect(&m_engine.library(), &ModelLibrary::fileRead, this, modelKnown);
    connect(&m_engine.library(), &ModelLibrary::modelsChanged, this, modelKnown);

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
    whenDone(m_conversations.open(id), this, [this, id](const OpenedConversation &opened) {
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

// --- Messages beside the fields ---

void PromptPage::showProblem(const ConfigurationIssue &issue, bool isWarning)
{
    const QString field = issue.field == "extra_arguments"_L1 ? u"extra"_s : issue.field;
    if (!m_header->problems().show(field, issue.message, isWarning)
        && !m_panel->problems().show(field, issue.message, isWarning))
        m_composer->showProblem(issue.message, isWarning);
}

QString PromptPage::problemOf(const QString &field) const
{
    if (m_panel->problems().has(field))
        return m_panel->problems().text(field);
    const QString text = m_header->problems().text(field);
    return text.isEmpty() && field == "prompt"_L1 ? m_composer->problem() : text;
}

void PromptPage::clearProblems()
{
    m_header->problems().clear();
    m_panel->problems().clear();
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

    showContextUse();
}

// The context is the engine's; what the model was trained for may be less.
void PromptPage::showContextUse()
{
    const PromptQuestion asked = question();
    const ServerSession *session = asked.mode == PromptMode::Session ? m_runner->sessionFor(asked) : nullptr;
    const auto told = session ? session->snapshot().contextSize : std::nullopt;
    const qint64 engines = told.value_or(asked.settings.ctxSize);
    const auto models = m_runner->trainedContextOf(asked);
    QStringList sources;
    if (told)
        sources.append(tr("%1 has a context of %L2 tokens.").arg(session->name()).arg(engines));
    else
        sources.append(tr("The context is set to %L1 tokens.").arg(engines));
    if (models)
        sources.append(tr("The model was trained for %L1 tokens.").arg(*models));
    m_composer->meter()->setUse(contextUse(m_document->conversation(), promptField()->toPlainText()),
                                {.tokens = std::min(engines, models.value_or(engines)),
                                 .isModels = models && *models < engines,
                                 .source = sources.join(u'\n')},
                                asked.settings.nPredict);
}

void PromptPage::followProgress()
{
    m_composer->setProgress(m_runner->progress(m_document.get()));
}

void PromptPage::focusPrompt()
{
    promptField()->setFocus(Qt::ShortcutFocusReason);
}

// Not by a focus proxy: Tab would go past everything above the prompt.
void PromptPage::focusInEvent(QFocusEvent *event)
{
    promptField()->setFocus(event->reason());
}

} // namespace BitNet
