// SPDX-License-Identifier: MIT
#include "app/ctl/console.h"

#include "app/ctl/terminaltext.h"

#include <sys/stat.h>
#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

bool isSameTerminal(int one, int other)
{
    struct stat first = {};
    struct stat second = {};
    return ::isatty(one) && ::isatty(other) && ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0
        && first.st_rdev == second.st_rdev;
}

} // namespace

Console::Console(bool quiet, QObject *parent)
    : QObject(parent)
    , m_standardOutput(STDOUT_FILENO)
    , m_standardError(STDERR_FILENO)
    , m_errors(isSameTerminal(STDOUT_FILENO, STDERR_FILENO) ? m_standardOutput : m_standardError)
    , m_quiet(quiet)
{
    for (OutputSink *sink : {&m_standardOutput, &m_standardError}) {
        connect(sink, &OutputSink::drained, this, [this] {
            if (!isBlocked())
                Q_EMIT drained();
        });
        connect(sink, &OutputSink::broken, this, [this] {
            if (!isBlocked())
                Q_EMIT drained();
        });
    }
    connect(&m_standardOutput, &OutputSink::broken, this, &Console::outputBroken);
}

void Console::complain(const QString &sentence)
{
    m_errors.write(harmless(QString(u"bitnetctl: "_s + sentence + u'\n')).toUtf8());
}

void Console::note(const QString &sentence)
{
    if (!m_quiet)
        complain(sentence);
}

void Console::reply(const QString &lines)
{
    const QString text =
        m_errors.hasColours() ? u"\033[2m%1\033[0m\n"_s.arg(harmless(lines)) : QString(harmless(lines) + u'\n');
    m_errors.write(text.toUtf8());
}

void Console::aside(const QString &line)
{
    if (!m_quiet)
        reply(line);
}

void Console::close()
{
    m_standardOutput.close();
    m_standardError.close();
}

} // namespace BitNet
