// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/transcript.h"
#include "core/runtime/bitnetruntime.h"
#include "core/runtime/engineflags.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QString>
#include <QTemporaryDir>

namespace BitNet::Testing {

// A folder with a build folder, programs in it that are shell scripts, and files that start as models do.
class EngineFixture
{
public:
    QString path(const QString &name) const { return m_folder.filePath(name); }
    QString buildDir() const { return path(QStringLiteral("build")); }

    QString write(const QString &name, const QByteArray &content, bool executable = false) const
    {
        const QString file = path(name);
        QDir().mkpath(QFileInfo(file).path());
        QFile f(file);
        const bool written = f.open(QIODevice::WriteOnly | QIODevice::Truncate) && f.write(content) == content.size();
        f.close();
        const auto readable = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
        const bool allowed = f.setPermissions(executable ? readable | QFileDevice::ExeOwner : readable);
        if (!written || !allowed)
            qFatal("cannot write %s", qPrintable(file));
        return file;
    }
    // A program of the build folder, e.g. "llama-cli".
    QString writeProgram(const QString &name, const QByteArray &script = "exit 0\n") const
    {
        return write(QStringLiteral("build/bin/") + name, QByteArray("#!/bin/sh\n" + script), true);
    }
    QString writeModel(const QString &name = QStringLiteral("model.gguf"),
                       const QByteArray &content = "GGUF model") const
    {
        return write(name, content);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private:
    QTemporaryDir m_folder;
};

inline QString transcriptPath(const QString &name)
{
    return QStringLiteral(BITNET_SOURCE_DIR "/resources/transcripts/") + name + QStringLiteral(".jsonl");
}

inline Replay::Transcript transcript(const QString &name)
{
    QString error;
    const auto loaded = Replay::Transcript::load(transcriptPath(name), &error);
    if (!loaded)
        qFatal("%s", qPrintable(error));
    return *loaded;
}

// What an engine's recorded --help printed: of "bitnet" or "llamacpp".
inline QByteArray recordedHelp(const QString &engine)
{
    return Replay::bytesOf(transcript(engine + QStringLiteral("-cli-help")).events, Replay::Stream::Stdout);
}

inline EngineFlags recordedFlags(const QString &engine)
{
    return EngineFlags::fromHelp(recordedHelp(engine));
}

// The build folder whose llama-cli is the replay engine.
inline QString replayBuildDir()
{
    return QStringLiteral(BITNET_BIN_DIR "/../replay-engine");
}

} // namespace BitNet::Testing
