// SPDX-License-Identifier: MIT
#include "ui/prompt/promptedit.h"

#include <QKeyEvent>

#include <algorithm>

namespace BitNet {

static constexpr int fewestLines = 2;
static constexpr int mostLines = 10;
static constexpr int padding = 8;

PromptEdit::PromptEdit(QWidget *parent)
    : QPlainTextEdit(parent)
{
    setTabChangesFocus(true);
    document()->setDocumentMargin(padding);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(this, &QPlainTextEdit::textChanged, this, &PromptEdit::grow);
    grow();
}

void PromptEdit::setHistory(const QStringList &prompts)
{
    if (m_history == prompts)
        return;
    m_history = prompts;
    m_place = m_history.size();
}

// The document's height is in lines here, wrapped ones included.
void PromptEdit::grow()
{
    const int lines = std::clamp(int(document()->size().height()), fewestLines, mostLines);
    const QMargins margins = contentsMargins();
    const int height = fontMetrics().lineSpacing() * lines + int(document()->documentMargin()) * 2 + margins.top()
        + margins.bottom() + frameWidth() * 2;
    if (height != maximumHeight())
        setFixedHeight(height);
}

bool PromptEdit::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto *key = static_cast<QKeyEvent *>(event);
        // QPlainTextEdit would take Ctrl+Enter for a line break.
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)
            && key->modifiers().testFlag(Qt::ControlModifier)) {
            event->ignore();
            return true;
        }
    }
    return QPlainTextEdit::event(event);
}

void PromptEdit::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::AltModifier && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
        recall(event->key() == Qt::Key_Up ? -1 : 1);
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void PromptEdit::recall(int steps)
{
    const qsizetype place = std::clamp<qsizetype>(m_place + steps, 0, m_history.size());
    if (place == m_place)
        return;
    if (m_place == m_history.size())
        m_typed = toPlainText();
    m_place = place;
    setPlainText(place == m_history.size() ? m_typed : m_history[place]);
    moveCursor(QTextCursor::End);
}

void PromptEdit::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    grow();
}

} // namespace BitNet
