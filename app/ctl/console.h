// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/outputsink.h"

#include <QObject>
#include <QString>

namespace BitNet {

// The two output streams of a command that stays, with what it says of itself: sentences on standard error. What others put
// into a sentence is made harmless. Where both are the same terminal they are one: what a slow terminal has not taken yet of
// the one would come behind what the other says next.
class Console : public QObject
{
    Q_OBJECT
public:
    explicit Console(bool quiet, QObject *parent = nullptr);

    OutputSink &standardOutput() { return m_standardOutput; }
    OutputSink &standardError() { return m_errors; }

    // "bitnetctl: " and the sentence on a line of its own.
    void complain(const QString &sentence);
    // The same, unless it is quiet.
    void note(const QString &sentence);
    // Lines for the eye, which were asked for: dimmed on a terminal that has colours.
    void reply(const QString &lines);
    // The same, unless it is quiet.
    void aside(const QString &line);

    bool isQuiet() const { return m_quiet; }
    // Whether something waits for a slow reader; drained() comes when that has changed.
    bool isBlocked() const { return m_standardOutput.isBlocked() || m_standardError.isBlocked(); }
    // Forgets what waits and writes nothing more.
    void close();

Q_SIGNALS:
    void drained();
    // Standard output can't be written to any more: see OutputSink::broken().
    void outputBroken(int errorNumber);

private:
    OutputSink m_standardOutput;
    OutputSink m_standardError;
    OutputSink &m_errors;
    const bool m_quiet;
};

} // namespace BitNet
