// SPDX-License-Identifier: MIT
// The text of ConversationLayout: places, copies, searches.
#include "ui/prompt/conversationlayout.h"

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr size_t mostHits = 10'000;

std::optional<ConversationPlace> ConversationLayout::placeAt(const QPoint &position) const
{
    const Position at = rowAt(position.y());
    if (at.entry < 0)
        return std::nullopt;
    const Entry &entry = m_entries[size_t(at.entry)];
    if (entry.blocks.isEmpty())
        return ConversationPlace{.message = entry.id};
    const Row &row = entry.rows[size_t(at.row)];
    switch (row.part) {
    case Row::Name:
        return ConversationPlace{.message = entry.id};
    case Row::Block:
        if (row.laid) {
            const QRect text = textRect(entry, row);
            return ConversationPlace{entry.id, row.block, row.laid->placeAt(position - text.topLeft())};
        }
        return ConversationPlace{entry.id, row.block, 0};
    case Row::Note:
    case Row::Bar:
        break;
    }
    const int last = int(entry.blocks.size()) - 1;
    return ConversationPlace{entry.id, last, int(blockText(entry, last).size())};
}

QString ConversationLayout::linkAt(const QPoint &position) const
{
    const Position at = rowAt(position.y());
    if (at.entry < 0)
        return {};
    const Entry &entry = m_entries[size_t(at.entry)];
    const Row &row = entry.rows[size_t(at.row)];
    return row.part == Row::Block && row.laid ? row.laid->linkAt(position - textRect(entry, row).topLeft()) : QString();
}

QString ConversationLayout::blockText(const Entry &entry, int block) const
{
    const auto row = std::find_if(entry.rows.begin(), entry.rows.end(),
                                  [block](const Row &r) { return r.part == Row::Block && r.block == block; });
    if (row != entry.rows.end() && row->laid)
        return row->laid->text();
    return plainText(entry.blocks[block], entry.growing && block >= entry.finalBlocks);
}

QRect ConversationLayout::placeRect(const ConversationPlace &place)
{
    Entry *entry = find(place.message);
    if (!entry)
        return {};
    for (Row &row : entry->rows) {
        if (row.part != Row::Block || row.block != place.block)
            continue;
        if (!row.laid) {
            measure(*entry, row);
            this->place();
        }
        return row.laid->lineRect(place.offset).toAlignedRect().translated(textRect(*entry, row).topLeft());
    }
    return entryRect(*entry);
}

ConversationPlace ConversationLayout::begin() const
{
    return m_entries.empty() ? ConversationPlace() : ConversationPlace{.message = m_entries.front().id};
}

ConversationPlace ConversationLayout::end() const
{
    if (m_entries.empty())
        return {};
    const Entry &entry = m_entries.back();
    if (entry.blocks.isEmpty())
        return {.message = entry.id};
    const int last = int(entry.blocks.size()) - 1;
    return {entry.id, last, int(blockText(entry, last).size())};
}

// Lists keep their bullets, and what stands apart on the screen does so in the copy.
QString ConversationLayout::text(const ConversationPlace &from, const ConversationPlace &to) const
{
    QString copy;
    MessageId last = noMessage;
    for (const Entry &entry : m_entries) {
        if (entry.id < from.message || entry.id > to.message)
            continue;
        for (int block = 0; block < entry.blocks.size(); ++block) {
            const ConversationPlace begin{entry.id, block, 0};
            if (begin > to || ConversationPlace{entry.id, block, INT_MAX} < from)
                continue;
            const QString whole = blockText(entry, block);
            const qsizetype first = begin < from ? std::min<qsizetype>(from.offset, whole.size()) : 0;
            const bool endsHere = to.message == entry.id && to.block == block;
            const qsizetype end = endsHere ? std::min<qsizetype>(to.offset, whole.size()) : whole.size();
            if (end < first || (end == first && endsHere))
                continue;
            const MarkdownBlock &one = entry.blocks[block];
            if (!copy.isEmpty()) {
                const bool inList = !one.apart && one.containers.contains(MarkdownContainer::ListItem);
                copy += one.continued && one.kind == MarkdownBlock::Kind::Paragraph ? u""_s
                    : last == entry.id && (inList || one.continued)                 ? u"\n"_s
                                                                                    : u"\n\n"_s;
            }
            last = entry.id;
            if (first == 0) {
                const qsizetype depth = one.containers.count(MarkdownContainer::ListItem);
                if (!one.marker.isEmpty())
                    copy += QString((depth - 1) * 2, u' ') + one.marker + u' ';
            }
            copy += whole.sliced(first, end - first);
        }
    }
    return copy;
}

std::vector<ConversationRange> ConversationLayout::find(const QString &text, Qt::CaseSensitivity sensitivity) const
{
    std::vector<ConversationRange> hits;
    if (text.isEmpty())
        return hits;
    for (const Entry &entry : m_entries) {
        for (int block = 0; block < entry.blocks.size(); ++block) {
            const QString whole = blockText(entry, block);
            for (qsizetype at = whole.indexOf(text, 0, sensitivity); at >= 0;
                 at = whole.indexOf(text, at + text.size(), sensitivity)) {
                hits.push_back({{entry.id, block, int(at)}, {entry.id, block, int(at + text.size())}});
                if (hits.size() == mostHits)
                    return hits;
            }
        }
    }
    return hits;
}

} // namespace BitNet
