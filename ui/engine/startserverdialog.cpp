// SPDX-License-Identifier: MIT
#include "ui/engine/startserverdialog.h"

#include "core/runtime/batchsize.h"
#include "core/runtime/machine.h"
#include "core/runtime/modelwarnings.h"
#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "ui/engine/enginecontext.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr auto typingPause = 200ms;

StartServerDialog::StartServerDialog(ServerRegistry &servers, EngineContext &engine, QWidget *parent)
    : QDialog(parent)
    , m_servers(servers)
    , m_engine(engine)
    , m_model(new QComboBox)
    , m_engineChoice(new QComboBox)
    , m_context(new QSpinBox)
    , m_slotCount(new QSpinBox)
    , m_threads(new QSpinBox)
    , m_gpuLayers(new QSpinBox)
    , m_port(new QSpinBox)
    , m_extra(new QLineEdit)
    , m_restart(new QCheckBox(tr("Start it &again when it crashes")))
    , m_problem(new ToneLabel(Tone::Bad))
    , m_start(new QPushButton(tr("&Start")))
{
    setWindowTitle(tr("Start a server"));
    createFields();
    fillEngines();
    fillModels();
    connect(&m_engine.catalog(), &EngineCatalog::changed, this, &StartServerDialog::fillEngines);
    connect(&m_engine.library(), &ModelLibrary::modelsChanged, this, &StartServerDialog::fillModels);
    connect(&m_engine.library(), &ModelLibrary::fileRead, this, [this] { m_pause.start(); });

    m_problem->setWordWrap(true);
    auto *buttons = new QDialogButtonBox;
    buttons->addButton(m_start, QDialogButtonBox::ActionRole);
    buttons->addButton(QDialogButtonBox::Cancel);
    m_start->setDefault(true);
    connect(m_start, &QPushButton::clicked, this, &StartServerDialog::start);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    qobject_cast<QVBoxLayout *>(layout())->addWidget(m_problem);
    qobject_cast<QVBoxLayout *>(layout())->addStretch();
    qobject_cast<QVBoxLayout *>(layout())->addWidget(buttons);

    m_pause.setSingleShot(true);
    m_pause.setInterval(typingPause);
    connect(&m_pause, &QTimer::timeout, this, &StartServerDialog::check);
    const auto later = [this] { m_pause.start(); };
    connect(m_model, &QComboBox::editTextChanged, this, later);
    connect(m_engineChoice, &QComboBox::currentIndexChanged, this, later);
    connect(m_extra, &QLineEdit::textChanged, this, later);
    for (QSpinBox *field : {m_context, m_slotCount, m_threads, m_gpuLayers, m_port})
        connect(field, &QSpinBox::valueChanged, this, later);
    resize(fontMetrics().averageCharWidth() * 84, sizeHint().height());
}

