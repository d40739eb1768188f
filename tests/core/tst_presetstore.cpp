// SPDX-License-Identifier: MIT
#include "core/conversations/presetstore.h"
#include "core/runtime/bitnetruntime.h"

#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <limits>
#include <sys/stat.h>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestPresetStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void builtInOnesAreSound();
    void keepsPresets();
    void builtInOnesStay();
    void namesAreChecked();
    void valuesAreChecked_data();
    void valuesAreChecked();
    void everyWrongFieldIsTold();
    void exportsAndImports();
    void importsAllOrNone();
    void aDamagedFileIsMovedAside();
    void aLaterVersionIsReadOnly();
    void whatCanNotBeWrittenChangesNothing();

private:
    QString path() const { return m_temporary->filePath(u"data/presets.json"_s); }
    void write(const QString &path, const QByteArray &bytes) const
    {
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestPresetStore::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
}

void TestPresetStore::builtInOnesAreSound()
{
    const QList<PromptPreset> presets = builtInPresets();
    QCOMPARE(presets.size(), 3);
    QSet<QString> ids;
    for (const PromptPreset &preset : presets) {
        QVERIFY(preset.builtIn);
        QVERIFY(problemsOf(preset.settings).isEmpty());
        ids.insert(preset.id);
    }
    QCOMPARE(ids.size(), 3);
    PresetStore store(path());
    QCOMPARE(store.presets(), presets);
    QVERIFY(!QFileInfo::exists(path())); // nothing is written before there is something
}

void TestPresetStore::keepsPresets()
{
    PromptSettings settings{
        .systemPrompt = u"Rhyme."_s, .temperature = 0.3, .nPredict = 9, .threads = 2, .model = u"/m.gguf"_s};
    settings.sampling.seed = 7;
    QString id;
    {
        PresetStore store(path());
        const QSignalSpy changed(&store, &PresetStore::changed);
        QCOMPARE(store.add(u"  Zebra  "_s, settings, &id), QString());
        QCOMPARE(store.add(u"ant"_s, {}), QString());
        QCOMPARE(changed.count(), 2);
        QCOMPARE(store.presets().size(), 5);
        QCOMPARE(store.presets()[3].name, u"ant"_s);
        QCOMPARE(store.presets()[4].name, u"Zebra"_s);
    }
    struct stat found = {};
    QCOMPARE(::stat(QFile::encodeName(path()).constData(), &found), 0);
    QCOMPARE(found.st_mode & 0777, 0600U);
    PresetStore store(path());
    QCOMPARE(store.preset(id)->settings, settings);
    settings.nPredict = 10;
    QCOMPARE(store.update(id, settings), QString());
    QCOMPARE(store.rename(id, u"Yak"_s), QString());
    QCOMPARE(PresetStore(path()).preset(id)->settings.nPredict, 10);
    QCOMPARE(PresetStore(path()).preset(id)->name, u"Yak"_s);
    QCOMPARE(store.remove(id), QString());
    QVERIFY(!PresetStore(path()).preset(id));
    QVERIFY(!store.remove(id).isEmpty());
}

void TestPresetStore::builtInOnesStay()
{
    PresetStore store(path());
    const QList<PromptPreset> before = store.presets();
    const QString id = before.first().id;
    QVERIFY(store.update(id, {}).contains(before.first().name));
    QVERIFY(store.rename(id, u"Mine"_s).contains(before.first().name));
    QVERIFY(store.remove(id).contains(before.first().name));
    QCOMPARE(store.presets(), before);
    QString copy;
    QCOMPARE(store.duplicate(id, &copy), QString());
    QCOMPARE(store.preset(copy)->name, before.first().name + u" (copy)"_s);
    QVERIFY(!store.preset(copy)->builtIn);
    QCOMPARE(store.duplicate(id, &copy), QString());
    QCOMPARE(store.preset(copy)->name, before.first().name + u" (copy 2)"_s);
    QCOMPARE(store.update(copy, {.nPredict = 1}), QString());
}

