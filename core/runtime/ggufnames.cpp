// SPDX-License-Identifier: MIT
#include "core/runtime/ggufnames.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

struct FileTypeEntry
{
    quint32 number;
    const char *name;
    const char *words;
};

// enum llama_ftype of llama.h.
constexpr std::array fileTypes{
    FileTypeEntry{0, "F32", "32-bit floats"},
    FileTypeEntry{1, "F16", "16-bit floats"},
    FileTypeEntry{2, "Q4_0", "4-bit"},
    FileTypeEntry{3, "Q4_1", "4-bit with offsets"},
    FileTypeEntry{7, "Q8_0", "8-bit"},
    FileTypeEntry{8, "Q5_0", "5-bit"},
    FileTypeEntry{9, "Q5_1", "5-bit with offsets"},
    FileTypeEntry{10, "Q2_K", "2-bit K-quants"},
    FileTypeEntry{11, "Q3_K_S", "3-bit K-quants, small"},
    FileTypeEntry{12, "Q3_K_M", "3-bit K-quants, medium"},
    FileTypeEntry{13, "Q3_K_L", "3-bit K-quants, large"},
    FileTypeEntry{14, "Q4_K_S", "4-bit K-quants, small"},
    FileTypeEntry{15, "Q4_K_M", "4-bit K-quants, medium"},
    FileTypeEntry{16, "Q5_K_S", "5-bit K-quants, small"},
    FileTypeEntry{17, "Q5_K_M", "5-bit K-quants, medium"},
    FileTypeEntry{18, "Q6_K", "6-bit K-quants"},
    FileTypeEntry{19, "IQ2_XXS", "2.06 bits per weight"},
    FileTypeEntry{20, "IQ2_XS", "2.31 bits per weight"},
    FileTypeEntry{21, "Q2_K_S", "2-bit K-quants, small"},
    FileTypeEntry{22, "IQ3_XS", "3.3 bits per weight"},
    FileTypeEntry{23, "IQ3_XXS", "3.06 bits per weight"},
    FileTypeEntry{24, "IQ1_S", "1.56 bits per weight"},
    FileTypeEntry{25, "IQ4_NL", "4.5 bits per weight"},
    FileTypeEntry{26, "IQ3_S", "3.44 bits per weight"},
    FileTypeEntry{27, "IQ3_M", "3.66 bits per weight"},
    FileTypeEntry{28, "IQ2_S", "2.5 bits per weight"},
    FileTypeEntry{29, "IQ2_M", "2.7 bits per weight"},
    FileTypeEntry{30, "IQ4_XS", "4.25 bits per weight"},
    FileTypeEntry{31, "IQ1_M", "1.75 bits per weight"},
    FileTypeEntry{32, "BF16", "16-bit brain floats"},
    FileTypeEntry{33, "Q4_0_4_4", "4-bit, repacked for one kind of processor; newer engines refuse it"},
    FileTypeEntry{34, "Q4_0_4_8", "4-bit, repacked for one kind of processor; newer engines refuse it"},
    FileTypeEntry{35, "Q4_0_8_8", "4-bit, repacked for one kind of processor; newer engines refuse it"},
    FileTypeEntry{36, "TQ1_0", "ternary, 1.69 bits per weight"},
    FileTypeEntry{37, "TQ2_0", "ternary, 2.06 bits per weight"},
};

// The fork of llama.cpp in bitnet.cpp.
constexpr std::array bitNetFileTypes{
    FileTypeEntry{FileType::tl1, "TL1", "ternary, by look-up tables for ARM; needs a BitNet engine"},
    FileTypeEntry{FileType::tl2, "TL2", "ternary, by look-up tables for x86; needs a BitNet engine"},
    FileTypeEntry{FileType::i2s, "I2_S", "ternary, 2 bits per weight; needs a BitNet engine"},
};

// llama.cpp after it was forked.
constexpr std::array newerFileTypes{
    FileTypeEntry{38, "MXFP4", "4-bit floats, mixture of experts"},
    FileTypeEntry{39, "NVFP4", "4-bit floats"},
    FileTypeEntry{40, "Q1_0", "1-bit"},
};

template<std::size_t N>
std::optional<WeightFormat> find(const std::array<FileTypeEntry, N> &entries, quint32 number)
{
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [=](const FileTypeEntry &entry) { return entry.number == number; });
    if (found == entries.end())
        return std::nullopt;
    return WeightFormat{.name = QString::fromLatin1(found->name), .words = QString::fromLatin1(found->words)};
}

// So many elements in a row take so many bytes.
struct TensorTypeEntry
{
    quint32 number;
    const char *name;
    qint64 blockElements;
    qint64 blockBytes;
};

