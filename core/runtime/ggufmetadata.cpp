// SPDX-License-Identifier: MIT
#include "core/runtime/ggufmetadata.h"

#include "core/runtime/ggufheader.h"
#include "core/runtime/ggufinput.h"

#include <algorithm>
#include <array>
#include <limits>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// enum gguf_type of gguf.h.
enum ValueType : quint32 {
    Uint8 = 0,
    Int8 = 1,
    Uint16 = 2,
    Int16 = 3,
    Uint32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    Uint64 = 10,
    Int64 = 11,
    Float64 = 12,
};

// Bytes of one value; 0 for those that have no fixed size and for unknown ones.
qint64 valueSize(quint32 type)
{
    switch (type) {
    case Uint8:
    case Int8:
    case Bool:
        return 1;
    case Uint16:
    case Int16:
        return 2;
    case Uint32:
    case Int32:
    case Float32:
        return 4;
    case Uint64:
    case Int64:
    case Float64:
        return 8;
    default:
        return 0;
    }
}

// Real files have a few dozen pairs, and vocabularies of some hundred thousand strings.
constexpr quint64 maximumPairs = 20'000;
constexpr quint64 maximumStrings = 2'000'000;
constexpr quint64 maximumLayers = 4096;
constexpr qint64 maximumParts = 1000; // of a split model
constexpr qint64 keyLimit = 128; // no key that is needed is longer
constexpr qint64 textLimit = 1024;
constexpr qint64 chatTemplateLimit = qint64(256) * 1024;
constexpr qint64 shortestPair = 8 + 4 + 1; // key length, type, value

constexpr QByteArrayView tokensKey = "tokenizer.ggml.tokens";
constexpr QByteArrayView chatTemplateKey = "tokenizer.chat_template";
constexpr QByteArrayView alignmentKey = "general.alignment";
constexpr std::array<QByteArrayView, 6> textKeys{
    "general.architecture", "general.name",         "general.type",
    "general.size_label",   "tokenizer.ggml.model", chatTemplateKey,
};
constexpr std::array<QByteArrayView, 4> numberKeys{"general.file_type", alignmentKey, "split.no", "split.count"};
// After the architecture's name, which may come later in the file.
constexpr std::array<QByteArrayView, 8> numberKeyEndings{
    ".context_length",       ".block_count",
    ".embedding_length",     ".vocab_size",
    ".attention.head_count", ".attention.head_count_kv",
    ".attention.key_length", ".attention.value_length",
};

bool isTextKey(const QByteArray &key)
{
    return std::find(textKeys.begin(), textKeys.end(), key) != textKeys.end();
}

bool isNumberKey(const QByteArray &key)
{
    return std::find(numberKeys.begin(), numberKeys.end(), key) != numberKeys.end()
        || std::any_of(numberKeyEndings.begin(), numberKeyEndings.end(),
                       [&](QByteArrayView ending) { return key.endsWith(ending); });
}

QString shown(const QByteArray &key)
{
    return QString::fromUtf8(key);
}

} // namespace

QString GgufMetadata::read(GgufInput &input, quint64 count)
{
    if (count > maximumPairs || qint64(count) > input.remaining() / shortestPair)
        return u"It announces %1 properties, more than a file of its size can hold."_s.arg(count);
    for (quint64 i = 0; i < count; ++i) {
        quint64 length = 0;
        const QByteArray key = input.readString(keyLimit, &length);
        const auto type = input.read<quint32>();
        if (!input.isGood())
            return input.problem();
        if (m_texts.contains(key) || m_numbers.contains(key))
            return u"Its property \"%1\" is there twice; the file is damaged."_s.arg(shown(key));
        // A key that was cut is none that is needed.
        QString problem = readValue(input, length > quint64(keyLimit) ? QByteArray() : key, type);
        if (!problem.isEmpty())
            return problem;
    }
    if (const auto alignment = m_numbers.constFind(alignmentKey.toByteArray()); alignment != m_numbers.cend()) {
        m_alignment = alignment->largest;
        if (m_alignment <= 0 || m_alignment > (1 << 30) || (m_alignment & (m_alignment - 1)) != 0)
            return u"The alignment of its tensors is no power of two; the file is damaged."_s;
    }
    const qint64 parts = numbers("split.count").value_or(Numbers()).largest;
    const qint64 part = numbers("split.no").value_or(Numbers()).largest;
    if (parts > maximumParts || (parts > 0 && part >= parts))
        return u"It says that it is file %1 of %2 of a split model; the file is damaged."_s.arg(part + 1).arg(parts);
    return {};
}

QString GgufMetadata::readValue(GgufInput &input, const QByteArray &key, quint32 type)
{
    if (type == String) {
        if (isTextKey(key))
            m_texts.insert(key, input.readString(key == chatTemplateKey ? chatTemplateLimit : textLimit));
        else
            input.readString(0);
        return input.problem();
    }
    if (type == Array)
        return readArray(input, key);
    if (valueSize(type) == 0)
        return u"Its property \"%1\" has a value of an unknown kind (%2)."_s.arg(shown(key)).arg(type);
    if (!isNumberKey(key)) {
        input.skip(quint64(valueSize(type)));
    } else if (const auto number = readNumbers(input, type, 1)) {
        m_numbers.insert(key, *number);
    }
    return input.problem();
}

