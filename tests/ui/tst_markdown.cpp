// SPDX-License-Identifier: MIT
#include "ui/prompt/markdowninline.h"
#include "ui/prompt/markdownparser.h"

#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QStringDecoder>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestMarkdown : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void blocks_data();
    void blocks();
    void cutAnywhereGivesTheSame_data();
    void cutAnywhereGivesTheSame();
    void finalBlocksNeverChange();
    void halfATextIsSensible_data();
    void halfATextIsSensible();
    void longOnesAreCut_data();
    void longOnesAreCut();
    void randomTextNeverCrashes();
    void inlines_data();
    void inlines();
    void inlinesOfAGrowingText_data();
    void inlinesOfAGrowingText();
    void plainTextIsKept();
};

// "quote item heading2(Title)": each block with its containers, one a line.
static QString outline(const QList<MarkdownBlock> &blocks)
{
    QStringList lines;
    for (const MarkdownBlock &block : blocks) {
        QString line;
        for (const MarkdownContainer container : block.containers)
            line += container == MarkdownContainer::Quote ? u"> "_s : u"- "_s;
        if (!block.marker.isEmpty())
            line += block.marker + u' ';
        QString text = block.text;
        text.replace(u'\n', u'/');
        switch (block.kind) {
        case MarkdownBlock::Kind::Plain:
            line += u"plain("_s;
            break;
        case MarkdownBlock::Kind::Paragraph:
            line += u"p("_s;
            break;
        case MarkdownBlock::Kind::Heading:
            line += u"h%1("_s.arg(block.level);
            break;
        case MarkdownBlock::Kind::Code:
            line += u"code"_s + (block.language.isEmpty() ? u""_s : u":"_s + block.language)
                + (block.open ? u"…("_s : u"("_s);
            break;
        case MarkdownBlock::Kind::Table: {
            line += u"table("_s;
            for (const MarkdownAlignment alignment : block.columns)
                line += alignment == MarkdownAlignment::Left ? u'<'
                    : alignment == MarkdownAlignment::Right  ? u'>'
                                                             : u'=';
            for (const QStringList &row : block.rows)
                text += u'/' + row.join(u'|');
            break;
        }
        case MarkdownBlock::Kind::Rule:
            line += u"rule("_s;
            break;
        }
        lines.append(line + text + u')');
    }
    return lines.join(u'\n');
}

struct Case
{
    const char *name;
    QString source;
    QString outline;
};

