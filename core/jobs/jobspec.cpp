// SPDX-License-Identifier: MIT
#include "core/jobs/jobspec.h"

#include "core/jobs/duration.h"
#include "core/jobs/secrets.h"

#include <QFileInfo>

#include <algorithm>

#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// execve(2): all strings with their NULs, and a pointer to each, have to fit into a quarter of the stack's limit, and
// never more than three quarters of 8 MiB.
constexpr qint64 mostThatLinuxPasses = 6 * 1024 * 1024;
constexpr qint64 leastThatLinuxPasses = 128 * 1024;
// Kept free for what is added to every job: the tag in its environment, the paths of its private files.
constexpr qint64 reservedBytes = 8 * 1024;

qint64 utf8Size(QStringView text)
{
    qint64 bytes = 0;
    for (const QChar c : text) {
        // Each half of a surrogate pair stands for two of the pair's four bytes.
        bytes += c.unicode() < 0x80 ? 1 : c.unicode() < 0x800 || c.isSurrogate() ? 2 : 3;
    }
    return bytes;
}

qint64 passedBytes(qint64 stringSize)
{
    return stringSize + 1 + qint64(sizeof(char *));
}

qint64 applicationEnvironmentBytes()
{
    qint64 bytes = 0;
    for (char **entry = environ; entry && *entry; ++entry)
        bytes += passedBytes(qint64(qstrlen(*entry)));
    return bytes;
}

qint64 passableBytes()
{
    return std::clamp(qint64(sysconf(_SC_ARG_MAX)), leastThatLinuxPasses, mostThatLinuxPasses);
}

QString argumentName(qsizetype index)
{
    return index == 0 ? u"The program's name"_s : u"Argument %1"_s.arg(index);
}

std::optional<QString> checkCommand(const JobSpec &spec)
{
    if (spec.command.isEmpty())
        return u"The command is empty: it needs at least a program."_s;
    if (spec.command.constFirst().isEmpty())
        return u"The program's name is empty."_s;

    qint64 total = 0;
    for (qsizetype i = 0; i < spec.command.size(); ++i) {
        const QString &argument = spec.command[i];
        if (argument.contains(u'\0'))
            return QString(argumentName(i) + u" holds a NUL character, which can't be passed to a program."_s);
        const qint64 bytes = utf8Size(argument);
        if (bytes > maximumArgumentBytes) {
            return u"%1 is %2 bytes long; one argument can have at most %3. Pass it in a file."_s.arg(argumentName(i))
                .arg(bytes)
                .arg(maximumArgumentBytes);
        }
        total += passedBytes(bytes);
    }
    for (auto it = spec.environment.overrides.cbegin(); it != spec.environment.overrides.cend(); ++it) {
        if (it.value())
            total += passedBytes(utf8Size(it.key()) + 1 + utf8Size(*it.value()));
    }

    // The application's environment is only measured when it could matter: this function is called for every job.
    if (total > leastThatLinuxPasses / 2) {
        if (spec.environment.inherit)
            total += applicationEnvironmentBytes();
        if (const qint64 passable = passableBytes(); total + reservedBytes > passable) {
            return u"The arguments and the environment are %1 bytes together; this system passes at most %2 to a program."_s
                .arg(total)
                .arg(passable - reservedBytes);
        }
    }
    return std::nullopt;
}

std::optional<QString> checkVariableName(const QString &name)
{
    if (name.isEmpty())
        return u"The name of an environment variable is empty."_s;
    if (name.contains(u'\0'))
        return u"The name of an environment variable holds a NUL character."_s;
    if (name.contains(u'='))
        return u"The name of an environment variable can't hold \"=\". Got \"%1\"."_s.arg(name);
    return std::nullopt;
}

// Values are never quoted here: they may be secrets.
std::optional<QString> checkEnvironment(const JobEnvironment &environment)
{
    for (const QString &name : environment.allowed) {
        if (const auto problem = checkVariableName(name))
            return problem;
    }
    for (auto it = environment.overrides.cbegin(); it != environment.overrides.cend(); ++it) {
        if (const auto problem = checkVariableName(it.key()))
            return problem;
        if (!it.value())
            continue;
        if (it.value()->contains(u'\0'))
            return u"The value of the environment variable %1 holds a NUL character."_s.arg(it.key());
        const qint64 bytes = utf8Size(it.key()) + 1 + utf8Size(*it.value());
        if (bytes > maximumArgumentBytes) {
            return u"The environment variable %1 is %2 bytes long with its value; it can have at most %3."_s.arg(
                it.key(), QString::number(bytes), QString::number(maximumArgumentBytes));
        }
    }
    return std::nullopt;
}

