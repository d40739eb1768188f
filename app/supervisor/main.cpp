// SPDX-License-Identifier: MIT
#include "core/runtime/bitnetruntime.h"
#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/settings/appsettings.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QLocale>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>
#include <QTranslator>

#include <cstdio>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

struct Arguments
{
    Q_DECLARE_TR_FUNCTIONS(Arguments)
public:
    static Arguments parse(const QCoreApplication &app);

    QString buildFolder = {};
    QString dataFolder = {};
    int concurrency = 0;
    std::optional<MainWindow::Page> page = std::nullopt;
    bool sampleQueue = false;
};

[[noreturn]] void refuse(const QString &message)
{
    const QByteArray text = message.toLocal8Bit();
    fprintf(stderr, "bitnet-supervisor: %s\n", text.constData());
    exit(2);
}

Arguments Arguments::parse(const QCoreApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        tr("Runs BitNet and llama.cpp programs, and any other command, as supervised jobs."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption buildFolder(u"build-dir"_s, tr("The engine's build folder, for this run."), tr("folder"));
    const QCommandLineOption concurrency(u"concurrency"_s, tr("Jobs at a time, for this run."), tr("number"));
    const QCommandLineOption dataFolder(u"data-dir"_s, tr("Keep settings and output in this folder."), tr("folder"));
    const QCommandLineOption page(u"page"_s, tr("Start on this page: jobs, prompt, latency or engine."), tr("page"));
    const QCommandLineOption demo(u"demo"_s, tr("Run the sample queue at once."));
    parser.addOptions({buildFolder, concurrency, dataFolder, page, demo});
    parser.process(app);

    Arguments arguments;
    if (!parser.positionalArguments().isEmpty())
        refuse(tr("Unexpected argument: %1. See --help.").arg(parser.positionalArguments().constFirst()));
    arguments.buildFolder = parser.value(buildFolder);
    arguments.dataFolder = parser.value(dataFolder);
    if (parser.isSet(concurrency)) {
        bool isNumber = false;
        arguments.concurrency = parser.value(concurrency).toInt(&isNumber);
        if (!isNumber || arguments.concurrency < 1 || arguments.concurrency > 4096)
            refuse(tr("--concurrency must be a number from 1 to 4096."));
    }
    if (parser.isSet(page)) {
        arguments.page = MainWindow::pageFromName(parser.value(page));
        if (!arguments.page)
            refuse(tr("--page must be jobs, prompt, latency or engine."));
    }
    arguments.sampleQueue = parser.isSet(demo);
    return arguments;
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"bitnet-supervisor"_s);
    QCoreApplication::setOrganizationName(u"bitnet-supervisor"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BITNET_VERSION));
    QGuiApplication::setApplicationDisplayName(QString());
    QGuiApplication::setDesktopFileName(u"bitnet-supervisor"_s);
    // The window decides when the application ends: jobs may have to end first, or go on in the tray.
    QApplication::setQuitOnLastWindowClosed(false);
    QTranslator words;
    // Where there is no translation the English plurals are still needed.
    if (words.load(QLocale(), u"bitnet-supervisor"_s, u"_"_s, u":/bitnet/translations"_s)
        || words.load(u":/bitnet/translations/bitnet-supervisor_en"_s))
        QCoreApplication::installTranslator(&words);
    const Arguments arguments = Arguments::parse(app);

    const QString dataFolder = arguments.dataFolder.isEmpty()
        ? QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation)
        : QDir(arguments.dataFolder).absolutePath();
    QSettings settings = arguments.dataFolder.isEmpty()
        ? QSettings(QSettings::IniFormat, QSettings::UserScope, u"bitnet-supervisor"_s, u"bitnet-supervisor"_s)
        : QSettings(QDir(dataFolder).filePath(u"settings.ini"_s), QSettings::IniFormat);
    SettingsStore store(settings);
    applyTheme(store.value().theme);
    QApplication::setWindowIcon(Icons::application());

    const BitNetRuntime runtime(RuntimeOptions{.buildDir = u"build"_s});
    const AppSettings &chosen = store.value();
    RuntimeSupervisor supervisor(
        runtime,
        {.concurrency = arguments.concurrency > 0 ? arguments.concurrency : chosen.concurrency,
         .outputRoot = chosen.outputFolder.isEmpty() ? QDir(dataFolder).filePath(u"jobs"_s) : chosen.outputFolder});
    EngineContext engine(runtime, store);
    if (!arguments.buildFolder.isEmpty())
        engine.useBuildFolder(QDir(arguments.buildFolder).absolutePath());

    MainWindow window({supervisor, engine, store});
    // exit(), not quit(): that would ask the window again, which ignores it while it leaves.
    QObject::connect(
        &window, &MainWindow::readyToQuit, &app, [] { QCoreApplication::exit(); }, Qt::QueuedConnection);
    if (arguments.page)
        window.showPage(*arguments.page);
    window.show();
    if (arguments.sampleQueue)
        QTimer::singleShot(0, &window, &MainWindow::runSampleQueue);
    return QApplication::exec();
}
