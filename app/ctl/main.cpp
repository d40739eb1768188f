// SPDX-License-Identifier: MIT
#include "app/ctl/chatcommand.h"
#include "app/ctl/doctorcommand.h"
#include "app/ctl/historycommand.h"
#include "app/ctl/infercommand.h"
#include "app/ctl/messages.h"
#include "app/ctl/modelscommand.h"
#include "app/ctl/programstart.h"
#include "app/ctl/reportcommand.h"
#include "app/ctl/reportrequest.h"
#include "app/ctl/reports.h"
#include "app/ctl/runcommand.h"
#include "app/ctl/servecommand.h"

#include <QCoreApplication>

#include <csignal>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

struct Entry
{
    CtlCommand (*table)();
    int (*run)(const CtlArguments &arguments);
};

constexpr Entry entries[] = {
    {runCommandTable, runCommand},       {inferCommandTable, inferCommand},   {chatCommandTable, chatCommand},
    {serveCommandTable, serveCommand},   {modelsCommandTable, modelsCommand}, {historyCommandTable, historyCommand},
    {reportCommandTable, reportCommand}, {doctorCommandTable, doctorCommand},
};

// A file that is opened later must not take the place of a standard stream that was closed when we were started.
void fillStandardDescriptors()
{
    int descriptor = 0;
    do {
        descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor > STDERR_FILENO)
        ::close(descriptor);
}

QString overview()
{
    return u"Usage: bitnetctl COMMAND [OPTION]...\n"
           "\n"
           "Runs BitNet and llama.cpp programs, and any other command, as supervised jobs.\n"
           "\n"
           "Commands:\n"
           "  run                       run a command, or the jobs of a file\n"
           "  infer                     answer one prompt with llama-cli\n"
           "  chat                      talk with a model, or with a server\n"
           "  serve                     keep a model in a llama-server, in the foreground\n"
           "  models                    list models, and whether they fit into memory\n"
           "  history                   show the jobs that were recorded\n"
           "  report                    report on the latency of the jobs that have ended\n"
           "  doctor                    check the engine, a model and this machine\n"
           "  help [COMMAND]            show this text, or the one of a command\n"
           "\n"
           "Options:\n"
           "  -h, --help                show this text; after a command: what it can do\n"
           "  --version                 show the version\n"_s;
}

int dispatch(const QStringList &arguments)
{
    if (arguments.isEmpty())
        return failWith(u"what shall it do? See: bitnetctl --help"_s);
    const QString &first = arguments.constFirst();
    const bool asksForHelp = first == "help"_L1;
    if (first == "--help"_L1 || first == "-h"_L1 || (asksForHelp && arguments.size() == 1))
        return print(overview());
    if (first == "--version"_L1)
        return print(QString("bitnetctl "_L1 + QCoreApplication::applicationVersion() + u'\n'));

    const QString name = asksForHelp ? arguments[1] : first;
    for (const Entry &entry : entries) {
        const CtlCommand command = entry.table();
        if (command.name != name)
            continue;
        if (asksForHelp)
            return print(helpText(command));
        QString error;
        const auto parsed = CtlArguments::parse(command, arguments.sliced(1), &error);
        if (!parsed)
            return failWith(error);
        return parsed->has(u"help"_s) ? print(helpText(command)) : entry.run(*parsed);
    }
    return failWith(u"\"%1\" is no command. See: bitnetctl --help"_s.arg(name));
}

} // namespace

int main(int argc, char *argv[])
{
    fillStandardDescriptors();
    std::signal(SIGPIPE, SIG_IGN); // a reader that is gone is an error of write()

    std::optional<QuietStart> quiet(std::in_place);
    const QCoreApplication application(argc, argv);
    quiet.reset();
    QCoreApplication::setApplicationName(u"bitnetctl"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BITNET_VERSION));

    QString error;
    const auto arguments = programArguments(argc, argv, &error);
    if (!arguments)
        return failWith(error);
    return dispatch(*arguments);
}
