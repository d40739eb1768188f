// SPDX-License-Identifier: MIT
#include "core/jobs/jobspecjson.h"

#include "core/jobs/duration.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>
#include <cmath>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// Each reader takes one member's value into the spec; it returns a sentence when that is not possible.
using Problem = std::optional<QString>;

QString typeName(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Null:
        return u"null"_s;
    case QJsonValue::Bool:
        return u"true or false"_s;
    case QJsonValue::Double:
        return u"a number"_s;
    case QJsonValue::String:
        return u"a string"_s;
    case QJsonValue::Array:
        return u"a list"_s;
    case QJsonValue::Object:
        return u"an object"_s;
    case QJsonValue::Undefined:
        break;
    }
    return u"nothing"_s;
}

QString wrongType(QStringView member, QStringView expected, const QJsonValue &value)
{
    return u"\"%1\" must be %2, not %3."_s.arg(member, expected, typeName(value));
}

Problem readString(QStringView member, const QJsonValue &value, QString &target)
{
    if (!value.isString())
        return wrongType(member, u"a string", value);
    target = value.toString();
    return std::nullopt;
}

Problem readCommand(const QJsonValue &value, JobSpec &spec)
{
    if (value.isString()) {
        return u"\"command\" must be a list of strings, [\"program\", \"argument\"]: there is no shell that would "
               u"split "
               u"a string."_s;
    }
    if (!value.isArray())
        return wrongType(u"command", u"a list of strings", value);
    const QJsonArray words = value.toArray();
    spec.command.clear();
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (!words[i].isString())
            return wrongType(u"command[%1]"_s.arg(i), u"a string", words[i]);
        spec.command.append(words[i].toString());
    }
    return std::nullopt;
}

Problem readEnvironment(const QJsonValue &value, JobSpec &spec)
{
    if (!value.isObject())
        return wrongType(u"env", u"an object of names and values", value);
    const QJsonObject variables = value.toObject();
    for (auto it = variables.begin(); it != variables.end(); ++it) {
        if (it.value().isNull())
            spec.environment.overrides[it.key()] = std::nullopt;
        else if (it.value().isString())
            spec.environment.overrides[it.key()] = it.value().toString();
        else
            return wrongType(u"env.%1"_s.arg(it.key()), u"a string (or null to unset it)", it.value());
    }
    return std::nullopt;
}

// A length of time: a string as parseDuration reads it, or a number of seconds.
Problem readDuration(QStringView member, const QJsonValue &value, bool zeroAllowed, std::chrono::nanoseconds &target)
{
    if (value.isString()) {
        QString sentence;
        const auto duration =
            zeroAllowed ? parseDurationOrZero(value.toString(), &sentence) : parseDuration(value.toString(), &sentence);
        if (!duration)
            return u"\"%1\": %2"_s.arg(member, sentence);
        target = *duration;
        return std::nullopt;
    }
    if (!value.isDouble())
        return wrongType(member, u"a length of time like \"30s\" or a number of seconds", value);
    const double seconds = value.toDouble();
    if (seconds < 0 || (seconds == 0 && !zeroAllowed))
        return u"\"%1\" must be greater than zero."_s.arg(member);
    if (seconds > std::chrono::duration<double>(maximumDuration).count())
        return u"\"%1\" is longer than the longest limit, 3650 days."_s.arg(member);
    target = std::chrono::nanoseconds(std::llround(seconds * 1e9));
    if (target.count() == 0 && !zeroAllowed)
        return u"\"%1\" is less than a nanosecond."_s.arg(member);
    return std::nullopt;
}

Problem readOptionalDuration(QStringView member, const QJsonValue &value,
                             std::optional<std::chrono::nanoseconds> &target)
{
    std::chrono::nanoseconds duration = {};
    if (auto problem = readDuration(member, value, false, duration))
        return problem;
    target = duration;
    return std::nullopt;
}

template<typename Integer>
Problem readInteger(QStringView member, const QJsonValue &value, Integer least, Integer &target)
{
    static constexpr double exactLimit = 9007199254740992.0; // 2^53: beyond it a JSON number may have lost digits
    const double most = std::min(double(std::numeric_limits<Integer>::max()), exactLimit);

    if (!value.isDouble())
        return wrongType(member, u"a whole number", value);
    const double number = value.toDouble();
    if (number != std::floor(number))
        return u"\"%1\" must be a whole number."_s.arg(member);
    if (number < double(least) || number > most) {
        return u"\"%1\" must be between %2 and %3."_s.arg(member, QString::number(least),
                                                          QString::number(most, 'f', 0));
    }
    target = Integer(number);
    return std::nullopt;
}

Problem readMember(const QString &member, const QJsonValue &value, JobSpec &spec)
{
    if (member == "command"_L1)
        return readCommand(value, spec);
    if (member == "name"_L1)
        return readString(member, value, spec.name);
    if (member == "group"_L1)
        return readString(member, value, spec.group);
    if (member == "cwd"_L1)
        return readString(member, value, spec.workingDirectory);
    if (member == "env"_L1)
        return readEnvironment(value, spec);
    if (member == "timeout"_L1)
        return readOptionalDuration(member, value, spec.limits.timeout);
    if (member == "deadline"_L1)
        return readOptionalDuration(member, value, spec.limits.deadline);
    if (member == "kill_grace"_L1)
        return readDuration(member, value, true, spec.limits.killGrace);
    if (member == "output_cap"_L1)
        return readInteger<qint64>(member, value, 1, spec.limits.outputCap);
    if (member == "priority"_L1)
        return readInteger<int>(member, value, std::numeric_limits<int>::min(), spec.priority);
    if (member == "held"_L1) {
        if (!value.isBool())
            return wrongType(member, u"true or false", value);
        spec.held = value.toBool();
        return std::nullopt;
    }
    return u"\"%1\" is not known. Known are: command, name, cwd, env, timeout, deadline, kill_grace, output_cap, "
           u"priority, "
           u"group, held."_s.arg(member);
}

} // namespace

std::optional<JobSpec> jobSpecFromJson(QByteArrayView line, const JobSpec &defaults, QString *error)
{
    const auto fail = [error](const QString &sentence) -> std::optional<JobSpec> {
        if (error)
            *error = sentence;
        return std::nullopt;
    };

    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(line.toByteArray(), &parseError);
    if (parseError.error != QJsonParseError::NoError) {
        return fail(
            u"Not valid JSON at byte %1: %2."_s.arg(QString::number(parseError.offset), parseError.errorString()));
    }
    if (!document.isObject())
        return fail(u"A job must be a JSON object, {\"command\": [\"program\", \"argument\"]}."_s);

    const QJsonObject object = document.object();
    if (!object.contains("command"_L1))
        return fail(u"\"command\" is missing."_s);
    JobSpec spec = defaults;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (const Problem problem = readMember(it.key(), it.value(), spec))
            return fail(*problem);
    }
    if (const auto problem = validate(spec))
        return fail(*problem);
    return spec;
}

} // namespace BitNet
