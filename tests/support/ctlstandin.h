// SPDX-License-Identifier: MIT
#pragma once

#include "support/ctlprocess.h"

#include <unistd.h>

namespace BitNet::Testing {

// For tests of bitnetctl with the stand-in server.

inline QString standinEngine()
{
    return QStringLiteral(BITNET_BIN_DIR "/../standin-engine");
}
inline QString chatModel()
{
    return QStringLiteral(BITNET_TEST_DATA "/models/tiny-llama-chat-f16.gguf");
}
// What the stand-in answers when nothing else was asked of it.
inline QByteArray sixPieces()
{
    return QByteArray("w\xC3\xB6rd\xF0\x9F\x90\x88 and ").repeated(3);
}
// The faults of the stand-in as arguments of it.
inline QStringList standinArguments(const QStringList &faults)
{
    QStringList arguments;
    for (const QString &fault : faults)
        arguments += {QStringLiteral("--standin"), fault};
    return arguments;
}

// Distinguishes the processes of the test function that runs from all others: see processesWith().
inline QByteArray markOfTest()
{
    return QByteArray(QTest::currentTestFunction()) + '-' + QByteArray::number(::getpid());
}

// The arguments of "bitnetctl COMMAND" for a stand-in that does wrong what faults say, and carries the test's mark.
inline QStringList withStandin(const QString &command, const QStringList &options, const QStringList &faults)
{
    return QStringList{command, QStringLiteral("--build-dir"), standinEngine(), QStringLiteral("-m"), chatModel()}
    + options + QStringList{QStringLiteral("--"), QStringLiteral("--alias"), QString::fromLatin1(markOfTest())}
    + standinArguments(faults);
}

} // namespace BitNet::Testing
