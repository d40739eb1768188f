// SPDX-License-Identifier: MIT
#include "core/history/folderremoval.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestFolderRemoval : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_temporary.reset(); }
    void removesWhatIsInside();
    void neverFollowsLinks();
    void refusesWhatIsNotWithin_data();
    void refusesWhatIsNotWithin();
    void refusesALinkOnTheWay();
    void whatIsGoneIsRemoved();
    void saysWhatItCanNotRemove();
    void emptyFoldersOnly();

private:
    void make(const QString &path)
    {
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    QString m_root;
    QString m_outside;
};

void TestFolderRemoval::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_root = m_temporary->filePath(u"root"_s);
    m_outside = m_temporary->filePath(u"outside"_s);
    QVERIFY(QDir().mkpath(m_root));
    make(m_outside + u"/precious"_s);
}

void TestFolderRemoval::removesWhatIsInside()
{
    const QString job = m_root + u"/session/7"_s;
    make(job + u"/output.log"_s);
    make(job + u"/.hidden"_s);
    make(job + u"/a/b/c/d"_s);
    make(m_root + u"/session/70/output.log"_s);
    QCOMPARE(::mkfifo(QFile::encodeName(job + u"/pipe"_s).constData(), 0600), 0);
    QString error;
    QVERIFY2(removeFolderWithin(m_root, job, &error), qPrintable(error));
    QVERIFY(!QFileInfo::exists(job));
    QVERIFY(QFileInfo::exists(m_root + u"/session/70/output.log"_s));
}

void TestFolderRemoval::neverFollowsLinks()
{
    const QString job = m_root + u"/7"_s;
    make(job + u"/output.log"_s);
    QVERIFY(QFile::link(m_outside, job + u"/folder"_s));
    QVERIFY(QFile::link(m_outside + u"/precious"_s, job + u"/file"_s));
    QString error;
    QVERIFY2(removeFolderWithin(m_root, job, &error), qPrintable(error));
    QVERIFY(!QFileInfo::exists(job));
    QVERIFY(QFileInfo::exists(m_outside + u"/precious"_s));
}

void TestFolderRemoval::refusesWhatIsNotWithin_data()
{
    QTest::addColumn<QString>("root");
    QTest::addColumn<QString>("folder");

    QTest::newRow("beside") << u"%1/root"_s << u"%1/outside"_s;
    QTest::newRow("root itself") << u"%1/root"_s << u"%1/root"_s;
    QTest::newRow("root with a slash") << u"%1/root"_s << u"%1/root/"_s;
    QTest::newRow("upwards") << u"%1/root"_s << u"%1/root/../outside"_s;
    QTest::newRow("begins the same") << u"%1/root"_s << u"%1/root-of-another"_s;
    QTest::newRow("relative") << u"%1/root"_s << u"outside"_s;
    QTest::newRow("no root") << u""_s << u"%1/outside"_s;
    QTest::newRow("the root of all") << u"/"_s << u"%1/outside"_s;
}

void TestFolderRemoval::refusesWhatIsNotWithin()
{
    QFETCH(QString, root);
    QFETCH(QString, folder);

    make(m_temporary->filePath(u"root-of-another/precious"_s));
    const auto filled = [&](const QString &path) { return path.contains(u'%') ? path.arg(m_temporary->path()) : path; };
    QString error;
    QVERIFY(!removeFolderWithin(filled(root), filled(folder), &error));
    QVERIFY(!error.isEmpty());
    QVERIFY(QFileInfo::exists(m_outside + u"/precious"_s));
    QVERIFY(QFileInfo::exists(m_temporary->filePath(u"root-of-another/precious"_s)));
    QVERIFY(QFileInfo::exists(m_root));
}

void TestFolderRemoval::refusesALinkOnTheWay()
{
    make(m_outside + u"/7/precious"_s);
    QVERIFY(QFile::link(m_outside, m_root + u"/session"_s));
    QString error;
    QVERIFY(!removeFolderWithin(m_root, m_root + u"/session/7"_s, &error));
    QVERIFY(QFileInfo::exists(m_outside + u"/7/precious"_s));
    QVERIFY(!removeFolderWithin(m_root, m_root + u"/session"_s, &error));
    QVERIFY(QFileInfo(m_root + u"/session"_s).isSymLink());
}

void TestFolderRemoval::whatIsGoneIsRemoved()
{
    QString error;
    QVERIFY(removeFolderWithin(m_root, m_root + u"/7"_s, &error));
    QVERIFY(removeFolderWithin(m_root, m_root + u"/session/7"_s, &error));
    QVERIFY(error.isEmpty());
}

void TestFolderRemoval::saysWhatItCanNotRemove()
{
    make(m_root + u"/file"_s);
    QString error;
    QVERIFY(!removeFolderWithin(m_root, m_root + u"/file"_s, &error));
    QVERIFY2(error.contains(m_root + u"/file"_s), qPrintable(error));

    QString deep = m_root + u"/deep"_s;
    const QString top = deep;
    for (int level = 0; level < 80; ++level)
        deep += u"/d"_s;
    make(deep + u"/file"_s);
    QVERIFY(!removeFolderWithin(m_root, top, &error));
    QVERIFY2(error.contains(top), qPrintable(error));
}

void TestFolderRemoval::emptyFoldersOnly()
{
    QVERIFY(QDir().mkpath(m_root + u"/empty"_s));
    make(m_root + u"/full/file"_s);
    removeEmptyFolderWithin(m_root, m_root + u"/empty"_s);
    removeEmptyFolderWithin(m_root, m_root + u"/full"_s);
    removeEmptyFolderWithin(m_root, m_root);
    QVERIFY(!QFileInfo::exists(m_root + u"/empty"_s));
    QVERIFY(QFileInfo::exists(m_root + u"/full/file"_s));
    QVERIFY(QFileInfo::exists(m_root));
}

QTEST_GUILESS_MAIN(TestFolderRemoval)
#include "tst_folderremoval.moc"
