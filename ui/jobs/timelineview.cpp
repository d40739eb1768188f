// SPDX-License-Identifier: MIT
#include "ui/jobs/timelineview.h"

#include "ui/jobs/jobcolumns.h"
#include "ui/style/wording.h"

#include <QPainter>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int margin = 16;
constexpr int barHeight = 30;
constexpr int smallestShown = 2; // pixels, so that short phases are seen at all

std::chrono::nanoseconds fromMs(double ms)
{
    return std::chrono::nanoseconds(static_cast<qint64>(ms * 1e6));
}

} // namespace

TimelineView::TimelineView(QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Timeline of the selected job"));
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
}

void TimelineView::setRecord(const JobRecord &record)
{
    m_record = record;
    QStringList words;
    for (const Segment &segment : segments(record, monotonicNow()))
        words.append(tr("%1: %2").arg(title(segment.phase), Wording::duration(segment.length)));
    setAccessibleDescription(words.join(u", "_s));
    update();
}

void TimelineView::clear()
{
    m_record.reset();
    setAccessibleDescription({});
    update();
}

void TimelineView::tick()
{
    if (m_record && !m_record->isFinished())
        update();
}

QString TimelineView::title(Phase phase)
{
    switch (phase) {
    case Phase::QueueWait:
        return tr("Queue wait");
    case Phase::Load:
        return tr("Load");
    case Phase::Prefill:
        return tr("Prefill");
    case Phase::Decode:
        return tr("Decode");
    case Phase::UntilOutput:
        return tr("Until first output");
    case Phase::Running:
        return tr("Run");
    case Phase::Rest:
        return tr("Rest of the run");
    }
    return {};
}

QList<TimelineView::Segment> TimelineView::segments(const JobRecord &record, MonotonicTime now)
{
    QList<Segment> segments;
    const auto add = [&segments](Phase phase, std::chrono::nanoseconds length) {
        if (length.count() > 0)
            segments.append({phase, length});
    };
    const MonotonicTime end = record.completed ? record.completed->monotonic : now;
    if (!record.started) {
        add(Phase::QueueWait, end - record.submitted.monotonic);
        return segments;
    }
    add(Phase::QueueWait, record.started->monotonic - record.submitted.monotonic);
    const std::chrono::nanoseconds run = end - record.started->monotonic;
    const EngineTimings &timings = record.timings;
    if (timings.loadMs || timings.prefillMs || timings.decodeMs) {
        std::chrono::nanoseconds left = run;
        const auto take = [&](Phase phase, const std::optional<double> &ms) {
            const auto length = std::min(fromMs(ms.value_or(0)), left);
            add(phase, length);
            left -= length;
        };
        take(Phase::Load, timings.loadMs);
        take(Phase::Prefill, timings.prefillMs);
        take(Phase::Decode, timings.decodeMs);
        add(Phase::Rest, left);
    } else if (record.firstOutput) {
        add(Phase::UntilOutput, record.firstOutput->monotonic - record.started->monotonic);
        add(Phase::Running, end - record.firstOutput->monotonic);
    } else {
        add(Phase::Running, run);
    }
    return segments;
}

QColor TimelineView::colour(Phase phase) const
{
    const bool dark = isDark(palette());
    switch (phase) {
    case Phase::QueueWait:
        return dark ? QColor(0x6b, 0x72, 0x80) : QColor(0xb3, 0xba, 0xc6);
    case Phase::Load:
        return dark ? QColor(0xb9, 0x8a, 0x3a) : QColor(0xe0, 0xac, 0x4f);
    case Phase::Prefill:
    case Phase::UntilOutput:
        return dark ? QColor(0x3e, 0x8f, 0xa8) : QColor(0x4f, 0xb0, 0xcc);
    case Phase::Decode:
    case Phase::Running:
        return dark ? QColor(0x5a, 0x78, 0xe6) : QColor(0x4c, 0x6d, 0xe0);
    case Phase::Rest:
        return dark ? QColor(0x57, 0x87, 0x68) : QColor(0x9f, 0xcb, 0xac);
    }
    return {};
}

QSize TimelineView::sizeHint() const
{
    return {480, 160};
}

QSize TimelineView::minimumSizeHint() const
{
    return {200, 80};
}

void TimelineView::paintEvent(QPaintEvent *)
{
    if (!m_record)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QList<Segment> shown = segments(*m_record, monotonicNow());
    std::chrono::nanoseconds total(0);
    for (const Segment &segment : shown)
        total += segment.length;
    const QRect area = rect().adjusted(margin, margin, -margin, -margin);
    const int line = fontMetrics().height();

    painter.setPen(toneColour(Tone::Muted, palette()));
    painter.drawText(QRect(area.left(), area.top(), area.width(), line), Qt::AlignLeft, tr("Submitted"));
    painter.drawText(QRect(area.left(), area.top(), area.width(), line), Qt::AlignRight,
                     m_record->isFinished() ? tr("Completed after %1").arg(Wording::duration(total))
                                            : tr("Now, after %1").arg(Wording::tickingDuration(total)));

    const QRectF bar(area.left(), area.top() + line + 8, area.width(), barHeight);
    QList<qreal> widths;
    qreal sum = 0;
    for (const Segment &segment : shown) {
        const auto share = static_cast<double>(segment.length.count()) / static_cast<double>(total.count());
        widths.append(qMax<qreal>(smallestShown, share * bar.width()));
        sum += widths.last();
    }
    QPainterPath outline;
    outline.addRoundedRect(bar, 5, 5);
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(bar, blend(palette().color(QPalette::Base), palette().color(QPalette::Text), 0.06));
    qreal x = bar.left();
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const qreal width = widths[i] * bar.width() / sum;
        painter.fillRect(QRectF(x, bar.top(), width + 0.5, bar.height()), colour(shown[i].phase));
        x += width;
    }
    painter.restore();

    // The legend, wrapped like words.
    const int swatch = fontMetrics().ascent();
    QPoint at(area.left(), static_cast<int>(bar.bottom()) + 14);
    for (const Segment &segment : shown) {
        const QString name = title(segment.phase);
        const auto share = 100.0 * static_cast<double>(segment.length.count()) / static_cast<double>(total.count());
        const QString figure = tr("%1 (%2 %)").arg(Wording::duration(segment.length)).arg(share, 0, 'f', 1);
        const int nameWidth = fontMetrics().horizontalAdvance(name) + 8;
        const int width = swatch + 8 + nameWidth + fontMetrics().horizontalAdvance(figure) + 28;
        if (at.x() + width > area.right() && at.x() > area.left())
            at = QPoint(area.left(), at.y() + line + 8);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(segment.phase));
        painter.drawRoundedRect(QRect(at.x(), at.y() + (line - swatch) / 2, swatch, swatch), 3, 3);
        painter.setPen(toneColour(Tone::Muted, palette()));
        painter.drawText(at + QPoint(swatch + 8, fontMetrics().ascent()), name);
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(at + QPoint(swatch + 8 + nameWidth, fontMetrics().ascent()), figure);
        at.rx() += width;
    }
}

} // namespace BitNet
