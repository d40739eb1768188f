// SPDX-License-Identifier: MIT
#include "core/runtime/ggufheader.h"
#include "support/ggufbuilder.h"
#include "support/largestallocation.h"

#include <QBuffer>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <ctime>
#include <limits>

#include <sys/stat.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

// Of this thread's processor time, so that a busy machine changes nothing.
constexpr double timeLimitMs = 100;
constexpr std::size_t allocationLimit = 1024 * 1024;

double threadTimeMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

QString modelPath(const QString &name)
{
    return QStringLiteral(BITNET_TEST_DATA "/models/") + name;
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

ModelHeaderReading readBytes(QByteArray bytes)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    return readModelHeader(buffer);
}

// Reads a file that may be hostile and checks what must hold of each: a header or a sentence, in time, without a large
// allocation.
ModelHeaderReading readHostile(const QByteArray &bytes)
{
    QByteArray copy = bytes;
    QBuffer buffer(&copy);
    buffer.open(QIODevice::ReadOnly);
    LargestAllocation largest;
    const double before = threadTimeMs();
    const ModelHeaderReading reading = readModelHeader(buffer);
    const double time = threadTimeMs() - before;
    if (reading.header.has_value() != reading.problem.isEmpty())
        qFatal("neither a header nor a problem, or both");
    if (time > timeLimitMs)
        qFatal("took %f ms", time);
    if (largest.bytes() > allocationLimit)
        qFatal("allocated %zu bytes at once", largest.bytes());
    if (reading.header) {
        const ModelHeader &header = *reading.header;
        if (header.tensorCount < 0 || header.parameters < 0 || header.missingBytes < 0 || header.dataOffset < 24
            || header.splitCount < 1 || header.splitIndex < 0 || header.splitIndex >= header.splitCount)
            qFatal("a header that makes no sense");
    }
    return reading;
}

// A small right file.
GgufBuilder smallModel()
{
    GgufBuilder builder;
    builder.text("general.architecture", "llama");
    builder.number("llama.context_length", 4096);
    builder.number("llama.embedding_length", 256);
    builder.number("llama.block_count", 2);
    builder.number("llama.attention.head_count", 8);
    builder.tensor("token_embd.weight", {256, 10}, 1, 0);
    return builder;
}

} // namespace

class TestGgufHeader : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsRealModels_data();
    void readsRealModels();
    void wantsWhatTheTensorsNeed_data();
    void wantsWhatTheTensorsNeed();
    void readsVersion2();
    void architectureMayComeLate();
    void headsOfEachLayer();
    void absentStaysAbsent();
    void guessesTheWeights();
    void weightFormats_data();
    void weightFormats();
    void chatTemplateIsKeptInPart();
    void namesTheFilesOfASplitModel_data();
    void namesTheFilesOfASplitModel();
    void refuses_data();
    void refuses();
    void refusesWhatIsNoFile_data();
    void refusesWhatIsNoFile();
    void fault35_truncations();
    void fault35_hostile_data();
    void fault35_hostile();
    void fault35_mutations();
    void largeVocabulary();
    void hugeSparseFile();
};

