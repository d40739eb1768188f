// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <array>
#include <optional>

namespace BitNet {

// How the weights of a model are stored, in words.
struct WeightFormat
{
    QString name = {}; // as the engines and the hubs write it: "Q4_K_M", "I2_S", "F16"
    QString words = {}; // "ternary, 2 bits per weight"

    friend bool operator==(const WeightFormat &, const WeightFormat &) = default;
};

// A tensor type (enum ggml_type). The numbers 36, 38 and 39 mean one thing in bitnet.cpp (I2_S, TL1, TL2) and others, or
// nothing, in llama.cpp; what is said here is bitnet.cpp's, except where a file shows that it comes from elsewhere.
namespace TensorType {
inline constexpr quint32 i2s = 36;
inline constexpr quint32 i8s = 37;
inline constexpr quint32 tl1 = 38;
inline constexpr quint32 tl2 = 39; // llama.cpp: MXFP4
} // namespace TensorType

// Numbers of general.file_type (enum llama_ftype) that bitnet.cpp and newer llama.cpp use for different things.
namespace FileType {
inline constexpr quint32 tl1 = 38; // llama.cpp: MXFP4, mixture of experts
inline constexpr quint32 tl2 = 39; // llama.cpp: NVFP4
inline constexpr quint32 i2s = 40; // llama.cpp: Q1_0
} // namespace FileType

// What a general.file_type says about a file whose tensors are, or are not, of bitnet.cpp's own types. Nothing for a number
// that is not known.
std::optional<WeightFormat> fileTypeFormat(quint32 fileType, bool hasBitNetTensors);
// The name of a tensor type, in upper case; nothing when it is not known.
std::optional<QString> tensorTypeName(quint32 type, bool hasBitNetTensors);

// More than any machine holds, and few enough that no arithmetic below overflows.
inline constexpr qint64 maximumTensorElements = qint64(1) << 50;

// Bytes of a tensor's data by its type and the numbers of its elements (none negative, their product at most
// maximumTensorElements).
// Nothing for a type that is not known. The block sizes are llama.cpp's, the formulas of I2_S, TL1 and TL2 bitnet.cpp's
// ggml_nbytes().
std::optional<qint64> tensorBytes(quint32 type, const std::array<qint64, 4> &elements, bool hasBitNetTensors);

} // namespace BitNet
