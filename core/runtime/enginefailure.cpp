// SPDX-License-Identifier: MIT
#include "core/runtime/enginefailure.h"

#include "core/runtime/localport.h"

#include <QList>
#include <QRegularExpression>

#include <csignal>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

using Kind = EngineFailure::Kind;

// Lines that show what is in the model's file, or its own words: whatever they contain, they are no error.
bool quotesTheModel(QByteArrayView line)
{
    return line.startsWith("llama_model_loader: - ") || line.startsWith("print_info: ")
        || line.startsWith("llm_load_print_meta: ");
}

// The lines in which an engine may say why it fails, and what can be read off them.
class LastWords
{
public:
    explicit LastWords(const EngineEnding &ending)
        : m_model(ending.model.isEmpty() ? u"the model"_s : ending.model)
    {
        QByteArrayView rest = ending.standardError;
        while (!rest.isEmpty()) {
            const qsizetype end = rest.indexOf('\n');
            const QByteArrayView line = (end < 0 ? rest : rest.first(end)).trimmed();
            if (!line.isEmpty() && !quotesTheModel(line))
                m_lines += QString::fromUtf8(line.first(std::min(line.size(), longestLine)));
            rest = end < 0 ? QByteArrayView() : rest.sliced(end + 1);
        }
    }

    const QString &model() const { return m_model; }

    // The first line with one of these words; empty when there is none.
    QString find(std::initializer_list<QStringView> words) const
    {
        for (const QString &line : m_lines) {
            for (const QStringView word : words) {
                if (line.contains(word))
                    return line;
            }
        }
        return {};
    }

    // The first line that a pattern matches, and what its groups captured.
    struct Found
    {
        QString line = {};
        QStringList captured = {};

        explicit operator bool() const { return !line.isEmpty(); }
        QString operator[](qsizetype group) const { return captured.value(group); }
    };
    Found match(const QString &pattern) const
    {
        const QRegularExpression expression(pattern);
        for (const QString &line : m_lines) {
            if (const auto found = expression.match(line); found.hasMatch())
                return {.line = line, .captured = found.capturedTexts()};
        }
        return {};
    }

    bool contains(QStringView word) const { return !find({word}).isEmpty(); }

private:
    static constexpr qsizetype longestLine = 1000; // bytes of it that are kept

    QString m_model;
    QStringList m_lines;
};

EngineFailure about(Kind kind, const QString &field, const QString &sentence, const QString &line)
{
    return {.kind = kind, .sentence = sentence, .engineLine = line, .field = field};
}

EngineFailure aboutModel(Kind kind, const QString &sentence, const QString &line)
{
    return about(kind, u"model"_s, sentence, line);
}

std::optional<EngineFailure> badArgument(const LastWords &words)
{
    const QString field = u"extra_arguments"_s;
    if (const auto unknown = words.match(u"^error: (?:invalid|unknown) argument: (.+)$"_s); unknown) {
        return about(Kind::InvalidArgument, field, u"This engine does not know the argument %1."_s.arg(unknown[1]),
                     unknown.line);
    }
    const auto refused = words.match(u"^error while handling argument \"([^\"]*)\": *(.*)$"_s);
    if (!refused)
        return std::nullopt;
    const QString argument = refused[1];
    const QString why = refused[2];
    static const QRegularExpression noFile(u"failed to open file '(.*)'"_s);
    if (const auto file = noFile.match(why); file.hasMatch()) {
        return about(Kind::FileNotFound, field,
                     u"The file %1, given with %2, was not found or can't be read."_s.arg(file.captured(1), argument),
                     refused.line);
    }
    QString sentence = u"The engine refuses the value given with %1."_s.arg(argument);
    if (why.startsWith("sto"_L1)) // stoi, stof, …: the C++ function that failed
        sentence = u"The value given with %1 is not a number that the engine can use."_s.arg(argument);
    else if (why.startsWith("expected value"_L1))
        sentence = u"The argument %1 needs a value."_s.arg(argument);
    return about(Kind::InvalidArgument, field, sentence, refused.line);
}

std::optional<EngineFailure> unusableAddress(const LastWords &words)
{
    const auto bind = words.match(u"couldn't bind (?:to )?(?:HTTP )?server socket, hostname: (\\S+), port: (\\d+)"_s);
    if (!bind)
        return std::nullopt;
    const QString host = bind[1];
    const QString port = bind[2];
    const auto number = port.toUShort();
    switch (portState(host, number)) {
    case PortState::NoSuchAddress:
        return about(Kind::AddressUnusable, u"host"_s, u"%1 is no address of this machine."_s.arg(host), bind.line);
    case PortState::NotPermitted:
        return about(Kind::AddressUnusable, u"port"_s,
                     u"Port %1 may not be used by you; choose one from 1024 on."_s.arg(port), bind.line);
    case PortState::Free:
    case PortState::Taken:
    case PortState::Unknown:
        break;
    }
    EngineFailure failure =
        about(Kind::PortTaken, u"port"_s, u"Port %1 of %2 is taken by another program."_s.arg(port, host), bind.line);
    if (const auto other = freePort(host)) {
        failure.freePort = *other;
        failure.sentence.chop(1);
        failure.sentence += u"; port %1 is free."_s.arg(*other);
    }
    return failure;
}

