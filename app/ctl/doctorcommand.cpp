// SPDX-License-Identifier: MIT
#include "app/ctl/doctorcommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/engineoptions.h"
#include "app/ctl/messages.h"
#include "app/ctl/terminaltext.h"
#include "core/runtime/bitnetruntime.h"
#include "core/runtime/enginesearch.h"

#include <QFuture>
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

QString familyName(EngineFamily family)
{
    switch (family) {
    case EngineFamily::LlamaCpp:
        return u"llama.cpp"_s;
    case EngineFamily::BitNetCpp:
        return u"bitnet.cpp"_s;
    case EngineFamily::Replay:
        return u"replay"_s;
    case EngineFamily::Unknown:
        break;
    }
    return u"unknown"_s;
}

// All engines that are found, each with what it says of itself. Waits for them, some milliseconds and 10 s at most.
QList<Engine> findEngines(const BitNetRuntime &runtime, const QStringList &buildDirs)
{
    QList<ChosenEngine> chosen;
    for (const QString &folder : buildDirs)
        chosen += ChosenEngine{.folder = folder};
    QList<QFuture<Engine>> answers;
    for (const Engine &engine : searchEngines(EnginePlaces::ofThisProcess(chosen)))
        answers += runtime.probeEngine(engine);
    QList<Engine> engines;
    for (QFuture<Engine> &answer : answers)
        engines += answer.result();
    nameEngines(engines);
    return engines;
}

QString enginesAsText(const QList<Engine> &engines)
{
    if (engines.isEmpty())
        return u"\nNo engine was found in BITNET_BUILD_DIR, ./build or PATH. Name one with --build-dir.\n"_s;
    QString text = u"\nENGINES\n"_s;
    for (const Engine &engine : engines) {
        const QString version = engine.version.text();
        text += u"%1  %2, version %3\n  %4\n"_s.arg(engine.name, familyName(engine.family),
                                                    version.isEmpty() ? u"unknown"_s : version, engine.folder);
        for (const Engine::Program &program : engine.programs) {
            const QString flags = program.flags && program.flags->known ? u"%1 flags"_s.arg(program.flags->flags.size())
                : program.flags                                         ? program.flags->why
                                                                        : QString();
            const QString state = program.isUsable() ? QString("found  "_L1 + flags) : u"not found"_s;
            text += "  "_L1 + program.name.leftJustified(16) + state.trimmed() + u'\n';
        }
    }
    return text;
}

QJsonArray enginesAsJson(const QList<Engine> &engines)
{
    QJsonArray array;
    for (const Engine &engine : engines) {
        QJsonObject programs;
        for (const Engine::Program &program : engine.programs)
            programs[program.name] = program.isUsable() ? QJsonValue(program.path) : QJsonValue(QJsonValue::Null);
        array.append(QJsonObject{
            {u"name"_s, engine.name},
            {u"build_dir"_s, engine.folder},
            {u"family"_s, familyName(engine.family)},
            {u"version"_s,
             engine.version.number.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(engine.version.text())},
            {u"programs"_s, programs},
        });
    }
    return array;
}

QString asJson(const QList<Diagnostic> &diagnostics, const QList<Engine> &engines, bool good)
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
    const QJsonObject object = {{u"ok"_s, good}, {u"checks"_s, checks}, {u"engines"_s, enginesAsJson(engines)}};
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + u'\n';
}

} // namespace

CtlCommand doctorCommandTable()
{
    const CtlOptionGroup what = {
        u"What to look at"_s,
        {
            buildDirOption(u"llama-cli"_s),
            {u"-m, --model"_s, u"FILE"_s, u"Check this model too."_s},
            {u"--json"_s, QString(),
             u"Print {\"ok\": ..., \"checks\": [{\"name\", \"level\", \"value\", \"advice\"}], \"engines\": [...]} "
             u"instead of a "
             "table."_s},
        }};
    return {
        .name = u"doctor"_s,
        .usage = {u"doctor [OPTION]..."_s},
        .description =
            u"Says whether the engine's programs, a model and this machine are as they should be, and "
            "what to do when not. Names every engine that is found: in the build folder, in BITNET_BUILD_DIR, in "
            "./build and in PATH."_s,
        .groups = {what, helpOption()},
        .trailing = Trailing::None,
        .exitStatus =
            u"Exit status: 0, or 1 when there is a problem (a warning is none); 125 when bitnetctl itself failed."_s,
        .examples = {u"bitnetctl doctor --build-dir ~/llama.cpp/build -m model.gguf"_s}};
}

int doctorCommand(const CtlArguments &arguments)
{
    const BitNetRuntime runtime = runtimeOf(arguments);
    const QList<Diagnostic> diagnostics = runtime.diagnostics(arguments.value(u"model"_s));
    const QList<Engine> engines = findEngines(runtime, arguments.values(u"build-dir"_s));
    const bool good = std::none_of(diagnostics.cbegin(), diagnostics.cend(), [](const Diagnostic &diagnostic) {
        return diagnostic.level == Diagnostic::Level::Problem;
    });
    const int printed = print(arguments.has(u"json"_s) ? asJson(diagnostics, engines, good)
                                                       : harmless(asTable(diagnostics) + enginesAsText(engines)));
    if (printed != 0)
        return printed;
    return good ? 0 : 1;
}

} // namespace BitNet
