// SPDX-License-Identifier: MIT
#include "ui/engine/enginesview.h"

#include "ui/engine/enginecard.h"
#include "ui/engine/enginecontext.h"
#include "ui/engine/healthview.h"
#include "ui/style/emptystate.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QPushButton>
#include <QScrollArea>

namespace BitNet {

using namespace Qt::StringLiterals;

EnginesView::EnginesView(EngineContext &engine, const QString &outputFolder, QWidget *parent)
    : QWidget(parent)
    , m_engine(engine)
    , m_outputRoot(QFileInfo(outputFolder).path())
    , m_choose(new QAction(Icons::get(u"folder"_s), tr("Choose Build Folder…"), this))
    , m_replay(new QAction(Icons::get(u"sample"_s), tr("Use the Replay Engine"), this))
    , m_refresh(new QAction(Icons::get(u"refresh"_s), tr("Check Again"), this))
    , m_head(new QWidget)
    , m_note(new ToneLabel(Tone::Muted))
    , m_healthTitle(new ToneLabel(Tone::Plain))
    , m_empty(
          new EmptyState(u"engine"_s, tr("No engine found"),
                         tr("Build BitNet or llama.cpp and choose its build folder, or use the replay engine to try "
                            "everything with recorded runs.")))
    , m_list(new QVBoxLayout)
    , m_health(new HealthView)
{
    m_choose->setToolTip(tr("Choose the folder that holds bin/llama-cli"));
    m_replay->setToolTip(tr("Answers with recorded runs of real engines: for trying everything without a model"));
    m_replay->setVisible(!EngineContext::replayFolder().isEmpty());
    m_refresh->setShortcut(QKeySequence::Refresh);
    m_refresh->setToolTip(tr("Look at the engines and the machine again (F5)"));
    m_refresh->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(m_refresh);
    connect(m_choose, &QAction::triggered, this, &EnginesView::chooseFolder);
    connect(m_replay, &QAction::triggered, this, [this] { m_engine.chooseBuildFolder(EngineContext::replayFolder()); });
    connect(m_refresh, &QAction::triggered, this, &EnginesView::refresh);
    m_empty->addAction(m_choose);
    if (m_replay->isVisible())
        m_empty->addAction(m_replay);
    m_empty->addAction(m_refresh);

    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(24, 16, 24, 24);
    column->setSpacing(12);
    column->addWidget(makeHead());
    m_list->setSpacing(12);
    column->addLayout(m_list);
    column->addWidget(m_empty);
    m_healthTitle->setScale(1.0, QFont::DemiBold);
    column->addSpacing(6);
    column->addWidget(m_healthTitle);
    column->addWidget(m_health);
    column->addStretch();
    content->setMaximumWidth(1100);

    auto *scroll = new QScrollArea;
    scroll->setAccessibleName(tr("Engines"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setBackgroundRole(QPalette::Base);
    scroll->setWidget(content);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(scroll);

    connect(&m_engine.catalog(), &EngineCatalog::changed, this, &EnginesView::display);
    connect(&m_engine, &EngineContext::changed, this, [this] {
        display();
        if (isVisible())
            lookAtHealth();
    });
    display();
}

QWidget *EnginesView::makeHead()
{
    auto *row = new QHBoxLayout(m_head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_note->setWordWrap(true);
    row->addWidget(m_note, 1);
    for (QAction *action : {m_choose, m_replay, m_refresh}) {
        auto *button = new QPushButton(action->icon(), action->text());
        button->setToolTip(action->toolTip());
        button->setVisible(action->isVisible());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        row->addWidget(button);
    }
    return m_head;
}

QList<EngineCard *> EnginesView::cards() const
{
    QList<EngineCard *> cards;
    for (int i = 0; i < m_list->count(); ++i) {
        if (auto *card = qobject_cast<EngineCard *>(m_list->itemAt(i)->widget()))
            cards += card;
    }
    return cards;
}

void EnginesView::display()
{
    const auto chosen = m_engine.defaultEngine();
    if (m_engine.isReplay()) {
        m_note->setTone(Tone::Warning);
        m_note->setText(tr("This is the replay engine: it plays recorded runs of real engines and reads no model. "
                           "Its answers are not an answer to what you ask."));
    } else if (m_engine.hasEngine()) {
        m_note->setTone(Tone::Muted);
        m_note->setText(tr("Prompts and servers use %1 unless another engine is named.")
                            .arg(chosen ? chosen->name : m_engine.buildFolder()));
    } else {
        m_note->setTone(Tone::Bad);
        m_note->setText(
            tr("No llama-cli was found here. Build BitNet or llama.cpp and choose its build folder, or use the "
               "replay engine to try everything with recorded runs."));
    }

    const QList<Engine> &engines = m_engine.catalog().engines();
    const bool hadFocus = isAncestorOf(focusWidget());
    while (QLayoutItem *item = m_list->takeAt(0)) {
        // It may be one of its own buttons that brought us here.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (const Engine &engine : engines) {
        auto *card = new EngineCard(engine, chosen && chosen->folder == engine.folder);
        connect(card, &EngineCard::defaultRequested, &m_engine, &EngineContext::chooseBuildFolder);
        connect(card, &EngineCard::renameRequested, this, &EnginesView::rename);
        connect(card, &EngineCard::removeRequested, this, &EnginesView::remove);
        m_list->addWidget(card);
    }
    if (hadFocus && isVisible())
        setFocus();
    // Where there is no engine, what is to be done stands in the middle of the page, and once.
    m_empty->setVisible(engines.isEmpty());
    m_head->setVisible(!engines.isEmpty());
    m_healthTitle->setText(engines.isEmpty() ? tr("Health of this machine")
                                             : tr("Health of the default engine and this machine"));
    m_health->setEngineShown(!engines.isEmpty());
}

void EnginesView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

// The cards' signs are drawn in the colours of the moment.
void EnginesView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        display();
}

void EnginesView::refresh()
{
    m_engine.look();
    lookAtHealth();
}

void EnginesView::lookAtHealth()
{
    m_health->look(m_engine.runtime(), m_outputRoot);
}

void EnginesView::chooseFolder()
{
    auto *dialog = new QFileDialog(window(), tr("Build folder of the engine"), m_engine.buildFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &EnginesView::takeFolder);
    dialog->open();
}

// The first engine becomes the default one; a further one stands beside it.
void EnginesView::takeFolder(const QString &folder)
{
    if (m_engine.hasEngine() && !m_engine.isReplay())
        m_engine.addEngine(folder);
    else
        m_engine.chooseBuildFolder(folder);
}

void EnginesView::rename(const QString &folder)
{
    const auto engine = m_engine.catalog().find(folder);
    if (!engine)
        return;
    auto *dialog = new QInputDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename the engine"));
    dialog->setLabelText(tr("Name of the engine in %1 (empty: after what it is)").arg(folder));
    dialog->setTextValue(engine->name);
    connect(dialog, &QInputDialog::textValueSelected, this, [this, folder, before = engine->name](const QString &name) {
        // A name after what it is stays one.
        if (name.trimmed() != before)
            m_engine.renameEngine(folder, name);
    });
    dialog->open();
}

void EnginesView::remove(const QString &folder)
{
    m_engine.removeEngine(folder);
}

} // namespace BitNet
