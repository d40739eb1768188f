// SPDX-License-Identifier: MIT
#include "core/runtime/modellibrary.h"

#include "core/runtime/modelcache.h"
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFileInfo>
#include <QSet>
#include <QStandardPaths>
#include <QtConcurrentRun>

#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// A download changes its folder and its file many times a second.
static constexpr auto changeDelay = 300ms;
static constexpr auto fallbackInterval = 30s;
static constexpr qsizetype maximumWatchedFolders = 256;
static constexpr qsizetype maximumWatchedFiles = 32;
static constexpr qsizetype mostOutsiders = 64;

ModelLibrary::ModelLibrary(QString cacheFile, QObject *parent)
    : QObject(parent)
    , m_cacheFile(std::move(cacheFile))
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(changeDelay);
    m_fallback.setInterval(fallbackInterval);
    connect(&m_delay, &QTimer::timeout, this, &ModelLibrary::rescan);
    connect(&m_fallback, &QTimer::timeout, this, &ModelLibrary::rescan);
    connect(&m_fileWatcher, &QFileSystemWatcher::directoryChanged, this, &ModelLibrary::scanSoon);
    connect(&m_fileWatcher, &QFileSystemWatcher::fileChanged, this, &ModelLibrary::scanSoon);
    connect(&m_scanWatcher, &QFutureWatcherBase::finished, this, &ModelLibrary::takeScan);
}

ModelLibrary::~ModelLibrary()
{
    if (m_stop)
        *m_stop = true;
}

QStringList ModelLibrary::usualFolders()
{
    const QString cache = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
    QStringList folders;
    for (const QString &folder : {QString(QDir::homePath() + u"/models"_s), QString(cache + u"/llama.cpp"_s),
                                  QString(cache + u"/huggingface/hub"_s)}) {
        if (QFileInfo(folder).isDir())
            folders += folder;
    }
    return folders;
}

void ModelLibrary::setFolders(const QStringList &folders)
{
    if (m_folders == folders)
        return;
    m_folders = folders;
    if (m_stop)
        *m_stop = true; // of folders that are no longer asked for
    rescan();
}

std::optional<ModelEntry> ModelLibrary::find(const QString &path) const
{
    for (const ModelEntry &entry : m_scan.models) {
        if (entry.files.contains(path))
            return entry;
    }
    return std::nullopt;
}

std::optional<ModelEntry> ModelLibrary::findOrRead(const QString &path)
{
    const QFileInfo file(expandHome(path));
    if (auto entry = find(file.absoluteFilePath()))
        return entry;
    if (!file.isFile())
        return std::nullopt;
    const auto known = m_outsiders.constFind(path);
    if (known != m_outsiders.cend() && known->bytes == file.size() && known->modified == file.lastModified())
        return known->entry;
    if (m_outsiders.size() >= mostOutsiders)
        m_outsiders.clear();
    m_outsiders.insert(path, {.bytes = file.size(), .modified = file.lastModified(), .entry = {}});
    auto *reading = new QFutureWatcher<std::optional<ModelEntry>>(this);
    connect(reading, &QFutureWatcherBase::finished, this, [this, path, reading] {
        reading->deleteLater();
        if (const auto outsider = m_outsiders.find(path); outsider != m_outsiders.end())
            outsider->entry = reading->result();
        Q_EMIT fileRead(path);
    });
    reading->setFuture(QtConcurrent::run([path] { return readModel(path); }));
    return std::nullopt;
}

void ModelLibrary::scanSoon()
{
    if (!m_delay.isActive())
        m_delay.start();
}

void ModelLibrary::rescan()
{
    m_delay.stop();
    if (m_isScanning) {
        m_scanAgain = true;
        return;
    }
    startScan();
}

void ModelLibrary::startScan()
{
    m_scanAgain = false;
    m_stop = std::make_shared<std::atomic<bool>>(false);
    m_scanWatcher.setFuture(
        QtConcurrent::run([folders = m_folders, previous = m_scan, cached = m_cached, file = m_cacheFile,
                           stop = m_stop] { return look(folders, previous, cached, file, *stop); }));
    if (!std::exchange(m_isScanning, true))
        Q_EMIT scanningChanged(true);
}

// In a thread of the pool.
ModelLibrary::Look ModelLibrary::look(const QStringList &folders, ModelScan previous, std::optional<Headers> cached,
                                      const QString &cacheFile, const std::atomic<bool> &stop)
{
    if (cacheFile.isEmpty())
        return {.scan = scanModels(folders, previous, stop), .cached = {}};
    if (!cached) {
        cached = readModelCache(cacheFile);
        previous.files = *cached;
    }
    Look now{.scan = scanModels(folders, previous, stop), .cached = {}};
    if (stop)
        return now;
    now.cached = now.scan.files;
    for (const QString &growing : std::as_const(now.scan.growingFiles))
        now.cached.remove(growing);
    if (now.cached != *cached)
        writeModelCache(cacheFile, now.cached);
    return now;
}

void ModelLibrary::takeScan()
{
    if (*m_stop) {
        // Half a scan of other folders.
        startScan();
        return;
    }
    Look now = m_scanWatcher.result();
    const bool isChanged = now.scan.models != m_scan.models;
    m_scan = std::move(now.scan);
    m_cached = std::move(now.cached);
    // What happened before there was a watch is seen by another look.
    if (watch())
        m_scanAgain = true;
    if (m_scanAgain)
        startScan();
    else
        m_isScanning = false;
    if (isChanged)
        Q_EMIT modelsChanged();
    if (!m_isScanning)
        Q_EMIT scanningChanged(false);
}

// Watches what the last scan went through. True when something is watched that was not before.
bool ModelLibrary::watch()
{
    QStringList folders = m_scan.folders;
    // A folder that is not there yet: what it will appear in.
    for (const QString &folder : std::as_const(m_folders)) {
        QString path = QDir::cleanPath(expandHome(folder));
        if (QFileInfo::exists(path))
            continue;
        while (!path.isEmpty() && path != "/"_L1 && !QFileInfo::exists(path))
            path = QFileInfo(path).path();
        folders += path;
    }
    m_isWatchingAll = folders.size() <= maximumWatchedFolders && !m_scan.isCutShort;
    const QStringList wantedList = folders.first(std::min(folders.size(), maximumWatchedFolders))
        + m_scan.growingFiles.first(std::min(m_scan.growingFiles.size(), maximumWatchedFiles));
    const QSet<QString> wanted(wantedList.begin(), wantedList.end());
    const QStringList watchedList = m_fileWatcher.directories() + m_fileWatcher.files();
    const QSet<QString> watched(watchedList.begin(), watchedList.end());

    const QSet<QString> unwanted = watched - wanted;
    if (!unwanted.isEmpty())
        m_fileWatcher.removePaths(unwanted.values());
    const QSet<QString> added = wanted - watched;
    qsizetype failed = 0;
    if (!added.isEmpty())
        failed = m_fileWatcher.addPaths(added.values()).size();
    m_isWatchingAll = m_isWatchingAll && failed == 0;
    if (m_isWatchingAll)
        m_fallback.stop();
    else if (!m_fallback.isActive())
        m_fallback.start();
    return added.size() > failed;
}

} // namespace BitNet
