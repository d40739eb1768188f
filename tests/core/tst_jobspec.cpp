// SPDX-License-Identifier: MIT
#include "core/jobs/duration.h"
#include "core/jobs/jobspec.h"

#include <QProcess>
#include <QtTest>

#include <functional>

#include <sys/resource.h>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using SpecChange = std::function<void(JobSpec &)>;
Q_DECLARE_METATYPE(SpecChange)

class TestJobSpec : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void refusesWhatLinuxCouldNotPass();
    void neverQuotesAValueOfTheEnvironment();
    void displayNames_data();
    void displayNames();
    void displayCommands_data();
    void displayCommands();
    void displayCommandReadsBackInAShell();
};

static JobSpec plainSpec()
{
    return {.command = {u"true"_s}};
}

void TestJobSpec::accepts_data()
{
    QTest::addColumn<SpecChange>("change");

    const auto row = [](const char *name, SpecChange change) { QTest::newRow(name) << change; };
    row("plain", [](JobSpec &) {});
    row("longest argument", [](JobSpec &s) { s.command << QString(maximumArgumentBytes, u'x'); });
    row("empty argument", [](JobSpec &s) { s.command << QString(); });
    row("no grace", [](JobSpec &s) { s.limits.killGrace = 0ns; });
    row("shortest timeout", [](JobSpec &s) { s.limits.timeout = 1ns; });
    row("longest deadline", [](JobSpec &s) { s.limits.deadline = maximumDuration; });
    row("empty value", [](JobSpec &s) { s.environment.overrides[u"A"_s] = QString(); });
    row("unset variable", [](JobSpec &s) { s.environment.overrides[u"A"_s] = std::nullopt; });
    row("private file", [](JobSpec &s) { s.files = {{.name = u"prompt.txt"_s, .content = "x"}}; });
}

void TestJobSpec::accepts()
{
    QFETCH(SpecChange, change);

    JobSpec spec = plainSpec();
    change(spec);
    const auto problem = validate(spec);
    QVERIFY2(!problem, qPrintable(problem.value_or(QString())));
}

