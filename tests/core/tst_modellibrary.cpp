// SPDX-License-Identifier: MIT
#include "core/runtime/modellibrary.h"
#include "support/ggufbuilder.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

QByteArray model(const QByteArray &name)
{
    GgufBuilder builder;
    builder.text("general.architecture", "llama");
    builder.text("general.name", name);
    builder.tensor("token_embd.weight", {256, 10}, 1, 0);
    return builder.file(5120);
}

void append(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY(file.open(QIODevice::Append));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestModelLibrary : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void scansInTheBackground();
    void seesNewFilesAndFolders();
    void seesADownloadFinish();
    void seesFilesGo();
    void seesAFolderAppear();
    void saysNothingWithoutChange();
    void otherFoldersDuringAScan();
    void manyFolders();
    void findsSplitModelsByAnyFile();
    void readsFilesElsewhere();
    void destroyedDuringAScan();

private:
    QString path(const QString &name) const { return m_folder->filePath(name); }
    static QStringList names(const ModelLibrary &library)
    {
        QStringList found;
        for (const ModelEntry &entry : library.models())
            found += entry.displayName();
        found.sort();
        return found;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestModelLibrary::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestModelLibrary::scansInTheBackground()
{
    append(path(u"m.gguf"_s), model("one"));
    ModelLibrary library;
    QSignalSpy changed(&library, &ModelLibrary::modelsChanged);
    QSignalSpy scanning(&library, &ModelLibrary::scanningChanged);
    library.setFolders({m_folder->path()});
    QVERIFY(library.isScanning());
    QVERIFY(library.models().isEmpty());
    QTRY_VERIFY(!library.isScanning());
    QCOMPARE(names(library), QStringList{u"one"_s});
    QCOMPARE(changed.size(), 1);
    QCOMPARE(scanning, (QList<QVariantList>{{true}, {false}}));
    QVERIFY(library.isWatchingAll());
    // The same again is nothing new.
    library.setFolders({m_folder->path()});
    QVERIFY(!library.isScanning());
    library.setFolders({});
    QTRY_VERIFY(!library.isScanning());
    QVERIFY(library.models().isEmpty());
}

void TestModelLibrary::seesNewFilesAndFolders()
{
    ModelLibrary library;
    library.setFolders({m_folder->path()});
    QTRY_VERIFY(!library.isScanning());
    append(path(u"a.gguf"_s), model("a"));
    QTRY_COMPARE(names(library), QStringList{u"a"_s});
    append(path(u"deep/er/b.gguf"_s), model("b"));
    QTRY_COMPARE(names(library), (QStringList{u"a"_s, u"b"_s}));
    append(path(u"deep/er/c.gguf"_s), model("c"));
    QTRY_COMPARE(names(library), (QStringList{u"a"_s, u"b"_s, u"c"_s}));
}

// A file that grows changes its folder no more.
void TestModelLibrary::seesADownloadFinish()
{
    const QByteArray bytes = model("m");
    append(path(u"m.gguf"_s), bytes.first(50));
    ModelLibrary library;
    library.setFolders({m_folder->path()});
    QTRY_COMPARE(library.models().size(), 1);
    QVERIFY(!library.models().first().isUsable());
    QVERIFY(!library.models().first().header);
    append(path(u"m.gguf"_s), bytes.mid(50, 2000));
    QTRY_VERIFY(library.models().first().header);
    QVERIFY(!library.models().first().isUsable());
    append(path(u"m.gguf"_s), bytes.mid(2050));
    QTRY_VERIFY2(library.models().first().isUsable(), qPrintable(library.models().first().problem));
}

void TestModelLibrary::seesFilesGo()
{
    append(path(u"a.gguf"_s), model("a"));
    append(path(u"sub/b.gguf"_s), model("b"));
    ModelLibrary library;
    library.setFolders({m_folder->path()});
    QTRY_COMPARE(library.models().size(), 2);
    QVERIFY(QFile::rename(path(u"a.gguf"_s), path(u"c.gguf"_s)));
    QTRY_VERIFY(library.find(path(u"c.gguf"_s)));
    QCOMPARE(library.models().size(), 2);
    QVERIFY(QDir(path(u"sub"_s)).removeRecursively());
    QTRY_COMPARE(names(library), QStringList{u"a"_s});
    QVERIFY(QFile::remove(path(u"c.gguf"_s)));
    QTRY_VERIFY(library.models().isEmpty());
}

void TestModelLibrary::seesAFolderAppear()
{
    ModelLibrary library;
    library.setFolders({path(u"later/models"_s)});
    QTRY_VERIFY(!library.isScanning());
    append(path(u"later/models/a.gguf"_s), model("a"));
    QTRY_COMPARE(names(library), QStringList{u"a"_s});
}

void TestModelLibrary::saysNothingWithoutChange()
{
    append(path(u"a.gguf"_s), model("a"));
    ModelLibrary library;
    library.setFolders({m_folder->path()});
    QTRY_VERIFY(!library.isScanning());
    QSignalSpy changed(&library, &ModelLibrary::modelsChanged);
    QSignalSpy scanning(&library, &ModelLibrary::scanningChanged);
    append(path(u"notes.txt"_s), "nothing to see");
    QTRY_COMPARE(scanning.size(), 2);
    library.rescan();
    QTRY_COMPARE(scanning.size(), 4);
    QCOMPARE(changed.size(), 0);
}

void TestModelLibrary::otherFoldersDuringAScan()
{
    append(path(u"x/a.gguf"_s), model("a"));
    append(path(u"y/b.gguf"_s), model("b"));
    ModelLibrary library;
    QSignalSpy changed(&library, &ModelLibrary::modelsChanged);
    library.setFolders({path(u"x"_s)});
    library.setFolders({path(u"y"_s)});
    library.rescan();
    QTRY_VERIFY(!library.isScanning());
    QCOMPARE(names(library), QStringList{u"b"_s});
    QCOMPARE(changed.size(), 1);
}

void TestModelLibrary::manyFolders()
{
    for (int i = 0; i < 300; ++i)
        QDir(m_folder->path()).mkdir(QString::number(i));
    ModelLibrary library;
    library.setFolders({m_folder->path()});
    QTRY_VERIFY(!library.isScanning());
    QVERIFY(!library.isWatchingAll());
    QVERIFY(!library.isCutShort());
    // The upper ones are watched all the same.
    append(path(u"a.gguf"_s), model("a"));
    QTRY_COMPARE(names(library), QStringList{u"a"_s});
}

void TestModelLibrary::findsSplitModelsByAnyFile()
{
    for (int i = 0; i < 2; ++i) {
        GgufBuilder builder;
        builder.number("split.no", quint32(i));
        builder.number("split.count", 2);
        append(path(u"m-0000%1-of-00002.gguf"_s.arg(i + 1)), builder.file());
    }
    ModelLibrary library;
    library.setFolders({m_folder->path()});
    QTRY_COMPARE(library.models().size(), 1);
    QCOMPARE(library.find(path(u"m-00002-of-00002.gguf"_s)), library.models().first());
    QCOMPARE(library.find(path(u"m.gguf"_s)), std::nullopt);
}

void TestModelLibrary::readsFilesElsewhere()
{
    append(path(u"in/a.gguf"_s), model("a"));
    append(path(u"out/b.gguf"_s), model("b"));
    ModelLibrary library;
    library.setFolders({path(u"in"_s)});
    QTRY_COMPARE(library.models().size(), 1);
    QSignalSpy read(&library, &ModelLibrary::fileRead);
    const QString outside = path(u"out/b.gguf"_s);
    QCOMPARE(library.findOrRead(path(u"in/a.gguf"_s)), library.models().first());
    QCOMPARE(library.findOrRead(path(u"none.gguf"_s)), std::nullopt);
    QVERIFY(!library.findOrRead(outside));
    QVERIFY(!library.findOrRead(outside)); // it is being read
    QTRY_COMPARE(read, (QList<QVariantList>{{outside}}));
    QCOMPARE(library.findOrRead(outside)->displayName(), u"b"_s);
    // Another file by now.
    append(outside, "more");
    QVERIFY(!library.findOrRead(outside));
    QTRY_COMPARE(read.size(), 2);
    QCOMPARE(library.findOrRead(outside)->bytes, QFileInfo(outside).size());
    QCOMPARE(library.models().size(), 1);
}

void TestModelLibrary::destroyedDuringAScan()
{
    for (int i = 0; i < 50; ++i)
        append(path(u"%1.gguf"_s.arg(i)), model("m"));
    for (int i = 0; i < 20; ++i) {
        ModelLibrary library;
        library.setFolders({m_folder->path()});
        if (i % 2 == 1)
            QCoreApplication::sendPostedEvents();
    }
}

QTEST_GUILESS_MAIN(TestModelLibrary)
#include "tst_modellibrary.moc"
