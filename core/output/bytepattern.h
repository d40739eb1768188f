// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <vector>

namespace BitNet {

// What to look for in bytes that are mostly UTF-8: an exact byte string, or a text in any case. A value; its find() may
// run in any thread.
//
// Any case means: a character of the text, or its lower, upper, title or folded form where that is one character too.
class BytePattern
{
public:
    BytePattern() = default; // empty: found nowhere
    static BytePattern exact(const QByteArray &bytes);
    static BytePattern text(const QString &text, Qt::CaseSensitivity sensitivity);

    bool isEmpty() const { return m_symbols.empty(); }
    // Bytes of the longest match there can be.
    qsizetype longestMatch() const { return m_longest; }

    struct Match
    {
        qsizetype begin = -1; // -1: none
        qsizetype end = -1;
    };
    // The first match that begins at or after from. Several GB/s when matches are rare.
    Match find(const char *bytes, qsizetype size, qsizetype from = 0) const;

private:
    // One character: the byte strings that stand for it. None is the beginning of another.
    using Symbol = QList<QByteArray>;

    // A byte that every match has: (byte | fold) == value, at this distance from the match's begin.
    struct Anchor
    {
        qsizetype distance = 0;
        unsigned char fold = 0;
        unsigned char value = 0;
    };

    void finish();
    qsizetype matchLength(const char *bytes, qsizetype size) const;

    std::vector<Symbol> m_symbols;
    std::vector<Anchor> m_anchors; // the two rarest; both the same when there is only one
    // Set when every symbol is one byte, up to the case of an ASCII letter: then the match is this, byte by byte.
    QByteArray m_plain;
    QByteArray m_plainFold;
    qsizetype m_longest = 0;
    qsizetype m_shortest = 0;
};

} // namespace BitNet
