// SPDX-License-Identifier: MIT
#include "core/supervisor/treesweep.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QSet>

#include <csignal>
#include <ctime>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

// Between two looks at /proc: a process that is being killed needs a moment to go.
static constexpr long pauseNs = 2'000'000;

static bool carriesTag(qint64 pid, const QByteArray &entry)
{
    QFile file(u"/proc/%1/environ"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return false; // gone, or another user's: not a job of ours
    const QByteArray environment = file.readAll();
    // The entry begins the environment or follows another entry's NUL.
    for (qsizetype at = environment.indexOf(entry); at >= 0; at = environment.indexOf(entry, at + 1)) {
        const bool begins = at == 0 || environment.at(at - 1) == '\0';
        const qsizetype end = at + entry.size();
        const bool ends = entry.endsWith('.') || end == environment.size() || environment.at(end) == '\0';
        if (begins && ends)
            return true;
    }
    return false;
}

static QList<qint64> taggedProcesses(const QByteArray &tag)
{
    const QByteArray entry = QByteArray(jobTagVariable) + '=' + tag;
    QList<qint64> found;
    const QStringList names = QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::NoSort);
    for (const QString &name : names) {
        bool isPid = false;
        const qint64 pid = name.toLongLong(&isPid);
        if (isPid && pid != ::getpid() && carriesTag(pid, entry))
            found.append(pid);
    }
    return found;
}

int countTagged(const QByteArray &tag)
{
    return static_cast<int>(taggedProcesses(tag).size());
}

int sweepTagged(const QByteArray &tag, std::chrono::milliseconds limit)
{
    const QDeadlineTimer deadline(limit);
    QSet<qint64> killed;
    while (true) {
        const QList<qint64> processes = taggedProcesses(tag);
        for (const qint64 pid : processes) {
            if (::kill(static_cast<pid_t>(pid), SIGKILL) == 0)
                killed.insert(pid);
        }
        if (processes.isEmpty() || deadline.hasExpired())
            return static_cast<int>(killed.size());
        const timespec pause{.tv_sec = 0, .tv_nsec = pauseNs};
        ::nanosleep(&pause, nullptr);
    }
}

} // namespace BitNet
