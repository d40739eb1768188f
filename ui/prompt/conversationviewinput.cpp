// SPDX-License-Identifier: MIT
// Mouse, keyboard and copies of the ConversationView.
#include "ui/prompt/conversationview.h"

#include "ui/style/icons.h"
#include "ui/style/wording.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QKeyEvent>
#include <QMenu>
#include <QMessageBox>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBoundaryFinder>
#include <QUrl>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qreal zoomStep = 1.1;

QString ConversationView::figures(const MessageFigures &figures)
{
    QStringList parts;
    if (figures.outputTokens)
        parts.append(tr("%n token(s)", nullptr, int(*figures.outputTokens)));
    if (figures.decodeTps)
        parts.append(tr("%1 tokens/s").arg(Wording::rate(figures.decodeTps)));
    if (figures.ttft)
        parts.append(tr("TTFT %1").arg(Wording::duration(figures.ttft)));
    if (figures.latency)
        parts.append(tr("E2E %1").arg(Wording::duration(figures.latency)));
    switch (figures.stopReason) {
    case StopReason::Unknown:
        break;
    case StopReason::EndOfText:
        parts.append(tr("ended by the model"));
        break;
    case StopReason::TokenLimit:
        parts.append(tr("stopped at the token limit"));
        break;
    case StopReason::StopWord:
        parts.append(tr("stopped at a stop word"));
        break;
    }
    return parts.join(u" · "_s);
}

QString ConversationView::selectedText() const
{
    return m_selection.isEmpty() ? QString() : m_layout.text(m_selection.from(), m_selection.to());
}

void ConversationView::tellCopied(const QString &text, const QString &sentence)
{
    QGuiApplication::clipboard()->setText(text);
    Q_EMIT told(sentence);
}

void ConversationView::copy()
{
    if (hasSelection())
        tellCopied(selectedText(), tr("The selection was copied."));
    else if (m_current != noMessage)
        copyMessage(m_current);
}

void ConversationView::copyMessage(MessageId id)
{
    const Message *message = m_document ? m_document->conversation().message(id) : nullptr;
    if (!message)
        return;
    tellCopied(message->text,
               message->role == MessageRole::User ? tr("The prompt was copied.") : tr("The answer was copied."));
}

// A long block was cut into several.
static QString wholeCode(const QList<MarkdownBlock> &blocks, qsizetype &at)
{
    QString code = blocks[at].text;
    while (blocks[at].goesOn && at + 1 < blocks.size() && blocks[at + 1].continued)
        code += u'\n' + blocks[++at].text;
    return code;
}

bool ConversationView::copyCode(MessageId id)
{
    const ConversationLayout::Entry *entry = m_layout.entry(id);
    if (!entry)
        return false;
    QStringList codes;
    for (qsizetype i = 0; i < entry->blocks.size(); ++i) {
        if (entry->blocks[i].kind == MarkdownBlock::Kind::Code)
            codes.append(wholeCode(entry->blocks, i));
    }
    if (codes.isEmpty())
        return false;
    tellCopied(codes.join(u"\n\n"_s), tr("The code was copied."));
    return true;
}

void ConversationView::copyCodeBlock(MessageId id, int block)
{
    const ConversationLayout::Entry *entry = m_layout.entry(id);
    qsizetype at = block;
    if (entry && at < entry->blocks.size() && entry->blocks[at].kind == MarkdownBlock::Kind::Code)
        tellCopied(wholeCode(entry->blocks, at), tr("The code was copied."));
}

void ConversationView::selectAll()
{
    m_selection = {m_layout.begin(), m_layout.end()};
    viewport()->update();
    Q_EMIT selectionChanged();
}

void ConversationView::stepMessage(int steps)
{
    const QList<MessageId> ids = m_layout.messages();
    if (ids.isEmpty())
        return;
    qsizetype at = ids.indexOf(m_current);
    if (at < 0) {
        const ConversationLayout::Position top = m_layout.rowAt(offset() + viewport()->height() / 2);
        at = std::clamp<qsizetype>(top.entry, 0, ids.size() - 1);
    } else {
        at = std::clamp<qsizetype>(at + steps, 0, ids.size() - 1);
    }
    setFollowing(false);
    reveal(ids[at]);
}

