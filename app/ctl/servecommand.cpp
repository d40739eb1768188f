// SPDX-License-Identifier: MIT
#include "app/ctl/servecommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/engineoptions.h"
#include "app/ctl/messages.h"
#include "app/ctl/servesession.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QCoreApplication>

#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

std::optional<ServerSettings> settingsFrom(const CtlArguments &arguments, QString *error)
{
    ServerSettings settings;
    settings.request.model = arguments.value(u"model"_s);
    settings.request.extraArguments = arguments.trailing();
    settings.title = arguments.value(u"name"_s);
    settings.restartOnCrash = arguments.has(u"restart"_s);
    if (!readEngine(arguments, &settings.request, error)
        || !readNumber(arguments, u"n-predict"_s, &settings.request.nPredict, error)
        || !readDecimal(arguments, u"temp"_s, &settings.request.temperature, error))
        return std::nullopt;
    if (arguments.has(u"parallel"_s)
        && !readNumber(arguments, u"parallel"_s, &settings.request.slotCount.emplace(), error))
        return std::nullopt;
    if (!arguments.has(u"port"_s))
        return settings;
    int port = 0;
    if (!readNumber(arguments, u"port"_s, &port, error))
        return std::nullopt;
    if (port < 1 || port > std::numeric_limits<quint16>::max()) {
        *error = u"Port must be between 1 and 65535. Got %1."_s.arg(port);
        return std::nullopt;
    }
    settings.port = quint16(port);
    return settings;
}

} // namespace

CtlCommand serveCommandTable()
{
    CtlOptionGroup what = {
        u"What to serve"_s,
        {
            buildDirOption(u"llama-server"_s),
            modelOption(),
            {u"--name"_s, u"NAME"_s, u"The server's name (default: the model's). The port is added to it."_s},
            {u"--port"_s, u"N"_s, u"The port on 127.0.0.1 (default: a free one from 8081 on)."_s},
            {u"-np, --parallel"_s, u"N"_s,
             u"How many requests are answered at a time; they share the context (default: 1)."_s},
        }};
    what.options += engineOptions();
    what.options += {
        {u"-n, --n-predict"_s, u"N"_s,
         u"How many tokens an answer has at most when a request does not say (default: 4096)."_s},
        {u"--temp"_s, u"X"_s, u"The temperature of the sampling when a request does not say (default: 0.8)."_s},
        {u"--restart"_s, QString(),
         u"Start the server again when it ends unasked: after a second, then after twice as long each time, a minute "
         "at most."_s},
    };
    const CtlOptionGroup output = {
        u"Output"_s,
        {
            {u"--json"_s, QString(),
             u"Print a JSON object on a line instead, each time the server becomes ready: name, url, key_file, pid, "
             u"model, "
             "engine, context_size, slots, load_ms, restarts."_s},
            {u"--log"_s, QString(), u"Pass what the server prints on to standard error."_s},
            {u"-q, --quiet"_s, QString(), u"No states on standard error. Errors are still shown."_s},
        }};
    return {
        .name = u"serve"_s,
        .usage = {u"serve [OPTION]... -m FILE [-- ARGUMENT...]"_s},
        .description = u"Runs llama-server of a BitNet or llama.cpp build in the foreground, supervised: it listens on "
                       "127.0.0.1 only, answers only those who have its key, and is never left behind. When it is "
                       "ready, its address and the file that holds the key come on standard output; its states "
                       "come on standard error. The key is made anew for each start, and the file, readable to you "
                       "alone, goes with the server. The ARGUMENTs are passed on to the engine. Nothing is recorded "
                       "in the history."_s,
        .groups = {what, output, helpOption()},
        .trailing = Trailing::Optional,
        .exitStatus = u"Exit status: 0 when it was stopped by Ctrl-C (SIGINT, SIGTERM, SIGHUP); a second one kills at "
                      "once, and then it is 128 plus that signal; 1 when the server could not be started or ended "
                      "unasked; 125 when the settings are wrong or bitnetctl itself failed."_s,
        .examples = {u"bitnetctl serve --build-dir ~/llama.cpp/build -m model.gguf"_s,
                     u"bitnetctl serve -m model.gguf --port 8090 -c 8192 -np 4 --restart"_s,
                     u"bitnetctl serve -m model.gguf --json -q | head -1"_s}};
}

int serveCommand(const CtlArguments &arguments)
{
    QString error;
    const auto settings = settingsFrom(arguments, &error);
    if (!settings)
        return failWith(error);
    const BitNetRuntime runtime = runtimeOf(arguments);
    if (!arguments.has(u"quiet"_s)) {
        const ServerRequest &request = settings->request;
        for (const ConfigurationIssue &warning :
             warningsOfModel(runtime, request.model, request.ctxSize, request.slotCount.value_or(1)))
            complain(warning.message);
    }
    RuntimeSupervisor supervisor(runtime);
    ServeSession session(
        supervisor,
        {.json = arguments.has(u"json"_s), .quiet = arguments.has(u"quiet"_s), .showLog = arguments.has(u"log"_s)});
    QObject::connect(&session, &ServeSession::finished, &session, &QCoreApplication::exit);
    session.start(*settings);
    return QCoreApplication::exec();
}

} // namespace BitNet
