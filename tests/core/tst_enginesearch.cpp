// SPDX-License-Identifier: MIT
#include "core/runtime/enginesearch.h"

#include "support/enginefixture.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;

class tst_EngineSearch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_fixture = std::make_unique<Testing::EngineFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void versions_data();
    void versions();
    void folderThatIsMeant_data();
    void folderThatIsMeant();
    void layouts_data();
    void layouts();
    void placesInOrder();
    void nothingToFind();
    void eachBuildOnce();
    void brokenPath();
    void names();
    void namesStayUnique();

private:
    QString program(const QString &path) const { return m_fixture->write(path, "#!/bin/sh\n", true); }
    QString path(const QString &name) const { return m_fixture->path(name); }

    std::unique_ptr<Testing::EngineFixture> m_fixture;
};

void tst_EngineSearch::versions_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<EngineVersion>("version");
    QTest::addColumn<QString>("text");
    const auto recorded = [](const QString &name) {
        return Replay::bytesOf(Testing::transcript(name).events, Replay::Stream::Stderr);
    };
    QTest::newRow("llama.cpp") << recorded(u"llamacpp-cli-version"_s)
                               << EngineVersion{u"4748"_s, u"c392e5094"_s,
                                                u"cc (Debian 12.2.0-14+deb12u1) 12.2.0 for x86_64-linux-gnu"_s}
                               << u"4748 (c392e5094)"_s;
    QTest::newRow("bitnet.cpp") << recorded(u"bitnet-cli-version"_s)
                                << EngineVersion{u"3947"_s, u"406a5036"_s,
                                                 u"Debian clang version 14.0.6 for x86_64-pc-linux-gnu"_s}
                                << u"3947 (406a5036)"_s;
    QTest::newRow("without a commit") << QByteArray("version: b5000\n") << EngineVersion{u"b5000"_s, {}, {}}
                                      << u"b5000"_s;
    QTest::newRow("after other lines") << QByteArray("ggml_cuda_init: found 1 device\r\nversion: 1 (a)\r\n")
                                       << EngineVersion{u"1"_s, u"a"_s, {}} << u"1 (a)"_s;
    QTest::newRow("nothing") << QByteArray() << EngineVersion{} << QString();
    QTest::newRow("another program") << QByteArray("error: unknown version: --version\n") << EngineVersion{}
                                     << QString();
    QTest::newRow("no UTF-8, no end") << QByteArray("\xff\xfe\0version: 1", 13) + QByteArray(1 << 20, 'x')
                                      << EngineVersion{} << QString();
}

void tst_EngineSearch::versions()
{
    QFETCH(QByteArray, output);
    QFETCH(EngineVersion, version);
    QFETCH(QString, text);
    QCOMPARE(EngineVersion::fromOutput(output), version);
    QCOMPARE(EngineVersion::fromOutput(output).text(), text);
}

void tst_EngineSearch::folderThatIsMeant_data()
{
    QTest::addColumn<QString>("program"); // that is there
    QTest::addColumn<QString>("named");
    QTest::addColumn<QString>("meant");
    QTest::newRow("the build folder") << u"b/bin/llama-cli"_s << u"b"_s << u"b"_s;
    QTest::newRow("its bin") << u"b/bin/llama-cli"_s << u"b/bin/"_s << u"b"_s;
    QTest::newRow("its bin/Release") << u"b/bin/Release/llama-server"_s << u"b/bin/Release"_s << u"b"_s;
    QTest::newRow("another folder with programs") << u"llama-b4748/llama-cli"_s << u"llama-b4748"_s << u"llama-b4748"_s;
    QTest::newRow("an empty bin") << u"b/bin/readme"_s << u"b/bin"_s << u"b/bin"_s;
    QTest::newRow("not there") << u"b/bin/llama-cli"_s << u"c/../c/d"_s << u"c/d"_s;
}

void tst_EngineSearch::folderThatIsMeant()
{
    QFETCH(QString, program);
    QFETCH(QString, named);
    QFETCH(QString, meant);
    this->program(program);
    QCOMPARE(engineFolder(path(named)), path(meant));
}

void tst_EngineSearch::layouts_data()
{
    QTest::addColumn<QString>("folder");
    QTest::newRow("bin") << u"build/bin/"_s;
    QTest::newRow("bin/Release") << u"build/bin/Release/"_s;
    QTest::newRow("the folder itself") << u"build/"_s;
}

void tst_EngineSearch::layouts()
{
    QFETCH(QString, folder);
    for (const QString &name : Engine::programNames())
        program(folder + name);
    const QList<Engine> engines = searchEngines({.chosen = {{path(u"build"_s)}}});
    QCOMPARE(engines.size(), 1);
    const Engine &engine = engines.constFirst();
    QVERIFY(engine.hasCli() && engine.hasServer() && engine.isThere());
    QCOMPARE(engine.programs.size(), 4);
    for (const Engine::Program &program : engine.programs) {
        QCOMPARE(program.path, path(folder + program.name));
        QVERIFY(program.problem.isEmpty());
        QVERIFY(!program.flags);
        QVERIFY(engine.owns(program.path));
    }
    QVERIFY(!engine.owns(QString()));
    QVERIFY(!engine.owns(u"/bin/sh"));
    QVERIFY(!engine.isProbed);
}

