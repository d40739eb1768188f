// SPDX-License-Identifier: MIT
#include "core/output/bytepattern.h"

#include <QRandomGenerator>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestBytePattern : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void finds_data();
    void finds();
    void findsExactBytes();
    void agreesWithTheSlowWay_data();
    void agreesWithTheSlowWay();
    void staysInside();
};

void TestBytePattern::finds_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("sensitive");
    QTest::addColumn<QString>("hay");
    QTest::addColumn<QString>("found"); // null: none

    const QString padding(100, u'.');
    QTest::newRow("same case") << u"error"_s << true << padding + u"an error here"_s << u"error"_s;
    QTest::newRow("other case, sensitive") << u"error"_s << true << padding + u"an ERROR here"_s << QString();
    QTest::newRow("other case") << u"error"_s << false << padding + u"an ErRoR here"_s << u"ErRoR"_s;
    QTest::newRow("upper pattern") << u"ERROR"_s << false << u"error"_s << u"error"_s;
    QTest::newRow("no letters") << u"[42]"_s << false << padding + u"{42} [42]"_s << u"[42]"_s;
    QTest::newRow("brackets are not braces") << u"["_s << false << u"{"_s << QString();
    QTest::newRow("accents") << u"être"_s << false << padding + u"ÊTRE"_s << u"ÊTRE"_s;
    QTest::newRow("accents, sensitive") << u"être"_s << true << u"ÊTRE"_s << QString();
    QTest::newRow("greek") << u"ΣΟΦΌΣ"_s << false << u"xx σοφόσ"_s << u"σοφόσ"_s;
    QTest::newRow("cyrillic, other lead byte") << u"пример"_s << false << padding + u"ПРИМЕР"_s << u"ПРИМЕР"_s;
    QTest::newRow("other length in bytes") << u"ɐb"_s << false << padding + u"Ɐb"_s << u"Ɐb"_s;
    QTest::newRow("emoji") << u"🚀 go"_s << false << padding + u"🚀 GO"_s << u"🚀 GO"_s;
    QTest::newRow("longer than the hay") << u"error"_s << false << u"err"_s << QString();
    QTest::newRow("at the very end") << u"z"_s << false << padding + u"Z"_s << u"Z"_s;
    QTest::newRow("empty") << u""_s << false << u"abc"_s << QString();
}

void TestBytePattern::finds()
{
    QFETCH(QString, text);
    QFETCH(bool, sensitive);
    QFETCH(QString, hay);
    QFETCH(QString, found);
    const QByteArray bytes = hay.toUtf8();
    const BytePattern pattern = BytePattern::text(text, sensitive ? Qt::CaseSensitive : Qt::CaseInsensitive);
    const BytePattern::Match match = pattern.find(bytes.constData(), bytes.size());
    QCOMPARE(match.begin >= 0, !found.isNull());
    if (!found.isNull())
        QCOMPARE(QString::fromUtf8(bytes.mid(match.begin, match.end - match.begin)), found);
    QCOMPARE(pattern.isEmpty(), text.isEmpty());
}

void TestBytePattern::findsExactBytes()
{
    const QByteArray hay = QByteArray(70, '\xff') + QByteArray("\0\xfe\0", 3) + "tail";
    const BytePattern::Match match = BytePattern::exact(QByteArray("\xfe\0", 2)).find(hay.constData(), hay.size());
    QCOMPARE(match.begin, 71);
    QCOMPARE(match.end, 73);
}

void TestBytePattern::agreesWithTheSlowWay_data()
{
    QTest::addColumn<QByteArray>("needle");
    QTest::newRow("one") << QByteArray("a");
    QTest::newRow("two") << QByteArray("ab");
    QTest::newRow("overlapping") << QByteArray("aba");
    QTest::newRow("long") << QByteArray("abcabcaab");
}

void TestBytePattern::agreesWithTheSlowWay()
{
    QFETCH(QByteArray, needle);
    QRandomGenerator random(11);
    QByteArray hay(20'000, Qt::Uninitialized);
    for (char &byte : hay)
        byte = char('a' + random.bounded(3));
    const BytePattern exact = BytePattern::exact(needle);
    const BytePattern anyCase = BytePattern::text(QString::fromLatin1(needle.toUpper()), Qt::CaseInsensitive);
    for (qsizetype from = 0; from < hay.size(); from += 1 + from / 50) {
        const qsizetype expected = hay.indexOf(needle, from);
        QCOMPARE(exact.find(hay.constData(), hay.size(), from).begin, expected);
        QCOMPARE(anyCase.find(hay.constData(), hay.size(), from).begin, expected);
    }
}

// Sizes around the 64 places that are looked at together; the sanitizers watch the bounds.
void TestBytePattern::staysInside()
{
    for (qsizetype size = 0; size < 200; ++size) {
        auto hay = std::make_unique<char[]>(std::size_t(size));
        std::fill_n(hay.get(), size, 'e');
        const BytePattern pattern = BytePattern::text(u"ee"_s, Qt::CaseInsensitive);
        QCOMPARE(pattern.find(hay.get(), size).begin, size >= 2 ? 0 : -1);
        QCOMPARE(BytePattern::text(u"ef"_s, Qt::CaseInsensitive).find(hay.get(), size).begin, -1);
        if (size > 1) {
            hay[std::size_t(size - 1)] = 'F';
            QCOMPARE(BytePattern::text(u"ef"_s, Qt::CaseInsensitive).find(hay.get(), size).begin, size - 2);
        }
        QCOMPARE(pattern.find(hay.get(), size, size + 5).begin, -1);
    }
}

QTEST_GUILESS_MAIN(TestBytePattern)
#include "tst_bytepattern.moc"
