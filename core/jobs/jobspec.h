// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobstate.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace BitNet {

// When a job has to end, and how much of its output is kept.
struct JobLimits
{
    // Run time, counted from started; the time a person paused the job is left out. Greater than zero.
    std::optional<std::chrono::nanoseconds> timeout = std::nullopt;
    // Total time, counted from submitted: queue wait and pauses included. Greater than zero.
    std::optional<std::chrono::nanoseconds> deadline = std::nullopt;
    // Between SIGTERM and SIGKILL; zero kills at once.
    std::chrono::nanoseconds killGrace = std::chrono::seconds(1);
    // Bytes of output kept in the job's file; what follows is counted and dropped, save the last 256 KiB.
    qint64 outputCap = 256 * 1024 * 1024;

    friend bool operator==(const JobLimits &, const JobLimits &) = default;
};

// The environment of the program: the application's own or only the allowed names of it, then the overrides.
struct JobEnvironment
{
    bool inherit = true;
    // With inherit == false: names taken over from the application's environment. PATH is not implied.
    QStringList allowed = {};
    // Set (a value, possibly empty) or unset (no value).
    QMap<QString, std::optional<QString>> overrides = {};

    friend bool operator==(const JobEnvironment &, const JobEnvironment &) = default;
};

// A small file written (0600) into the job's private folder before the program starts. An argument of the command that
// is exactly PrivateFile::placeholder(name) is replaced by the file's absolute path.
struct PrivateFile
{
    QString name; // a plain file name, no '/'
    QByteArray content;
    // Its content is written nowhere else, so a history has the name only: run again from there, the job is refused.
    bool secret = false;

    static QString placeholder(const QString &name) { return QStringLiteral("@job-file:") + name; }
    friend bool operator==(const PrivateFile &, const PrivateFile &) = default;
};

// What to run. A plain value; checked by validate() when it is submitted.
struct JobSpec
{
    // Program and arguments; never a shell. A program without '/' is looked up in the PATH of the job's environment.
    QStringList command = {};
    QString name = {}; // for people; empty: taken from the command
    QString group = {};
    JobKind kind = JobKind::Custom;
    QString workingDirectory = {}; // empty: the application's own
    JobEnvironment environment = {};
    JobLimits limits = {};
    int priority = 0; // higher first
    bool held = false; // stays queued until resumed
    bool interactive = false; // standard input is open for writeInput(); otherwise it is /dev/null
    QList<PrivateFile> files = {};
    // What the job is about, for inference and server jobs.
    QString model = {};
    QString prompt = {};
    QString engine = {};
    // The running server (ServerSnapshot::name) that answers this job, which then is a request and no process: command says
    // what is asked of whom, for people; files hold the request as it is sent. Empty: a program is started.
    QString server = {};

    friend bool operator==(const JobSpec &, const JobSpec &) = default;
};

// The longest argument (or NAME=value of the environment) that Linux passes to a program, in bytes, its NUL left out
// (MAX_ARG_STRLEN - 1, see execve(2)).
inline constexpr qsizetype maximumArgumentBytes = 131071;

// Why this job can't be run, in one sentence; nothing when it can. Checks what is known without starting anything: an
// empty command, NULs, arguments too long one by one or together, limits that are not positive or too long, names of
// environment variables and private files, secrets that were not recorded (of a held job when it is started). Does not look
// at the file system.
std::optional<QString> validate(const JobSpec &spec);

// The name to show: spec.name, or the program's file name.
QString displayName(const JobSpec &spec);

// The command as one line that a POSIX shell would read back as the same arguments. For people and logs only.
QString displayCommand(const QStringList &command);

} // namespace BitNet
