// SPDX-License-Identifier: MIT
#include "core/history/datafolder.h"
#include "core/history/instancelock.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestInstanceLock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void makesTheFolder();
    void isHeldOnce();
    void isFreeWhenItsHolderWasKilled();
    void isNotInherited();
    void contentDecidesNothing_data();
    void contentDecidesNothing();
    void knowsThePreviousHolder();
    void saysWhyItFailed();
};

static void writeLockFile(const QString &folder, const QByteArray &content)
{
    QFile file(folder + u"/instance.lock"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

void TestInstanceLock::makesTheFolder()
{
    QTemporaryDir parent;
    const QString folder = parent.filePath(u"a/b/c"_s);
    const auto attempt = InstanceLock::take(folder);
    QCOMPARE(attempt.result, InstanceLock::Result::Taken);
    QCOMPARE(attempt.lock->dataFolder(), folder);
    for (const QString &path : {u"a"_s, u"a/b"_s, u"a/b/c"_s}) {
        struct stat status = {};
        QCOMPARE(::stat(QFile::encodeName(parent.filePath(path)).constData(), &status), 0);
        QCOMPARE(status.st_mode & 0777, mode_t(0700));
    }
}

void TestInstanceLock::isHeldOnce()
{
    QTemporaryDir folder;
    auto first = InstanceLock::take(folder.path());
    QCOMPARE(first.result, InstanceLock::Result::Taken);
    const auto second = InstanceLock::take(folder.path() + u"/../"_s + QFileInfo(folder.path()).fileName());
    QCOMPARE(second.result, InstanceLock::Result::HeldByAnother);
    QVERIFY(!second.lock);
    QCOMPARE(second.holderPid, qint64(::getpid()));
    first.lock.reset();
    QCOMPARE(InstanceLock::take(folder.path()).result, InstanceLock::Result::Taken);
}

// flock(1) as a holder of its own.
static void holdInAnotherProcess(QProcess &process, const QString &folder)
{
    process.start(u"flock"_s,
                  {u"-F"_s, u"-n"_s, folder + u"/instance.lock"_s, u"sh"_s, u"-c"_s, u"echo held; exec sleep 60"_s});
    QVERIFY(process.waitForReadyRead());
    QCOMPARE(process.readAllStandardOutput(), "held\n");
}

void TestInstanceLock::isFreeWhenItsHolderWasKilled()
{
    QTemporaryDir folder;
    QProcess holder;
    holdInAnotherProcess(holder, folder.path());
    QCOMPARE(InstanceLock::take(folder.path()).result, InstanceLock::Result::HeldByAnother);
    holder.kill();
    QVERIFY(holder.waitForFinished());
    QCOMPARE(InstanceLock::take(folder.path()).result, InstanceLock::Result::Taken);
}

void TestInstanceLock::isNotInherited()
{
    QTemporaryDir folder;
    auto attempt = InstanceLock::take(folder.path());
    QProcess child;
    child.start(u"sleep"_s, {u"60"_s});
    QVERIFY(child.waitForStarted());
    attempt.lock.reset();
    QCOMPARE(InstanceLock::take(folder.path()).result, InstanceLock::Result::Taken);
    child.kill();
    child.waitForFinished();
}

void TestInstanceLock::contentDecidesNothing_data()
{
    QTest::addColumn<QByteArray>("content");

    QTest::newRow("empty") << QByteArray();
    QTest::newRow("garbage") << QByteArray(1000, '\xff');
    QTest::newRow("somebody who lives") << QByteArray("1\nboot\n");
    QTest::newRow("a number without end") << QByteArray(100, '9');
}

void TestInstanceLock::contentDecidesNothing()
{
    QFETCH(QByteArray, content);

    QTemporaryDir folder;
    writeLockFile(folder.path(), content);
    QCOMPARE(InstanceLock::take(folder.path()).result, InstanceLock::Result::Taken);
}

void TestInstanceLock::knowsThePreviousHolder()
{
    using Previous = InstanceLock::PreviousHolder;
    if (currentBootId().isEmpty())
        QSKIP("this system has no boot id");
    QTemporaryDir folder;
    QCOMPARE(InstanceLock::take(folder.path()).lock->previousHolder(), Previous::Unknown);
    QCOMPARE(InstanceLock::take(folder.path()).lock->previousHolder(), Previous::SameBoot);
    writeLockFile(folder.path(), "123\nan-earlier-boot\n");
    QCOMPARE(InstanceLock::take(folder.path()).lock->previousHolder(), Previous::EarlierBoot);
    writeLockFile(folder.path(), "\xff\xfe\n\n");
    QCOMPARE(InstanceLock::take(folder.path()).lock->previousHolder(), Previous::Unknown);
}

void TestInstanceLock::saysWhyItFailed()
{
    QTemporaryDir folder;
    writeLockFile(folder.path(), {});
    const auto below = InstanceLock::take(folder.filePath(u"instance.lock/data"_s));
    QCOMPARE(below.result, InstanceLock::Result::Failed);
    QVERIFY2(below.error.contains(folder.path()), qPrintable(below.error));

    QTemporaryDir other;
    QVERIFY(QFile::link(folder.filePath(u"instance.lock"_s), other.filePath(u"instance.lock"_s)));
    const auto linked = InstanceLock::take(other.path());
    QCOMPARE(linked.result, InstanceLock::Result::Failed);
    QVERIFY2(linked.error.contains(other.path()), qPrintable(linked.error));
}

QTEST_GUILESS_MAIN(TestInstanceLock)
#include "tst_instancelock.moc"
