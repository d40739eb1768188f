// SPDX-License-Identifier: MIT
#include "ui/output/linetext.h"

#include <QElapsedTimer>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

QByteArray operator""_b(const char *text, std::size_t size)
{
    return QByteArray(text, qsizetype(size));
}

LineText parse(const QByteArray &bytes, const LineParsing &parsing = {})
{
    return LineText::parse(bytes, parsing);
}

TextStyle styleOf(const LineText &line, int column)
{
    return line.styles().at(line.cells().at(std::size_t(column)).style);
}

constexpr quint32 red = TextStyle::indexed | 1;

} // namespace

class TestLineText : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void shows_data();
    void shows();
    void sgr_data();
    void sgr();
    void stylesOfColumns();
    void styleGoesOnWithTheNextLine();
    void styleAfterManyLines();
    void columnsOfWideCharacters();
    void sourcesOfColumns();
    void unfinishedCharacterAtAnOpenEnd();
    void foldedInsideACharacter();
    void stopsWhenEnoughIsKnown();
    void manyUpdatesOfOneLine();
    void anyBytes();
};

void TestLineText::shows_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("shown");

    QTest::newRow("plain") << "hello\n"_b << u"hello"_s;
    QTest::newRow("no newline") << "hello"_b << u"hello"_s;
    QTest::newRow("empty") << "\n"_b << u""_s;
    QTest::newRow("DOS") << "hello\r\n"_b << u"hello"_s;
    QTest::newRow("progress") << " 10%\r 50%\r100%\n"_b << u"100%"_s;
    QTest::newRow("shorter update") << "working\rdone\n"_b << u"doneing"_s;
    QTest::newRow("shorter update, erased") << "working\r\x1b[Kdone\n"_b << u"done"_s;
    QTest::newRow("whole line erased") << "working\x1b[2K\rdone\n"_b << u"done"_s;
    QTest::newRow("erased to the cursor") << "abcdef\x1b[3D\x1b[1Kx"_b << u"   xef"_s;
    QTest::newRow("to a column") << "abcdef\x1b[2Gx"_b << u"axcdef"_s;
    QTest::newRow("forward over nothing") << "a\x1b[3Cb"_b << u"a   b"_s;
    QTest::newRow("far away") << "\x1b[999999999Cx"_b << QString(QString(4096, u' ') + u'x');
    QTest::newRow("backspace") << "abd\bc"_b << u"abc"_s;
    QTest::newRow("backspace at the begin") << "\b\b\bx"_b << u"x"_s;
    QTest::newRow("backspace over a wide one") << "日\bx"_b << u"x "_s;
    QTest::newRow("tab") << "a\tb\n"_b << u"a\tb"_s;
    QTest::newRow("colours") << "\x1b[1;31mred\x1b[0m plain\n"_b << u"red plain"_s;
    QTest::newRow("title") << "\x1b]0;my title\atext"_b << u"text"_s;
    QTest::newRow("link") << "\x1b]8;;https://x.org\x1b\\link\x1b]8;;\x1b\\!"_b << u"link!"_s;
    QTest::newRow("image") << "\x1bPq#0;2;0\x1b\\x"_b << u"x"_s;
    QTest::newRow("cursor hidden") << "\x1b[?25lx\x1b[?25h"_b << u"x"_s;
    QTest::newRow("charset") << "\x1b(Bx\x1b=y"_b << u"xy"_s;
    QTest::newRow("bell") << "a\ab"_b << u"ab"_s;
    QTest::newRow("NUL") << "a\0b"_b << u"a\uFFFDb"_s;
    QTest::newRow("controls") << "\x01\x1f\x7f"_b << u"\u2401\u241f\u2421"_s;
    QTest::newRow("lone escape") << "a\x1b"_b << u"a\u241b"_s;
    QTest::newRow("unfinished sequence") << "a\x1b[12"_b << u"a\u241b[12"_s;
    QTest::newRow("unfinished title") << "\x1b]0;abc"_b << u"\u241b]0;abc"_s;
    QTest::newRow("umlaut") << "\xc3\xa4"_b << u"ä"_s;
    QTest::newRow("euro") << "\xe2\x82\xac"_b << u"€"_s;
    QTest::newRow("beyond the BMP") << "\xf0\x9f\x9a\x80!"_b << u"🚀!"_s;
    QTest::newRow("combining") << "e\xcc\x81x"_b << u"e\u0301x"_s;
    QTest::newRow("joined emoji") << "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb!"_b << u"👩‍💻!"_s;
    QTest::newRow("not UTF-8") << "a\xff\xfe b"_b << u"a\uFFFD\uFFFD b"_s;
    QTest::newRow("cut") << "\xe2\x82 x"_b << u"\uFFFD x"_s;
    QTest::newRow("continuation alone") << "\x80x"_b << u"\uFFFDx"_s;
    QTest::newRow("longer than needed") << "\xc0\xaf"_b << u"\uFFFD\uFFFD"_s;
    QTest::newRow("surrogate") << "\xed\xa0\x80"_b << u"\uFFFD\uFFFD\uFFFD"_s;
    QTest::newRow("past the last") << "\xf4\x90\x80\x80"_b << u"\uFFFD\uFFFD\uFFFD\uFFFD"_s;
    QTest::newRow("direction is not changed") << "a\xe2\x80\xae"
                                                 "b"_b
                                              << u"a\uFFFDb"_s;
    QTest::newRow("line separator") << "a\xe2\x80\xa8"
                                       "b"_b
                                    << u"a\uFFFDb"_s;
    QTest::newRow("8 bit control") << "a\xc2\x9b"
                                      "31mb"_b
                                   << u"a\uFFFD31mb"_s;
}