std::optional<EngineFailure> promptTooLong(const LastWords &words)
{
    const auto found = words.match(u"prompt is too long \\((\\d+) tokens, max (\\d+)\\)"_s);
    if (!found)
        return std::nullopt;
    return about(Kind::PromptTooLong, u"ctx_size"_s,
                 u"The prompt has %1 tokens, and this context size leaves room for %2. Choose a larger context or a "
                 "shorter prompt."_s.arg(found[1], found[2]),
                 found.line);
}

// A tensor type that the engine does not have. The numbers above those of the llama.cpp that was forked are used twice, by
// bitnet.cpp and by later llama.cpp.
std::optional<EngineFailure> unknownType(const LastWords &words)
{
    const auto found = words.match(u"tensor '.*' (?:of type|has invalid ggml type) (\\d+) \\(.*\\)"_s);
    if (found) {
        const int type = found[1].toInt();
        const auto sentence = [&] {
            switch (type) {
            case 36:
                return u"The weights of %1 are of type I2_S, which only a BitNet engine (bitnet.cpp) knows: use "
                       "such an engine for it."_s;
            case 38:
                return u"The weights of %1 are of type TL1, which only a BitNet engine (bitnet.cpp) knows: use "
                       "such an engine for it."_s;
            case 39:
                return u"The weights of %1 are of a type that this engine does not know: TL2 of a BitNet engine "
                       "(bitnet.cpp), or MXFP4 of a newer llama.cpp."_s;
            case 31:
            case 32:
            case 33:
                return u"The weights of %1 are repacked for one kind of processor (Q4_0_4_4 and the like), which this "
                       "engine no longer loads. Use a Q4_0 model."_s;
            default:
                return u"The weights of %1 are of a type that this engine does not know. A newer engine may."_s;
            }
        }();
        return aboutModel(Kind::ModelUnsupported, sentence.arg(words.model()), found.line);
    }
    if (const QString line = words.find({u"GGML_TYPE_COUNT) failed"}); !line.isEmpty()) {
        return aboutModel(
            Kind::ModelUnsupported,
            u"The weights of %1 are of a type that this engine does not know. A newer engine may."_s.arg(words.model()),
            line);
    }
    return std::nullopt;
}

std::optional<EngineFailure> unsupportedModel(const LastWords &words)
{
    if (auto failure = unknownType(words))
        return failure;
    const QString &model = words.model();
    if (const auto found = words.match(u"unknown model architecture: '(.*)'"_s); found) {
        return aboutModel(
            Kind::ModelUnsupported,
            u"This engine does not know the architecture \"%1\" of %2. A newer or another engine may."_s.arg(found[1],
                                                                                                             model),
            found.line);
    }
    if (const QString line = words.find({u"GGUFv1 is no longer supported"}); !line.isEmpty()) {
        return aboutModel(
            Kind::ModelUnsupported,
            u"%1 is a GGUF file of version 1, which the engine no longer loads. Convert it again."_s.arg(model), line);
    }
    if (const auto found = words.match(u"this GGUF file is version (\\d+) but .*"_s); found) {
        const bool swapped = (found[1].toUInt() & 0xffff) == 0;
        return aboutModel(
            Kind::ModelUnsupported,
            swapped ? u"%1 is a GGUF file for machines of the other byte order."_s.arg(model)
                    : u"%1 is a GGUF file of version %2, which this engine does not know."_s.arg(model, found[1]),
            found.line);
    }
    const QString other = words.find({u"error loading model hyperparameters:", u"error loading model vocabulary:",
                                      u"missing tensor '", u"wrong number of tensors", u"check_tensor_dims: tensor '",
                                      u"unsupported model architecture", u"unknown pre-tokenizer type"});
    if (!other.isEmpty()) {
        return aboutModel(Kind::ModelUnsupported,
                          u"%1 is not made as this engine expects a model of its kind. It was converted for another "
                          "version of the engine, or is no whole model."_s.arg(model),
                          other);
    }
    if (const QString line = words.find({u"illegal split file idx"}); !line.isEmpty()) {
        return aboutModel(Kind::ModelUnsupported,
                          u"%1 is not the first file of a split model. Give the engine the first one."_s.arg(model),
                          line);
    }
    return std::nullopt;
}