void TestGgufHeader::readsRealModels_data()
{
    QTest::addColumn<ModelHeader>("expected");

    const WeightFormat half{u"F16"_s, u"16-bit floats"_s};
    QTest::newRow("tiny-bitnet-i2_s.gguf")
        << ModelHeader{.version = 3,
                       .fileBytes = 598944,
                       .dataOffset = 12768,
                       .name = u"tiny-bitnet-f32"_s,
                       .architecture = u"bitnet"_s,
                       .tokenizer = u"llama"_s,
                       .tensorCount = 24,
                       .parameters = 1436928,
                       .fileType = 40,
                       .weights = {u"I2_S"_s, u"ternary, 2 bits per weight; needs a BitNet engine"_s},
                       .needsBitNetEngine = true,
                       .contextLength = 2048,
                       .layers = 2,
                       .embeddingLength = 256,
                       .headCount = 2,
                       .kvHeadCount = 2,
                       .kvHeadsOfAllLayers = 4,
                       .keyLength = 128,
                       .valueLength = 128,
                       .vocabularySize = 482};
    ModelHeader bytes{.version = 3,
                      .fileBytes = 301056,
                      .dataOffset = 12544,
                      .name = u"tiny-llama-bytes-f16"_s,
                      .architecture = u"llama"_s,
                      .tokenizer = u"llama"_s,
                      .tensorCount = 21,
                      .parameters = 143936,
                      .fileType = 1,
                      .weights = half,
                      .contextLength = 2048,
                      .layers = 2,
                      .embeddingLength = 64,
                      .headCount = 2,
                      .kvHeadCount = 2,
                      .kvHeadsOfAllLayers = 4,
                      .keyLength = 32,
                      .valueLength = 32,
                      .vocabularySize = 482};
    QTest::newRow("tiny-llama-bytes-f16.gguf") << bytes;
    ModelHeader chat = bytes;
    chat.name = u"tiny-llama-chat-f16"_s;
    chat.fileBytes = 301280;
    chat.dataOffset = 12768;
    chat.hasChatTemplate = true;
    chat.chatTemplate = u"{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] "
                        "+ '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ "
                        "'<|im_start|>assistant\n' }}{% endif %}"_s;
    QTest::newRow("tiny-llama-chat-f16.gguf") << chat;
}

void TestGgufHeader::readsRealModels()
{
    QFETCH(ModelHeader, expected);
    const ModelHeaderReading reading = readModelHeader(modelPath(QString::fromLatin1(QTest::currentDataTag())));
    QCOMPARE(reading.problem, QString());
    const ModelHeader header = reading.header.value();
    QCOMPARE(header.name, expected.name);
    QCOMPARE(header.dataOffset, expected.dataOffset);
    QCOMPARE(header.parameters, expected.parameters);
    QCOMPARE(header.missingBytes, 0);
    QCOMPARE(header.weights.name, expected.weights.name);
    QCOMPARE(header.chatTemplate, expected.chatTemplate);
    QVERIFY(header == expected);
}

// The last tensor of each file, one byte shorter than its type asks for and just as long.
void TestGgufHeader::wantsWhatTheTensorsNeed_data()
{
    QTest::addColumn<quint32>("type");
    QTest::addColumn<QList<qint64>>("dimensions");
    QTest::addColumn<qint64>("bytes");

    QTest::newRow("F32") << 0U << QList<qint64>{7, 3} << qint64(84);
    QTest::newRow("F16") << 1U << QList<qint64>{7, 3} << qint64(42);
    QTest::newRow("Q4_0") << 2U << QList<qint64>{64, 3} << qint64(108);
    QTest::newRow("Q8_0") << 8U << QList<qint64>{64, 3} << qint64(204);
    QTest::newRow("Q4_K") << 12U << QList<qint64>{512, 2} << qint64(576);
    QTest::newRow("Q6_K") << 14U << QList<qint64>{256} << qint64(210);
    QTest::newRow("BF16") << 30U << QList<qint64>{5} << qint64(10);
    QTest::newRow("TQ1_0") << 34U << QList<qint64>{256, 2} << qint64(108);
    QTest::newRow("TQ2_0") << 35U << QList<qint64>{256, 2} << qint64(132);
    QTest::newRow("I2_S") << 36U << QList<qint64>{256, 512} << qint64(32800);
    QTest::newRow("TL1") << 38U << QList<qint64>{256, 512} << qint64(32800);
    QTest::newRow("MXFP4") << 39U << QList<qint64>{64, 3} << qint64(102);
}

void TestGgufHeader::wantsWhatTheTensorsNeed()
{
    QFETCH(quint32, type);
    QFETCH(QList<qint64>, dimensions);
    QFETCH(qint64, bytes);
    GgufBuilder builder;
    builder.tensor("first", {32}, 0, 0);
    builder.tensor("last", dimensions, type, 128);
    QCOMPARE(readBytes(builder.file(128 + bytes)).header.value().missingBytes, 0);
    QCOMPARE(readBytes(builder.file(128 + bytes - 1)).header.value().missingBytes, 1);
    QCOMPARE(readBytes(builder.file(1)).header.value().missingBytes, 127 + bytes);
}

