// SPDX-License-Identifier: MIT
#include "core/runtime/modelcache.h"
#include "core/runtime/modellibrary.h"
#include "support/ggufbuilder.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

using Headers = QHash<QString, ModelScan::File>;

class TestModelCache : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void keepsEveryMember();
    void whatIsNoCacheCountsAsNone_data();
    void whatIsNoCacheCountsAsNone();
    void isPrivateAndReplacedAsAWhole();
    void theNextStartReadsOnlyWhatIsNew();
    void aTornCacheIsReadAnew();
    void whatMayGrowIsNotKept();

private:
    QString cacheFile() const { return m_folder->filePath(u"cache/models.cache"_s); }
    QString path(const QString &name) const { return m_folder->filePath(u"models/"_s + name); }
    // What a library of one run shows.
    QStringList namesInOneRun();

    std::unique_ptr<QTemporaryDir> m_folder;
};

static void writeFile(const QString &path, const QByteArray &bytes)
{
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

static QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

static QByteArray model(const QByteArray &name, qint64 dataBytes = 5120)
{
    GgufBuilder builder;
    builder.text("general.architecture", "llama");
    builder.text("general.name", name);
    builder.number("llama.context_length", 512);
    builder.tensor("token_embd.weight", {256, 10}, 1, 0);
    return builder.file(dataBytes);
}

static Headers someHeaders()
{
    Headers files;
    ModelHeader full{.version = 3,
                     .fileBytes = 1,
                     .dataOffset = 2,
                     .missingBytes = 3,
                     .name = u"w\u00f6rd"_s,
                     .architecture = u"llama"_s,
                     .type = u"model"_s,
                     .sizeLabel = u"2B"_s,
                     .tokenizer = u"gpt2"_s,
                     .tensorCount = 4,
                     .parameters = 5,
                     .fileType = 40,
                     .weights = {.name = u"I2_S"_s, .words = u"ternary"_s},
                     .weightsGuessed = true,
                     .needsBitNetEngine = true,
                     .contextLength = 6,
                     .layers = 7,
                     .embeddingLength = 8,
                     .headCount = 9,
                     .kvHeadCount = 10,
                     .kvHeadsOfAllLayers = 11,
                     .keyLength = 12,
                     .valueLength = 13,
                     .vocabularySize = 14,
                     .hasChatTemplate = true,
                     .chatTemplate = u"{{ messages }}"_s,
                     .splitIndex = 1,
                     .splitCount = 2};
    files.insert(u"/m/full.gguf"_s, {.bytes = 15, .modifiedNs = 16, .inode = 17, .reading = {.header = full}});
    files.insert(u"/m/bare.gguf"_s,
                 {.bytes = 18, .modifiedNs = -19, .inode = 20, .reading = {.header = ModelHeader()}});
    files.insert(u"/m/none.gguf"_s, {.bytes = 21, .reading = {.problem = u"It is no model."_s}});
    return files;
}

void TestModelCache::keepsEveryMember()
{
    QVERIFY(writeModelCache(cacheFile(), someHeaders()));
    QCOMPARE(readModelCache(cacheFile()), someHeaders());
}

void TestModelCache::whatIsNoCacheCountsAsNone_data()
{
    QTest::addColumn<QByteArray>("content");

    QVERIFY(writeModelCache(cacheFile(), someHeaders()));
    const QByteArray good = contentOf(cacheFile());
    QVERIFY(good.size() > 200);
    QByteArray newer = good;
    ++newer[4];
    QTest::newRow("another version") << newer;
    QByteArray changed = good;
    changed[good.size() - 30] ^= 1;
    QTest::newRow("a bit is wrong") << changed;
    QTest::newRow("more behind it") << good + 'x';
    for (const qsizetype length : {0, 1, 5, 20, 37, 38, 100, int(good.size()) - 1})
        QTest::addRow("torn at %d", int(length)) << good.first(length);
    QTest::newRow("something else") << QByteArray("GGUF\3\0\0\0 and so on, and so on, and so on, and so on");
}

void TestModelCache::whatIsNoCacheCountsAsNone()
{
    QFETCH(QByteArray, content);
    writeFile(cacheFile(), content);
    QVERIFY(readModelCache(cacheFile()).isEmpty());
}

void TestModelCache::isPrivateAndReplacedAsAWhole()
{
    QVERIFY(readModelCache(cacheFile()).isEmpty());
    QVERIFY(writeModelCache(cacheFile(), someHeaders()));
    QVERIFY(writeModelCache(cacheFile(), {}));
    QVERIFY(readModelCache(cacheFile()).isEmpty());
    QCOMPARE(QFile::permissions(cacheFile()) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteOther),
             QFile::Permissions());
    QCOMPARE(QDir(QFileInfo(cacheFile()).path()).entryList(QDir::Files | QDir::Hidden), {u"models.cache"_s});
    // Where no file can be, there is none, and that is all.
    QVERIFY(!writeModelCache(u"/proc/nowhere/models.cache"_s, someHeaders()));
}

QStringList TestModelCache::namesInOneRun()
{
    ModelLibrary library(cacheFile());
    library.setFolders({m_folder->filePath(u"models"_s)});
    if (!QTest::qWaitFor([&] { return !library.isScanning(); }, 30'000))
        return {u"still scanning"_s};
    QStringList names;
    for (const ModelEntry &entry : library.models())
        names += entry.displayName();
    return names;
}

// That it does not read a file again is seen by what the cache says of it.
void TestModelCache::theNextStartReadsOnlyWhatIsNew()
{
    for (int i = 0; i < 100; ++i)
        writeFile(path(u"%1.gguf"_s.arg(i + 100)), model("of the file"));
    QCOMPARE(namesInOneRun(), QStringList(100, u"of the file"_s));
    Headers kept = readModelCache(cacheFile());
    QCOMPARE(kept.size(), 100);
    for (ModelScan::File &file : kept)
        file.reading.header->name = u"of the cache"_s;
    QVERIFY(writeModelCache(cacheFile(), kept));
    QCOMPARE(namesInOneRun(), QStringList(100, u"of the cache"_s));

    writeFile(path(u"99.gguf"_s), model("new"));
    QVERIFY(QFile::remove(path(u"107.gguf"_s)));
    writeFile(path(u"100.gguf"_s), model("longer than before"));
    QCOMPARE(namesInOneRun(),
             (QStringList{u"longer than before"_s} + QStringList(98, u"of the cache"_s) + QStringList{u"new"_s}));
    const Headers now = readModelCache(cacheFile());
    QCOMPARE(now.size(), 100);
    QVERIFY(!now.contains(path(u"107.gguf"_s)));
    QVERIFY(now.contains(path(u"99.gguf"_s)));
}

void TestModelCache::aTornCacheIsReadAnew()
{
    writeFile(path(u"a.gguf"_s), model("a"));
    writeFile(cacheFile(), "BNMC\1 not at all");
    QCOMPARE(namesInOneRun(), QStringList{u"a"_s});
    QCOMPARE(readModelCache(cacheFile()).value(path(u"a.gguf"_s)).reading.header->name, u"a"_s);
}

void TestModelCache::whatMayGrowIsNotKept()
{
    writeFile(path(u"whole.gguf"_s), model("whole"));
    writeFile(path(u"half.gguf"_s), model("half").first(2000));
    writeFile(path(u"text.gguf"_s), "no model yet");
    QCOMPARE(namesInOneRun().size(), 3);
    QCOMPARE(readModelCache(cacheFile()).keys(), {path(u"whole.gguf"_s)});
}

QTEST_GUILESS_MAIN(TestModelCache)
#include "tst_modelcache.moc"
