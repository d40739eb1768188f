// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/modelscan.h"

#include <QFileSystemWatcher>
#include <QFutureWatcher>
#include <QObject>
#include <QTimer>

#include <memory>

namespace BitNet {

// The models in some folders, kept up to date. Scans in the global thread pool; a header is read once for each version of a
// file (path, size, time of change). See scanModels() for what counts as a model and for symbolic links. Not thread-safe:
// lives in a thread with an event loop.
class ModelLibrary : public QObject
{
    Q_OBJECT
public:
    explicit ModelLibrary(QObject *parent = nullptr);
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

private:
    void scanSoon();
    void startScan();
    void takeScan();
    bool watch();

    QStringList m_folders;
    ModelScan m_scan;
    bool m_isScanning = false;
    bool m_scanAgain = false;
    bool m_isWatchingAll = true;
    // Shared with the scan that runs, which may outlive this object by a moment.
    std::shared_ptr<std::atomic<bool>> m_stop;
    QFutureWatcher<ModelScan> m_scanWatcher;
    QFileSystemWatcher m_fileWatcher;
    QTimer m_delay;
    QTimer m_fallback;
};

} // namespace BitNet
