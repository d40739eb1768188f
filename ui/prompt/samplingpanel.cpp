// SPDX-License-Identifier: MIT
#include "ui/prompt/samplingpanel.h"

#include "core/runtime/bitnetruntime.h"
#include "ui/jobs/commandline.h"
#include "ui/style/durationedit.h"
#include "ui/style/tonelabel.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QStyle>
#include <QVBoxLayout>

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int largestCount = 10'000'000;
static constexpr double largestSeed = 4'294'967'295.0; // the engines keep 32 bits

static QSpinBox *countBox(int lowest, const QString &special = {})
{
    auto *box = new QSpinBox;
    box->setRange(lowest, largestCount);
    box->setSpecialValueText(special);
    box->setGroupSeparatorShown(true);
    return box;
}

// Values that the engine refuses can be typed: then the runtime's own message says why.
SamplingPanel::SamplingPanel(int automaticThreads, QWidget *parent)
    : QScrollArea(parent)
    , m_systemPrompt(new QPlainTextEdit)
    , m_nPredict(countBox(0))
    , m_temperature(new QDoubleSpinBox)
    , m_topK(new OptionalInt(0, 100'000, 1, 40, tr("engine's default")))
    , m_topP(new OptionalReal(0, 2, 0.05, 0.95, tr("engine's default")))
    , m_minP(new OptionalReal(0, 2, 0.05, 0.05, tr("engine's default")))
    , m_repeatPenalty(new OptionalReal(0, 10, 0.05, 1.1, tr("engine's default")))
    , m_seed(new QDoubleSpinBox)
    , m_withHistory(new QCheckBox(tr("Earlier turns go &along")))
    , m_ctxSize(countBox(0))
    , m_batchSize(countBox(-1, tr("automatic")))
    , m_threads(countBox(-1, tr("automatic")))
    , m_gpuLayers(countBox(-1, tr("automatic")))
    , m_extra(new QLineEdit)
    , m_timeout(new DurationEdit)
    , m_deadline(new DurationEdit)
    , m_engineNote(new ToneLabel(Tone::Muted))
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Sampling settings and limits"));
    auto *content = new QWidget;
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins({});
    m_form = new QFormLayout;
    column->addLayout(m_form);
    column->addStretch(1);
    m_form->setContentsMargins(16, 12, 16, 16);
    m_form->setHorizontalSpacing(14);
    m_form->setVerticalSpacing(8);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);

    addHeading(tr("System prompt"));
    m_systemPrompt->setPlaceholderText(tr("none: how the model is to answer"));
    m_systemPrompt->setTabChangesFocus(true);
    m_systemPrompt->document()->setDocumentMargin(6);
    m_systemPrompt->setFixedHeight(fontMetrics().lineSpacing() * 4 + 16);
    addField(u"system_prompt"_s, {}, m_systemPrompt, tr("Said before everything else in this conversation"));
    m_systemPrompt->setAccessibleName(tr("System prompt"));

    addHeading(tr("Sampling"));
    addField(u"n_predict"_s, tr("Tokens to &generate"), m_nPredict, tr("Longest answer, in tokens: 1 or more"));
    m_temperature->setRange(0, 10);
    m_temperature->setSingleStep(0.1);
    addField(u"temperature"_s, tr("&Temperature"), m_temperature, tr("Above 0; higher is more surprising"));
    addField(u"top_k"_s, tr("Top-&k"), m_topK, tr("Choose among so many likeliest tokens; 0: among all"));
    addField(u"top_p"_s, tr("Top-&p"), m_topP,
             tr("Choose among the likeliest tokens that have this probability together, above 0 to 1"));
    addField(u"min_p"_s, tr("Min-p"), m_minP,
             tr("Leave out tokens below this part of the likeliest one's probability, 0 to 1"));
    addField(u"repeat_penalty"_s, tr("Repeat pena&lty"), m_repeatPenalty,
             tr("Above 0; 1 does not punish what was said already"));
    m_seed->setDecimals(0);
    m_seed->setRange(-1, largestSeed);
    m_seed->setSpecialValueText(tr("random"));
    addField(u"seed"_s, tr("S&eed"), m_seed, tr("The same seed and settings give the same answer again"));
    m_withHistory->setToolTip(
        tr("llama-cli only goes on with a text. On: it is given the earlier turns as a transcript (“User: …”, "
           "“Assistant: …”). Off: only the last prompt. A session always knows the whole conversation."));
    m_form->addRow(m_withHistory);
    connect(m_withHistory, &QCheckBox::toggled, this, [this] {
        if (!m_isSettingValues)
            Q_EMIT edited();
    });

    addHeading(tr("Engine"));
    m_engineNote->setWordWrap(true);
    m_engineNote->setText(tr("Used when the model is loaded: to change them loads it again."));
    m_form->addRow(m_engineNote);
    addField(u"ctx_size"_s, tr("&Context size"), m_ctxSize, tr("Tokens of prompts and answers together, 1 or more"));
    addField(
        u"batch_size"_s, tr("&Batch size"), m_batchSize,
        tr("Prompt tokens evaluated at a time, 1 or more. Automatic: 128, or 1 for weights of look-up tables (TL1, "
           "TL2)"));
    addField(u"threads"_s, tr("T&hreads"), m_threads, tr("Automatic: %n here", nullptr, automaticThreads));
    addField(u"gpu_layers"_s, tr("GP&U layers"), m_gpuLayers, tr("How much of the model the GPU computes"));
    m_extra->setPlaceholderText(tr("none"));
    addField(u"extra"_s, tr("E&xtra arguments"), m_extra, tr("Passed on to the engine after all others"));

    addHeading(tr("Limits"));
    addField(u"timeout"_s, tr("Run-time l&imit"), m_timeout, m_timeout->toolTip());
    addField(u"deadline"_s, tr("&Deadline"), m_deadline, m_deadline->toolTip());
    setWidget(content);
    setSettings({});
}

