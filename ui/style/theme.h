// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QPalette>

class QApplication;

namespace BitNet {

enum class Theme {
    System, // the desktop's own palette; where the platform brings none, the light one
    Light,
    Dark,
};

// What a colour is to say; never the only thing that says it.
enum class Tone {
    Plain,
    Muted, // less important than the text around it
    Active, // is going on
    Good,
    Warning,
    Bad,
};

// Installs style and palette for the whole application. May be called again at any time; windows follow at once.
void applyTheme(Theme theme);

bool isDark(const QPalette &palette);
// At least 4.5:1 against the palette's Base and Window.
QColor toneColour(Tone tone, const QPalette &palette);
// The background of selected rows: a tint on which ordinary text stays readable.
QColor selectionColour(const QPalette &palette);
// A hairline between areas.
QColor lineColour(const QPalette &palette);
// b over a, with 0 <= amount <= 1 of b.
QColor blend(const QColor &a, const QColor &b, qreal amount);
// Contrast ratio of WCAG 2.1, 1..21.
double contrastRatio(const QColor &a, const QColor &b);

} // namespace BitNet
