// SPDX-License-Identifier: MIT
#include "app/ctl/ctloptions.h"

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int helpColumn = 28;
constexpr int lineWidth = 80;

QString keyOf(const CtlOption &option)
{
    const QString last = option.names.section(", "_L1, -1);
    return last.sliced(last.startsWith("--"_L1) ? 2 : 1);
}

const CtlOption *findOption(const CtlCommand &command, QStringView name)
{
    for (const CtlOptionGroup &group : command.groups) {
        for (const CtlOption &option : group.options) {
            if (option.names.split(", "_L1).contains(name))
                return &option;
        }
    }
    return nullptr;
}

// One paragraph in lines of lineWidth, all but the first indented.
QString wrapped(const QString &text, int indent)
{
    QString result;
    qsizetype column = indent;
    for (const QString &word : text.split(u' ')) {
        if (column > indent && column + 1 + word.size() > lineWidth) {
            result += u'\n' + QString(indent, u' ');
            column = indent;
        } else if (column > indent) {
            result += u' ';
            ++column;
        }
        result += word;
        column += word.size();
    }
    return result;
}

} // namespace

std::optional<QString> CtlArguments::optionalValue(const QString &key) const
{
    return has(key) ? std::optional(value(key)) : std::nullopt;
}

std::optional<CtlArguments> CtlArguments::parse(const CtlCommand &command, const QStringList &arguments, QString *error)
{
    const auto fail = [&](const QString &sentence) {
        *error = sentence;
        return std::nullopt;
    };

    CtlArguments result;
    result.m_given = QStringList{command.name} + arguments;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments[i];
        if (argument == "--"_L1) {
            if (command.words) {
                result.m_words += arguments.sliced(i + 1);
                break;
            }
            if (command.trailing == Trailing::None)
                return fail(u"\"%1\" takes nothing after \"--\"."_s.arg(command.name));
            result.m_trailing = arguments.sliced(i + 1);
            break;
        }
        if (!argument.startsWith(u'-') || argument == "-"_L1) {
            if (command.words) {
                result.m_words += argument;
                continue;
            }
            if (command.trailing == Trailing::None)
                return fail(u"\"%1\" is no option of \"%2\"."_s.arg(argument, command.name));
            return fail(
                u"\"%1\" is no option. What is to be passed on goes after \"--\": bitnetctl %2 [OPTION]... -- %1 ..."_s
                    .arg(argument, command.name));
        }

        QString name = argument;
        std::optional<QString> value;
        if (const qsizetype equals = argument.indexOf(u'='); argument.startsWith("--"_L1) && equals > 0) {
            name = argument.first(equals);
            value = argument.sliced(equals + 1);
        }
        const CtlOption *option = findOption(command, name);
        if (!option)
            return fail(u"\"%1\" has no option \"%2\". See: bitnetctl %1 --help"_s.arg(command.name, name));
        if (option->value.isEmpty()) {
            if (value)
                return fail(u"\"%1\" takes no value."_s.arg(name));
            value = QString();
        } else if (!value) {
            if (i + 1 == arguments.size())
                return fail(u"\"%1\" needs a value: %1 %2"_s.arg(name, option->value));
            value = arguments[++i];
        }
        QStringList &values = result.m_values[keyOf(*option)];
        if (!option->repeatable)
            values.clear();
        values.append(*value);
    }
    return result;
}

QString helpText(const CtlCommand &command)
{
    QString text;
    for (qsizetype i = 0; i < command.usage.size(); ++i)
        text += (i == 0 ? "Usage: "_L1 : "       "_L1) + "bitnetctl "_L1 + command.usage[i] + u'\n';
    text += u'\n' + wrapped(command.description, 0) + u'\n';
    for (const CtlOptionGroup &group : command.groups) {
        text += u'\n' + group.title + ":\n"_L1;
        for (const CtlOption &option : group.options) {
            // Long names stand below each other.
            QString left = QString(option.names.startsWith("--"_L1) ? 6 : 2, u' ') + option.names;
            if (!option.value.isEmpty())
                left += u' ' + option.value;
            if (left.size() + 2 > helpColumn)
                left += u'\n' + QString(helpColumn, u' ');
            else
                left = left.leftJustified(helpColumn);
            text += left + wrapped(option.help, helpColumn) + u'\n';
        }
    }
    text += u'\n' + wrapped(command.exitStatus, 0) + u'\n';
    if (!command.examples.isEmpty())
        text += "\nExamples:\n"_L1;
    for (const QString &example : command.examples)
        text += "  "_L1 + example + u'\n';
    return text;
}

} // namespace BitNet
