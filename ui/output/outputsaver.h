// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputchunk.h"

#include <QFutureWatcher>
#include <QObject>
#include <QString>

namespace BitNet {

// Writes a job's output to a file of one's choice in the background, byte for byte, in full or not at all.
class OutputSaver : public QObject
{
    Q_OBJECT
public:
    explicit OutputSaver(QObject *parent = nullptr);
    ~OutputSaver() override;

    // What the job has printed so far; does nothing while another one is saved.
    void save(const QString &folder, OutputStreams streams, const QString &path);
    // The file stays as it was.
    void cancel();
    bool isRunning() const { return m_watcher.isRunning(); }

Q_SIGNALS:
    void progressed(int percent);
    // bytes: how many were written. error: a sentence, or empty. Not emitted when it was cancelled.
    void saved(qint64 bytes, const QString &error);
    // It ended in any way.
    void stopped();

private:
    struct Result
    {
        qint64 bytes = 0;
        QString error;
    };

    QFutureWatcher<Result> m_watcher;
};

} // namespace BitNet