std::optional<EngineFailure> unreadableModel(const LastWords &words)
{
    const QString &model = words.model();
    // The engines open other GGUF files, too: the rest of a split model, adapters.
    if (const auto found = words.match(u"gguf_init_from_file.*: failed to open (?:GGUF file )?'([^']*)'.*"_s); found) {
        return aboutModel(Kind::ModelNotFound, u"The model file was not found or can't be read: %1."_s.arg(found[1]),
                          found.line);
    }
    if (const QString line = words.find({u"invalid magic characters", u"failed to read magic"}); !line.isEmpty())
        return aboutModel(Kind::NotAModel, u"%1 is not a GGUF model."_s.arg(model), line);
    if (const QString line = words.find({u"data is not within the file bounds"}); !line.isEmpty()) {
        return aboutModel(Kind::ModelIncomplete,
                          u"%1 is incomplete: it ends before its weights do. Download or copy it again."_s.arg(model),
                          line);
    }
    if (auto failure = unsupportedModel(words))
        return failure;
    const QString torn = words.find({u"failed to read key-value pairs", u"failed to read tensor info",
                                     u"failed to read header", u"failed to read tensor data"});
    if (!torn.isEmpty()) {
        return aboutModel(Kind::ModelIncomplete,
                          u"%1 is incomplete or damaged: the engine can't read its header. Download or copy it "
                          "again."_s.arg(model),
                          torn);
    }
    return std::nullopt;
}

// The context for which the engine was making room when it failed; empty when it had got it, or had not come that far.
QString contextBeingMade(const LastWords &words)
{
    if (words.contains(u"KV self size") || words.contains(u"KV buffer size"))
        return {};
    return words.match(u"(?:: n_ctx +=|: kv_size =|, n_ctx =) *(\\d+)"_s)[1];
}

std::optional<EngineFailure> outOfMemory(const LastWords &words, const EngineEnding &ending)
{
    const QString context = contextBeingMade(words);
    const QString advice =
        context.isEmpty() ? u"Choose a smaller model or context."_s : u"Choose a smaller context size."_s;
    const QString forContext = u"There is not enough memory for a context of %1 tokens. %2"_s.arg(context, advice);
    const QString line =
        words.find({u"failed to allocate buffer for kv cache", u"insufficient memory", u"failed to allocate buffer",
                    u"failed to allocate compute buffers", u"std::bad_alloc", u"unable to allocate",
                    u"Cannot allocate memory", u"out of memory", u"ErrorOutOfDeviceMemory", u"OutOfHostMemory"});
    if (!line.isEmpty()) {
        if (!context.isEmpty())
            return about(Kind::ContextTooLarge, u"ctx_size"_s, forContext, line);
        return about(Kind::OutOfMemory, u"model"_s, u"There is not enough memory. %1"_s.arg(advice), line);
    }
    if (ending.signal == SIGKILL && ending.isKilledForMemory) {
        return about(
            Kind::KilledBySystem, context.isEmpty() ? QString() : u"ctx_size"_s,
            context.isEmpty()
                ? u"Memory ran out, and the system killed the engine. %1"_s.arg(advice)
                : u"Memory ran out while the engine made room for a context of %1 tokens, and the system killed "
                  "it. %2"_s.arg(context, advice),
            {});
    }
    return std::nullopt;
}

// A signal that neither this application nor, for want of memory, the kernel sent.
std::optional<EngineFailure> killedFromOutside(std::optional<int> signal)
{
    if (signal != SIGKILL)
        return std::nullopt;
    return about(Kind::KilledFromOutside, {},
                 u"The engine was killed by a signal from outside (SIGKILL): by a person or another program. If it was "
                 "nobody here, the system's log may tell who."_s,
                 {});
}

std::optional<EngineFailure> unusableProgram(const LastWords &words, std::optional<int> signal)
{
    if (const auto found = words.match(u"error while loading shared libraries: ([^:]+):.*"_s); found) {
        return about(Kind::LibraryMissing, u"binary"_s,
                     u"The engine can't be started without its library %1. Was its build folder moved?"_s.arg(found[1]),
                     found.line);
    }
    if (signal == SIGILL) {
        return about(Kind::WrongProcessor, u"binary"_s,
                     u"The engine was built for a processor that knows more instructions than this one's (SIGILL). "
                     "Build it on this machine."_s,
                     {});
    }
    return std::nullopt;
}

} // namespace

std::optional<EngineFailure> recogniseFailure(const EngineEnding &ending)
{
    if (ending.exitCode == 0)
        return std::nullopt;
    const LastWords words(ending);
    // What is said more precisely comes first.
    if (auto failure = unusableProgram(words, ending.signal))
        return failure;
    if (auto failure = badArgument(words))
        return failure;
    if (auto failure = unusableAddress(words))
        return failure;
    if (auto failure = promptTooLong(words))
        return failure;
    if (auto failure = unreadableModel(words))
        return failure;
    if (auto failure = outOfMemory(words, ending))
        return failure;
    if (const QString line = words.find({u"GGML_ASSERT("}); !line.isEmpty()) {
        return about(Kind::InternalCheck, {},
                     u"The engine stopped itself at an internal check. Its version may not suit the model or the "
                     "arguments."_s,
                     line);
    }
    if (const QString line = words.find({u"error loading model", u"failed to load model", u"unable to load model"});
        !line.isEmpty())
        return aboutModel(Kind::ModelNotLoaded, u"The engine could not load %1."_s.arg(words.model()), line);
    return killedFromOutside(ending.signal);
}

} // namespace BitNet
