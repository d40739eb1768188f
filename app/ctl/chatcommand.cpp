// SPDX-License-Identifier: MIT
#include "app/ctl/chatcommand.h"

#include "app/ctl/chatsession.h"
#include "app/ctl/engineoptions.h"
#include "app/ctl/historyaccess.h"
#include "app/ctl/messages.h"
#include "app/ctl/recording.h"
#include "app/ctl/slashcommands.h"
#include "app/ctl/wholefile.h"
#include "core/jobs/duration.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QCoreApplication>
#include <QHostAddress>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int defaultPredict = 1024; // room for an answer, and an end to one that has none

std::optional<ChatOptions> optionsFrom(const CtlArguments &arguments, QString *error)
{
    ChatOptions options{.json = arguments.has(u"json"_s),
                        .quiet = arguments.has(u"quiet"_s),
                        .systemPrompt = arguments.value(u"system"_s).trimmed()};
    options.request.nPredict = defaultPredict;
    options.request.stopWords = arguments.values(u"stop"_s);
    if (!readNumber(arguments, u"n-predict"_s, &options.request.nPredict, error)
        || !readSampling(arguments, &options.request.temperature, &options.request.sampling, error))
        return std::nullopt;
    if (const auto problem = problemOf(options.request)) {
        *error = *problem;
        return std::nullopt;
    }
    if (!arguments.has(u"timeout"_s))
        return options;
    QString why;
    options.limits.timeout = parseDuration(arguments.value(u"timeout"_s), &why);
    if (options.limits.timeout)
        return options;
    *error = u"--timeout: %1"_s.arg(why);
    return std::nullopt;
}

std::optional<QByteArray> readKey(const QString &path, QString *error)
{
    const auto content = readWholeFile(path, error);
    if (!content)
        return std::nullopt;
    for (const QByteArray &line : content->split('\n')) {
        if (const QByteArray key = line.trimmed(); !key.isEmpty())
            return key;
    }
    *error = u"--key-file: There is no key in %1."_s.arg(path);
    return std::nullopt;
}

std::optional<ServerEndpoint> endpointFrom(const CtlArguments &arguments, QString *error)
{
    const QString text = arguments.value(u"server"_s).trimmed();
    const QUrl url = text.contains("://"_L1) ? QUrl(text) : QUrl(QString("http://"_L1 + text));
    const bool isWeb = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
    if (!url.isValid() || !isWeb || url.host().isEmpty() || url.hasQuery() || url.hasFragment()
        || !url.userInfo().isEmpty()) {
        *error = u"--server: \"%1\" is no address of a server. Write http://127.0.0.1:8081."_s.arg(text);
        return std::nullopt;
    }
    ServerEndpoint endpoint{.url = url};
    if (!arguments.has(u"key-file"_s))
        return endpoint;
    const auto key = readKey(arguments.value(u"key-file"_s), error);
    if (!key)
        return std::nullopt;
    endpoint.apiKey = *key;
    return endpoint;
}

// Where somebody on the way could read it.
bool showsKey(const ServerEndpoint &endpoint)
{
    const QString host = endpoint.url.host();
    return !endpoint.apiKey.isEmpty() && endpoint.url.scheme() == "http"_L1 && host != "localhost"_L1
        && !QHostAddress(host).isLoopback();
}

int converse(RuntimeSupervisor &supervisor, ChatServer &server, const ChatOptions &options)
{
    ChatSession session(supervisor, server, options);
    QObject::connect(&session, &ChatSession::finished, &session, &QCoreApplication::exit);
    session.start();
    return QCoreApplication::exec();
}

} // namespace

