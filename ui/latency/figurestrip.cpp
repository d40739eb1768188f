// SPDX-License-Identifier: MIT
#include "ui/latency/figurestrip.h"

#include "core/telemetry/reporttext.h"
#include "ui/latency/charttext.h"
#include "ui/style/elidedlabel.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QBoxLayout>

namespace BitNet {

using namespace Qt::StringLiterals;

FigureStrip::FigureStrip(QWidget *parent)
    : QWidget(parent)
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 16, 8);
    row->setSpacing(12);
    for (Labels &labels : m_tiles) {
        labels.what = new ElidedLabel(Tone::Muted);
        labels.value = new ElidedLabel(Tone::Plain);
        labels.value->setFont(ToneLabel::scaledFont(1.35, QFont::DemiBold));
        labels.more = new ElidedLabel(Tone::Muted);
        labels.more->setFont(ToneLabel::scaledFont(0.88, QFont::Normal));
        auto *column = new QVBoxLayout;
        column->setSpacing(0);
        for (ElidedLabel *label : {labels.what, labels.value, labels.more}) {
            label->setMinimumWidth(40);
            column->addWidget(label);
        }
        row->addLayout(column, 1);
    }
}

void FigureStrip::set(Tile tile, const QString &what, const QString &value, const QString &more, const QString &exact)
{
    const Labels &labels = m_tiles[size_t(tile)];
    labels.what->setText(what);
    labels.value->setText(value);
    labels.more->setText(more);
    const QString tip = exact.isEmpty() ? u"%1: %2, %3"_s.arg(what, value, more) : u"%1: %2"_s.arg(what, exact);
    for (ElidedLabel *label : {labels.what, labels.value, labels.more})
        label->setToolTip(tip);
    labels.value->setAccessibleName(tip);
}

void FigureStrip::display(const LatencyView &view)
{
    const LatencyStatistics &statistics = view.report->statistics();
    const qint64 completed = statistics.count(OutcomeClass::Completed);
    const qint64 failed = statistics.count(OutcomeClass::Failed);
    const qint64 timedOut = statistics.count(OutcomeClass::TimedOut);
    const QString endings = tr("%1 failed, %2 timed out").arg(Wording::number(failed), Wording::number(timedOut));
    set(Jobs, tr("Jobs ended"), Wording::number(statistics.count()), endings,
        tr("%1, %2. These are the finished jobs that the history holds; what is removed from it leaves the figures.")
            .arg(Wording::number(statistics.count()), endings));
    const LatencySummary &summary = view.summary;
    const QString name = ChartText::measure(view.question.measure);
    const auto percentile = [&](Tile tile, const QString &label, size_t index, const QString &more) {
        const std::optional<double> &value = summary.percentiles[index];
        set(tile, u"%1 %2"_s.arg(label, name), value ? durationText(*value) : Wording::nothing(), more,
            value ? ChartText::percentile(*value, summary.relativeErrorBound) : QString());
    };
    percentile(P50, u"p50"_s, 0, tr("half are faster"));
    percentile(P95, u"p95"_s, 3, tr("1 in 20 is slower"));
    percentile(P99, u"p99"_s, 4,
               summary.censored > 0 ? tr("%1 time-outs apart").arg(Wording::number(summary.censored))
                                    : tr("1 in 100 is slower"));
    const auto throughput = view.report->throughput();
    set(Throughput, tr("Throughput"),
        throughput ? tr("%1/min").arg(ChartText::perMinute(throughput->finishedPerMinute)) : Wording::nothing(),
        throughput && throughput->outputTokensPerMinute > 0
            ? tr("%1 tokens/min").arg(ChartText::perMinute(throughput->outputTokensPerMinute))
            : tr("jobs, over the range"));
    if (statistics.settings().limits.isSet()) {
        const auto share = statistics.goodput().share();
        set(Goodput, tr("Goodput"), share ? percentText(*share) : Wording::nothing(), tr("met every limit"));
    } else {
        const qint64 ended = completed + failed + timedOut;
        set(Goodput, tr("Success"), ended > 0 ? percentText(double(completed) / double(ended)) : Wording::nothing(),
            tr("of what was not cancelled"));
    }
}

} // namespace BitNet
