// SPDX-License-Identifier: MIT
#include "app/ctl/lineinput.h"

#include "app/ctl/outputsink.h"

#include <cerrno>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

namespace BitNet {

static constexpr qsizetype blockBytes = 64 * 1024;
// Bracketed paste: what is pasted comes between two marks, so that a line feed in it is none that was typed.
static constexpr char pastesAreMarked[] = "\033[?2004h";
static constexpr char pastesAreUsual[] = "\033[?2004l";

static int columnsOfTerminal()
{
    winsize size = {};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

LineInput::LineInput(OutputSink &echo, QObject *parent)
    : QObject(parent)
    , m_echo(echo)
    , m_notifier(STDIN_FILENO, QSocketNotifier::Read)
    , m_isTerminal(::isatty(STDIN_FILENO) == 1)
{
    const QByteArray kind = qgetenv("TERM");
    m_canEdit = m_isTerminal && echo.isTerminal() && !kind.isEmpty() && kind != "dumb";
    m_notifier.setEnabled(false);
    connect(&m_notifier, &QSocketNotifier::activated, this, &LineInput::read);
}

LineInput::~LineInput()
{
    release();
}

void LineInput::ask(const QString &prompt)
{
    m_asked = true;
    if (m_canEdit)
        beginEditing(prompt);
    else if (m_isTerminal)
        m_echo.write(prompt.toUtf8());
    // From the event loop, as a line that has yet to come.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_asked && !takeLine())
                m_notifier.setEnabled(true);
        },
        Qt::QueuedConnection);
}

void LineInput::cancel()
{
    m_asked = false;
    m_notifier.setEnabled(false);
    if (std::exchange(m_pastesAreMarked, false))
        m_echo.write(QByteArrayView(pastesAreUsual));
}

void LineInput::release()
{
    cancel();
    if (m_usual)
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*m_usual);
    m_usual.reset();
}

// Key by key and without an echo; signals stay, except that nobody is sent away from a line that is half written.
void LineInput::beginEditing(const QString &prompt)
{
    termios settings = {};
    if (!m_usual && ::tcgetattr(STDIN_FILENO, &settings) == 0) {
        m_usual = settings;
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN);
        settings.c_cc[VMIN] = 1;
        settings.c_cc[VTIME] = 0;
        settings.c_cc[VSUSP] = _POSIX_VDISABLE;
        ::tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
    }
    m_pastesAreMarked = true;
    m_echo.write(QByteArrayView(pastesAreMarked));
    m_editor.begin(prompt, columnsOfTerminal());
    m_echo.write(m_editor.takeOutput());
}

bool LineInput::takeLine()
{
    return m_canEdit ? takeEditedLine() : takePlainLine();
}

bool LineInput::takeEditedLine()
{
    LineEditor::Result result = m_editor.take(m_buffer, columnsOfTerminal());
    m_echo.write(m_editor.takeOutput());
    if (result == LineEditor::Result::Editing && m_atEnd)
        result = LineEditor::Result::Ended;
    if (result == LineEditor::Result::Editing)
        return false;
    cancel();
    if (result == LineEditor::Result::Ended) {
        Q_EMIT ended();
        return true;
    }
    m_editor.remember(m_editor.text());
    Q_EMIT line(m_editor.text().toUtf8());
    return true;
}

// False when there is no whole one yet.
bool LineInput::takePlainLine()
{
    const qsizetype end = m_buffer.indexOf('\n', m_searched);
    m_searched = m_buffer.size();
    if (end < 0 && !m_atEnd)
        return false;
    cancel();
    m_searched = 0;
    if (end < 0 && m_buffer.isEmpty()) {
        Q_EMIT ended();
        return true;
    }
    QByteArray bytes = end < 0 ? std::exchange(m_buffer, {}) : m_buffer.first(end);
    if (end >= 0)
        m_buffer.remove(0, end + 1);
    if (bytes.endsWith('\r'))
        bytes.chop(1);
    Q_EMIT line(bytes);
    return true;
}

void LineInput::read()
{
    QByteArray bytes(blockBytes, Qt::Uninitialized);
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), size_t(bytes.size()));
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count > 0)
        m_buffer += bytes.first(count);
    else
        m_atEnd = true; // or a terminal that is gone
    takeLine();
    if (count == 0 && m_isTerminal)
        m_atEnd = false;
}

} // namespace BitNet
