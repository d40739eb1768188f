// SPDX-License-Identifier: MIT
#include "ui/prompt/contextmeter.h"

#include "ui/style/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int barWidth = 64;
static constexpr int barHeight = 5;
static constexpr int gap = 8;

ContextMeter::ContextMeter(QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Context used"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ContextMeter::setUse(const ContextUse &use, const Size &context, qint64 answer)
{
    const QLocale locale;
    const qint64 size = context.tokens;
    m_part = size > 0 ? std::clamp(double(use.tokens) / double(size), 0.0, 1.0) : 0;
    m_text = use.estimated && use.tokens > 0
        ? tr("≈ %1 / %2 tokens").arg(locale.toString(use.tokens), locale.toString(size))
        : tr("%1 / %2 tokens").arg(locale.toString(use.tokens), locale.toString(size));
    m_isFull = use.tokens >= size;
    m_warning.clear();
    if (m_isFull && context.isModels) {
        m_warning = tr("This is more than the model was trained for: its answers get worse. Start a new conversation.");
    } else if (m_isFull) {
        m_warning = tr("The context is full: the engine will refuse this prompt or forget the beginning. Start a new "
                       "conversation, or give it a larger context.");
    } else if (use.tokens > 0 && use.tokens + answer > size) {
        m_warning = tr("The context is nearly full: about %1 of the %2 tokens of an answer still fit.")
                        .arg(locale.toString(size - use.tokens), locale.toString(answer));
    }
    QString toolTip = use.estimated
        ? tr("Context used, partly estimated: the engine has not counted all of this conversation yet.")
        : tr("Context used, as the engine counted it.");
    if (!context.source.isEmpty())
        toolTip += u"\n"_s + context.source;
    if (!m_warning.isEmpty())
        toolTip += u"\n"_s + m_warning;
    setToolTip(toolTip);
    setAccessibleDescription(m_text);
    updateGeometry();
    update();
}

QSize ContextMeter::sizeHint() const
{
    return {barWidth + gap + fontMetrics().horizontalAdvance(m_text) + 2, fontMetrics().height() + 4};
}

void ContextMeter::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tone tone = m_isFull ? Tone::Bad : m_warning.isEmpty() ? Tone::Active : Tone::Warning;
    const QRectF bar(0, (height() - barHeight) / 2.0, barWidth, barHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(lineColour(palette()));
    painter.drawRoundedRect(bar, barHeight / 2.0, barHeight / 2.0);
    if (m_part > 0) {
        painter.setBrush(toneColour(tone, palette()));
        painter.drawRoundedRect(
            QRectF(bar.topLeft(), QSizeF(std::max<double>(barHeight, barWidth * m_part), barHeight)), barHeight / 2.0,
            barHeight / 2.0);
    }
    painter.setPen(toneColour(m_warning.isEmpty() ? Tone::Muted : tone, palette()));
    painter.drawText(rect().adjusted(barWidth + gap, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_text);
}

} // namespace BitNet
