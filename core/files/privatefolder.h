// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// Makes the folder, and those above it that are missing, for this person alone (0700). A folder that is there already is
// left as it is. False when that is not possible; error then holds a sentence.
bool makePrivateFolder(const QString &path, QString *error);

} // namespace BitNet
