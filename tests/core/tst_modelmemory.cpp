// SPDX-License-Identifier: MIT
#include "core/runtime/modelmemory.h"

#include <QTest>

#include <limits>

using namespace BitNet;

Q_DECLARE_METATYPE(MemoryVerdict)

namespace {

constexpr qint64 mebibyte = 1024 * 1024;

ModelHeader header(qint64 kvHeadsOfAllLayers, qint64 headLength)
{
    return {.contextLength = 4096,
            .kvHeadsOfAllLayers = kvHeadsOfAllLayers,
            .keyLength = headLength,
            .valueLength = headLength};
}

} // namespace

class TestModelMemory : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void estimates_data();
    void estimates();
    void readsRealModel();
    void unknownCache();
    void absurdHeader();
    void verdicts_data();
    void verdicts();
};

void TestModelMemory::estimates_data()
{
    QTest::addColumn<ModelHeader>("model");
    QTest::addColumn<qint64>("context");
    QTest::addColumn<qint64>("expectedContext");
    QTest::addColumn<qint64>("kvCacheBytes");

    // What engines printed as "KV self size" for them.
    const ModelHeader small = header(8 * 12, 64);
    QTest::newRow("small-llama, 512") << small << qint64(512) << qint64(512) << 12 * mebibyte;
    QTest::newRow("small-llama, 1024") << small << qint64(1024) << qint64(1024) << 24 * mebibyte;
    QTest::newRow("tiny-bitnet, 512") << header(2 * 2, 128) << qint64(512) << qint64(512) << mebibyte;
    QTest::newRow("tiny-llama-bytes, 512") << header(2 * 2, 32) << qint64(512) << qint64(512) << mebibyte / 4;
    // BitNet b1.58 2B4T: 30 layers of 5 key-value heads of 128.
    QTest::newRow("bitnet 2B, 4096") << header(30 * 5, 128) << qint64(4096) << qint64(4096) << 300 * mebibyte;
    QTest::newRow("padded") << small << qint64(513) << qint64(544) << qint64(544) * 24576;
    QTest::newRow("the model's own") << small << qint64(0) << qint64(4096) << 96 * mebibyte;
}

void TestModelMemory::estimates()
{
    QFETCH(ModelHeader, model);
    QFETCH(qint64, context);
    const MemoryEstimate estimate = estimateMemory(model, 1000, context);
    QTEST(estimate.contextTokens, "expectedContext");
    QCOMPARE(estimate.weightsBytes, 1000);
    QFETCH(qint64, kvCacheBytes);
    QCOMPARE(estimate.kvCacheBytes, kvCacheBytes);
    QCOMPARE(estimate.total(), kvCacheBytes + 1000);
}

void TestModelMemory::readsRealModel()
{
    const auto model = readModelHeader(QStringLiteral(BITNET_TEST_DATA "/models/tiny-bitnet-i2_s.gguf")).header.value();
    QCOMPARE(estimateMemory(model, model.fileBytes, 512).total(), 598944 + mebibyte);
}

void TestModelMemory::unknownCache()
{
    ModelHeader noContext = header(10, 64);
    noContext.contextLength.reset();
    QCOMPARE(estimateMemory(noContext, 5, 0).kvCacheBytes, std::nullopt);
    ModelHeader noHeads = header(10, 64);
    noHeads.kvHeadsOfAllLayers.reset();
    QCOMPARE(estimateMemory(noHeads, 5, 512), (MemoryEstimate{5, std::nullopt, 512}));
    QCOMPARE(estimateMemory(noHeads, 5, 512).total(), 5);
}

void TestModelMemory::absurdHeader()
{
    const qint64 most = std::numeric_limits<quint32>::max();
    const MemoryEstimate estimate = estimateMemory(header(most * 4096, most), qint64(1) << 50, most);
    QVERIFY(estimate.total() > qint64(1) << 60);
    QCOMPARE(judgeMemory(estimate, qint64(1) << 50), MemoryVerdict::TooLarge);
}

void TestModelMemory::verdicts_data()
{
    QTest::addColumn<qint64>("need");
    QTest::addColumn<qint64>("available");
    QTest::addColumn<MemoryVerdict>("expected");

    QTest::newRow("far below") << qint64(10) << qint64(1000) << MemoryVerdict::Fits;
    QTest::newRow("85 %") << qint64(850) << qint64(1000) << MemoryVerdict::Fits;
    QTest::newRow("more than 85 %") << qint64(851) << qint64(1000) << MemoryVerdict::Tight;
    QTest::newRow("all of it") << qint64(1000) << qint64(1000) << MemoryVerdict::Tight;
    QTest::newRow("more") << qint64(1001) << qint64(1000) << MemoryVerdict::TooLarge;
    QTest::newRow("not known") << qint64(1) << qint64(-1) << MemoryVerdict::Unknown;
}

void TestModelMemory::verdicts()
{
    QFETCH(qint64, need);
    QFETCH(qint64, available);
    QTEST(judgeMemory({.weightsBytes = need - 1, .kvCacheBytes = 1},
                      available < 0 ? std::nullopt : std::optional(available)),
          "expected");
}

QTEST_GUILESS_MAIN(TestModelMemory)
#include "tst_modelmemory.moc"
