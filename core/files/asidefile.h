// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QString>

namespace BitNet {

// A file that is written beside the one it shall replace. Every write to the disk is checked; the first failure sticks,
// so that a writer that ignores the results of write() loses nothing. Without commit() the destructor removes the
// unfinished file and the one at path stays as it was.
//
// A path that is no regular file (a terminal, a pipe, /dev/stdout) can't be replaced: it is written to directly.
class AsideFile : public QIODevice
{
public:
    // Follows symbolic links: the file they lead to is replaced, not the link.
    explicit AsideFile(const QString &path);
    ~AsideFile() override;

    // For its owner alone (0600), whatever the mode of the file that it replaces. To be called before create().
    void setPrivate() { m_private = true; }
    // Creates the unfinished file. False: see error().
    bool create();
    // Writes what is left, syncs and renames. False: see error(); nothing was replaced then.
    bool commit();
    // Why it failed, in the words of the system; empty while all is well.
    QString error() const { return m_error; }

    bool isSequential() const override { return true; }

protected:
    qint64 readData(char *data, qint64 maximum) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    bool openAside();
    bool flushBuffer();
    bool fail(int errorNumber);
    void closeDescriptor();

    QString m_path;
    QByteArray m_asidePath; // empty when written to directly
    QByteArray m_buffer;
    QString m_error;
    int m_descriptor = -1;
    bool m_private = false;
};

} // namespace BitNet
