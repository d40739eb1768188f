// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace BitNet {

// The content of a file, or of standard input when path is "-". Nothing and a sentence in error when it can't be read.
std::optional<QByteArray> readWholeFile(const QString &path, QString *error);

} // namespace BitNet
