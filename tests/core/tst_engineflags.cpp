// SPDX-License-Identifier: MIT
#include "core/runtime/engineflags.h"

#include "support/enginefixture.h"

#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class tst_EngineFlags : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void fromHelp_data();
    void fromHelp();
    void recorded_data();
    void recorded();
    void unknown();
};

void tst_EngineFlags::fromHelp_data()
{
    QTest::addColumn<QByteArray>("help");
    QTest::addColumn<QSet<QString>>("flags");

    using Flags = QSet<QString>;
    QTest::newRow("empty") << QByteArray() << Flags{};
    QTest::newRow("one") << QByteArray("--version    show version\n") << Flags{u"--version"_s};
    QTest::newRow("aliases, padded") << QByteArray("-t,    --threads N      number\n")
                                     << Flags{u"-t"_s, u"--threads"_s};
    QTest::newRow("three aliases") << QByteArray("-h,    --help, --usage    print\n")
                                   << Flags{u"-h"_s, u"--help"_s, u"--usage"_s};
    QTest::newRow("no space after the comma") << QByteArray("-a,--all  everything") << Flags{u"-a"_s, u"--all"_s};
    QTest::newRow("descriptions and continued lines are no flags")
        << QByteArray("-cnv,  --conversation    run, -x, in conversation mode:\n"
                      "                         - does not print\n"
                      "                         -y, --yes\n")
        << Flags{u"-cnv"_s, u"--conversation"_s};
    QTest::newRow("both modes on one line, as newer engines write it")
        << QByteArray("-cnv,  --conversation, -no-cnv, --no-conversation\n"
                      "                         whether to run in conversation mode\n"
                      "-st,   --single-turn     one turn\n")
        << Flags{u"-cnv"_s, u"--conversation"_s, u"-no-cnv"_s, u"--no-conversation"_s, u"-st"_s, u"--single-turn"_s};
    QTest::newRow("rulers of dashes") << QByteArray("----- common params -----\n-\n--\n") << Flags{};
    QTest::newRow("the value after an equals sign") << QByteArray("--mode=NAME  the mode\n") << Flags{u"--mode"_s};
    QTest::newRow("CRLF") << QByteArray("--version\r\n-v,  --verbose\r\n")
                          << Flags{u"--version"_s, u"-v"_s, u"--verbose"_s};
    QTest::newRow("no newline at the end") << QByteArray("usage\n-m") << Flags{u"-m"_s};
    QTest::newRow("a comma at the end of the line") << QByteArray("-m,\n--model\n") << Flags{u"-m"_s, u"--model"_s};
    QTest::newRow("not UTF-8, NULs") << QByteArray("\xff\xfe-a\n\0-b\n-c\n", 12) << Flags{u"-c"_s};
}

void tst_EngineFlags::fromHelp()
{
    QFETCH(QByteArray, help);
    QFETCH(QSet<QString>, flags);
    const EngineFlags result = EngineFlags::fromHelp(help);
    QCOMPARE(result.flags, flags);
    QCOMPARE(result.known, !flags.isEmpty());
    QCOMPARE(result.why.isEmpty(), result.known);
}

void tst_EngineFlags::recorded_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QString>("flag");
    QTest::addColumn<bool>("listed");

    for (const QString &engine : {u"bitnet"_s, u"llamacpp"_s}) {
        const bool isNewer = engine == "llamacpp"_L1;
        for (const QString &flag : {u"-m"_s, u"-n"_s, u"-t"_s, u"-p"_s, u"-f"_s, u"-c"_s, u"-b"_s, u"-ngl"_s,
                                    u"--temp"_s, u"--seed"_s, u"-cnv"_s, u"--no-display-prompt"_s, u"--simple-io"_s,
                                    u"--log-disable"_s, u"--no-warmup"_s, u"--no-perf"_s, u"--help"_s, u"--version"_s})
            QTest::addRow("%s has %s", qPrintable(engine), qPrintable(flag)) << engine << flag << true;
        for (const QString &flag :
             {u"-no-cnv"_s, u"--no-conversation"_s, u"--jinja"_s, u"--device"_s, u"--chat-template-file"_s})
            QTest::addRow("%s %s", qPrintable(engine), qPrintable(flag)) << engine << flag << isNewer;
        for (const QString &flag : {u"-st"_s, u"--single-turn"_s, u"-"_s, u"-----"_s})
            QTest::addRow("%s lacks %s", qPrintable(engine), qPrintable(flag)) << engine << flag << false;
    }
}

void tst_EngineFlags::recorded()
{
    QFETCH(QString, engine);
    QFETCH(QString, flag);
    QFETCH(bool, listed);
    QCOMPARE(Testing::recordedFlags(engine).contains(flag), listed);
}

void tst_EngineFlags::unknown()
{
    const EngineFlags flags = EngineFlags::unknown(u"Because."_s);
    QVERIFY(!flags.known);
    QCOMPARE(flags.why, u"Because."_s);
    QVERIFY(!flags.contains(u"-m"_s));
}

QTEST_GUILESS_MAIN(tst_EngineFlags)
#include "tst_engineflags.moc"
