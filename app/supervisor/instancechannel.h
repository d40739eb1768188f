// SPDX-License-Identifier: MIT
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QString>

#include <chrono>

#include <sys/types.h>
#include <unistd.h>

class QLocalSocket;

namespace BitNet {

// How a second start of the application finds the first one's window: a local socket that only the same person can use. The
// first instance listens once it holds the lock of the data folder; the lock decides who is first, never the socket.
//
// The socket's mode keeps others out, and whoever gets in all the same is asked of the system who he is, and refused.
class InstanceChannel : public QObject
{
    Q_OBJECT
public:
    // allowed: whose requests are served.
    explicit InstanceChannel(const QString &dataFolder, uid_t allowed = ::geteuid(), QObject *parent = nullptr);

    // A socket that a dead instance left is replaced: call it with the lock held. False when that is not possible; error
    // then holds a sentence.
    bool listen(QString *error);
    QString path() const { return m_path; }

    // Where the instance of a data folder listens: in the folder itself, or, when that path is too long for a socket, in the
    // folder for such things of this person.
    static QString pathFor(const QString &dataFolder);

Q_SIGNALS:
    // Another start of the application wants the window to be seen.
    void raiseRequested();

private:
    void greet();
    void read(QLocalSocket &socket);

    const QString m_path;
    const uid_t m_allowed;
    QLocalServer m_server;
};

// The other end: asks the instance that holds the data folder to show its window. One question, one answer; then it is of no
// more use.
class InstanceRequest : public QObject
{
    Q_OBJECT
public:
    explicit InstanceRequest(const QString &dataFolder, QObject *parent = nullptr);

    // Tries for this long; then, or earlier, one of the signals comes.
    void start(std::chrono::milliseconds patience = std::chrono::seconds(3));

Q_SIGNALS:
    void raised();
    void refused(); // there is such an instance, but it does not answer as it should
    void nobodyThere(); // what holds the folder is no window

private:
    void tryOnce();
    void settle(void (InstanceRequest::*how)());

    const QString m_path;
    QLocalSocket *m_socket;
    std::chrono::steady_clock::time_point m_giveUpAt;
    bool m_wasConnected = false;
    bool m_settled = false;
};

} // namespace BitNet
