// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/modelscan.h"

#include <QDateTime>
#include <QFileSystemWatcher>
#include <QFutureWatcher>
#include <QObject>
#include <QTimer>

#include <memory>

namespace BitNet {

// The models in some folders, kept up to date. Scans in the global thread pool; a header is read once for each version of a
// file (path, size, time of change, inode), with a cache file also over many runs. See scanModels() for what counts as a model and for symbolic links. Not thread-safe:
// lives in a thread with an event loop.
class ModelLibrary : public QObject
{
    Q_OBJECT
public:
    // cacheFile: where the headers are kept for the next run, see readModelCache(); empty: nowhere. Files that may still grow
    // are not kept.
    explicit ModelLibrary(QString cacheFile = {}, QObject *parent = nullptr);
    ~ModelLibrary() override;

    // Folders in which models are often kept and that are there: ~/models and the download caches of llama.cpp and Hugging
    // Face.
    static QStringList usualFolders();

    // "~" is expanded. Begins a scan when they are others than before.
    void setFolders(const QStringList &folders);
    QStringList folders() const { return m_folders; }

    // By path. Empty before the first scan has ended.
    const QList<ModelEntry> &models() const { return m_scan.models; }
    // The entry whose path, or one of whose files, this is; nothing when it is not in the library.
    std::optional<ModelEntry> find(const QString &path) const;

    // The same for a file anywhere. What is not in the library is read in the pool: nothing at first, and fileRead() follows.
    // It is remembered for as long as its size and time of change stay.
    std::optional<ModelEntry> findOrRead(const QString &path);

    bool isScanning() const { return m_isScanning; }
    // More folders or files than the limits of a scan: the models may not be all there are.
    bool isCutShort() const { return m_scan.isCutShort; }
    // Every folder is watched, so changes are seen at once. Otherwise (more than 256 folders, or the system has no watches
    // left) the library looks again every 30 s.
    bool isWatchingAll() const { return m_isWatchingAll; }

    // Looks again, at once. During a scan: after it.
    void rescan();

Q_SIGNALS:
    // models() is another list now. At most once a scan.
    void modelsChanged();
    void scanningChanged(bool isScanning);
    // findOrRead() knows this file now, unless there is none.
    void fileRead(const QString &path);

private:
    using Headers = QHash<QString, ModelScan::File>;
    struct Look
    {
        ModelScan scan;
        Headers cached; // what the cache file holds
    };

    static Look look(const QStringList &folders, ModelScan previous, std::optional<Headers> cached,
                     const QString &cacheFile, const std::atomic<bool> &stop);
    void scanSoon();
    void startScan();
    void takeScan();
    bool watch();

    const QString m_cacheFile;
    // A file that is in none of the folders.
    struct Outsider
    {
        qint64 bytes = -1;
        QDateTime modified = {};
        std::optional<ModelEntry> entry = std::nullopt; // nothing while it is read
    };

    QStringList m_folders;
    QHash<QString, Outsider> m_outsiders; // by path
    ModelScan m_scan;
    std::optional<Headers> m_cached; // nothing before the cache file was read
    bool m_isScanning = false;
    bool m_scanAgain = false;
    bool m_isWatchingAll = true;
    // Shared with the scan that runs, which may outlive this object by a moment.
    std::shared_ptr<std::atomic<bool>> m_stop;
    QFutureWatcher<Look> m_scanWatcher;
    QFileSystemWatcher m_fileWatcher;
    QTimer m_delay;
    QTimer m_fallback;
};

} // namespace BitNet
