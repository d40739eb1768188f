// SPDX-License-Identifier: MIT
#include "ui/latency/charttext.h"

#include "core/telemetry/reporttext.h"
#include "ui/style/wording.h"

#include <QFileInfo>
#include <QLocale>

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

static int milliseconds(WallTime time)
{
    return int(
        std::chrono::floor<std::chrono::milliseconds>(time - std::chrono::floor<std::chrono::seconds>(time)).count());
}

QString ChartText::measure(Measure measure)
{
    switch (measure) {
    case Measure::QueueWait:
        return tr("Queue wait");
    case Measure::Ttft:
        return tr("TTFT");
    case Measure::Run:
        return tr("Run time");
    case Measure::E2E:
        return tr("E2E latency");
    case Measure::Tpot:
        return tr("TPOT");
    case Measure::Load:
        return tr("Load");
    case Measure::Prefill:
        return tr("Prefill");
    case Measure::Decode:
        break;
    }
    return tr("Decode");
}

QString ChartText::meaning(Measure measure)
{
    switch (measure) {
    case Measure::QueueWait:
        return tr("From submitted to started");
    case Measure::Ttft:
        return tr("Time to first token: from submitted to the first generated output");
    case Measure::Run:
        return tr("From started to completed");
    case Measure::E2E:
        return tr("From submitted to completed, the wait in the queue included");
    case Measure::Tpot:
        return tr("Time per output token: decode time / (output tokens − 1)");
    case Measure::Load:
    case Measure::Prefill:
    case Measure::Decode:
        break;
    }
    return tr("As the engine printed it");
}

QString ChartText::phase(LatencyPhase phase)
{
    switch (phase) {
    case LatencyPhase::QueueWait:
        return tr("Queue wait");
    case LatencyPhase::Load:
        return tr("Load");
    case LatencyPhase::Prefill:
        return tr("Prefill");
    case LatencyPhase::Decode:
        return tr("Decode");
    case LatencyPhase::Rest:
        break;
    }
    return tr("Rest of the run");
}

QString ChartText::outcomeClass(OutcomeClass outcome)
{
    switch (outcome) {
    case OutcomeClass::Completed:
        return tr("Completed");
    case OutcomeClass::Failed:
        return tr("Failed");
    case OutcomeClass::TimedOut:
        return tr("Timed out");
    case OutcomeClass::Cancelled:
        break;
    }
    return tr("Cancelled");
}

QString ChartText::duration(double ms)
{
    return tr("%1 (%2)").arg(durationText(ms),
                             Wording::exactDuration(std::chrono::nanoseconds(std::llround(ms * 1e6))));
}

QString ChartText::percentile(double ms, double relativeErrorBound)
{
    return relativeErrorBound > 0 ? tr("%1, within %2").arg(durationText(ms), percentText(relativeErrorBound))
                                  : duration(ms);
}

QString ChartText::model(const QString &path)
{
    const QString file = QFileInfo(path).fileName();
    return file.isEmpty() ? path : file;
}

QString ChartText::jobs(qint64 count)
{
    // %n would not group the digits.
    return count == 1 ? tr("1 job") : tr("%1 jobs").arg(QLocale().toString(count));
}

QString ChartText::perMinute(double rate)
{
    return QLocale().toString(rate, 'f', rate >= 100 ? 0 : rate >= 10 ? 1 : 2);
}

QString ChartText::moment(WallTime time, const ChartLook &look)
{
    return timeText(time + look.utcOffset);
}

QString ChartText::window(const TimeRange &window, const ChartLook &look)
{
    QString from = moment(window.from, look);
    QString to = moment(window.to, look);
    if (window.length() < std::chrono::seconds(10)) {
        for (auto [text, time] : {std::pair(&from, window.from), {&to, window.to}})
            *text += u".%1"_s.arg(milliseconds(time), 3, 10, QChar(u'0'));
    }
    if (from.sliced(0, 10) == to.sliced(0, 10))
        to = to.sliced(11);
    return from + u" – "_s + to;
}

} // namespace BitNet
