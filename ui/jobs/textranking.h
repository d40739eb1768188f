// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <vector>

namespace BitNet {

// The order of texts as people expect it: case does not matter, and "input 9" comes before "input 10". Only the beginning
// of very long texts counts (a few hundred characters), so that a table of prompts is sorted as fast as one of names.
class TextRanking
{
public:
    // Two texts are ordered as their keys are, unit by unit. A key holds no U+0000.
    static QString key(QStringView text);

    void reserve(size_t texts);
    void add(QStringView text);
    // For each text in the order it was added: how many of them come before it. Equal texts have equal ranks.
    std::vector<int> ranks() const;

private:
    static constexpr int unitsOfWord = 4;

    struct Item
    {
        quint64 word; // the units at the depth that is being sorted, the first in the highest bits
        int text;
    };

    quint64 word(int text, int depth) const;
    void rank(std::vector<Item> &items, size_t first, size_t last, int depth, std::vector<int> &ranks) const;

    // All keys behind each other: one allocation, and neighbours in memory are neighbours in time.
    std::vector<char16_t> m_units;
    std::vector<size_t> m_begins;
};

} // namespace BitNet
