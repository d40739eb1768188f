// SPDX-License-Identifier: MIT
#include "ui/latency/chartlook.h"

#include "ui/style/theme.h"

#include <QDateTime>
#include <QFontInfo>

namespace BitNet {

ChartLook ChartLook::of(const QPalette &palette, const QFont &font)
{
    const bool dark = isDark(palette);
    const auto either = [dark](QRgb light, QRgb onDark) { return QColor(dark ? onDark : light); };
    ChartLook look;
    look.font = font;
    look.font.setPixelSize(QFontInfo(font).pixelSize() - 1);
    look.ground = palette.color(QPalette::Base);
    look.ink = palette.color(QPalette::Text);
    look.muted = toneColour(Tone::Muted, palette);
    look.grid = blend(look.ground, look.ink, dark ? 0.14 : 0.11);
    look.limit = toneColour(Tone::Bad, palette);
    look.sample = blend(look.ground, either(0xff4c6de0, 0xff7d9bff), dark ? 0.48 : 0.40);
    look.percentiles = {either(0xff2f4bc7, 0xff8fa8ff), either(0xffa86400, 0xffe8b04a), either(0xff8f3fae, 0xffd795ee)};
    look.outcomes = {either(0xff4c6de0, 0xff6b86ea), toneColour(Tone::Bad, palette), toneColour(Tone::Warning, palette),
                     either(0xffb3bac6, 0xff6b7280)};
    look.phases = {either(0xffb3bac6, 0xff6b7280), either(0xffe0ac4f, 0xffb98a3a), either(0xff4fb0cc, 0xff3e8fa8),
                   either(0xff4c6de0, 0xff5a78e6), either(0xff9fcbac, 0xff578768)};
    look.selections = {either(0xff2f4bc7, 0xff8fa8ff), either(0xffa86400, 0xffe8b04a)};
    look.utcOffset = std::chrono::seconds(QDateTime::currentDateTime().offsetFromUtc());
    return look;
}

ChartLook ChartLook::forPaper(const QFont &font)
{
    QPalette palette;
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::Text, QColor(0x1d, 0x21, 0x29));
    palette.setColor(QPalette::PlaceholderText, QColor(0x5b, 0x63, 0x70));
    ChartLook look = of(palette, font);
    look.utcOffset = {};
    return look;
}

} // namespace BitNet
