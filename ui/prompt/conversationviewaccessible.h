// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/message.h"

#include <QAccessibleWidget>
#include <QHash>

namespace BitNet {

class ConversationView;

// What a screen reader is told of a ConversationView: a list of messages, each with who speaks as its name and its text as its
// value, then the buttons that are on the screen.
class ConversationViewAccessible : public QAccessibleWidget
{
public:
    explicit ConversationViewAccessible(ConversationView *view);
    ~ConversationViewAccessible() override;

    // For QAccessible::installFactory().
    static QAccessibleInterface *create(const QString &className, QObject *object);

    int childCount() const override;
    QAccessibleInterface *child(int index) const override;
    int indexOfChild(const QAccessibleInterface *child) const override;
    QAccessibleInterface *childAt(int x, int y) const override;
    QAccessibleInterface *focusChild() const override;
    QAccessible::State state() const override;

private:
    ConversationView *view() const;
    QAccessibleInterface *interfaceOf(MessageId id) const;

    mutable QHash<MessageId, QAccessible::Id> m_messages;
};

} // namespace BitNet