static const QList<Case> &cases()
{
    static const QList<Case> all{
        {"nothing", u""_s, u""_s},
        {"blank", u"\n  \n\t\n"_s, u""_s},
        {"paragraphs", u"one\ntwo\n\nthree"_s, u"p(one/two)\np(three)"_s},
        {"windows line ends", u"one\r\ntwo\r\n\r\nthree\r\n"_s, u"p(one/two)\np(three)"_s},
        {"headings", u"# A\n## B ##\n#no\n####### no\n#\ntext\n### C#"_s,
         u"h1(A)\nh2(B)\np(#no/####### no)\nh1()\np(text)\nh3(C#)"_s},
        {"underlined", u"A\n===\nB\nC\n---\nD\n\n---"_s, u"h1(A)\nh2(B/C)\np(D)\nrule()"_s},
        {"rules", u"***\n- - -\n__ _\n--"_s, u"rule()\nrule()\nrule()\np(--)"_s},
        {"fence", u"```cpp title\nint i;\n\n  x\n```\nafter"_s, u"code:cpp(int i;//  x)\np(after)"_s},
        {"fence in a paragraph", u"text\n~~~\na\n~~~"_s, u"p(text)\ncode(a)"_s},
        {"longer fence", u"````\n```\n````"_s, u"code(```)"_s},
        {"indented fence", u"  ```\n  a\n    b\n  ```"_s, u"code(a/  b)"_s},
        {"open fence", u"```py\nx = 1\n"_s, u"code:py…(x = 1)"_s},
        {"empty fence", u"```\n```"_s, u"code()"_s},
        {"backticks are no fence", u"``` a ``` b"_s, u"p(``` a ``` b)"_s},
        {"indented code", u"text\n\n    a\n\n      b\n\nend"_s, u"p(text)\ncode(a//  b)\np(end)"_s},
        {"list", u"- a\n- b\n  more\n* c"_s, u"- • p(a)\n- • p(b/more)\n- • p(c)"_s},
        {"loose list", u"- a\n\n  b\n\n- c\n\nd"_s, u"- • p(a)\n- p(b)\n- • p(c)\np(d)"_s},
        {"numbers", u"3. a\n3. b\n1) c"_s, u"- 3. p(a)\n- 4. p(b)\n- 1) p(c)"_s},
        {"nested list", u"1. a\n   - b\n     - c\n       - d\n   - e\n2. f"_s,
         u"- 1. p(a)\n- - • p(b)\n- - - ◦ p(c)\n- - - - ▪ p(d)\n- - • p(e)\n- 2. p(f)"_s},
        {"nested by four", u"* a\n    * b\n        * c"_s, u"- • p(a)\n- - ◦ p(b)\n- - - ▪ p(c)"_s},
        {"tasks", u"- [ ] a\n- [x] b\n- [y] c\n[x] d"_s, u"- ☐ p(a)\n- ☑ p(b)\n- • p([y] c/[x] d)"_s},
        {"tab after the marker", u"-\ta\n\tb"_s, u"- • p(a/b)"_s},
        {"code in an item", u"1. a\n   ```sh\n   ls\n   ```\n2. b"_s, u"- 1. p(a)\n- code:sh(ls)\n- 2. p(b)"_s},
        {"item that is empty", u"-\n- b"_s, u"- • p()\n- • p(b)"_s},
        {"item in an item", u"- - a"_s, u"- • p()\n- - ◦ p(a)"_s},
        {"no list in a paragraph", u"born in\n1986. What a year\n- but this"_s,
         u"p(born in/1986. What a year)\n- • p(but this)"_s},
        {"quote", u"> a\nlazy\n> b\n\nc"_s, u"> p(a/lazy/b)\np(c)"_s},
        {"nested quote", u"> a\n>> b\n>\n> c"_s, u"> p(a)\n> > p(b)\n> p(c)"_s},
        {"list in a quote", u"> - a\n> - b\n> ```\n> c\n> ```"_s, u"> - • p(a)\n> - • p(b)\n> code(c)"_s},
        {"fence in a quote that ends", u"> ```\n> a\nb"_s, u"> code…(a)\np(b)"_s},
        {"table", u"| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 |\n| `x|y` | \\| | z | w |\nend"_s,
         u"table(<=>/a|b|c/1|2|/`x|y`|||z)\np(end)"_s},
        {"table without edges", u"a | b\n--|--\n1 | 2\n\nc"_s, u"table(<</a|b/1|2)\np(c)"_s},
        {"table under text", u"text\na | b\n-|-"_s, u"p(text)\ntable(<</a|b)"_s},
        {"no table", u"a | b\n--|--|--\n1 | 2"_s, u"p(a | b/--|--|--/1 | 2)"_s},
        {"html is text", u"<b>x</b>\n<script>y</script>"_s, u"p(<b>x</b>/<script>y</script>)"_s},
        {"other scripts", u"# 世界\n- ä😀\n"_s, u"h1(世界)\n- • p(ä😀)"_s},
    };
    return all;
}

void TestMarkdown::blocks_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    for (const Case &one : cases())
        QTest::newRow(one.name) << one.source << one.outline;
}

void TestMarkdown::blocks()
{
    QFETCH(const QString, source);
    QTEST(outline(MarkdownParser::parse(source)), "expected");
}

void TestMarkdown::cutAnywhereGivesTheSame_data()
{
    QTest::addColumn<QString>("source");
    QString everything;
    for (const Case &one : cases()) {
        QTest::newRow(one.name) << one.source;
        everything += one.source + u"\n\n"_s;
    }
    QTest::newRow("all together") << everything;
}

