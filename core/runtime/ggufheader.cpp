// SPDX-License-Identifier: MIT
#include "core/runtime/ggufheader.h"

#include "core/runtime/ggufinput.h"
#include "core/runtime/ggufmetadata.h"
#include "core/runtime/modelfile.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// An engine reads names shorter than 64 bytes and no more than 4 dimensions (GGML_MAX_NAME, GGML_MAX_DIMS).
constexpr quint64 maximumTensorName = 63;
constexpr quint32 maximumDimensions = 4;
// The shortest description of a tensor: name length, dimensions, type, offset.
constexpr qint64 shortestTensor = 8 + 4 + 4 + 8;
// The largest models have some thousands.
constexpr quint64 maximumTensors = 100'000;
constexpr std::size_t knownTensorTypes = 64;

// Sums over all tensors of a file. Which of two meanings a type has is known only when all of them were seen.
struct TensorSums
{
    qint64 parameters = 0;
    qint64 dataEndOfBitNet = 0; // from the beginning of the data
    qint64 dataEnd = 0;
    std::array<qint64, knownTensorTypes> elementsOfType{};
};

QString tooMany(const QString &what, quint64 count)
{
    return u"It announces %1 %2, more than a file of its size can hold."_s.arg(count).arg(what);
}

// Why the tensors make no sense; empty when they do.
QString readTensors(GgufInput &input, quint64 count, TensorSums &sums)
{
    if (count > maximumTensors || qint64(count) > input.remaining() / shortestTensor)
        return tooMany(u"tensors"_s, count);
    for (quint64 i = 0; i < count; ++i) {
        quint64 nameLength = 0;
        const QByteArray name = input.readString(maximumTensorName, &nameLength);
        const auto dimensions = input.read<quint32>();
        if (!input.isGood())
            return input.problem();
        if (nameLength > maximumTensorName)
            return u"The name of its tensor %1 is %2 bytes long, more than any engine reads."_s.arg(i).arg(nameLength);
        if (dimensions > maximumDimensions) {
            return u"Its tensor \"%1\" has %2 dimensions; no engine knows more than %3."_s.arg(
                QString::fromUtf8(name), QString::number(dimensions), QString::number(maximumDimensions));
        }
        std::array<qint64, maximumDimensions> elements{1, 1, 1, 1};
        qint64 total = 1;
        bool isSane = true;
        for (quint32 j = 0; j < dimensions; ++j) {
            elements[j] = input.read<qint64>();
            isSane = isSane && elements[j] >= 0 && elements[j] <= maximumTensorElements
                && !(__builtin_mul_overflow(total, elements[j], &total)) && total <= maximumTensorElements;
        }
        const auto type = input.read<quint32>();
        const auto offset = input.read<quint64>();
        if (!input.isGood())
            return input.problem();
        if (!isSane || offset > quint64(maximumTensorElements)
            || __builtin_add_overflow(sums.parameters, total, &sums.parameters)) {
            return u"The size or the place of its tensor \"%1\" makes no sense; the file is damaged."_s.arg(
                QString::fromUtf8(name));
        }
        if (type < knownTensorTypes)
            sums.elementsOfType[type] += total;
        sums.dataEnd = std::max(sums.dataEnd, qint64(offset) + tensorBytes(type, elements, false).value_or(0));
        sums.dataEndOfBitNet =
            std::max(sums.dataEndOfBitNet, qint64(offset) + tensorBytes(type, elements, true).value_or(0));
    }
    return {};
}

bool needsBitNetEngine(const ModelHeader &header, const TensorSums &sums)
{
    const auto has = [&](quint32 type) { return sums.elementsOfType[type] > 0; };
    if (has(TensorType::i2s) || has(TensorType::i8s) || has(TensorType::tl1))
        return true;
    // Type 39 is TL2 in a file of type TL2, unless there is type 40, which only newer llama.cpp has (NVFP4).
    if (header.fileType == FileType::tl2 && has(TensorType::tl2))
        return !has(TensorType::tl2 + 1);
    // The first file of a split model may hold no tensors.
    return header.tensorCount == 0 && header.architecture.startsWith("bitnet"_L1) && header.fileType
        && *header.fileType >= FileType::tl1 && *header.fileType <= FileType::i2s;
}

