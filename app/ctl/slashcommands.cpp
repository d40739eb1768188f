// SPDX-License-Identifier: MIT
#include "app/ctl/slashcommands.h"

#include "core/conversations/promptsettings.h"
#include "core/runtime/argumenttext.h"
#include "core/runtime/bitnetruntime.h"

#include <QStringList>

#include <functional>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

struct Parameter
{
    QString name;
    QString value; // as it is now; empty: the engine's default
    std::function<bool(const QString &)> set;
};

template<typename Number>
bool readInto(const QString &text, Number *number)
{
    bool isNumber = false;
    if constexpr (std::is_same_v<Number, double>)
        *number = text.toDouble(&isNumber);
    else if constexpr (std::is_same_v<Number, int>)
        *number = text.toInt(&isNumber);
    else
        *number = text.toLongLong(&isNumber);
    return isNumber;
}

QString textOf(double number)
{
    return argumentText(number);
}

QString textOf(qint64 number)
{
    return QString::number(number);
}

template<typename Number>
Parameter optional(const QString &name, std::optional<Number> *member)
{
    QString value;
    if (*member)
        value = std::is_same_v<Number, double> ? textOf(double(**member)) : textOf(qint64(**member));
    return {name, value, [member](const QString &text) { return readInto(text, &member->emplace()); }};
}

QList<Parameter> parametersOf(ChatRequest &request)
{
    SamplingSettings &sampling = request.sampling;
    return {
        {u"n-predict"_s, textOf(qint64(request.nPredict)),
         [&request](const QString &text) { return readInto(text, &request.nPredict); }},
        {u"temp"_s, textOf(request.temperature),
         [&request](const QString &text) { return readInto(text, &request.temperature); }},
        optional(u"top-k"_s, &sampling.topK),
        optional(u"top-p"_s, &sampling.topP),
        optional(u"min-p"_s, &sampling.minP),
        optional(u"repeat-penalty"_s, &sampling.repeatPenalty),
        optional(u"seed"_s, &sampling.seed),
    };
}

} // namespace

QString chatHelp()
{
    return u"/help                show this text\n"
           "/bye                 leave (so does Ctrl-D)\n"
           "/clear               begin a new conversation\n"
           "/retry               ask for the last answer anew\n"
           "/system [TEXT]       set or show the system prompt; /system - takes it away\n"
           "/set NAME VALUE      set n-predict, temp, top-k, top-p, min-p, repeat-penalty or seed\n"
           "/show                show the server and what is set\n"
           "\n"
           "\"\"\"                  begins and ends a prompt of several lines\n"
           "\\ at a line's end     continues it in the next one\n"
           "Ctrl-C               stops an answer; where a prompt is asked for, it leaves\n"_s;
}

QString setParameter(const QString &words, ChatRequest *request)
{
    const QString name = words.section(u' ', 0, 0, QString::SectionSkipEmpty);
    const QString value = words.section(u' ', 1, -1, QString::SectionSkipEmpty);
    ChatRequest changed = *request;
    for (const Parameter &parameter : parametersOf(changed)) {
        if (parameter.name != name)
            continue;
        if (value.isEmpty())
            return u"/set %1 needs a value."_s.arg(name);
        if (!parameter.set(value))
            return u"\"%1\" is no number for %2."_s.arg(value, name);
        if (const auto problem = problemOf(changed))
            return *problem;
        *request = changed;
        return u"%1 is %2 from now on."_s.arg(name, value);
    }
    return u"There is no parameter \"%1\" to set. See /help."_s.arg(name);
}

QString parametersAsText(const ChatRequest &request)
{
    QString text;
    ChatRequest copy = request;
    for (const Parameter &parameter : parametersOf(copy))
        text += parameter.name.leftJustified(16) + (parameter.value.isEmpty() ? u"default"_s : parameter.value) + u'\n';
    return text;
}

std::optional<QString> problemOf(const ChatRequest &request)
{
    PromptSettings settings{.temperature = request.temperature, .sampling = request.sampling};
    if (request.nPredict != -1)
        settings.nPredict = request.nPredict;
    const QList<ConfigurationIssue> problems = problemsOf(settings);
    return problems.isEmpty() ? std::nullopt : std::optional(problems.constFirst().message);
}

} // namespace BitNet
