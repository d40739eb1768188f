// SPDX-License-Identifier: MIT
#include "ui/prompt/promptheader.h"

#include "ui/engine/enginecontext.h"
#include "ui/prompt/modelpicker.h"
#include "ui/prompt/presetbox.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QActionGroup>
#include <QBoxLayout>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr auto manageEngines = "manage"_L1; // the item that opens the Engine page

static QToolButton *buttonFor(QAction *action)
{
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setIconSize({18, 18});
    button->setAccessibleName(QString(action->text()).remove(u'&'));
    return button;
}

PromptHeader::PromptHeader(EngineContext &engine, PresetStore &presets, QWidget *parent)
    : QWidget(parent)
    , m_engine(engine)
    , m_chooseModel(new QAction(Icons::get(u"folder"_s), tr("Choose Model…"), this))
    , m_oneShot(new QAction(tr("One-shot"), this))
    , m_session(new QAction(tr("Session"), this))
    , m_model(new ModelPicker)
    , m_engineChoice(new QComboBox)
    , m_presets(new PresetBox(presets))
    , m_firstRow(new QHBoxLayout)
    , m_secondRow(new QHBoxLayout)
    , m_replayNote(new ToneLabel(Tone::Warning))
{
    m_chooseModel->setToolTip(tr("Choose a model file"));
    m_oneShot->setToolTip(tr("One-shot: llama-cli is started for each prompt, and loads the model each time"));
    m_session->setToolTip(tr("Session: a llama-server keeps the model loaded, applies its chat template and knows the "
                             "whole conversation. The first prompt starts it; it ends when another model is asked, on "
                             "the Engine page, or with the application."));
    auto *modes = new QActionGroup(this);
    for (QAction *mode : {m_oneShot, m_session}) {
        mode->setCheckable(true);
        modes->addAction(mode);
    }
    m_oneShot->setChecked(true);
    m_engineChoice->setAccessibleName(tr("Engine"));
    m_engineChoice->setToolTip(tr("The engine build that answers"));
    m_engineChoice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_engineChoice->setMinimumContentsLength(16);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 6);
    column->setSpacing(6);
    m_firstRow->setSpacing(8);
    m_secondRow->setSpacing(8);
    const auto addLabel = [](QBoxLayout *row, const QString &text, QWidget *buddy) {
        auto *label = new QLabel(text);
        label->setBuddy(buddy);
        row->addWidget(label);
    };
    addLabel(m_firstRow, tr("&Model"), m_model);
    m_firstRow->addWidget(m_model, 3);
    m_firstRow->addWidget(buttonFor(m_chooseModel));
    addLabel(m_firstRow, tr("E&ngine"), m_engineChoice);
    m_firstRow->addWidget(m_engineChoice, 2);
    auto *switcher = new QHBoxLayout;
    switcher->setSpacing(2);
    for (QAction *mode : {m_oneShot, m_session})
        switcher->addWidget(buttonFor(mode));
    m_secondRow->addLayout(switcher);
    m_secondRow->addSpacing(8);
    addLabel(m_secondRow, tr("P&reset"), m_presets->choice());
    m_secondRow->addWidget(m_presets);
    m_secondRow->addStretch(1);
    column->addLayout(m_firstRow);
    column->addLayout(m_secondRow);
    m_replayNote->setText(tr("Replay engine: it answers with recorded runs and needs no model."));
    column->addWidget(m_replayNote);
    for (const QString &field : {u"model"_s, u"binary"_s, u"port"_s})
        column->addWidget(m_problems.add(field));

    connect(m_chooseModel, &QAction::triggered, this, &PromptHeader::modelFileRequested);
    connect(m_model, &ModelPicker::pathChanged, this, [this] {
        m_problems.clear(u"model"_s);
        Q_EMIT edited();
    });
    connect(m_engineChoice, &QComboBox::activated, this, [this](int index) {
        const QString folder = m_engineChoice->itemData(index).toString();
        if (folder == manageEngines) {
            fillEngines();
            Q_EMIT engineRequested();
            return;
        }
        m_missing.clear();
        const auto chosen = m_engine.catalog().find(folder);
        setEngineName(chosen && index > 0 ? chosen->name : QString());
        Q_EMIT edited();
    });
    connect(modes, &QActionGroup::triggered, this, &PromptHeader::edited);
    const auto follow = [this] {
        const QString name = engineName();
        fillEngines();
        setEngineName(name);
    };
    connect(&m_engine, &EngineContext::changed, this, follow);
    connect(&m_engine.catalog(), &EngineCatalog::changed, this, follow);
    fillEngines();
    setEngineName({});
}

void PromptHeader::addBefore(QAction *action)
{
    m_firstRow->insertWidget(0, buttonFor(action));
}

void PromptHeader::addAfter(QAction *action)
{
    m_secondRow->addWidget(buttonFor(action));
}

// The default engine first; then each by its name; then the way to the page that is about them.
void PromptHeader::fillEngines()
{
    const QString folder = engineFolder();
    const QSignalBlocker blocker(m_engineChoice);
    m_engineChoice->clear();
    const auto byDefault = m_engine.defaultEngine();
    m_engineChoice->addItem(byDefault && m_engine.hasEngine() ? tr("Default (%1)").arg(byDefault->name)
                                                              : tr("Default (none found)"),
                            QString());
    for (const Engine &engine : m_engine.catalog().engines()) {
        if (!engine.isThere())
            continue;
        m_engineChoice->addItem(engine.name, engine.folder);
        m_engineChoice->setItemData(m_engineChoice->count() - 1, engine.folder, Qt::ToolTipRole);
    }
    m_engineChoice->insertSeparator(m_engineChoice->count());
    m_engineChoice->addItem(tr("Manage engines…"), manageEngines);
    const int item = m_engineChoice->findData(folder);
    m_engineChoice->setCurrentIndex(item < 0 ? 0 : item);
    followReplay();
}

QString PromptHeader::engineFolder() const
{
    return m_engineChoice->currentData().toString();
}

QString PromptHeader::engineName() const
{
    if (!m_missing.isEmpty())
        return m_missing;
    return m_engineChoice->currentIndex() > 0 ? m_engineChoice->currentText() : QString();
}

void PromptHeader::setEngineName(const QString &name)
{
    const int item = name.isEmpty() ? 0 : m_engineChoice->findText(name);
    m_missing = item < 0 ? name : QString();
    m_engineChoice->setCurrentIndex(std::max(item, 0));
    followReplay();
}

void PromptHeader::followReplay()
{
    const QString replay = EngineContext::replayFolder();
    const QString folder = engineFolder().isEmpty() ? m_engine.buildFolder() : engineFolder();
    const bool isReplay = !replay.isEmpty() && QDir(folder).canonicalPath() == QDir(replay).canonicalPath();
    m_replayNote->setVisible(isReplay);
    m_model->lineEdit()->setPlaceholderText(isReplay ? tr("recorded runs") : tr("a model file (GGUF)"));
}

PromptMode PromptHeader::mode() const
{
    return m_session->isChecked() ? PromptMode::Session : PromptMode::OneShot;
}

void PromptHeader::setMode(PromptMode mode)
{
    (mode == PromptMode::Session ? m_session : m_oneShot)->setChecked(true);
}

} // namespace BitNet
