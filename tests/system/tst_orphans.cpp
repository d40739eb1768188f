// SPDX-License-Identifier: MIT
// Never an orphan: closing the application, killing it, or a crash leaves no llama-server.
#include "support/supervisorfixture.h"

#include <QElapsedTimer>
#include <QProcess>

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestOrphans : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void closingKillingOrCrashLeavesNoServer_data();
    void closingKillingOrCrashLeavesNoServer();
};

namespace {

enum class End { Closed, Killed, Crashed };

// The tag in a process's environment; empty when there is none.
QByteArray tagOf(qint64 pid)
{
    QFile file(u"/proc/%1/environ"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray name = QByteArray(jobTagVariable) + '=';
    const QList<QByteArray> variables = file.readAll().split('\0');
    for (const QByteArray &variable : variables) {
        if (variable.startsWith(name))
            return variable.sliced(name.size());
    }
    return {};
}

} // namespace

Q_DECLARE_METATYPE(End)

void TestOrphans::closingKillingOrCrashLeavesNoServer_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("state");
    QTest::addColumn<End>("end");

    QStringList programs{u"bitnet-servingcore"_s};
    if (QFileInfo::exists(binaryPath(u"bitnet-servingwindow"_s)))
        programs += u"bitnet-servingwindow"_s;
    for (const QString &program : std::as_const(programs)) {
        for (const char *state : {"loading", "ready", "busy"}) {
            for (const auto &[name, end] : {std::pair("closed", End::Closed), std::pair("killed", End::Killed),
                                            std::pair("crashed", End::Crashed)}) {
                QTest::addRow("%s, %s, %s", qPrintable(program), state, name)
                    << program << QString::fromLatin1(state) << end;
            }
        }
    }
}

void TestOrphans::closingKillingOrCrashLeavesNoServer()
{
    QFETCH(QString, program);
    QFETCH(QString, state);
    QFETCH(End, end);
    const QTemporaryDir folder;
    QProcess application;
    application.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    application.start(binaryPath(program), {folder.path(), state});
    QByteArray said;
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     said += application.readAllStandardOutput();
                     return said.contains('\n') || application.state() == QProcess::NotRunning;
                 },
                 patience),
             "the server did not come up");
    QVERIFY2(said.startsWith("server "), said.constData());
    const qint64 server = said.trimmed().sliced(7).toLongLong();
    const QByteArray tag = tagOf(server);
    QVERIFY(!tag.isEmpty());
    QCOMPARE(countTagged(tag), 1);

    switch (end) {
    case End::Closed:
        application.write("close\n");
        break;
    case End::Killed:
        application.kill();
        break;
    case End::Crashed:
        application.write("crash\n");
        break;
    }
    QVERIFY(QTest::qWaitFor([&] { return application.state() == QProcess::NotRunning; }, patience));
    QElapsedTimer since;
    since.start();
    if (end == End::Closed) {
        QCOMPARE(application.exitStatus(), QProcess::NormalExit);
        QCOMPARE(application.exitCode(), 0);
    } else {
        QCOMPARE(application.exitStatus(), QProcess::CrashExit);
        QCOMPARE(application.exitCode(), end == End::Killed ? SIGKILL : SIGABRT);
    }
    QVERIFY2(QTest::qWaitFor([&] { return countTagged(tag) == 0; }, 500), "the server is still there after 500 ms");
    qInfo("none left after %lld ms", since.elapsed());
}

QTEST_GUILESS_MAIN(TestOrphans)
#include "tst_orphans.moc"
