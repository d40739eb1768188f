// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/modelscan.h"

#include <QHash>
#include <QString>

namespace BitNet {

// The headers of model files in a file of the cache folder, so that the next start reads only what is new: what
// scanModels() takes as previous. An entry holds for one path, size, time of change and inode; scanModels() checks them.
//
// The file is replaced as a whole, is for its owner alone, and carries its version and a hash: one that is torn, changed,
// of another version or of another user's making counts as none. Both functions take some milliseconds for a thousand
// models; any thread.

// Empty when there is no cache that can be used.
QHash<QString, ModelScan::File> readModelCache(const QString &path);
// Makes the folder when it is missing. False when it could not be written: then the file is what it was, and the only loss is
// time.
bool writeModelCache(const QString &path, const QHash<QString, ModelScan::File> &files);

} // namespace BitNet
