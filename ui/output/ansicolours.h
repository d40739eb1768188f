// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/textstyle.h"

#include <QColor>
#include <QHash>
#include <QPalette>

#include <array>

namespace BitNet {

// The colours of terminal styles on this palette. Whatever a program asks for, its text stays readable: a foreground that
// is too near to what it stands on is made lighter or darker, its hue kept.
class AnsiColours
{
public:
    explicit AnsiColours(const QPalette &palette);

    struct Pair
    {
        QColor foreground;
        QColor background; // invalid: the view's own
    };
    // On a row with this background, where the style has none of its own. The colours of graphics (blocks, lines) are left
    // as they are: nobody reads them, and a picture should look as it was meant.
    Pair colours(const TextStyle &style, const QColor &row, bool graphics = false) const;

    // One of the 256 colours of xterm; 0..15 are chosen for the palette.
    QColor indexed(int index) const;

    // The foreground, or the nearest to it that has the contrast (WCAG) to the background.
    static QColor readable(const QColor &foreground, const QColor &background, double contrast = 4.5);

private:
    QColor resolve(quint32 colour, const QColor &ordinary, bool bright) const;

    const QColor m_text;
    const QColor m_base;
    const QColor m_muted;
    std::array<QColor, 16> m_sixteen;
    mutable QHash<quint64, QColor> m_readable;
};

} // namespace BitNet
