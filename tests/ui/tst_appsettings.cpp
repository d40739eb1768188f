// SPDX-License-Identifier: MIT
#include "ui/settings/appsettings.h"

#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestAppSettings : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void startsWithDefaults();
    void survivesARestart();
    void tellsOnlyChanges();
    void nonsenseInTheFileIsNotFatal();
};

void TestAppSettings::startsWithDefaults()
{
    QTemporaryDir folder;
    QSettings file(folder.filePath(u"s.ini"_s), QSettings::IniFormat);
    const SettingsStore store(file);
    QCOMPARE(store.value(), AppSettings());
    QVERIFY(file.allKeys().isEmpty()); // nothing is written that nobody chose
}

void TestAppSettings::survivesARestart()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"s.ini"_s);
    AppSettings chosen;
    chosen.concurrency = 7;
    chosen.limits.timeout = 90s;
    chosen.limits.deadline = 1500ms;
    chosen.limits.killGrace = 0s;
    chosen.limits.outputCap = 5'000'000'000;
    chosen.outputFolder = u"/somewhere/else"_s;
    chosen.confirmCancel = false;
    chosen.confirmRemove = false;
    chosen.showTrayIcon = false;
    chosen.stayInTray = true;
    chosen.notify = false;
    chosen.theme = Theme::Dark;
    chosen.desktopIcons = true;
    chosen.buildFolder = u"/opt/bitnet/build"_s;
    chosen.engines = {{u"/opt/bitnet/build"_s, u"Mine, \"quoted\""_s}, {u"/opt/llama.cpp"_s}};
    chosen.model = u"/models/ü.gguf"_s;
    chosen.modelFolders = QStringList();
    chosen.libraryContext = 8192;
    {
        QSettings file(path, QSettings::IniFormat);
        SettingsStore store(file);
        store.set(chosen);
    }
    {
        QSettings file(path, QSettings::IniFormat);
        SettingsStore store(file);
        QCOMPARE(store.value(), chosen);
        chosen.modelFolders = QStringList{u"/one, with a comma"_s, u"/two"_s};
        store.set(chosen);
    }
    {
        QSettings file(path, QSettings::IniFormat);
        SettingsStore store(file);
        QCOMPARE(store.value(), chosen);
        chosen.modelFolders = std::nullopt;
        chosen.engines = {};
        store.set(chosen);
    }
    QSettings file(path, QSettings::IniFormat);
    const SettingsStore store(file);
    QCOMPARE(store.value(), chosen);
}

void TestAppSettings::tellsOnlyChanges()
{
    QTemporaryDir folder;
    QSettings file(folder.filePath(u"s.ini"_s), QSettings::IniFormat);
    SettingsStore store(file);
    QSignalSpy changed(&store, &SettingsStore::changed);
    store.set(AppSettings());
    QCOMPARE(changed.size(), 0);
    store.change([](AppSettings &s) { s.theme = Theme::Light; });
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.first().at(0).value<AppSettings>().theme, Theme::Light);
    QCOMPARE(changed.first().at(1).value<AppSettings>().theme, Theme::System);
}

void TestAppSettings::nonsenseInTheFileIsNotFatal()
{
    QTemporaryDir folder;
    QSettings file(folder.filePath(u"s.ini"_s), QSettings::IniFormat);
    file.setValue(u"settings/limits/timeout"_s, u"never"_s);
    file.setValue(u"settings/limits/kill_grace"_s, u"soon"_s);
    file.setValue(u"settings/theme"_s, u"purple"_s);
    file.setValue(u"settings/concurrency"_s, -3);
    file.setValue(u"settings/limits/output_cap"_s, u"much"_s);
    const SettingsStore store(file);
    QCOMPARE(store.value(), AppSettings());
}

QTEST_GUILESS_MAIN(TestAppSettings)
#include "tst_appsettings.moc"
