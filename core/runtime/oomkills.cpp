// SPDX-License-Identifier: MIT
#include "core/runtime/oomkills.h"

#include <QFile>
#include <QFileInfo>
#include <QList>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// The value of "oom_kill N" in lines among others.
std::optional<qint64> countIn(const QByteArray &content)
{
    const QList<QByteArray> lines = content.split('\n');
    for (const QByteArray &line : lines) {
        if (!line.startsWith("oom_kill "))
            continue;
        bool isNumber = false;
        const qint64 count = line.sliced(line.indexOf(' ') + 1).trimmed().toLongLong(&isNumber);
        if (isNumber)
            return count;
    }
    return std::nullopt;
}

// The nearest group from this one upwards that counts; the controller need not be on in the innermost.
QString counterOf(const QString &mount, QString group, const QString &name)
{
    while (true) {
        const QString file = mount + group + u'/' + name;
        if (countIn(contentOf(file)))
            return file;
        if (group.isEmpty())
            return {};
        group.truncate(group.lastIndexOf(u'/'));
    }
}

} // namespace

OomKillCounter::OomKillCounter(const QString &root)
{
    // "0::/user.slice/…" of version 2, "4:memory:/…" of version 1.
    const QList<QByteArray> lines = contentOf(root + u"/proc/self/cgroup"_s).split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype controllersAt = line.indexOf(':') + 1;
        const qsizetype groupAt = line.indexOf(':', controllersAt) + 1;
        if (controllersAt < 1 || groupAt < 1)
            continue;
        const QByteArray controllers = line.sliced(controllersAt, groupAt - 1 - controllersAt);
        QString group = QFile::decodeName(line.sliced(groupAt));
        if (group == "/"_L1)
            group.clear();
        QString found;
        if (controllers.isEmpty())
            found = counterOf(root + u"/sys/fs/cgroup"_s, group, u"memory.events"_s);
        else if (controllers.split(',').contains("memory"))
            found = counterOf(root + u"/sys/fs/cgroup/memory"_s, group, u"memory.oom_control"_s);
        if (!found.isEmpty())
            m_file = found;
    }
    if (m_file.isEmpty())
        m_file = root + u"/proc/vmstat"_s;
}

std::optional<qint64> OomKillCounter::read() const
{
    return countIn(contentOf(m_file));
}

} // namespace BitNet
