// SPDX-License-Identifier: MIT
#include "core/runtime/modelscan.h"

#include "core/jobs/datasize.h"
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr int maximumDepth = 16;
constexpr qsizetype maximumFolders = 2000;
constexpr int maximumEntries = 100'000;
constexpr auto modelEnding = ".gguf"_L1;

// Device and inode: which file it really is.
using Identity = std::pair<quint64, quint64>;

class FolderWalk
{
public:
    FolderWalk(ModelScan &scan, const std::atomic<bool> &stop)
        : m_scan(scan)
        , m_stop(stop)
    {
    }

    // Goes through a folder; what is found is in links and files.
    void enter(const QString &root)
    {
        std::vector<std::pair<QString, int>> waiting{{root, 0}};
        while (!waiting.empty() && !m_stop) {
            const auto [folder, depth] = waiting.back();
            waiting.pop_back();
            const QString canonical = QFileInfo(folder).canonicalFilePath();
            if (canonical.isEmpty() || m_seen.contains(canonical))
                continue;
            m_seen.insert(canonical);
            m_scan.folders += folder;
            if (m_seen.size() > maximumFolders) {
                m_scan.isCutShort = true;
                return;
            }
            QDirIterator entries(folder, QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot);
            while (entries.hasNext() && !m_stop) {
                const QString path = entries.next();
                if (++m_entries > maximumEntries) {
                    m_scan.isCutShort = true;
                    return;
                }
                const QFileInfo info = entries.fileInfo();
                if (info.isDir()) {
                    if (!info.isSymLink() && depth < maximumDepth)
                        waiting.emplace_back(path, depth + 1);
                } else if (path.endsWith(modelEnding, Qt::CaseInsensitive)) {
                    (info.isSymLink() ? links : files) += path;
                }
            }
        }
    }

    QStringList files;
    QStringList links; // to files

private:
    ModelScan &m_scan;
    const std::atomic<bool> &m_stop;
    QSet<QString> m_seen; // canonical paths
    int m_entries = 0;
};