QString GgufMetadata::readArray(GgufInput &input, const QByteArray &key)
{
    const auto type = input.read<quint32>();
    const auto count = input.read<quint64>();
    if (!input.isGood())
        return input.problem();
    if (type == Array)
        return u"Its property \"%1\" holds lists of lists, which no engine reads."_s.arg(shown(key));
    const qint64 size = type == String ? 8 : valueSize(type);
    if (size == 0)
        return u"Its property \"%1\" is a list of an unknown kind (%2)."_s.arg(shown(key)).arg(type);
    if (count > quint64(input.remaining() / size)) {
        return u"Its property \"%1\" announces %2 values, more than a file of its size can hold."_s.arg(shown(key))
            .arg(count);
    }
    if (key == tokensKey)
        m_numbers.insert(key, {.largest = 0, .sum = 0, .count = qint64(count), .isArray = true});
    if (type == String)
        return skipStrings(input, count);
    if (isNumberKey(key) && count <= maximumLayers) {
        if (const auto values = readNumbers(input, type, count)) {
            m_numbers.insert(key, *values);
            m_numbers[key].isArray = true;
        }
    } else {
        input.skip(count * quint64(size));
    }
    return input.problem();
}

QString GgufMetadata::skipStrings(GgufInput &input, quint64 count)
{
    m_stringsPassed += count;
    if (m_stringsPassed > maximumStrings)
        return u"It holds lists of more than %1 texts in all; no model has so many."_s.arg(maximumStrings);
    for (quint64 i = 0; i < count && input.isGood(); ++i)
        input.skip(input.read<quint64>());
    return input.problem();
}

// Whole numbers that are not negative; nothing, with the values passed over, when they are of another kind.
std::optional<GgufMetadata::Numbers> GgufMetadata::readNumbers(GgufInput &input, quint32 type, quint64 count) const
{
    Numbers numbers{.largest = 0, .sum = 0, .count = qint64(count), .isArray = false};
    bool areWhole = true;
    for (quint64 i = 0; i < count; ++i) {
        qint64 value = -1;
        switch (type) {
        case Uint8:
            value = input.read<quint8>();
            break;
        case Int8:
            value = static_cast<int>(input.read<qint8>());
            break;
        case Uint16:
            value = input.read<quint16>();
            break;
        case Int16:
            value = input.read<qint16>();
            break;
        case Uint32:
            value = input.read<quint32>();
            break;
        case Int32:
            value = input.read<qint32>();
            break;
        case Uint64:
        case Int64:
            value = input.read<qint64>();
            break;
        default:
            input.skip(quint64(valueSize(type)));
            break;
        }
        // What the engines keep in 32 bits.
        areWhole = areWhole && value >= 0 && value <= std::numeric_limits<quint32>::max();
        numbers.largest = std::max(numbers.largest, value);
        numbers.sum += areWhole ? value : 0;
    }
    return areWhole ? std::optional(numbers) : std::nullopt;
}

QString GgufMetadata::text(const char *key) const
{
    return QString::fromUtf8(m_texts.value(key)).trimmed();
}

std::optional<GgufMetadata::Numbers> GgufMetadata::numbers(const QByteArray &key) const
{
    const auto found = m_numbers.constFind(key);
    return found == m_numbers.cend() ? std::nullopt : std::optional(*found);
}

std::optional<qint64> GgufMetadata::positive(const QByteArray &key) const
{
    const auto found = numbers(key);
    return found && found->largest > 0 ? std::optional(found->largest) : std::nullopt;
}

void GgufMetadata::describe(ModelHeader &header) const
{
    header.architecture = text("general.architecture");
    header.name = text("general.name");
    header.type = text("general.type");
    header.sizeLabel = text("general.size_label");
    header.tokenizer = text("tokenizer.ggml.model");
    header.hasChatTemplate = m_texts.contains(chatTemplateKey.toByteArray());
    header.chatTemplate = QString::fromUtf8(m_texts.value(chatTemplateKey.toByteArray()));
    if (const auto fileType = numbers("general.file_type"); fileType && !fileType->isArray)
        header.fileType = quint32(fileType->largest);

    const QByteArray prefix = m_texts.value("general.architecture");
    const auto of = [&](const char *ending) { return QByteArray(prefix + ending); };
    header.contextLength = positive(of(".context_length"));
    header.layers = positive(of(".block_count"));
    header.embeddingLength = positive(of(".embedding_length"));
    header.headCount = positive(of(".attention.head_count"));
    header.vocabularySize = positive(of(".vocab_size"));
    if (const auto tokens = numbers(tokensKey.toByteArray()); !header.vocabularySize && tokens && tokens->count > 0)
        header.vocabularySize = tokens->count;

    // As llama_model::load_hparams() does: as many key-value heads as heads, as wide as the embedding allows.
    auto kvHeads = numbers(of(".attention.head_count_kv"));
    if (!kvHeads)
        kvHeads = numbers(of(".attention.head_count"));
    if (kvHeads && kvHeads->largest > 0) {
        header.kvHeadCount = kvHeads->largest;
        if (header.layers && *header.layers <= qint64(maximumLayers))
            header.kvHeadsOfAllLayers = kvHeads->isArray ? kvHeads->sum : kvHeads->largest * *header.layers;
    }
    std::optional<qint64> headLength;
    if (header.headCount && header.embeddingLength)
        headLength = *header.embeddingLength / *header.headCount;
    header.keyLength = positive(of(".attention.key_length"));
    header.valueLength = positive(of(".attention.value_length"));
    if (!header.keyLength)
        header.keyLength = headLength;
    if (!header.valueLength)
        header.valueLength = headLength;

    header.splitCount = int(positive("split.count").value_or(1));
    header.splitIndex = int(numbers("split.no").value_or(Numbers()).largest);
    if (header.splitCount == 1)
        header.splitIndex = 0;
}

} // namespace BitNet
