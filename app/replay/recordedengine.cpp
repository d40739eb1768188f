// SPDX-License-Identifier: MIT
#include "app/replay/recordedengine.h"

#include "app/replay/performance.h"
#include "app/replay/serverprogram.h"

#include <QFile>
#include <QFileInfo>
#include <QStringDecoder>

#include <cstdio>
#include <cstdlib>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet::Replay {

// Where both engines look when no model is named.
static constexpr auto defaultModel = "models/7B/ggml-model-f16.gguf"_L1;
// A model's metadata come first in its file; the chat template is among them. Vocabularies take some megabytes.
static constexpr qint64 searchedForTemplate = qint64(16) * 1024 * 1024;

// How long the recorded servers took to be ready, about.
static constexpr double recordedLoadingMs = 450;

namespace {

void say(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    fwrite(bytes.constData(), 1, size_t(bytes.size()), stderr);
    fflush(stderr);
}

void replaceAll(Transcript &transcript, const QString &before, const QString &after)
{
    // In two steps, as the new text may hold the old one.
    const QByteArray placeholder(1, '\0');
    for (const Stream stream : {Stream::Stdout, Stream::Stderr}) {
        int count = 0;
        while (replaceFirst(transcript.events, stream, before.toUtf8(), placeholder))
            ++count;
        for (; count > 0; --count)
            replaceFirst(transcript.events, stream, placeholder, after.toUtf8());
    }
}

} // namespace

RecordedEngine::RecordedEngine(Kind kind, QString transcriptFolder, double speed)
    : m_kind(kind)
    , m_folder(std::move(transcriptFolder))
    , m_speed(speed)
{
}

Transcript RecordedEngine::load(const QString &what) const
{
    const QString engine = m_kind == Kind::Bitnet ? u"bitnet"_s : u"llamacpp"_s;
    // bitnet.cpp is llama.cpp of an earlier date: where it has no recording of its own, the other's is played.
    QString path = u"%1/%2-cli-%3.jsonl"_s.arg(m_folder, engine, what);
    if (!QFileInfo::exists(path))
        path = u"%1/llamacpp-cli-%2.jsonl"_s.arg(m_folder, what);
    QString error;
    auto transcript = Transcript::load(path, &error);
    if (!transcript) {
        say(u"replay: %1\n"_s.arg(error));
        exit(EXIT_FAILURE);
    }
    return *transcript;
}

void RecordedEngine::play(const Transcript &transcript) const
{
    say(u"replay: this is the recording %1; no model is at work\n"_s.arg(transcript.name));
    Performance(transcript, m_speed, Performance::Length::Endless).run();
}

void RecordedEngine::run(const QStringList &arguments)
{
    const Transcript help = load(u"help"_s);
    EngineOptions options(bytesOf(help.events, Stream::Stdout));
    if (const auto fault = options.parse(arguments)) {
        if (fault->kind == EngineOptions::Fault::Kind::UnknownFlag)
            rejectFlag(fault->flag);
        rejectArgument(fault->flag, u"expected value for argument"_s);
    }
    if (options.isSet(u"--help"_s))
        play(help);
    if (options.isSet(u"--version"_s))
        play(load(u"version"_s));

    const QByteArray prompt = promptFrom(options);
    const QString model = options.value(u"--model"_s).value_or(defaultModel);
    QFile file(model);
    // A folder can be opened, and only reading it fails.
    if (!QFileInfo(model).isDir() && !file.open(QIODevice::ReadOnly))
        refuseMissingModel(model);
    if (const QByteArray magic = file.isOpen() ? file.read(4) : QByteArray(); magic != "GGUF")
        refuseWrongMagic(model, magic);
    if (wantsConversation(options, model))
        converse(prompt);
    answer(options, model, prompt);
}

int RecordedEngine::serve(const QStringList &arguments, int &argc, char **argv)
{
    QString error;
    auto parsed = ServerArguments::parse(arguments, &error);
    if (!parsed) {
        say(error + u'\n');
        return EXIT_FAILURE;
    }
    if (parsed->asksForVersion)
        play(load(u"version"_s));
    if (parsed->asksForHelp) {
        // That of llama-cli was recorded only.
        fputs("----- replay: a llama-server that takes these -----\n\n"
              "-m,    --model FNAME           model path\n"
              "-c,    --ctx-size N            size of the prompt context\n"
              "-np,   --parallel N            number of parallel sequences to decode\n"
              "--host HOST                    ip address to listen on\n"
              "--port PORT                    port to listen on\n"
              "--api-key KEY                  API key to use for authentication\n"
              "--api-key-file FNAME           path to file containing API keys\n"
              "--metrics                      enable prometheus compatible metrics endpoint\n"
              "--slots                        enable slots monitoring endpoint\n",
              stdout);
        return EXIT_SUCCESS;
    }
    RecordedServer::Setup setup = parsed->setup;
    setup.dialect = m_kind == Kind::Bitnet ? RecordedServer::Dialect::Bitnet : RecordedServer::Dialect::LlamaCpp;
    setup.answer = recordedAnswer();
    if (m_speed > 0)
        setup.loading = std::chrono::milliseconds(qint64(recordedLoadingMs / m_speed));
    say(u"replay: this server answers with a recorded text; no model is at work\n"_s);
    return Replay::serve(setup, argc, argv);
}

