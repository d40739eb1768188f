// SPDX-License-Identifier: MIT
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;

class tst_ModelFile : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void expandHome_data();
    void expandHome();
    void magic_data();
    void magic();
    void notThere();
    void noRegularFile();
    void notReadable();
};

void tst_ModelFile::expandHome_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("expanded");
    const QString home = QDir::homePath();
    QTest::newRow("the home folder") << u"~"_s << home;
    QTest::newRow("in it") << u"~/models/a.gguf"_s << QString(home + "/models/a.gguf"_L1);
    QTest::newRow("another user's stays") << u"~other/a.gguf"_s << u"~other/a.gguf"_s;
    QTest::newRow("elsewhere stays") << u"/a/~/b"_s << u"/a/~/b"_s;
    QTest::newRow("relative stays") << u"a~/b"_s << u"a~/b"_s;
    QTest::newRow("empty") << QString() << QString();
}

void tst_ModelFile::expandHome()
{
    QFETCH(QString, path);
    QFETCH(QString, expanded);
    QCOMPARE(BitNet::expandHome(path), expanded);
}

void tst_ModelFile::magic_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("wrong"); // empty: it may be a model
    const QString older = u"It is %1, an older format that today's engines don't load; convert it to GGUF."_s;

    QTest::newRow("GGUF") << QByteArray("GGUF\x03\0\0\0\0\0", 10) << QString();
    QTest::newRow("nothing but the magic") << QByteArray("GGUF") << QString();
    QTest::newRow("empty") << QByteArray() << u"It is empty."_s;
    QTest::newRow("a part of the magic") << QByteArray("GGU") << u"It holds only \"GGU\"."_s;
    QTest::newRow("lower case") << QByteArray("gguf....") << u"It starts with \"gguf\" where \"GGUF\" is expected."_s;
    QTest::newRow("GGML in letters") << QByteArray("GGML....") << older.arg("GGML"_L1);
    QTest::newRow("GGML as old programs wrote it") << QByteArray("lmgg....") << older.arg("GGML"_L1);
    QTest::newRow("GGMF") << QByteArray("fmgg....") << older.arg("GGMF"_L1);
    QTest::newRow("GGJT") << QByteArray("tjgg....") << older.arg("GGJT"_L1);
    QTest::newRow("other byte order") << QByteArray("FUGG....")
                                      << u"It is GGUF with its bytes swapped, for a machine of the other byte order."_s;
    QTest::newRow("PyTorch") << QByteArray("PK\x03\x04....")
                             << u"It is a ZIP archive, such as a PyTorch checkpoint; convert it to GGUF."_s;
    QTest::newRow("gzip") << QByteArray("\x1f\x8b\x08") << u"It is a gzip archive; unpack it first."_s;
    QTest::newRow("Git LFS") << QByteArray("version https://git-lfs.github.com/spec/v1")
                             << u"It is a Git LFS pointer; fetch the file itself with git lfs pull."_s;
    QTest::newRow("a web page") << QByteArray("<!DOCTYPE html>")
                                << u"It is a web page; the download did not give the model."_s;
    QTest::newRow("JSON") << QByteArray("{\"error\": 1}") << u"It is JSON text."_s;
    QTest::newRow("text") << QByteArray("Hello, world") << u"It starts with \"Hell\" where \"GGUF\" is expected."_s;
    QTest::newRow("bytes") << QByteArray("\x7f"
                                         "ELF\x02")
                           << u"It starts with the bytes 7f 45 4c 46 where \"GGUF\" is expected."_s;
    QTest::newRow("NULs") << QByteArray(8, '\0')
                          << u"It starts with the bytes 00 00 00 00 where \"GGUF\" is expected."_s;
}

void tst_ModelFile::magic()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, wrong);
    QCOMPARE(describeWrongMagic(content.first(std::min<qsizetype>(16, content.size()))), wrong);

    const QTemporaryDir folder;
    QFile file(folder.filePath(u"model.gguf"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
    file.close();
    const auto problem = modelProblem(file.fileName());
    if (wrong.isEmpty())
        QVERIFY2(!problem, qPrintable(problem.value_or(QString())));
    else
        QCOMPARE(problem, std::optional(u"Not a GGUF model: %1. %2"_s.arg(file.fileName(), wrong)));
}

void tst_ModelFile::notThere()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"no.gguf"_s);
    QCOMPARE(modelProblem(path),
             std::optional(u"Model file not found: %1. Provide a valid --model path (GGUF)."_s.arg(path)));
    QCOMPARE(modelProblem({}), std::optional(u"Model file not found: . Provide a valid --model path (GGUF)."_s));
    QVERIFY(QFile::link(path, folder.filePath(u"link"_s)));
    QVERIFY(modelProblem(folder.filePath(u"link"_s))->startsWith("Model file not found: "_L1));
}

void tst_ModelFile::noRegularFile()
{
    const QTemporaryDir folder;
    QCOMPARE(modelProblem(folder.path()), std::optional(u"Model path must be a file: %1"_s.arg(folder.path())));
    // Opening a pipe without a writer would block.
    const QString pipe = folder.filePath(u"pipe"_s);
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    QCOMPARE(modelProblem(pipe), std::optional(u"Model path must be a file: %1"_s.arg(pipe)));
    QCOMPARE(modelProblem(u"/dev/zero"_s), std::optional(u"Model path must be a file: /dev/zero"_s));
}

void tst_ModelFile::notReadable()
{
    if (geteuid() == 0)
        QSKIP("root may read everything");
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"model.gguf"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    QVERIFY(file.setPermissions({}));
    QVERIFY(modelProblem(file.fileName())->startsWith("Model file cannot be read: "_L1));
}

QTEST_GUILESS_MAIN(tst_ModelFile)
#include "tst_modelfile.moc"
