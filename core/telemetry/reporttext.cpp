// SPDX-License-Identifier: MIT
#include "core/telemetry/reporttext.h"

#include "core/jobs/duration.h"
#include "core/telemetry/recordexport.h"

#include <QLocale>

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString trimmed(double value, int digits, QStringView unit)
{
    return QString::number(value, 'g', digits) + u' ' + unit;
}

} // namespace

QString countText(qint64 number)
{
    return QLocale(QLocale::English).toString(number);
}

QString percentText(double share)
{
    return u"%1\u00a0%"_s.arg(share * 100, 0, 'f', 1);
}

QString durationLabel(double ms, int digits)
{
    if (ms <= 0)
        return u"0"_s;
    if (ms < 1e-3)
        return trimmed(ms * 1e6, digits, u"ns");
    if (ms < 1)
        return trimmed(ms * 1e3, digits, u"µs");
    if (ms < 1e3)
        return trimmed(ms, digits, u"ms");
    if (ms < 60e3)
        return trimmed(ms / 1e3, digits, u"s");
    return durationText(ms).remove(u" 00 s"_s).remove(u" 00 min"_s).remove(u" 00 h"_s);
}

QString durationText(double ms)
{
    return formatDuration(std::chrono::nanoseconds(std::llround(ms * 1e6)));
}

QString timeText(WallTime time)
{
    return isoTime(time).sliced(0, 19).replace(u'T', u' ');
}

} // namespace BitNet
