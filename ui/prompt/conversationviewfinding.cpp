// SPDX-License-Identifier: MIT
// Searches of the ConversationView.
#include "ui/prompt/conversationview.h"

#include <QScrollBar>

#include <algorithm>

namespace BitNet {

void ConversationView::find(const QString &text, Qt::CaseSensitivity sensitivity)
{
    m_findText = text;
    m_findSensitivity = sensitivity;
    m_currentHit = -1;
    m_hits = m_layout.find(text, sensitivity);
    if (!m_hits.empty()) {
        const std::optional<ConversationPlace> top = m_layout.placeAt(QPoint(0, offset()));
        const auto first = std::find_if(m_hits.begin(), m_hits.end(),
                                        [&top](const ConversationRange &hit) { return !top || hit.from >= *top; });
        m_currentHit = first == m_hits.end() ? 0 : int(first - m_hits.begin());
        showHit();
    }
    viewport()->update();
    Q_EMIT hitsChanged();
}

// The text is another one; the current hit stays where it is, if it is still one.
void ConversationView::updateHits()
{
    if (m_findText.isEmpty())
        return;
    const ConversationRange current = m_currentHit >= 0 ? m_hits[size_t(m_currentHit)] : ConversationRange();
    m_hits = m_layout.find(m_findText, m_findSensitivity);
    const auto same = std::find(m_hits.begin(), m_hits.end(), current);
    m_currentHit = same == m_hits.end() ? (m_hits.empty() ? -1 : 0) : int(same - m_hits.begin());
    viewport()->update();
    Q_EMIT hitsChanged();
}

void ConversationView::stepToHit(int steps)
{
    if (m_hits.empty())
        return;
    const int count = int(m_hits.size());
    m_currentHit = (m_currentHit + steps + count) % count;
    showHit();
    Q_EMIT hitsChanged();
}

void ConversationView::showHit()
{
    const ConversationPlace place = m_hits[size_t(m_currentHit)].from;
    setFollowing(false);
    // Twice: what is laid out on the way may move it.
    for (int i = 0; i < 2; ++i) {
        const QRect line = m_layout.placeRect(place);
        const int height = viewport()->height();
        if (line.top() < offset() || line.bottom() > offset() + height)
            verticalScrollBar()->setValue(line.center().y() - height / 2);
    }
    keepPlace([] {});
}

} // namespace BitNet
