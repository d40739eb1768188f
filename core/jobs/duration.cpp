// SPDX-License-Identifier: MIT
#include "core/jobs/duration.h"

#include <QLocale>

#include <array>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

struct Unit
{
    QLatin1String name;
    qint64 nanoseconds;
};

// From large to small: the order in which a text may use them.
constexpr std::array<Unit, 7> units = {{
    {"d"_L1, 86'400'000'000'000},
    {"h"_L1, 3'600'000'000'000},
    {"m"_L1, 60'000'000'000},
    {"s"_L1, 1'000'000'000},
    {"ms"_L1, 1'000'000},
    {"us"_L1, 1'000},
    {"ns"_L1, 1},
}};
constexpr size_t secondsIndex = 3;

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

// Takes the characters that satisfy the predicate off the front of text.
template<typename Predicate>
QStringView takeWhile(QStringView &text, Predicate predicate)
{
    qsizetype length = 0;
    while (length < text.size() && predicate(text[length]))
        ++length;
    const QStringView taken = text.first(length);
    text = text.sliced(length);
    return taken;
}

// whole.fraction times the unit, in nanoseconds; more than maximumDuration when it does not fit.
qint64 scaled(QStringView whole, QStringView fraction, qint64 unit)
{
    const qint64 tooMuch = maximumDuration.count() + 1;
    qint64 count = 0;
    for (const QChar digit : whole) {
        count = count * 10 + (digit.unicode() - u'0');
        if (count > tooMuch / unit)
            return tooMuch;
    }
    // From the last digit to the first, so that each division drops less than a nanosecond of what is kept.
    qint64 part = 0;
    for (qsizetype i = fraction.size() - 1; i >= 0; --i)
        part = (part + unit * (fraction[i].unicode() - u'0')) / 10;
    return count * unit + part;
}

std::optional<std::chrono::nanoseconds> parse(QStringView text, bool zeroAllowed, QString *error)
{
    const QStringView trimmed = text.trimmed();
    const auto fail = [error](const QString &sentence) -> std::optional<std::chrono::nanoseconds> {
        if (error)
            *error = sentence;
        return std::nullopt;
    };
    const auto malformed = [&] {
        return fail(
            u"\"%1\" is not a length of time. Write it like 500ms, 30s, 2m or 1h30m; a bare number is seconds."_s.arg(
                trimmed));
    };

    if (trimmed.startsWith(u'-')) {
        const bool number = trimmed.size() > 1 && (isDigit(trimmed[1]) || trimmed[1] == u'.');
        return number ? fail(u"A length of time can't be negative. Got \"%1\"."_s.arg(trimmed)) : malformed();
    }
    if (trimmed.isEmpty())
        return malformed();

    QStringView rest = trimmed;
    qint64 total = 0;
    size_t nextUnit = 0;
    while (!rest.isEmpty()) {
        const bool first = rest.size() == trimmed.size();
        const QStringView whole = takeWhile(rest, isDigit);
        QStringView fraction;
        if (rest.startsWith(u'.')) {
            rest = rest.sliced(1);
            fraction = takeWhile(rest, isDigit);
        }
        if (whole.isEmpty() && fraction.isEmpty())
            return malformed();

        const QStringView unitName = takeWhile(rest, [](QChar c) { return !isDigit(c) && c != u'.'; });
        size_t index = secondsIndex;
        if (unitName.isEmpty()) {
            if (!first || !rest.isEmpty()) // "1h30" or "1.5.2"
                return malformed();
        } else {
            index = 0;
            while (index < units.size() && units[index].name != unitName)
                ++index;
            if (index == units.size()) {
                return fail(
                    u"\"%1\" has the unknown unit \"%2\". Use d, h, m, s, ms, us or ns."_s.arg(trimmed, unitName));
            }
            if (index < nextUnit) {
                return fail(u"The units of \"%1\" must go from large to small, each at most once."_s.arg(trimmed));
            }
            nextUnit = index + 1;
        }
        total += scaled(whole, fraction, units[index].nanoseconds);
        if (total > maximumDuration.count())
            return fail(u"\"%1\" is longer than the longest limit, 3650 days."_s.arg(trimmed));
    }
    if (total == 0 && !zeroAllowed)
        return fail(u"A length of time must be greater than zero. Got \"%1\"."_s.arg(trimmed));
    return std::chrono::nanoseconds(total);
}

QString twoDigits(qint64 number)
{
    return u"%1"_s.arg(number, 2, 10, QChar(u'0'));
}

} // namespace

std::optional<std::chrono::nanoseconds> parseDuration(QStringView text, QString *error)
{
    return parse(text, false, error);
}

std::optional<std::chrono::nanoseconds> parseDurationOrZero(QStringView text, QString *error)
{
    return parse(text, true, error);
}

QString formatDuration(std::chrono::nanoseconds duration)
{
    using namespace std::chrono_literals;

    if (duration < 0ns)
        return u"\u2212"_s + formatDuration(-duration);
    if (duration == 0ns)
        return u"0 s"_s;
    if (duration < 1us)
        return u"%1 ns"_s.arg(duration.count());

    // Three significant digits up to a minute. The bounds lie where rounding would reach the next form.
    struct Scale
    {
        std::chrono::nanoseconds below;
        double unit;
        QStringView name;
    };
    static constexpr std::array<Scale, 3> scales = {{
        {999'500ns, 1e3, u"µs"},
        {999'500us, 1e6, u"ms"},
        {59'950ms, 1e9, u"s"},
    }};
    for (const Scale &scale : scales) {
        if (duration >= scale.below)
            continue;
        const double value = double(duration.count()) / scale.unit;
        const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return u"%1 %2"_s.arg(value, 0, 'f', decimals).arg(scale.name);
    }

    const qint64 seconds = std::chrono::round<std::chrono::seconds>(duration).count();
    if (seconds < 3600)
        return u"%1 min %2 s"_s.arg(seconds / 60).arg(twoDigits(seconds % 60));
    const qint64 minutes = (seconds + 30) / 60;
    if (minutes < 24 * 60)
        return u"%1 h %2 min"_s.arg(minutes / 60).arg(twoDigits(minutes % 60));
    const qint64 hours = (minutes + 30) / 60;
    return u"%1 d %2 h"_s.arg(hours / 24).arg(twoDigits(hours % 24));
}

QString exactDuration(std::chrono::nanoseconds duration)
{
    qint64 rest = duration.count();
    QString text;
    for (size_t i = 0; i < secondsIndex; ++i) {
        const qint64 count = rest / units[i].nanoseconds;
        rest %= units[i].nanoseconds;
        if (count > 0)
            text += QString::number(count) + units[i].name;
    }
    if (rest == 0 && !text.isEmpty())
        return text;
    // What is left of a minute as one number, in the largest unit that holds it exactly.
    for (size_t i = secondsIndex; i < units.size(); ++i) {
        if (rest % units[i].nanoseconds == 0) {
            text += QString::number(rest / units[i].nanoseconds) + units[i].name;
            break;
        }
    }
    return text;
}

} // namespace BitNet
