// SPDX-License-Identifier: MIT
#pragma once

#include "support/ctlprocess.h"

#include <cstdlib>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace BitNet::Testing {

// bitnetctl at a terminal of its own, and the person who types there.
class CtlTerminal : public CtlProcess
{
public:
    // kind: the value of TERM.
    explicit CtlTerminal(const QStringList &arguments, const QString &kind = QStringLiteral("dumb"))
        : CtlProcess(arguments)
        , m_master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK))
    {
        if (m_master < 0 || ::grantpt(m_master) != 0 || ::unlockpt(m_master) != 0)
            qFatal("no terminal can be made");
        const winsize size = {.ws_row = 25, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
        ::ioctl(m_master, TIOCSWINSZ, &size);
        m_slave = ::open(::ptsname(m_master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        setChildProcessModifier([slave = m_slave] {
            ::setsid();
            ::ioctl(slave, TIOCSCTTY, 0);
            for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
                ::dup2(slave, descriptor);
        });
        setTerm(kind);
        ::tcgetattr(m_slave, &m_usual);
        start();
        waitForStarted(ctlPatience);
    }
    ~CtlTerminal() override
    {
        ::close(m_master);
        ::close(m_slave);
    }

    void type(const QByteArray &bytes)
    {
        if (::write(m_master, bytes.constData(), size_t(bytes.size())) != bytes.size())
            qFatal("the terminal takes nothing");
    }
    // Whether this comes on the screen (line ends as "\n"), after what was asked for before.
    bool shows(const QByteArray &text)
    {
        const bool isShown = QTest::qWaitFor(
            [&] {
                look();
                return m_screen.indexOf(text, m_seen) >= 0;
            },
            ctlPatience);
        if (isShown)
            m_seen = m_screen.indexOf(text, m_seen) + text.size();
        else
            qWarning("The screen shows: %s", m_screen.constData() + m_seen);
        return isShown;
    }
    termios settings() const
    {
        termios settings = {};
        ::tcgetattr(m_slave, &settings);
        return settings;
    }
    // Those before bitnetctl was started.
    const termios &usualSettings() const { return m_usual; }
    // All that came on the screen until now.
    const QByteArray &screen()
    {
        look();
        return m_screen;
    }

private:
    void setTerm(const QString &kind)
    {
        QProcessEnvironment environment = processEnvironment();
        environment.insert(QStringLiteral("TERM"), kind);
        setProcessEnvironment(environment);
    }
    void look()
    {
        char bytes[4096];
        ssize_t count = 0;
        while ((count = ::read(m_master, bytes, sizeof bytes)) > 0)
            m_screen += QByteArray(bytes, count).replace("\r\n", "\n");
    }

    const int m_master;
    int m_slave = -1;
    termios m_usual = {};
    QByteArray m_screen;
    qsizetype m_seen = 0;
};

} // namespace BitNet::Testing
