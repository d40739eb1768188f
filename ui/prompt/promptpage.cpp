// SPDX-License-Identifier: MIT
#include "ui/prompt/promptpage.h"

#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/jobs/commandline.h"
#include "ui/prompt/answercard.h"
#include "ui/settings/appsettings.h"
#include "ui/style/durationedit.h"
#include "ui/style/emptystate.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QStackedWidget>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int rememberedModels = 12;
static constexpr int readableWidth = 860; // of the conversation, in pixels

PromptPage::PromptPage(RuntimeSupervisor &supervisor, EngineContext &engine, SettingsStore &settings, QWidget *parent)
    : QWidget(parent)
    , m_supervisor(supervisor)
    , m_engine(engine)
    , m_settings(settings)
    , m_send(new QAction(Icons::get(u"run"_s), tr("&Run"), this))
    , m_stop(new QAction(Icons::get(u"stop"_s), tr("&Stop"), this))
    , m_showPanel(new QAction(Icons::get(u"settings"_s), tr("Show Sampling Settings"), this))
    , m_chooseModel(new QAction(Icons::get(u"folder"_s), tr("Choose Model…"), this))
    , m_model(new QComboBox)
    , m_engineNote(new ToneLabel(Tone::Muted))
    , m_prompt(new QPlainTextEdit)
    , m_scroll(new QScrollArea)
    , m_cards(new QVBoxLayout)
    , m_stack(new QStackedWidget)
    , m_noEngine(new EmptyState(u"engine"_s, tr("No engine found"),
                                tr("Choose the build folder of BitNet or llama.cpp, or try everything with the replay "
                                   "engine, which answers with recorded runs.")))
    , m_nPredict(new QSpinBox)
    , m_ctxSize(new QSpinBox)
    , m_batchSize(new QSpinBox)
    , m_temperature(new QDoubleSpinBox)
    , m_threads(new QSpinBox)
    , m_gpuLayers(new QSpinBox)
    , m_extra(new QLineEdit)
    , m_timeout(new DurationEdit)
    , m_deadline(new DurationEdit)
{
    m_send->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    m_send->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_send->setToolTip(tr("Ask the model (Ctrl+Enter)"));
    m_stop->setShortcut(Qt::Key_Escape);
    m_stop->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_stop->setToolTip(tr("Stop the engine (Esc)"));
    m_showPanel->setCheckable(true);
    m_showPanel->setChecked(true);
    m_showPanel->setToolTip(tr("Show or hide the settings of the model and its limits"));
    addActions({m_send, m_stop});
    connect(m_send, &QAction::triggered, this, &PromptPage::send);
    connect(m_stop, &QAction::triggered, this, &PromptPage::stop);
    connect(m_chooseModel, &QAction::triggered, this, &PromptPage::chooseModel);

    auto *conversation = new QWidget;
    conversation->setBackgroundRole(QPalette::Base);
    auto *conversationRow = new QHBoxLayout(conversation);
    conversationRow->setContentsMargins(24, 20, 24, 20);
    auto *inner = new QWidget;
    inner->setMaximumWidth(readableWidth);
    m_cards->setContentsMargins(0, 0, 0, 0);
    m_cards->setSpacing(26);
    m_cards->addStretch();
    inner->setLayout(m_cards);
    conversationRow->addStretch(1);
    conversationRow->addWidget(inner, 100);
    conversationRow->addStretch(1);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setBackgroundRole(QPalette::Base);
    m_scroll->setWidget(conversation);
    m_scroll->setAccessibleName(tr("Prompts and answers"));
    auto *invitation =
        new EmptyState(u"prompt"_s, tr("Ask the model"),
                       tr("Type a prompt below. The answer appears here as it is generated, with its speed."));
    m_stack->addWidget(invitation);
    m_stack->addWidget(m_scroll);
    m_stack->addWidget(m_noEngine);

    auto *left = new QWidget;
    left->setBackgroundRole(QPalette::Base);
    left->setAutoFillBackground(true);
    auto *leftColumn = new QVBoxLayout(left);
    leftColumn->setContentsMargins(0, 0, 0, 0);
    leftColumn->setSpacing(0);
    leftColumn->addWidget(m_stack, 1);
    leftColumn->addWidget(makeComposer());
    m_panel = makePanel();
    connect(m_showPanel, &QAction::toggled, m_panel, &QWidget::setVisible);

    auto *body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(left, 1);
    body->addWidget(m_panel);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->setSpacing(0);
    page->addWidget(makeHeader());
    page->addLayout(body, 1);

    connect(&m_engine, &EngineContext::changed, this, &PromptPage::followEngine);
    followEngine();
}

