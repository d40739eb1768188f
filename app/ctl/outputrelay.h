// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/lineprefixer.h"
#include "core/output/outputlog.h"

#include <QObject>
#include <QString>

#include <optional>

namespace BitNet {

class OutputSink;

// Shows one job's output while it comes: reads the job's log and passes both streams on in the order they came, each to its
// sink. Reads only when the sinks take more, so that memory stays small whatever the job prints.
class OutputRelay : public QObject
{
    Q_OBJECT
public:
    struct Sinks
    {
        OutputSink *standardOutput = nullptr;
        OutputSink *standardError = nullptr;
    };
    // Passes bytes on as they are.
    OutputRelay(const QString &folder, Sinks sinks, QObject *parent);
    // Passes whole lines on, each with the prefix.
    OutputRelay(const QString &folder, Sinks sinks, const QByteArray &outputPrefix, const QByteArray &errorPrefix,
                QObject *parent);
    ~OutputRelay() override;

    // Gives the disk back what was passed on already, once the log is larger than this. What is left of such a log is of no
    // use: see isTrimmed().
    void setTrimming(qint64 beyond)
    {
        m_trimming = true;
        m_trimBeyond = beyond;
    }
    bool isTrimmed() const { return m_trimmed > 0; }

    void start();
    // The job has ended, its log is complete: done() follows when all of it was passed on.
    void finish();
    // Passes nothing more on; done() follows after finish().
    void discard();
    // A sink was blocked and is not any more.
    void continueWriting();

    QString folder() const { return m_folder; }
    // Why the log could not be read; empty when it could.
    QString error() const { return m_error; }

Q_SIGNALS:
    // Emitted once, from the event loop.
    void done();

private:
    bool openLog();
    void pump();
    void pumpLater();
    bool passOnNext(qint64 *budget);
    void show(ChunkKind kind, QByteArrayView bytes);
    void settle();
    void trim();

    OutputLog m_log;
    const QString m_folder;
    const Sinks m_sinks;
    std::optional<LinePrefixer> m_outputLines;
    std::optional<LinePrefixer> m_errorLines;
    qint64 m_chunk = 0; // the next one
    qint64 m_inChunk = 0; // how much of it was passed on
    qint64 m_position = 0; // in output.log
    qint64 m_trimBeyond = 0;
    qint64 m_trimmed = 0; // up to here the disk got it back
    QString m_error;
    int m_trimDescriptor = -1;
    bool m_trimming = false;
    bool m_finishing = false;
    bool m_discarding = false;
    bool m_settled = false;
    bool m_pumpPending = false;
};

} // namespace BitNet
