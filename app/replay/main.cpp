// SPDX-License-Identifier: MIT
#include "app/replay/performance.h"
#include "app/replay/recordedengine.h"
#include "app/replay/transcript.h"

#include <QFile>
#include <QFileInfo>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

using namespace Qt::StringLiterals;
using namespace BitNet::Replay;

namespace {

constexpr char usage[] = R"(usage: bitnet-replay-engine TRANSCRIPT.jsonl [--speed X]

Plays the recorded run of a program: its streams, its bytes, its timing, and its exit code or signal. Where the recording has
input it waits for a line.
  --speed X   X times as fast as it was; 0 waits nowhere. Default: 1

Started under the name llama-cli it is an engine that needs no model: it takes llama-cli's arguments and plays the recorded
run that fits. Under the name llama-server it is a server that answers with a recorded text. replay-engine beside this program
is a build folder with such an engine.
  BITNET_REPLAY_ENGINE       bitnet (default) or llamacpp: whose runs are played
  BITNET_REPLAY_SPEED        as --speed
  BITNET_REPLAY_TRANSCRIPTS  the folder with the recordings; default: the one that came with this program
)";

[[noreturn]] void fail(const QString &message)
{
    const QByteArray bytes = message.toUtf8();
    fprintf(stderr, "bitnet-replay-engine: %s\n", bytes.constData());
    exit(2);
}

double speedFrom(const QString &text, const char *source)
{
    bool isNumber = false;
    const double speed = text.toDouble(&isNumber);
    if (!isNumber || !std::isfinite(speed) || speed < 0)
        fail(u"%1: not a speed: \"%2\""_s.arg(QLatin1String(source), text));
    return speed;
}

// An empty variable is as none.
QString setting(const char *variable, const QString &byDefault)
{
    const QString value = qEnvironmentVariable(variable);
    return value.isEmpty() ? byDefault : value;
}

QString transcriptFolder()
{
    if (const QString folder = setting("BITNET_REPLAY_TRANSCRIPTS", {}); !folder.isEmpty())
        return folder;
    const QString own = QFileInfo(QFile::symLinkTarget(u"/proc/self/exe"_s)).path();
    const QStringList candidates{
        own + u"/../share/bitnet-supervisor/transcripts"_s, // a build folder, where CMake links to them
        own + u"/" BITNET_DATA_FROM_LIBEXEC "/transcripts"_s, // an installation
    };
    for (const QString &candidate : candidates) {
        if (QFileInfo(candidate).isDir())
            return candidate;
    }
    fail(u"no recordings found in %1; set BITNET_REPLAY_TRANSCRIPTS"_s.arg(candidates.join(" and "_L1)));
}

RecordedEngine chosenEngine()
{
    const QString engine = setting("BITNET_REPLAY_ENGINE", u"bitnet"_s);
    if (engine != "bitnet"_L1 && engine != "llamacpp"_L1)
        fail(u"BITNET_REPLAY_ENGINE: neither bitnet nor llamacpp: \"%1\""_s.arg(engine));
    const double speed = speedFrom(setting("BITNET_REPLAY_SPEED", u"1"_s), "BITNET_REPLAY_SPEED");
    return RecordedEngine(engine == "bitnet"_L1 ? RecordedEngine::Kind::Bitnet : RecordedEngine::Kind::LlamaCpp,
                          transcriptFolder(), speed);
}

[[noreturn]] void playFile(const QStringList &arguments)
{
    QString path;
    double speed = 1;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments[i];
        if (argument == "--help"_L1 || argument == "-h"_L1) {
            fputs(usage, stdout);
            exit(0);
        } else if (argument == "--speed"_L1 && i + 1 < arguments.size()) {
            speed = speedFrom(arguments[++i], "--speed");
        } else if (argument.startsWith(u'-') || !path.isEmpty()) {
            fail(u"unexpected argument: %1\n%2"_s.arg(argument, QLatin1String(usage)));
        } else {
            path = argument;
        }
    }
    if (path.isEmpty())
        fail(u"which recording?\n%1"_s.arg(QLatin1String(usage)));
    QString error;
    const auto transcript = Transcript::load(path, &error);
    if (!transcript)
        fail(error);
    Performance(*transcript, speed, Performance::Length::Recorded).run();
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments += QFile::decodeName(argv[i]);
    const QString ownName = argc > 0 ? QFileInfo(QFile::decodeName(argv[0])).fileName() : QString();
    if (ownName == "llama-cli"_L1)
        chosenEngine().run(arguments);
    if (ownName == "llama-server"_L1)
        return chosenEngine().serve(arguments, argc, argv);
    playFile(arguments);
}
