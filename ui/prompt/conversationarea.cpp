// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationarea.h"

#include "ui/prompt/conversationfindbar.h"
#include "ui/prompt/conversationview.h"
#include "ui/style/elidedlabel.h"
#include "ui/style/emptystate.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QFileInfo>
#include <QPushButton>
#include <QSplitter>

namespace BitNet {

using namespace Qt::StringLiterals;

ConversationArea::ConversationArea(QWidget *parent)
    : QStackedWidget(parent)
    , m_invitation(new EmptyState(u"prompt"_s, tr("Ask the model"),
                                  tr("Type a prompt below. The answer appears here as it is generated.")))
    , m_noEngine(new EmptyState(u"engine"_s, tr("No engine found"),
                                tr("Choose the build folder of BitNet or llama.cpp, or try everything with the replay "
                                   "engine, which answers with recorded runs.")))
    , m_noModel(new EmptyState(u"model"_s, tr("No model chosen"),
                               tr("Choose a model file (GGUF), or add a folder of models to the library: they are then "
                                  "listed above.")))
    , m_conversation(new QWidget)
{
    auto *sides = new QSplitter(Qt::Horizontal);
    sides->setChildrenCollapsible(false);
    for (Side &side : m_sides) {
        side = makeSide();
        sides->addWidget(side.widget);
    }
    m_sides[1].widget->hide();
    m_findBar = new ConversationFindBar(m_sides[0].view);
    m_findBar->hide();
    auto *column = new QVBoxLayout(m_conversation);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_findBar);
    column->addWidget(sides, 1);
    for (QWidget *page : {static_cast<QWidget *>(m_invitation), static_cast<QWidget *>(m_noEngine),
                          static_cast<QWidget *>(m_noModel), m_conversation})
        addWidget(page);
}

ConversationArea::Side ConversationArea::makeSide()
{
    Side side;
    side.widget = new QWidget;
    side.caption = new QWidget;
    side.name = new ElidedLabel(Tone::Plain);
    side.figures = new ToneLabel(Tone::Muted);
    side.figures->setScale(0.9);
    side.figures->setWordWrap(true);
    side.figures->setAccessibleName(tr("Figures of the answer"));
    side.view = new ConversationView;
    auto *about = new QVBoxLayout(side.caption);
    about->setContentsMargins(24, 8, 24, 6);
    about->setSpacing(4);
    auto *row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(side.name, 1);
    about->addLayout(row);
    about->addWidget(side.figures);
    auto *choose = new QPushButton(tr("Go On with This"));
    choose->setToolTip(tr("Show this answer alone; the next prompt goes on from it. The other stays as a branch."));
    choose->setAccessibleName(choose->text());
    row->addWidget(choose);
    side.caption->hide();
    auto *column = new QVBoxLayout(side.widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(side.caption);
    column->addWidget(side.view, 1);
    const ConversationView *view = side.view;
    connect(view, &ConversationView::regenerateRequested, this, &ConversationArea::regenerateRequested);
    connect(view, &ConversationView::editRequested, this, &ConversationArea::editRequested);
    connect(view, &ConversationView::jobRequested, this, &ConversationArea::jobRequested);
    connect(view, &ConversationView::told, this, &ConversationArea::told);
    connect(choose, &QPushButton::clicked, this, [this, view] {
        const Side &chosenSide = view == m_sides[0].view ? m_sides[0] : m_sides[1];
        Q_EMIT chosen(chosenSide.answer);
    });
    return side;
}

void ConversationArea::setDocument(const std::shared_ptr<ConversationDocument> &document)
{
    if (m_document)
        m_document->disconnect(this);
    compare(noMessage, noMessage);
    if (m_findBar->isVisible())
        m_findBar->dismiss();
    m_document = document;
    m_sides[0].view->setDocument(document);
    if (document) {
        connect(document.get(), &ConversationDocument::branchChanged, this, &ConversationArea::follow);
        connect(document.get(), &ConversationDocument::messageChanged, this, &ConversationArea::followFigures);
    }
    follow();
}

void ConversationArea::setEmpty(Empty empty)
{
    m_empty = empty;
    follow();
}

void ConversationArea::follow()
{
    if (m_document && !m_document->conversation().isEmpty()) {
        setCurrentWidget(m_conversation);
        return;
    }
    switch (m_empty) {
    case Empty::NoEngine:
        setCurrentWidget(m_noEngine);
        break;
    case Empty::NoModel:
        setCurrentWidget(m_noModel);
        break;
    case Empty::Invitation:
        setCurrentWidget(m_invitation);
        break;
    }
}

void ConversationArea::setCanAsk(bool canAsk)
{
    for (const Side &side : m_sides)
        side.view->setCanAsk(canAsk);
}

QString ConversationArea::captionOf(MessageId answer) const
{
    const Message *message = m_document->conversation().message(answer);
    if (!message)
        return {};
    QStringList parts;
    for (const QString &part : {QFileInfo(message->model).completeBaseName(), message->engine, message->preset}) {
        if (!part.isEmpty())
            parts.append(part);
    }
    return parts.join(u" · "_s);
}

void ConversationArea::compare(MessageId left, MessageId right)
{
    const bool both = m_document && left != noMessage && right != noMessage;
    m_sides[0].answer = both ? left : noMessage;
    m_sides[1].answer = both ? right : noMessage;
    m_sides[1].view->setDocument(both ? m_document : nullptr);
    for (const Side &side : m_sides) {
        side.caption->setVisible(both);
        side.name->setText(both ? captionOf(side.answer) : QString());
        side.view->setShownLeaf(side.answer);
    }
    m_sides[1].widget->setVisible(both);
    followFigures();
    if (!both)
        m_findBar->setView(m_sides[0].view);
}

// Below each other in the answers there is little room for them, and they are what one compares.
void ConversationArea::followFigures()
{
    for (const Side &side : m_sides) {
        const Message *answer = m_document ? m_document->conversation().message(side.answer) : nullptr;
        side.figures->setText(answer ? ConversationView::figures(answer->figures) : QString());
    }
}

bool ConversationArea::isComparing() const
{
    return m_sides[1].answer != noMessage;
}

void ConversationArea::openSearch()
{
    if (currentWidget() != m_conversation)
        return;
    if (isComparing())
        m_findBar->setView(m_sides[1].view->hasFocus() ? m_sides[1].view : m_sides[0].view);
    m_findBar->open();
}

void ConversationArea::findNext(bool backwards)
{
    if (currentWidget() == m_conversation)
        m_findBar->goOn(backwards);
}

void ConversationArea::addFirstStep(QAction *action)
{
    m_noEngine->addAction(action);
}

void ConversationArea::addModelStep(QAction *action)
{
    m_noModel->addAction(action);
}

} // namespace BitNet
