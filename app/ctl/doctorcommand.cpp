// SPDX-License-Identifier: MIT
#include "app/ctl/doctorcommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/messages.h"
#include "core/runtime/bitnetruntime.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString levelName(Diagnostic::Level level)
{
    switch (level) {
    case Diagnostic::Level::Good:
        return u"good"_s;
    case Diagnostic::Level::Warning:
        return u"warning"_s;
    case Diagnostic::Level::Problem:
        return u"problem"_s;
    }
    Q_UNREACHABLE();
}

QString asTable(const QList<Diagnostic> &diagnostics)
{
    static constexpr QStringView titles[] = {u"CHECK", u"STATE", u"VALUE"};
    qsizetype nameWidth = titles[0].size();
    qsizetype levelWidth = titles[1].size();
    for (const Diagnostic &diagnostic : diagnostics) {
        nameWidth = std::max(nameWidth, diagnostic.name.size());
        levelWidth = std::max(levelWidth, levelName(diagnostic.level).size());
    }
    QString table;
    const auto addRow = [&](const QString &name, const QString &level, const QString &value) {
        table += name.leftJustified(nameWidth) + "  "_L1 + level.leftJustified(levelWidth) + "  "_L1 + value + u'\n';
    };
    addRow(titles[0].toString(), titles[1].toString(), titles[2].toString());
    for (const Diagnostic &diagnostic : diagnostics) {
        addRow(diagnostic.name, levelName(diagnostic.level), diagnostic.value);
        // Advice may have several lines.
        if (!diagnostic.advice.isEmpty()) {
            for (const QString &line : diagnostic.advice.split(u'\n'))
                addRow({}, {}, QString("  "_L1 + line));
        }
    }
    return table;
}

QString asJson(const QList<Diagnostic> &diagnostics, bool good)
{
    QJsonArray checks;
    for (const Diagnostic &diagnostic : diagnostics) {
        checks.append(QJsonObject{
            {u"name"_s, diagnostic.name},
            {u"level"_s, levelName(diagnostic.level)},
            {u"value"_s, diagnostic.value},
            {u"advice"_s, diagnostic.advice.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(diagnostic.advice)},
        });
    }
    const QJsonObject object = {{u"ok"_s, good}, {u"checks"_s, checks}};
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + u'\n';
}

} // namespace

CtlCommand doctorCommandTable()
{
    const CtlOptionGroup what = {
        u"What to look at"_s,
        {
            {u"--build-dir"_s, u"DIR"_s, u"The engine's build folder, which holds bin/llama-cli (default: build)."_s},
            {u"-m, --model"_s, u"FILE"_s, u"Check this model too."_s},
            {u"--json"_s, QString(),
             u"Print {\"ok\": ..., \"checks\": [{\"name\", \"level\", \"value\", \"advice\"}]} instead of a table."_s},
        }};
    return {
        .name = u"doctor"_s,
        .usage = {u"doctor [OPTION]..."_s},
        .description = u"Says whether the engine's programs, a model and this machine are as they should be, and "
                       "what to do when not."_s,
        .groups = {what, helpOption()},
        .trailing = Trailing::None,
        .exitStatus =
            u"Exit status: 0, or 1 when there is a problem (a warning is none); 125 when bitnetctl itself failed."_s,
        .examples = {u"bitnetctl doctor --build-dir ~/llama.cpp/build -m model.gguf"_s}};
}

int doctorCommand(const CtlArguments &arguments)
{
    RuntimeOptions options;
    if (arguments.has(u"build-dir"_s))
        options.buildDir = arguments.value(u"build-dir"_s);
    const QList<Diagnostic> diagnostics = BitNetRuntime(options).diagnostics(arguments.value(u"model"_s));
    const bool good = std::none_of(diagnostics.cbegin(), diagnostics.cend(), [](const Diagnostic &diagnostic) {
        return diagnostic.level == Diagnostic::Level::Problem;
    });
    const int printed = print(arguments.has(u"json"_s) ? asJson(diagnostics, good) : asTable(diagnostics));
    if (printed != 0)
        return printed;
    return good ? 0 : 1;
}

} // namespace BitNet
