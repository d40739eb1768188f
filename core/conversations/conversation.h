// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/message.h"
#include "core/conversations/promptsettings.h"

#include <QDateTime>
#include <QList>
#include <QString>

namespace BitNet {

// Prompts and answers as a tree: to ask again, or to ask otherwise, makes a sibling and keeps what was there. One way
// through the tree, from a beginning to its leaf, is the current branch.
//
// A value: copies are cheap (they share their messages until one of them changes). Not thread-safe, as values are.
class Conversation
{
public:
    // Where a message is among the ways that go on from the same message: "2 / 3" is {1, 3}.
    struct SiblingPosition
    {
        int index = 0;
        int count = 0;

        friend bool operator==(const SiblingPosition &, const SiblingPosition &) = default;
    };

    static constexpr qsizetype longestTitle = 200;

    // With an id of its own and the time of now.
    static Conversation create(const PromptSettings &settings = {});

    QString id = {}; // names its file; letters, digits and '-'
    QDateTime created = {}; // UTC
    QDateTime updated = {}; // UTC; of the last change of anything
    PromptSettings settings = {}; // for the next prompt; its system prompt is the conversation's

    // The one that was chosen, else the beginning of the first prompt; empty when there is neither.
    QString title() const;
    bool hasChosenTitle() const { return !m_chosenTitle.isEmpty(); }
    // An empty one goes back to the first prompt's. Line ends become spaces; cut at longestTitle.
    void setTitle(const QString &title);

    // In the order of their ids.
    const QList<Message> &messages() const { return m_messages; }
    bool isEmpty() const { return m_messages.isEmpty(); }
    // Nothing for an unknown id. Valid until the next change.
    const Message *message(MessageId id) const;
    // In the order in which they were made. Of noMessage: the beginnings.
    QList<MessageId> children(MessageId parent) const;
    SiblingPosition siblingPosition(MessageId id) const;
    // The sibling that is steps away (1: the next); noMessage when there is none.
    MessageId sibling(MessageId id, int steps) const;

    // The current branch, from its beginning to its leaf.
    QList<MessageId> branch() const;
    MessageId leaf() const;
    // The branch of this message up to it, whether current or not.
    QList<MessageId> pathTo(MessageId id) const;
    // Makes it part of the current branch, which goes on below it as it went when it was left. False: unknown id.
    bool select(MessageId id);

    // Adds it under message.parent (which must be there, or noMessage), gives it an id and the time of now if it has none,
    // and selects it. Returns the id; noMessage when the parent is unknown.
    MessageId add(Message message);
    // A prompt at the end of the current branch.
    MessageId addPrompt(const QString &text);
    // A prompt beside that one, with another text: edit and resend.
    MessageId addEditedPrompt(MessageId original, const QString &text);
    // An empty answer to the prompt, Generating: also beside others to the same prompt (regenerate, compare).
    MessageId addAnswer(MessageId prompt, const QString &engine = {}, const QString &model = {}, JobId job = {});
    // Changes a message in place; what says where it is in the tree can't be changed so. False: unknown id.
    bool update(const Message &message);
    bool appendText(MessageId id, const QString &text);

    // Answers of which no more will come, because whoever received them is gone. True when there were any.
    bool markInterrupted();

    // Takes messages as a file tells them. False when they are no tree: ids that are not unique and growing, parents that
    // are unknown or not before their children; problem then holds a sentence, and nothing was changed.
    bool setMessages(const QList<Message> &messages, MessageId selectedBeginning, QString *problem);
    MessageId selectedBeginning() const { return m_selectedBeginning; }

    friend bool operator==(const Conversation &, const Conversation &) = default;

private:
    qsizetype indexOf(MessageId id) const;
    MessageId &selectedUnder(MessageId parent);
    MessageId goesOnWith(MessageId id) const;

    QString m_chosenTitle;
    QList<Message> m_messages;
    MessageId m_selectedBeginning = noMessage;
};

} // namespace BitNet