void TestLineText::shows()
{
    QFETCH(QByteArray, bytes);
    const LineText line = parse(bytes);
    QTEST(line.text(), "shown");
    QVERIFY(line.isComplete());
}

void TestLineText::sgr_data()
{
    QTest::addColumn<QByteArray>("parameters");
    QTest::addColumn<quint32>("foreground");
    QTest::addColumn<quint32>("background");
    QTest::addColumn<int>("flags");

    const quint32 none = TextStyle::ordinary;
    QTest::newRow("red") << "31"_b << red << none << 0;
    QTest::newRow("bright red") << "91"_b << (TextStyle::indexed | 9u) << none << 0;
    QTest::newRow("on blue") << "44"_b << none << (TextStyle::indexed | 4u) << 0;
    QTest::newRow("on bright blue") << "104"_b << none << (TextStyle::indexed | 12u) << 0;
    QTest::newRow("bold red on white") << "1;31;47"_b << red << (TextStyle::indexed | 7u) << int(TextStyle::Bold);
    QTest::newRow("256") << "38;5;196"_b << (TextStyle::indexed | 196u) << none << 0;
    QTest::newRow("256, more behind") << "48;5;7;1"_b << none << (TextStyle::indexed | 7u) << int(TextStyle::Bold);
    QTest::newRow("256 out of range") << "38;5;256"_b << none << none << 0;
    QTest::newRow("24 bit") << "38;2;1;2;3"_b << (TextStyle::exact | 0x010203u) << none << 0;
    QTest::newRow("24 bit, more behind") << "48;2;255;0;9;3"_b << none << (TextStyle::exact | 0xff0009u)
                                         << int(TextStyle::Italic);
    QTest::newRow("24 bit, colons") << "38:2::10:20:30"_b << (TextStyle::exact | 0x0a141eu) << none << 0;
    QTest::newRow("24 bit, fewer colons") << "38:2:10:20:30"_b << (TextStyle::exact | 0x0a141eu) << none << 0;
    QTest::newRow("256, colons") << "38:5:99;4"_b << (TextStyle::indexed | 99u) << none << int(TextStyle::Underline);
    QTest::newRow("curly") << "4:3"_b << none << none << int(TextStyle::Underline);
    QTest::newRow("no underline") << "4;4:0"_b << none << none << 0;
    QTest::newRow("underline colour is no colour") << "58;5;1"_b << none << none << 0;
    QTest::newRow("reset") << "1;31;0"_b << none << none << 0;
    QTest::newRow("empty is a reset") << ""_b << none << none << 0;
    QTest::newRow("all flags") << "1;2;3;4;7;8;9"_b << none << none << 0x7f;
    QTest::newRow("and back") << "1;2;3;4;7;8;9;22;23;24;27;28;29"_b << none << none << 0;
    QTest::newRow("default colours") << "31;41;39;49"_b << none << none << 0;
    QTest::newRow("unknown") << "5;6;73;123456789012"_b << none << none << 0;
    QTest::newRow("truncated") << "38;5"_b << none << none << 0;
    QTest::newRow("truncated 24 bit") << "38;2;1;2"_b << none << none << 0;
    QTest::newRow("private") << "?31"_b << none << none << 0;
}

