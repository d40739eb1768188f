// SPDX-License-Identifier: MIT
#include "ui/style/theme.h"

#include "ui/style/style.h"

#include <QApplication>
#include <QPixmapCache>
#include <QStyle>

#include <cmath>

namespace BitNet {

namespace {

struct Scheme
{
    QRgb window, windowText, base, alternate, text, button, buttonText, highlight, highlightedText, placeholder, link,
        line, midlight, dark, shadow, tip, tipText, disabled;
};

constexpr Scheme lightScheme = {
    .window = 0xfff4f5f7,
    .windowText = 0xff1d2129,
    .base = 0xffffffff,
    .alternate = 0xfff9fafb,
    .text = 0xff1d2129,
    .button = 0xffffffff,
    .buttonText = 0xff2c323c,
    .highlight = 0xff3b5bdb,
    .highlightedText = 0xffffffff,
    .placeholder = 0xff5b6370,
    .link = 0xff2f4bc7,
    .line = 0xffdcdfe4,
    .midlight = 0xffe9ebef,
    .dark = 0xffb4bac4,
    .shadow = 0xff8a919d,
    .tip = 0xff252a33,
    .tipText = 0xfff2f4f7,
    .disabled = 0xff9aa1ac,
};

constexpr Scheme darkScheme = {
    .window = 0xff1e2126,
    .windowText = 0xffe5e8ed,
    .base = 0xff17191d,
    .alternate = 0xff1b1d22,
    .text = 0xffe5e8ed,
    .button = 0xff2b2f37,
    .buttonText = 0xffd8dce3,
    .highlight = 0xff4a66e0,
    .highlightedText = 0xffffffff,
    .placeholder = 0xff9aa1ad,
    .link = 0xff93a8ff,
    .line = 0xff33373f,
    .midlight = 0xff2a2e35,
    .dark = 0xff4b515c,
    .shadow = 0xff0d0e11,
    .tip = 0xff343942,
    .tipText = 0xfff2f4f7,
    .disabled = 0xff6b727d,
};

QPalette paletteOf(const Scheme &scheme)
{
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(scheme.window));
    palette.setColor(QPalette::WindowText, QColor(scheme.windowText));
    palette.setColor(QPalette::Base, QColor(scheme.base));
    palette.setColor(QPalette::AlternateBase, QColor(scheme.alternate));
    palette.setColor(QPalette::Text, QColor(scheme.text));
    palette.setColor(QPalette::Button, QColor(scheme.button));
    palette.setColor(QPalette::ButtonText, QColor(scheme.buttonText));
    palette.setColor(QPalette::BrightText, QColor(scheme.highlightedText));
    palette.setColor(QPalette::Highlight, QColor(scheme.highlight));
    palette.setColor(QPalette::HighlightedText, QColor(scheme.highlightedText));
    palette.setColor(QPalette::PlaceholderText, QColor(scheme.placeholder));
    palette.setColor(QPalette::Link, QColor(scheme.link));
    palette.setColor(QPalette::LinkVisited, QColor(scheme.link));
    palette.setColor(QPalette::Mid, QColor(scheme.line));
    palette.setColor(QPalette::Midlight, QColor(scheme.midlight));
    palette.setColor(QPalette::Light, QColor(scheme.base));
    palette.setColor(QPalette::Dark, QColor(scheme.dark));
    palette.setColor(QPalette::Shadow, QColor(scheme.shadow));
    palette.setColor(QPalette::ToolTipBase, QColor(scheme.tip));
    palette.setColor(QPalette::ToolTipText, QColor(scheme.tipText));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
        palette.setColor(QPalette::Disabled, role, QColor(scheme.disabled));
    palette.setColor(QPalette::Disabled, QPalette::Base, QColor(scheme.window));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(scheme.dark));
    return palette;
}

double luminance(const QColor &colour)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

// A desktop that sets its own colours gives another palette than Qt's built-in one.
std::optional<QPalette> desktopPalette()
{
    static const QPalette atStart = QGuiApplication::palette();
    const QPalette builtIn = QApplication::style()->standardPalette();
    const bool same = atStart.color(QPalette::Window) == builtIn.color(QPalette::Window)
        && atStart.color(QPalette::Base) == builtIn.color(QPalette::Base);
    return same ? std::nullopt : std::optional(atStart);
}

} // namespace

void applyTheme(Theme theme)
{
    const std::optional<QPalette> desktop = desktopPalette();
    QPalette palette = paletteOf(lightScheme);
    switch (theme) {
    case Theme::System:
        if (desktop) {
            palette = *desktop;
            // The hairlines; desktops keep this one darker than the style wants it.
            palette.setColor(QPalette::Mid,
                             blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.16));
        }
        break;
    case Theme::Light:
        break;
    case Theme::Dark:
        palette = paletteOf(darkScheme);
        break;
    }
    QPixmapCache::clear();
    if (!qobject_cast<Style *>(QApplication::style()))
        QApplication::setStyle(new Style);
    QApplication::setPalette(palette);
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Base).lightnessF() < palette.color(QPalette::Text).lightnessF();
}

QColor toneColour(Tone tone, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (tone) {
    case Tone::Plain:
        return palette.color(QPalette::Text);
    case Tone::Muted:
        return palette.color(QPalette::PlaceholderText);
    case Tone::Active:
        return dark ? QColor(0x7d, 0xa2, 0xff) : QColor(0x2f, 0x55, 0xd4);
    case Tone::Good:
        return dark ? QColor(0x5c, 0xc9, 0x82) : QColor(0x12, 0x6e, 0x3a);
    case Tone::Warning:
        return dark ? QColor(0xf0, 0xb3, 0x4a) : QColor(0x8f, 0x54, 0x00);
    case Tone::Bad:
        return dark ? QColor(0xff, 0x80, 0x78) : QColor(0xbf, 0x26, 0x26);
    }
    return palette.color(QPalette::Text);
}

QColor selectionColour(const QPalette &palette)
{
    return blend(palette.color(QPalette::Base), palette.color(QPalette::Active, QPalette::Highlight),
                 isDark(palette) ? 0.34 : 0.15);
}

QColor lineColour(const QPalette &palette)
{
    return palette.color(QPalette::Mid);
}

QColor blend(const QColor &a, const QColor &b, qreal amount)
{
    const auto mix = [amount](float x, float y) { return x + (y - x) * static_cast<float>(amount); };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

} // namespace BitNet
