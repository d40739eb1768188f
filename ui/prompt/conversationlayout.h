// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"
#include "ui/prompt/conversationselection.h"
#include "ui/prompt/markdownlayout.h"
#include "ui/prompt/markdownparser.h"

#include <QCoreApplication>
#include <QHash>
#include <QRect>

#include <memory>
#include <vector>

namespace BitNet {

// Where everything of a branch stands, in pixels from its top. Rows (a message's name, its blocks, what is to be said of it, the place
// for its bar) are laid out when they come near the screen; until then their heights are estimates.
class ConversationLayout
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::ConversationLayout)
public:
    struct Row
    {
        enum Part {
            Name, // who speaks
            Block,
            Note, // what is to be said of the message: it waits, it failed and why
            Bar, // room for a MessageBar
        };
        Part part = Block;
        int block = 0; // its number in the message
        int height = 0;
        bool measured = false; // else the height is an estimate
        int y = 0; // below the message's top
        std::unique_ptr<LaidBlock> laid = {};
    };
    struct Entry // a message
    {
        MessageId id = noMessage;
        bool isPrompt = false;
        MarkdownParser parser = {};
        qsizetype taken = 0; // letters of its text that the parser got
        QList<MarkdownBlock> blocks = {};
        qsizetype finalBlocks = 0; // those of them that won't change
        bool growing = false;
        QString name = {};
        MarkdownBlock note = {};
        Tone noteTone = Tone::Muted;
        std::vector<Row> rows = {};
        int y = 0;
        int height = 0;
    };
    // Where a row is: entry and row; {-1, -1} is none.
    struct Position
    {
        int entry = -1;
        int row = -1;
    };

    // The column is no wider than this many times the height of its font.
    static constexpr qreal readableEms = 54;

    explicit ConversationLayout(const MarkdownStyle &style);

    void setStyle(const MarkdownStyle &style);
    const MarkdownStyle &style() const { return m_style; }
    // Of the viewport, and of the bars.
    void setWidth(int width, int barHeight);
    int columnLeft() const { return m_left; }
    int columnWidth() const { return m_column; }

    // Shows these messages; what is kept of them is not laid out again.
    void setMessages(const Conversation &conversation, const QList<MessageId> &branch);
    // Text was added to its end.
    void extend(const Conversation &conversation, MessageId id);
    // Anything of it may be another.
    void refresh(const Conversation &conversation, MessageId id);

    int height() const { return m_height; }
    QList<MessageId> messages() const;
    const std::vector<Entry> &entries() const { return m_entries; }
    const Entry *entry(MessageId id) const;
    // The row at a height, or the nearest one.
    Position rowAt(int y) const;
    int rowTop(const Position &position) const;
    QRect entryRect(const Entry &entry) const; // in the content's coordinates
    QRect textRect(const Entry &entry, const Row &row) const; // of a row's text

    // Measures and lays out what is between the heights, which move by that. Call it until it returns false.
    bool layOut(int top, int bottom);
    // Measures one row that is not measured yet; false when there is none.
    bool measureOne();
    // Drops what is laid out further away than this.
    void forgetOutside(int top, int bottom);

    std::optional<ConversationPlace> placeAt(const QPoint &position) const;
    QString linkAt(const QPoint &position) const;
    QString blockText(const Entry &entry, int block) const;
    // Of the line that the place is in; lays it out when it isn't.
    QRect placeRect(const ConversationPlace &place);
    ConversationPlace begin() const;
    ConversationPlace end() const;
    QString text(const ConversationPlace &from, const ConversationPlace &to) const;
    std::vector<ConversationRange> find(const QString &text, Qt::CaseSensitivity sensitivity) const;

private:
    Entry makeEntry(const Conversation &conversation, MessageId id) const;
    void take(Entry &entry, const Message &message) const;
    void describe(Entry &entry, const Message &message) const;
    void arrange(Entry &entry, qsizetype keptBlocks) const;
    void measure(Entry &entry, Row &row);
    void place();
    int textWidth(const Entry &entry) const;
    int rowPadding(const Entry &entry, const Row &row) const;
    Entry *find(MessageId id);

    MarkdownStyle m_style;
    int m_width = 0;
    int m_left = 0;
    int m_column = 0;
    int m_barHeight = 0;
    std::vector<Entry> m_entries;
    int m_height = 0;
};

} // namespace BitNet