void TestLineText::sgr()
{
    QFETCH(QByteArray, parameters);
    TextStyle style;
    applySgr(parameters, style);
    QTEST(style.foreground, "foreground");
    QTEST(style.background, "background");
    QTEST(int(style.flags), "flags");
}

void TestLineText::stylesOfColumns()
{
    const LineText line = parse("a\x1b[31mb\x1b[1mc\x1b[0md");
    QCOMPARE(line.columns(), 4);
    QCOMPARE(styleOf(line, 0), TextStyle());
    QCOMPARE(styleOf(line, 1), (TextStyle{red, 0, 0}));
    QCOMPARE(styleOf(line, 2), (TextStyle{red, 0, TextStyle::Bold}));
    QCOMPARE(styleOf(line, 3), TextStyle());
}

void TestLineText::styleGoesOnWithTheNextLine()
{
    const LineText first = parse("\x1b[31mred\n");
    QCOMPARE(first.endStyle(), (TextStyle{red, 0, 0}));
    LineParsing parsing;
    parsing.style = first.endStyle();
    const LineText second = parse("still\x1b[m not\n", parsing);
    QCOMPARE(styleOf(second, 0), (TextStyle{red, 0, 0}));
    QCOMPARE(styleOf(second, 6), TextStyle());
}

void TestLineText::styleAfterManyLines()
{
    QCOMPARE(styleAfter("one\n\x1b[1mtwo\n\x1b[31mthree\x1b[K\n\x1b[4", {}), (TextStyle{red, 0, TextStyle::Bold}));
    QCOMPARE(styleAfter("\x1b[mone", {red, red, 1}), TextStyle());
    QCOMPARE(styleAfter("", {red, red, 1}), (TextStyle{red, red, 1}));
}

void TestLineText::columnsOfWideCharacters()
{
    const LineText line = parse("a日b\tc");
    QCOMPARE(line.columns(), 9); // a, 2, b, tab up to 8, c
    QCOMPARE(line.cellBegin(2), 1);
    QCOMPARE(line.cellBegin(3), 3);
    QCOMPARE(line.cellBegin(6), 4);
    QCOMPARE(line.cellBegin(9), 9);
    QCOMPARE(line.text(1, 4), u"日b"_s);
    QCOMPARE(line.text(4, 9), u"\tc"_s);
    // Overwriting half of a wide character takes the other half too.
    QCOMPARE(parse("日本\x1b[2Gx").text(), u" x本"_s);
    QCOMPARE(parse("日本\x1b[3Gxy").text(), u"日xy"_s);
}

void TestLineText::sourcesOfColumns()
{
    const LineText line = parse("ab\x1b[31mcd\x1b[0m\xe2\x82\xac!");
    QCOMPARE(line.columnOf(0), 0);
    QCOMPARE(line.columnOf(2), 2); // inside of the sequence: what comes behind it
    QCOMPARE(line.columnOf(7), 2);
    QCOMPARE(line.columnOf(13), 4);
    QCOMPARE(line.columnOf(16), 5);
    QCOMPARE(line.columnOf(17), 6);
}

