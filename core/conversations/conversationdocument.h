// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"

#include <QObject>

namespace BitNet {

// An open conversation: the value with news of its changes. Views show it, a controller writes the answers into it while they
// come, the store keeps it on disk. Lives in one thread (the GUI's).
//
// What changes nothing (an unknown id, the same title again) emits nothing and returns noMessage or false.
class ConversationDocument : public QObject
{
    Q_OBJECT
public:
    explicit ConversationDocument(const Conversation &conversation, bool readOnly = false, QObject *parent = nullptr);

    const Conversation &conversation() const { return m_conversation; }
    const QString &id() const { return m_conversation.id; }
    // Written by a later version: every change is refused.
    bool isReadOnly() const { return m_readOnly; }
    // It was deleted: it can still be shown, but every change is refused (until it is restored).
    bool isRemoved() const { return m_removed; }
    // Whether an answer is being generated, on whichever branch.
    bool isGenerating() const;

    void setTitle(const QString &title);
    void setSettings(const PromptSettings &settings);

    // As those of Conversation.
    MessageId addPrompt(const QString &text);
    MessageId addEditedPrompt(MessageId original, const QString &text);
    // preset: its name, kept with the answer.
    MessageId addAnswer(MessageId prompt, const QString &engine = {}, const QString &model = {}, JobId job = {},
                        const QString &preset = {});
    // Also when other changes are refused: one may look around, it is only not kept.
    bool select(MessageId id);

    // The job that makes the answer, once it is known.
    void setJob(MessageId answer, JobId job);
    // The job of the server that makes it, likewise.
    void setServerJob(MessageId answer, JobId job);
    // Cheap: may be called for every token.
    void appendText(MessageId answer, const QString &text);
    // Another text than the one that came so far, as when an echo turns out to be one.
    void setText(MessageId answer, const QString &text);
    // The answer's end. Any later one changes what was said; reason is a sentence.
    void finish(MessageId answer, MessageState state, const MessageFigures &figures = {}, const QString &reason = {});

Q_SIGNALS:
    // After each change, whichever; comes after the signal that says what it was.
    void changed();
    void titleChanged();
    void settingsChanged();
    // The current branch has other messages than before: some were added, or another sibling was selected.
    void branchChanged();
    // Text was added at the end.
    void textAppended(BitNet::MessageId id);
    // All else of a message: its state, figures, job or whole text.
    void messageChanged(BitNet::MessageId id);
    // isRemoved() changed.
    void removedChanged();

private:
    friend class ConversationStore;

    bool isChangeable() const { return !m_readOnly && !m_removed; }
    MessageId added(MessageId id);
    template<typename Change>
    void change(MessageId id, Change &&change);
    void setRemoved(bool removed);

    Conversation m_conversation;
    const bool m_readOnly;
    bool m_removed = false;
};

} // namespace BitNet
