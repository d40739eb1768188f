// SPDX-License-Identifier: MIT
#include "ui/engine/modeltablemodel.h"
#include "ui/engine/servertablemodel.h"
#include "ui/engine/tonedelegate.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

using Failure = QAbstractItemModelTester::FailureReportingMode;

ModelEntry model(const QString &path, qint64 bytes = 1000)
{
    ModelHeader header{.architecture = u"llama"_s};
    header.weights = {u"Q4_K_M"_s, u"4.8 bits per weight"_s};
    header.contextLength = 4096;
    header.kvHeadsOfAllLayers = 8;
    header.keyLength = 64;
    header.valueLength = 64;
    return {.path = path, .files = {path}, .bytes = bytes, .parameters = 2'410'000'000, .header = header};
}

QString text(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

} // namespace

class TestEngineTables : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void modelsComeChangeAndGo();
    void rowsThatStayKeepTheirIndex();
    void judgesForTheContext();
    void tellsWhatCanNotBeUsed();
    void absentIsADash();
    void sortsByNumbers();
    void serversComeChangeAndGo();
    void everyServerStateHasWordToneAndIcon();
};

void TestEngineTables::modelsComeChangeAndGo()
{
    ModelTableModel models;
    const QAbstractItemModelTester tester(&models, Failure::QtTest);
    QCOMPARE(models.columnCount(), ModelTableModel::columnCountValue);
    models.setModels({model(u"/b"_s), model(u"/d"_s)});
    QCOMPARE(models.rowCount(), 2);
    models.setModels({model(u"/a"_s), model(u"/b"_s), model(u"/c"_s), model(u"/d"_s), model(u"/e"_s)});
    QCOMPARE(models.rowCount(), 5);
    for (int row = 0; row < 5; ++row)
        QCOMPARE(models.entry(row).path, QString(u'/' + QChar(u'a' + row)));
    QSignalSpy changes(&models, &QAbstractItemModel::dataChanged);
    models.setModels({model(u"/a"_s), model(u"/c"_s, 5), model(u"/e"_s)});
    QCOMPARE(models.rowCount(), 3);
    QCOMPARE(models.entry(1).bytes, 5);
    QCOMPARE(changes.size(), 1);
    models.setModels({});
    QCOMPARE(models.rowCount(), 0);
    models.setModels({model(u"/z"_s)});
    QCOMPARE(text(models, 0, ModelTableModel::Name), u"z"_s);
}

void TestEngineTables::rowsThatStayKeepTheirIndex()
{
    ModelTableModel models;
    models.setModels({model(u"/b"_s), model(u"/d"_s)});
    const QPersistentModelIndex d(models.index(1, 0));
    models.setModels({model(u"/a"_s), model(u"/c"_s), model(u"/d"_s)});
    QVERIFY(d.isValid());
    QCOMPARE(d.row(), 2);
    QCOMPARE(d.data(ModelTableModel::PathRole).toString(), u"/d"_s);
}

// 1 MB of weights, and keys and values of 8 × (64 + 64) × 2 bytes a token.
void TestEngineTables::judgesForTheContext()
{
    ModelTableModel models;
    models.setModels({model(u"/a"_s, 1'000'000)});
    models.setConditions(1024, 4'000'000);
    QCOMPARE(models.estimate(0)->total(), 1'000'000 + 1024 * 2048);
    QCOMPARE(models.verdict(0), MemoryVerdict::Fits);
    QSignalSpy changes(&models, &QAbstractItemModel::dataChanged);
    models.setConditions(1024, 3'200'000);
    QCOMPARE(changes.size(), 1);
    QCOMPARE(models.verdict(0), MemoryVerdict::Tight);
    models.setConditions(2048, 3'200'000);
    QCOMPARE(models.verdict(0), MemoryVerdict::TooLarge);
    const QModelIndex verdict = models.index(0, ModelTableModel::Verdict);
    QCOMPARE(verdict.data().toString(), ModelTableModel::verdictWord(MemoryVerdict::TooLarge));
    QCOMPARE(verdict.data(ToneDelegate::ToneRole).toInt(), static_cast<int>(Tone::Bad));
    QVERIFY(!verdict.data(ToneDelegate::IconRole).toString().isEmpty());
    models.setConditions(2048, std::nullopt);
    QCOMPARE(models.verdict(0), MemoryVerdict::Unknown);
    changes.clear();
    models.setConditions(2048, std::nullopt);
    QCOMPARE(changes.size(), 0);
}

