// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/ggufnames.h"

#include <QString>
#include <QStringList>

#include <optional>

class QIODevice;

namespace BitNet {

// What a GGUF file says of the model in it, without its weights. Read from files of versions 2 and 3, little-endian; a
// file of version 1, or of the other byte order, is refused: no engine of today loads it on this machine either. What a
// file does not say, or says in a way that makes no sense, is absent. Format: gguf.h of llama.cpp.
struct ModelHeader
{
    int version = 0; // of the format: 2 or 3
    qint64 fileBytes = 0;
    qint64 dataOffset = 0; // where the tensors' data begin
    // How much longer the file would have to be to hold all its tensors; 0 when it is whole. An interrupted download has
    // a good header and lacks the rest.
    qint64 missingBytes = 0;

    QString name = {}; // general.name
    QString architecture = {}; // general.architecture: "llama", "bitnet"
    QString type = {}; // general.type: "model", "adapter", …; often absent, which means a model
    QString sizeLabel = {}; // general.size_label: "2B"
    QString tokenizer = {}; // tokenizer.ggml.model: "gpt2", "llama"

    qint64 tensorCount = 0;
    qint64 parameters = 0; // elements of all tensors in this file
    std::optional<quint32> fileType = std::nullopt; // general.file_type
    // From fileType; guessed from the tensors, as the engines do, when the file does not say or the number is not known.
    WeightFormat weights = {};
    bool weightsGuessed = false;
    // Some tensors are of types that only bitnet.cpp knows (I2_S, TL1, TL2): llama.cpp refuses such a file.
    bool needsBitNetEngine = false;

    std::optional<qint64> contextLength = std::nullopt; // tokens the model was trained for
    std::optional<qint64> layers = std::nullopt; // block_count
    std::optional<qint64> embeddingLength = std::nullopt;
    std::optional<qint64> headCount = std::nullopt; // of one layer; the largest when they differ
    std::optional<qint64> kvHeadCount = std::nullopt; // likewise; headCount when the file does not say
    std::optional<qint64> kvHeadsOfAllLayers = std::nullopt; // the sum over all layers
    std::optional<qint64> keyLength = std::nullopt; // of one head; embeddingLength / headCount when not said
    std::optional<qint64> valueLength = std::nullopt; // likewise
    std::optional<qint64> vocabularySize = std::nullopt; // tokens
    bool hasChatTemplate = false;
    QString chatTemplate = {}; // at most 256 KiB of it

    // A model may be split over several files, of which the engine is given the first.
    int splitIndex = 0; // of this file, from 0
    int splitCount = 1; // files in all

    bool isSplit() const { return splitCount > 1; }
    friend bool operator==(const ModelHeader &, const ModelHeader &) = default;
};

// A header, or why there is none: a sentence that says what the file is.
struct ModelHeaderReading
{
    std::optional<ModelHeader> header = std::nullopt;
    QString problem = {}; // empty exactly when there is a header

    friend bool operator==(const ModelHeaderReading &, const ModelHeaderReading &) = default;
};

// Reads a header from a regular file. Bounded whatever the file holds: every count is checked against the file's size and
// against a limit far above real models', nothing is allocated by what the file says, values that are not needed are
// passed over. On a local disk it takes some milliseconds (100 ms for a hostile file). Any thread.
ModelHeaderReading readModelHeader(const QString &path);
// The same from an open device with random access.
ModelHeaderReading readModelHeader(QIODevice &device);

// The names of all files of a split model in their order, by the pattern that the engines demand
// (NAME-00001-of-00003.gguf, llama_split_path()). Just the file's own name for a model that is not split; empty when a
// split file is not named after the pattern, so that no engine would find the others.
QStringList modelFileNames(const QString &fileName, const ModelHeader &header);

} // namespace BitNet
