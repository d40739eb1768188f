// SPDX-License-Identifier: MIT
#include "app/supervisor/arguments.h"

#include <QCommandLineParser>

#include <cstdio>

namespace BitNet {

using namespace Qt::StringLiterals;

[[noreturn]] static void refuse(const QString &message)
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
    const QCommandLineOption dataFolder(u"data-dir"_s, tr("Keep settings, history and output in this folder."),
                                        tr("folder"));
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

} // namespace BitNet
