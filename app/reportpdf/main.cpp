// SPDX-License-Identifier: MIT
// bitnet-report-pdf report [OPTION]...: what "bitnetctl report" becomes when it is asked for a PDF. It takes the same
// arguments, and its messages are those of bitnetctl. Needs no display.
#include "app/ctl/messages.h"
#include "app/ctl/programstart.h"
#include "app/ctl/reportrequest.h"
#include "app/ctl/reports.h"
#include "ui/latency/pdfreport.h"

#include <QGuiApplication>

#include <csignal>
#include <optional>

using namespace BitNet;
using namespace Qt::StringLiterals;

static int run(const QStringList &words)
{
    QString error;
    const CtlCommand command = reportCommandTable();
    if (words.value(0) != command.name)
        return failWith(u"this program is started by: bitnetctl report --format pdf"_s);
    const auto arguments = CtlArguments::parse(command, words.sliced(1), &error);
    const auto request = arguments ? reportRequestFrom(*arguments, &error) : std::nullopt;
    if (!request)
        return failWith(error);
    const std::unique_ptr<HistoryReaders> readers = openHistoryFor(*request, &error);
    const auto report = readers ? makeReport(*readers, *request, &error) : std::nullopt;
    return report && writePdfReport(outputPath(*request), *report, &error) ? AllSucceeded : failWith(error);
}

int main(int argc, char *argv[])
{
    std::signal(SIGPIPE, SIG_IGN); // a reader that is gone is an error of write()
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qunsetenv("QT_QPA_PLATFORMTHEME"); // the desktop's would look for the display
    std::optional<QuietStart> quiet(std::in_place);
    int ownArguments = 1; // none of them is for Qt
    const QGuiApplication application(ownArguments, argv);
    quiet.reset();
    QCoreApplication::setApplicationName(u"bitnetctl"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BITNET_VERSION));

    QString error;
    const auto words = programArguments(argc, argv, &error);
    return words ? run(*words) : failWith(error);
}