std::optional<QString> checkLimit(QLatin1String name, std::chrono::nanoseconds limit, std::chrono::nanoseconds least)
{
    if (limit < least) {
        return least.count() > 0 ? u"The %1 must be greater than zero."_s.arg(name)
                                 : u"The %1 can't be negative."_s.arg(name);
    }
    if (limit > maximumDuration)
        return u"The %1 is longer than the longest limit, 3650 days."_s.arg(name);
    return std::nullopt;
}

std::optional<QString> checkLimits(const JobLimits &limits)
{
    using namespace std::chrono_literals;

    std::optional<QString> problem;
    if (limits.timeout)
        problem = checkLimit("timeout"_L1, *limits.timeout, 1ns);
    if (!problem && limits.deadline)
        problem = checkLimit("deadline"_L1, *limits.deadline, 1ns);
    if (!problem)
        problem = checkLimit("kill grace"_L1, limits.killGrace, 0ns);
    if (!problem && limits.outputCap <= 0)
        problem = u"The output cap must be greater than zero bytes."_s;
    return problem;
}

std::optional<QString> checkFiles(const QList<PrivateFile> &files)
{
    static constexpr qsizetype longestFileName = 255; // NAME_MAX

    for (qsizetype i = 0; i < files.size(); ++i) {
        const QString &name = files[i].name;
        if (name.isEmpty() || name == "."_L1 || name == ".."_L1 || name.contains(u'/') || name.contains(u'\0')
            || utf8Size(name) > longestFileName) {
            return u"\"%1\" is no name for a private file: it must be a plain file name."_s.arg(name);
        }
        if (name.startsWith("output."_L1))
            return u"The private file \"%1\" would take the place of the job's output."_s.arg(name);
        if (files[i].secret && files[i].content.isEmpty()) {
            return u"The private file \"%1\" is secret and was not kept, so the job can't be run again as it was."_s
                .arg(name);
        }
        const auto sameName = [&name](const PrivateFile &other) { return other.name == name; };
        if (std::any_of(files.cbegin(), files.cbegin() + i, sameName))
            return u"There are two private files with the name \"%1\"."_s.arg(name);
    }
    return std::nullopt;
}

bool isPlainInShell(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
        || QStringView(u"_@%+=:,./-").contains(c);
}

bool isControl(QChar c)
{
    return c.category() == QChar::Other_Control;
}

// $'…' of POSIX.1-2024: the only form that keeps a line break on the line.
QString quotedWithEscapes(const QString &argument)
{
    QString quoted = u"$'"_s;
    for (const QChar c : argument) {
        switch (c.unicode()) {
        case u'\\':
        case u'\'':
            quoted += u'\\';
            quoted += c;
            break;
        case u'\n':
            quoted += "\\n"_L1;
            break;
        case u'\r':
            quoted += "\\r"_L1;
            break;
        case u'\t':
            quoted += "\\t"_L1;
            break;
        default:
            if (!isControl(c)) {
                quoted += c;
                break;
            }
            const QByteArray bytes = QString(c).toUtf8();
            for (const char byte : bytes)
                quoted += u"\\%1"_s.arg(uchar(byte), 3, 8, QChar(u'0'));
        }
    }
    quoted += u'\'';
    return quoted;
}

QString quotedForShell(const QString &argument, bool isProgram)
{
    if (std::any_of(argument.cbegin(), argument.cend(), isControl))
        return quotedWithEscapes(argument);
    // A plain word with "=" in the program's place would be an assignment.
    const bool plain = !argument.isEmpty() && std::all_of(argument.cbegin(), argument.cend(), isPlainInShell)
        && !(isProgram && argument.contains(u'='));
    if (plain)
        return argument;
    QString inner = argument;
    inner.replace(u'\'', "'\\''"_L1);
    return u'\'' + inner + u'\'';
}

} // namespace

std::optional<QString> validate(const JobSpec &spec)
{
    if (const auto problem = checkCommand(spec))
        return problem;
    if (spec.workingDirectory.contains(u'\0'))
        return u"The working directory holds a NUL character."_s;
    if (const auto problem = checkEnvironment(spec.environment))
        return problem;
    if (const auto problem = spec.held ? std::nullopt : problemOfSecrets(spec))
        return problem;
    if (const auto problem = checkLimits(spec.limits))
        return problem;
    if (!spec.server.isEmpty() && spec.files.isEmpty())
        return u"A request to the server %1 needs a file that holds it."_s.arg(spec.server);
    return checkFiles(spec.files);
}

QString displayName(const JobSpec &spec)
{
    if (!spec.name.isEmpty())
        return spec.name;
    if (spec.command.isEmpty())
        return {};
    const QString &program = spec.command.constFirst();
    const QString fileName = QFileInfo(program).fileName();
    return fileName.isEmpty() ? program : fileName;
}

QString displayCommand(const QStringList &command)
{
    QString line;
    for (qsizetype i = 0; i < command.size(); ++i) {
        if (i > 0)
            line += u' ';
        line += quotedForShell(command[i], i == 0);
    }
    return line;
}

} // namespace BitNet