void TestGgufHeader::readsVersion2()
{
    GgufBuilder builder = smallModel();
    builder.version = 2;
    const ModelHeaderReading reading = readBytes(builder.file(5120));
    QCOMPARE(reading.problem, QString());
    QCOMPARE(reading.header->version, 2);
    QCOMPARE(reading.header->contextLength, 4096);
    QCOMPARE(reading.header->parameters, 2560);
    QCOMPARE(reading.header->missingBytes, 0);
}

void TestGgufHeader::architectureMayComeLate()
{
    GgufBuilder builder;
    builder.number("llama.context_length", 1000);
    builder.number64("qwen2.context_length", 32768);
    builder.text("general.architecture", "qwen2");
    QCOMPARE(readBytes(builder.file()).header.value().contextLength, 32768);
}

void TestGgufHeader::headsOfEachLayer()
{
    GgufBuilder builder;
    builder.text("general.architecture", "openelm");
    builder.number("openelm.block_count", 3);
    builder.number("openelm.embedding_length", 1280);
    builder.number("openelm.attention.key_length", 64);
    builder.number("openelm.attention.value_length", 96);
    const auto each = [](QList<int> values) {
        QByteArray bytes;
        for (const int value : values)
            bytes += GgufBuilder::little(value);
        return bytes;
    };
    builder.list("openelm.attention.head_count", 5, 3, each({12, 16, 20}));
    builder.list("openelm.attention.head_count_kv", 5, 3, each({3, 4, 5}));
    const ModelHeader header = readBytes(builder.file()).header.value();
    QCOMPARE(header.headCount, 20);
    QCOMPARE(header.kvHeadCount, 5);
    QCOMPARE(header.kvHeadsOfAllLayers, 12);
    QCOMPARE(header.keyLength, 64);
    QCOMPARE(header.valueLength, 96);
}

void TestGgufHeader::absentStaysAbsent()
{
    GgufBuilder builder;
    builder.text("general.architecture", "llama");
    builder.number("llama.block_count", 0);
    builder.number64("llama.context_length", 0xffffffffffffffffULL);
    builder.real("llama.embedding_length", 0x43800000);
    builder.number("llama.attention.head_count_kv", 4);
    const ModelHeader header = readBytes(builder.file()).header.value();
    QCOMPARE(header.contextLength, std::nullopt);
    QCOMPARE(header.layers, std::nullopt);
    QCOMPARE(header.embeddingLength, std::nullopt);
    QCOMPARE(header.headCount, std::nullopt);
    QCOMPARE(header.kvHeadCount, 4);
    QCOMPARE(header.kvHeadsOfAllLayers, std::nullopt);
    QCOMPARE(header.keyLength, std::nullopt);
    QCOMPARE(header.vocabularySize, std::nullopt);
    QCOMPARE(header.fileType, std::nullopt);
    QCOMPARE(header.weights, WeightFormat());
    QVERIFY(!header.weightsGuessed);
    QVERIFY(!header.hasChatTemplate);
    QVERIFY(!header.isSplit());
}

void TestGgufHeader::guessesTheWeights()
{
    GgufBuilder builder;
    builder.tensor("norm", {64}, 0, 0);
    builder.tensor("big", {256, 64}, 14, 256);
    const ModelHeader header = readBytes(builder.file()).header.value();
    QCOMPARE(header.weights.name, u"Q6_K"_s);
    QVERIFY(header.weightsGuessed);
}