void TestLineText::unfinishedCharacterAtAnOpenEnd()
{
    LineParsing open;
    open.open = true;
    QCOMPARE(parse("token \xe2\x82", open).text(), u"token "_s);
    QCOMPARE(parse("token \xe2\x82").text(), u"token \uFFFD"_s);
    QCOMPARE(parse("token \x1b[3", open).text(), u"token "_s);
    QCOMPARE(parse("token \xff", open).text(), u"token \uFFFD"_s);
}

void TestLineText::foldedInsideACharacter()
{
    LineParsing first;
    first.lookahead = 2;
    QCOMPARE(parse("ab\xe2\x82\xac", first).text(), u"ab€"_s);
    first.lookahead = 3;
    QCOMPARE(parse("ab\xe2\x82\xac"
                   "cd",
                   first)
                 .text(),
             u"ab€"_s);
    LineParsing second;
    second.folded = true;
    QCOMPARE(parse("\x82\xac"
                   "cd",
                   second)
                 .text(),
             u"cd"_s);
    QCOMPARE(parse("cd", second).text(), u"cd"_s);
}

void TestLineText::stopsWhenEnoughIsKnown()
{
    LineParsing parsing;
    parsing.maximumColumns = 100;
    const LineText cut = parse(QByteArray(30'000, 'x'), parsing);
    QVERIFY(!cut.isComplete());
    QCOMPARE(cut.columns(), 100);
    // Not when something behind may still change what is in front.
    const LineText whole = parse(QByteArray(30'000, 'x') + "\rY", parsing);
    QVERIFY(whole.isComplete());
    QVERIFY(whole.text().startsWith(u"Yxx"_s));
    const LineText coloured = parse(QByteArray(30'000, 'x') + "\x1b[31m", parsing);
    QCOMPARE(coloured.endStyle(), (TextStyle{red, 0, 0}));
}

void TestLineText::manyUpdatesOfOneLine()
{
    QByteArray bytes;
    for (int i = 0; i <= 1000; ++i)
        bytes += "\r\x1b[32mstep " + QByteArray::number(i) + "\x1b[0m\x1b[K";
    QCOMPARE(parse(bytes).text(), u"step 1000"_s);
}

// Whatever comes, it ends, and no cell points outside.
void TestLineText::anyBytes()
{
    quint32 state = 42;
    const auto random = [&state](quint32 bound) {
        state = state * 1664525 + 1013904223;
        return (state >> 8) % bound;
    };
    static const QByteArray likely(
        "\x1b\x1b[];0123456789mKCDGHJ\r\n\b\t\a\xe2\x82\xac\xf0\x9f\x9a\x80\xcc\x81\x00\x7f ab", 49);
    for (int round = 0; round < 3000; ++round) {
        QByteArray bytes;
        for (quint32 i = 0, size = random(200); i < size; ++i)
            bytes += random(4) ? likely.at(qsizetype(random(quint32(likely.size())))) : char(random(256));
        LineParsing parsing;
        parsing.lookahead = std::min<qsizetype>(random(4), bytes.size());
        parsing.folded = random(2);
        parsing.open = random(2);
        parsing.maximumColumns = random(2) ? 1 << 20 : 20;
        const LineText line = parse(bytes, parsing);
        for (int column = 0; column < line.columns(); ++column) {
            const TextCell &cell = line.cells().at(std::size_t(column));
            QVERIFY(cell.source >= 0 && cell.source <= bytes.size());
            QVERIFY(cell.style < line.styles().size());
            QVERIFY(cell.cluster < line.clusters().size());
            QVERIFY(cell.width <= 8);
            QVERIFY(cell.width > 0 || column > 0);
        }
        const QString text = line.text();
        QVERIFY(!text.contains(u'\n') && !text.contains(u'\r') && !text.contains(u'\x1b'));
    }
}

QTEST_GUILESS_MAIN(TestLineText)
#include "tst_linetext.moc"