void TestEngineTables::tellsWhatCanNotBeUsed()
{
    ModelTableModel models;
    ModelEntry broken = model(u"/a"_s);
    broken.problem = u"It is incomplete."_s;
    models.setModels({broken});
    models.setConditions(1024, 1'000'000'000);
    QCOMPARE(models.verdict(0), MemoryVerdict::Unknown);
    const QModelIndex verdict = models.index(0, ModelTableModel::Verdict);
    QCOMPARE(verdict.data().toString(), u"Unusable"_s);
    QCOMPARE(verdict.data(Qt::ToolTipRole).toString(), broken.problem);
    QVERIFY(!verdict.data(ModelTableModel::UsableRole).toBool());
    QVERIFY(models.description(0).contains(broken.problem));
}

void TestEngineTables::absentIsADash()
{
    ModelTableModel models;
    models.setModels({ModelEntry{.path = u"/x/no.gguf"_s, .files = {u"/x/no.gguf"_s}, .problem = u"It is empty."_s}});
    QCOMPARE(text(models, 0, ModelTableModel::Name), u"no"_s);
    for (const int column : {ModelTableModel::Architecture, ModelTableModel::Parameters, ModelTableModel::Quantisation,
                             ModelTableModel::Context, ModelTableModel::Parts, ModelTableModel::Memory})
        QCOMPARE(text(models, 0, column), u"\u2014"_s);
    for (int column = 0; column < models.columnCount(); ++column)
        QVERIFY(!models.headerData(column, Qt::Horizontal).toString().isEmpty());
}

void TestEngineTables::sortsByNumbers()
{
    ModelTableModel models;
    models.setModels({model(u"/a"_s, 900), model(u"/b"_s, 10'000), model(u"/c"_s, 2000)});
    QSortFilterProxyModel proxy;
    const QAbstractItemModelTester tester(&proxy, Failure::QtTest);
    proxy.setSourceModel(&models);
    proxy.setSortRole(ModelTableModel::SortRole);
    proxy.sort(ModelTableModel::Size, Qt::DescendingOrder);
    QStringList paths;
    for (int row = 0; row < proxy.rowCount(); ++row)
        paths += proxy.index(row, 0).data(ModelTableModel::PathRole).toString();
    QCOMPARE(paths, (QStringList{u"/b"_s, u"/c"_s, u"/a"_s}));
}

void TestEngineTables::serversComeChangeAndGo()
{
    ServerTableModel servers([](const QString &program) { return QString(u"engine of "_s + program); });
    const QAbstractItemModelTester tester(&servers, Failure::QtTest);
    ServerSnapshot one{.name = u"one · 8081"_s};
    one.model = u"/models/tiny.gguf"_s;
    one.engine = u"/e/llama-server"_s;
    one.url = QUrl(u"http://127.0.0.1:8081"_s);
    one.slotCount = 4;
    servers.apply(one);
    servers.apply({.name = u"two · 8082"_s});
    QCOMPARE(servers.rowCount(), 2);
    one.state = ServerState::Busy;
    one.busySlots = 3;
    QSignalSpy changes(&servers, &QAbstractItemModel::dataChanged);
    servers.apply(one);
    QCOMPARE(changes.size(), 1);
    QCOMPARE(servers.rowCount(), 2);
    QCOMPARE(text(servers, 0, ServerTableModel::State), u"Busy"_s);
    QCOMPARE(text(servers, 0, ServerTableModel::Slots), u"3 of 4"_s);
    QCOMPARE(text(servers, 0, ServerTableModel::Address), u"127.0.0.1:8081"_s);
    QCOMPARE(text(servers, 0, ServerTableModel::Model), u"tiny.gguf"_s);
    QCOMPARE(text(servers, 0, ServerTableModel::Engine), u"engine of /e/llama-server"_s);
    QCOMPARE(text(servers, 1, ServerTableModel::Engine), u"\u2014"_s);
    servers.remove(u"one · 8081"_s);
    servers.remove(u"unknown"_s);
    QCOMPARE(servers.rowCount(), 1);
    QCOMPARE(servers.rowOf(u"two · 8082"_s), 0);
    QCOMPARE(servers.rowOf(u"one · 8081"_s), -1);
}

void TestEngineTables::everyServerStateHasWordToneAndIcon()
{
    QSet<QString> words;
    for (const ServerState state : {ServerState::Stopped, ServerState::Starting, ServerState::Ready, ServerState::Busy,
                                    ServerState::Stopping, ServerState::Failed}) {
        words.insert(ServerTableModel::stateWord({.state = state}));
        QVERIFY(!ServerTableModel::icon(state).isEmpty());
        QVERIFY(ServerTableModel::tone(state) != Tone::Plain);
    }
    QCOMPARE(words.size(), 6);
}

QTEST_MAIN(TestEngineTables)
#include "tst_enginetables.moc"