QList<RecordedServer::Piece> RecordedEngine::recordedAnswer() const
{
    Transcript transcript = load(u"oneshot"_s);
    const QByteArray echo = ' ' + transcript.option(u"-p"_s).toUtf8();
    replaceFirst(transcript.events, Stream::Stdout, echo, {});
    replaceFirst(transcript.events, Stream::Stdout, QByteArrayLiteral(" [end of text]"), {});
    QList<RecordedServer::Piece> pieces;
    QStringDecoder decoder(QStringDecoder::Utf8);
    double waitedMs = 0;
    for (const Event &event : std::as_const(transcript.events)) {
        waitedMs += event.delayMs;
        if (event.stream != Stream::Stdout)
            continue;
        const QString text = decoder(event.bytes);
        if (text.trimmed().isEmpty() && pieces.isEmpty())
            continue;
        const double delayMs = m_speed > 0 ? waitedMs / m_speed : 0;
        pieces.append({.delay = std::chrono::microseconds(qint64(delayMs * 1000)), .text = text});
        waitedMs = 0;
    }
    return pieces;
}

void RecordedEngine::rejectFlag(const QString &flag) const
{
    Transcript transcript = load(m_kind == Kind::Bitnet ? u"no-cnv-rejected"_s : u"bad-flag"_s);
    replaceAll(transcript, transcript.command.constLast(), flag);
    play(transcript);
}

// Not recorded, but its wording in llama.cpp is known.
void RecordedEngine::rejectArgument(const QString &flag, const QString &why) const
{
    say(u"replay: this message is no recording\nerror while handling argument \"%1\": %2\n\n"_s.arg(flag, why));
    exit(EXIT_FAILURE);
}

void RecordedEngine::refuseMissingModel(const QString &model) const
{
    Transcript transcript = load(u"missing-model"_s);
    replaceAll(transcript, QString("models/"_L1 + transcript.option(u"-m"_s)), model);
    play(transcript);
}

void RecordedEngine::refuseWrongMagic(const QString &model, const QByteArray &magic) const
{
    Transcript transcript = load(u"not-gguf"_s);
    QString shown = u"????"_s;
    for (qsizetype i = 0; i < magic.size(); ++i) {
        if (magic[i] >= ' ' && magic[i] < 0x7f)
            shown[i] = QLatin1Char(magic[i]);
    }
    replaceAll(transcript, QString("models/"_L1 + transcript.option(u"-m"_s)), model);
    replaceAll(transcript, u"'GGML'"_s, u"'%1'"_s.arg(shown));
    play(transcript);
}

QByteArray RecordedEngine::promptFrom(const EngineOptions &options) const
{
    const auto path = options.value(u"--file"_s);
    if (!path)
        return options.value(u"--prompt"_s).value_or(QString()).toUtf8();
    QFile file(*path);
    if (!file.open(QIODevice::ReadOnly))
        rejectArgument(u"-f"_s, u"error: failed to open file '%1'\n"_s.arg(*path));
    QByteArray prompt = file.readAll();
    if (prompt.endsWith('\n'))
        prompt.chop(1);
    return prompt;
}

bool RecordedEngine::wantsConversation(const EngineOptions &options, const QString &model) const
{
    if (options.isSet(u"--conversation"_s) || options.isSet(u"--interactive"_s)
        || options.isSet(u"--interactive-first"_s))
        return true;
    if (m_kind == Kind::Bitnet || options.isSet(u"--no-conversation"_s))
        return false;
    QFile file(model);
    return file.open(QIODevice::ReadOnly) && file.read(searchedForTemplate).contains("tokenizer.chat_template");
}

void RecordedEngine::converse(const QByteArray &prompt) const
{
    Transcript transcript = load(u"conversation"_s);
    replaceFirst(transcript.events, Stream::Stdout, transcript.option(u"-p"_s).toUtf8(), prompt);
    play(transcript);
}

// bitnet.cpp: an f16 model runs slower than a BitNet one, so the name of the model decides. llama.cpp: the recording that
// was given the most tokens among those that were given no more than this run, or else the shorter one.
QString RecordedEngine::oneShotFor(const EngineOptions &options, const QString &model) const
{
    if (m_kind == Kind::Bitnet) {
        const bool isFloat = QFileInfo(model).fileName().contains("f16"_L1, Qt::CaseInsensitive);
        return isFloat ? u"f16-oneshot"_s : u"oneshot"_s;
    }
    const int wanted = options.value(u"--predict"_s).value_or(u"-1"_s).toInt();
    const int recorded = load(u"eos"_s).option(u"-n"_s).toInt();
    return wanted < 0 || wanted >= recorded ? u"eos"_s : u"oneshot"_s;
}

void RecordedEngine::answer(const EngineOptions &options, const QString &model, const QByteArray &prompt) const
{
    Transcript transcript = load(oneShotFor(options, model));
    // The engine repeats the prompt behind a space, which stands for the beginning of the text.
    const QByteArray echo = ' ' + transcript.option(u"-p"_s).toUtf8();
    const QByteArray ownEcho = ' ' + prompt;
    replaceFirst(transcript.events, Stream::Stdout, echo,
                 options.isSet(u"--no-display-prompt"_s) || prompt.isEmpty() ? QByteArray() : ownEcho);
    play(transcript);
}

} // namespace BitNet::Replay
