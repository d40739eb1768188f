// SPDX-License-Identifier: MIT
#include "core/runtime/batchsize.h"

#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestBatchSize : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void byTheWeights_data();
    void byTheWeights();
    void ofRealModels_data();
    void ofRealModels();
    void withoutAHeader();
};

void TestBatchSize::byTheWeights_data()
{
    QTest::addColumn<QString>("weights");
    QTest::addColumn<bool>("needsBitNet");
    QTest::addColumn<int>("expected");
    QTest::newRow("llama.cpp's") << u"Q4_K_M"_s << false << 128;
    QTest::newRow("ternary") << u"I2_S"_s << true << 128;
    QTest::newRow("tables for ARM") << u"TL1"_s << true << 1;
    QTest::newRow("tables for x86") << u"TL2"_s << true << 1;
    QTest::newRow("some tensors of bitnet.cpp's, said to be another type") << u"F16"_s << true << 1;
}

void TestBatchSize::byTheWeights()
{
    QFETCH(QString, weights);
    QFETCH(bool, needsBitNet);
    ModelHeader header;
    header.weights.name = weights;
    header.needsBitNetEngine = needsBitNet;
    QTEST(automaticBatchSize(header), "expected");
}

void TestBatchSize::ofRealModels_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("F16") << u"tiny-llama-chat-f16.gguf"_s;
    QTest::newRow("I2_S") << u"tiny-bitnet-i2_s.gguf"_s;
}

void TestBatchSize::ofRealModels()
{
    QFETCH(QString, file);
    const ModelHeaderReading reading = readModelHeader(u"" BITNET_TEST_DATA "/models/"_s + file);
    QVERIFY2(reading.header, qPrintable(reading.problem));
    QCOMPARE(automaticBatchSize(reading.header), 128);
}

void TestBatchSize::withoutAHeader()
{
    QCOMPARE(automaticBatchSize(std::nullopt), 1);
}

QTEST_GUILESS_MAIN(TestBatchSize)
#include "tst_batchsize.moc"
