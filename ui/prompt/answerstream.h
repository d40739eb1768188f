// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationdocument.h"
#include "core/jobs/jobrecord.h"
#include "core/output/outputlog.h"
#include "core/runtime/promptecho.h"

#include <QObject>
#include <QStringDecoder>

#include <memory>

namespace BitNet {

// Carries the output of one job into one answer of a conversation, while it comes: leaves out the echo of the prompt and what
// an engine prints at its end, and finishes the answer with the record's figures. GUI thread.
class AnswerStream : public QObject
{
    Q_OBJECT
public:
    AnswerStream(std::shared_ptr<ConversationDocument> document, MessageId answer, const JobSpec &job,
                 QObject *parent = nullptr);

    const std::shared_ptr<ConversationDocument> &document() const { return m_document; }
    MessageId answer() const { return m_answer; }
    // News of the job. With the last of them the answer is finished.
    void take(const JobRecord &record);
    bool hasText() const { return m_hasText; }

private:
    void read(bool hasEnded);
    void finish(const JobRecord &record);

    const std::shared_ptr<ConversationDocument> m_document;
    const MessageId m_answer;
    const PromptEcho m_echo;
    OutputLog m_log;
    qint64 m_position = 0; // in standard output
    QByteArray m_beginning; // while it is not known where the answer begins
    QByteArray m_held; // may turn out to be the engine's last words
    bool m_begun = false;
    bool m_hasText = false;
    bool m_endOfText = false; // the engine said so
    QStringDecoder m_decoder{QStringDecoder::Utf8};
};

} // namespace BitNet