// Numbers that mean one thing in a BitNet engine's files and another in llama.cpp's.
void TestGgufHeader::weightFormats_data()
{
    QTest::addColumn<quint32>("fileType");
    QTest::addColumn<QList<quint32>>("tensorTypes");
    QTest::addColumn<QByteArray>("architecture");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("needsBitNetEngine");

    const QByteArray llama = "llama";
    const QByteArray bitnet = "bitnet-b1.58";
    QTest::newRow("I2_S") << 40U << QList<quint32>{0, 36} << bitnet << u"I2_S"_s << true;
    QTest::newRow("I2_S, another architecture") << 40U << QList<quint32>{1, 36} << llama << u"I2_S"_s << true;
    QTest::newRow("I2_S, first of split files, no tensors") << 40U << QList<quint32>{} << bitnet << u"I2_S"_s << true;
    QTest::newRow("Q1_0") << 40U << QList<quint32>{0, 41} << llama << u"Q1_0"_s << false;
    QTest::newRow("TL1") << 38U << QList<quint32>{0, 38} << llama << u"TL1"_s << true;
    QTest::newRow("MXFP4") << 38U << QList<quint32>{0, 39} << QByteArray("gpt-oss") << u"MXFP4"_s << false;
    QTest::newRow("TL2") << 39U << QList<quint32>{0, 39} << bitnet << u"TL2"_s << true;
    QTest::newRow("NVFP4") << 39U << QList<quint32>{0, 40} << llama << u"NVFP4"_s << false;
    QTest::newRow("ternary of llama.cpp's") << 37U << QList<quint32>{0, 35} << bitnet << u"TQ2_0"_s << false;
    QTest::newRow("unknown, guessed") << 77U << QList<quint32>{8} << llama << u"Q8_0"_s << false;
    QTest::newRow("unknown") << 77U << QList<quint32>{60} << llama << u"type 77"_s << false;
}

void TestGgufHeader::weightFormats()
{
    QFETCH(quint32, fileType);
    QFETCH(QList<quint32>, tensorTypes);
    QFETCH(QByteArray, architecture);
    GgufBuilder builder;
    builder.number("general.file_type", fileType);
    builder.text("general.architecture", architecture);
    for (const quint32 type : tensorTypes)
        builder.tensor("t" + QByteArray::number(type), {256, 256}, type, 0);
    const ModelHeader header = readBytes(builder.file(1000)).header.value();
    QTEST(header.weights.name, "name");
    QTEST(header.needsBitNetEngine, "needsBitNetEngine");
}

void TestGgufHeader::chatTemplateIsKeptInPart()
{
    GgufBuilder builder;
    builder.text("tokenizer.chat_template", QByteArray(300 * 1024, 'x'));
    builder.text("general.name", "after it");
    const ModelHeader header = readBytes(builder.file()).header.value();
    QVERIFY(header.hasChatTemplate);
    QCOMPARE(header.chatTemplate.size(), 256 * 1024);
    QCOMPARE(header.name, u"after it"_s);
}

void TestGgufHeader::namesTheFilesOfASplitModel_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("index");
    QTest::addColumn<int>("count");
    QTest::addColumn<QStringList>("expected");

    const QStringList three{u"m-00001-of-00003.gguf"_s, u"m-00002-of-00003.gguf"_s, u"m-00003-of-00003.gguf"_s};
    QTest::newRow("first") << three[0] << 0 << 3 << three;
    QTest::newRow("last") << three[2] << 2 << 3 << three;
    QTest::newRow("not split") << u"m.gguf"_s << 0 << 1 << QStringList{u"m.gguf"_s};
    QTest::newRow("renamed") << u"m.gguf"_s << 0 << 3 << QStringList();
    QTest::newRow("another number in its name") << three[0] << 1 << 3 << QStringList();
    QTest::newRow("no name before the numbers") << u"-00001-of-00003.gguf"_s << 0 << 3 << QStringList();
}

void TestGgufHeader::namesTheFilesOfASplitModel()
{
    QFETCH(QString, file);
    QFETCH(int, index);
    QFETCH(int, count);
    GgufBuilder builder;
    // As gguf-split writes them: 16 bits.
    builder.pair("split.no", 2, GgufBuilder::little(quint16(index)));
    builder.pair("split.count", 2, GgufBuilder::little(quint16(count)));
    const ModelHeader header = readBytes(builder.file()).header.value();
    QCOMPARE(header.isSplit(), count > 1);
    QTEST(modelFileNames(file, header), "expected");
}

