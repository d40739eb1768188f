// SPDX-License-Identifier: MIT
#include "app/ctl/infercommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/engineoptions.h"
#include "app/ctl/messages.h"
#include "app/ctl/sessionrunner.h"
#include "app/ctl/wholefile.h"

#include <QCoreApplication>
#include <QFuture>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

bool readPrompt(const CtlArguments &arguments, QString *prompt, QString *error)
{
    *prompt = arguments.value(u"prompt"_s);
    if (!arguments.has(u"prompt-file"_s))
        return true;
    if (arguments.has(u"prompt"_s)) {
        *error = u"Give either --prompt or --prompt-file, not both."_s;
        return false;
    }
    const auto content = readWholeFile(arguments.value(u"prompt-file"_s), error);
    if (!content)
        return false;
    if (!QByteArrayView(*content).isValidUtf8()) {
        *error = u"--prompt-file: The prompt is no valid UTF-8."_s;
        return false;
    }
    *prompt = QString::fromUtf8(*content);
    return true;
}

std::optional<InferenceRequest> requestFrom(const CtlArguments &arguments, QString *error)
{
    InferenceRequest request;
    request.model = arguments.value(u"model"_s);
    if (!readPrompt(arguments, &request.prompt, error))
        return std::nullopt;
    request.extraArguments = arguments.trailing();
    if (!readNumber(arguments, u"n-predict"_s, &request.nPredict, error) || !readEngine(arguments, &request, error)
        || !readSampling(arguments, &request.temperature, &request.sampling, error))
        return std::nullopt;
    return request;
}

int printDryRun(const Invocation &invocation, bool json)
{
    if (!json)
        return print(QString(displayCommand(invocation.job.command) + u'\n'));
    QJsonArray warnings;
    for (const ConfigurationIssue &warning : invocation.warnings)
        warnings.append(QJsonObject{{u"field"_s, warning.field}, {u"message"_s, warning.message}});
    const QJsonObject object = {{u"command"_s, QJsonArray::fromStringList(invocation.job.command)},
                                {u"warnings"_s, warnings}};
    return print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + u'\n');
}

} // namespace

CtlCommand inferCommandTable()
{
    CtlOptionGroup what = {
        u"What to ask whom"_s,
        {
            buildDirOption(u"llama-cli"_s),
            modelOption(),
            {u"-p, --prompt"_s, u"TEXT"_s, u"The prompt."_s},
            {u"-f, --prompt-file"_s, u"FILE"_s,
             u"Read the prompt from FILE (\"-\": standard input) instead; it may be of any length."_s},
            {u"-n, --n-predict"_s, u"N"_s, u"How many tokens to generate at most (default: 128)."_s},
        }};
    what.options += engineOptions();
    what.options += samplingOptions();
    what.options +=
        CtlOption{u"--dry-run"_s, QString(), u"Print the engine's command line, and start nothing but its --help."_s};
    return {.name = u"infer"_s,
            .usage = {u"infer [OPTION]... -m FILE -p TEXT [-- ARGUMENT...]"_s},
            .description = u"Answers one prompt with llama-cli of a BitNet or llama.cpp build, as a supervised job. "
                           "The answer comes on standard output as it is generated, what the engine says of itself "
                           "on standard error. The ARGUMENTs are passed on to the engine."_s,
            .groups = {what, limitOptions(), outputOptions(), recordingOptions(), helpOption()},
            .trailing = Trailing::Optional,
            .exitStatus = exitStatusText(),
            .examples = {u"bitnetctl infer --build-dir ~/llama.cpp/build -m model.gguf -p Hello"_s,
                         u"bitnetctl infer -m model.gguf -p 'Why is the sky blue?' --timeout 1m"_s,
                         u"bitnetctl infer -m model.gguf -p Hello -n 16 --dry-run -- --seed 1"_s}};
}

int inferCommand(const CtlArguments &arguments)
{
    QString error;
    auto options = commonOptions(arguments, &error);
    if (!options)
        return failWith(error);
    const auto request = requestFrom(arguments, &error);
    if (!request)
        return failWith(error);

    const BitNetRuntime runtime = runtimeOf(arguments);
    // Blocks for as long as the engine takes to print its help; there is nothing else to do meanwhile.
    Invocation invocation = runtime.prepareInference(*request).result();
    if (invocation.error)
        return failWith(invocation.error->message);
    invocation.warnings += warningsOfModel(runtime, invocation.job.model, request->ctxSize, 1);
    for (const ConfigurationIssue &warning : invocation.warnings) {
        if (!options->session.quiet)
            complain(warning.message);
    }
    if (arguments.has(u"dry-run"_s))
        return printDryRun(invocation, options->session.json);

    JobSpec job = invocation.job;
    job.limits = options->limits;
    return runSession(runtime, *options, {job});
}

} // namespace BitNet
