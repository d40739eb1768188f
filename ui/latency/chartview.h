// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/chartdrawing.h"

#include <QPixmap>
#include <QWidget>

#include <memory>

namespace BitNet {

// Shows a chart and lets one look into it: resting the pointer tells exact values, a click leads to the job, the wheel zooms,
// dragging chooses a span, a double click goes back to all. With the keyboard: Left and Right step through it and say what
// is there, Enter opens the job, + and − zoom, 0 or Esc goes back.
class ChartView : public QWidget
{
    Q_OBJECT
public:
    explicit ChartView(QWidget *parent = nullptr);

    void setDrawing(std::shared_ptr<const ChartDrawing> drawing);
    const ChartDrawing *drawing() const { return m_drawing.get(); }
    std::shared_ptr<const ChartDrawing> sharedDrawing() const { return m_drawing; }
    // What the chart says where the pointer or the keyboard is; empty where there is nothing.
    QString hintText() const { return m_hit ? m_hit->text : QString(); }
    ChartLook look() const;

    QSize sizeHint() const override { return {640, 260}; }
    QSize minimumSizeHint() const override { return {240, 120}; }

Q_SIGNALS:
    void jobActivated(BitNet::JobId job);
    // In the units of ChartDrawing::valueAt().
    void spanChosen(double from, double to);
    // Zooms by this factor (below 1: nearer) around the value.
    void zoomRequested(double around, double factor);
    void resetRequested();
    // A context menu is wanted for that value of the axis.
    void menuRequested(const QPoint &globalPosition, double value);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void point(const QPointF &at, const QPoint &globalPosition);
    void step(int direction);
    void clearHit();
    void paintHit(QPainter &painter, const ChartLook &look) const;

    std::shared_ptr<const ChartDrawing> m_drawing;
    QPixmap m_picture; // the chart without what the pointer adds
    std::optional<ChartHit> m_hit;
    std::optional<QPointF> m_pressedAt;
    std::optional<QRectF> m_chosen; // while dragging
    int m_step = -1;
};

} // namespace BitNet