void TestGgufHeader::refuses_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("words"); // that its problem contains

    QTest::newRow("empty") << QByteArray() << u"It is empty."_s;
    QTest::newRow("older format") << QByteArray("tjgg\1\0\0\0", 8) << u"GGJT"_s;
    QTest::newRow("only the magic") << QByteArray("GGUF") << u"ends within its header"_s;
    QTest::newRow("version 1") << QByteArray("GGUF\1\0\0\0\0\0\0\0\0\0\0\0", 16) << u"version 1"_s;
    QTest::newRow("version 4") << QByteArray("GGUF\4\0\0\0", 8) + QByteArray(16, '\0') << u"version 4"_s;
    QTest::newRow("version 0") << QByteArray("GGUF\0\0\0\0", 8) + QByteArray(16, '\0') << u"version 0"_s;
    QTest::newRow("big-endian") << QByteArray("GGUF\0\0\0\3", 8) + QByteArray(16, '\0') << u"big-endian"_s;
    {
        GgufBuilder builder = smallModel();
        builder.number("llama.block_count", 3);
        QTest::newRow("a property twice") << builder.file() << u"is there twice"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.pair("x", 13, "12345678");
        QTest::newRow("unknown kind of value") << builder.file() << u"unknown kind (13)"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.list("x", 13, 1, "12345678");
        QTest::newRow("unknown kind of list") << builder.file() << u"unknown kind (13)"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.number("general.alignment", 48);
        QTest::newRow("alignment") << builder.file() << u"no power of two"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.number("split.no", 3);
        builder.number("split.count", 3);
        QTest::newRow("fourth of three files") << builder.file() << u"file 4 of 3"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.number("split.count", 65535);
        QTest::newRow("65535 files") << builder.file() << u"file 1 of 65535"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.tensor("t", {1, 1, 1, 1, 1}, 0, 0);
        QTest::newRow("five dimensions") << builder.file() << u"5 dimensions"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.tensor(QByteArray(64, 't'), {1}, 0, 0);
        QTest::newRow("long tensor name") << builder.file() << u"64 bytes long"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.tensor("t", {-5}, 0, 0);
        QTest::newRow("negative size") << builder.file() << u"makes no sense"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.tensor("t", {qint64(1) << 33, qint64(1) << 33}, 0, 0);
        QTest::newRow("size that overflows") << builder.file() << u"makes no sense"_s;
    }
    {
        GgufBuilder builder = smallModel();
        builder.tensor("t", {1}, 0, 0xfffffffffffffff0ULL);
        QTest::newRow("place that overflows") << builder.file() << u"makes no sense"_s;
    }
}

void TestGgufHeader::refuses()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, words);
    const ModelHeaderReading reading = readBytes(file);
    QVERIFY(!reading.header);
    QVERIFY2(reading.problem.contains(words), qPrintable(reading.problem));
    QVERIFY(reading.problem.endsWith(u'.'));
}

void TestGgufHeader::refusesWhatIsNoFile_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("words");

    static QTemporaryDir folder;
    const QString pipe = folder.filePath(u"pipe"_s);
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    QTest::newRow("missing") << folder.filePath(u"none"_s) << u"does not exist"_s;
    QTest::newRow("folder") << folder.path() << u"not a file"_s;
    QTest::newRow("pipe") << pipe << u"not a file"_s;
    QTest::newRow("device") << u"/dev/zero"_s << u"not a file"_s;
}

void TestGgufHeader::refusesWhatIsNoFile()
{
    QFETCH(QString, path);
    QFETCH(QString, words);
    const ModelHeaderReading reading = readModelHeader(path);
    QVERIFY(!reading.header);
    QVERIFY2(reading.problem.contains(words), qPrintable(reading.problem));
}

