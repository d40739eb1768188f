// SPDX-License-Identifier: MIT
#include "ui/latency/limitsbar.h"

#include "core/telemetry/reporttext.h"
#include "ui/latency/charttext.h"
#include "ui/style/durationedit.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QBoxLayout>

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

LimitsBar::LimitsBar(QWidget *parent)
    : QWidget(parent)
    , m_goodput(new ToneLabel(Tone::Muted))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(6);
    auto *title = new ToneLabel(Tone::Plain, tr("Limits"));
    title->setToolTip(
        tr("What a request shall keep (SLO). A value equal to its limit keeps it. TTFT and TPOT are asked of "
           "prompts only."));
    row->addWidget(title);
    m_fields[0].measure = Measure::Ttft;
    m_fields[1].measure = Measure::Tpot;
    m_fields[2].measure = Measure::E2E;
    for (Field &field : m_fields) {
        const QString name = ChartText::measure(field.measure);
        field.edit = new DurationEdit;
        field.edit->setFixedWidth(fontMetrics().averageCharWidth() * 13);
        field.edit->setAccessibleName(tr("Limit of %1").arg(name));
        field.attainment = new ToneLabel(Tone::Muted);
        auto *label = new ToneLabel(Tone::Muted, u"%1 ≤"_s.arg(name));
        row->addSpacing(6);
        row->addWidget(label);
        row->addWidget(field.edit);
        row->addWidget(field.attainment);
        connect(field.edit, &QLineEdit::editingFinished, this, [this] { Q_EMIT changed(); });
        connect(field.edit, &QLineEdit::textChanged, this, [this](const QString &text) {
            if (text.isEmpty())
                Q_EMIT changed();
        });
    }
    row->addStretch();
    row->addWidget(m_goodput);
}

LatencyLimits LimitsBar::limits() const
{
    const auto ms = [](const DurationEdit *edit) -> std::optional<double> {
        const auto duration = edit->duration();
        return duration ? std::optional(std::chrono::duration<double, std::milli>(*duration).count()) : std::nullopt;
    };
    return {.ttftMs = ms(m_fields[0].edit), .tpotMs = ms(m_fields[1].edit), .e2eMs = ms(m_fields[2].edit)};
}

void LimitsBar::setLimits(const LatencyLimits &limits)
{
    for (const Field &field : m_fields) {
        const std::optional<double> ms = limits.of(field.measure);
        field.edit->setDuration(ms ? std::optional(std::chrono::nanoseconds(std::llround(*ms * 1e6))) : std::nullopt);
    }
    Q_EMIT changed();
}

void LimitsBar::display(const LatencyStatistics &statistics)
{
    for (const Field &field : m_fields) {
        const std::optional<double> share = statistics.attainment(field.measure);
        field.attainment->setText(share ? tr("met by %1").arg(percentText(*share)) : QString());
        field.attainment->setToolTip(tr("Share of the completed requests with this measure that kept its limit"));
    }
    const Goodput goodput = statistics.goodput();
    if (!statistics.settings().limits.isSet())
        m_goodput->setText(tr("Set a limit to see the goodput."));
    else if (!goodput.share())
        m_goodput->setText(tr("No request can be judged."));
    else
        m_goodput->setText(tr("Goodput %1, with failures as missed %2")
                               .arg(percentText(*goodput.share()), percentText(*goodput.shareOfAll())));
    m_goodput->setToolTip(tr("Met: %1, missed: %2, failed or timed out: %3, no value to judge by: %4")
                              .arg(Wording::number(goodput.met), Wording::number(goodput.missed),
                                   Wording::number(goodput.notCompleted), Wording::number(goodput.unjudged)));
}

} // namespace BitNet
