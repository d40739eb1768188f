// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/output/outputlog.h"

#include <QFrame>
#include <QStringDecoder>
#include <QTimer>

class QLabel;
class QToolButton;

namespace BitNet {

class ToneLabel;

// One prompt and its answer, which grows while the engine generates it.
class AnswerCard : public QFrame
{
    Q_OBJECT
public:
    AnswerCard(JobId job, const QString &prompt, bool replay, QWidget *parent = nullptr);

    JobId job() const { return m_job; }
    // News of its job.
    void setRecord(const JobRecord &record);
    bool isRunning() const { return m_running; }
    // What the engine has generated so far, the echo of the prompt left out.
    QString answer() const;
    const QString &prompt() const { return m_prompt; }
    // "64 tokens · 12.1 tokens/s · TTFT 310 ms · E2E 5.6 s"; what is not known is left out.
    static QString figures(const JobRecord &record);

Q_SIGNALS:
    void grown();
    void jobRequested(BitNet::JobId id);

private:
    void read();
    void layOut();

    const JobId m_job;
    const QString m_prompt;
    bool m_running = true;
    OutputLog m_log;
    qint64 m_position = 0;
    QStringDecoder m_decoder{QStringDecoder::Utf8};
    QString m_text;
    QTimer m_frame; // the text is laid out once a frame, however many tokens come
    QLabel *m_answer;
    ToneLabel *m_figures;
    ToneLabel *m_reason;
};

} // namespace BitNet
