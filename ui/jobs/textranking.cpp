// SPDX-License-Identifier: MIT
#include "ui/jobs/textranking.h"

#include <algorithm>

namespace BitNet {

static constexpr qsizetype longestText = 256;

template<typename Append>
static void appendKey(QStringView text, Append append)
{
    text = text.first(std::min(text.size(), longestText));
    const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        if (!isDigit(c)) {
            const char16_t unit = c.unicode() >= u'A' && c.unicode() <= u'Z' ? char16_t(c.unicode() + 32)
                : c.unicode() < 128                                          ? c.unicode()
                                                                             : c.toCaseFolded().unicode();
            append(std::max<char16_t>(unit, 1));
            ++i;
            continue;
        }
        while (i < text.size() && text[i] == u'0')
            ++i;
        const qsizetype first = i;
        while (i < text.size() && isDigit(text[i]))
            ++i;
        // A digit in front keeps numbers where digits are among other characters; then the longer number is the larger.
        append(u'0');
        append(char16_t(i - first + 1));
        for (const QChar digit : text.sliced(first, i - first))
            append(digit.unicode());
    }
}

QString TextRanking::key(QStringView text)
{
    QString key;
    key.reserve(std::min(text.size(), longestText) + 8);
    appendKey(text, [&key](char16_t unit) { key += QChar(unit); });
    return key;
}

void TextRanking::reserve(size_t texts)
{
    m_begins.reserve(texts);
    m_units.reserve(texts * 32);
}

void TextRanking::add(QStringView text)
{
    m_begins.push_back(m_units.size());
    appendKey(text, [this](char16_t unit) { m_units.push_back(unit); });
}

quint64 TextRanking::word(int text, int depth) const
{
    const auto index = static_cast<size_t>(text);
    const size_t end = index + 1 < m_begins.size() ? m_begins[index + 1] : m_units.size();
    const size_t begin = std::min(m_begins[index] + static_cast<size_t>(depth) * unitsOfWord, end);
    quint64 word = 0;
    for (size_t i = begin; i < begin + unitsOfWord; ++i)
        word = word << 16 | (i < end ? m_units[i] : 0);
    return word;
}

std::vector<int> TextRanking::ranks() const
{
    std::vector<int> ranks(m_begins.size());
    std::vector<Item> items(m_begins.size());
    for (size_t i = 0; i < items.size(); ++i)
        items[i] = {word(static_cast<int>(i), 0), static_cast<int>(i)};
    rank(items, 0, items.size(), 0, ranks);
    return ranks;
}

// Sorts by one word of the keys; who is equal in it is sorted by the next one. Long common beginnings, as commands have
// them, so cost one look a word instead of one a comparison.
void TextRanking::rank(std::vector<Item> &items, size_t first, size_t last, int depth, std::vector<int> &ranks) const
{
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(last);
    const auto isSame = [begin](const Item &item) { return item.word == begin->word; };
    if (!std::all_of(begin, end, isSame))
        std::sort(begin, end, [](const Item &a, const Item &b) { return a.word < b.word; });
    for (size_t i = first; i < last;) {
        size_t next = i + 1;
        while (next < last && items[next].word == items[i].word)
            ++next;
        // A word whose last unit is 0 has the key's end in it: these keys are equal.
        const bool ended = (items[i].word & 0xffff) == 0;
        if (next - i == 1 || ended) {
            for (size_t j = i; j < next; ++j)
                ranks[static_cast<size_t>(items[j].text)] = static_cast<int>(i);
        } else {
            for (size_t j = i; j < next; ++j)
                items[j].word = word(items[j].text, depth + 1);
            rank(items, i, next, depth + 1, ranks);
        }
        i = next;
    }
}

} // namespace BitNet