// Each model cut at 60 places: within its header it is refused, behind it the missing bytes are told.
void TestGgufHeader::fault35_truncations()
{
    QTemporaryDir folder;
    int cuts = 0;
    for (const auto &name :
         {u"tiny-bitnet-i2_s.gguf"_s, u"tiny-llama-bytes-f16.gguf"_s, u"tiny-llama-chat-f16.gguf"_s}) {
        const QByteArray whole = contents(modelPath(name));
        const ModelHeader header = readModelHeader(modelPath(name)).header.value();
        QRandomGenerator random(35);
        for (int i = 0; i < 60; ++i, ++cuts) {
            const qint64 length = i < 40 ? random.bounded(int(header.dataOffset)) : random.bounded(int(whole.size()));
            const ModelHeaderReading reading = readHostile(whole.first(length));
            const QByteArray where = name.toLatin1() + " cut at " + QByteArray::number(length);
            if (reading.header) {
                QVERIFY2(reading.header->missingBytes == whole.size() - length, where.constData());
                QVERIFY2(length > header.dataOffset - 32, where.constData());
            } else {
                QVERIFY2(length < header.dataOffset, where.constData());
            }
        }
    }
    QCOMPARE(cuts, 180);
}

void TestGgufHeader::fault35_hostile_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("words");

    for (const qint64 count : {qint64(1000), qint64(1) << 31, qint64(1) << 40, std::numeric_limits<qint64>::max()}) {
        GgufBuilder tensors = smallModel();
        tensors.announcedTensors = count;
        QTest::addRow("%lld tensors", count) << tensors.file() << QString::number(count);
        GgufBuilder pairs = smallModel();
        pairs.announcedPairs = count;
        QTest::addRow("%lld properties", count) << pairs.file() << QString::number(count);
        for (const quint32 type : {0U, 4U, 8U, 10U}) {
            GgufBuilder list = smallModel();
            list.list("tokenizer.ggml.tokens", type, quint64(count), "few");
            QTest::addRow("a list of %lld of type %u", count, type) << list.file() << QString::number(count);
        }
    }
    for (const quint64 length : {quint64(1) << 20, quint64(1) << 40, ~quint64(0), ~quint64(0) - 7}) {
        const QByteArray bytes = GgufBuilder::little(length) + "short";
        for (const QByteArray key : {"general.name", "tokenizer.chat_template", "other"}) {
            GgufBuilder builder = smallModel();
            builder.pair(key, 8, bytes);
            QTest::addRow("a text of %llu in %s", length, key.constData()) << builder.file() << u"ends within"_s;
        }
        GgufBuilder inList = smallModel();
        inList.list("tokenizer.ggml.tokens", 8, 1, bytes);
        QTest::addRow("a text of %llu in a list", length) << inList.file() << u"ends within"_s;
        QTest::addRow("a key of %llu", length) << "GGUF" + GgufBuilder::little(3) + GgufBuilder::little(qint64(0))
                + GgufBuilder::little(qint64(1)) + bytes
                + QByteArray(100, 'x') << u"ends within"_s;
    }
    // Lists in lists, a million deep.
    QByteArray nested;
    for (int i = 0; i < 1'000'000; ++i)
        nested += GgufBuilder::little(quint32(9)) + GgufBuilder::little(quint64(1));
    GgufBuilder builder = smallModel();
    builder.list("x", 9, 1, nested);
    QTest::newRow("nested lists") << builder.file() << u"lists of lists"_s;

    GgufBuilder texts = smallModel();
    texts.list("tokenizer.ggml.tokens", 8, 3'000'000, QByteArray(3'000'000 * 8, '\0'));
    QTest::newRow("3 000 000 texts") << texts.file() << u"no model has so many"_s;
    GgufBuilder pairs;
    pairs.announcedPairs = 1'000'000;
    QTest::newRow("1 000 000 properties") << pairs.file() + QByteArray(13'000'000, '\0') << u"1000000"_s;
}

void TestGgufHeader::fault35_hostile()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, words);
    const ModelHeaderReading reading = readHostile(file);
    QVERIFY(!reading.header);
    QVERIFY2(reading.problem.contains(words), qPrintable(reading.problem));
}

