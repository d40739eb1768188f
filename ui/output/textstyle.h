// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QtGlobal>

namespace BitNet {

// How a piece of terminal output is to look, as the SGR escape sequences say it.
struct TextStyle
{
    // Foreground and background: one of these forms.
    static constexpr quint32 ordinary = 0; // the palette's own
    static constexpr quint32 indexed = 0x01000000; // | 0..255 of the xterm palette
    static constexpr quint32 exact = 0xff000000; // | RGB

    enum Flag : quint8 {
        Bold = 0x01,
        Dim = 0x02,
        Italic = 0x04,
        Underline = 0x08,
        StrikeOut = 0x10,
        Inverse = 0x20,
        Hidden = 0x40,
        // A sign that stands for what can't be shown; not from SGR.
        Symbol = 0x80,
    };

    quint32 foreground = ordinary;
    quint32 background = ordinary;
    quint8 flags = 0;

    friend bool operator==(const TextStyle &, const TextStyle &) = default;
};

// Applies the parameters of one SGR sequence, what stands between "ESC [" and "m". Unknown ones change nothing.
void applySgr(QByteArrayView parameters, TextStyle &style);

// The style after some bytes of output that began in the given one.
TextStyle styleAfter(QByteArrayView bytes, TextStyle style);

} // namespace BitNet
