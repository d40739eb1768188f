// SPDX-License-Identifier: MIT
#include "core/runtime/modelscan.h"
#include "support/ggufbuilder.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

QByteArray model(const QByteArray &name, const QByteArray &type = {}, qint64 dataBytes = 5120)
{
    GgufBuilder builder;
    builder.text("general.architecture", "llama");
    builder.text("general.name", name);
    if (!type.isEmpty())
        builder.text("general.type", type);
    builder.tensor("token_embd.weight", {256, 10}, 1, 0);
    return builder.file(dataBytes);
}

QByteArray part(int index, int count)
{
    GgufBuilder builder;
    builder.pair("split.no", 2, GgufBuilder::little(quint16(index)));
    builder.pair("split.count", 2, GgufBuilder::little(quint16(count)));
    if (index == 0) {
        builder.text("general.architecture", "llama");
        builder.text("general.name", "split");
    }
    builder.tensor("t" + QByteArray::number(index), {100}, 0, 0);
    return builder.file(400);
}

} // namespace

class TestModelScan : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void findsModels();
    void leavesOut();
    void names();
    void linksToFiles();
    void linksToFolders();
    void rootMayBeALink();
    void foldersInFolders();
    void readsOnlyWhatChanged();
    void problems_data();
    void problems();
    void splitModel();
    void splitModelsWithGaps();
    void splitModelMisnamed();
    void readsOneModelAsAScanDoes();
    void deepFolders();
    void manyFolders();
    void stops();

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }
    void write(const QString &name, const QByteArray &bytes)
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    void link(const QString &target, const QString &name)
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QVERIFY(QFile::link(target, path(name)));
    }
    ModelScan scan(const ModelScan &previous = {}) const { return scanModels({m_folder->path()}, previous, m_go); }
    // Paths, from the folder on.
    QStringList found(const ModelScan &scan) const
    {
        QStringList paths;
        for (const ModelEntry &entry : scan.models)
            paths += entry.path.sliced(m_folder->path().size() + 1);
        return paths;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::atomic<bool> m_go = false;
};

void TestModelScan::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestModelScan::findsModels()
{
    write(u"b.gguf"_s, model("bee"));
    write(u"sub/dir/A.GGUF"_s, model("ay"));
    const ModelScan result = scan();
    QCOMPARE(found(result), (QStringList{u"b.gguf"_s, u"sub/dir/A.GGUF"_s}));
    const ModelEntry entry = result.models.first();
    QVERIFY(entry.isUsable());
    QCOMPARE(entry.files, QStringList{entry.path});
    QCOMPARE(entry.bytes, QFileInfo(entry.path).size());
    QCOMPARE(entry.parameters, 2560);
    QCOMPARE(entry.header->name, u"bee"_s);
    QCOMPARE(result.headersRead, 2);
    QCOMPARE(result.folders.size(), 3);
    QVERIFY(!result.isCutShort);
    QVERIFY(result.growingFiles.isEmpty());
}

void TestModelScan::leavesOut()
{
    write(u"readme.md"_s, "GGUF");
    write(u"m.gguf.part"_s, model("part"));
    write(u".hidden.gguf"_s, model("hidden"));
    write(u".cache/m.gguf"_s, model("cached"));
    QCOMPARE(mkfifo(QFile::encodeName(path(u"pipe.gguf"_s)).constData(), 0600), 0);
    QDir(m_folder->path()).mkdir(u"folder.gguf"_s);
    link(path(u"nowhere"_s), u"broken.gguf"_s);
    QCOMPARE(found(scan()), QStringList());
    // Asked for by name it is no longer hidden.
    QCOMPARE(scanModels({path(u".cache"_s)}, {}, m_go).models.size(), 1);
    QCOMPARE(scanModels({path(u"none"_s), QString()}, {}, m_go).models.size(), 0);
}

void TestModelScan::names()
{
    QCOMPARE((ModelEntry{.path = u"/x/Llama-3.gguf"_s}.displayName()), u"Llama-3"_s);
    QCOMPARE((ModelEntry{.path = u"/x/m.GGUF"_s, .header = ModelHeader{}}.displayName()), u"m"_s);
    QCOMPARE((ModelEntry{.path = u"/x/m.gguf"_s, .header = ModelHeader{.name = u"Em"_s}}.displayName()), u"Em"_s);
}

