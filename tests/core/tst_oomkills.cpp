// SPDX-License-Identifier: MIT
#include "core/runtime/oomkills.h"

#include <QDir>
#include <QFile>
#include <QMap>
#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

using Files = QMap<QString, QByteArray>;

class TestOomKills : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsTheCounter_data();
    void findsTheCounter();
    void seesTheNextKill();
};

static void writeFile(const QString &path, const QByteArray &content)
{
    QVERIFY(QDir().mkpath(path.first(path.lastIndexOf(u'/'))));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

void TestOomKills::findsTheCounter_data()
{
    QTest::addColumn<Files>("files");
    QTest::addColumn<std::optional<qint64>>("count");

    const QString self = u"/proc/self/cgroup"_s;
    const QByteArray events = "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n";
    const QByteArray machine = "nr_free_pages 1\noom_kill 40\nnuma_hit 5\n";
    const auto found = [](qint64 count) { return std::optional<qint64>(count); };
    QTest::newRow("version 2") << Files{{self, "0::/user.slice/app.scope\n"},
                                        {u"/sys/fs/cgroup/user.slice/app.scope/memory.events"_s, events},
                                        {u"/proc/vmstat"_s, machine}}
                               << found(2);
    QTest::newRow("version 2, controller on further up")
        << Files{{self, "0::/user.slice/app.scope\n"},
                 {u"/sys/fs/cgroup/user.slice/memory.events"_s, events},
                 {u"/proc/vmstat"_s, machine}}
        << found(2);
    // As a container sees itself.
    QTest::newRow("version 2, at the root")
        << Files{{self, "0::/\n"}, {u"/sys/fs/cgroup/memory.events"_s, events}, {u"/proc/vmstat"_s, machine}}
        << found(2);
    QTest::newRow("version 1") << Files{{self, "5:cpu,cpuacct:/\n4:memory:/jobs/one\n0::/\n"},
                                        {u"/sys/fs/cgroup/memory/jobs/one/memory.oom_control"_s,
                                         "oom_kill_disable 0\nunder_oom 0\noom_kill 9\n"},
                                        {u"/proc/vmstat"_s, machine}}
                               << found(9);
    QTest::newRow("no groups") << Files{{u"/proc/vmstat"_s, machine}} << found(40);
    QTest::newRow("an old kernel") << Files{{self, "4:memory:/\n"},
                                            {u"/sys/fs/cgroup/memory/memory.oom_control"_s,
                                             "oom_kill_disable 0\nunder_oom 0\n"},
                                            {u"/proc/vmstat"_s, "nr_free_pages 1\n"}}
                                   << std::optional<qint64>();
    QTest::newRow("nothing at all") << Files{} << std::optional<qint64>();
}

void TestOomKills::findsTheCounter()
{
    QFETCH(Files, files);
    QTemporaryDir root;
    for (auto file = files.cbegin(); file != files.cend(); ++file)
        writeFile(root.path() + file.key(), file.value());
    QTEST(OomKillCounter(root.path()).read(), "count");
}

void TestOomKills::seesTheNextKill()
{
    QTemporaryDir root;
    writeFile(root.filePath(u"proc/self/cgroup"_s), "0::/\n");
    const QString events = root.filePath(u"sys/fs/cgroup/memory.events"_s);
    writeFile(events, "oom_kill 2\n");
    const OomKillCounter counter(root.path());
    const std::optional<qint64> before = counter.read();
    QCOMPARE(before, std::optional<qint64>(2));
    QVERIFY(!counter.hasGrown(before));
    writeFile(events, "oom_kill 3\n");
    QVERIFY(counter.hasGrown(before));
    QVERIFY(!counter.hasGrown(std::nullopt));
}

QTEST_GUILESS_MAIN(TestOomKills)
#include "tst_oomkills.moc"
