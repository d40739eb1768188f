// SPDX-License-Identifier: MIT
#include "ui/engine/enginecontext.h"

#include "ui/settings/appsettings.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>

#include <algorithm>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

static QString modelCacheFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + u"/models.cache"_s;
}

EngineContext::EngineContext(const BitNetRuntime &base, SettingsStore &settings, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_base(base)
    , m_runtime(base)
    , m_catalog(base)
    , m_library(modelCacheFile())
{
    m_catalog.setPlaces(places());
    setRuntime(chosenFolder());
    connect(&settings, &SettingsStore::changed, this, [this](const AppSettings &now, const AppSettings &before) {
        if (now.buildFolder != before.buildFolder)
            m_forThisRun.clear();
        if (now.buildFolder != before.buildFolder || now.engines != before.engines)
            lookIntoSettings();
        if (m_scans && now.modelFolders != before.modelFolders)
            m_library.setFolders(now.modelFolders.value_or(ModelLibrary::usualFolders()));
    });
}

// The default engine stands first, so that it is in the list however it was named.
EnginePlaces EngineContext::places() const
{
    QList<ChosenEngine> chosen = m_settings.value().engines;
    for (const QString &folder : {m_settings.value().buildFolder, m_forThisRun}) {
        const bool isListed = std::any_of(chosen.cbegin(), chosen.cend(), [&](const ChosenEngine &engine) {
            return engineFolder(engine.folder) == engineFolder(folder);
        });
        if (!folder.isEmpty() && !isListed)
            chosen.prepend({.folder = folder});
    }
    return EnginePlaces::ofThisProcess(chosen);
}

QString EngineContext::chosenFolder() const
{
    if (!m_forThisRun.isEmpty())
        return engineFolder(m_forThisRun);
    if (!m_settings.value().buildFolder.isEmpty())
        return engineFolder(m_settings.value().buildFolder);
    for (const Engine &engine : m_catalog.engines()) {
        if (engine.hasCli())
            return engine.folder;
    }
    return m_base.options().buildDir;
}

void EngineContext::setRuntime(const QString &folder)
{
    m_runtime = m_base.withBuildDir(folder);
    m_hasEngine = m_runtime.findBinary(u"llama-cli"_s).has_value();
}

void EngineContext::lookIntoSettings()
{
    const QString before = buildFolder();
    const bool had = m_hasEngine;
    m_catalog.setPlaces(places());
    setRuntime(chosenFolder());
    if (buildFolder() != before || m_hasEngine != had)
        Q_EMIT changed();
}

bool EngineContext::isReplay() const
{
    const QString replay = replayFolder();
    return !replay.isEmpty() && QDir(buildFolder()).canonicalPath() == QDir(replay).canonicalPath();
}

BitNetRuntime EngineContext::runtimeFor(const QString &folder) const
{
    return folder.isEmpty() ? m_runtime : m_base.withBuildDir(engineFolder(folder));
}

QString EngineContext::nameOf(const QString &programPath) const
{
    const auto owner = m_catalog.ownerOf(programPath);
    return owner ? owner->name : programPath;
}

ModelLibrary &EngineContext::library()
{
    if (!std::exchange(m_scans, true))
        m_library.setFolders(m_settings.value().modelFolders.value_or(ModelLibrary::usualFolders()));
    return m_library;
}

void EngineContext::chooseBuildFolder(const QString &folder)
{
    const QString meant = engineFolder(folder);
    m_forThisRun.clear();
    m_settings.change([&meant](AppSettings &s) {
        s.buildFolder = meant;
        if (std::none_of(s.engines.cbegin(), s.engines.cend(),
                         [&](const ChosenEngine &engine) { return engineFolder(engine.folder) == meant; }))
            s.engines += ChosenEngine{.folder = meant};
    });
    lookIntoSettings();
}

void EngineContext::useBuildFolder(const QString &folder)
{
    m_forThisRun = folder;
    lookIntoSettings();
}

void EngineContext::addEngine(const QString &folder)
{
    const QString meant = engineFolder(folder);
    if (const auto known = m_catalog.find(meant); known && known->origin == EngineOrigin::Chosen)
        return;
    m_settings.change([&meant](AppSettings &s) { s.engines += ChosenEngine{.folder = meant}; });
}

void EngineContext::removeEngine(const QString &folder)
{
    const QString meant = engineFolder(folder);
    if (!m_forThisRun.isEmpty() && engineFolder(m_forThisRun) == meant)
        m_forThisRun.clear();
    m_settings.change([&meant](AppSettings &s) {
        s.engines.removeIf([&](const ChosenEngine &engine) { return engineFolder(engine.folder) == meant; });
        if (!s.buildFolder.isEmpty() && engineFolder(s.buildFolder) == meant)
            s.buildFolder.clear();
    });
    lookIntoSettings();
}

void EngineContext::renameEngine(const QString &folder, const QString &name)
{
    const QString meant = engineFolder(folder);
    m_settings.change([&](AppSettings &s) {
        for (ChosenEngine &engine : s.engines) {
            if (engineFolder(engine.folder) == meant) {
                engine.name = name.trimmed();
                return;
            }
        }
        s.engines += ChosenEngine{.folder = meant, .name = name.trimmed()};
    });
}

void EngineContext::look()
{
    m_catalog.look();
    const QString before = buildFolder();
    const bool had = m_hasEngine;
    setRuntime(chosenFolder());
    if (buildFolder() != before || m_hasEngine != had)
        Q_EMIT changed();
}

QString EngineContext::replayFolder()
{
    const QDir programs(QCoreApplication::applicationDirPath());
    // A build tree, then an installation.
    for (const QString &candidate : {u"../replay-engine"_s, u"../libexec/bitnet-supervisor/replay-engine"_s}) {
        const QFileInfo engine(programs.filePath(candidate + u"/bin/llama-cli"_s));
        if (engine.isExecutable())
            return QDir::cleanPath(programs.filePath(candidate));
    }
    return {};
}

QString EngineContext::replayModel()
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation));
    const QString path = folder.filePath(u"replay/recorded-runs.gguf"_s);
    if (QFileInfo::exists(path))
        return path;
    QSaveFile file(path);
    // A GGUF header of version 3 that announces no tensors and no metadata.
    static constexpr char header[24] = {'G', 'G', 'U', 'F', 3};
    const bool written = folder.mkpath(u"replay"_s) && file.open(QIODevice::WriteOnly)
        && file.write(header, sizeof(header)) == sizeof(header) && file.commit();
    return written ? path : QString();
}

} // namespace BitNet