QWidget *PromptPage::makeHeader()
{
    auto *header = new QWidget;
    auto *column = new QVBoxLayout(header);
    column->setContentsMargins(16, 10, 12, 8);
    column->setSpacing(4);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    auto *label = new QLabel(tr("&Model"));
    label->setBuddy(m_model);
    m_model->setEditable(true);
    m_model->setInsertPolicy(QComboBox::NoInsert);
    m_model->setAccessibleName(tr("Model file"));
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_model->setMinimumContentsLength(20);
    m_model->lineEdit()->setPlaceholderText(tr("a model file (GGUF)"));
    connect(m_model, &QComboBox::editTextChanged, this, [this] { showProblem(u"model"_s, {}); });
    row->addWidget(label);
    row->addWidget(m_model, 1);
    const auto addButton = [row](QAction *action) {
        auto *button = new QToolButton;
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setIconSize({18, 18});
        button->setAccessibleName(action->text());
        row->addWidget(button);
    };
    m_chooseModel->setToolTip(tr("Choose a model file"));
    addButton(m_chooseModel);
    auto *engine = new QPushButton(Icons::get(u"engine"_s), tr("Engine…"));
    engine->setToolTip(tr("Choose the build folder and see whether all is well"));
    connect(engine, &QPushButton::clicked, this, &PromptPage::engineRequested);
    row->addWidget(engine);
    addButton(m_showPanel);
    column->addLayout(row);
    column->addWidget(m_engineNote);
    for (const QString &field : {u"model"_s, u"binary"_s}) {
        auto *problem = new ToneLabel(Tone::Bad);
        problem->setWordWrap(true);
        problem->hide();
        m_problems.insert(field, problem);
        column->addWidget(problem);
    }
    return header;
}

QWidget *PromptPage::makeComposer()
{
    auto *composer = new QWidget;
    auto *outer = new QHBoxLayout(composer);
    outer->setContentsMargins(24, 4, 24, 18);
    auto *inner = new QWidget;
    inner->setMaximumWidth(readableWidth);
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_prompt->setPlaceholderText(tr("Type a prompt…"));
    m_prompt->setAccessibleName(tr("Prompt"));
    m_prompt->setTabChangesFocus(true);
    m_prompt->setFixedHeight(fontMetrics().height() * 4 + 14);
    m_prompt->installEventFilter(this);
    connect(m_prompt, &QPlainTextEdit::textChanged, this, [this] {
        showProblem(u"prompt"_s, {});
        updateActions();
    });
    auto *problem = new ToneLabel(Tone::Bad);
    problem->setWordWrap(true);
    problem->hide();
    m_problems.insert(u"prompt"_s, problem);

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    auto *hint = new ToneLabel(Tone::Muted, tr("Ctrl+Enter runs it, Esc stops the engine"));
    auto *stopButton = new QPushButton(m_stop->icon(), m_stop->text());
    auto *sendButton = new QPushButton(m_send->text());
    sendButton->setDefault(true);
    for (const auto &[button, action] : {std::pair(stopButton, m_stop), std::pair(sendButton, m_send)}) {
        button->setToolTip(action->toolTip());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, button,
                [button = button, action = action] { button->setEnabled(action->isEnabled()); });
    }
    buttons->addWidget(hint);
    buttons->addStretch();
    buttons->addWidget(stopButton);
    buttons->addWidget(sendButton);
    column->addWidget(m_prompt);
    column->addWidget(problem);
    column->addLayout(buttons);
    outer->addStretch(1);
    outer->addWidget(inner, 100);
    outer->addStretch(1);
    return composer;
}