// As download caches have them: a readable name that points to a file elsewhere.
void TestModelScan::linksToFiles()
{
    QTemporaryDir elsewhere;
    QFile blob(elsewhere.filePath(u"0123abcd"_s));
    QVERIFY(blob.open(QIODevice::WriteOnly));
    blob.write(model("blob"));
    blob.close();
    link(blob.fileName(), u"snapshots/1/m.gguf"_s);
    link(blob.fileName(), u"snapshots/2/m.gguf"_s);
    write(u"z.gguf"_s, model("zed"));
    link(path(u"z.gguf"_s), u"a-link-to-z.gguf"_s);
    QVERIFY(::link(QFile::encodeName(path(u"z.gguf"_s)).constData(),
                   QFile::encodeName(path(u"zz-the-same.gguf"_s)).constData())
            == 0);
    QCOMPARE(found(scan()), (QStringList{u"snapshots/1/m.gguf"_s, u"z.gguf"_s}));
}

void TestModelScan::linksToFolders()
{
    QTemporaryDir elsewhere;
    QFile outside(elsewhere.filePath(u"outside.gguf"_s));
    QVERIFY(outside.open(QIODevice::WriteOnly));
    outside.write(model("outside"));
    outside.close();
    write(u"sub/m.gguf"_s, model("m"));
    link(m_folder->path(), u"sub/loop"_s);
    link(path(u"sub"_s), u"again"_s);
    link(elsewhere.path(), u"elsewhere"_s);
    link(u"/"_s, u"everything"_s);
    const ModelScan result = scan();
    QCOMPARE(found(result), QStringList{u"sub/m.gguf"_s});
    QCOMPARE(result.folders.size(), 2);
}

void TestModelScan::rootMayBeALink()
{
    write(u"real/m.gguf"_s, model("m"));
    link(path(u"real"_s), u"link"_s);
    const ModelScan result = scanModels({path(u"link"_s)}, {}, m_go);
    QCOMPARE(found(result), QStringList{u"link/m.gguf"_s});
}

void TestModelScan::foldersInFolders()
{
    write(u"a/b/m.gguf"_s, model("m"));
    const ModelScan result = scanModels({path(u"a/b/"_s), path(u"a"_s), path(u"a/../a"_s)}, {}, m_go);
    QCOMPARE(found(result), QStringList{u"a/b/m.gguf"_s});
    QCOMPARE(result.folders, (QStringList{path(u"a/b"_s), path(u"a"_s)}));
}

void TestModelScan::readsOnlyWhatChanged()
{
    write(u"a.gguf"_s, model("first"));
    write(u"b.gguf"_s, model("other"));
    write(u"c.gguf"_s, "not a model");
    const ModelScan first = scan();
    QCOMPARE(first.headersRead, 3);
    const ModelScan second = scan(first);
    QCOMPARE(second.headersRead, 0);
    QCOMPARE(second.models, first.models);

    // Of the same size, at another time.
    write(u"a.gguf"_s, model("again"));
    const timespec times[] = {{1'000'000'000, 0}, {1'000'000'000, 1}};
    QCOMPARE(::utimensat(AT_FDCWD, QFile::encodeName(path(u"a.gguf"_s)).constData(), times, 0), 0);
    const ModelScan third = scan(second);
    QCOMPARE(third.headersRead, 1);
    QCOMPARE(third.models.first().displayName(), u"again"_s);
    // Another file in its place, of the same size and time.
    QVERIFY(QFile::rename(path(u"b.gguf"_s), path(u"b.old"_s)));
    QVERIFY(QFile::copy(path(u"b.old"_s), path(u"b.gguf"_s)));
    QCOMPARE(scan(third).headersRead, 1);
    QVERIFY(QFile::remove(path(u"a.gguf"_s)));
    QCOMPARE(scan(third).models.size(), 2);
}

void TestModelScan::problems_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("isGrowing");

    QTest::newRow("incomplete") << model("m", {}, 4000) << u"It is incomplete: 1.1 KiB of its weights are missing."_s
                                << true;
    QTest::newRow("torn header") << model("m").first(100) << u"ends within its header"_s << true;
    QTest::newRow("empty") << QByteArray() << u"It is empty."_s << true;
    QTest::newRow("adapter") << model("m", "adapter") << u"no model by itself (adapter)"_s << false;
    GgufBuilder images;
    images.text("general.architecture", "clip");
    QTest::newRow("images") << images.file() << u"looks at images"_s << false;
    QTest::newRow("a model that says so") << model("m", "model") << QString() << false;
}

void TestModelScan::problems()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    QFETCH(bool, isGrowing);
    write(u"m.gguf"_s, bytes);
    const ModelScan result = scan();
    QCOMPARE(result.models.size(), 1);
    const ModelEntry entry = result.models.first();
    QCOMPARE(entry.isUsable(), words.isEmpty());
    QVERIFY2(entry.problem.contains(words), qPrintable(entry.problem));
    QCOMPARE(result.growingFiles, isGrowing ? QStringList{entry.path} : QStringList());
}

