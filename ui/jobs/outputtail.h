// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/output/outputlog.h"

#include <QPlainTextEdit>

namespace BitNet {

// The end of a job's output, as it comes; stderr in a colour of its own.
class OutputTail : public QPlainTextEdit
{
    Q_OBJECT
public:
    explicit OutputTail(QWidget *parent = nullptr);

    void setJob(const JobRecord &record);
    void clearJob();

private:
    void read();

    OutputLog m_log;
    qint64 m_nextChunk = 0;
};

} // namespace BitNet
