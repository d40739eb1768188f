// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationview.h"

#include "ui/prompt/conversationviewaccessible.h"
#include "ui/prompt/messagebar.h"
#include "ui/style/endbutton.h"
#include "ui/style/focusring.h"
#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr std::chrono::milliseconds shortestFrame = 16ms;
static constexpr std::chrono::milliseconds longestFrame = 150ms;
// What may be measured of what is not on the screen, in one turn of the event loop.
static constexpr std::chrono::microseconds measuringTime = 2ms;

static QFont zoomed(const QFont &font, qreal zoom)
{
    QFont result = font;
    if (font.pointSizeF() > 0)
        result.setPointSizeF(font.pointSizeF() * zoom);
    else
        result.setPixelSize(std::max(int(std::lround(font.pixelSize() * zoom)), 1));
    return result;
}

ConversationView::ConversationView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_layout(MarkdownStyle(font(), palette()))
    , m_endButton(new EndButton(this))
{
    QAccessible::installFactory(&ConversationViewAccessible::create);
    setObjectName(u"conversationView"_s);
    setAccessibleName(tr("Conversation"));
    setAccessibleDescription(tr("Alt+Up and Alt+Down go from message to message."));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    viewport()->setMouseTracking(true);
    new FocusRing(this);

    connect(m_endButton, &EndButton::clicked, this, [this] { setFollowing(true); });

    m_frameTimer.setSingleShot(true);
    m_frameTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_frameTimer, &QTimer::timeout, this, &ConversationView::frame);
    m_dragTimer.setInterval(40ms);
    connect(&m_dragTimer, &QTimer::timeout, this, [this] {
        if (m_dragPosition)
            dragTo(*m_dragPosition);
    });
    m_sinceFrame.start();
}

ConversationView::~ConversationView() = default;

void ConversationView::setDocument(const std::shared_ptr<ConversationDocument> &document)
{
    if (m_document == document)
        return;
    if (m_document)
        m_document->disconnect(this);
    m_document = document;
    m_shownLeaf = noMessage;
    m_current = noMessage;
    m_selection = {};
    m_layout.setMessages({}, {});
    if (m_document) {
        connect(m_document.get(), &ConversationDocument::branchChanged, this, &ConversationView::rebuild);
        connect(m_document.get(), &ConversationDocument::removedChanged, this, &ConversationView::placeControls);
        // The text itself is taken once a frame, however many tokens come.
        connect(m_document.get(), &ConversationDocument::textAppended, this, [this] {
            m_textCame = true;
            schedule();
        });
        connect(m_document.get(), &ConversationDocument::messageChanged, this, [this](MessageId id) {
            keepPlace([this, id] { m_layout.refresh(m_document->conversation(), id); });
            updateHits();
            if (QAccessible::isActive() && m_layout.entry(id)) {
                QAccessibleEvent event(this, QAccessible::DescriptionChanged);
                QAccessible::updateAccessibility(&event);
            }
        });
    }
    m_following = true;
    rebuild();
    Q_EMIT followingChanged(true);
    Q_EMIT selectionChanged();
}

void ConversationView::setShownLeaf(MessageId leaf)
{
    m_shownLeaf = leaf;
    rebuild();
}

void ConversationView::setCanAsk(bool canAsk)
{
    m_canAsk = canAsk;
    placeControls();
}

// The branch is another one.
void ConversationView::rebuild()
{
    const MessageId newest = m_document && !m_document->conversation().isEmpty()
        ? m_document->conversation().messages().last().id
        : noMessage;
    if (newest > std::exchange(m_newest, newest) && !m_following) {
        m_following = true;
        Q_EMIT followingChanged(true);
    }
    keepPlace([this] {
        if (!m_document) {
            m_layout.setMessages({}, {});
            return;
        }
        const Conversation &conversation = m_document->conversation();
        m_layout.setMessages(conversation,
                             m_shownLeaf == noMessage ? conversation.branch() : conversation.pathTo(m_shownLeaf));
        for (const MessageId id : m_layout.messages())
            m_layout.extend(conversation, id);
    });
    if (!m_layout.entry(m_current))
        m_current = noMessage;
    if (!m_selection.isEmpty()
        && (!m_layout.entry(m_selection.anchor.message) || !m_layout.entry(m_selection.cursor.message))) {
        m_selection = {};
        Q_EMIT selectionChanged();
    }
    updateHits();
    if (QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::ObjectReorder);
        QAccessible::updateAccessibility(&event);
    }
}

// Frames take a quarter of the time at most; the rest is left for everything else.
void ConversationView::schedule()
{
    if (m_frameTimer.isActive() || !isVisible())
        return;
    const auto wanted = std::chrono::duration_cast<std::chrono::milliseconds>(m_frameTime * 4);
    const auto interval = std::clamp(wanted, shortestFrame, longestFrame);
    m_frameTimer.start(std::max(interval - std::chrono::milliseconds(m_sinceFrame.elapsed()), 0ms));
}

void ConversationView::frame()
{
    m_sinceFrame.restart();
    QElapsedTimer timer;
    timer.start();
    const bool textCame = std::exchange(m_textCame, false);
    bool more = false;
    keepPlace([&] {
        if (textCame && m_document) {
            for (const MessageId id : m_layout.messages()) {
                if (m_layout.entry(id)->growing)
                    m_layout.extend(m_document->conversation(), id);
            }
        }
        // Bit by bit all heights become true, so that the scroll bar does.
        do {
            more = m_layout.measureOne();
        } while (more && std::chrono::nanoseconds(timer.nsecsElapsed()) < measuringTime);
    });
    if (textCame && !m_findText.isEmpty())
        updateHits();
    m_frameTime = std::chrono::nanoseconds(textCame ? timer.nsecsElapsed() : 0);
    if (more)
        schedule();
}

