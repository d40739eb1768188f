// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/output/outputlog.h"

#include <QObject>
#include <QString>
#include <QStringDecoder>

namespace BitNet {

class OutputSink;

// Shows the answer to one request while it comes, and keeps it. On a terminal it is made harmless; elsewhere it is passed on
// as it is.
class AnswerPrinter : public QObject
{
    Q_OBJECT
public:
    // sink: null when it is kept only.
    explicit AnswerPrinter(OutputSink *sink, QObject *parent = nullptr);

    // The records of the request's job, in their order. With the last one all of the answer is there, and the line that it
    // ends in was ended.
    void take(const JobRecord &record);
    const QString &text() const { return m_text; }

private:
    void read();
    void show(const QString &text);

    OutputSink *const m_sink;
    OutputLog m_log;
    QStringDecoder m_decoder{QStringDecoder::Utf8};
    qint64 m_position = 0;
    QString m_text;
};

} // namespace BitNet
