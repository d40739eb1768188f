// SPDX-License-Identifier: MIT
#include "core/conversations/jsonfields.h"

#include <cmath>

using namespace Qt::StringLiterals;

namespace BitNet {

JsonFields::JsonFields(const QJsonObject &object, const QString &place)
    : m_object(object)
    , m_place(place)
{
}

QJsonValue JsonFields::value(QLatin1String name) const
{
    const QJsonValue found = m_object.value(name);
    return found.isNull() ? QJsonValue(QJsonValue::Undefined) : found;
}

bool JsonFields::has(QLatin1String name) const
{
    return !value(name).isUndefined();
}

void JsonFields::fail(QLatin1String name, const QString &whatIsWrong)
{
    if (!m_problem.isEmpty())
        return;
    const QString member = u"\"%1\" %2."_s.arg(QString(name), whatIsWrong);
    m_problem = m_place.isEmpty() ? member : QString(m_place + u": "_s + member);
}

void JsonFields::wrongType(QLatin1String name, const QString &expected)
{
    fail(name, u"must be "_s + expected);
}

QString JsonFields::text(QLatin1String name, const QString &fallback)
{
    const QJsonValue found = value(name);
    if (found.isUndefined())
        return fallback;
    if (!found.isString())
        wrongType(name, u"a string"_s);
    return found.toString(fallback);
}

bool JsonFields::flag(QLatin1String name, bool fallback)
{
    const QJsonValue found = value(name);
    if (!found.isUndefined() && !found.isBool())
        wrongType(name, u"true or false"_s);
    return found.toBool(fallback);
}

std::optional<qint64> JsonFields::integer(QLatin1String name, qint64 least, qint64 most)
{
    const QJsonValue found = value(name);
    if (found.isUndefined())
        return std::nullopt;
    const double number = found.toDouble();
    if (!found.isDouble() || number != std::floor(number) || number < double(least) || number > double(most)) {
        fail(name, u"must be a whole number between %1 and %2"_s.arg(least).arg(most));
        return std::nullopt;
    }
    return found.toInteger(qint64(number));
}

std::optional<double> JsonFields::number(QLatin1String name)
{
    const QJsonValue found = value(name);
    if (found.isUndefined())
        return std::nullopt;
    if (!found.isDouble() || !std::isfinite(found.toDouble())) {
        wrongType(name, u"a number"_s);
        return std::nullopt;
    }
    return found.toDouble();
}

std::optional<double> JsonFields::positiveNumber(QLatin1String name)
{
    const std::optional<double> found = number(name);
    if (found && *found < 0) {
        wrongType(name, u"zero or more"_s);
        return std::nullopt;
    }
    return found;
}

QStringList JsonFields::texts(QLatin1String name)
{
    QStringList all;
    for (const QJsonValue entry : list(name)) {
        if (!entry.isString())
            wrongType(name, u"a list of strings"_s);
        all.append(entry.toString());
    }
    return all;
}

QJsonObject JsonFields::object(QLatin1String name)
{
    const QJsonValue found = value(name);
    if (!found.isUndefined() && !found.isObject())
        wrongType(name, u"an object"_s);
    return found.toObject();
}

QJsonArray JsonFields::list(QLatin1String name)
{
    const QJsonValue found = value(name);
    if (!found.isUndefined() && !found.isArray())
        wrongType(name, u"a list"_s);
    return found.toArray();
}

QDateTime JsonFields::time(QLatin1String name)
{
    const QString found = text(name);
    if (found.isEmpty())
        return {};
    const QDateTime time = QDateTime::fromString(found, Qt::ISODateWithMs);
    if (!time.isValid())
        fail(name, u"must be a time like 2026-01-31T12:00:00.000Z, not \"%1\""_s.arg(found.left(40)));
    return time.toUTC();
}

std::optional<int> JsonFields::word(QLatin1String name, const QList<QLatin1String> &words)
{
    if (!has(name))
        return std::nullopt;
    const QString found = text(name);
    for (int i = 0; i < words.size(); ++i) {
        if (found == words[i])
            return i;
    }
    QStringList known;
    for (const QLatin1String &word : words)
        known.append(word);
    fail(name, u"must be one of %1, not \"%2\""_s.arg(known.join(u", "_s), found.left(40)));
    return std::nullopt;
}

} // namespace BitNet
