// SPDX-License-Identifier: MIT
#include "ui/prompt/comparebar.h"

#include "ui/engine/enginecontext.h"
#include "ui/prompt/modelpicker.h"
#include "ui/prompt/presetbox.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLineEdit>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

CompareBar::CompareBar(EngineContext &engine, PresetStore &presets, QWidget *parent)
    : QFrame(parent)
    , m_engine(engine)
    , m_presets(presets)
    , m_model(new ModelPicker)
    , m_preset(new QComboBox)
    , m_engineChoice(new QComboBox)
    , m_problem(new ToneLabel(Tone::Bad))
{
    m_model->lineEdit()->setPlaceholderText(tr("the same model"));
    m_model->setAccessibleName(tr("Model to compare with"));
    m_preset->setAccessibleName(tr("Preset to compare with"));
    m_engineChoice->setAccessibleName(tr("Engine to compare with"));
    m_engineChoice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_engineChoice->setMinimumContentsLength(14);
    auto *close = new QToolButton;
    close->setIcon(Icons::get(u"close"_s));
    close->setAutoRaise(true);
    close->setToolTip(tr("Stop comparing; both answers stay in the conversation"));
    close->setAccessibleName(tr("Stop comparing"));
    connect(close, &QToolButton::clicked, this, &CompareBar::closed);
    auto *label = new ToneLabel(Tone::Muted, tr("Compare with"));
    label->setToolTip(
        tr("Each prompt is answered twice, side by side. Both answers stay in the conversation as branches "
           "of the same prompt; the next prompt goes on from the left one unless you choose."));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 2, 12, 8);
    column->setSpacing(4);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(label);
    row->addWidget(m_model, 3);
    row->addWidget(m_engineChoice, 2);
    row->addWidget(m_preset, 1);
    row->addWidget(close);
    column->addLayout(row);
    m_problem->setWordWrap(true);
    m_problem->hide();
    column->addWidget(m_problem);
    connect(&m_presets, &PresetStore::changed, this, &CompareBar::fill);
    connect(&m_engine.catalog(), &EngineCatalog::changed, this, &CompareBar::fill);
    connect(m_model, &ModelPicker::pathChanged, this, [this] { showProblem({}); });
    fill();
}

void CompareBar::fill()
{
    const auto refill = [](QComboBox *box, const QString &same, const auto &addItems) {
        const QVariant chosen = box->currentData();
        box->clear();
        box->addItem(same, QString());
        addItems();
        box->setCurrentIndex(std::max(box->findData(chosen), 0));
    };
    refill(m_preset, tr("the same settings"), [this] {
        for (const PromptPreset &preset : m_presets.presets())
            m_preset->addItem(preset.name, preset.id);
    });
    refill(m_engineChoice, tr("the same engine"), [this] {
        for (const Engine &engine : m_engine.catalog().engines()) {
            if (engine.isThere())
                m_engineChoice->addItem(engine.name, engine.folder);
        }
    });
}

PromptQuestion CompareBar::applied(PromptQuestion question) const
{
    if (const auto preset = m_presets.preset(m_preset->currentData().toString())) {
        question.settings = PresetBox::applied(*preset, question.settings);
        question.preset = preset->name;
        if (const QString &engine = preset->settings.engine; !preset->builtIn && !engine.isEmpty()) {
            for (const Engine &known : m_engine.catalog().engines()) {
                if (known.name == engine)
                    question.engineFolder = known.folder;
            }
        }
    }
    if (!m_model->path().isEmpty())
        question.settings.model = m_model->path();
    if (const QString folder = m_engineChoice->currentData().toString(); !folder.isEmpty()) {
        question.engineFolder = folder;
        question.settings.engine = m_engineChoice->currentText();
    }
    return question;
}

void CompareBar::showProblem(const QString &text)
{
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

QString CompareBar::problem() const
{
    return m_problem->text();
}

} // namespace BitNet
