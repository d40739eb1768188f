// SPDX-License-Identifier: MIT
#include "core/runtime/engine.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

QString EngineVersion::text() const
{
    return number.isEmpty() || commit.isEmpty() ? number : u"%1 (%2)"_s.arg(number, commit);
}

EngineVersion EngineVersion::fromOutput(QByteArrayView output)
{
    static const QRegularExpression version(u"^version:\\s*(\\S+)(?:\\s+\\(([^)\\s]+)\\))?\\s*$"_s,
                                            QRegularExpression::MultilineOption);
    static const QRegularExpression builtWith(u"^built with\\s+(\\S.*?)\\s*$"_s, QRegularExpression::MultilineOption);
    // An engine may print something else altogether; the lines that count are short and near the beginning.
    static constexpr qsizetype longest = 16 * 1024;
    const QString text = QString::fromUtf8(output.first(std::min(output.size(), longest)));
    EngineVersion result;
    if (const QRegularExpressionMatch match = version.match(text); match.hasMatch()) {
        result.number = match.captured(1);
        result.commit = match.captured(2);
    }
    if (const QRegularExpressionMatch match = builtWith.match(text); match.hasMatch())
        result.builtWith = match.captured(1);
    return result;
}

QStringList Engine::programNames()
{
    return {u"llama-cli"_s, u"llama-server"_s, u"llama-bench"_s, u"llama-quantize"_s};
}

const Engine::Program *Engine::program(QStringView programName) const
{
    const auto found = std::find_if(programs.cbegin(), programs.cend(),
                                    [programName](const Program &program) { return program.name == programName; });
    return found == programs.cend() ? nullptr : &*found;
}

bool Engine::hasCli() const
{
    const Program *cli = program(u"llama-cli");
    return cli && cli->isUsable();
}

bool Engine::hasServer() const
{
    const Program *server = program(u"llama-server");
    return server && server->isUsable();
}

bool Engine::owns(QStringView programPath) const
{
    return !programPath.isEmpty() && std::any_of(programs.cbegin(), programs.cend(), [programPath](const Program &p) {
        return p.path == programPath;
    });
}

} // namespace BitNet
