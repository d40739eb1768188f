// SPDX-License-Identifier: MIT
#include "app/ctl/runcommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/jobsfile.h"
#include "app/ctl/messages.h"
#include "app/ctl/sessionrunner.h"

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// More than any disk: the bound of output that is passed through and given back to the disk at once.
constexpr qint64 noOutputCap = qint64(1) << 60;

bool addEnvironment(const QStringList &assignments, JobEnvironment *environment, QString *error)
{
    for (const QString &assignment : assignments) {
        const qsizetype equals = assignment.indexOf(u'=');
        if (equals <= 0) {
            // What stands there may be the value of a secret whose name was forgotten: it is not repeated.
            *error = u"--env needs NAME=VALUE."_s;
            return false;
        }
        environment->overrides[assignment.first(equals)] = assignment.sliced(equals + 1);
    }
    return true;
}

} // namespace

CtlCommand runCommandTable()
{
    const CtlOptionGroup what = {
        u"What to run"_s,
        {
            {u"--name"_s, u"NAME"_s, u"The name of the job in notes and reports (default: the program's file name)."_s},
            {u"--cwd"_s, u"DIR"_s, u"The working directory (default: the current one)."_s},
            {u"--env"_s, u"NAME=VALUE"_s, u"Set a variable of the job's environment. May be given several times."_s,
             true},
            {u"-i, --stdin"_s, QString(),
             u"Pass standard input on to the job. Without it the job's standard input is empty."_s},
            {u"--jobs"_s, u"FILE"_s,
             u"Run the jobs of FILE (\"-\": standard input), one JSON object a line: {\"command\": "
             "[\"program\", \"argument\"], \"name\": ..., \"cwd\": ..., \"env\": {...}, \"timeout\": "
             "\"30s\", \"deadline\": ..., \"kill_grace\": ..., \"output_cap\": ..., \"priority\": N, "
             "\"group\": ...}. Only \"command\" is needed; the options are the defaults. Every line "
             "is checked before the first job is started."_s},
        }};
    return {.name = u"run"_s,
            .usage = {u"run [OPTION]... -- PROGRAM [ARGUMENT]..."_s, u"run [OPTION]... --jobs FILE"_s},
            .description = u"Runs a command, or many, as supervised jobs: no shell, limits on the run time, and when "
                           "a job ends nothing of its process tree is left. The output of one job is passed through "
                           "as it comes; that of many comes in lines with the job's name before each."_s,
            .groups = {what, limitOptions(), outputOptions(), recordingOptions(), helpOption()},
            .trailing = Trailing::Optional,
            .exitStatus = QString(exitStatusText()
                                  + u" With --jobs it is 0 when all jobs succeeded, 1 when not, and 125 as above."_s),
            .examples = {u"bitnetctl run --timeout 30s -- make check"_s,
                         u"bitnetctl run --jobs jobs.jsonl --concurrency 4 --csv report.csv"_s,
                         u"generate-jobs | bitnetctl run --jobs - --json --quiet > records.jsonl"_s}};
}

int runCommand(const CtlArguments &arguments)
{
    QString error;
    auto options = commonOptions(arguments, &error);
    if (!options)
        return failWith(error);

    JobSpec spec;
    spec.limits = options->limits;
    spec.workingDirectory = arguments.value(u"cwd"_s);
    if (!addEnvironment(arguments.values(u"env"_s), &spec.environment, &error))
        return failWith(error);

    QList<JobSpec> jobs;
    if (arguments.has(u"jobs"_s)) {
        if (!arguments.trailing().isEmpty())
            return failWith(u"Give either --jobs or a command after \"--\", not both."_s);
        for (const QString &key : {u"name"_s, u"stdin"_s}) {
            if (arguments.has(key))
                return failWith(u"--%1 is for a single command, not for --jobs."_s.arg(key));
        }
        QStringList problems;
        const auto read = readJobsFile(arguments.value(u"jobs"_s), spec, &problems);
        if (!read)
            return failWith(problems);
        jobs = *read;
        options->session.many = true;
    } else {
        if (arguments.trailing().isEmpty())
            return failWith(u"What to run goes after \"--\": bitnetctl run [OPTION]... -- PROGRAM [ARGUMENT]..."_s);
        spec.command = arguments.trailing();
        spec.name = arguments.value(u"name"_s);
        spec.interactive = options->session.forwardInput = arguments.has(u"stdin"_s);
        if (!options->outputCapGiven && !options->session.quiet) {
            spec.limits.outputCap = noOutputCap;
            options->session.completeOutput = true;
            if (options->settings.outputRoot.isEmpty())
                options->session.trimOutputBeyond = options->recording.isOn ? JobLimits().outputCap : 0;
        }
        if (const auto problem = validate(spec))
            return failWith(*problem);
        jobs = {spec};
    }
    return runSession(BitNetRuntime(), *options, jobs);
}

} // namespace BitNet