QWidget *PromptPage::makePanel()
{
    auto *panel = new QScrollArea;
    panel->setFrameShape(QFrame::NoFrame);
    panel->setWidgetResizable(true);
    panel->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    panel->setFixedWidth(fontMetrics().averageCharWidth() * 46);
    panel->setAccessibleName(tr("Sampling settings and limits"));
    auto *content = new QWidget;
    auto *form = new QFormLayout(content);
    form->setContentsMargins(16, 12, 16, 16);
    form->setHorizontalSpacing(14);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const InferenceRequest defaults;
    const auto whole = [](QSpinBox *box, int value, int from, const QString &special = {}) {
        box->setRange(from, 10'000'000);
        box->setSpecialValueText(special);
        box->setValue(value);
        box->setGroupSeparatorShown(true);
        return box;
    };
    const auto heading = [form](const QString &text) {
        auto *label = new ToneLabel(Tone::Plain, text);
        label->setScale(1.0, QFont::DemiBold);
        form->addRow(label);
    };
    // Zero can be typed where the engine refuses it: then the runtime's own message says why.
    heading(tr("Sampling"));
    addField(form, u"n_predict"_s, tr("Tokens to &generate"), whole(m_nPredict, defaults.nPredict, 0),
             tr("Longest answer, in tokens"));
    m_temperature->setRange(0, 10);
    m_temperature->setSingleStep(0.1);
    m_temperature->setValue(defaults.temperature);
    addField(form, u"temperature"_s, tr("&Temperature"), m_temperature, tr("Higher is more surprising"));
    heading(tr("Engine"));
    addField(form, u"ctx_size"_s, tr("&Context size"), whole(m_ctxSize, defaults.ctxSize, 0), tr("Tokens"));
    addField(form, u"batch_size"_s, tr("&Batch size"), whole(m_batchSize, defaults.batchSize, 0), tr("Tokens"));
    addField(form, u"threads"_s, tr("T&hreads"), whole(m_threads, -1, -1, tr("automatic")),
             tr("Automatic: %n here", nullptr, m_engine.runtime().automaticThreads()));
    addField(form, u"gpu_layers"_s, tr("GPU &layers"), whole(m_gpuLayers, -1, -1, tr("automatic")),
             tr("How much of the model the GPU computes"));
    m_extra->setPlaceholderText(tr("none"));
    addField(form, u"extra"_s, tr("E&xtra arguments"), m_extra, tr("Passed on to the engine after all others"));
    heading(tr("Limits"));
    m_timeout->setDuration(m_settings.value().limits.timeout);
    m_deadline->setDuration(m_settings.value().limits.deadline);
    addField(form, u"timeout"_s, tr("Run-time l&imit"), m_timeout, m_timeout->toolTip());
    addField(form, u"deadline"_s, tr("&Deadline"), m_deadline, m_deadline->toolTip());
    panel->setWidget(content);
    return panel;
}

void PromptPage::addField(QFormLayout *form, const QString &field, const QString &label, QWidget *editor,
                          const QString &toolTip)
{
    editor->setToolTip(toolTip);
    QString plain = label;
    editor->setAccessibleName(plain.remove(u'&'));
    form->addRow(label, editor);
    auto *problem = new ToneLabel(Tone::Bad);
    problem->setWordWrap(true);
    problem->hide();
    form->addRow(problem);
    m_problems.insert(field, problem);
    const auto clear = [this, field] { showProblem(field, {}); };
    if (auto *box = qobject_cast<QSpinBox *>(editor))
        connect(box, &QSpinBox::valueChanged, this, clear);
    else if (auto *real = qobject_cast<QDoubleSpinBox *>(editor))
        connect(real, &QDoubleSpinBox::valueChanged, this, clear);
    else if (auto *line = qobject_cast<QLineEdit *>(editor))
        connect(line, &QLineEdit::textChanged, this, clear);
}

void PromptPage::addFirstStep(QAction *action)
{
    m_noEngine->addAction(action);
}

void PromptPage::showProblem(const QString &field, const QString &text, bool warning)
{
    ToneLabel *label = m_problems.value(field, m_problems.value(u"prompt"_s));
    label->setTone(warning ? Tone::Warning : Tone::Bad);
    label->setText(text);
    label->setVisible(!text.isEmpty());
}

