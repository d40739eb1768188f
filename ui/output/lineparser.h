// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/linetext.h"

namespace BitNet {

// Turns the bytes of one line into a LineText; see there. Used once.
class LineParser
{
public:
    LineParser(QByteArrayView bytes, const LineParsing &parsing);

    LineText parse();

private:
    void readControl(uchar byte);
    void readEscape();
    bool readControlSequence();
    bool skipString();
    void readCharacter();
    void put(char32_t character, qsizetype source, int width);
    void join(char32_t character);
    void blank(int column);
    void pad(int column);
    void erase(int parameter);
    quint16 styleIndex(TextStyle style);
    void putSymbol(char32_t character, qsizetype source);
    bool nothingChangesAnyMore() const;

    const uchar *const m_begin;
    const uchar *const m_end; // of what is shown
    const uchar *const m_lookaheadEnd;
    const uchar *m_at;
    const LineParsing m_parsing;
    LineText m_line;
    TextStyle m_style;
    TextStyle m_indexedStyle; // the one m_styleIndex is for
    quint16 m_styleIndex = 0;
    int m_cursor = 0; // column
    bool m_joinNext = false; // behind a zero width joiner
};

} // namespace BitNet
