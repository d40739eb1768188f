// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"

#include <QWidget>

class QToolButton;

namespace BitNet {

class ToneLabel;

// What one may do with a message, below it: its figures, copy, ask again, edit, go to its siblings and to its job.
class MessageBar : public QWidget
{
    Q_OBJECT
public:
    struct Options
    {
        bool canAsk = true;
        bool hasCode = false;
        bool showsSiblings = true;
        bool readOnly = false;

        friend bool operator==(const Options &, const Options &) = default;
    };

    explicit MessageBar(QWidget *parent = nullptr);

    void setMessage(const Message &message, const Conversation::SiblingPosition &siblings, const Options &options);
    MessageId message() const { return m_id; }

Q_SIGNALS:
    void copyRequested(BitNet::MessageId id);
    void copyCodeRequested(BitNet::MessageId id);
    void regenerateRequested(BitNet::MessageId id);
    void editRequested(BitNet::MessageId id);
    void jobRequested(BitNet::JobId job);
    void siblingRequested(BitNet::MessageId id, int steps);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void elide();
    QToolButton *addButton(const QString &icon, const QString &text);

    MessageId m_id = noMessage;
    JobId m_job;
    JobId m_serverJob;
    QString m_text; // the figures, whole
    ToneLabel *m_figures;
    QToolButton *m_previous;
    ToneLabel *m_position;
    QToolButton *m_next;
    QToolButton *m_copy;
    QToolButton *m_copyCode;
    QToolButton *m_regenerate;
    QToolButton *m_edit;
    QToolButton *m_goToJob;
    QToolButton *m_serverLog;
};

} // namespace BitNet
