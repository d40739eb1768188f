// SPDX-License-Identifier: MIT
#include "app/replay/engineoptions.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace BitNet::Replay {

EngineOptions::EngineOptions(const QByteArray &help)
{
    // "-t,    --threads N            number of threads": flags with commas between, then words up to two spaces.
    static const QRegularExpression line(
        u"^(?<flags>--?[A-Za-z0-9][^\\s,]*(?:,\\s*-[^\\s,]+)*)(?: (?<values>\\S+(?: \\S+)*))?(?:\\s|$)"_s,
        QRegularExpression::MultilineOption);
    static const QRegularExpression comma(u",\\s*"_s);
    auto matches = line.globalMatch(QString::fromUtf8(help));
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const QStringList spellings = match.captured("flags"_L1).split(comma);
        for (const QString &spelling : spellings)
            m_bySpelling.insert(spelling, m_options.size());
        const QStringList values = match.captured("values"_L1).split(u' ', Qt::SkipEmptyParts);
        m_options += Option{.valueCount = int(values.size())};
    }
}

std::optional<EngineOptions::Fault> EngineOptions::parse(const QStringList &arguments)
{
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &flag = arguments[i];
        const auto index = m_bySpelling.constFind(flag);
        if (index == m_bySpelling.cend())
            return Fault{.kind = Fault::Kind::UnknownFlag, .flag = flag};
        Option &option = m_options[*index];
        if (i + option.valueCount >= arguments.size())
            return Fault{.kind = Fault::Kind::MissingValue, .flag = flag};
        option.isSet = true;
        if (option.valueCount > 0)
            option.value = arguments[i + 1];
        i += option.valueCount;
    }
    return std::nullopt;
}

const EngineOptions::Option *EngineOptions::find(const QString &flag) const
{
    const auto index = m_bySpelling.constFind(flag);
    return index == m_bySpelling.cend() ? nullptr : &m_options[*index];
}

bool EngineOptions::isSet(const QString &flag) const
{
    const Option *option = find(flag);
    return option && option->isSet;
}

std::optional<QString> EngineOptions::value(const QString &flag) const
{
    const Option *option = find(flag);
    return option && option->isSet ? std::optional(option->value) : std::nullopt;
}

} // namespace BitNet::Replay
