// SPDX-License-Identifier: MIT
#include "core/runtime/modelwarnings.h"

#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

// 1 MB of weights, and keys and values of 2048 bytes a token.
ModelEntry model(bool needsBitNet = false)
{
    ModelHeader header{.architecture = u"llama"_s};
    header.weights = {u"I2_S"_s, {}};
    header.needsBitNetEngine = needsBitNet;
    header.contextLength = 4096;
    header.kvHeadsOfAllLayers = 8;
    header.keyLength = 64;
    header.valueLength = 64;
    return {.path = u"/m.gguf"_s, .bytes = 1'000'000, .header = header};
}

} // namespace

class tst_ModelWarnings : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void fields_data();
    void fields();
    void saysWhatToDo();
    void withoutAHeader();
    void ofAnIncompleteModel();
};

void tst_ModelWarnings::fields_data()
{
    QTest::addColumn<bool>("needsBitNet");
    QTest::addColumn<int>("slotTokens");
    QTest::addColumn<int>("contextTokens");
    QTest::addColumn<EngineFamily>("family");
    QTest::addColumn<qint64>("available"); // 0: not known
    QTest::addColumn<QStringList>("expected");
    const qint64 plenty = 1'000'000'000;
    const auto none = QStringList();
    QTest::newRow("all well") << false << 2048 << 2048 << EngineFamily::LlamaCpp << plenty << none;
    QTest::newRow("the whole context") << false << 4096 << 4096 << EngineFamily::LlamaCpp << plenty << none;
    QTest::newRow("one token more") << false << 4097 << 4097 << EngineFamily::LlamaCpp << plenty
                                    << QStringList{u"ctx_size"_s};
    QTest::newRow("many slots share it") << false << 4096 << 16384 << EngineFamily::LlamaCpp << plenty << none;
    QTest::newRow("I2_S on llama.cpp") << true << 2048 << 2048 << EngineFamily::LlamaCpp << plenty
                                       << QStringList{u"model"_s};
    QTest::newRow("I2_S on bitnet.cpp") << true << 2048 << 2048 << EngineFamily::BitNetCpp << plenty << none;
    QTest::newRow("I2_S on the unknown") << true << 2048 << 2048 << EngineFamily::Unknown << plenty << none;
    QTest::newRow("I2_S on the replay engine") << true << 2048 << 2048 << EngineFamily::Replay << plenty << none;
    QTest::newRow("too large") << false << 1024 << 1024 << EngineFamily::LlamaCpp << qint64(3'000'000)
                               << QStringList{u"model"_s};
    QTest::newRow("tight") << false << 1024 << 1024 << EngineFamily::LlamaCpp << qint64(3'200'000)
                           << QStringList{u"model"_s};
    QTest::newRow("memory not known") << false << 1024 << 1024 << EngineFamily::LlamaCpp << qint64(0) << none;
    QTest::newRow("everything") << true << 5000 << 5000 << EngineFamily::LlamaCpp << qint64(1000)
                                << QStringList{u"ctx_size"_s, u"model"_s, u"model"_s};
}

void tst_ModelWarnings::fields()
{
    QFETCH(bool, needsBitNet);
    QFETCH(int, slotTokens);
    QFETCH(int, contextTokens);
    QFETCH(EngineFamily, family);
    QFETCH(qint64, available);
    QFETCH(QStringList, expected);
    QStringList fields;
    for (const ConfigurationIssue &warning : modelWarnings(model(needsBitNet), slotTokens, contextTokens, family,
                                                           available > 0 ? std::optional(available) : std::nullopt))
        fields += warning.field;
    QCOMPARE(fields, expected);
}

void tst_ModelWarnings::saysWhatToDo()
{
    const QList<ConfigurationIssue> warnings = modelWarnings(model(true), 5000, 5000, EngineFamily::LlamaCpp, 1000);
    QCOMPARE(warnings.size(), 3);
    QVERIFY(warnings[0].message.contains("Ask for at most 4096."_L1));
    QVERIFY(warnings[1].message.contains("Choose an engine of bitnet.cpp."_L1));
    QVERIFY(warnings[2].message.contains("Choose a smaller context or model."_L1));
}

void tst_ModelWarnings::withoutAHeader()
{
    QVERIFY(modelWarnings({.path = u"/m.gguf"_s, .bytes = 1'000'000}, 5000, 5000, EngineFamily::LlamaCpp, 1).isEmpty());
}

void tst_ModelWarnings::ofAnIncompleteModel()
{
    ModelEntry half = model();
    half.problem = u"It is incomplete: download it again."_s;
    const auto of = [&](EngineFamily family) { return modelWarnings(half, 2048, 2048, family, 1'000'000'000); };
    QCOMPARE(of(EngineFamily::LlamaCpp).size(), 1);
    QCOMPARE(of(EngineFamily::LlamaCpp).constFirst().field, u"model"_s);
    QVERIFY(of(EngineFamily::LlamaCpp).constFirst().message.contains(half.problem));
    QVERIFY(of(EngineFamily::Replay).isEmpty()); // it reads none
}

QTEST_GUILESS_MAIN(tst_ModelWarnings)
#include "tst_modelwarnings.moc"
