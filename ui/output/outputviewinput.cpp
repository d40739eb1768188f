// SPDX-License-Identifier: MIT
// Mouse and keyboard of the OutputView.
#include "ui/output/outputview.h"

#include "ui/style/icons.h"
#include "ui/style/wording.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QStyleHints>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

// Offered to a middle click elsewhere; more would only cost.
static constexpr qsizetype largestPrimarySelection = 256 * 1024;

// The text place nearest to a position, also outside of the viewport.
std::optional<TextPlace> OutputView::placeAt(const QPoint &position) const
{
    std::vector<std::shared_ptr<const LaidLine>> lines;
    const std::vector<OutputPainter::Row> rows = rowsOnScreen(lines);
    if (rows.empty())
        return std::nullopt;
    const OutputPainter::Row *row = &rows.front();
    if (position.y() < row->y)
        return TextPlace{row->line->start, row->line->rowBegin(row->row)};
    for (const OutputPainter::Row &candidate : rows) {
        if (candidate.y <= position.y())
            row = &candidate;
    }
    const int end = row->line->rowEnd(row->row);
    if (position.y() >= row->y + m_painter->rowHeight())
        return TextPlace{row->line->start, end};
    const qreal x = position.x() - marginWidth() + horizontalScrollBar()->value();
    const int column = row->line->rowBegin(row->row) + std::max(int(std::floor(x / m_painter->columnWidth() + 0.5)), 0);
    return TextPlace{row->line->start, row->line->text.cellBegin(std::min(column, end))};
}

void OutputView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier)
        || std::abs(event->angleDelta().x()) > std::abs(event->angleDelta().y())) {
        const QPoint delta = event->angleDelta();
        const int sideways = std::abs(delta.x()) > std::abs(delta.y()) ? delta.x() : delta.y();
        QScrollBar *const bar = horizontalScrollBar();
        bar->setValue(bar->value() - sideways * bar->singleStep() * QApplication::wheelScrollLines() / 120);
        event->accept();
        return;
    }
    m_wheelRest -= event->pixelDelta().isNull() ? event->angleDelta().y() / 120.0 * QApplication::wheelScrollLines()
                                                : qreal(event->pixelDelta().y()) / m_painter->rowHeight();
    const auto rows = qint64(m_wheelRest);
    m_wheelRest -= qreal(rows);
    scrollBy(rows);
    event->accept();
}

void OutputView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->matches(QKeySequence::Find)) {
        Q_EMIT findRequested();
    } else if (event->matches(QKeySequence::FindNext)) {
        Q_EMIT findNextRequested(false);
    } else if (event->matches(QKeySequence::FindPrevious)) {
        Q_EMIT findNextRequested(true);
    } else if (event->matches(QKeySequence::Save)) {
        Q_EMIT saveRequested();
    } else if (event->modifiers() & Qt::ShiftModifier) {
        selectByKey(event);
    } else {
        QScrollBar *const bar = horizontalScrollBar();
        switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            scrollByKey(event->key());
            break;
        case Qt::Key_Space:
            scrollByKey(Qt::Key_PageDown);
            break;
        case Qt::Key_Home:
            m_scroll.moveToBegin();
            bar->setValue(0);
            showTop();
            break;
        case Qt::Key_End:
            setFollowing(true);
            break;
        case Qt::Key_Left:
            bar->setValue(bar->value() - bar->singleStep());
            break;
        case Qt::Key_Right:
            bar->setValue(bar->value() + bar->singleStep());
            break;
        case Qt::Key_Escape:
            if (m_selection.isEmpty()) {
                event->ignore();
                return;
            }
            m_selection.clear();
            afterSelecting();
            break;
        default:
            QAbstractScrollArea::keyPressEvent(event);
            return;
        }
    }
    event->accept();
}

void OutputView::scrollByKey(int key)
{
    const int page = std::max(m_scroll.rows() - 1, 1);
    switch (key) {
    case Qt::Key_Up:
        scrollBy(-1);
        break;
    case Qt::Key_Down:
        scrollBy(1);
        break;
    case Qt::Key_PageUp:
        scrollBy(-page);
        break;
    case Qt::Key_PageDown:
        scrollBy(page);
        break;
    default:
        break;
    }
}

// With Shift the cursor of the selection moves; it begins at the top of the screen where none was set.
void OutputView::selectByKey(QKeyEvent *event)
{
    if (!m_scroll.top())
        return;
    if (!m_selection.hasCursor()) {
        const RowPlace top = *m_scroll.top();
        m_selection.begin({top.line, m_layout.line(top.line)->rowBegin(top.row)});
    }
    const bool control = event->modifiers() & Qt::ControlModifier;
    switch (event->key()) {
    case Qt::Key_Up:
        m_selection.moveRows(-1);
        break;
    case Qt::Key_Down:
        m_selection.moveRows(1);
        break;
    case Qt::Key_PageUp:
        m_selection.moveRows(-m_scroll.rows() + 1);
        break;
    case Qt::Key_PageDown:
        m_selection.moveRows(m_scroll.rows() - 1);
        break;
    case Qt::Key_Left:
        m_selection.moveColumns(-1);
        break;
    case Qt::Key_Right:
        m_selection.moveColumns(1);
        break;
    case Qt::Key_Home:
        control ? m_selection.moveToOutputEdge(false) : m_selection.moveToLineEdge(false);
        break;
    case Qt::Key_End:
        control ? m_selection.moveToOutputEdge(true) : m_selection.moveToLineEdge(true);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const TextPlace cursor = m_selection.cursor();
    const int row = m_layout.line(cursor.line)->rowOf(cursor.column);
    m_scroll.reveal({cursor.line, row});
    showTop();
    if (!m_wrapping)
        revealColumns(cursor.column, cursor.column + 1);
    afterSelecting();
}

void OutputView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    rebuildPainter(); // a selection has other colours
    viewport()->update();
}