// As bytes, as they come from an engine.
void TestMarkdown::cutAnywhereGivesTheSame()
{
    QFETCH(const QString, source);
    const QByteArray bytes = source.toUtf8();
    const QList<MarkdownBlock> whole = MarkdownParser::parse(source);
    for (qsizetype cut = 0; cut <= bytes.size(); ++cut) {
        MarkdownParser parser;
        QStringDecoder decoder(QStringDecoder::Utf8);
        for (const QByteArray &part : {bytes.first(cut), bytes.sliced(cut)}) {
            const QString text = decoder(part);
            parser.append(text);
            parser.tail(); // a look at it changes nothing
        }
        parser.finish();
        QCOMPARE(parser.blocks(), whole);
        QVERIFY(parser.tail().isEmpty());
    }
    MarkdownParser parser;
    for (const QChar c : source)
        parser.append(QStringView(&c, 1));
    parser.finish();
    QCOMPARE(parser.blocks(), whole);
}

void TestMarkdown::finalBlocksNeverChange()
{
    MarkdownParser parser;
    QList<MarkdownBlock> before;
    for (const Case &one : cases()) {
        for (const QChar c : QString(one.source + u"\n\n"_s)) {
            parser.append(QStringView(&c, 1));
            QVERIFY(parser.blocks().size() >= before.size());
            QCOMPARE(parser.blocks().first(before.size()), before);
            before = parser.blocks();
        }
    }
}

void TestMarkdown::halfATextIsSensible_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    QTest::newRow("a word") << u"Hel"_s << u"p(Hel)"_s;
    QTest::newRow("a fence begins") << u"text\n``"_s << u"p(text)"_s;
    QTest::newRow("a fence with half a language") << u"```p"_s << u"code:p…()"_s;
    QTest::newRow("a fence") << u"```py\nprint("_s << u"code:py…(print()"_s;
    QTest::newRow("a fence ends") << u"```py\nprint()\n``"_s << u"code:py…(print())"_s;
    QTest::newRow("an item begins") << u"- a\n-"_s << u"- • p(a)"_s;
    QTest::newRow("a number begins") << u"1. a\n2"_s << u"- 1. p(a)"_s;
    QTest::newRow("no heading yet") << u"text\n-"_s << u"p(text)"_s;
    QTest::newRow("a delimiter row begins") << u"a | b\n--"_s << u"p(a | b)"_s;
    QTest::newRow("a row") << u"a | b\n--|--\n1 | 2"_s << u"table(<</a|b/1|2)"_s;
}

void TestMarkdown::halfATextIsSensible()
{
    QFETCH(const QString, source);
    MarkdownParser parser;
    parser.append(source);
    QTEST(outline(parser.blocks() + parser.tail()), "expected");
}

void TestMarkdown::longOnesAreCut_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<MarkdownBlock::Kind>("kind");
    QTest::newRow("code") << u"```\n"_s + QString(u"int i;\n"_s).repeated(5000) + u"```\n"_s
                          << MarkdownBlock::Kind::Code;
    QTest::newRow("open code") << u"```\n"_s + QString(u"int i;\n"_s).repeated(5000) << MarkdownBlock::Kind::Code;
    QTest::newRow("paragraph") << QString(u"word\n"_s).repeated(10000) << MarkdownBlock::Kind::Paragraph;
    QTest::newRow("one line") << QString(u"word "_s).repeated(20000) << MarkdownBlock::Kind::Paragraph;
    QTest::newRow("one word") << QString(50000, u'x') << MarkdownBlock::Kind::Paragraph;
    QTest::newRow("pairs") << QString(u"x"_s + QString(u"😀"_s).repeated(20000)) << MarkdownBlock::Kind::Paragraph;
    QTest::newRow("table") << u"a|b\n-|-\n"_s + QString(u"1|2\n"_s).repeated(1000) << MarkdownBlock::Kind::Table;
}