// Nothing is opened that was not shown whole before, and nothing but web and mail addresses.
void ConversationView::openLink(const QString &target)
{
    const QUrl url(target.trimmed(), QUrl::StrictMode);
    const bool opens =
        url.isValid() && (url.scheme() == "https"_L1 || url.scheme() == "http"_L1 || url.scheme() == "mailto"_L1);
    auto *box = new QMessageBox(QMessageBox::Question, tr("Open Link"), {}, QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    // As it is encoded: letters that look like others don't pass for them.
    const QString shown = opens ? QString::fromLatin1(url.toEncoded()) : target;
    const QString part = shown.size() > 600 ? QString(shown.left(600) + u"…"_s) : shown;
    if (opens) {
        box->setText(tr("Open this link in your browser?"));
        box->setInformativeText(tr("%1\n\nThe model wrote it: it may lead anywhere.").arg(part));
        QPushButton *open = box->addButton(tr("Open"), QMessageBox::AcceptRole);
        connect(open, &QPushButton::clicked, this, [url] { QDesktopServices::openUrl(url); });
    } else {
        box->setText(tr("This link can't be opened from here."));
        box->setInformativeText(tr("%1\n\nOnly web and mail addresses can be opened.").arg(part));
    }
    QPushButton *copy = box->addButton(tr("Copy Link"), QMessageBox::ActionRole);
    connect(copy, &QPushButton::clicked, this, [this, target] { tellCopied(target, tr("The link was copied.")); });
    box->setDefaultButton(box->addButton(QMessageBox::Cancel));
    box->open();
}

void ConversationView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const QPoint position = event->position().toPoint();
    const std::optional<ConversationPlace> place = m_layout.placeAt(toContent(position));
    if (!place)
        return;
    m_pressedLink = m_layout.linkAt(toContent(position));
    setCurrentMessage(place->message);
    if (event->modifiers() & Qt::ShiftModifier)
        m_selection.cursor = *place;
    else
        m_selection = {*place, *place};
    m_dragPosition = position;
    m_dragTimer.start();
    viewport()->update();
    Q_EMIT selectionChanged();
}

void ConversationView::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint position = event->position().toPoint();
    if (m_dragPosition) {
        m_dragPosition = position;
        dragTo(position);
        return;
    }
    const QPoint content = toContent(position);
    const ConversationLayout::Position at = m_layout.rowAt(content.y());
    Qt::CursorShape shape = Qt::ArrowCursor;
    if (at.entry >= 0) {
        const ConversationLayout::Entry &entry = m_layout.entries()[size_t(at.entry)];
        const ConversationLayout::Row &row = entry.rows[size_t(at.row)];
        if (row.part == ConversationLayout::Row::Block && m_layout.textRect(entry, row).contains(content))
            shape = m_layout.linkAt(content).isEmpty() ? Qt::IBeamCursor : Qt::PointingHandCursor;
    }
    viewport()->setCursor(shape);
}

void ConversationView::dragTo(const QPoint &position)
{
    const int height = viewport()->height();
    const int beyond = position.y() < 0 ? position.y() : std::max(position.y() - height, 0);
    if (beyond != 0)
        verticalScrollBar()->setValue(offset() + beyond);
    const QPoint inside(position.x(), std::clamp(position.y(), 0, height - 1));
    const std::optional<ConversationPlace> place = m_layout.placeAt(toContent(inside));
    if (!place || *place == m_selection.cursor)
        return;
    m_selection.cursor = *place;
    m_pressedLink.clear();
    viewport()->update();
    Q_EMIT selectionChanged();
}