CtlCommand chatCommandTable()
{
    CtlOptionGroup whom = {
        u"Whom to talk to"_s,
        {
            buildDirOption(u"llama-server"_s),
            {u"-m, --model"_s, u"FILE"_s,
             u"Start a server of its own with this model, a GGUF file, and stop it at the end."_s},
            {u"--server"_s, u"URL"_s,
             u"Talk to a server that runs already, such as http://127.0.0.1:8081 of \"bitnetctl serve\"."_s},
            {u"--key-file"_s, u"FILE"_s, u"The file that holds that server's API key."_s},
        }};
    whom.options += engineOptions();
    CtlOptionGroup how = {
        u"How it answers"_s,
        {
            {u"--system"_s, u"TEXT"_s, u"The system prompt (default: none)."_s},
            {u"-n, --n-predict"_s, u"N"_s,
             u"How many tokens an answer has at most (default: 1024; -1: until the model ends it)."_s},
        }};
    how.options += samplingOptions();
    how.options += {
        {u"--stop"_s, u"TEXT"_s, u"End an answer before this. May be given several times."_s, true},
        {u"--timeout"_s, u"DURATION"_s, u"Stop an answer that takes longer than this: 500ms, 30s, 2m."_s},
    };
    const CtlOptionGroup output = {
        u"Output"_s,
        {
            {u"--json"_s, QString(),
             u"Print one record a line on standard output as each answer ends, with the prompt, the answer and all "
             u"that was "
             "measured, and nothing else there."_s},
            {u"-q, --quiet"_s, QString(), u"No states and no figures on standard error. Errors are still shown."_s},
            {u"--record"_s, QString(),
             u"Record the answers as jobs in the history. Its folder is this chat's alone meanwhile: neither the "
             "application nor another bitnetctl can record there."_s},
            dataFolderOption(),
        }};
    return {
        .name = u"chat"_s,
        .usage = {u"chat [OPTION]... -m FILE [-- ARGUMENT...]"_s, u"chat [OPTION]... --server URL [--key-file FILE]"_s},
        .description =
            u"Talks with a model. Answers come on standard output as they are generated, and below each, on standard "
            "error, what was measured: tokens, tokens per second, time to the first token (TTFT), the whole time "
            "(E2E), "
            "and why it ended. At a terminal Ctrl-C stops an answer, and leaves where a prompt is asked for; so does "
            "Ctrl-D; /help shows what can be typed beside prompts. Otherwise each line of standard input is a prompt, "
            "or "
            "all that stands between two lines of \"\"\", and the first answer that fails ends it. The ARGUMENTs are "
            "passed "
            "on to the engine's llama-server."_s,
        .groups = {whom, how, output, helpOption()},
        .trailing = Trailing::Optional,
        .exitStatus =
            u"Exit status: 0 when the conversation was ended by its person or its input; 1 when the server could "
            "not be started or reached, or ended unasked, or an answer failed that was asked for by a pipe; 124 "
            "when the timeout passed for one; 125 when the options are wrong or bitnetctl itself failed; 128 plus "
            "its number when a signal ended it."_s,
        .examples = {u"bitnetctl chat --build-dir ~/llama.cpp/build -m model.gguf"_s,
                     u"bitnetctl chat --server http://127.0.0.1:8081 --key-file KEYFILE"_s,
                     u"echo 'Why is the sky blue?' | bitnetctl chat -m model.gguf -q"_s}};
}

int chatCommand(const CtlArguments &arguments)
{
    const bool hasModel = arguments.has(u"model"_s);
    if (hasModel == arguments.has(u"server"_s)) {
        return failWith(hasModel ? u"Give either --model or --server, not both."_s
                                 : u"Whom to talk to: give --model FILE, or --server URL."_s);
    }
    QString error;
    const auto options = optionsFrom(arguments, &error);
    if (!options)
        return failWith(error);
    ServerSettings settings;
    settings.request.model = arguments.value(u"model"_s);
    settings.request.extraArguments = arguments.trailing();
    if (!readEngine(arguments, &settings.request, &error))
        return failWith(error);
    std::optional<ServerEndpoint> endpoint;
    if (hasModel) {
        if (arguments.has(u"key-file"_s))
            return failWith(u"--key-file is for --server: a server of its own has a key of its own."_s);
    } else {
        if (!arguments.trailing().isEmpty())
            return failWith(u"What stands after \"--\" is for a server of its own, not for --server."_s);
        endpoint = endpointFrom(arguments, &error);
        if (!endpoint)
            return failWith(error);
        if (showsKey(*endpoint) && !options->quiet)
            complain(u"the API key goes to %1 unencrypted"_s.arg(endpoint->url.host()));
    }

    const RecordingOptions recordingOptions{.isOn = arguments.has(u"record"_s),
                                            .dataFolder = dataFolderOf(arguments),
                                            .isFolderGiven = !arguments.value(u"data-dir"_s).isEmpty()};
    auto recording = Recording::begin(recordingOptions, options->quiet, &error);
    if (!recording)
        return failWith(error);
    SupervisorSettings supervisorSettings;
    recording->prepare(supervisorSettings);
    const BitNetRuntime runtime = runtimeOf(arguments);
    if (hasModel && !options->quiet) {
        for (const ConfigurationIssue &warning :
             warningsOfModel(runtime, settings.request.model, settings.request.ctxSize, 1))
            complain(warning.message);
    }
    RuntimeSupervisor supervisor(runtime, supervisorSettings);
    recording->connectTo(supervisor);
    if (endpoint) {
        RemoteChatServer server(supervisor, *endpoint);
        return converse(supervisor, server, *options);
    }
    OwnChatServer server(supervisor, settings);
    return converse(supervisor, server, *options);
}

} // namespace BitNet