QString PromptPage::problemOf(const QString &field) const
{
    const ToneLabel *label = m_problems.value(field);
    return label ? label->text() : QString();
}

void PromptPage::clearProblems()
{
    for (ToneLabel *label : std::as_const(m_problems)) {
        label->clear();
        label->hide();
    }
}

void PromptPage::useModel(const QString &model)
{
    m_model->setEditText(model);
}

InferenceRequest PromptPage::request() const
{
    InferenceRequest request;
    request.model = m_engine.isReplay() && m_model->currentText().trimmed().isEmpty()
        ? EngineContext::replayModel()
        : m_model->currentText().trimmed();
    request.prompt = m_prompt->toPlainText();
    request.nPredict = m_nPredict->value();
    request.ctxSize = m_ctxSize->value();
    request.batchSize = m_batchSize->value();
    request.temperature = m_temperature->value();
    if (m_threads->value() >= 0)
        request.threads = m_threads->value();
    if (m_gpuLayers->value() >= 0)
        request.gpuLayers = m_gpuLayers->value();
    request.extraArguments = CommandLine::parse(m_extra->text()).arguments;
    return request;
}

void PromptPage::send()
{
    clearProblems();
    for (const auto &[field, edit] : {std::pair(u"timeout"_s, m_timeout), std::pair(u"deadline"_s, m_deadline)}) {
        if (!edit->problem().isEmpty()) {
            m_showPanel->setChecked(true);
            return showProblem(field, edit->problem());
        }
    }
    if (const QString wrong = CommandLine::parse(m_extra->text()).error; !wrong.isEmpty()) {
        m_showPanel->setChecked(true);
        return showProblem(u"extra"_s, wrong);
    }
    m_preparing = true;
    updateActions();
    const InferenceRequest asked = request();
    m_engine.runtime().prepareInference(asked).then(this, [this, prompt = asked.prompt](const Invocation &invocation) {
        m_preparing = false;
        submit(prompt, invocation);
        updateActions();
    });
}

void PromptPage::submit(const QString &prompt, Invocation invocation)
{
    if (invocation.error) {
        if (!m_problems.contains(invocation.error->field) || m_panel->isAncestorOf(m_problems[invocation.error->field]))
            m_showPanel->setChecked(true);
        return showProblem(invocation.error->field, invocation.error->message);
    }
    for (const ConfigurationIssue &warning : std::as_const(invocation.warnings))
        showProblem(warning.field, warning.message, true);
    JobSpec spec = invocation.job;
    spec.limits = m_settings.value().limits;
    spec.limits.timeout = m_timeout->duration();
    spec.limits.deadline = m_deadline->duration();
    spec.name = prompt.simplified().left(80);
    if (m_engine.isReplay())
        spec.group = tr("replay");
    QString error;
    const JobId id = m_supervisor.submit(spec, &error);
    if (!id.isValid())
        return showProblem(u"prompt"_s, error);
    if (!m_engine.isReplay())
        rememberModel(spec.model);
    auto *card = new AnswerCard(id, prompt, m_engine.isReplay());
    connect(card, &AnswerCard::jobRequested, this, &PromptPage::jobRequested);
    connect(card, &AnswerCard::grown, this, [this] {
        QScrollBar *bar = m_scroll->verticalScrollBar();
        // Follow the answer unless somebody reads further up.
        if (bar->value() >= bar->maximum() - 80)
            QMetaObject::invokeMethod(
                bar, [bar] { bar->setValue(bar->maximum()); }, Qt::QueuedConnection);
    });
    m_answers.insert(id, card);
    m_cards->insertWidget(m_cards->count() - 1, card);
    m_prompt->clear();
    followEngine();
    QScrollBar *bar = m_scroll->verticalScrollBar();
    QMetaObject::invokeMethod(
        bar, [bar] { bar->setValue(bar->maximum()); }, Qt::QueuedConnection);
}

void PromptPage::take(const QList<JobRecord> &records)
{
    bool mine = false;
    for (const JobRecord &record : records) {
        if (AnswerCard *card = m_answers.value(record.id)) {
            card->setRecord(record);
            mine = true;
        }
    }
    if (mine)
        updateActions();
}

