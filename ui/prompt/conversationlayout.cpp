// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationlayout.h"

#include <QFileInfo>
#include <QFontMetrics>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int margin = 24; // beside the column, at least
static constexpr int cardPadding = 12; // within a prompt's card

ConversationLayout::ConversationLayout(const MarkdownStyle &style)
    : m_style(style)
{
}

void ConversationLayout::setStyle(const MarkdownStyle &style)
{
    m_style = style;
    for (Entry &entry : m_entries) {
        for (Row &row : entry.rows) {
            row.measured = false;
            row.laid.reset();
        }
    }
    setWidth(m_width, m_barHeight);
}

void ConversationLayout::setWidth(int width, int barHeight)
{
    const int column = std::max(std::min(width - 2 * margin, int(m_style.em * readableEms)), int(m_style.em * 6));
    const bool same = column == m_column && barHeight == m_barHeight;
    m_width = width;
    m_barHeight = barHeight;
    m_column = column;
    m_left = std::max((width - column) / 2, std::min(margin, width / 8));
    if (same) {
        place();
        return;
    }
    for (Entry &entry : m_entries) {
        for (Row &row : entry.rows) {
            row.measured = false;
            row.laid.reset();
        }
        arrange(entry, entry.blocks.size());
    }
    place();
}

QList<MessageId> ConversationLayout::messages() const
{
    QList<MessageId> ids;
    for (const Entry &entry : m_entries)
        ids.append(entry.id);
    return ids;
}

