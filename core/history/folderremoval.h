// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// Removes a folder with all that is in it, provided that it lies within root (and is not root itself), on the same file
// system, and that no symbolic link is on the way from root to it. Links inside are removed, never followed. A folder that is
// not there counts as removed. False otherwise; error then holds a sentence. Blocks as long as the disk takes.
bool removeFolderWithin(const QString &root, const QString &folder, QString *error);

// Removes a folder within root if it is empty; no error if it is not.
void removeEmptyFolderWithin(const QString &root, const QString &folder);

// Whether the path, taken as text, leads into root.
bool isWithin(const QString &root, const QString &path);

} // namespace BitNet
