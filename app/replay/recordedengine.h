// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/engineoptions.h"
#include "app/replay/recordedserver.h"
#include "app/replay/transcript.h"

#include <QString>
#include <QStringList>

namespace BitNet::Replay {

// Behaves as a recorded llama-cli towards whoever starts it: --help, --version, one-shot prompts, conversations and failures
// are those of a real run, chosen by the arguments. The text is the recording's; only the prompt that the engine repeats
// and the names that its messages hold are those of this run. Standard error says first which recording is played.
class RecordedEngine
{
public:
    enum class Kind {
        Bitnet, // bitnet.cpp: no -no-cnv, conversation only on request
        LlamaCpp, // llama.cpp: conversation by itself when the model has a chat template
    };
    RecordedEngine(Kind kind, QString transcriptFolder, double speed);

    // Acts on the arguments, the program's name left out, and ends the process.
    [[noreturn]] void run(const QStringList &arguments);
    // The same as a llama-server: answers with the text of the recorded one-shot prompt, in its time. Returns the exit code.
    int serve(const QStringList &arguments, int &argc, char **argv);

private:
    Transcript load(const QString &what) const;
    [[noreturn]] void play(const Transcript &transcript) const;
    [[noreturn]] void rejectFlag(const QString &flag) const;
    [[noreturn]] void rejectArgument(const QString &flag, const QString &why) const;
    [[noreturn]] void refuseMissingModel(const QString &model) const;
    [[noreturn]] void refuseWrongMagic(const QString &model, const QByteArray &magic) const;
    [[noreturn]] void converse(const QByteArray &prompt) const;
    [[noreturn]] void answer(const EngineOptions &options, const QString &model, const QByteArray &prompt) const;
    QList<RecordedServer::Piece> recordedAnswer() const;
    QByteArray promptFrom(const EngineOptions &options) const;
    bool wantsConversation(const EngineOptions &options, const QString &model) const;
    QString oneShotFor(const EngineOptions &options, const QString &model) const;

    const Kind m_kind;
    const QString m_folder;
    const double m_speed;
};

} // namespace BitNet::Replay