void ConversationView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_dragPosition.reset();
    m_dragTimer.stop();
    const QString link = std::exchange(m_pressedLink, {});
    if (!link.isEmpty() && m_selection.isEmpty() && m_layout.linkAt(toContent(event->position().toPoint())) == link)
        openLink(link);
    QClipboard *clipboard = QGuiApplication::clipboard();
    if (hasSelection() && clipboard->supportsSelection())
        clipboard->setText(selectedText(), QClipboard::Selection);
}

void ConversationView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const std::optional<ConversationPlace> place = m_layout.placeAt(toContent(event->position().toPoint()));
    const ConversationLayout::Entry *entry = place ? m_layout.entry(place->message) : nullptr;
    if (!entry || entry->blocks.isEmpty())
        return;
    const QString text = m_layout.blockText(*entry, place->block);
    QTextBoundaryFinder words(QTextBoundaryFinder::Word, text);
    words.setPosition(std::min<qsizetype>(place->offset, text.size()));
    if (!words.isAtBoundary() || !(words.boundaryReasons() & QTextBoundaryFinder::StartOfItem))
        words.toPreviousBoundary();
    const int begin = int(std::max<qsizetype>(words.position(), 0));
    words.toNextBoundary();
    const int end = int(words.position() < 0 ? text.size() : words.position());
    m_selection = {{place->message, place->block, begin}, {place->message, place->block, end}};
    m_pressedLink.clear();
    viewport()->update();
    Q_EMIT selectionChanged();
}

void ConversationView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        if (event->angleDelta().y() != 0)
            setZoom(event->angleDelta().y() > 0 ? m_zoom * zoomStep : m_zoom / zoomStep);
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void ConversationView::scrollByKey(int key)
{
    switch (key) {
    case Qt::Key_Up:
        verticalScrollBar()->triggerAction(QScrollBar::SliderSingleStepSub);
        break;
    case Qt::Key_Down:
        verticalScrollBar()->triggerAction(QScrollBar::SliderSingleStepAdd);
        break;
    case Qt::Key_PageUp:
        verticalScrollBar()->triggerAction(QScrollBar::SliderPageStepSub);
        break;
    case Qt::Key_PageDown:
        verticalScrollBar()->triggerAction(QScrollBar::SliderPageStepAdd);
        break;
    default:
        break;
    }
}

void ConversationView::keyPressEvent(QKeyEvent *event)
{
    QScrollBar *bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->matches(QKeySequence::ZoomIn)
               || (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_Equal)) {
        setZoom(m_zoom * zoomStep);
    } else if (event->matches(QKeySequence::ZoomOut)) {
        setZoom(m_zoom / zoomStep);
    } else if (event->modifiers() == Qt::ControlModifier && event->key() == Qt::Key_0) {
        setZoom(1);
    } else if (event->modifiers() & Qt::AltModifier && event->key() == Qt::Key_Up) {
        stepMessage(-1);
    } else if (event->modifiers() & Qt::AltModifier && event->key() == Qt::Key_Down) {
        stepMessage(1);
    } else if (event->modifiers() & Qt::AltModifier && event->key() == Qt::Key_Left) {
        stepSibling(m_current, -1);
    } else if (event->modifiers() & Qt::AltModifier && event->key() == Qt::Key_Right) {
        stepSibling(m_current, 1);
    } else if (event->key() == Qt::Key_Home) {
        bar->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        setFollowing(true);
    } else if (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown) {
        bar->triggerAction(event->key() == Qt::Key_PageUp ? QScrollBar::SliderPageStepSub
                                                          : QScrollBar::SliderPageStepAdd);
    } else if (event->key() == Qt::Key_Space && !event->modifiers()) {
        bar->triggerAction(QScrollBar::SliderPageStepAdd);
    } else {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    event->accept();
}

