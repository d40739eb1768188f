// SPDX-License-Identifier: MIT
#include "app/supervisor/instancechannel.h"

#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_InstanceChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault24_firstWindowIsRaised();
    void nobodyThere();
    void aDeadInstancesSocketIsReplaced();
    void anInstanceThatDoesNotAnswer();
    void listensAfterTheQuestion();
    void longFoldersHaveASocketElsewhere();
    void nonsenseIsRefused();
    void fault34_anotherUserIsRefused();
    void fault34_theSocketKeepsOthersOut();
};

struct Answers
{
    explicit Answers(InstanceRequest &request)
        : raised(&request, &InstanceRequest::raised)
        , refused(&request, &InstanceRequest::refused)
        , nobodyThere(&request, &InstanceRequest::nobodyThere)
    {
    }
    qsizetype all() const { return raised.size() + refused.size() + nobodyThere.size(); }

    QSignalSpy raised;
    QSignalSpy refused;
    QSignalSpy nobodyThere;
};

void tst_InstanceChannel::fault24_firstWindowIsRaised()
{
    QTemporaryDir folder;
    InstanceChannel channel(folder.path());
    QString error;
    QVERIFY2(channel.listen(&error), qPrintable(error));
    QSignalSpy asked(&channel, &InstanceChannel::raiseRequested);
    for (int start = 1; start <= 3; ++start) {
        InstanceRequest request(folder.path());
        Answers answers(request);
        request.start();
        QTRY_COMPARE(answers.all(), 1);
        QCOMPARE(answers.raised.size(), 1);
        QCOMPARE(asked.size(), start);
    }
}

void tst_InstanceChannel::nobodyThere()
{
    QTemporaryDir folder;
    InstanceRequest request(folder.path());
    Answers answers(request);
    request.start(300ms);
    QTRY_COMPARE(answers.all(), 1);
    QCOMPARE(answers.nobodyThere.size(), 1);
}

// A socket that is bound, by nobody any more.
static void leaveSocket(const QString &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    QVERIFY(size_t(name.size()) < sizeof address.sun_path);
    std::memcpy(address.sun_path, name.constData(), size_t(name.size()));
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    QCOMPARE(::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
    ::close(descriptor);
}

void tst_InstanceChannel::aDeadInstancesSocketIsReplaced()
{
    QTemporaryDir folder;
    leaveSocket(InstanceChannel::pathFor(folder.path()));
    {
        InstanceRequest request(folder.path());
        Answers answers(request);
        request.start(300ms);
        QTRY_COMPARE(answers.nobodyThere.size(), 1);
    }
    InstanceChannel channel(folder.path());
    QString error;
    QVERIFY2(channel.listen(&error), qPrintable(error));
    InstanceRequest request(folder.path());
    Answers answers(request);
    request.start();
    QTRY_COMPARE(answers.raised.size(), 1);
}

void tst_InstanceChannel::anInstanceThatDoesNotAnswer()
{
    QTemporaryDir folder;
    QLocalServer silent;
    QVERIFY(silent.listen(InstanceChannel::pathFor(folder.path())));
    InstanceRequest request(folder.path());
    Answers answers(request);
    request.start(300ms);
    QTRY_COMPARE(answers.all(), 1);
    QCOMPARE(answers.refused.size(), 1);
}

void tst_InstanceChannel::listensAfterTheQuestion()
{
    QTemporaryDir folder;
    InstanceRequest request(folder.path());
    Answers answers(request);
    request.start(60s);
    InstanceChannel channel(folder.path());
    QString error;
    QVERIFY2(channel.listen(&error), qPrintable(error));
    QTRY_COMPARE_WITH_TIMEOUT(answers.raised.size(), 1, 30'000);
}

void tst_InstanceChannel::longFoldersHaveASocketElsewhere()
{
    QTemporaryDir folder;
    const QString deep = folder.path() + u'/' + QString(120, u'd');
    const QString other = folder.path() + u'/' + QString(121, u'd');
    QVERIFY(InstanceChannel::pathFor(deep) != InstanceChannel::pathFor(other));
    InstanceChannel channel(deep);
    QString error;
    QVERIFY2(channel.listen(&error), qPrintable(error));
    InstanceRequest request(deep);
    Answers answers(request);
    request.start();
    QTRY_COMPARE(answers.raised.size(), 1);
}

void tst_InstanceChannel::nonsenseIsRefused()
{
    QTemporaryDir folder;
    InstanceChannel channel(folder.path());
    QString error;
    QVERIFY(channel.listen(&error));
    QSignalSpy asked(&channel, &InstanceChannel::raiseRequested);
    for (const QByteArray &bytes : {QByteArray("quit\n"), QByteArray(100'000, 'x')}) {
        if (bytes.endsWith('\n'))
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"Not understood on the instance's socket"_s));
        QLocalSocket socket;
        QSignalSpy gone(&socket, &QLocalSocket::disconnected);
        socket.connectToServer(channel.path());
        socket.write(bytes);
        QTRY_COMPARE(gone.size(), 1);
    }
    QCOMPARE(asked.size(), 0);
}

// As if the mode of the socket had let somebody else in.
void tst_InstanceChannel::fault34_anotherUserIsRefused()
{
    QTemporaryDir folder;
    InstanceChannel channel(folder.path(), ::geteuid() + 1);
    QString error;
    QVERIFY(channel.listen(&error));
    QSignalSpy asked(&channel, &InstanceChannel::raiseRequested);
    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(u"Refused a connection to .* by the user with the id %1"_s.arg(::geteuid())));
    InstanceRequest request(folder.path());
    Answers answers(request);
    request.start();
    QTRY_COMPARE(answers.all(), 1);
    QCOMPARE(answers.refused.size(), 1);
    QCOMPARE(asked.size(), 0);
}

void tst_InstanceChannel::fault34_theSocketKeepsOthersOut()
{
    QTemporaryDir folder;
    InstanceChannel channel(folder.path());
    QString error;
    QVERIFY(channel.listen(&error));
    struct stat status = {};
    QCOMPARE(::stat(QFile::encodeName(channel.path()).constData(), &status), 0);
    QCOMPARE(status.st_mode & 0077, mode_t(0));
    if (::geteuid() != 0)
        QSKIP("another user can only be played by root");

    // Somebody who can reach the folder.
    QVERIFY(::chmod(QFile::encodeName(folder.path()).constData(), 0755) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        const QByteArray name = QFile::encodeName(channel.path());
        std::memcpy(address.sun_path, name.constData(), size_t(name.size()));
        if (::setresuid(65534, 65534, 65534) != 0)
            ::_exit(3);
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const int result = ::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        ::_exit(result == 0 ? 1 : errno == EACCES ? 0 : 2);
    }
    int ended = 0;
    QCOMPARE(::waitpid(child, &ended, 0), child);
    QVERIFY(WIFEXITED(ended));
    QCOMPARE(WEXITSTATUS(ended), 0);
}

QTEST_GUILESS_MAIN(tst_InstanceChannel)
#include "tst_instancechannel.moc"