void TestMarkdown::longOnesAreCut()
{
    QFETCH(const QString, source);
    QFETCH(const MarkdownBlock::Kind, kind);
    const QList<MarkdownBlock> blocks = MarkdownParser::parse(source);
    QVERIFY(blocks.size() > 5);
    QString together;
    for (qsizetype i = 0; i < blocks.size(); ++i) {
        QCOMPARE(blocks[i].kind, kind);
        QVERIFY(blocks[i].text.size() < 13000 && blocks[i].rows.size() < 100);
        QCOMPARE(blocks[i].continued, i > 0);
        QCOMPARE(blocks[i].goesOn, i + 1 < blocks.size());
        QVERIFY(!blocks[i].text.isEmpty() || blocks[i].rows.size() > 1);
        QVERIFY(!blocks[i].text.startsWith(QChar(0xDE00)));
        together += blocks[i].text;
    }
    if (kind == MarkdownBlock::Kind::Paragraph)
        QCOMPARE(together.count(u'd') + together.count(u'x'), source.count(u'd') + source.count(u'x'));
    // Token by token too.
    MarkdownParser parser;
    for (qsizetype i = 0; i < source.size(); i += 7)
        parser.append(QStringView(source).sliced(i, std::min<qsizetype>(7, source.size() - i)));
    parser.finish();
    QCOMPARE(parser.blocks(), blocks);
}

void TestMarkdown::randomTextNeverCrashes()
{
    static const QStringList parts{u"\n"_s,  u"\n\n"_s, u"- "_s,   u"1. "_s, u"> "_s,    u"# "_s,
                                   u"```"_s, u"~~~"_s,  u"|"_s,    u"--"_s,  u"    "_s,  u"\t"_s,
                                   u"**"_s,  u"_"_s,    u"`"_s,    u"["_s,   u"]("_s,    u")"_s,
                                   u"!"_s,   u"<"_s,    u"word"_s, u"\\"_s,  u"&amp;"_s, u"https://x.org/"_s,
                                   u"😀"_s,   u"~~"_s,   u"\r"_s,   u":-:"_s};
    QRandomGenerator random(7);
    for (int i = 0; i < 3000; ++i) {
        QString source;
        for (int n = random.bounded(60); n > 0; --n)
            source += parts[random.bounded(int(parts.size()))];
        MarkdownParser parser;
        for (qsizetype at = 0; at < source.size();) {
            const qsizetype length = std::min<qsizetype>(1 + random.bounded(9), source.size() - at);
            parser.append(QStringView(source).sliced(at, length));
            for (const MarkdownBlock &block : parser.tail())
                parseInline(block.text, true);
            at += length;
        }
        parser.finish();
        QCOMPARE(parser.blocks(), MarkdownParser::parse(source));
        for (const MarkdownBlock &block : parser.blocks()) {
            const InlineText text = parseInline(block.text);
            int end = 0;
            for (const InlineSpan &span : text.spans) {
                QVERIFY(span.start >= end && span.length > 0);
                end = span.start + span.length;
            }
            QVERIFY(end <= text.text.size());
        }
    }
}

// "*a* **b** ~~c~~ `d` [e](f)": what parseInline() made of it, written out again in a fixed way.
static QString written(const InlineText &text)
{
    QString result;
    qsizetype at = 0;
    for (const InlineSpan &span : text.spans) {
        result += text.text.sliced(at, span.start - at);
        QString name;
        for (const auto &[style, letter] : {std::pair(InlineSpan::Emphasis, u'i'), std::pair(InlineSpan::Strong, u'b'),
                                            std::pair(InlineSpan::Struck, u's'), std::pair(InlineSpan::Code, u'c'),
                                            std::pair(InlineSpan::Link, u'l')}) {
            if (span.styles & style)
                name += QChar(letter);
        }
        result += u'{' + name + (span.target.isEmpty() ? u""_s : u"="_s + span.target) + u':'
            + text.text.sliced(span.start, span.length) + u'}';
        at = span.start + span.length;
    }
    return result + text.text.sliced(at);
}

