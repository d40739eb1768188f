// SPDX-License-Identifier: MIT
#include "core/runtime/modelcache.h"

#include "core/files/asidefile.h"
#include "core/files/privatefolder.h"

#include <QCryptographicHash>
#include <QDataStream>
#include <QFile>
#include <QFileInfo>
#include <QIODevice>

namespace BitNet {

namespace {

// Magic, the version of what follows, its SHA-256, and it. To be raised whenever ModelHeader or its reader changes.
constexpr char magic[] = {'B', 'N', 'M', 'C'};
constexpr char formatVersion = 1;
constexpr auto hashAlgorithm = QCryptographicHash::Sha256;
constexpr qsizetype hashBytes = 32;
constexpr qsizetype headBytes = qsizetype(sizeof magic) + 1 + hashBytes;
// Some 100 000 models, long templates aside.
constexpr qint64 longestCache = qint64(64) * 1024 * 1024;
constexpr auto streamVersion = QDataStream::Qt_6_4;

// Both directions by one list of members, so that they can't part.
template<typename Stream>
void passHeader(Stream &&pass, auto &header)
{
    pass(header.version);
    pass(header.fileBytes);
    pass(header.dataOffset);
    pass(header.missingBytes);
    pass(header.name);
    pass(header.architecture);
    pass(header.type);
    pass(header.sizeLabel);
    pass(header.tokenizer);
    pass(header.tensorCount);
    pass(header.parameters);
    pass(header.fileType);
    pass(header.weights.name);
    pass(header.weights.words);
    pass(header.weightsGuessed);
    pass(header.needsBitNetEngine);
    pass(header.contextLength);
    pass(header.layers);
    pass(header.embeddingLength);
    pass(header.headCount);
    pass(header.kvHeadCount);
    pass(header.kvHeadsOfAllLayers);
    pass(header.keyLength);
    pass(header.valueLength);
    pass(header.vocabularySize);
    pass(header.hasChatTemplate);
    pass(header.chatTemplate);
    pass(header.splitIndex);
    pass(header.splitCount);
}

struct Writer
{
    QDataStream &stream;

    template<typename T>
    void operator()(const std::optional<T> &value) const
    {
        stream << value.has_value();
        if (value)
            stream << *value;
    }
    void operator()(const auto &value) const { stream << value; }
};

struct Reader
{
    QDataStream &stream;

    template<typename T>
    void operator()(std::optional<T> &value) const
    {
        bool hasValue = false;
        stream >> hasValue;
        if (hasValue)
            stream >> value.emplace();
    }
    void operator()(auto &value) const { stream >> value; }
};

} // namespace

QHash<QString, ModelScan::File> readModelCache(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > longestCache)
        return {};
    const QByteArray content = file.readAll();
    const QByteArrayView payload = QByteArrayView(content).sliced(std::min(headBytes, content.size()));
    if (!content.startsWith(QByteArrayView(magic, sizeof magic)) || content.size() < headBytes
        || content[qsizetype(sizeof magic)] != formatVersion
        || QCryptographicHash::hash(payload, hashAlgorithm) != content.sliced(headBytes - hashBytes, hashBytes))
        return {};

    const QByteArray bytes = QByteArray::fromRawData(payload.data(), payload.size());
    QDataStream stream(bytes);
    stream.setVersion(streamVersion);
    const Reader read{stream};
    QHash<QString, ModelScan::File> files;
    while (!stream.atEnd()) {
        QString name;
        ModelScan::File entry;
        bool hasHeader = false;
        read(name);
        read(entry.bytes);
        read(entry.modifiedNs);
        read(entry.inode);
        read(entry.reading.problem);
        read(hasHeader);
        if (hasHeader)
            passHeader(read, entry.reading.header.emplace());
        if (stream.status() != QDataStream::Ok)
            return {};
        files.insert(name, entry);
    }
    return files;
}

bool writeModelCache(const QString &path, const QHash<QString, ModelScan::File> &files)
{
    QByteArray payload;
    QDataStream stream(&payload, QIODevice::WriteOnly);
    stream.setVersion(streamVersion);
    const Writer write{stream};
    for (auto file = files.cbegin(); file != files.cend(); ++file) {
        const ModelHeaderReading &reading = file->reading;
        write(file.key());
        write(file->bytes);
        write(file->modifiedNs);
        write(file->inode);
        write(reading.problem);
        write(reading.header.has_value());
        if (reading.header)
            passHeader(write, *reading.header);
    }
    if (headBytes + payload.size() > longestCache || !makePrivateFolder(QFileInfo(path).path(), nullptr))
        return false;
    AsideFile aside(path);
    aside.setPrivate();
    if (!aside.create())
        return false;
    aside.write(magic, sizeof magic);
    aside.write(&formatVersion, 1);
    aside.write(QCryptographicHash::hash(payload, hashAlgorithm));
    aside.write(payload);
    return aside.commit();
}

} // namespace BitNet