void TestPresetStore::namesAreChecked()
{
    PresetStore store(path());
    QString id;
    QCOMPARE(store.add(u"One"_s, {}, &id), QString());
    QVERIFY(!store.add(u"one"_s, {}).isEmpty());
    QVERIFY(!store.add(u" "_s, {}).isEmpty());
    QVERIFY(!store.add(QString(81, u'x'), {}).isEmpty());
    QVERIFY(!store.rename(id, u"balanced"_s).isEmpty());
    QCOMPARE(store.rename(id, u"ONE"_s), QString()); // its own name
    QCOMPARE(store.presets().size(), 4);
}

void TestPresetStore::valuesAreChecked_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<PromptSettings>("settings");
    const auto sampling = [](const SamplingSettings &values) {
        PromptSettings settings;
        settings.sampling = values;
        return settings;
    };
    QTest::newRow("n_predict") << u"n_predict"_s << PromptSettings{.nPredict = 0};
    QTest::newRow("ctx_size") << u"ctx_size"_s << PromptSettings{.ctxSize = -1};
    QTest::newRow("batch_size") << u"batch_size"_s << PromptSettings{.batchSize = 0};
    QTest::newRow("temperature") << u"temperature"_s << PromptSettings{.temperature = 0};
    QTest::newRow("NaN") << u"temperature"_s << PromptSettings{.temperature = std::numeric_limits<double>::quiet_NaN()};
    QTest::newRow("top_k") << u"top_k"_s << sampling({.topK = -1});
    QTest::newRow("top_p") << u"top_p"_s << sampling({.topP = 1.5});
    QTest::newRow("min_p") << u"min_p"_s << sampling({.minP = -0.1});
    QTest::newRow("repeat_penalty") << u"repeat_penalty"_s << sampling({.repeatPenalty = 0});
    QTest::newRow("seed") << u"seed"_s << sampling({.seed = -2});
    QTest::newRow("threads") << u"threads"_s << PromptSettings{.threads = 0};
    QTest::newRow("gpu_layers") << u"gpu_layers"_s << PromptSettings{.gpuLayers = -1};
    QTest::newRow("system prompt") << u"system_prompt"_s << PromptSettings{.systemPrompt = QString(QChar(0))};
    QTest::newRow("argument") << u"extra_arguments"_s << PromptSettings{.extraArguments = {u"a"_s, QString(QChar(0))}};
}

void TestPresetStore::valuesAreChecked()
{
    QFETCH(const PromptSettings, settings);
    const QList<ConfigurationIssue> problems = problemsOf(settings);
    QCOMPARE(problems.size(), 1);
    QTEST(problems.first().field, "field");
    PresetStore store(path());
    QCOMPARE(store.add(u"Wrong"_s, settings), problems.first().message);
    QCOMPARE(store.presets().size(), 3);
}

void TestPresetStore::everyWrongFieldIsTold()
{
    PromptSettings settings{.temperature = -1, .nPredict = 0, .threads = 0};
    settings.sampling = {.topK = -1, .topP = 2, .seed = -5};
    QStringList fields;
    for (const ConfigurationIssue &issue : problemsOf(settings))
        fields.append(issue.field);
    QCOMPARE(fields, (QStringList{u"n_predict"_s, u"temperature"_s, u"top_k"_s, u"top_p"_s, u"seed"_s, u"threads"_s}));
    QVERIFY(problemsOf({}).isEmpty());
}