void readFiles(ModelScan &scan, const QStringList &paths, const ModelScan &previous, std::map<Identity, QString> &known,
               const std::atomic<bool> &stop)
{
    for (const QString &path : paths) {
        if (stop)
            return;
        struct stat status
        {
        };
        if (::stat(QFile::encodeName(path).constData(), &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        if (!known.try_emplace(Identity(status.st_dev, status.st_ino), path).second)
            continue;
        ModelScan::File file{.bytes = status.st_size,
                             .modifiedNs = qint64(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec,
                             .inode = status.st_ino};
        const auto before = previous.files.constFind(path);
        if (before != previous.files.cend() && before->bytes == file.bytes && before->modifiedNs == file.modifiedNs
            && before->inode == file.inode) {
            file.reading = before->reading;
        } else {
            file.reading = readModelHeader(path);
            ++scan.headersRead;
        }
        scan.files.insert(path, file);
    }
}

// What is wrong with a file whose header could be read.
QString problemOf(const ModelHeader &header)
{
    if (header.missingBytes > 0) {
        return u"It is incomplete: %1 of its weights are missing. Download or copy it again."_s.arg(
            formatSize(header.missingBytes));
    }
    if (header.architecture == "clip"_L1)
        return u"It is no language model but the part of one that looks at images."_s;
    if (!header.type.isEmpty() && header.type != "model"_L1)
        return u"It is no model by itself (%1)."_s.arg(header.type);
    return {};
}

ModelEntry singleFile(const QString &path, const ModelScan::File &file)
{
    ModelEntry entry{.path = path, .files = {path}, .bytes = file.bytes, .header = file.reading.header};
    if (!entry.header) {
        entry.problem = file.reading.problem;
        return entry;
    }
    entry.parameters = entry.header->parameters;
    entry.problem = problemOf(*entry.header);
    return entry;
}

// The files of one split model that are there, in their order, and the names of all of them.
ModelEntry splitModel(const QString &folder, const QStringList &names, const ModelScan &scan)
{
    ModelEntry entry;
    QStringList missing;
    for (const QString &name : names) {
        const QString path = folder + name;
        const auto file = scan.files.constFind(path);
        // A part that is no part: its own entry says why.
        if (file == scan.files.cend() || !file->reading.header) {
            missing += name;
            continue;
        }
        entry.files += path;
        entry.bytes += file->bytes;
        entry.parameters += file->reading.header->parameters;
        if (entry.problem.isEmpty())
            entry.problem = problemOf(*file->reading.header);
    }
    entry.path = entry.files.constFirst();
    entry.header = scan.files.value(entry.path).reading.header;
    if (!missing.isEmpty()) {
        entry.problem = missing.size() == 1
            ? u"One of its %1 files is missing: %2."_s.arg(names.size()).arg(missing.constFirst())
            : u"%1 of its %2 files are missing, the first of them %3."_s.arg(missing.size())
                  .arg(names.size())
                  .arg(missing.constFirst());
    }
    return entry;
}

void describeModels(ModelScan &scan)
{
    QSet<QString> described; // first names of split models
    for (auto file = scan.files.cbegin(); file != scan.files.cend(); ++file) {
        const std::optional<ModelHeader> &header = file->reading.header;
        if (file->reading.header && file->reading.header->missingBytes > 0)
            scan.growingFiles += file.key();
        if (!header || !header->isSplit()) {
            if (!header)
                scan.growingFiles += file.key();
            scan.models += singleFile(file.key(), *file);
            continue;
        }
        const qsizetype nameAt = file.key().lastIndexOf(u'/') + 1;
        const QString folder = file.key().first(nameAt);
        const QStringList names = modelFileNames(file.key().sliced(nameAt), *header);
        if (names.isEmpty()) {
            ModelEntry entry = singleFile(file.key(), *file);
            entry.problem =
                u"It is file %1 of the %2 of a split model, but its name does not say so, and no engine would "
                "find the others."_s.arg(header->splitIndex + 1)
                    .arg(header->splitCount);
            scan.models += entry;
        } else if (const QString first = folder + names.constFirst(); !described.contains(first)) {
            described.insert(first);
            scan.models += splitModel(folder, names, scan);
        }
    }
    const auto byPath = [](const ModelEntry &one, const ModelEntry &other) { return one.path < other.path; };
    std::sort(scan.models.begin(), scan.models.end(), byPath);
    scan.growingFiles.sort();
}

} // namespace

QString ModelEntry::displayName() const
{
    if (header && !header->name.isEmpty())
        return header->name;
    const QString name = path.sliced(path.lastIndexOf(u'/') + 1);
    return name.endsWith(modelEnding, Qt::CaseInsensitive) ? name.chopped(modelEnding.size()) : name;
}

std::optional<ModelEntry> readModel(const QString &path)
{
    const std::atomic<bool> stop = false;
    const QString file = QDir::cleanPath(QFileInfo(expandHome(path)).absoluteFilePath());
    ModelScan scan;
    std::map<Identity, QString> known;
    readFiles(scan, {file}, {}, known, stop);
    if (scan.files.isEmpty())
        return std::nullopt;
    if (const auto header = scan.files.value(file).reading.header; header && header->isSplit()) {
        const qsizetype nameAt = file.lastIndexOf(u'/') + 1;
        QStringList parts = modelFileNames(file.sliced(nameAt), *header);
        for (QString &part : parts)
            part.prepend(file.first(nameAt));
        readFiles(scan, parts, {}, known, stop);
    }
    describeModels(scan);
    return scan.models.constFirst();
}

ModelScan scanModels(const QStringList &folders, const ModelScan &previous, const std::atomic<bool> &stop)
{
    ModelScan scan;
    FolderWalk walk(scan, stop);
    for (const QString &folder : folders)
        walk.enter(QDir::cleanPath(expandHome(folder)));
    // Files before links to them, so that a file is known by its own path when both are there.
    walk.files.sort();
    walk.links.sort();
    std::map<Identity, QString> known;
    readFiles(scan, walk.files, previous, known, stop);
    readFiles(scan, walk.links, previous, known, stop);
    describeModels(scan);
    return scan;
}

} // namespace BitNet
