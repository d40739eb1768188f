// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/ggufheader.h"

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

#include <atomic>
#include <optional>

namespace BitNet {

// A model that was found: one file, or the files of a split model.
struct ModelEntry
{
    QString path = {}; // what an engine is given: the file, or the first of them
    QStringList files = {}; // all that are there, in their order; path is the first
    qint64 bytes = 0; // of all files
    qint64 parameters = 0; // likewise
    std::optional<ModelHeader> header = std::nullopt; // of path
    // Why it can't be used, in a sentence; empty when it can.
    QString problem = {};

    bool isUsable() const { return problem.isEmpty(); }
    // The model's own name, or else its file's.
    QString displayName() const;
    friend bool operator==(const ModelEntry &, const ModelEntry &) = default;
};

// What a look into some folders gave.
struct ModelScan
{
    // One header, and the file it was read from.
    struct File
    {
        qint64 bytes = 0;
        qint64 modifiedNs = 0;
        quint64 inode = 0;
        ModelHeaderReading reading = {};

        friend bool operator==(const File &, const File &) = default;
    };

    QList<ModelEntry> models = {}; // by path
    QHash<QString, File> files = {}; // by path; what the next scan need not read again
    QStringList folders = {}; // that were looked into: those to watch
    QStringList growingFiles = {}; // incomplete ones, of which the rest may be on its way
    bool isCutShort = false; // there were more folders or entries than the limits allow
    int headersRead = 0;
};

// Looks for models (*.gguf) in folders and all that is in them. Takes a few milliseconds for each new file and nearly
// nothing for those that previous knows and that have not changed. Any thread; ends soon after stop becomes true.
//
// Symbolic links: a link to a file counts as that file, wherever it is (that is how download caches keep models), but
// each file counts once. Links to folders are not followed, so a scan does not leave its folders and can't run in
// circles; the given folders themselves may be links. Hidden folders and files are left out. At most 16 levels, 2000
// folders and 100 000 entries.
ModelScan scanModels(const QStringList &folders, const ModelScan &previous, const std::atomic<bool> &stop);

// The model that this file is, or is a part of, wherever it is: an entry as scanModels() makes it. Nothing when there is no
// such file. Takes some milliseconds for each of its files; any thread.
std::optional<ModelEntry> readModel(const QString &path);

} // namespace BitNet