void takeWeights(ModelHeader &header, const TensorSums &sums)
{
    header.parameters = sums.parameters;
    header.needsBitNetEngine = needsBitNetEngine(header, sums);
    const qint64 dataEnd = header.needsBitNetEngine ? sums.dataEndOfBitNet : sums.dataEnd;
    // A file without data need not be padded up to where they would begin.
    if (dataEnd > 0)
        header.missingBytes = std::max<qint64>(0, header.dataOffset + dataEnd - header.fileBytes);

    if (header.fileType) {
        if (const auto format = fileTypeFormat(*header.fileType, header.needsBitNetEngine)) {
            header.weights = *format;
            return;
        }
    }
    // Most of the weights are of this type.
    const auto most = std::max_element(sums.elementsOfType.begin(), sums.elementsOfType.end());
    const auto type = quint32(most - sums.elementsOfType.begin());
    header.weights.name = *most > 0 ? tensorTypeName(type, header.needsBitNetEngine).value_or(QString()) : QString();
    header.weightsGuessed = !header.weights.name.isEmpty();
    if (header.weights.name.isEmpty() && header.fileType)
        header.weights.name = u"type %1"_s.arg(*header.fileType);
}

ModelHeaderReading problem(const QString &sentence)
{
    return {.header = std::nullopt, .problem = sentence};
}

// 2 or 3; otherwise the sentence says why not.
QString versionProblem(quint32 version)
{
    if (version == 2 || version == 3)
        return {};
    if (version == 1)
        return u"It is a GGUF file of version 1, which today's engines don't load; convert the model again."_s;
    if (version != 0 && (version & 0xffff) == 0)
        return u"It is a GGUF file for machines of the other byte order (big-endian)."_s;
    return u"It is a GGUF file of version %1; versions 2 and 3 are known."_s.arg(version);
}

} // namespace

ModelHeaderReading readModelHeader(QIODevice &device)
{
    GgufInput input(device);
    ModelHeader header;
    header.fileBytes = input.size();

    const QByteArray head = device.seek(0) ? device.read(16) : QByteArray();
    if (const QString wrong = describeWrongMagic(head); !wrong.isEmpty())
        return problem(wrong);
    input.skip(4);
    const auto version = input.read<quint32>();
    const auto tensorCount = input.read<quint64>();
    const auto keyCount = input.read<quint64>();
    if (head.size() >= 8) {
        if (const QString wrong = versionProblem(version); !wrong.isEmpty())
            return problem(wrong);
    }
    if (!input.isGood())
        return problem(input.problem());
    header.version = int(version);

    GgufMetadata metadata;
    if (const QString wrong = metadata.read(input, keyCount); !wrong.isEmpty())
        return problem(wrong);
    metadata.describe(header);

    TensorSums sums;
    if (const QString wrong = readTensors(input, tensorCount, sums); !wrong.isEmpty())
        return problem(wrong);
    header.tensorCount = qint64(tensorCount);
    const qint64 alignment = metadata.alignment();
    header.dataOffset = (input.position() + alignment - 1) / alignment * alignment;
    takeWeights(header, sums);
    return {.header = header, .problem = {}};
}

ModelHeaderReading readModelHeader(const QString &path)
{
    // Not blocking, should there be a pipe.
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return problem(errno == ENOENT ? u"It does not exist."_s
                                       : u"It can't be read: %1."_s.arg(qt_error_string(errno)));
    }
    struct stat status
    {
    };
    QFile file;
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return problem(u"It is not a file."_s);
    }
    if (!file.open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return problem(u"It can't be read: %1."_s.arg(file.errorString()));
    }
    return readModelHeader(file);
}

QStringList modelFileNames(const QString &fileName, const ModelHeader &header)
{
    if (!header.isSplit())
        return {fileName};
    const auto ending = [&](int index) {
        return u"-%1-of-%2.gguf"_s.arg(index + 1, 5, 10, QLatin1Char('0'))
            .arg(header.splitCount, 5, 10, QLatin1Char('0'));
    };
    const QString own = ending(header.splitIndex);
    if (fileName.size() <= own.size() || !fileName.endsWith(own))
        return {};
    const QString prefix = fileName.chopped(own.size());
    QStringList names;
    for (int i = 0; i < header.splitCount; ++i)
        names += QString(prefix + ending(i));
    return names;
}

} // namespace BitNet
