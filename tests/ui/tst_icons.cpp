// SPDX-License-Identifier: MIT
#include "greenicons.h"
#include "jobrecords.h"

#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QApplication>
#include <QDirIterator>
#include <QRegularExpression>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestIcons : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyIconPaints_data();
    void everyIconPaints();
    void everyNameInTheSourceExists();
    void unknownNamesGiveNoIcon();
    void followsThePalette();
    void ofTheDesktopWhereWanted();
    void everyStateHasAnIcon();
};

void TestIcons::everyIconPaints_data()
{
    QTest::addColumn<QString>("name");
    QVERIFY(Icons::names().size() > 40);
    for (const QString &name : Icons::names())
        QTest::newRow(qPrintable(name)) << name;
}

void TestIcons::everyIconPaints()
{
    QFETCH(const QString, name);
    for (const int size : {16, 20, 48}) {
        const QImage image = Icons::get(name).pixmap(QSize(size, size), 2.0).toImage();
        QCOMPARE(image.size(), QSize(size * 2, size * 2));
        int painted = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                painted += qAlpha(image.pixel(x, y)) > 100;
        }
        QVERIFY2(painted > image.width() * image.height() / 40, qPrintable(u"%1 pixels"_s.arg(painted)));
    }
}

// A misspelt name would only show as a missing icon.
void TestIcons::everyNameInTheSourceExists()
{
    const QStringList names = Icons::names();
    int found = 0;
    QDirIterator files(QStringLiteral(BITNET_SOURCE_DIR "/ui"), {u"*.cpp"_s}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        static const QRegularExpression get(uR"x(Icons::get\(u"([a-z-]+)"_s)x"_s);
        auto matches = get.globalMatch(QString::fromUtf8(file.readAll()));
        while (matches.hasNext()) {
            const QString name = matches.next().captured(1);
            QVERIFY2(names.contains(name), qPrintable(u"%1 in %2"_s.arg(name, file.fileName())));
            ++found;
        }
    }
    QVERIFY(found > 15);
}

void TestIcons::unknownNamesGiveNoIcon()
{
    QVERIFY(Icons::get(u"no-such-icon"_s).isNull());
    QVERIFY(!Icons::application().isNull());
    QVERIFY(!Icons::application().pixmap(64, 64).isNull());
}

void TestIcons::followsThePalette()
{
    const QIcon icon = Icons::get(u"run"_s);
    const auto lightest = [&icon] {
        const QImage image = icon.pixmap(QSize(32, 32)).toImage().convertToFormat(QImage::Format_ARGB32);
        int lightness = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (qAlpha(image.pixel(x, y)) == 255)
                    lightness = std::max(lightness, qGray(image.pixel(x, y)));
            }
        }
        return lightness;
    };
    applyTheme(Theme::Light);
    QVERIFY(lightest() < 100);
    applyTheme(Theme::Dark);
    QVERIFY(lightest() > 150);
    applyTheme(Theme::System);
}

void TestIcons::ofTheDesktopWhereWanted()
{
    const GreenIcons theme({u"edit-copy"_s});
    const QIcon copy = Icons::get(u"copy"_s);
    const QIcon save = Icons::get(u"save"_s); // known to desktops, not to this one
    const auto corner = [](const QIcon &icon) { return icon.pixmap(QSize(16, 16)).toImage().pixelColor(1, 1); };
    QVERIFY(corner(copy) != QColor(Qt::green));
    Icons::setFromDesktop(true);
    QCOMPARE(corner(copy), QColor(Qt::green)); // the icon that was there before, too
    QCOMPARE(copy.pixmap(QSize(40, 40)).size(), QSize(40, 40));
    QVERIFY(corner(save) != QColor(Qt::green));
    QVERIFY(!save.pixmap(QSize(16, 16)).isNull());
    QVERIFY(corner(Icons::get(u"copy"_s, Qt::red)) != QColor(Qt::green)); // a colour is kept
    Icons::setFromDesktop(false);
    QVERIFY(corner(copy) != QColor(Qt::green));

    for (const QString &name : Icons::names())
        QVERIFY(Icons::standardName(name) != name);
    QVERIFY(Icons::standardName(u"engine"_s).isEmpty());
}

void TestIcons::everyStateHasAnIcon()
{
    const QStringList names = Icons::names();
    QList<JobRecord> records = {queuedJob(1), running(queuedJob(1))};
    for (int outcome = 0; outcome <= static_cast<int>(Outcome::Lost); ++outcome)
        records.append(finished(queuedJob(1), static_cast<Outcome>(outcome)));
    for (JobRecord &record : records) {
        QVERIFY2(names.contains(Wording::icon(record)), qPrintable(Wording::icon(record)));
        QVERIFY(!Wording::state(record).isEmpty());
        record.paused = true;
        QVERIFY(names.contains(Wording::icon(record)));
    }
}

QTEST_MAIN(TestIcons)
#include "tst_icons.moc"
