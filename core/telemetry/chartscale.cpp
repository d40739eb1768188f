// SPDX-License-Identifier: MIT
#include "core/telemetry/chartscale.h"

#include "core/jobs/duration.h"
#include "core/telemetry/reporttext.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr double second = 1000;
constexpr double minute = 60 * second;
constexpr double hour = 60 * minute;
constexpr double day = 24 * hour;

// Powers of ten up to the second, then what clocks have.
constexpr std::array coarseTicks = {1e-6,   1e-5,        1e-4,   1e-3,        1e-2, 0.1,       1.0,     10.0,    100.0,
                                    second, 10 * second, minute, 10 * minute, hour, 10 * hour, 5 * day, 50 * day};
constexpr std::array clockSteps = {10 * second, 15 * second, 30 * second, minute,  2 * minute, 5 * minute,
                                   10 * minute, 15 * minute, 30 * minute, hour,    2 * hour,   6 * hour,
                                   12 * hour,   day,         2 * day,     5 * day, 10 * day};

double linearStep(double length, int maximum)
{
    for (double decade = 1e-6; decade < 5 * second; decade *= 10) {
        for (const double step : {decade, 2 * decade, 5 * decade}) {
            if (length / step <= maximum)
                return step;
        }
    }
    for (const double step : clockSteps) {
        if (length / step <= maximum)
            return step;
    }
    return niceCeiling(length / maximum / day) * day;
}

// Two values between the coarse ones: 2 and 5 times a power of ten, or what is usual on a clock.
std::vector<double> fineTicks()
{
    std::vector<double> ticks;
    for (double decade = 1e-6; decade < second / 2; decade *= 10)
        ticks.insert(ticks.end(), {decade, 2 * decade, 5 * decade});
    for (const double value : {1.0, 2.0, 5.0, 10.0, 30.0})
        ticks.insert(ticks.end(), {value * second, value * minute});
    for (const double value : {1.0, 2.0, 5.0, 10.0})
        ticks.insert(ticks.end(), {value * hour, value * day});
    std::ranges::sort(ticks);
    return ticks;
}

std::vector<double> logarithmicTicks(double from, double to, int maximum)
{
    const auto within = [=](double value) { return value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9); };
    std::vector<double> ticks;
    std::ranges::copy_if(fineTicks(), std::back_inserter(ticks), within);
    if (int(ticks.size()) <= maximum)
        return ticks;
    ticks.clear();
    std::ranges::copy_if(coarseTicks, std::back_inserter(ticks), within);
    while (int(ticks.size()) > maximum) {
        std::vector<double> everySecond;
        for (size_t i = 0; i < ticks.size(); i += 2)
            everySecond.push_back(ticks[i]);
        ticks = std::move(everySecond);
    }
    return ticks;
}

// With as many digits as tell neighbours apart.
QString tickLabel(double ms, double step)
{
    if ((ms >= hour && step < minute) || (ms >= day && step < hour))
        return exactDuration(std::chrono::nanoseconds(std::llround(ms * 1e6)));
    const int digits = ms > 0 ? std::max(3, int(std::ceil(std::log10(ms / step))) + 1) : 3;
    if (ms >= minute && step < second)
        return QString::number(ms / second, 'g', digits) + u" s"_s;
    return durationLabel(ms, digits);
}

} // namespace

double niceCeiling(double value)
{
    if (value <= 0)
        return 1;
    const double decade = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 4.0, 6.0, 8.0}) {
        if (value <= step * decade * (1 + 1e-9))
            return step * decade;
    }
    return 10 * decade;
}

DurationScale::DurationScale(HistogramScale scale, double smallest, double largest, double pixelFrom, double pixelTo)
    : m_scale(scale)
    , m_from(smallest)
    , m_to(std::max(largest, smallest + std::max(smallest * 0.01, 1e-6)))
    , m_pixelFrom(pixelFrom)
    , m_pixelTo(pixelTo)
{
    Q_ASSERT(scale == HistogramScale::Linear || smallest > 0);
}

DurationScale DurationScale::fromZero(double largest, double pixelFrom, double pixelTo)
{
    const double length = largest > 0 ? largest : 1;
    const double step = linearStep(length, 6);
    return {HistogramScale::Linear, 0, std::ceil(length / step * (1 - 1e-9)) * step, pixelFrom, pixelTo};
}

double DurationScale::position(double ms) const
{
    const double clamped = std::clamp(ms, m_from, m_to);
    const double share = m_scale == HistogramScale::Linear ? (clamped - m_from) / (m_to - m_from)
                                                           : std::log(clamped / m_from) / std::log(m_to / m_from);
    return m_pixelFrom + share * (m_pixelTo - m_pixelFrom);
}

std::vector<ScaleTick> DurationScale::ticks(int maximum) const
{
    std::vector<ScaleTick> ticks;
    if (m_scale == HistogramScale::Logarithmic) {
        for (const double value : logarithmicTicks(m_from, m_to, maximum))
            ticks.push_back({position(value), durationLabel(value)});
        return ticks;
    }
    const double step = linearStep(m_to - m_from, maximum);
    const double first = std::ceil(m_from / step * (1 - 1e-9));
    for (int i = 0; (first + i) * step <= m_to * (1 + 1e-9); ++i)
        ticks.push_back({position((first + i) * step), tickLabel((first + i) * step, step)});
    return ticks;
}

std::vector<ScaleTick> timeTicks(const TimeRange &range, double pixelFrom, double pixelTo, int maximum)
{
    const std::chrono::microseconds width = bucketWidth(range, maximum + 1);
    std::vector<ScaleTick> ticks;
    std::optional<std::chrono::sys_days> lastDay;
    for (WallTime time = bucketBegin(range.from, width); time <= range.to; time += width) {
        if (time < range.from)
            continue;
        const auto today = std::chrono::floor<std::chrono::days>(time);
        const std::chrono::hh_mm_ss clock(time - today);
        const std::chrono::year_month_day date(today);
        const QString dateText =
            QString::asprintf("%04d-%02u-%02u", int(date.year()), unsigned(date.month()), unsigned(date.day()));
        QString label = QString::asprintf("%02d:%02d", int(clock.hours().count()), int(clock.minutes().count()));
        if (width < 1min)
            label += QString::asprintf(":%02d", int(clock.seconds().count()));
        if (width < 1s)
            label += QString::asprintf(".%d", int(clock.subseconds().count() / 100'000));
        if (width >= 24h)
            label = dateText;
        else if (lastDay && *lastDay != today)
            label = dateText.sliced(5); // midnight, or the first tick after it
        lastDay = today;
        const double share = double((time - range.from).count()) / double(range.length().count());
        ticks.push_back({pixelFrom + share * (pixelTo - pixelFrom), label});
    }
    return ticks;
}

} // namespace BitNet