bool ConversationView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // These belong to the text while it has the focus, whatever else the window uses them for.
        auto *key = static_cast<QKeyEvent *>(event);
        for (const QKeySequence::StandardKey standard :
             {QKeySequence::Copy, QKeySequence::SelectAll, QKeySequence::ZoomIn, QKeySequence::ZoomOut}) {
            if (key->matches(standard))
                event->accept();
        }
        const bool arrow = key->key() == Qt::Key_Up || key->key() == Qt::Key_Down || key->key() == Qt::Key_Left
            || key->key() == Qt::Key_Right;
        if ((key->modifiers() & Qt::AltModifier) && arrow)
            event->accept();
    }
    return QAbstractScrollArea::event(event);
}

bool ConversationView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const QPoint position = static_cast<QHelpEvent *>(event)->pos();
        const QString link = m_layout.linkAt(toContent(position));
        viewport()->setToolTip(link.left(600).toHtmlEscaped());
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void ConversationView::contextMenuEvent(QContextMenuEvent *event)
{
    MessageId id = m_current;
    QString link;
    QPoint position = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        position = viewport()->mapToGlobal(messageRect(id).intersected(viewport()->rect()).topLeft());
    } else if (const auto place = m_layout.placeAt(toContent(event->pos()))) {
        id = place->message;
        link = m_layout.linkAt(toContent(event->pos()));
    }
    setCurrentMessage(id);
    QMenu *menu = makeMenu(id, link);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(position);
}

QMenu *ConversationView::makeMenu(MessageId id, const QString &link)
{
    auto *menu = new QMenu(this);
    const auto add = [this, menu](const QString &icon, const QString &text, bool enabled, const auto &act) {
        QAction *action = menu->addAction(Icons::get(icon), text);
        action->setEnabled(enabled);
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    const Message *message = m_document ? m_document->conversation().message(id) : nullptr;
    add(u"copy"_s, tr("Copy Selection"), hasSelection(), [this] { copy(); });
    if (!link.isEmpty()) {
        add(u"copy"_s, tr("Copy Link"), true, [this, link] { tellCopied(link, tr("The link was copied.")); });
        add(u"follow"_s, tr("Open Link…"), true, [this, link] { openLink(link); });
    }
    if (message) {
        const bool isPrompt = message->role == MessageRole::User;
        const bool canAsk = m_canAsk && !m_document->isReadOnly() && !m_document->isRemoved();
        const ConversationLayout::Entry *entry = m_layout.entry(id);
        const bool hasCode = std::any_of(entry->blocks.begin(), entry->blocks.end(), [](const MarkdownBlock &block) {
            return block.kind == MarkdownBlock::Kind::Code;
        });
        menu->addSeparator();
        add(u"copy"_s, isPrompt ? tr("Copy Prompt") : tr("Copy Answer"), true, [this, id] { copyMessage(id); });
        add(u"copy-code"_s, tr("Copy Code"), hasCode, [this, id] { copyCode(id); });
        menu->addSeparator();
        if (isPrompt) {
            add(u"edit-again"_s, tr("Edit and Send Again"), canAsk, [this, id] { Q_EMIT editRequested(id); });
        } else {
            add(u"again"_s, tr("Ask Again"), canAsk && message->state != MessageState::Generating,
                [this, id] { Q_EMIT regenerateRequested(id); });
        }
        const Conversation::SiblingPosition siblings = m_document->conversation().siblingPosition(id);
        if (siblings.count > 1 && m_shownLeaf == noMessage) {
            add(u"version-previous"_s, tr("Previous Version"), siblings.index > 0, [this, id] { stepSibling(id, -1); });
            add(u"version-next"_s, tr("Next Version"), siblings.index + 1 < siblings.count,
                [this, id] { stepSibling(id, 1); });
        }
        if (message->job.isValid())
            add(u"jobs"_s, tr("Show Job"), true, [this, job = message->job] { Q_EMIT jobRequested(job); });
        if (message->serverJob.isValid()) {
            add(u"engine"_s, tr("Show Server Log"), true,
                [this, job = message->serverJob] { Q_EMIT jobRequested(job); });
        }
    }
    menu->addSeparator();
    add(u"state-all"_s, tr("Select All"), true, [this] { selectAll(); });
    return menu;
}

void ConversationView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void ConversationView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace BitNet