void tst_EngineSearch::placesInOrder()
{
    program(u"chosen/bin/llama-cli"_s);
    program(u"variable/bin/llama-server"_s);
    program(u"here/build/bin/llama-cli"_s);
    program(u"usual/bin/llama-cli"_s);
    program(u"flat/llama-cli"_s);
    program(u"quantize/llama-quantize"_s);
    const EnginePlaces places{
        .chosen = {{path(u"chosen"_s), u"Mine"_s}},
        .buildDirVariable = path(u"variable"_s),
        .workingDirectory = path(u"here"_s),
        .searchPath =
            QStringList{path(u"none"_s), path(u"usual/bin"_s), path(u"flat"_s), path(u"quantize"_s)}.join(u':'),
    };
    const QList<Engine> engines = searchEngines(places);
    QStringList folders;
    for (const Engine &engine : engines)
        folders += engine.folder;
    // Programs without an engine in PATH are none.
    QCOMPARE(folders,
             (QStringList{path(u"chosen"_s), path(u"variable"_s), path(u"here/build"_s), path(u"usual"_s),
                          path(u"flat"_s)}));
    QCOMPARE(engines[0].origin, EngineOrigin::Chosen);
    QCOMPARE(engines[0].name, u"Mine"_s);
    QVERIFY(engines[0].isNamed);
    QCOMPARE(engines[1].origin, EngineOrigin::Environment);
    QVERIFY(engines[1].hasServer() && !engines[1].hasCli());
    QVERIFY(engines[1].program(u"llama-cli")->problem.contains("Unable to locate the llama-cli executable"_L1));
    QCOMPARE(engines[2].origin, EngineOrigin::WorkingDirectory);
    QCOMPARE(engines[3].origin, EngineOrigin::SearchPath);
    QCOMPARE(engines[4].origin, EngineOrigin::SearchPath);
}

// What a person or the environment names is told even when nothing is there.
void tst_EngineSearch::nothingToFind()
{
    QVERIFY(searchEngines({}).isEmpty());
    const QList<Engine> engines = searchEngines({.chosen = {{path(u"gone"_s)}, {u"  "_s}},
                                                 .buildDirVariable = path(u"also-gone"_s),
                                                 .workingDirectory = path(u"empty"_s),
                                                 .searchPath = path(u"gone/bin"_s)});
    QCOMPARE(engines.size(), 2);
    for (const Engine &engine : engines) {
        QVERIFY(!engine.isThere());
        for (const Engine::Program &program : engine.programs)
            QVERIFY(!program.problem.isEmpty());
    }
    QCOMPARE(engines[0].name, u"gone"_s);
}

void tst_EngineSearch::eachBuildOnce()
{
    program(u"src/build/bin/llama-cli"_s);
    program(u"src/build/bin/llama-server"_s);
    QVERIFY(QFile::link(path(u"src/build"_s), path(u"link"_s)));
    QVERIFY(QDir().mkpath(path(u"usr/bin"_s)));
    QVERIFY(QFile::link(path(u"src/build/bin/llama-cli"_s), path(u"usr/bin/llama-cli"_s)));
    const QList<Engine> engines =
        searchEngines({.chosen = {{path(u"src/build/bin"_s)}, {path(u"link"_s), u"By its link"_s}},
                       .buildDirVariable = path(u"src/build"_s),
                       .workingDirectory = path(u"src"_s),
                       .searchPath = path(u"usr/bin"_s)});
    QCOMPARE(engines.size(), 1);
    QCOMPARE(engines[0].folder, path(u"src/build"_s));
    QCOMPARE(engines[0].name, u"By its link"_s);
}

void tst_EngineSearch::brokenPath()
{
    program(u"bin/llama-cli"_s);
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(path(u"."_s)));
    const QList<Engine> engines = searchEngines({.searchPath = u":bin:.:/nowhere:"_s});
    QDir::setCurrent(before);
    QVERIFY(engines.isEmpty());
}

void tst_EngineSearch::names()
{
    QList<Engine> engines{
        {.folder = u"/src/llama.cpp/build"_s},
        {.folder = u"/usr"_s},
        {.folder = u"/a"_s, .family = EngineFamily::LlamaCpp, .version = {.number = u"4748"_s}},
        {.folder = u"/b"_s, .family = EngineFamily::BitNetCpp},
        {.folder = u"/c"_s, .family = EngineFamily::Replay, .version = {.number = u"1"_s}},
        {.folder = u"/d"_s, .name = u"Mine"_s, .isNamed = true, .family = EngineFamily::LlamaCpp},
    };
    nameEngines(engines);
    QStringList names;
    for (const Engine &engine : engines)
        names += engine.name;
    QCOMPARE(
        names,
        (QStringList{u"llama.cpp"_s, u"/usr"_s, u"llama.cpp 4748"_s, u"bitnet.cpp"_s, u"Replay engine"_s, u"Mine"_s}));
}

void tst_EngineSearch::namesStayUnique()
{
    QList<Engine> engines{
        {.folder = u"/a"_s, .name = u"Mine"_s, .isNamed = true},
        {.folder = u"/b"_s, .name = u"Mine"_s, .isNamed = true},
        {.folder = u"/c"_s, .family = EngineFamily::LlamaCpp, .version = {.number = u"1"_s}},
        {.folder = u"/d"_s, .family = EngineFamily::LlamaCpp, .version = {.number = u"1"_s}},
        {.folder = u"/x/Mine/build"_s},
    };
    for (int again = 0; again < 2; ++again) {
        nameEngines(engines);
        QStringList names;
        for (const Engine &engine : engines)
            names += engine.name;
        QCOMPARE(names,
                 (QStringList{u"Mine"_s, u"Mine (2)"_s, u"llama.cpp 1 in /c"_s, u"llama.cpp 1 in /d"_s,
                              u"Mine in /x/Mine/build"_s}));
    }
}

QTEST_GUILESS_MAIN(tst_EngineSearch)
#include "tst_enginesearch.moc"