const ConversationLayout::Entry *ConversationLayout::entry(MessageId id) const
{
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [id](const Entry &entry) { return entry.id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

ConversationLayout::Entry *ConversationLayout::find(MessageId id)
{
    return const_cast<Entry *>(std::as_const(*this).entry(id));
}

void ConversationLayout::setMessages(const Conversation &conversation, const QList<MessageId> &branch)
{
    std::vector<Entry> kept = std::move(m_entries);
    m_entries.clear();
    for (const MessageId id : branch) {
        const auto old = std::find_if(kept.begin(), kept.end(), [id](const Entry &entry) { return entry.id == id; });
        m_entries.push_back(old == kept.end() ? makeEntry(conversation, id) : std::move(*old));
    }
    for (Entry &entry : m_entries)
        describe(entry, *conversation.message(entry.id));
    place();
}

ConversationLayout::Entry ConversationLayout::makeEntry(const Conversation &conversation, MessageId id) const
{
    const Message &message = *conversation.message(id);
    Entry entry{.id = id, .isPrompt = message.role == MessageRole::User};
    describe(entry, message);
    take(entry, message);
    return entry;
}

// Who speaks, and what is to be said.
void ConversationLayout::describe(Entry &entry, const Message &message) const
{
    QStringList name;
    if (entry.isPrompt)
        name.append(tr("You"));
    else
        name.append(message.model.isEmpty() ? tr("Answer") : QFileInfo(message.model).completeBaseName());
    for (const QString &more : {message.engine, message.preset}) {
        if (!more.isEmpty())
            name.append(more);
    }
    entry.name = name.join(u" · "_s);

    QString note;
    entry.noteTone = Tone::Bad;
    switch (message.state) {
    case MessageState::Complete:
        break;
    case MessageState::Generating:
        entry.noteTone = Tone::Muted;
        if (message.text.isEmpty())
            note = tr("Waiting for the first token…");
        break;
    case MessageState::Stopped:
        entry.noteTone = Tone::Muted;
        note = tr("Stopped.");
        break;
    case MessageState::TimedOut:
        note = tr("Timed out.");
        break;
    case MessageState::Failed:
        note = tr("Failed.");
        break;
    case MessageState::Interrupted:
        entry.noteTone = Tone::Warning;
        note = tr("Interrupted.");
        break;
    }
    if (!message.reason.isEmpty())
        note += (note.isEmpty() ? QString() : u" "_s) + message.reason;
    entry.note = {.kind = MarkdownBlock::Kind::Plain, .text = note};
}

// What the parser did not get yet. Rows of blocks that stay are kept.
void ConversationLayout::take(Entry &entry, const Message &message) const
{
    const qsizetype before = entry.finalBlocks;
    entry.growing = message.state == MessageState::Generating;
    if (entry.isPrompt) {
        entry.blocks = MarkdownParser::plain(message.text);
        entry.finalBlocks = entry.blocks.size();
        arrange(entry, 0);
        return;
    }
    entry.parser.append(QStringView(message.text).sliced(std::min(entry.taken, message.text.size())));
    entry.taken = message.text.size();
    if (!entry.growing)
        entry.parser.finish();
    const QList<MarkdownBlock> &final = entry.parser.blocks();
    entry.blocks.resize(before);
    entry.blocks += final.sliced(before);
    entry.finalBlocks = final.size();
    entry.blocks += entry.parser.tail();
    arrange(entry, before);
}

void ConversationLayout::extend(const Conversation &conversation, MessageId id)
{
    Entry *entry = find(id);
    const Message *message = conversation.message(id);
    if (!entry || !message)
        return;
    if (entry->parser.isFinished() && message->text.size() > entry->taken) {
        refresh(conversation, id);
        return;
    }
    describe(*entry, *message);
    take(*entry, *message);
    place();
}

void ConversationLayout::refresh(const Conversation &conversation, MessageId id)
{
    Entry *entry = find(id);
    const Message *message = conversation.message(id);
    if (!entry || !message)
        return;
    Entry fresh = makeEntry(conversation, id);
    // Its rows as they are, where the blocks are.
    qsizetype same = 0;
    while (same < fresh.blocks.size() && same < entry->blocks.size() && fresh.blocks[same] == entry->blocks[same])
        ++same;
    // The last one may have been laid out as one that grows.
    if (entry->growing != fresh.growing && same > 0)
        same = std::min<qsizetype>(same, entry->finalBlocks);
    fresh.rows = std::move(entry->rows);
    arrange(fresh, same);
    *entry = std::move(fresh);
    place();
}

// One row for everything; those of the first blocks are kept as they are.
void ConversationLayout::arrange(Entry &entry, qsizetype keptBlocks) const
{
    std::vector<Row> old = std::move(entry.rows);
    entry.rows.clear();
    const QFontMetrics labels(m_style.label);
    entry.rows.push_back({.part = Row::Name, .height = labels.height() + 8, .measured = true});
    size_t at = 0;
    for (qsizetype i = 0; i < entry.blocks.size(); ++i) {
        while (at < old.size() && (old[at].part != Row::Block || old[at].block < i))
            ++at;
        if (i < keptBlocks && at < old.size() && old[at].block == i) {
            entry.rows.push_back(std::move(old[at++]));
            // An estimate for another width says nothing.
            if (!entry.rows.back().measured)
                entry.rows.back().height = LaidBlock::estimatedHeight(entry.blocks[i], m_style, textWidth(entry));
            continue;
        }
        entry.rows.push_back({.part = Row::Block,
                              .block = int(i),
                              .height = LaidBlock::estimatedHeight(entry.blocks[i], m_style, textWidth(entry))});
    }
    if (!entry.note.text.isEmpty()) {
        entry.rows.push_back(
            {.part = Row::Note, .height = LaidBlock::estimatedHeight(entry.note, m_style, textWidth(entry))});
    }
    entry.rows.push_back({.part = Row::Bar, .height = m_barHeight, .measured = true});
}

void ConversationLayout::place()
{
    int y = margin / 2;
    for (Entry &entry : m_entries) {
        entry.y = y;
        int inside = 0;
        for (Row &row : entry.rows) {
            row.y = inside;
            inside += row.height;
        }
        entry.height = inside;
        y += inside + int(m_style.em * 0.9);
    }
    m_height = m_entries.empty() ? 0 : y;
}

int ConversationLayout::textWidth(const Entry &entry) const
{
    return std::max(m_column - (entry.isPrompt ? 2 * cardPadding : 0), 1);
}

// Above the first and below the last block of a card.
int ConversationLayout::rowPadding(const Entry &entry, const Row &row) const
{
    if (row.part == Row::Note)
        return 6;
    return entry.isPrompt && row.part == Row::Block && row.block == 0 ? 9 : 0;
}

QRect ConversationLayout::entryRect(const Entry &entry) const
{
    return {m_left, entry.y, m_column, entry.height};
}

QRect ConversationLayout::textRect(const Entry &entry, const Row &row) const
{
    const int padding = rowPadding(entry, row);
    const int inset = entry.isPrompt && row.part == Row::Block ? cardPadding : 0;
    return {m_left + inset, entry.y + row.y + padding, m_column - 2 * inset, row.height - padding};
}

void ConversationLayout::measure(Entry &entry, Row &row)
{
    if (row.part == Row::Name || row.part == Row::Bar) {
        row.measured = true;
        return;
    }
    if (row.part == Row::Note) {
        row.laid = std::make_unique<LaidBlock>(entry.note, nullptr, m_style, m_column, false,
                                               toneColour(entry.noteTone, m_style.palette));
        row.height = row.laid->height() + rowPadding(entry, row);
    } else {
        const MarkdownBlock *previous = row.block > 0 ? &entry.blocks[row.block - 1] : nullptr;
        const bool growing = entry.growing && row.block >= entry.finalBlocks;
        row.laid = std::make_unique<LaidBlock>(entry.blocks[row.block], previous, m_style, textWidth(entry), growing);
        row.height = row.laid->height() + rowPadding(entry, row);
        if (entry.isPrompt && row.block + 1 == entry.blocks.size())
            row.height += 9 - int(m_style.leading);
    }
    row.measured = true;
}

ConversationLayout::Position ConversationLayout::rowAt(int y) const
{
    if (m_entries.empty())
        return {};
    auto entry =
        std::upper_bound(m_entries.begin(), m_entries.end(), y, [](int at, const Entry &e) { return at < e.y; });
    if (entry != m_entries.begin())
        --entry;
    auto row = std::upper_bound(entry->rows.begin(), entry->rows.end(), y - entry->y,
                                [](int at, const Row &r) { return at < r.y; });
    if (row != entry->rows.begin())
        --row;
    return {int(entry - m_entries.begin()), int(row - entry->rows.begin())};
}

int ConversationLayout::rowTop(const Position &position) const
{
    if (position.entry < 0 || position.entry >= int(m_entries.size()))
        return 0;
    const Entry &entry = m_entries[size_t(position.entry)];
    const size_t row = std::min(size_t(std::max(position.row, 0)), entry.rows.size() - 1);
    return entry.y + entry.rows[row].y;
}

bool ConversationLayout::layOut(int top, int bottom)
{
    bool changed = false;
    for (Position at = rowAt(top); at.entry >= 0 && at.entry < int(m_entries.size()); ++at.entry, at.row = 0) {
        Entry &entry = m_entries[size_t(at.entry)];
        if (entry.y > bottom)
            break;
        for (; at.row < int(entry.rows.size()); ++at.row) {
            Row &row = entry.rows[size_t(at.row)];
            if (entry.y + row.y > bottom)
                break;
            const bool hasText = row.part == Row::Block || row.part == Row::Note;
            if (row.measured && (row.laid || !hasText))
                continue;
            const int before = row.height;
            const bool wasMeasured = row.measured;
            measure(entry, row);
            changed = changed || !wasMeasured || before != row.height;
        }
    }
    if (changed)
        place();
    return changed;
}

bool ConversationLayout::measureOne()
{
    for (Entry &entry : m_entries) {
        for (Row &row : entry.rows) {
            if (row.measured)
                continue;
            measure(entry, row);
            row.laid.reset();
            return true;
        }
    }
    return false;
}

void ConversationLayout::forgetOutside(int top, int bottom)
{
    for (Entry &entry : m_entries) {
        if (entry.y + entry.height >= top && entry.y <= bottom) {
            for (Row &row : entry.rows) {
                if (entry.y + row.y + row.height < top || entry.y + row.y > bottom)
                    row.laid.reset();
            }
        } else {
            for (Row &row : entry.rows)
                row.laid.reset();
        }
    }
}

} // namespace BitNet
