// SPDX-License-Identifier: MIT
#include "core/runtime/enginecatalog.h"

#include "support/enginefixture.h"

#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

// Answers as an engine's programs do, each start noted in a file beside it.
QByteArray answering(const QByteArray &version)
{
    return "echo \"$1\" >> \"$0.starts\"\n"
           "[ \"$1\" = --version ] && { echo 'version: "
        + version
        + "' >&2; exit 0; }\n"
          "printf -- '-m, --model FNAME    a model\\n--top-k N    top\\n'\n";
}

// Of llama-quantize: on standard output, with exit code 1.
QByteArray quantizing(const QByteArray &types)
{
    return "printf 'usage: llama-quantize [--help] model type\\n\\n  --pure: no mixtures\\n\\nAllowed types:\\n   2  "
           "or  Q4_0\\n"
        + types + "'\nexit 1\n";
}

} // namespace

class tst_EngineCatalog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void probesWhatItFinds();
    void families_data();
    void families();
    void recordedEngineIsReplay();
    void answersAreKept();
    void anotherBuildIsAskedAgain();
    void aFailingEngineIsThere();
    void removedWhileItIsProbed();
    void ownersAndFolders();
    void destroyedWhileProbing();

private:
    QString write(const QString &name, const QByteArray &script) const
    {
        return m_fixture->write(name, "#!/bin/sh\n" + script, true);
    }
    void choose(const QStringList &names)
    {
        EnginePlaces places;
        for (const QString &name : names)
            places.chosen += ChosenEngine{m_fixture->path(name)};
        m_catalog->setPlaces(places);
    }
    // The engine in this folder, once it has been probed.
    Engine probed(const QString &name) const
    {
        if (!QTest::qWaitFor([this] { return !m_catalog->isProbing(); }, 20'000))
            qWarning("still probing");
        return m_catalog->find(m_fixture->path(name)).value_or(Engine());
    }

    std::unique_ptr<Testing::EngineFixture> m_fixture;
    std::unique_ptr<EngineCatalog> m_catalog;
};

void tst_EngineCatalog::init()
{
    m_fixture = std::make_unique<Testing::EngineFixture>();
    m_catalog = std::make_unique<EngineCatalog>(BitNetRuntime({.cpuCount = 2, .gpuMemoryGiB = 0}));
}

void tst_EngineCatalog::cleanup()
{
    m_catalog.reset();
    m_fixture.reset();
}

void tst_EngineCatalog::probesWhatItFinds()
{
    write(u"one/bin/llama-cli"_s, answering("4748 (c392e5094)"));
    write(u"one/bin/llama-server"_s, answering("9999 (other)"));
    write(u"one/bin/llama-quantize"_s, quantizing({}));
    QSignalSpy changes(m_catalog.get(), &EngineCatalog::changed);
    QSignalSpy probing(m_catalog.get(), &EngineCatalog::probingChanged);
    choose({u"one"_s});
    // At once: what is there, not yet what it says.
    QCOMPARE(changes.size(), 1);
    QCOMPARE(m_catalog->engines().size(), 1);
    QVERIFY(m_catalog->engines()[0].hasServer());
    QCOMPARE(m_catalog->engines()[0].name, u"one"_s);
    QVERIFY(m_catalog->isProbing());

    const Engine engine = probed(u"one"_s);
    QCOMPARE(changes.size(), 2);
    QCOMPARE(probing, (QList<QVariantList>{{true}, {false}}));
    QVERIFY(engine.isProbed);
    QCOMPARE(engine.version.text(), u"4748 (c392e5094)"_s);
    QCOMPARE(engine.family, EngineFamily::LlamaCpp);
    QCOMPARE(engine.name, u"llama.cpp 4748"_s);
    QVERIFY(engine.program(u"llama-cli")->flags->contains(u"--top-k"));
    QVERIFY(engine.program(u"llama-server")->flags->contains(u"-m"));
    QCOMPARE(engine.program(u"llama-quantize")->flags->flags, QSet<QString>{u"--pure"_s});
    QVERIFY(!engine.program(u"llama-bench")->flags);
    QVERIFY(!engine.program(u"llama-bench")->problem.isEmpty());
}

void tst_EngineCatalog::families_data()
{
    QTest::addColumn<QByteArray>("quantize");
    QTest::addColumn<EngineFamily>("family");
    QTest::newRow("llama.cpp") << quantizing({}) << EngineFamily::LlamaCpp;
    QTest::newRow("bitnet.cpp") << quantizing("  40  or  I2_S    :  2.06 bpw\\n") << EngineFamily::BitNetCpp;
    QTest::newRow("says something else") << QByteArray("echo hello\n") << EngineFamily::Unknown;
    QTest::newRow("crashes") << QByteArray("echo Q4_0; kill -SEGV $$\n") << EngineFamily::Unknown;
    QTest::newRow("is not there") << QByteArray() << EngineFamily::Unknown;
}

void tst_EngineCatalog::families()
{
    QFETCH(QByteArray, quantize);
    QFETCH(EngineFamily, family);
    write(u"one/bin/llama-cli"_s, answering("1 (a)"));
    if (!quantize.isEmpty())
        write(u"one/bin/llama-quantize"_s, quantize);
    choose({u"one"_s});
    QCOMPARE(probed(u"one"_s).family, family);
}

void tst_EngineCatalog::recordedEngineIsReplay()
{
    m_catalog->setPlaces({.chosen = {{Testing::replayBuildDir()}}});
    QTRY_VERIFY(!m_catalog->isProbing());
    const Engine engine = m_catalog->engines().constFirst();
    QCOMPARE(engine.family, EngineFamily::Replay);
    QCOMPARE(engine.name, u"Replay engine"_s);
    QVERIFY(engine.version.number == u"3947" || engine.version.number == u"4748");
    QVERIFY(engine.program(u"llama-cli")->flags->contains(u"--simple-io"));
}

void tst_EngineCatalog::answersAreKept()
{
    write(u"one/bin/llama-cli"_s, answering("1 (a)"));
    choose({u"one"_s});
    const Engine before = probed(u"one"_s);
    QSignalSpy changes(m_catalog.get(), &EngineCatalog::changed);
    m_catalog->look();
    QVERIFY(m_catalog->engines().constFirst().isProbed);
    QCOMPARE(probed(u"one"_s), before);
    QCOMPARE(changes.size(), 0);
    // Help and version, each once.
    QCOMPARE(m_fixture->read(u"one/bin/llama-cli.starts"_s).count('\n'), 2);

    // Those that stay keep their answers when others come.
    write(u"two/bin/llama-cli"_s, answering("2 (b)"));
    choose({u"one"_s, u"two"_s});
    QCOMPARE(m_catalog->engines()[0], before);
    QVERIFY(!m_catalog->engines()[1].isProbed);
    QCOMPARE(probed(u"two"_s).version.number, u"2"_s);
}

void tst_EngineCatalog::anotherBuildIsAskedAgain()
{
    write(u"one/bin/llama-cli"_s, answering("1 (a)"));
    choose({u"one"_s});
    QCOMPARE(probed(u"one"_s).version.number, u"1"_s);
    write(u"one/bin/llama-cli"_s, answering("22 (later)"));
    m_catalog->look();
    QCOMPARE(probed(u"one"_s).version.number, u"22"_s);
    QVERIFY(QFile::remove(m_fixture->path(u"one/bin/llama-cli"_s)));
    m_catalog->look();
    QVERIFY(!m_catalog->engines().constFirst().isThere());
    QVERIFY(probed(u"one"_s).version.number.isEmpty());
}

void tst_EngineCatalog::aFailingEngineIsThere()
{
    write(u"one/bin/llama-cli"_s, "echo 'error while loading shared libraries: libggml.so' >&2\nexit 127\n");
    choose({u"one"_s});
    const Engine engine = probed(u"one"_s);
    QVERIFY(engine.isProbed);
    QVERIFY(engine.version.text().isEmpty());
    QVERIFY(!engine.program(u"llama-cli")->flags->known);
    QCOMPARE(engine.program(u"llama-cli")->flags->why, u"error while loading shared libraries: libggml.so"_s);
}

void tst_EngineCatalog::removedWhileItIsProbed()
{
    write(u"one/bin/llama-cli"_s, answering("1 (a)"));
    write(u"two/bin/llama-cli"_s, answering("2 (b)"));
    choose({u"one"_s});
    choose({u"two"_s});
    QCOMPARE(probed(u"two"_s).version.number, u"2"_s);
    QCOMPARE(m_catalog->engines().size(), 1);
}

void tst_EngineCatalog::ownersAndFolders()
{
    const QString cli = write(u"one/bin/llama-cli"_s, answering("1 (a)"));
    write(u"two/bin/llama-cli"_s, answering("2 (b)"));
    choose({u"one"_s, u"two"_s});
    QCOMPARE(m_catalog->ownerOf(cli)->folder, m_fixture->path(u"one"_s));
    QVERIFY(!m_catalog->ownerOf(u"/bin/sh"_s));
    QVERIFY(!m_catalog->find(m_fixture->path(u"three"_s)));
    QCOMPARE(m_catalog->find(m_fixture->path(u"one/bin"_s))->folder, m_fixture->path(u"one"_s));
    QCOMPARE(m_catalog->runtimeFor(m_catalog->engines()[0]).findBinary(u"llama-cli"_s), std::optional(cli));
}

void tst_EngineCatalog::destroyedWhileProbing()
{
    write(u"one/bin/llama-cli"_s, "exec sleep 30\n");
    choose({u"one"_s});
    QVERIFY(m_catalog->isProbing());
    m_catalog.reset();
}

QTEST_GUILESS_MAIN(tst_EngineCatalog)
#include "tst_enginecatalog.moc"
