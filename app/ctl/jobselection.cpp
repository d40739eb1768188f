// SPDX-License-Identifier: MIT
#include "app/ctl/jobselection.h"

#include "app/ctl/historyaccess.h"

#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// Values of an option that names of the job model belong to; several with commas between, or several times.
template<typename Value>
bool readNames(const CtlArguments &arguments, const QString &key, std::optional<Value> (*fromName)(QLatin1String),
               const QString &known, QList<Value> &values, QString *error)
{
    for (const QString &list : arguments.values(key)) {
        for (const QString &word : list.split(u',')) {
            const QByteArray text = word.trimmed().replace(u'-', u'_').toLatin1();
            const auto value = fromName(QLatin1String(text));
            if (!value) {
                *error = u"--%1: \"%2\" is none. Write %3, with commas between several."_s.arg(key, word, known);
                return false;
            }
            values.append(*value);
        }
    }
    return true;
}

template<typename Value>
QString namesText(const QList<Value> &values)
{
    QStringList words;
    for (const Value value : values) {
        QString word = name(value);
        words.append(word.replace(u'_', u' '));
    }
    return words.join(" or "_L1);
}

} // namespace

CtlOptionGroup jobSelectionOptions(const QString &event)
{
    return {u"Which jobs"_s,
            {
                {u"--since"_s, u"WHEN"_s,
                 event
                     + u" then or later: how long ago (30m, 24h, 7d), today, yesterday, or a date as in 2026-11-23 "
                       "or 2026-11-23T21:42:35 (local time; with Z, UTC)."},
                {u"--until"_s, u"WHEN"_s, event + u" before then."},
                {u"--outcome"_s, u"OUTCOME"_s,
                 u"Ended so: succeeded, failed, crashed, timed_out, expired, cancelled, failed_to_start, interrupted, "
                 u"lost. "
                 "Several with commas between, or several times."_s,
                 true},
                {u"--group"_s, u"NAME"_s, u"Of this group. May be given several times."_s, true},
                {u"--model"_s, u"FILE"_s, u"With this model, as it was given. May be given several times."_s, true},
                {u"--engine"_s, u"NAME"_s, u"Run by this engine, as the records name it. May be given several times."_s,
                 true},
                {u"--kind"_s, u"KIND"_s, u"Of this kind: inference, server, custom. Several as for --outcome."_s, true},
                {u"--name"_s, u"TEXT"_s, u"With this in its name, in any case."_s},
            }};
}

std::optional<HistoryFilter> jobSelectionFrom(const CtlArguments &arguments, QString *error)
{
    const auto fail = [&](const QString &sentence) {
        *error = sentence;
        return std::nullopt;
    };
    HistoryFilter filter;
    QString why;
    for (auto [key, moment] : {std::pair(u"since"_s, &filter.since), {u"until"_s, &filter.until}}) {
        if (!arguments.has(key))
            continue;
        *moment = parseMoment(arguments.value(key), &why);
        if (!*moment)
            return fail(u"--%1: %2"_s.arg(key, why));
    }
    if (filter.since && filter.until && *filter.since >= *filter.until)
        return fail(u"--since is not before --until: no job can be between them."_s);
    if (!readNames(arguments, u"outcome"_s, &outcomeFromName,
                   u"succeeded, failed, crashed, timed_out, expired, cancelled, failed_to_start, interrupted or lost"_s,
                   filter.outcomes, error)
        || !readNames(arguments, u"kind"_s, &jobKindFromName, u"inference, server or custom"_s, filter.kinds, error))
        return std::nullopt;
    filter.groups = arguments.values(u"group"_s);
    filter.models = arguments.values(u"model"_s);
    filter.engines = arguments.values(u"engine"_s);
    filter.name = arguments.value(u"name"_s);
    return filter;
}

QString selectionText(const HistoryFilter &filter)
{
    QStringList parts;
    for (const auto &[what, values] :
         {std::pair(u"group"_s, filter.groups), {u"model"_s, filter.models}, {u"engine"_s, filter.engines}}) {
        if (!values.isEmpty())
            parts.append(what + u' ' + values.join(" or "_L1));
    }
    if (!filter.kinds.isEmpty())
        parts.append(namesText(filter.kinds));
    if (!filter.outcomes.isEmpty())
        parts.append(namesText(filter.outcomes));
    if (!filter.name.isEmpty())
        parts.append(u"“%1” in the name"_s.arg(filter.name));
    return parts.join(", "_L1);
}

} // namespace BitNet
