// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace BitNet {

// Written at once to our standard error, "bitnetctl: " before it and what others put into it made harmless. For use before a
// session is running.
void complain(const QString &sentence);
// complain(), for each. Returns what to exit with: 125.
int failWith(const QString &sentence);
int failWith(const QStringList &sentences);

// Written at once to our standard output. What to exit with: 0, or 125 when it could not be written.
int print(const QString &text);

} // namespace BitNet
