// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationviewaccessible.h"

#include "ui/prompt/conversationview.h"

#include <QPointer>

namespace BitNet {

namespace {

// One message.
class MessageAccessible : public QAccessibleInterface
{
public:
    MessageAccessible(ConversationView *view, MessageId id)
        : m_view(view)
        , m_id(id)
    {
    }

    MessageId message() const { return m_id; }

    bool isValid() const override { return m_view && m_view->shownMessages().contains(m_id); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_view.data()); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        switch (kind) {
        case QAccessible::Name:
            return m_view->messageName(m_id);
        case QAccessible::Value:
        case QAccessible::Description:
            return m_view->accessibleText(m_id);
        default:
            return {};
        }
    }
    void setText(QAccessible::Text, const QString &) override { }

    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect inView = m_view->messageRect(m_id);
        return {m_view->viewport()->mapToGlobal(inView.topLeft()), inView.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.readOnly = true;
        state.multiLine = true;
        state.selectable = true;
        state.focusable = true;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.focused = m_view->hasFocus() && m_view->currentMessage() == m_id;
        state.offscreen = !m_view->messageRect(m_id).intersects(m_view->viewport()->rect());
        return state;
    }

private:
    const QPointer<ConversationView> m_view;
    const MessageId m_id;
};

} // namespace

ConversationViewAccessible::ConversationViewAccessible(ConversationView *view)
    : QAccessibleWidget(view, QAccessible::List)
{
}

ConversationViewAccessible::~ConversationViewAccessible()
{
    for (const QAccessible::Id id : std::as_const(m_messages))
        QAccessible::deleteAccessibleInterface(id);
}

QAccessibleInterface *ConversationViewAccessible::create(const QString &, QObject *object)
{
    auto *view = qobject_cast<ConversationView *>(object);
    return view ? new ConversationViewAccessible(view) : nullptr;
}

ConversationView *ConversationViewAccessible::view() const
{
    return static_cast<ConversationView *>(widget());
}

QAccessibleInterface *ConversationViewAccessible::interfaceOf(MessageId id) const
{
    auto found = m_messages.find(id);
    if (found == m_messages.end())
        found = m_messages.insert(id, QAccessible::registerAccessibleInterface(new MessageAccessible(view(), id)));
    return QAccessible::accessibleInterface(*found);
}

int ConversationViewAccessible::childCount() const
{
    return int(view()->shownMessages().size()) + QAccessibleWidget::childCount();
}

QAccessibleInterface *ConversationViewAccessible::child(int index) const
{
    const QList<MessageId> ids = view()->shownMessages();
    if (index >= 0 && index < ids.size())
        return interfaceOf(ids[index]);
    return QAccessibleWidget::child(index - int(ids.size()));
}

int ConversationViewAccessible::indexOfChild(const QAccessibleInterface *child) const
{
    const QList<MessageId> ids = view()->shownMessages();
    if (const auto *message = dynamic_cast<const MessageAccessible *>(child))
        return int(ids.indexOf(message->message()));
    const int index = QAccessibleWidget::indexOfChild(child);
    return index < 0 ? index : index + int(ids.size());
}

QAccessibleInterface *ConversationViewAccessible::childAt(int x, int y) const
{
    if (QAccessibleInterface *control = QAccessibleWidget::childAt(x, y);
        control && control->object() != view()->viewport())
        return control;
    const QPoint position = view()->viewport()->mapFromGlobal(QPoint(x, y));
    for (const MessageId id : view()->shownMessages()) {
        if (view()->messageRect(id).contains(position))
            return interfaceOf(id);
    }
    return nullptr;
}

QAccessibleInterface *ConversationViewAccessible::focusChild() const
{
    if (view()->hasFocus() && view()->currentMessage() != noMessage)
        return interfaceOf(view()->currentMessage());
    return QAccessibleWidget::focusChild();
}

QAccessible::State ConversationViewAccessible::state() const
{
    QAccessible::State state = QAccessibleWidget::state();
    state.readOnly = true;
    return state;
}

} // namespace BitNet
