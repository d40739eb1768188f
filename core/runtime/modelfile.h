// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace BitNet {

// A path as a user writes it: a leading "~" or "~/" is the home folder. Other text is left alone.
QString expandHome(const QString &path);

// Why the file at this path is no model that an engine could load, in a sentence; nothing when it may be one. Checked: it
// exists, is a regular file (a folder, a pipe or a device is not), can be read, and starts with the GGUF magic.
std::optional<QString> modelProblem(const QString &path);

// What a file that starts with these bytes (its first 16, or all it has) is, when it is not GGUF: "It is empty.", "It
// starts with …". Empty for GGUF.
QString describeWrongMagic(QByteArrayView head);

} // namespace BitNet
