// SPDX-License-Identifier: MIT
#include "ui/jobs/textranking.h"

#include <QRandomGenerator>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestTextRanking : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void compares_data();
    void compares();
    void ranksAsKeysCompare();
    void onlyTheBeginningOfLongTextsCounts();
    void nothing();
};

void TestTextRanking::compares_data()
{
    QTest::addColumn<QString>("a");
    QTest::addColumn<QString>("b");
    QTest::addColumn<int>("order");
    QTest::newRow("equal") << u"abc"_s << u"abc"_s << 0;
    QTest::newRow("case") << u"ABC"_s << u"abc"_s << 0;
    QTest::newRow("case beyond ASCII") << u"Äpfel"_s << u"äpfel"_s << 0;
    QTest::newRow("letters") << u"abc"_s << u"abd"_s << -1;
    QTest::newRow("prefix") << u"ab"_s << u"abc"_s << -1;
    QTest::newRow("prefix of whole words") << u"abcd"_s << u"abcde"_s << -1;
    QTest::newRow("numbers") << u"job 9"_s << u"job 10"_s << -1;
    QTest::newRow("leading zeros") << u"job 009"_s << u"job 9"_s << 0;
    QTest::newRow("zero and nothing") << u"job "_s << u"job 0"_s << -1;
    QTest::newRow("zero and one") << u"job 000"_s << u"job 1"_s << -1;
    QTest::newRow("number before letter") << u"a1"_s << u"ab"_s << -1;
    QTest::newRow("after numbers") << u"2 b"_s << u"2 a"_s << 1;
    QTest::newRow("empty") << QString() << u"a"_s << -1;
    QTest::newRow("NUL is a character") << u"a"_s << QString(u"a"_s + QChar(0)) << -1;
    QTest::newRow("NUL in between") << QString(u"a"_s + QChar(0) + u'c') << QString(u"a"_s + QChar(0) + u'b') << 1;
}

void TestTextRanking::compares()
{
    QFETCH(const QString, a);
    QFETCH(const QString, b);
    QFETCH(const int, order);
    const auto sign = [](int o) { return (o > 0) - (o < 0); };
    QCOMPARE(sign(TextRanking::key(a).compare(TextRanking::key(b))), order);
    QCOMPARE(sign(TextRanking::key(b).compare(TextRanking::key(a))), -order);
    TextRanking ranking;
    ranking.add(a);
    ranking.add(b);
    const std::vector<int> ranks = ranking.ranks();
    QCOMPARE(sign(ranks[0] - ranks[1]), order);
}

// Random texts from few characters, so that many are equal, begin alike or end within each other.
void TestTextRanking::ranksAsKeysCompare()
{
    QRandomGenerator random(3);
    const QString characters = u"aAb01 9ä\n"_s + QChar(0);
    QStringList texts;
    TextRanking ranking;
    ranking.reserve(400);
    for (int i = 0; i < 400; ++i) {
        QString text = i % 3 == 0 ? u"/usr/bin/program --input "_s : QString();
        for (int length = random.bounded(14); length > 0; --length)
            text += characters[random.bounded(int(characters.size()))];
        texts.append(text);
        ranking.add(text);
    }
    const std::vector<int> ranks = ranking.ranks();
    for (int i = 0; i < texts.size(); ++i) {
        int before = 0;
        const QString key = TextRanking::key(texts[i]);
        for (const QString &other : texts)
            before += TextRanking::key(other) < key;
        QCOMPARE(ranks[size_t(i)], before);
    }
}

void TestTextRanking::onlyTheBeginningOfLongTextsCounts()
{
    const QString beginning(500, u'p');
    QCOMPARE(TextRanking::key(QString(beginning + u'a')), TextRanking::key(QString(beginning + u'b')));
    QVERIFY(TextRanking::key(QString(1'000'000, u'1')).size() < 1000);
}

void TestTextRanking::nothing()
{
    QVERIFY(TextRanking().ranks().empty());
}

QTEST_GUILESS_MAIN(TestTextRanking)

#include "tst_textranking.moc"