void TestGgufHeader::fault35_mutations()
{
    static constexpr int mutations = 100'000;
    QList<QByteArray> originals;
    for (const auto &name : {u"tiny-bitnet-i2_s.gguf"_s, u"tiny-llama-bytes-f16.gguf"_s, u"tiny-llama-chat-f16.gguf"_s})
        originals += contents(modelPath(name)).first(14'000);
    originals += smallModel().file(100);
    const std::array<quint64, 8> telling{
        0, 1, 0x7fffffff, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff,
    };

    QRandomGenerator random(350035);
    int refused = 0;
    for (int i = 0; i < mutations; ++i) {
        QByteArray bytes = originals[i % originals.size()];
        for (int changes = 1 + random.bounded(6); changes > 0; --changes) {
            // Mostly near the beginning, where the counts are, or near the end, where the tensors are.
            const int size = int(bytes.size());
            const int at = random.bounded(3) == 0 ? random.bounded(size)
                : random.bounded(2) == 0          ? random.bounded(std::min(size, 900))
                                                  : std::max(0, size - 1 - random.bounded(2500));
            switch (random.bounded(6)) {
            case 0:
                bytes[at] = char(random.generate());
                break;
            case 1:
                bytes[at] = char(bytes[at] ^ (1 << random.bounded(8)));
                break;
            case 2:
                bytes.replace(at, 8, GgufBuilder::little(telling[random.bounded(int(telling.size()))]));
                break;
            case 3:
                bytes.replace(at, 4, GgufBuilder::little(quint32(random.bounded(14))));
                break;
            case 4:
                bytes.remove(at, 1 + random.bounded(9));
                break;
            case 5:
                bytes.insert(at, QByteArray(1 + random.bounded(9), char(random.generate())));
                break;
            }
            if (bytes.isEmpty())
                bytes = "G";
        }
        refused += readHostile(bytes).header ? 0 : 1;
    }
    // The mutations did reach what is checked, and did not stop at the magic.
    QVERIFY2(refused > mutations / 4 && refused < mutations * 99 / 100, QByteArray::number(refused).constData());
}

// As large as the largest in use: 262 144 tokens with scores and types, 514 906 merges.
void TestGgufHeader::largeVocabulary()
{
    QByteArray tokens;
    for (int i = 0; i < 262'144; ++i)
        tokens += GgufBuilder::string("token" + QByteArray::number(i));
    QByteArray merges;
    for (int i = 0; i < 514'906; ++i)
        merges += GgufBuilder::string("left right");
    GgufBuilder builder = smallModel();
    builder.list("tokenizer.ggml.tokens", 8, 262'144, tokens);
    builder.list("tokenizer.ggml.scores", 6, 262'144, QByteArray(262'144 * 4, 'x'));
    builder.list("tokenizer.ggml.token_type", 5, 262'144, QByteArray(262'144 * 4, 'x'));
    builder.list("tokenizer.ggml.merges", 8, 514'906, merges);
    builder.text("tokenizer.chat_template", "behind it all");
    const ModelHeaderReading reading = readHostile(builder.file(5120));
    QCOMPARE(reading.problem, QString());
    QCOMPARE(reading.header->vocabularySize, 262'144);
    QCOMPARE(reading.header->chatTemplate, u"behind it all"_s);
    QCOMPARE(reading.header->missingBytes, 0);
}

// A terabyte, nearly all of it a hole, in which each text is as long as to be read from another place.
void TestGgufHeader::hugeSparseFile()
{
    GgufBuilder builder;
    builder.announcedPairs = 1000;
    QByteArray front = builder.file();
    front += GgufBuilder::string("tokenizer.ggml.tokens") + GgufBuilder::little(quint32(9))
        + GgufBuilder::little(quint32(8)) + GgufBuilder::little(quint64(1'900'000));
    QTemporaryDir folder;
    QFile file(folder.filePath(u"huge.gguf"_s));
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.write(front);
    for (int i = 0; i < 3; ++i) {
        file.write(GgufBuilder::little(quint64(30'000'000)));
        file.seek(file.pos() + 30'000'000);
    }
    if (!file.resize(qint64(1) << 40))
        QSKIP("this file system has no files of a terabyte");
    file.close();

    const double before = threadTimeMs();
    const ModelHeaderReading reading = readModelHeader(file.fileName());
    QVERIFY(threadTimeMs() - before < timeLimitMs);
    QVERIFY(!reading.header);
    QVERIFY2(reading.problem.contains(u"64 MiB"_s), qPrintable(reading.problem));
}

QTEST_GUILESS_MAIN(TestGgufHeader)
#include "tst_ggufheader.moc"
