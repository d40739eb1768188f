// SPDX-License-Identifier: MIT
#include "app/supervisor/instancechannel.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QLoggingCategory>
#include <QStandardPaths>
#include <QTimer>

#include <optional>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

namespace {
Q_LOGGING_CATEGORY(instanceLog, "bitnet.instance", QtWarningMsg)
}

static constexpr qsizetype longestLine = 64;
static constexpr std::chrono::milliseconds idleLimit = 5s; // of a connection that says nothing
static constexpr std::chrono::milliseconds retryInterval = 100ms;
static constexpr QByteArrayView raiseWord = "raise";
static constexpr QByteArrayView doneWord = "raised";

// Of the process at the other end; nothing when the system does not say.
static std::optional<uid_t> peerOf(const QLocalSocket &socket)
{
    ucred credentials = {};
    socklen_t size = sizeof credentials;
    if (::getsockopt(int(socket.socketDescriptor()), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return std::nullopt;
    return credentials.uid;
}

QString InstanceChannel::pathFor(const QString &dataFolder)
{
    const QString folder = QDir(dataFolder).absolutePath();
    const QString here = folder + u"/instance.socket"_s;
    // Qt binds it in a folder of its own beside it first, whose name is this much longer.
    static constexpr qsizetype detour = 16;
    if (QFile::encodeName(here).size() + detour < qsizetype(sizeof(sockaddr_un::sun_path)))
        return here;
    const QByteArray mark =
        QCryptographicHash::hash(QFile::encodeName(folder), QCryptographicHash::Sha256).toHex().left(16);
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    return (runtime.isEmpty() ? QDir::tempPath() : runtime) + u"/bitnet-supervisor-"_s + QString::fromLatin1(mark);
}

InstanceChannel::InstanceChannel(const QString &dataFolder, uid_t allowed, QObject *parent)
    : QObject(parent)
    , m_path(pathFor(dataFolder))
    , m_allowed(allowed)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &InstanceChannel::greet);
}

bool InstanceChannel::listen(QString *error)
{
    QLocalServer::removeServer(m_path);
    if (m_server.listen(m_path))
        return true;
    *error =
        u"A second start of the application will not find this window: %1 (%2)."_s.arg(m_server.errorString(), m_path);
    return false;
}

void InstanceChannel::greet()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        const std::optional<uid_t> peer = peerOf(*socket);
        if (peer != m_allowed) {
            qCWarning(instanceLog).noquote() << "Refused a connection to" << m_path << "by"
                                             << (peer ? u"the user with the id %1"_s.arg(*peer) : u"an unknown user"_s);
            socket->abort();
            socket->deleteLater();
            continue;
        }
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QLocalSocket::readyRead, this, [this, socket] { read(*socket); });
        QTimer::singleShot(idleLimit, socket, [socket] { socket->abort(); });
        read(*socket);
    }
}

void InstanceChannel::read(QLocalSocket &socket)
{
    if (!socket.canReadLine()) {
        if (socket.bytesAvailable() > longestLine)
            socket.abort();
        return;
    }
    const QByteArray line = socket.readLine(longestLine).trimmed();
    if (line != raiseWord) {
        qCWarning(instanceLog) << "Not understood on the instance's socket:" << line;
        socket.abort();
        return;
    }
    Q_EMIT raiseRequested();
    socket.write(doneWord.toByteArray() + '\n');
    socket.flush();
    socket.disconnectFromServer();
}

InstanceRequest::InstanceRequest(const QString &dataFolder, QObject *parent)
    : QObject(parent)
    , m_path(InstanceChannel::pathFor(dataFolder))
    , m_socket(new QLocalSocket(this))
{
    connect(m_socket, &QLocalSocket::connected, this, [this] {
        // In a folder that others may write to, somebody else could listen in its place.
        if (peerOf(*m_socket) != ::geteuid())
            return settle(&InstanceRequest::nobodyThere);
        m_wasConnected = true;
        m_socket->write(raiseWord.toByteArray() + '\n');
    });
    connect(m_socket, &QLocalSocket::readyRead, this, [this] {
        if (m_socket->canReadLine()) {
            settle(m_socket->readLine(longestLine).trimmed() == doneWord ? &InstanceRequest::raised
                                                                         : &InstanceRequest::refused);
        }
    });
    connect(m_socket, &QLocalSocket::errorOccurred, this, [this] {
        if (m_settled)
            return;
        if (m_wasConnected)
            return settle(&InstanceRequest::refused);
        if (std::chrono::steady_clock::now() >= m_giveUpAt)
            return settle(&InstanceRequest::nobodyThere);
        // It may hold the lock already and not listen yet.
        QTimer::singleShot(retryInterval, this, &InstanceRequest::tryOnce);
    });
}

void InstanceRequest::start(std::chrono::milliseconds patience)
{
    m_giveUpAt = std::chrono::steady_clock::now() + patience / 3;
    QTimer::singleShot(patience, this,
                       [this] { settle(m_wasConnected ? &InstanceRequest::refused : &InstanceRequest::nobodyThere); });
    tryOnce();
}

void InstanceRequest::tryOnce()
{
    if (!m_settled)
        m_socket->connectToServer(m_path);
}

void InstanceRequest::settle(void (InstanceRequest::*how)())
{
    if (std::exchange(m_settled, true))
        return;
    Q_EMIT(this->*how)();
}

} // namespace BitNet
