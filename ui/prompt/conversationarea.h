// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationdocument.h"

#include <QStackedWidget>

#include <array>
#include <memory>

class QAction;

namespace BitNet {

class ConversationFindBar;
class ConversationView;
class ElidedLabel;
class EmptyState;
class ToneLabel;

// The conversation, or what there is to do before there is one. Two answers to one prompt can be shown side by side.
class ConversationArea : public QStackedWidget
{
    Q_OBJECT
public:
    enum class Empty {
        NoEngine,
        NoModel,
        Invitation,
    };

    explicit ConversationArea(QWidget *parent = nullptr);

    void setDocument(const std::shared_ptr<ConversationDocument> &document);
    // What is shown while the conversation has no messages.
    void setEmpty(Empty empty);
    void setCanAsk(bool canAsk);
    // Both answers to one prompt; noMessage: the current branch alone.
    void compare(MessageId left, MessageId right);
    bool isComparing() const;
    // The answers that are compared, left and right; noMessage: none are.
    MessageId leftAnswer() const { return m_sides[0].answer; }
    MessageId rightAnswer() const { return m_sides[1].answer; }
    // Shows the field to search the conversation with; with two answers, the one that has the cursor.
    void openSearch();
    // To the next hit of the search, or opens it.
    void findNext(bool backwards);
    ConversationView *view() const { return m_sides[0].view; }
    ConversationView *secondView() const { return m_sides[1].view; }
    // Buttons of the empty page.
    void addFirstStep(QAction *action);
    void addModelStep(QAction *action);

Q_SIGNALS:
    void regenerateRequested(BitNet::MessageId answer);
    void editRequested(BitNet::MessageId prompt);
    void jobRequested(BitNet::JobId job);
    void told(const QString &text);
    // The conversation is to go on with this answer, alone.
    void chosen(BitNet::MessageId answer);

private:
    struct Side
    {
        QWidget *widget = nullptr;
        QWidget *caption = nullptr;
        ElidedLabel *name = nullptr;
        ToneLabel *figures = nullptr;
        ConversationView *view = nullptr;
        MessageId answer = noMessage;
    };
    Side makeSide();
    QString captionOf(MessageId answer) const;
    void followFigures();
    void follow();

    std::shared_ptr<ConversationDocument> m_document;
    EmptyState *m_invitation;
    EmptyState *m_noEngine;
    EmptyState *m_noModel;
    QWidget *m_conversation; // the search and the sides
    ConversationFindBar *m_findBar;
    std::array<Side, 2> m_sides;
    Empty m_empty = Empty::Invitation;
};

} // namespace BitNet