void TestModelScan::splitModel()
{
    for (int i = 0; i < 3; ++i)
        write(u"m-0000%1-of-00003.gguf"_s.arg(i + 1), part(i, 3));
    write(u"n.gguf"_s, model("n"));
    const ModelScan result = scan();
    QCOMPARE(found(result), (QStringList{u"m-00001-of-00003.gguf"_s, u"n.gguf"_s}));
    const ModelEntry entry = result.models.first();
    QVERIFY2(entry.isUsable(), qPrintable(entry.problem));
    QCOMPARE(entry.displayName(), u"split"_s);
    QCOMPARE(entry.files.size(), 3);
    QCOMPARE(entry.files.last(), path(u"m-00003-of-00003.gguf"_s));
    QCOMPARE(entry.bytes, part(0, 3).size() + 2 * part(1, 3).size());
    QCOMPARE(entry.parameters, 300);
}

void TestModelScan::splitModelsWithGaps()
{
    write(u"a-00001-of-00003.gguf"_s, part(0, 3));
    write(u"a-00003-of-00003.gguf"_s, part(2, 3));
    write(u"b-00002-of-00003.gguf"_s, part(1, 3));
    write(u"c-00001-of-00002.gguf"_s, part(0, 2));
    write(u"c-00002-of-00002.gguf"_s, part(1, 2).chopped(10));
    // Of the same name in another folder: not a part of it.
    write(u"sub/a-00002-of-00003.gguf"_s, part(1, 3));
    const ModelScan result = scan();
    QCOMPARE(found(result),
             (QStringList{u"a-00001-of-00003.gguf"_s, u"b-00002-of-00003.gguf"_s, u"c-00001-of-00002.gguf"_s,
                          u"sub/a-00002-of-00003.gguf"_s}));
    QCOMPARE(result.models[0].problem, u"One of its 3 files is missing: a-00002-of-00003.gguf."_s);
    QCOMPARE(result.models[1].problem, u"2 of its 3 files are missing, the first of them b-00001-of-00003.gguf."_s);
    QVERIFY(result.models[2].problem.startsWith(u"It is incomplete: 10 bytes"_s));
    QCOMPARE(result.growingFiles, QStringList{path(u"c-00002-of-00002.gguf"_s)});
}

void TestModelScan::readsOneModelAsAScanDoes()
{
    write(u"n.gguf"_s, model("n"));
    write(u"text.gguf"_s, "no model");
    for (int i = 0; i < 3; ++i)
        write(u"m-0000%1-of-00003.gguf"_s.arg(i + 1), part(i, 3));
    write(u"a-00001-of-00003.gguf"_s, part(0, 3));
    const ModelScan all = scan();
    QCOMPARE(all.models.size(), 4);
    for (const ModelEntry &entry : all.models) {
        for (const QString &file : entry.files)
            QCOMPARE(readModel(file), std::optional(entry));
    }
    QCOMPARE(readModel(path(u"none.gguf"_s)), std::nullopt);
    QCOMPARE(readModel(m_folder->path()), std::nullopt);
}

void TestModelScan::splitModelMisnamed()
{
    write(u"renamed.gguf"_s, part(1, 3));
    const ModelScan result = scan();
    QCOMPARE(found(result), QStringList{u"renamed.gguf"_s});
    QVERIFY2(result.models.first().problem.startsWith(u"It is file 2 of the 3"_s),
             qPrintable(result.models.first().problem));
}

void TestModelScan::deepFolders()
{
    QString deep;
    for (int i = 0; i < 16; ++i)
        deep += u"d/"_s;
    write(deep + u"seen.gguf"_s, model("seen"));
    write(deep + u"d/unseen.gguf"_s, model("unseen"));
    const ModelScan result = scan();
    QCOMPARE(result.models.size(), 1);
    QCOMPARE(result.models.first().displayName(), u"seen"_s);
}

void TestModelScan::manyFolders()
{
    for (int i = 0; i < 2100; ++i)
        QDir(m_folder->path()).mkdir(QString::number(i));
    const ModelScan result = scan();
    QVERIFY(result.isCutShort);
    QVERIFY(result.folders.size() <= 2001);
}

void TestModelScan::stops()
{
    for (int i = 0; i < 20; ++i)
        write(u"%1.gguf"_s.arg(i), model("m"));
    const std::atomic<bool> stop = true;
    const ModelScan result = scanModels({m_folder->path()}, {}, stop);
    QCOMPARE(result.headersRead, 0);
}

QTEST_GUILESS_MAIN(TestModelScan)
#include "tst_modelscan.moc"
