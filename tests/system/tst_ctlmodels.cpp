// SPDX-License-Identifier: MIT
// "bitnetctl models", and what "bitnetctl infer" says of a model before it runs.
#include "support/ctlprocess.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

const QString models = QStringLiteral(BITNET_SOURCE_DIR "/tests/data/models");

} // namespace

class tst_CtlModels : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();

    void table();
    void json();
    void tellsWhatCanNotBeUsed();
    void refuses_data();
    void refuses();
    void usualFolders();
    void folderAfterDashes();
    void inferWarns();

private:
    QString write(const QString &name, const QByteArray &content, bool executable = false) const
    {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(path));
        file.close();
        if (executable)
            file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
        return path;
    }
    static QJsonObject objectOf(const QByteArray &text) { return QJsonDocument::fromJson(text).object(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void tst_CtlModels::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_CtlModels::table()
{
    CtlProcess ctl({u"models"_s, models, u"-c"_s, u"512"_s});
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.err, ""_ba);
    const QList<QByteArray> lines = ctl.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0].startsWith("MODEL "));
    // Each column begins where its title does.
    const qsizetype type = lines[0].indexOf("TYPE");
    const qsizetype file = lines[0].indexOf("FILE");
    for (const QByteArray &line : lines.sliced(1)) {
        QVERIFY2(line.sliced(type).startsWith("I2_S") || line.sliced(type).startsWith("F16"), line.constData());
        QVERIFY2(line.sliced(file).startsWith('/') && line.endsWith(".gguf"), line.constData());
        QVERIFY2(line.contains(" fits "), line.constData());
    }
}

void tst_CtlModels::json()
{
    CtlProcess ctl({u"models"_s, u"--json"_s, models, u"--ctx-size=1000000000"_s});
    QCOMPARE(ctl.run(), 0);
    const QJsonObject report = objectOf(ctl.out);
    QCOMPARE(report["ok"_L1], QJsonValue(true));
    QCOMPARE(report["context_tokens"_L1].toInt(), 1'000'000'000);
    QCOMPARE(report["folders"_L1].toArray(), QJsonArray{models});
    const QJsonArray list = report["models"_L1].toArray();
    QCOMPARE(list.size(), 3);
    const QJsonObject first = list[0].toObject();
    QCOMPARE(first["path"_L1].toString(), QString(models + u"/tiny-bitnet-i2_s.gguf"_s));
    QCOMPARE(first["architecture"_L1].toString(), u"bitnet"_s);
    QCOMPARE(first["type"_L1].toString(), u"I2_S"_s);
    QCOMPARE(first["needs_bitnet_engine"_L1], QJsonValue(true));
    QCOMPARE(first["context_length"_L1].toInt(), 2048);
    QCOMPARE(first["split_count"_L1].toInt(), 1);
    QVERIFY(first["problem"_L1].isNull());
    QCOMPARE(first["bytes"_L1].toInteger(), QFileInfo(first["path"_L1].toString()).size());
    // A thousand million tokens fit nowhere.
    QCOMPARE(first["verdict"_L1].toString(), u"too_large"_s);
}

void tst_CtlModels::tellsWhatCanNotBeUsed()
{
    write(u"deep/below/bad\x1b[31m.gguf"_s, "hello, world, this is no model");
    CtlProcess ctl({u"models"_s, m_folder->path()});
    QCOMPARE(ctl.run(), 1);
    QVERIFY2(ctl.out.contains("unusable") && ctl.out.contains("\n  "), ctl.out.constData());
    QVERIFY(!ctl.out.contains('\x1b'));
    CtlProcess json({u"models"_s, m_folder->path(), u"--json"_s});
    QCOMPARE(json.run(), 1);
    const QJsonObject report = objectOf(json.out);
    QCOMPARE(report["ok"_L1], QJsonValue(false));
    const QJsonObject only = report["models"_L1].toArray().at(0).toObject();
    QVERIFY(!only["problem"_L1].toString().isEmpty());
    QVERIFY(only["architecture"_L1].isNull() && only["parameters"_L1].isNull());
    QCOMPARE(only["verdict"_L1].toString(), u"unknown"_s);
}

void tst_CtlModels::refuses_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("saying");
    QTest::newRow("no folder") << QStringList{u"/no/such/folder"_s} << 1 << "There is no folder /no/such/folder."_ba;
    QTest::newRow("a file") << QStringList{QString(models + u"/tiny-bitnet-i2_s.gguf"_s)} << 1 << "is no folder"_ba;
    QTest::newRow("an empty folder") << QStringList{u"%1"_s} << 0 << "There is no file *.gguf in"_ba;
    QTest::newRow("context of words") << QStringList{u"--ctx-size"_s, u"big"_s} << 125
                                      << "--ctx-size: \"big\" is no positive whole number."_ba;
    QTest::newRow("context 0") << QStringList{u"-c"_s, u"0"_s} << 125 << "is no positive whole number."_ba;
    QTest::newRow("unknown option") << QStringList{u"--all"_s} << 125 << "has no option \"--all\""_ba;
}

void tst_CtlModels::refuses()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QByteArray, saying);
    for (QString &argument : arguments) {
        if (argument == "%1"_L1)
            argument = m_folder->path();
    }
    CtlProcess ctl(QStringList{u"models"_s} + arguments);
    QCOMPARE(ctl.run(), status);
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY2(ctl.err.contains(saying), ctl.err.constData());
}

void tst_CtlModels::usualFolders()
{
    QVERIFY(QDir().mkpath(m_folder->filePath(u"models"_s)));
    QVERIFY(QFile::copy(models + u"/tiny-llama-chat-f16.gguf"_s, m_folder->filePath(u"models/mine.gguf"_s)));
    CtlProcess ctl({u"models"_s});
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, m_folder->path());
    environment.remove(u"XDG_CACHE_HOME"_s);
    ctl.setProcessEnvironment(environment);
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.out.contains("/models/mine.gguf\n"), ctl.out.constData());
}

void tst_CtlModels::folderAfterDashes()
{
    const QString folder = m_folder->filePath(u"-x"_s);
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(QFile::copy(models + u"/tiny-llama-chat-f16.gguf"_s, folder + u"/mine.gguf"_s));
    CtlProcess ctl({u"models"_s, u"--"_s, u"-x"_s});
    ctl.setWorkingDirectory(m_folder->path());
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.out.contains("mine.gguf"), ctl.out.constData());
}

// A warning, and the run goes on.
void tst_CtlModels::inferWarns()
{
    write(u"build/bin/llama-cli"_s, "#!/bin/sh\necho '-m, --model FNAME   a model'\n", true);
    write(u"build/bin/llama-quantize"_s, "#!/bin/sh\necho '2 or Q4_0'\nexit 1\n", true);
    CtlProcess ctl({u"infer"_s, u"--build-dir"_s, m_folder->filePath(u"build"_s), u"-m"_s,
                    QString(models + u"/tiny-bitnet-i2_s.gguf"_s), u"-p"_s, u"Hello"_s, u"-c"_s, u"4096"_s,
                    u"--dry-run"_s});
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.err.contains("was trained for a context of 2048 tokens"), ctl.err.constData());
    QVERIFY2(ctl.err.contains("only bitnet.cpp loads"), ctl.err.constData());
    QVERIFY(ctl.out.contains(" -c 4096 "));
}

QTEST_GUILESS_MAIN(tst_CtlModels)
#include "tst_ctlmodels.moc"