// As wide as its rows are: nothing of a field is cut.
QSize SamplingPanel::minimumSizeHint() const
{
    const int padding = 12; // of a number's field, which its hint leaves out
    return {widget()->sizeHint().width() + padding + style()->pixelMetric(QStyle::PM_ScrollBarExtent),
            QScrollArea::minimumSizeHint().height()};
}

void SamplingPanel::addHeading(const QString &text)
{
    auto *label = new ToneLabel(Tone::Plain, text);
    label->setScale(1.0, QFont::DemiBold);
    label->setContentsMargins(0, m_form->rowCount() > 0 ? 8 : 0, 0, 0);
    m_form->addRow(label);
}

void SamplingPanel::addField(const QString &field, const QString &label, QWidget *editor, const QString &toolTip)
{
    editor->setToolTip(toolTip);
    QString plain = label;
    editor->setAccessibleName(plain.remove(u'&'));
    editor->setAccessibleDescription(toolTip);
    if (label.isEmpty()) {
        m_form->addRow(editor);
    } else {
        auto *caption = new QLabel(label);
        caption->setBuddy(editor);
        // The underlined letter is not kerned, so that the text is wider than the label believes.
        caption->setMinimumWidth(caption->sizeHint().width() + 4);
        m_form->addRow(caption, editor);
    }
    m_form->addRow(m_problems.add(field));
    const auto changed = [this, field] {
        m_problems.clear(field);
        if (!m_isSettingValues)
            Q_EMIT edited();
    };
    if (auto *box = qobject_cast<QSpinBox *>(editor))
        connect(box, &QSpinBox::valueChanged, this, changed);
    else if (auto *real = qobject_cast<QDoubleSpinBox *>(editor))
        connect(real, &QDoubleSpinBox::valueChanged, this, changed);
    else if (auto *line = qobject_cast<QLineEdit *>(editor))
        connect(line, &QLineEdit::textChanged, this, changed);
    else if (auto *text = qobject_cast<QPlainTextEdit *>(editor))
        connect(text, &QPlainTextEdit::textChanged, this, changed);
}

