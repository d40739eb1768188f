// SPDX-License-Identifier: MIT
#include "core/runtime/enginesearch.h"

#include "core/runtime/engineprograms.h"
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFileInfo>
#include <QHash>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

bool holdsPrograms(const QString &folder)
{
    const QStringList names = Engine::programNames();
    return std::any_of(names.cbegin(), names.cend(),
                       [&](const QString &name) { return QFileInfo(folder + u'/' + name).isFile(); });
}

Engine engineIn(const QString &folder, EngineOrigin origin)
{
    Engine engine{.folder = folder, .origin = origin};
    for (const QString &name : Engine::programNames()) {
        const EngineProgram found = locateEngineProgram(folder, name);
        engine.programs += Engine::Program{.name = name, .path = found.path, .problem = found.problem};
    }
    return engine;
}

// Which build it really is: the file that its llama-cli or llama-server is, through all links.
QString identityOf(const Engine &engine)
{
    for (const Engine::Program &program : engine.programs) {
        if (program.isUsable())
            return QFileInfo(program.path).canonicalFilePath();
    }
    return engine.folder;
}

// The last part of the path that says something: "llama.cpp" of /src/llama.cpp/build.
QString folderName(const QString &folder)
{
    static const QSet<QString> plain{u"build"_s, u"bin"_s, u"release"_s, u"usr"_s, u"local"_s};
    const QStringList parts = folder.split(u'/', Qt::SkipEmptyParts);
    for (auto part = parts.crbegin(); part != parts.crend(); ++part) {
        if (!plain.contains(part->toLower()))
            return *part;
    }
    return folder;
}

QString suggestedName(const Engine &engine)
{
    switch (engine.family) {
    case EngineFamily::Replay:
        return u"Replay engine"_s;
    case EngineFamily::LlamaCpp:
        return QString(u"llama.cpp "_s + engine.version.number).trimmed();
    case EngineFamily::BitNetCpp:
        return QString(u"bitnet.cpp "_s + engine.version.number).trimmed();
    case EngineFamily::Unknown:
        break;
    }
    return folderName(engine.folder);
}

} // namespace

EnginePlaces EnginePlaces::ofThisProcess(const QList<ChosenEngine> &chosen)
{
    return {.chosen = chosen,
            .buildDirVariable = qEnvironmentVariable("BITNET_BUILD_DIR"),
            .workingDirectory = QDir::currentPath(),
            .searchPath = qEnvironmentVariable("PATH")};
}

QString engineFolder(const QString &folder)
{
    const QString path = QDir::cleanPath(QDir(expandHome(folder)).absolutePath());
    if (!holdsPrograms(path))
        return path;
    // bin/Release holds them, or bin; a folder of another name is one that holds them itself.
    const QFileInfo inside(path);
    if (inside.fileName() == "Release"_L1 && QFileInfo(inside.path()).fileName() == "bin"_L1)
        return QFileInfo(inside.path()).path();
    return inside.fileName() == "bin"_L1 ? inside.path() : path;
}

QList<Engine> searchEngines(const EnginePlaces &places)
{
    QList<Engine> engines;
    QHash<QString, qsizetype> known; // by identity
    const auto add = [&](const QString &named, EngineOrigin origin, bool evenWhenEmpty) {
        Engine engine = engineIn(engineFolder(named), origin);
        if (!evenWhenEmpty && !engine.isThere())
            return qsizetype(-1);
        const QString identity = identityOf(engine);
        if (const auto before = known.constFind(identity); before != known.cend())
            return *before;
        known.insert(identity, engines.size());
        engines += engine;
        return engines.size() - 1;
    };

    for (const ChosenEngine &chosen : places.chosen) {
        if (chosen.folder.trimmed().isEmpty())
            continue;
        Engine &engine = engines[add(chosen.folder.trimmed(), EngineOrigin::Chosen, true)];
        if (!chosen.name.trimmed().isEmpty() && !engine.isNamed) {
            engine.name = chosen.name.trimmed();
            engine.isNamed = true;
        }
    }
    if (!places.buildDirVariable.isEmpty())
        add(places.buildDirVariable, EngineOrigin::Environment, true);
    if (!places.workingDirectory.isEmpty())
        add(places.workingDirectory + u"/build"_s, EngineOrigin::WorkingDirectory, false);
    for (const QString &folder : places.searchPath.split(u':', Qt::SkipEmptyParts)) {
        // What PATH says of the working directory is no way to find an engine.
        if (QDir::isAbsolutePath(folder) && holdsPrograms(folder))
            add(folder, EngineOrigin::SearchPath, false);
    }
    nameEngines(engines);
    return engines;
}

void nameEngines(QList<Engine> &engines)
{
    QSet<QString> taken;
    for (const Engine &engine : std::as_const(engines)) {
        if (engine.isNamed)
            taken.insert(engine.name);
    }
    for (Engine &engine : engines) {
        if (engine.isNamed)
            continue;
        const QString suggestion = suggestedName(engine);
        const auto shared = std::count_if(engines.cbegin(), engines.cend(), [&](const Engine &other) {
            return !other.isNamed && suggestedName(other) == suggestion;
        });
        QString name = suggestion;
        if (shared > 1 || taken.contains(name))
            name = u"%1 in %2"_s.arg(suggestion, engine.folder);
        for (int number = 2; taken.contains(name); ++number)
            name = u"%1 in %2 (%3)"_s.arg(suggestion, engine.folder).arg(number);
        taken.insert(name);
        engine.name = name;
    }
    // Two engines to which people gave one name.
    QHash<QString, int> counts;
    for (Engine &engine : engines) {
        const int count = ++counts[engine.name];
        if (count > 1)
            engine.name = u"%1 (%2)"_s.arg(engine.name).arg(count);
    }
}

} // namespace BitNet
