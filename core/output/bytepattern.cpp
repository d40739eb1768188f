// SPDX-License-Identifier: MIT
#include "core/output/bytepattern.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace BitNet {

// How often a byte is met in logs, roughly; the rarer, the better as an anchor.
static int commonness(unsigned char byte)
{
    static constexpr char frequent[] = " etaoinsrhldcu0123456789mfpgwyb";
    const char lower = byte >= 'A' && byte <= 'Z' ? char(byte | 0x20) : char(byte);
    const char *place = lower == '\0' ? nullptr : std::strchr(frequent, lower);
    return place ? 100 - int(place - frequent) : 1;
}

static bool isAsciiLetter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

BytePattern BytePattern::exact(const QByteArray &bytes)
{
    BytePattern pattern;
    for (const char byte : bytes)
        pattern.m_symbols.push_back({QByteArray(1, byte)});
    pattern.finish();
    return pattern;
}

BytePattern BytePattern::text(const QString &text, Qt::CaseSensitivity sensitivity)
{
    if (sensitivity == Qt::CaseSensitive)
        return exact(text.toUtf8());
    BytePattern pattern;
    for (const char32_t character : text.toUcs4()) {
        Symbol symbol;
        for (const char32_t variant : {character, QChar::toLower(character), QChar::toUpper(character),
                                       QChar::toTitleCase(character), QChar::toCaseFolded(character)}) {
            const QByteArray bytes = QString::fromUcs4(&variant, 1).toUtf8();
            if (!symbol.contains(bytes))
                symbol.append(bytes);
        }
        pattern.m_symbols.push_back(symbol);
    }
    pattern.finish();
    return pattern;
}

void BytePattern::finish()
{
    std::vector<Anchor> anchors;
    bool fixedDistance = true;
    bool plain = true;
    for (const Symbol &symbol : m_symbols) {
        const auto [shortest, longest] = std::minmax_element(
            symbol.begin(), symbol.end(), [](const QByteArray &a, const QByteArray &b) { return a.size() < b.size(); });
        const QByteArray first = symbol.first();
        const bool oneLetter = symbol.size() == 2 && longest->size() == 1 && isAsciiLetter(first.front());
        plain = plain && (symbol.size() == 1 || oneLetter);
        if (oneLetter) {
            if (fixedDistance)
                anchors.push_back({m_shortest, 0x20, static_cast<unsigned char>(first.front() | 0x20)});
        } else if (fixedDistance) {
            for (qsizetype i = 0; i < shortest->size(); ++i) {
                const bool common = std::all_of(symbol.begin(), symbol.end(),
                                                [&](const QByteArray &variant) { return variant[i] == first[i]; });
                if (common)
                    anchors.push_back({m_shortest + i, 0, static_cast<unsigned char>(first[i])});
            }
        }
        fixedDistance = fixedDistance && shortest->size() == longest->size();
        m_shortest += shortest->size();
        m_longest += longest->size();
    }
    if (plain) {
        for (const Symbol &symbol : m_symbols) {
            const bool oneLetter = symbol.size() == 2;
            for (const char byte : symbol.first()) {
                m_plainFold.append(oneLetter ? '\x20' : '\0');
                m_plain.append(oneLetter ? char(byte | 0x20) : byte);
            }
        }
    }
    std::stable_sort(anchors.begin(), anchors.end(), [](const Anchor &a, const Anchor &b) {
        return commonness(a.value) + (a.fold ? 1 : 0) < commonness(b.value) + (b.fold ? 1 : 0);
    });
    if (!anchors.empty())
        m_anchors = {anchors.front(), anchors.size() > 1 ? anchors[1] : anchors.front()};
}

// Of the match at the begin of these bytes; -1 when there is none.
qsizetype BytePattern::matchLength(const char *bytes, qsizetype size) const
{
    if (size < m_shortest)
        return -1;
    if (!m_plain.isEmpty()) {
        for (qsizetype i = 0; i < m_plain.size(); ++i) {
            if ((bytes[i] | m_plainFold[i]) != m_plain[i])
                return -1;
        }
        return m_plain.size();
    }
    qsizetype at = 0;
    for (const Symbol &symbol : m_symbols) {
        const auto variant = std::find_if(symbol.begin(), symbol.end(), [&](const QByteArray &candidate) {
            return candidate.size() <= size - at
                && std::memcmp(candidate.constData(), bytes + at, std::size_t(candidate.size())) == 0;
        });
        if (variant == symbol.end())
            return -1;
        at += variant->size();
    }
    return at;
}

// Looks at 16 places at a time: where both anchors fit, the whole pattern is compared.
BytePattern::Match BytePattern::find(const char *bytes, qsizetype size, qsizetype from) const
{
    using Lanes = unsigned char __attribute__((vector_size(16)));
    using Words = std::uint64_t __attribute__((vector_size(16)));

    if (m_symbols.empty() || from < 0)
        return {};
    qsizetype at = from;
    if (std::endian::native == std::endian::little && !m_anchors.empty()) {
        const Anchor a = m_anchors[0];
        const Anchor b = m_anchors[1];
        const Lanes foldA = Lanes{} + a.fold;
        const Lanes foldB = Lanes{} + b.fold;
        const Lanes valueA = Lanes{} + a.value;
        const Lanes valueB = Lanes{} + b.value;
        const auto hits = [&](qsizetype place) {
            Lanes left;
            Lanes right;
            std::memcpy(&left, bytes + place + a.distance, sizeof left);
            std::memcpy(&right, bytes + place + b.distance, sizeof right);
            return Words(((left | foldA) == valueA) & ((right | foldB) == valueB));
        };
        const qsizetype last = size - std::max(a.distance, b.distance);
        while (at + 64 <= last) {
            const Words groups[4] = {hits(at), hits(at + 16), hits(at + 32), hits(at + 48)};
            const Words any = groups[0] | groups[1] | groups[2] | groups[3];
            if (any[0] | any[1]) {
                for (int word = 0; word < 8; ++word) {
                    for (std::uint64_t lanes = groups[word / 2][word % 2]; lanes;) {
                        const int lane = std::countr_zero(lanes) / 8;
                        lanes &= ~(std::uint64_t(0xff) << (lane * 8));
                        const qsizetype begin = at + word * 8 + lane;
                        const qsizetype length = matchLength(bytes + begin, size - begin);
                        if (length >= 0)
                            return {begin, begin + length};
                    }
                }
            }
            at += 64;
        }
    }
    for (; at <= size - m_shortest; ++at) {
        const qsizetype length = matchLength(bytes + at, size - at);
        if (length >= 0)
            return {at, at + length};
    }
    return {};
}

} // namespace BitNet