void TestJobSpec::refuses_data()
{
    QTest::addColumn<SpecChange>("change");
    QTest::addColumn<QString>("saying");

    const auto row = [](const char *name, SpecChange change, const QString &saying) {
        QTest::newRow(name) << change << saying;
    };
    const QString withNul = u"a\0b"_s;
    row(
        "no command", [](JobSpec &s) { s.command.clear(); }, u"The command is empty"_s);
    row(
        "no program",
        [](JobSpec &s) {
            s.command = {QString(), u"x"_s};
        },
        u"The program's name is empty"_s);
    row(
        "fault 15: NUL in the program", [=](JobSpec &s) { s.command[0] = withNul; },
        u"The program's name holds a NUL"_s);
    row(
        "fault 15: NUL in an argument", [=](JobSpec &s) { s.command << u"ok"_s << withNul; },
        u"Argument 2 holds a NUL"_s);
    row(
        "fault 15: argument of 128 KiB", [](JobSpec &s) { s.command << QString(131072, u'x'); },
        u"Argument 1 is 131072 bytes long; one argument can have at most 131071"_s);
    row(
        "fault 15: long in bytes only", [](JobSpec &s) { s.command << QString(65536, u'ä'); }, u"131072 bytes"_s);
    row(
        "fault 15: long in surrogate pairs", [](JobSpec &s) { s.command << u"\U0001F600"_s.repeated(32768); },
        u"131072 bytes"_s);
    row(
        "fault 15: 3 MB of arguments",
        [](JobSpec &s) {
            for (int i = 0; i < 30; ++i)
                s.command << QString(100'000, u'x');
        },
        u"bytes together"_s);
    row(
        "NUL in the working directory", [=](JobSpec &s) { s.workingDirectory = withNul; }, u"The working directory"_s);
    row(
        "variable without a name", [](JobSpec &s) { s.environment.overrides[QString()] = u"x"_s; }, u"is empty"_s);
    row(
        "= in a name", [](JobSpec &s) { s.environment.overrides[u"A=B"_s] = u"x"_s; }, u"can't hold \"=\""_s);
    row(
        "NUL in a name", [=](JobSpec &s) { s.environment.overrides[withNul] = u"x"_s; }, u"holds a NUL"_s);
    row(
        "NUL in a value", [=](JobSpec &s) { s.environment.overrides[u"A"_s] = withNul; }, u"variable A holds a NUL"_s);
    row(
        "long value", [](JobSpec &s) { s.environment.overrides[u"A%2"_s] = QString(131069, u'x'); },
        u"variable A%2 is 131073 bytes long with its value"_s);
    row(
        "allowed name with =", [](JobSpec &s) { s.environment.allowed << u"A="_s; }, u"can't hold \"=\""_s);
    row(
        "timeout of zero", [](JobSpec &s) { s.limits.timeout = 0ns; }, u"The timeout must be greater than zero"_s);
    row(
        "negative timeout", [](JobSpec &s) { s.limits.timeout = -1s; }, u"The timeout must be greater than zero"_s);
    row(
        "deadline of zero", [](JobSpec &s) { s.limits.deadline = 0ns; }, u"The deadline must be greater than zero"_s);
    row(
        "negative grace", [](JobSpec &s) { s.limits.killGrace = -1ns; }, u"The kill grace can't be negative"_s);
    row(
        "timeout too long", [](JobSpec &s) { s.limits.timeout = maximumDuration + 1ns; }, u"3650 days"_s);
    row(
        "deadline too long", [](JobSpec &s) { s.limits.deadline = std::chrono::nanoseconds::max(); }, u"3650 days"_s);
    row(
        "grace too long", [](JobSpec &s) { s.limits.killGrace = std::chrono::nanoseconds::max(); }, u"3650 days"_s);
    row(
        "no output cap", [](JobSpec &s) { s.limits.outputCap = 0; }, u"output cap"_s);
    row(
        "file in a folder", [](JobSpec &s) { s.files = {{.name = u"a/b"_s, .content = {}}}; }, u"plain file name"_s);
    row(
        "file without a name", [](JobSpec &s) { s.files = {{.name = {}, .content = {}}}; }, u"plain file name"_s);
    row(
        "the folder above", [](JobSpec &s) { s.files = {{.name = u".."_s, .content = {}}}; }, u"plain file name"_s);
    row(
        "file name too long", [](JobSpec &s) { s.files = {{.name = QString(256, u'n'), .content = {}}}; },
        u"plain file name"_s);
    row(
        "the output's own name", [](JobSpec &s) { s.files = {{.name = u"output.log"_s, .content = {}}}; },
        u"the place of the job's output"_s);
    row(
        "two files of one name",
        [](JobSpec &s) {
            s.files = {{u"a"_s, {}}, {u"b"_s, {}}, {u"a"_s, {}}};
        },
        u"two private files with the name \"a\""_s);
}

void TestJobSpec::refuses()
{
    QFETCH(SpecChange, change);
    QFETCH(QString, saying);

    JobSpec spec = plainSpec();
    change(spec);
    const auto problem = validate(spec);
    QVERIFY(problem);
    QVERIFY2(problem->contains(saying), qPrintable(*problem));
}

// The bound must not refuse what the kernel would take by much, nor let through what it would not.
void TestJobSpec::refusesWhatLinuxCouldNotPass()
{
    int accepted = 0;
    for (int count = 1; count <= 64; ++count) {
        JobSpec spec = plainSpec();
        for (int i = 0; i < count; ++i)
            spec.command << QString(100'000, u'x');
        if (validate(spec))
            break;
        accepted = count;
        QProcess process;
        process.start(spec.command.constFirst(), spec.command.mid(1));
        QVERIFY2(process.waitForStarted(), qPrintable(process.errorString()));
        QVERIFY(process.waitForFinished());
    }
    rlimit stack = {};
    QCOMPARE(getrlimit(RLIMIT_STACK, &stack), 0);
    const qint64 passable = qBound(rlim_t(131072), stack.rlim_cur / 4, rlim_t(6 * 1024 * 1024));
    QVERIFY2(qint64(accepted + 2) * 100'000 > passable, qPrintable(u"only %1 arguments accepted"_s.arg(accepted)));
}

void TestJobSpec::neverQuotesAValueOfTheEnvironment()
{
    const QString secret = u"hunter2-"_s;
    JobSpec spec = plainSpec();
    spec.environment.overrides[u"API_KEY"_s] = QString(secret + u'\0');
    QVERIFY(!validate(spec).value().contains(secret));
    spec.environment.overrides[u"API_KEY"_s] = secret.repeated(20'000);
    QVERIFY(!validate(spec).value().contains(secret));
}

void TestJobSpec::displayNames_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");

    QTest::newRow("given") << QStringList{u"/bin/ls"_s} << u"List"_s << u"List"_s;
    QTest::newRow("from the path") << QStringList{u"/bin/ls"_s, u"-l"_s} << QString() << u"ls"_s;
    QTest::newRow("a bare program") << QStringList{u"python3"_s} << QString() << u"python3"_s;
    QTest::newRow("a folder") << QStringList{u"/bin/"_s} << QString() << u"/bin/"_s;
    QTest::newRow("nothing") << QStringList() << QString() << QString();
}

void TestJobSpec::displayNames()
{
    QFETCH(QStringList, command);
    QFETCH(QString, name);
    QFETCH(QString, expected);

    QCOMPARE(displayName({.command = command, .name = name}), expected);
}

void TestJobSpec::displayCommands_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("expected");

    const auto row = [](const QStringList &command, const char *expected) {
        QTest::newRow(expected) << command << QString::fromUtf8(expected);
    };
    row({u"sh"_s, u"-c"_s, u"sleep 1"_s}, "sh -c 'sleep 1'");
    row({u"a"_s, QString()}, "a ''");
    row({u"it's"_s}, "'it'\\''s'");
    row({u"A=1"_s, u"B=2"_s}, "'A=1' B=2");
    row({u"echo"_s, u"$HOME"_s, u"`x`"_s, u"a\"b"_s, u"~"_s, u"#"_s}, "echo '$HOME' '`x`' 'a\"b' '~' '#'");
    row({u"echo"_s, u"two\nlines\tit's \\ \u001b"_s}, "echo $'two\\nlines\\tit\\'s \\\\ \\033'");
    row({u"echo"_s, u"größer"_s}, "echo 'größer'");
    row({}, "");
}

void TestJobSpec::displayCommands()
{
    QFETCH(QStringList, command);
    QFETCH(QString, expected);

    QCOMPARE(displayCommand(command), expected);
}

void TestJobSpec::displayCommandReadsBackInAShell()
{
    const QString bash = QStandardPaths::findExecutable(u"bash"_s);
    if (bash.isEmpty())
        QSKIP("bash is not installed");
    const QStringList arguments = {u"plain"_s, QString(),          u" "_s,       u"'"_s,   u"\\"_s, u"$(id)"_s,
                                   u"a\nb"_s,  u"\u0001\u007f1"_s, u"\u00853"_s, u"ünï"_s, u"!x"_s, u"*"_s,
                                   u"-n"_s,    u"a=b"_s,           u"{a,b}"_s,   u"\r\n"_s};
    QProcess shell;
    shell.start(bash, {u"-c"_s, QString(displayCommand(QStringList{u"printf"_s, u"%s\\0"_s} + arguments))});
    QVERIFY(shell.waitForFinished());
    QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), QString(arguments.join(u'\0') + u'\0'));
}

QTEST_GUILESS_MAIN(TestJobSpec)
#include "tst_jobspec.moc"
