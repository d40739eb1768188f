// SPDX-License-Identifier: MIT
#pragma once

#include <QLocale>
#include <QString>

namespace BitNet {

// A number as an argument of an engine: the shortest text that means exactly this one, with a point in every locale.
inline QString argumentText(double value)
{
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

} // namespace BitNet
