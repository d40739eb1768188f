// SPDX-License-Identifier: MIT
#include "ui/latency/chartview.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace BitNet {

namespace {

constexpr double smallestDrag = 6; // pixels; less is a click
constexpr double zoomStep = 0.75;

} // namespace

ChartView::ChartView(QWidget *parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Chart")); // each drawing has a name of its own
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setWhatsThis(tr("Rest the pointer on it for exact values. The wheel zooms, dragging chooses a span, a double click "
                    "shows all again."));
}

void ChartView::setDrawing(std::shared_ptr<const ChartDrawing> drawing)
{
    m_drawing = std::move(drawing);
    m_picture = QPixmap();
    if (m_drawing) {
        setAccessibleName(m_drawing->title());
        setAccessibleDescription(m_drawing->summary());
        m_step = std::min(m_step, m_drawing->stepCount() - 1);
    }
    if (m_hit && !QToolTip::isVisible())
        clearHit();
    update();
}

ChartLook ChartView::look() const
{
    return ChartLook::of(palette(), font());
}

void ChartView::paintEvent(QPaintEvent *)
{
    const ChartLook look = this->look();
    QPainter painter(this);
    if (!m_drawing) {
        painter.fillRect(rect(), look.ground);
        return;
    }
    const qreal ratio = devicePixelRatioF();
    if (m_picture.size() != (QSizeF(size()) * ratio).toSize() || m_picture.devicePixelRatio() != ratio) {
        m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
        m_picture.setDevicePixelRatio(ratio);
        m_picture.fill(look.ground);
        QPainter picture(&m_picture);
        m_drawing->paint(picture, size(), look);
    }
    painter.drawPixmap(0, 0, m_picture);
    paintHit(painter, look);
}

void ChartView::paintHit(QPainter &painter, const ChartLook &look) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    QColor tint = look.ink;
    tint.setAlphaF(0.08F);
    if (m_hit && !m_hit->column.isEmpty())
        painter.fillRect(m_hit->column, tint);
    if (m_hit && m_hit->mark) {
        painter.setPen(QPen(look.ink, 1.6));
        painter.setBrush(look.ground);
        painter.drawEllipse(*m_hit->mark, 4.5, 4.5);
    }
    if (m_chosen) {
        tint.setAlphaF(0.12F);
        painter.fillRect(*m_chosen, tint);
        painter.setPen(QPen(look.muted, 1));
        painter.drawLine(m_chosen->topLeft(), m_chosen->bottomLeft());
        painter.drawLine(m_chosen->topRight(), m_chosen->bottomRight());
    }
    if (hasFocus()) {
        QColor frame = palette().color(QPalette::Highlight);
        painter.setPen(QPen(frame, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4);
    }
}

void ChartView::point(const QPointF &at, const QPoint &globalPosition)
{
    m_hit = m_drawing->hitAt(at, size(), look());
    setCursor(m_hit && m_hit->isJob ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (m_hit)
        QToolTip::showText(globalPosition, m_hit->text, this);
    else
        QToolTip::hideText();
    update();
}

void ChartView::mousePressEvent(QMouseEvent *event)
{
    if (!m_drawing || event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    if (m_drawing->plot(size(), look()).contains(event->position()))
        m_pressedAt = event->position();
}

void ChartView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_drawing)
        return;
    if (!m_pressedAt || !(event->buttons() & Qt::LeftButton)) {
        m_pressedAt.reset();
        point(event->position(), event->globalPosition().toPoint());
        return;
    }
    if (!m_chosen && std::abs(event->position().x() - m_pressedAt->x()) < smallestDrag)
        return;
    clearHit();
    const QRectF plot = m_drawing->plot(size(), look());
    const double x = std::clamp(event->position().x(), plot.left(), plot.right());
    m_chosen = QRectF(QPointF(std::min(x, m_pressedAt->x()), plot.top()),
                      QPointF(std::max(x, m_pressedAt->x()), plot.bottom()));
    update();
}

void ChartView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_drawing || event->button() != Qt::LeftButton || !m_pressedAt)
        return;
    m_pressedAt.reset();
    if (m_chosen) {
        const QRectF chosen = *m_chosen;
        m_chosen.reset();
        update();
        const ChartLook look = this->look();
        Q_EMIT spanChosen(m_drawing->valueAt(chosen.left(), size(), look),
                          m_drawing->valueAt(chosen.right(), size(), look));
        return;
    }
    const auto hit = m_drawing->hitAt(event->position(), size(), look());
    if (hit && hit->isJob)
        Q_EMIT jobActivated(*hit->job);
}

void ChartView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT resetRequested();
}

void ChartView::wheelEvent(QWheelEvent *event)
{
    if (!m_drawing || event->angleDelta().y() == 0 || !m_drawing->plot(size(), look()).contains(event->position())) {
        event->ignore();
        return;
    }
    clearHit();
    Q_EMIT zoomRequested(
        m_drawing->valueAt(event->position().x(), size(), look()),
        std::pow(zoomStep, double(event->angleDelta().y()) / double(QWheelEvent::DefaultDeltasPerStep)));
    event->accept();
}

void ChartView::step(int direction)
{
    const ChartLook look = this->look();
    const int count = m_drawing->stepCount();
    // Steps without anything to say are skipped.
    for (int next = m_step < 0 && direction < 0 ? count - 1 : m_step + direction; next >= 0 && next < count;
         next += direction) {
        const auto hit = m_drawing->hitOfStep(next, size(), look);
        if (!hit)
            continue;
        m_step = next;
        m_hit = hit;
        QToolTip::showText(mapToGlobal(hit->column.center().toPoint()), hit->text, this);
        setAccessibleDescription(hit->text);
        update();
        return;
    }
}

void ChartView::keyPressEvent(QKeyEvent *event)
{
    if (!m_drawing) {
        QWidget::keyPressEvent(event);
        return;
    }
    const ChartLook look = this->look();
    const double middle = m_drawing->valueAt(
        m_hit && !m_hit->column.isEmpty() ? m_hit->column.center().x() : m_drawing->plot(size(), look).center().x(),
        size(), look);
    switch (event->key()) {
    case Qt::Key_Left:
        step(-1);
        return;
    case Qt::Key_Right:
        step(1);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        Q_EMIT zoomRequested(middle, zoomStep);
        return;
    case Qt::Key_Minus:
        Q_EMIT zoomRequested(middle, 1 / zoomStep);
        return;
    case Qt::Key_0:
    case Qt::Key_Escape:
        clearHit();
        Q_EMIT resetRequested();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_hit && m_hit->job)
            Q_EMIT jobActivated(*m_hit->job);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void ChartView::clearHit()
{
    m_hit.reset();
    m_step = -1;
    QToolTip::hideText();
    update();
}

void ChartView::leaveEvent(QEvent *event)
{
    clearHit();
    QWidget::leaveEvent(event);
}

void ChartView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange)
        m_picture = QPixmap();
    QWidget::changeEvent(event);
}

void ChartView::contextMenuEvent(QContextMenuEvent *event)
{
    if (m_drawing)
        Q_EMIT menuRequested(event->globalPos(), m_drawing->valueAt(event->pos().x(), size(), look()));
}

} // namespace BitNet
