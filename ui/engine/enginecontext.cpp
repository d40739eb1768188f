// SPDX-License-Identifier: MIT
#include "ui/engine/enginecontext.h"

#include "ui/settings/appsettings.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>

namespace BitNet {

using namespace Qt::StringLiterals;

EngineContext::EngineContext(const BitNetRuntime &base, SettingsStore &settings, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_runtime(settings.value().buildFolder.isEmpty() ? base : base.withBuildDir(settings.value().buildFolder))
{
    m_hasEngine = m_runtime.findBinary(u"llama-cli"_s).has_value();
    connect(&settings, &SettingsStore::changed, this, [this](const AppSettings &now, const AppSettings &before) {
        if (now.buildFolder != before.buildFolder && !now.buildFolder.isEmpty())
            useBuildFolder(now.buildFolder);
    });
}

bool EngineContext::isReplay() const
{
    const QString replay = replayFolder();
    return !replay.isEmpty() && QDir(buildFolder()).canonicalPath() == QDir(replay).canonicalPath();
}

void EngineContext::chooseBuildFolder(const QString &folder)
{
    if (folder == m_settings.value().buildFolder)
        useBuildFolder(folder);
    else
        m_settings.change([&folder](AppSettings &s) { s.buildFolder = folder; });
}

void EngineContext::useBuildFolder(const QString &folder)
{
    m_runtime = m_runtime.withBuildDir(folder);
    m_hasEngine = m_runtime.findBinary(u"llama-cli"_s).has_value();
    Q_EMIT changed();
}

void EngineContext::look()
{
    const bool found = m_runtime.findBinary(u"llama-cli"_s).has_value();
    if (found == m_hasEngine)
        return;
    m_hasEngine = found;
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