void PromptPage::stop()
{
    for (const AnswerCard *card : std::as_const(m_answers)) {
        if (card->isRunning())
            m_supervisor.cancel(card->job());
    }
}

void PromptPage::updateActions()
{
    const bool running =
        std::any_of(m_answers.cbegin(), m_answers.cend(), [](const AnswerCard *c) { return c->isRunning(); });
    m_stop->setEnabled(running);
    m_send->setEnabled(!m_preparing && m_engine.hasEngine());
}

void PromptPage::followEngine()
{
    m_stack->setCurrentIndex(!m_answers.isEmpty() ? 1 : m_engine.hasEngine() ? 0 : 2);
    m_engineNote->setVisible(m_engine.isReplay());
    m_engineNote->setTone(Tone::Warning);
    m_engineNote->setText(tr("Replay engine: it answers with recorded runs and needs no model."));
    m_model->lineEdit()->setPlaceholderText(m_engine.isReplay() ? tr("recorded runs") : tr("a model file (GGUF)"));
    updateActions();
}

void PromptPage::focusPrompt()
{
    m_prompt->setFocus(Qt::ShortcutFocusReason);
}

bool PromptPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_prompt && event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        // QPlainTextEdit would take Ctrl+Enter for a line break.
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)
            && key->modifiers().testFlag(Qt::ControlModifier)) {
            event->ignore();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void PromptPage::chooseModel()
{
    const QString current = m_model->currentText();
    auto *dialog =
        new QFileDialog(window(), tr("Model"), current.isEmpty() ? QDir::homePath() : QFileInfo(current).path(),
                        tr("Models (*.gguf);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        rememberModel(path);
        m_model->setEditText(path);
    });
    dialog->open();
}

void PromptPage::rememberModel(const QString &path)
{
    if (path.isEmpty())
        return;
    const QString shown = m_model->currentText();
    const int known = m_model->findText(path);
    if (known >= 0)
        m_model->removeItem(known);
    m_model->insertItem(0, path);
    while (m_model->count() > rememberedModels)
        m_model->removeItem(m_model->count() - 1);
    m_model->setEditText(shown);
    m_settings.change([&path](AppSettings &s) { s.model = path; });
}

void PromptPage::saveState(QSettings &settings) const
{
    QStringList models;
    for (int i = 0; i < m_model->count(); ++i)
        models.append(m_model->itemText(i));
    settings.setValue(u"prompt/models"_s, models);
    settings.setValue(u"prompt/model"_s, m_model->currentText());
    settings.setValue(u"prompt/panel"_s, m_showPanel->isChecked());
    settings.setValue(u"prompt/n_predict"_s, m_nPredict->value());
    settings.setValue(u"prompt/ctx_size"_s, m_ctxSize->value());
    settings.setValue(u"prompt/batch_size"_s, m_batchSize->value());
    settings.setValue(u"prompt/temperature"_s, m_temperature->value());
    settings.setValue(u"prompt/threads"_s, m_threads->value());
    settings.setValue(u"prompt/gpu_layers"_s, m_gpuLayers->value());
    settings.setValue(u"prompt/extra"_s, m_extra->text());
}

void PromptPage::restoreState(QSettings &settings)
{
    m_model->addItems(settings.value(u"prompt/models"_s).toStringList());
    m_model->setEditText(settings.value(u"prompt/model"_s, m_settings.value().model).toString());
    m_showPanel->setChecked(settings.value(u"prompt/panel"_s, true).toBool());
    m_nPredict->setValue(settings.value(u"prompt/n_predict"_s, m_nPredict->value()).toInt());
    m_ctxSize->setValue(settings.value(u"prompt/ctx_size"_s, m_ctxSize->value()).toInt());
    m_batchSize->setValue(settings.value(u"prompt/batch_size"_s, m_batchSize->value()).toInt());
    m_temperature->setValue(settings.value(u"prompt/temperature"_s, m_temperature->value()).toDouble());
    m_threads->setValue(settings.value(u"prompt/threads"_s, m_threads->value()).toInt());
    m_gpuLayers->setValue(settings.value(u"prompt/gpu_layers"_s, m_gpuLayers->value()).toInt());
    m_extra->setText(settings.value(u"prompt/extra"_s).toString());
}

} // namespace BitNet