void TestMarkdown::inlines_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &source, const QString &expected) {
        QTest::newRow(name) << source << expected;
    };
    row("plain", u"a b"_s, u"a b"_s);
    row("emphasis", u"*a* _b_"_s, u"{i:a} {i:b}"_s);
    row("strong", u"**a** __b__"_s, u"{b:a} {b:b}"_s);
    row("both", u"***a***"_s, u"{ib:a}"_s);
    row("nested", u"**a *b* c**"_s, u"{b:a }{ib:b}{b: c}"_s);
    row("struck", u"~~a~~ ~10 ~5"_s, u"{s:a} ~10 ~5"_s);
    row("within words", u"snake_case_name and 2*3*4"_s, u"snake_case_name and 2{i:3}4"_s);
    row("spaced stars", u"2 * 3 * 4"_s, u"2 * 3 * 4"_s);
    row("unclosed", u"**a and *b"_s, u"**a and *b"_s);
    row("left over", u"**a*"_s, u"*{i:a}"_s);
    row("rule of three", u"*a**b*"_s, u"{i:a**b}"_s);
    row("code", u"`a*b*` ``c`d`` ` e `"_s, u"{c:a*b*} {c:c`d} {c:e}"_s);
    row("unclosed code", u"`a *b*"_s, u"`a {i:b}"_s);
    row("escapes", u"\\*a\\* \\\\ \\x \\`"_s, u"*a* \\ \\x `"_s);
    row("entities", u"&lt;b&gt; &amp; &#65;&#x42; &bogus; &#0; AT&T"_s, u"<b> & AB &bogus; &#0; AT&T"_s);
    row("link", u"[a *b*](https://x.org \"t\") c"_s, u"{l=https://x.org:a }{il=https://x.org:b} c"_s);
    row("link with brackets", u"[a](x(y)z)"_s, u"{l=x(y)z:a}"_s);
    row("link in angles", u"[a](<b c>)"_s, u"{l=b c:a}"_s);
    row("no link", u"[a] (b) [c](d"_s, u"[a] (b) [c](d"_s);
    row("link without text", u"[](x.org)"_s, u"{l=x.org:x.org}"_s);
    row("image", u"![a cat](https://x.org/c.png)"_s, u"{l=https://x.org/c.png:a cat}"_s);
    row("script", u"[a](javascript:alert(1))"_s, u"{l=javascript:alert(1):a}"_s);
    row("autolink", u"<https://x.org/a_b_c>"_s, u"{l=https://x.org/a_b_c:https://x.org/a_b_c}"_s);
    row("address", u"see https://x.org/a_(b)?c=1, (http://y.org)."_s,
        u"see {l=https://x.org/a_(b)?c=1:https://x.org/a_(b)?c=1}, ({l=http://y.org:http://y.org})."_s);
    row("html", u"<b>x</b> <br>"_s, u"<b>x</b> <br>"_s);
    row("line ends", u"a\nb  \nc\\\nd"_s, u"a\nb  \nc\nd"_s);
    row("strong with a colon", u"**Note:** text"_s, u"{b:Note:} text"_s);
}

void TestMarkdown::inlines()
{
    QFETCH(const QString, source);
    QTEST(written(parseInline(source)), "expected");
}

void TestMarkdown::inlinesOfAGrowingText_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    QTest::newRow("strong") << u"a **bo"_s << u"a {b:bo}"_s;
    QTest::newRow("closing") << u"a **bo*"_s << u"a {b:bo}"_s;
    QTest::newRow("opening") << u"a **"_s << u"a "_s;
    QTest::newRow("code") << u"a `b *c"_s << u"a {c:b *c}"_s;
    QTest::newRow("complete") << u"**a** b"_s << u"{b:a} b"_s;
}

void TestMarkdown::inlinesOfAGrowingText()
{
    QFETCH(const QString, source);
    QTEST(written(parseInline(source, true)), "expected");
}

void TestMarkdown::plainTextIsKept()
{
    const QString text = u"# no *markup*\n\n  here"_s;
    QCOMPARE(outline(MarkdownParser::plain(text)), u"plain(# no *markup*//  here)"_s);
    const QString longText = QString(u"line\n"_s).repeated(5000);
    QString together;
    for (const MarkdownBlock &block : MarkdownParser::plain(longText))
        together += block.text + (block.goesOn ? u"\n"_s : QString());
    QCOMPARE(together, longText);
    QCOMPARE(MarkdownParser::plain(QString()).size(), 1);
}

QTEST_GUILESS_MAIN(TestMarkdown)
#include "tst_markdown.moc"