void OutputView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    rebuildPainter();
    viewport()->update();
}

void OutputView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const std::optional<TextPlace> place = placeAt(event->position().toPoint());
    if (!place)
        return;
    const int interval = QApplication::doubleClickInterval();
    const bool thirdClick = m_sinceDoubleClick.isValid() && m_sinceDoubleClick.elapsed() < interval
        && (event->position().toPoint() - m_doubleClickPosition).manhattanLength() < QApplication::startDragDistance();
    if (thirdClick)
        m_selection.begin({place->line, 0}, OutputSelection::Lines);
    else if (event->modifiers() & Qt::ShiftModifier)
        m_selection.extendTo(*place);
    else
        m_selection.begin(*place);
    m_dragPosition = event->position().toPoint();
    afterSelecting();
}

void OutputView::mouseMoveEvent(QMouseEvent *event)
{
    if (event->buttons() & Qt::LeftButton && m_dragPosition) {
        m_dragPosition = event->position().toPoint();
        dragTo(*m_dragPosition);
    }
}

void OutputView::dragTo(const QPoint &position)
{
    const int above = -position.y();
    const int below = position.y() - viewport()->height();
    const int outside = std::max(above, below);
    if (outside > 0) {
        // The farther the faster.
        const int rows = 1 + outside / m_painter->rowHeight();
        scrollBy(above > 0 ? -rows : rows);
        if (!m_dragTimer.isActive())
            m_dragTimer.start();
    } else {
        m_dragTimer.stop();
    }
    if (const std::optional<TextPlace> place = placeAt(position)) {
        m_selection.extendTo(*place);
        // What is being selected should not run away.
        if (m_live && !m_selection.isEmpty() && isFollowing() && outside <= 0)
            setFollowing(false);
        afterSelecting();
    }
}

void OutputView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_dragPosition.reset();
    m_dragTimer.stop();
    QClipboard *const clipboard = QApplication::clipboard();
    if (clipboard->supportsSelection() && !m_selection.isEmpty()
        && m_selection.to().line.offset - m_selection.from().line.offset < largestPrimarySelection)
        clipboard->setText(selectedText(), QClipboard::Selection);
}

void OutputView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (const std::optional<TextPlace> place = placeAt(event->position().toPoint())) {
        m_selection.begin(*place, OutputSelection::Words);
        m_dragPosition = event->position().toPoint();
        m_doubleClickPosition = event->position().toPoint();
        m_sinceDoubleClick.start();
        afterSelecting();
    }
}

void OutputView::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction *const copyAction = menu->addAction(Icons::get(u"copy"_s), tr("Copy"), this, &OutputView::copy);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setEnabled(hasSelection());
    menu->addAction(tr("Select all"), this, &OutputView::selectAll)->setShortcut(QKeySequence::SelectAll);
    menu->addSeparator();
    menu->addAction(Icons::get(u"search"_s), tr("Find…"), this, &OutputView::findRequested)
        ->setShortcut(QKeySequence::Find);
    menu->addAction(Icons::get(u"save"_s), tr("Save output as…"), this, &OutputView::saveRequested)
        ->setShortcut(QKeySequence::Save);
    menu->popup(event->globalPos());
}

// Over the margin: stream and time of the line.
void OutputView::showLineTip(const QPoint &position, const QPoint &globalPosition)
{
    std::vector<std::shared_ptr<const LaidLine>> lines;
    for (const OutputPainter::Row &row : rowsOnScreen(lines)) {
        if (position.x() >= marginWidth() || position.y() < row.y || position.y() >= row.y + m_painter->rowHeight()
            || row.line->kind == ChunkKind::Gap)
            continue;
        const QString stream = row.line->kind == ChunkKind::Stderr ? tr("stderr") : tr("stdout");
        QString tip = tr("%1, %2 s after the start").arg(stream, OutputPainter::timeText(row.line->elapsed));
        if (m_started) {
            const Instant at{m_started->wall + std::chrono::floor<std::chrono::microseconds>(row.line->elapsed), {}};
            tip = tr("%1\n%2").arg(tip, Wording::exactTime(at));
        }
        QToolTip::showText(globalPosition, tip, viewport());
        return;
    }
    QToolTip::hideText();
}

} // namespace BitNet