void SamplingPanel::setSettings(const PromptSettings &settings)
{
    m_isSettingValues = true;
    // A text that is there already keeps its cursor.
    if (m_systemPrompt->toPlainText() != settings.systemPrompt)
        m_systemPrompt->setPlainText(settings.systemPrompt);
    m_nPredict->setValue(settings.nPredict);
    m_temperature->setValue(settings.temperature);
    m_topK->setOptional(settings.sampling.topK);
    m_topP->setOptional(settings.sampling.topP);
    m_minP->setOptional(settings.sampling.minP);
    m_repeatPenalty->setOptional(settings.sampling.repeatPenalty);
    m_seed->setValue(settings.sampling.seed ? double(*settings.sampling.seed) : -1);
    m_ctxSize->setValue(settings.ctxSize);
    m_batchSize->setValue(settings.batchSize.value_or(-1));
    m_threads->setValue(settings.threads.value_or(-1));
    m_gpuLayers->setValue(settings.gpuLayers.value_or(-1));
    if (CommandLine::parse(m_extra->text()).arguments != settings.extraArguments)
        m_extra->setText(displayCommand(settings.extraArguments));
    m_isSettingValues = false;
}

PromptSettings SamplingPanel::settings(PromptSettings base) const
{
    base.systemPrompt = m_systemPrompt->toPlainText();
    base.nPredict = m_nPredict->value();
    base.temperature = m_temperature->value();
    base.sampling = {.topK = m_topK->optional(),
                     .topP = m_topP->optional(),
                     .minP = m_minP->optional(),
                     .repeatPenalty = m_repeatPenalty->optional(),
                     .seed = m_seed->value() < 0 ? std::nullopt : std::optional(qint64(std::llround(m_seed->value())))};
    base.ctxSize = m_ctxSize->value();
    base.batchSize = m_batchSize->value() < 0 ? std::nullopt : std::optional(m_batchSize->value());
    base.threads = m_threads->value() < 0 ? std::nullopt : std::optional(m_threads->value());
    base.gpuLayers = m_gpuLayers->value() < 0 ? std::nullopt : std::optional(m_gpuLayers->value());
    base.extraArguments = CommandLine::parse(m_extra->text()).arguments;
    return base;
}

void SamplingPanel::setLimits(const JobLimits &limits)
{
    m_isSettingValues = true;
    m_timeout->setDuration(limits.timeout);
    m_deadline->setDuration(limits.deadline);
    m_isSettingValues = false;
}

JobLimits SamplingPanel::limits(JobLimits base) const
{
    base.timeout = m_timeout->duration();
    base.deadline = m_deadline->duration();
    return base;
}

bool SamplingPanel::withHistory() const
{
    return m_withHistory->isChecked();
}

void SamplingPanel::setWithHistory(bool on)
{
    m_isSettingValues = true;
    m_withHistory->setChecked(on);
    m_isSettingValues = false;
}

void SamplingPanel::setSession(bool isSession)
{
    m_withHistory->setVisible(!isSession);
    m_engineNote->setVisible(isSession);
}

QList<ConfigurationIssue> SamplingPanel::unreadable() const
{
    QList<ConfigurationIssue> issues;
    for (const auto &[field, edit] : {std::pair(u"timeout"_s, m_timeout), std::pair(u"deadline"_s, m_deadline)}) {
        if (!edit->problem().isEmpty())
            issues.append({field, edit->problem()});
    }
    if (const QString wrong = CommandLine::parse(m_extra->text()).error; !wrong.isEmpty())
        issues.append({u"extra"_s, wrong});
    return issues;
}

void SamplingPanel::reveal(const QString &field)
{
    if (ToneLabel *label = m_problems.label(field))
        ensureWidgetVisible(label, 20, 40);
}

} // namespace BitNet
