// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationfindbar.h"

#include "ui/prompt/conversationview.h"

namespace BitNet {

using namespace Qt::StringLiterals;

ConversationFindBar::ConversationFindBar(ConversationView *view, QWidget *parent)
    : FindBar(u"conversationSearch"_s, tr("Find in this conversation"), parent)
{
    setView(view);
}

void ConversationFindBar::setView(ConversationView *view)
{
    if (m_view == view)
        return;
    if (m_view) {
        m_view->disconnect(this);
        m_view->find({});
    }
    m_view = view;
    connect(view, &ConversationView::hitsChanged, this, &ConversationFindBar::showCount);
    showCount();
}

void ConversationFindBar::find(const QString &text, Qt::CaseSensitivity sensitivity)
{
    m_view->find(text, sensitivity);
}

bool ConversationFindBar::isSearching() const
{
    return m_view->isSearching();
}

void ConversationFindBar::step(bool backwards)
{
    if (backwards)
        m_view->findPrevious();
    else
        m_view->findNext();
}

void ConversationFindBar::forget()
{
    m_view->find({});
}

QString ConversationFindBar::selectedText(qsizetype maximum) const
{
    return m_view->selectedText().left(maximum);
}

QWidget *ConversationFindBar::searched() const
{
    return m_view;
}

void ConversationFindBar::scrollByKey(int key)
{
    m_view->scrollByKey(key);
}

void ConversationFindBar::showCount()
{
    if (!m_view->isSearching())
        return showHits(std::nullopt);
    Hits hits{.count = m_view->hitCount()};
    if (m_view->currentHit() >= 0)
        hits.current = m_view->currentHit();
    showHits(hits);
}

} // namespace BitNet
