// SPDX-License-Identifier: MIT
#include "core/jobs/jobspecjson.h"

#include <QtTest>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestJobSpecJson : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsEveryMember();
    void keepsTheDefaults();
    void addsToTheDefaultEnvironment();
    void numbersAreSeconds_data();
    void numbersAreSeconds();
    void refuses_data();
    void refuses();
};

void TestJobSpecJson::readsEveryMember()
{
    QString error;
    const auto spec = jobSpecFromJson(
        R"({"command": ["/bin/echo", "ä", ""], "name": "greet", "cwd": "/tmp", "env": {"A": "1", "B": null},
            "timeout": "30s", "deadline": 90, "kill_grace": 0, "output_cap": 4096, "priority": -3, "group": "night",
            "held": true})",
        {}, &error);
    QVERIFY2(spec, qPrintable(error));

    JobSpec expected;
    expected.command = {u"/bin/echo"_s, u"ä"_s, QString()};
    expected.name = u"greet"_s;
    expected.workingDirectory = u"/tmp"_s;
    expected.environment.overrides = {{u"A"_s, u"1"_s}, {u"B"_s, std::nullopt}};
    expected.limits = {.timeout = 30s, .deadline = 90s, .killGrace = 0s, .outputCap = 4096};
    expected.priority = -3;
    expected.group = u"night"_s;
    expected.held = true;
    QVERIFY(*spec == expected);
}

void TestJobSpecJson::keepsTheDefaults()
{
    JobSpec defaults;
    defaults.command = {u"never"_s};
    defaults.name = u"default"_s;
    defaults.limits.timeout = 5s;
    defaults.priority = 7;

    const auto spec = jobSpecFromJson(R"({"command": ["true"], "priority": 1})", defaults);
    QVERIFY(spec);
    QCOMPARE(spec->command, QStringList{u"true"_s});
    QCOMPARE(spec->name, u"default"_s);
    QCOMPARE(spec->limits.timeout, 5s);
    QCOMPARE(spec->priority, 1);
}

void TestJobSpecJson::addsToTheDefaultEnvironment()
{
    JobSpec defaults;
    defaults.environment.overrides = {{u"A"_s, u"1"_s}, {u"B"_s, u"2"_s}};

    const auto spec = jobSpecFromJson(R"({"command": ["true"], "env": {"B": "3", "C": null}})", defaults);
    QVERIFY(spec);
    const QMap<QString, std::optional<QString>> expected = {{u"A"_s, u"1"_s}, {u"B"_s, u"3"_s}, {u"C"_s, std::nullopt}};
    QCOMPARE(spec->environment.overrides, expected);
}

void TestJobSpecJson::numbersAreSeconds_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("nanoseconds");

    QTest::newRow("whole") << QByteArray("30") << qint64(30'000'000'000);
    QTest::newRow("fraction") << QByteArray("0.25") << qint64(250'000'000);
    QTest::newRow("exponent") << QByteArray("1e-3") << qint64(1'000'000);
    QTest::newRow("bare number in a string") << QByteArray("\"1.5\"") << qint64(1'500'000'000);
}

void TestJobSpecJson::numbersAreSeconds()
{
    QFETCH(QByteArray, value);
    QFETCH(qint64, nanoseconds);

    const QByteArray line = "{\"command\": [\"true\"], \"timeout\": " + value + "}";
    QString error;
    const auto spec = jobSpecFromJson(line, {}, &error);
    QVERIFY2(spec, qPrintable(error));
    QCOMPARE(qint64(spec->limits.timeout.value().count()), nanoseconds);
}

void TestJobSpecJson::refuses_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("saying");

    const auto row = [](const char *name, QByteArray line, const QString &saying) {
        QTest::newRow(name) << line << saying;
    };
    const auto member = [](const QByteArray &text) { return QByteArray("{\"command\": [\"true\"], " + text + "}"); };
    row("empty", "", u"Not valid JSON"_s);
    row("cut off", "{\"command\": [\"true\"", u"Not valid JSON at byte"_s);
    row("no UTF-8", "{\"command\": [\"\xff\"]}", u"Not valid JSON"_s);
    row("a list", "[\"true\"]", u"must be a JSON object"_s);
    row("no command", "{\"name\": \"x\"}", u"\"command\" is missing"_s);
    row("command is a string", "{\"command\": \"ls -l\"}", u"no shell"_s);
    row("command is a number", "{\"command\": 1}", u"\"command\" must be a list of strings, not a number"_s);
    row("command is empty", "{\"command\": []}", u"The command is empty"_s);
    row("argument is a number", "{\"command\": [\"sleep\", 1]}", u"\"command[1]\" must be a string, not a number"_s);
    row("NUL in an argument", "{\"command\": [\"echo\", \"a\\u0000b\"]}", u"Argument 1 holds a NUL"_s);
    row("unknown member", member("\"timout\": 3"), u"\"timout\" is not known"_s);
    row("name is null", member("\"name\": null"), u"\"name\" must be a string, not null"_s);
    row("group is a list", member("\"group\": []"), u"\"group\" must be a string, not a list"_s);
    row("cwd is true", member("\"cwd\": true"), u"\"cwd\" must be a string"_s);
    row("env is a list", member("\"env\": [\"A=1\"]"), u"\"env\" must be an object"_s);
    row("env value is a number", member("\"env\": {\"A\": 1}"), u"\"env.A\" must be a string"_s);
    row("env name with =", member("\"env\": {\"A=\": \"1\"}"), u"can't hold"_s);
    row("timeout of zero", member("\"timeout\": 0"), u"\"timeout\" must be greater than zero"_s);
    row("negative timeout", member("\"timeout\": -1"), u"\"timeout\" must be greater than zero"_s);
    row("timeout in words", member("\"timeout\": \"soon\""), u"\"timeout\": \"soon\" is not a length of time"_s);
    row("timeout is true", member("\"timeout\": true"), u"\"timeout\" must be a length of time"_s);
    row("endless timeout", member("\"timeout\": 1e300"), u"3650 days"_s);
    row("timeout below a nanosecond", member("\"timeout\": 1e-12"), u"less than a nanosecond"_s);
    row("deadline too long", member("\"deadline\": \"3651d\""), u"\"deadline\": "_s);
    row("negative grace", member("\"kill_grace\": -1"), u"\"kill_grace\""_s);
    row("output cap of zero", member("\"output_cap\": 0"), u"\"output_cap\" must be between 1 and"_s);
    row("fractional cap", member("\"output_cap\": 1.5"), u"\"output_cap\" must be a whole number"_s);
    row("priority too large", member("\"priority\": 2147483648"),
        u"\"priority\" must be between -2147483648 and 2147483647"_s);
    row("priority is a string", member("\"priority\": \"high\""),
        u"\"priority\" must be a whole number, not a string"_s);
    row("held is a number", member("\"held\": 1"), u"\"held\" must be true or false"_s);
}

void TestJobSpecJson::refuses()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, saying);

    QString error;
    QVERIFY(!jobSpecFromJson(line, {}, &error));
    QVERIFY2(error.contains(saying), qPrintable(error));
}

QTEST_GUILESS_MAIN(TestJobSpecJson)
#include "tst_jobspecjson.moc"