int ConversationView::offset() const
{
    return verticalScrollBar()->value();
}

QPoint ConversationView::toContent(const QPoint &position) const
{
    return position + QPoint(0, offset());
}

// Does something that moves rows, and keeps what one reads where it is; the end at the end while following.
void ConversationView::keepPlace(const std::function<void()> &change)
{
    const int top = offset();
    const ConversationLayout::Position anchor = m_layout.rowAt(top);
    const MessageId message = anchor.entry < 0 ? noMessage : m_layout.entries()[size_t(anchor.entry)].id;
    const int within = top - m_layout.rowTop(anchor);
    change();

    const int height = viewport()->height();
    // Where things are changes where the screen is, which decides what is laid out: it settles within a few rounds.
    int value = top;
    for (int round = 0; round < 20; ++round) {
        if (m_following) {
            value = std::max(m_layout.height() - height, 0);
        } else if (message != noMessage) {
            const auto &entries = m_layout.entries();
            const auto found = std::find_if(entries.begin(), entries.end(),
                                            [message](const ConversationLayout::Entry &e) { return e.id == message; });
            if (found != entries.end())
                value = m_layout.rowTop({int(found - entries.begin()), anchor.row}) + within;
        }
        value = std::clamp(value, 0, std::max(m_layout.height() - height, 0));
        if (!m_layout.layOut(value, value + height))
            break;
    }
    m_layout.forgetOutside(value - 2 * height, value + 3 * height);
    m_settingScrollBar = true;
    verticalScrollBar()->setRange(0, std::max(m_layout.height() - height, 0));
    verticalScrollBar()->setPageStep(height);
    verticalScrollBar()->setSingleStep(int(m_layout.style().em * 1.5));
    verticalScrollBar()->setValue(value);
    m_settingScrollBar = false;
    showPosition();
    schedule(); // to measure the rest
}

void ConversationView::showPosition()
{
    placeControls();
    viewport()->update();
}

void ConversationView::setFollowing(bool following)
{
    const bool changed = m_following != following;
    m_following = following;
    if (following)
        keepPlace([] {});
    else
        placeControls();
    if (changed)
        Q_EMIT followingChanged(following);
}

void ConversationView::scrollContentsBy(int, int)
{
    if (m_settingScrollBar)
        return;
    const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    if (atEnd != m_following) {
        m_following = atEnd;
        Q_EMIT followingChanged(atEnd);
    }
    keepPlace([] {});
}

void ConversationView::reveal(MessageId id)
{
    const ConversationLayout::Entry *entry = m_layout.entry(id);
    if (!entry)
        return;
    setCurrentMessage(id);
    verticalScrollBar()->setValue(entry->y - int(m_layout.style().em / 2));
    // What was laid out on the way may have moved it.
    entry = m_layout.entry(id);
    verticalScrollBar()->setValue(entry->y - int(m_layout.style().em / 2));
}

void ConversationView::setCurrentMessage(MessageId id)
{
    if (m_current == id || (id != noMessage && !m_layout.entry(id)))
        return;
    m_current = id;
    viewport()->update();
    if (QAccessible::isActive() && id != noMessage) {
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(int(m_layout.messages().indexOf(id)));
        QAccessible::updateAccessibility(&event);
    }
}

QRect ConversationView::messageRect(MessageId id) const
{
    const ConversationLayout::Entry *entry = m_layout.entry(id);
    return entry ? m_layout.entryRect(*entry).translated(0, -offset()) : QRect();
}

QString ConversationView::messageName(MessageId id) const
{
    const ConversationLayout::Entry *entry = m_layout.entry(id);
    return entry ? entry->name : QString();
}

QString ConversationView::accessibleText(MessageId id) const
{
    const ConversationLayout::Entry *entry = m_layout.entry(id);
    if (!entry || !m_document)
        return {};
    QStringList parts;
    for (int block = 0; block < entry->blocks.size(); ++block)
        parts.append(m_layout.blockText(*entry, block));
    if (!entry->note.text.isEmpty())
        parts.append(entry->note.text);
    if (const Message *message = m_document->conversation().message(id); message && !entry->isPrompt)
        parts.append(figures(message->figures));
    parts.removeAll(QString());
    return parts.join(u'\n');
}

void ConversationView::restyle()
{
    keepPlace([this] {
        m_layout.setStyle(MarkdownStyle(zoomed(font(), m_zoom), palette()));
        relayout();
    });
}

void ConversationView::relayout()
{
    if (m_bars.empty())
        m_bars.push_back(makeBar());
    m_layout.setWidth(viewport()->width(), m_bars.front()->sizeHint().height());
}

void ConversationView::setZoom(qreal zoom)
{
    zoom = std::clamp(zoom, 0.5, 3.0);
    if (qFuzzyCompare(zoom, m_zoom))
        return;
    m_zoom = zoom;
    restyle();
    Q_EMIT zoomChanged(zoom);
}

void ConversationView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    keepPlace([this] { relayout(); });
}

void ConversationView::showEvent(QShowEvent *event)
{
    QAbstractScrollArea::showEvent(event);
    m_textCame = true; // what came while nobody looked
    restyle();
}

void ConversationView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    switch (event->type()) {
    case QEvent::FontChange:
    case QEvent::PaletteChange:
    case QEvent::StyleChange:
        restyle();
        break;
    default:
        break;
    }
}

QSize ConversationView::sizeHint() const
{
    return {int(m_layout.style().em * 46), int(m_layout.style().em * 30)};
}

QSize ConversationView::minimumSizeHint() const
{
    return {int(m_layout.style().em * 14), int(m_layout.style().em * 8)};
}

} // namespace BitNet