// enum ggml_type of ggml.h; block sizes of ggml-common.h.
constexpr std::array tensorTypes{
    TensorTypeEntry{0, "F32", 1, 4},         TensorTypeEntry{1, "F16", 1, 2},
    TensorTypeEntry{2, "Q4_0", 32, 18},      TensorTypeEntry{3, "Q4_1", 32, 20},
    TensorTypeEntry{6, "Q5_0", 32, 22},      TensorTypeEntry{7, "Q5_1", 32, 24},
    TensorTypeEntry{8, "Q8_0", 32, 34},      TensorTypeEntry{9, "Q8_1", 32, 36},
    TensorTypeEntry{10, "Q2_K", 256, 84},    TensorTypeEntry{11, "Q3_K", 256, 110},
    TensorTypeEntry{12, "Q4_K", 256, 144},   TensorTypeEntry{13, "Q5_K", 256, 176},
    TensorTypeEntry{14, "Q6_K", 256, 210},   TensorTypeEntry{15, "Q8_K", 256, 292},
    TensorTypeEntry{16, "IQ2_XXS", 256, 66}, TensorTypeEntry{17, "IQ2_XS", 256, 74},
    TensorTypeEntry{18, "IQ3_XXS", 256, 98}, TensorTypeEntry{19, "IQ1_S", 256, 50},
    TensorTypeEntry{20, "IQ4_NL", 32, 18},   TensorTypeEntry{21, "IQ3_S", 256, 110},
    TensorTypeEntry{22, "IQ2_S", 256, 82},   TensorTypeEntry{23, "IQ4_XS", 256, 136},
    TensorTypeEntry{24, "I8", 1, 1},         TensorTypeEntry{25, "I16", 1, 2},
    TensorTypeEntry{26, "I32", 1, 4},        TensorTypeEntry{27, "I64", 1, 8},
    TensorTypeEntry{28, "F64", 1, 8},        TensorTypeEntry{29, "IQ1_M", 256, 56},
    TensorTypeEntry{30, "BF16", 1, 2},       TensorTypeEntry{31, "Q4_0_4_4", 32, 18},
    TensorTypeEntry{32, "Q4_0_4_8", 32, 18}, TensorTypeEntry{33, "Q4_0_8_8", 32, 18},
    TensorTypeEntry{34, "TQ1_0", 256, 54},   TensorTypeEntry{35, "TQ2_0", 256, 66},
};

const TensorTypeEntry *findTensorType(quint32 number)
{
    const auto found = std::find_if(tensorTypes.begin(), tensorTypes.end(),
                                    [=](const TensorTypeEntry &entry) { return entry.number == number; });
    return found == tensorTypes.end() ? nullptr : &*found;
}

} // namespace

std::optional<WeightFormat> fileTypeFormat(quint32 fileType, bool hasBitNetTensors)
{
    if (auto format = find(fileTypes, fileType))
        return format;
    return hasBitNetTensors ? find(bitNetFileTypes, fileType) : find(newerFileTypes, fileType);
}

std::optional<QString> tensorTypeName(quint32 type, bool hasBitNetTensors)
{
    if (const TensorTypeEntry *entry = findTensorType(type))
        return QString::fromLatin1(entry->name);
    if (!hasBitNetTensors)
        return type == TensorType::tl2 ? std::optional(u"MXFP4"_s) : std::nullopt;
    switch (type) {
    case TensorType::i2s:
        return u"I2_S"_s;
    case TensorType::i8s:
        return u"I8_S"_s;
    case TensorType::tl1:
        return u"TL1"_s;
    case TensorType::tl2:
        return u"TL2"_s;
    default:
        return std::nullopt;
    }
}

std::optional<qint64> tensorBytes(quint32 type, const std::array<qint64, 4> &elements, bool hasBitNetTensors)
{
    qint64 count = 1;
    for (const qint64 dimension : elements)
        count *= dimension;
    if (const TensorTypeEntry *entry = findTensorType(type))
        return count / entry->blockElements * entry->blockBytes;
    if (!hasBitNetTensors)
        return type == TensorType::tl2 ? std::optional(count / 32 * 17) : std::nullopt;
    switch (type) {
    case TensorType::i2s:
    case TensorType::tl1:
        return count / 4 + 32;
    case TensorType::i8s:
        return count;
    case TensorType::tl2: {
        // 256 elements of each row are stored as TL1 stores them, the others in groups of three.
        const qint64 rows = elements[1];
        const qint64 bytes = (elements[0] - 256) * rows / 3 * 5 / 8 + 256 * rows / 2 * 4 / 8;
        return elements[0] < 256 ? std::nullopt : std::optional((bytes + 31) / 32 * 32 + 32);
    }
    default:
        return std::nullopt;
    }
}

} // namespace BitNet
