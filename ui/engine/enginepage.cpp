// SPDX-License-Identifier: MIT
#include "ui/engine/enginepage.h"

#include "ui/engine/enginecontext.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QFileDialog>
#include <QFrame>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QtConcurrent>

namespace BitNet {

using namespace Qt::StringLiterals;

EnginePage::EnginePage(EngineContext &engine, QWidget *parent)
    : QWidget(parent)
    , m_engine(engine)
    , m_choose(new QAction(Icons::get(u"folder"_s), tr("Choose Build Folder…"), this))
    , m_replay(new QAction(Icons::get(u"sample"_s), tr("Use the Replay Engine"), this))
    , m_refresh(new QAction(Icons::get(u"refresh"_s), tr("Check Again"), this))
    , m_folder(new QLineEdit)
    , m_note(new ToneLabel(Tone::Muted))
    , m_list(new QVBoxLayout)
{
    m_choose->setToolTip(tr("Choose the folder that holds bin/llama-cli"));
    m_replay->setToolTip(tr("Answers with recorded runs of real engines: for trying everything without a model"));
    m_replay->setVisible(!EngineContext::replayFolder().isEmpty());
    m_refresh->setShortcut(QKeySequence::Refresh);
    m_refresh->setToolTip(tr("Look at the engine and the machine again (F5)"));
    m_refresh->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(m_refresh);
    connect(m_choose, &QAction::triggered, this, &EnginePage::chooseFolder);
    connect(m_replay, &QAction::triggered, this, [this] { m_engine.chooseBuildFolder(EngineContext::replayFolder()); });
    connect(m_refresh, &QAction::triggered, this, &EnginePage::refresh);
    connect(&m_engine, &EngineContext::changed, this, &EnginePage::followEngine);

    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(24, 18, 24, 24);
    column->setSpacing(14);
    auto *title = new ToneLabel(Tone::Plain, tr("Engine"));
    title->setScale(1.25, QFont::DemiBold);
    column->addWidget(title);
    column->addWidget(makeFolderPart());
    auto *heading = new ToneLabel(Tone::Plain, tr("Health"));
    heading->setScale(1.0, QFont::DemiBold);
    column->addSpacing(6);
    column->addWidget(heading);
    m_list->setSpacing(0);
    column->addLayout(m_list);
    column->addStretch();
    content->setMaximumWidth(1100);

    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setBackgroundRole(QPalette::Base);
    scroll->setWidget(content);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(scroll);
    followEngine();
}

QWidget *EnginePage::makeFolderPart()
{
    auto *part = new QWidget;
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto *label = new QLabel(tr("&Build folder"));
    label->setBuddy(m_folder);
    m_folder->setAccessibleName(tr("Build folder of the engine"));
    m_folder->setPlaceholderText(tr("the folder that holds bin/llama-cli"));
    connect(m_folder, &QLineEdit::editingFinished, this, [this] {
        if (m_folder->text().trimmed() != m_engine.buildFolder() && !m_folder->text().trimmed().isEmpty())
            m_engine.chooseBuildFolder(m_folder->text().trimmed());
    });
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_folder, 1);
    for (QAction *action : {m_choose, m_replay, m_refresh}) {
        auto *button = new QPushButton(action->icon(), action->text());
        button->setToolTip(action->toolTip());
        button->setVisible(action->isVisible());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        row->addWidget(button);
    }
    m_note->setWordWrap(true);
    column->addWidget(label);
    column->addLayout(row);
    column->addWidget(m_note);
    return part;
}

void EnginePage::followEngine()
{
    m_folder->setText(m_engine.buildFolder());
    if (m_engine.isReplay()) {
        m_note->setTone(Tone::Warning);
        m_note->setText(tr("This is the replay engine: it plays recorded runs of real engines and reads no model. "
                           "Its answers are not an answer to what you ask."));
    } else if (m_engine.hasEngine()) {
        m_note->setTone(Tone::Good);
        m_note->setText(tr("An engine was found here."));
    } else {
        m_note->setTone(Tone::Bad);
        m_note->setText(
            tr("No llama-cli was found here. Build BitNet or llama.cpp and choose its build folder, or use the "
               "replay engine to try everything with recorded runs."));
    }
    if (isVisible())
        refresh();
}

void EnginePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void EnginePage::refresh()
{
    if (m_looking)
        return;
    m_looking = true;
    m_engine.look();
    QtConcurrent::run([runtime = m_engine.runtime()] {
        return runtime.diagnostics();
    }).then(this, [this](const QList<Diagnostic> &diagnostics) {
        m_looking = false;
        display(diagnostics);
    });
}

QString EnginePage::title(const Diagnostic &diagnostic)
{
    if (diagnostic.name == u"llama_cli"_s)
        return tr("llama-cli, answers prompts");
    if (diagnostic.name == u"llama_server"_s)
        return tr("llama-server, keeps a model loaded");
    if (diagnostic.name == u"model"_s)
        return tr("Model");
    if (diagnostic.name == u"cpu_count"_s)
        return tr("Processors");
    if (diagnostic.name == u"memory"_s)
        return tr("Memory");
    if (diagnostic.name == u"disk"_s)
        return tr("Disk");
    if (diagnostic.name == u"gpu"_s)
        return tr("GPU");
    return diagnostic.name;
}

void EnginePage::display(const QList<Diagnostic> &diagnostics)
{
    while (QLayoutItem *item = m_list->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Diagnostic &diagnostic : diagnostics) {
        const Tone tone = diagnostic.level == Diagnostic::Level::Good ? Tone::Good
            : diagnostic.level == Diagnostic::Level::Warning          ? Tone::Warning
                                                                      : Tone::Bad;
        const QString icon = tone == Tone::Good ? u"state-succeeded"_s
            : tone == Tone::Warning             ? u"warning"_s
                                                : u"state-failed"_s;
        auto *line = new QFrame;
        auto *row = new QHBoxLayout(line);
        row->setContentsMargins(0, 9, 0, 9);
        row->setSpacing(12);
        auto *sign = new QLabel;
        sign->setPixmap(Icons::get(icon, toneColour(tone, palette())).pixmap(QSize(20, 20), devicePixelRatioF()));
        sign->setAccessibleName(tone == Tone::Good          ? tr("In order")
                                    : tone == Tone::Warning ? tr("Warning")
                                                            : tr("Problem"));
        row->addWidget(sign, 0, Qt::AlignTop);
        auto *name = new QLabel(title(diagnostic));
        name->setFixedWidth(fontMetrics().averageCharWidth() * 36);
        row->addWidget(name, 0, Qt::AlignTop);
        auto *texts = new QVBoxLayout;
        texts->setSpacing(3);
        for (const auto &[text, textTone] :
             {std::pair(diagnostic.value, Tone::Plain), std::pair(diagnostic.advice, Tone::Muted)}) {
            if (text.isEmpty())
                continue;
            auto *value = new ToneLabel(textTone, text);
            value->setTextFormat(Qt::PlainText);
            value->setWordWrap(true);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            texts->addWidget(value);
        }
        texts->addStretch();
        row->addLayout(texts, 1);
        m_list->addWidget(line);
        auto *rule = new QFrame;
        rule->setFixedHeight(1);
        rule->setBackgroundRole(QPalette::Mid);
        rule->setAutoFillBackground(true);
        m_list->addWidget(rule);
    }
}

void EnginePage::chooseFolder()
{
    auto *dialog = new QFileDialog(window(), tr("Build folder of the engine"), m_engine.buildFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, &m_engine, &EngineContext::chooseBuildFolder);
    dialog->open();
}

} // namespace BitNet
