// SPDX-License-Identifier: MIT
// What a ConversationView paints, and the bars and buttons on top of it.
#include "ui/prompt/conversationview.h"

#include "ui/prompt/messagebar.h"
#include "ui/style/endbutton.h"
#include "ui/style/icons.h"

#include <QPainter>
#include <QScrollBar>
#include <QToolButton>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qreal cardRadius = 8;

// Bars and buttons stand where there are messages and code on the screen; those to spare are hidden.
void ConversationView::placeControls()
{
    size_t bars = 0;
    size_t buttons = 0;
    const int top = offset();
    const int bottom = top + viewport()->height();
    for (const ConversationLayout::Entry &entry : m_layout.entries()) {
        if (entry.y + entry.height < top || entry.y > bottom || !m_document)
            continue;
        const Message *message = m_document->conversation().message(entry.id);
        const bool hasCode = std::any_of(entry.blocks.begin(), entry.blocks.end(), [](const MarkdownBlock &block) {
            return block.kind == MarkdownBlock::Kind::Code;
        });
        for (const ConversationLayout::Row &row : entry.rows) {
            const int y = entry.y + row.y;
            if (y + row.height < top || y > bottom)
                continue;
            if (row.part == ConversationLayout::Row::Bar && message) {
                while (bars >= m_bars.size())
                    m_bars.push_back(makeBar());
                MessageBar *bar = m_bars[bars++];
                bar->setMessage(*message, m_document->conversation().siblingPosition(entry.id),
                                {.canAsk = m_canAsk,
                                 .hasCode = hasCode,
                                 .showsSiblings = m_shownLeaf == noMessage,
                                 .readOnly = m_document->isReadOnly() || m_document->isRemoved()});
                bar->setGeometry(m_layout.columnLeft(), y - top, m_layout.columnWidth(), row.height);
                bar->show();
            }
            if (row.part != ConversationLayout::Row::Block || !row.laid || row.laid->codeHead().isEmpty())
                continue;
            while (buttons >= m_copyButtons.size())
                m_copyButtons.push_back(makeCopyButton());
            QToolButton *button = m_copyButtons[buttons++];
            button->setProperty("message", entry.id);
            button->setProperty("block", row.block);
            const QRect head = row.laid->codeHead().toAlignedRect().translated(m_layout.textRect(entry, row).topLeft());
            const QSize size = button->sizeHint();
            button->setGeometry(head.right() - size.width() - 3, head.top() + (head.height() - size.height()) / 2 - top,
                                size.width(), size.height());
            button->show();
        }
    }
    for (; bars < m_bars.size(); ++bars)
        m_bars[bars]->hide();
    for (; buttons < m_copyButtons.size(); ++buttons)
        m_copyButtons[buttons]->hide();

    const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    m_endButton->place(!atEnd && !m_following);
}

MessageBar *ConversationView::makeBar()
{
    auto *bar = new MessageBar(viewport());
    bar->hide();
    connect(bar, &MessageBar::copyRequested, this, &ConversationView::copyMessage);
    connect(bar, &MessageBar::copyCodeRequested, this, &ConversationView::copyCode);
    connect(bar, &MessageBar::regenerateRequested, this, &ConversationView::regenerateRequested);
    connect(bar, &MessageBar::editRequested, this, &ConversationView::editRequested);
    connect(bar, &MessageBar::jobRequested, this, &ConversationView::jobRequested);
    connect(bar, &MessageBar::siblingRequested, this, &ConversationView::stepSibling);
    return bar;
}

QToolButton *ConversationView::makeCopyButton()
{
    auto *button = new QToolButton(viewport());
    button->setObjectName(u"copyCode"_s);
    button->setIcon(Icons::get(u"copy"_s));
    button->setText(tr("Copy"));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setAutoRaise(true);
    button->setIconSize({14, 14});
    button->setCursor(Qt::ArrowCursor);
    button->setToolTip(tr("Copy this code"));
    button->setAccessibleName(tr("Copy this code"));
    connect(button, &QToolButton::clicked, this,
            [this, button] { copyCodeBlock(button->property("message").toInt(), button->property("block").toInt()); });
    return button;
}

void ConversationView::stepSibling(MessageId id, int steps)
{
    if (!m_document)
        return;
    const MessageId other = m_document->conversation().sibling(id, steps);
    if (other == noMessage)
        return;
    // Where the version was, its sibling comes.
    setFollowing(false);
    m_document->select(other);
    setCurrentMessage(other);
}

void ConversationView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const MarkdownStyle &style = m_layout.style();
    painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
    const int top = offset();
    const int bottom = top + viewport()->height();
    for (const ConversationLayout::Entry &entry : m_layout.entries()) {
        if (entry.y + entry.height < top || entry.y > bottom)
            continue;
        const QRect rect = m_layout.entryRect(entry).translated(0, -top);
        if (entry.isPrompt && entry.rows.size() > 2) {
            const ConversationLayout::Row &first = entry.rows[1];
            const ConversationLayout::Row &last = entry.rows[size_t(entry.blocks.size())];
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette().color(QPalette::Midlight));
            painter.drawRoundedRect(
                QRect(rect.left(), rect.top() + first.y, rect.width(), last.y + last.height - first.y), cardRadius,
                cardRadius);
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
        if (entry.id == m_current && hasFocus()) {
            painter.fillRect(
                QRect(rect.left() - 10, rect.top(), 3, rect.height() - m_bars.front()->sizeHint().height()),
                palette().color(QPalette::Highlight));
        }
        for (const ConversationLayout::Row &row : entry.rows) {
            const int y = entry.y + row.y;
            if (y + row.height < top || y > bottom)
                continue;
            if (row.part == ConversationLayout::Row::Name) {
                QFont bold = style.label;
                bold.setWeight(QFont::DemiBold);
                painter.setFont(bold);
                painter.setPen(style.muted);
                painter.drawText(QRect(rect.left(), y - top, rect.width(), row.height - 4),
                                 Qt::AlignLeft | Qt::AlignVCenter,
                                 painter.fontMetrics().elidedText(entry.name, Qt::ElideRight, rect.width()));
            } else if (row.laid) {
                row.laid->paint(painter, m_layout.textRect(entry, row).topLeft() - QPoint(0, top), style,
                                marksOn(entry, row));
            }
        }
    }
}

// What is found and what is selected in a row.
std::vector<MarkdownMark> ConversationView::marksOn(const ConversationLayout::Entry &entry,
                                                    const ConversationLayout::Row &row) const
{
    std::vector<MarkdownMark> marks;
    if (row.part != ConversationLayout::Row::Block)
        return marks;
    const ConversationPlace begin{entry.id, row.block, 0};
    auto hit = std::lower_bound(
        m_hits.begin(), m_hits.end(), begin,
        [](const ConversationRange &range, const ConversationPlace &place) { return range.from < place; });
    for (; hit != m_hits.end() && hit->from.message == entry.id && hit->from.block == row.block; ++hit) {
        const bool current = hit - m_hits.begin() == m_currentHit;
        marks.push_back({hit->from.offset, hit->to.offset, current ? MarkdownMark::CurrentHit : MarkdownMark::Hit});
    }
    const ConversationPlace end{entry.id, row.block, int(row.laid->text().size())};
    const ConversationPlace from = std::max(m_selection.from(), begin);
    const ConversationPlace to = std::min(m_selection.to(), end);
    if (from < to)
        marks.push_back({from.offset, to.offset, MarkdownMark::Selected});
    return marks;
}

} // namespace BitNet