void StartServerDialog::createFields()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(18, 16, 18, 16);
    column->setSpacing(12);
    auto *intro =
        new ToneLabel(Tone::Muted,
                      tr("The model stays loaded, and prompts are answered without loading it again. The server "
                         "listens on this machine only and asks for a key that is made anew at each start."));
    intro->setWordWrap(true);
    column->addWidget(intro);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(4);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    column->addLayout(form);

    m_model->setEditable(true);
    m_model->setInsertPolicy(QComboBox::NoInsert);
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_model->setMinimumContentsLength(40);
    m_model->lineEdit()->setPlaceholderText(tr("a model file (GGUF)"));
    auto *modelRow = new QWidget;
    auto *row = new QHBoxLayout(modelRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    auto *browse = new QToolButton;
    browse->setIcon(Icons::get(u"folder"_s));
    browse->setToolTip(tr("Choose a model file"));
    browse->setAccessibleName(tr("Choose a model file"));
    connect(browse, &QToolButton::clicked, this, &StartServerDialog::chooseFile);
    row->addWidget(m_model, 1);
    row->addWidget(browse);
    addField(form, u"model"_s, tr("&Model"), modelRow, m_model);
    m_engineChoice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    addField(form, u"binary"_s, tr("&Engine"), m_engineChoice);

    const ServerSettings defaults;
    // Zero can be typed where it is wrong: then the runtime's own message says why.
    m_context->setRange(0, 1'048'576);
    m_context->setSingleStep(1024);
    m_context->setGroupSeparatorShown(true);
    m_context->setValue(defaults.request.ctxSize);
    m_context->setSuffix(tr(" tokens"));
    m_context->setToolTip(tr("Of all slots together: each has its part of it"));
    addField(form, u"ctx_size"_s, tr("&Context"), m_context);
    m_slotCount->setRange(0, 1024);
    m_slotCount->setValue(defaults.request.slotCount.value_or(1));
    m_slotCount->setToolTip(tr("Requests that are answered at the same time; further ones wait"));
    addField(form, u"slots"_s, tr("S&lots"), m_slotCount);
    m_threads->setRange(0, 4096);
    m_threads->setSpecialValueText(tr("automatic (%1)").arg(m_engine.runtime().automaticThreads()));
    addField(form, u"threads"_s, tr("&Threads"), m_threads);
    m_gpuLayers->setRange(-1, 10'000);
    m_gpuLayers->setValue(-1);
    m_gpuLayers->setSpecialValueText(tr("automatic"));
    addField(form, u"gpu_layers"_s, tr("&GPU layers"), m_gpuLayers);
    m_port->setRange(0, 65'535);
    m_port->setSpecialValueText(tr("a free one"));
    addField(form, u"port"_s, tr("&Port"), m_port);
    m_extra->setPlaceholderText(tr("none"));
    m_extra->setToolTip(tr("Passed on to llama-server after all others"));
    addField(form, u"extra"_s, tr("E&xtra arguments"), m_extra);
    form->addRow(QString(), m_restart);
}

// The message of a field stands below it, in its column.
void StartServerDialog::addField(QFormLayout *form, const QString &field, const QString &label, QWidget *widget,
                                 QWidget *buddy)
{
    QWidget *target = buddy ? buddy : widget;
    auto *caption = new QLabel(label);
    caption->setBuddy(target);
    target->setAccessibleName(QString(label).remove(u'&'));
    form->addRow(caption, widget);
    auto *message = new ToneLabel(Tone::Bad);
    message->setWordWrap(true);
    message->setTextFormat(Qt::PlainText);
    message->setObjectName(field);
    message->hide();
    form->addRow(QString(), message);
    m_messages.insert(field, message);
}

void StartServerDialog::fillEngines()
{
    const QString chosen =
        m_engineChoice->count() > 0 ? m_engineChoice->currentData().toString() : m_engine.buildFolder();
    m_engineChoice->clear();
    for (const Engine &engine : m_engine.catalog().engines()) {
        m_engineChoice->addItem(Icons::get(u"engine"_s),
                                engine.hasServer() ? engine.name : tr("%1 (has no llama-server)").arg(engine.name),
                                engine.folder);
        m_engineChoice->setItemData(m_engineChoice->count() - 1, engine.folder, Qt::ToolTipRole);
    }
    m_engineChoice->setCurrentIndex(std::max(0, m_engineChoice->findData(engineFolder(chosen))));
}

void StartServerDialog::fillModels()
{
    const QString text = m_model->currentText();
    m_model->clear();
    for (const ModelEntry &model : m_engine.library().models()) {
        if (model.isUsable())
            m_model->addItem(Icons::get(u"model"_s), model.path);
    }
    if (text.isEmpty())
        m_model->setCurrentIndex(m_model->count() == 1 ? 0 : -1);
    else
        m_model->setEditText(text);
}

void StartServerDialog::setModel(const QString &path)
{
    m_model->setEditText(path);
    check();
}

ServerSettings StartServerDialog::serverSettings() const
{
    ServerSettings settings;
    settings.request.model = m_model->currentText().trimmed();
    settings.request.ctxSize = m_context->value();
    const auto model = m_engine.library().findOrRead(settings.request.model);
    settings.request.batchSize = automaticBatchSize(model ? model->header : std::nullopt);
    if (m_threads->value() > 0)
        settings.request.threads = m_threads->value();
    if (m_gpuLayers->value() >= 0)
        settings.request.gpuLayers = m_gpuLayers->value();
    settings.request.extraArguments = QProcess::splitCommand(m_extra->text());
    settings.buildDir = m_engineChoice->currentData().toString();
    if (settings.buildDir.isEmpty())
        settings.buildDir = m_engine.buildFolder();
    settings.request.slotCount = m_slotCount->value();
    if (m_port->value() > 0)
        settings.port = quint16(m_port->value());
    settings.restartOnCrash = m_restart->isChecked();
    return settings;
}

// Of a model that is in no folder of the library its header is read meanwhile, and this asked again.
QList<ConfigurationIssue> StartServerDialog::warningsOfModel(const ServerSettings &settings) const
{
    const auto model = m_engine.library().findOrRead(settings.request.model);
    if (!model)
        return {};
    const auto engine = m_engine.catalog().find(settings.buildDir);
    const qint64 tokens = settings.request.ctxSize;
    return modelWarnings(*model, tokens / std::max(1, m_slotCount->value()), tokens,
                         engine ? engine->family : EngineFamily::Unknown, availableMemory());
}

bool StartServerDialog::check()
{
    m_pause.stop();
    const ServerSettings settings = serverSettings();
    const ServerCheck result = m_servers.check(settings);
    tell(result.error, result.warnings + warningsOfModel(settings));
    return !result.error;
}

void StartServerDialog::tell(const std::optional<ConfigurationIssue> &error, const QList<ConfigurationIssue> &warnings)
{
    QHash<QString, std::pair<Tone, QString>> told;
    for (const ConfigurationIssue &warning : warnings) {
        auto &[tone, text] = told[warning.field];
        tone = Tone::Warning;
        text += (text.isEmpty() ? QString() : u"\n"_s) + warning.message;
    }
    if (error)
        told[error->field] = {Tone::Bad, error->message};
    for (auto message = m_messages.cbegin(); message != m_messages.cend(); ++message) {
        const auto [tone, text] = told.take(message.key());
        (*message)->setTone(text.isEmpty() ? Tone::Plain : tone);
        (*message)->setText(text);
        (*message)->setVisible(!text.isEmpty());
    }
    QStringList rest;
    Tone worst = Tone::Warning;
    for (const auto &[tone, text] : std::as_const(told)) {
        rest += text;
        if (tone == Tone::Bad)
            worst = Tone::Bad;
    }
    m_problem->setTone(worst);
    m_problem->setText(rest.join(u'\n'));
    m_problem->setVisible(!rest.isEmpty());
    // What is told wraps, and must not be cut.
    layout()->activate();
    if (const int needed = layout()->totalHeightForWidth(width()); needed > height())
        resize(width(), needed);
}

QString StartServerDialog::message(const QString &field) const
{
    const ToneLabel *label = m_messages.value(field, m_problem);
    return label->text();
}

void StartServerDialog::chooseFile()
{
    auto *dialog = new QFileDialog(this, tr("Choose a model"), QFileInfo(m_model->currentText()).path(),
                                   tr("Models (*.gguf);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &StartServerDialog::setModel);
    dialog->open();
}

void StartServerDialog::start()
{
    if (!check())
        return;
    ConfigurationIssue issue;
    const ServerSession *session = m_servers.start(serverSettings(), &issue);
    if (!session) {
        tell(issue, {});
        return;
    }
    Q_EMIT started(session->name());
    accept();
}

} // namespace BitNet
