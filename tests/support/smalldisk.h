// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <QTemporaryDir>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace BitNet::Testing {

// A tmpfs of a few bytes that only this process and its children see, and that goes with them.
class SmallDisk
{
public:
    // In main(), before there is any thread. False: small disks can't be made here.
    static bool prepare()
    {
        const uid_t user = ::geteuid();
        const gid_t group = ::getegid();
        if (::unshare(CLONE_NEWNS | (user == 0 ? 0 : CLONE_NEWUSER)) != 0)
            return false;
        if (user != 0) {
            write("/proc/self/setgroups", "deny");
            write("/proc/self/uid_map", QByteArray(QByteArray::number(user) + ' ' + QByteArray::number(user) + " 1"));
            write("/proc/self/gid_map", QByteArray(QByteArray::number(group) + ' ' + QByteArray::number(group) + " 1"));
        }
        return isPossible() = ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    }
    static bool &isPossible()
    {
        static bool possible = false;
        return possible;
    }

    // size: as mount(8) takes it for a tmpfs, "1m".
    explicit SmallDisk(const char *size)
    {
        const QByteArray options = QByteArray("size=") + size;
        m_isMounted = ::mount("tmpfs", QFile::encodeName(m_folder.path()).constData(), "tmpfs", MS_NOSUID | MS_NODEV,
                              options.constData())
            == 0;
    }
    ~SmallDisk()
    {
        if (m_isMounted)
            ::umount2(QFile::encodeName(m_folder.path()).constData(), MNT_DETACH);
    }
    Q_DISABLE_COPY_MOVE(SmallDisk)

    bool isMounted() const { return m_isMounted; }
    QString path() const { return m_folder.path(); }

    // Takes all the room that is left, to the last byte.
    void fill()
    {
        const int file = ::open(fillerPath().constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        for (size_t size = 4096; size > 0; size /= 2) {
            const QByteArray bytes(qsizetype(size), 'x');
            while (::write(file, bytes.constData(), size) > 0) { }
        }
        ::close(file);
    }
    void makeRoom() { ::unlink(fillerPath().constData()); }

private:
    static void write(const char *path, const QByteArray &text)
    {
        QFile file(QString::fromLatin1(path));
        if (file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
            file.write(text);
    }
    QByteArray fillerPath() const { return QFile::encodeName(m_folder.path()) + "/filler"; }

    QTemporaryDir m_folder;
    bool m_isMounted = false;
};

} // namespace BitNet::Testing
