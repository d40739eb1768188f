// SPDX-License-Identifier: MIT
#include "core/jobs/jobspec.h"
#include "ui/jobs/commandline.h"

#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestCommandLine : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void readsBackWhatIsShown_data();
    void readsBackWhatIsShown();
};

void TestCommandLine::parses_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("looksLikeShell");
    QTest::newRow("empty") << QString() << QStringList() << false;
    QTest::newRow("blanks") << u" \t \n"_s << QStringList() << false;
    QTest::newRow("words") << u"ls  -l\t/tmp"_s << QStringList{u"ls"_s, u"-l"_s, u"/tmp"_s} << false;
    QTest::newRow("single quotes") << uR"(echo 'a  $b \n "c"')"_s << QStringList{u"echo"_s, uR"(a  $b \n "c")"_s}
                                   << false;
    QTest::newRow("double quotes") << uR"(echo "a \"b\" \\ \$c \n")"_s << QStringList{u"echo"_s, uR"(a "b" \ $c \n)"_s}
                                   << false;
    QTest::newRow("backslash") << uR"(a\ b \'c\' \\)"_s << QStringList{u"a b"_s, u"'c'"_s, u"\\"_s} << false;
    QTest::newRow("joined") << uR"(a'b c'"d e"f)"_s << QStringList{u"ab cd ef"_s} << false;
    QTest::newRow("empty argument") << uR"(x '' "")"_s << QStringList{u"x"_s, QString(), QString()} << false;
    QTest::newRow("pipe") << u"a | b > c"_s << QStringList{u"a"_s, u"|"_s, u"b"_s, u">"_s, u"c"_s} << true;
    QTest::newRow("variable") << u"echo $HOME"_s << QStringList{u"echo"_s, u"$HOME"_s} << true;
    QTest::newRow("wildcard") << u"ls *.txt"_s << QStringList{u"ls"_s, u"*.txt"_s} << true;
    QTest::newRow("quoted wildcard") << u"ls '*.txt'"_s << QStringList{u"ls"_s, u"*.txt"_s} << false;
    QTest::newRow("other scripts") << u"say 'grüß 你'"_s << QStringList{u"say"_s, u"grüß 你"_s} << false;
}

void TestCommandLine::parses()
{
    QFETCH(const QString, line);
    QFETCH(const QStringList, arguments);
    QFETCH(const bool, looksLikeShell);
    const CommandLine parsed = CommandLine::parse(line);
    QCOMPARE(parsed.error, QString());
    QCOMPARE(parsed.arguments, arguments);
    QCOMPARE(parsed.looksLikeShell, looksLikeShell);
}

void TestCommandLine::refuses_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("word");
    QTest::newRow("single quote") << u"echo 'abc"_s << u"6"_s;
    QTest::newRow("double quote") << u"\"abc\\\""_s << u"1"_s;
    QTest::newRow("backslash") << u"abc\\"_s << u"backslash"_s;
}

void TestCommandLine::refuses()
{
    QFETCH(const QString, line);
    QFETCH(const QString, word);
    QVERIFY2(CommandLine::parse(line).error.contains(word), qPrintable(CommandLine::parse(line).error));
}

void TestCommandLine::readsBackWhatIsShown_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("plain") << QStringList{u"ls"_s, u"-l"_s};
    QTest::newRow("awkward") << QStringList{u"a b"_s,         u"it's"_s, u"\"q\""_s, u"$x"_s,
                                            u"back\\slash"_s, QString(), u"tab\t"_s};
    QTest::newRow("lines") << QStringList{u"p"_s, u"one\ntwo"_s};
}

void TestCommandLine::readsBackWhatIsShown()
{
    QFETCH(const QStringList, command);
    QCOMPARE(CommandLine::parse(displayCommand(command)).arguments, command);
}

QTEST_GUILESS_MAIN(TestCommandLine)
#include "tst_commandline.moc"
