// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationdocument.h"
#include "ui/prompt/conversationlayout.h"
#include "ui/prompt/conversationselection.h"

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QMenu;
class QToolButton;

namespace BitNet {

class EndButton;
class MessageBar;

// A conversation, to read: prompts as they were written, answers as rendered Markdown, each with its figures and actions. Follows the
// document while an answer streams in. Only what is on the screen is laid out and painted, at most once a frame; what
// is final is laid out once.
//
// Answers are not to be trusted: HTML is shown as text, images are links, nothing is ever fetched, and a link is opened only
// after its whole target was shown.
class ConversationView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit ConversationView(QWidget *parent = nullptr);
    ~ConversationView() override;

    // Shares it. Null shows nothing. Goes to the end and follows.
    void setDocument(const std::shared_ptr<ConversationDocument> &document);
    const std::shared_ptr<ConversationDocument> &document() const { return m_document; }
    // Shows the way to this message instead of the current branch, so that two views can show two answers to one prompt;
    // noMessage: the current branch again. Sibling buttons are left out meanwhile.
    void setShownLeaf(MessageId leaf);
    // Whether a prompt could be sent now: enables "ask again" and "edit and resend".
    void setCanAsk(bool canAsk);

    // Stays at the end while text comes. On at first; off when one scrolls up; on when one comes back to the end, and when
    // a message was added: whoever asks wants to see the answer.
    bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    // Scrolls so that the message begins in view, and makes it the current one.
    void reveal(MessageId id);
    MessageId currentMessage() const { return m_current; }

    // In all that is shown; starts at the first hit on the screen or after it. An empty text ends it.
    void find(const QString &text, Qt::CaseSensitivity sensitivity = Qt::CaseInsensitive);
    bool isSearching() const { return !m_findText.isEmpty(); }
    void findNext() { stepToHit(1); }
    void findPrevious() { stepToHit(-1); }
    int hitCount() const { return int(m_hits.size()); }
    int currentHit() const { return m_currentHit; } // -1: none

    // Up, down, a page up or down.
    void scrollByKey(int key);

    // As plain text, without Markdown's marks.
    QString selectedText() const;
    bool hasSelection() const { return !m_selection.isEmpty(); }
    // The selection, or the current message when there is none.
    void copy();
    void copyMessage(MessageId id); // as it was written: Markdown
    // The code blocks of a message, a blank line between them. False when there are none.
    bool copyCode(MessageId id);
    void selectAll();

    // The text size, 1.0 is that of the widget's font. Ctrl+wheel, Ctrl+'+', Ctrl+'-' and Ctrl+0 change it as well.
    qreal zoom() const { return m_zoom; }
    void setZoom(qreal zoom); // 0.5..3

    // What a screen reader reads.
    QList<MessageId> shownMessages() const { return m_layout.messages(); }
    QRect messageRect(MessageId id) const; // in the viewport's coordinates
    QString messageName(MessageId id) const; // who speaks
    QString accessibleText(MessageId id) const;
    void setCurrentMessage(MessageId id);

    // "128 tokens · 27.9 tokens/s · TTFT 33 ms · E2E 83 ms · stopped at the token limit"; what is not known is left out.
    static QString figures(const MessageFigures &figures);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    // The person wants another answer to the same prompt.
    void regenerateRequested(BitNet::MessageId answer);
    // The person wants to change this prompt and send it again.
    void editRequested(BitNet::MessageId prompt);
    void jobRequested(BitNet::JobId job);
    void followingChanged(bool following);
    void zoomChanged(qreal zoom);
    // hitCount() or currentHit() changed.
    void hitsChanged();
    void selectionChanged();
    // A short sentence for a status bar: "The answer was copied."
    void told(const QString &text);

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void rebuild();
    void schedule();
    void frame();
    void restyle();
    void relayout();
    void showPosition();
    void keepPlace(const std::function<void()> &change);
    void placeControls();
    MessageBar *makeBar();
    QToolButton *makeCopyButton();
    void copyCodeBlock(MessageId id, int block);
    void stepSibling(MessageId id, int steps);
    std::vector<MarkdownMark> marksOn(const ConversationLayout::Entry &entry, const ConversationLayout::Row &row) const;
    int offset() const;
    QPoint toContent(const QPoint &position) const;
    void dragTo(const QPoint &position);
    void stepToHit(int steps);
    void updateHits();
    void showHit();
    void stepMessage(int steps);
    void openLink(const QString &target);
    void tellCopied(const QString &text, const QString &sentence);
    QMenu *makeMenu(MessageId id, const QString &link);

    std::shared_ptr<ConversationDocument> m_document;
    MessageId m_shownLeaf = noMessage;
    MessageId m_newest = noMessage; // of all branches
    bool m_canAsk = true;
    ConversationLayout m_layout;
    ConversationSelection m_selection;
    std::optional<QPoint> m_dragPosition; // in the viewport, while the button is down
    QTimer m_dragTimer;
    QString m_pressedLink;
    MessageId m_current = noMessage;
    qreal m_zoom = 1;

    QString m_findText;
    Qt::CaseSensitivity m_findSensitivity = Qt::CaseInsensitive;
    std::vector<ConversationRange> m_hits;
    int m_currentHit = -1;

    QTimer m_frameTimer;
    QElapsedTimer m_sinceFrame;
    std::chrono::nanoseconds m_frameTime = {};
    bool m_textCame = false;
    bool m_following = true;
    bool m_settingScrollBar = false;
    std::vector<MessageBar *> m_bars; // one for each message on the screen, and some to spare
    std::vector<QToolButton *> m_copyButtons; // likewise, for code blocks
    EndButton *m_endButton;
};

} // namespace BitNet