void TestPresetStore::exportsAndImports()
{
    PresetStore store(path());
    QString id;
    QCOMPARE(store.add(u"Mine"_s, {.systemPrompt = u"x"_s}, &id), QString());
    const QString file = m_temporary->filePath(u"out.json"_s);
    QCOMPARE(store.exportTo(file), QString());
    QCOMPARE(store.exportTo(m_temporary->filePath(u"one.json"_s), {id, builtInPresets().first().id}), QString());

    PresetStore other(m_temporary->filePath(u"other/presets.json"_s));
    int count = 0;
    QCOMPARE(other.importFrom(file, &count), QString());
    QCOMPARE(count, 1);
    QCOMPARE(other.importFrom(m_temporary->filePath(u"one.json"_s), &count), QString());
    QCOMPARE(count, 2);
    QStringList names;
    for (const PromptPreset &preset : other.presets().sliced(3))
        names.append(preset.name);
    QCOMPARE(names, (QStringList{u"Balanced (copy)"_s, u"Mine"_s, u"Mine (copy)"_s}));
    for (const PromptPreset &preset : other.presets().sliced(3))
        QVERIFY(!preset.builtIn && !preset.id.startsWith(u"builtin"_s));
    const QString failure = store.exportTo(u"/no/such/folder/x"_s);
    QVERIFY(failure.contains(u"/no/such/folder/x"_s));
}

void TestPresetStore::importsAllOrNone()
{
    PresetStore store(path());
    const QString file = m_temporary->filePath(u"in.json"_s);
    const QList<std::pair<QByteArray, QString>> cases{
        {"", u"JSON"_s},
        {"[]", u"format"_s},
        {R"({"format":"bitnet-presets","version":1,"presets":[]})", u"no presets"_s},
        {R"({"format":"bitnet-presets","version":9,"presets":[{"name":"a"}]})", u"later version"_s},
        {R"({"format":"bitnet-presets","version":1,"presets":[{"name":"Good"},{"name":"Bad","settings":{"n_predict":0}}]})",
         u"number 2, \"Bad\": n_predict must be a positive integer. Got 0."_s},
        {R"({"format":"bitnet-presets","version":1,"presets":[{"settings":{}}]})", u"\"name\""_s},
        {R"({"format":"bitnet-presets","version":1,"presets":[{"name":"a","settings":{"top_k":"many"}}]})",
         u"\"top_k\""_s},
    };
    for (const auto &[bytes, says] : cases) {
        write(file, bytes);
        const QString problem = store.importFrom(file);
        QVERIFY2(problem.contains(says) && problem.contains(file), qPrintable(problem));
    }
    QVERIFY(!store.importFrom(m_temporary->filePath(u"missing.json"_s)).isEmpty());
    QCOMPARE(store.presets().size(), 3);
}

void TestPresetStore::aDamagedFileIsMovedAside()
{
    write(path(), "{damaged");
    PresetStore store(path());
    QVERIFY(store.problem().contains(path()));
    QCOMPARE(store.presets().size(), 3);
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "{damaged"); // left alone so far
    QCOMPARE(store.add(u"New"_s, {}), QString());
    QVERIFY(store.problem().contains(path() + u".damaged"_s));
    QFile aside(path() + u".damaged"_s);
    QVERIFY(aside.open(QIODevice::ReadOnly));
    QCOMPARE(aside.readAll(), "{damaged");
    QCOMPARE(PresetStore(path()).presets().size(), 4);
}

void TestPresetStore::aLaterVersionIsReadOnly()
{
    const QByteArray bytes = R"({"format":"bitnet-presets","version":2,"presets":[{"id":"a","name":"A","mood":1}]})";
    write(path(), bytes);
    PresetStore store(path());
    QCOMPARE(store.presets().size(), 4);
    QVERIFY(!store.problem().isEmpty());
    QVERIFY(!store.add(u"B"_s, {}).isEmpty());
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), bytes);
}

void TestPresetStore::whatCanNotBeWrittenChangesNothing()
{
    write(m_temporary->filePath(u"data"_s), "a file where the folder would be");
    PresetStore store(path());
    const QSignalSpy changed(&store, &PresetStore::changed);
    const QString problem = store.add(u"A"_s, {});
    QVERIFY(!problem.isEmpty());
    QCOMPARE(store.presets().size(), 3);
    QCOMPARE(changed.count(), 0);
}

QTEST_GUILESS_MAIN(TestPresetStore)
#include "tst_presetstore.moc"
