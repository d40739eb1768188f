// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QList>
#include <QString>

#include <csignal>
#include <sys/types.h>

namespace BitNet::Testing {

// A process, and not another one that got its number later.
struct ProcessMark
{
    pid_t pid = 0;
    quint64 startedAt = 0; // ticks since the boot

    friend bool operator==(const ProcessMark &, const ProcessMark &) = default;
};

// What /proc says of a process; pid 0 when it is gone or a zombie.
struct ProcessStatus
{
    ProcessMark mark = {};
    pid_t parent = 0;
};

inline ProcessStatus statusOf(pid_t pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    // The name before may hold anything; the last ')' ends it.
    const QByteArray stat = file.readAll();
    const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X")
        return {};
    return {.mark = {.pid = pid, .startedAt = fields[19].toULongLong()}, .parent = fields[1].toInt()};
}

inline bool isAlive(const ProcessMark &mark)
{
    return statusOf(mark.pid).mark == mark;
}

// Kills a process with SIGKILL as it stands: what it has started up to then, and what that has started, and so on.
inline QList<ProcessMark> killAndListDescendants(pid_t root)
{
    ::kill(root, SIGSTOP); // nothing comes between the look and the kill
    QList<ProcessStatus> all;
    for (const QString &name : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        if (const int pid = name.toInt(); pid > 0)
            all.append(statusOf(pid));
    }
    QList<pid_t> parents{root};
    QList<ProcessMark> descendants;
    for (qsizetype i = 0; i < parents.size(); ++i) {
        for (const ProcessStatus &status : std::as_const(all)) {
            if (status.mark.pid > 0 && status.parent == parents[i]) {
                parents.append(status.mark.pid);
                descendants.append(status.mark);
            }
        }
    }
    ::kill(root, SIGKILL);
    return descendants;
}

// Those of them that are still there, with their command lines: for a message.
inline QString livingOf(const QList<ProcessMark> &marks)
{
    QString text;
    for (const ProcessMark &mark : marks) {
        if (!isAlive(mark))
            continue;
        QFile file(QStringLiteral("/proc/%1/cmdline").arg(mark.pid));
        QByteArray line = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        text += QString::number(mark.pid) + QLatin1Char(' ') + QString::fromUtf8(line.replace('\0', ' '))
            + QLatin1Char('\n');
    }
    return text;
}

} // namespace BitNet::Testing
