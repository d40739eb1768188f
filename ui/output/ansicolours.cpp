// SPDX-License-Identifier: MIT
#include "ui/output/ansicolours.h"

#include "ui/style/theme.h"

namespace BitNet {

namespace {

// Black, red, green, yellow, blue, magenta, cyan, white, and the bright ones.
constexpr QRgb onLight[16] = {0xff1d2129, 0xffc42b2b, 0xff1a7f37, 0xff8a6100, 0xff0b5fce, 0xff8a3bc2,
                              0xff0f7482, 0xff6a7180, 0xff57606a, 0xffe03e3e, 0xff2c9a4b, 0xffb07d00,
                              0xff2f7df0, 0xffa95be0, 0xff1a95a5, 0xffa9b0bb};
constexpr QRgb onDark[16] = {0xff3b4048, 0xffff7b72, 0xff5cc982, 0xffe3b341, 0xff79a8ff, 0xffd2a8ff,
                             0xff56c8d8, 0xffc9d1d9, 0xff8b949e, 0xffffa198, 0xff7ee2a0, 0xfff5d36b,
                             0xffa5c8ff, 0xffe2c5ff, 0xff8be0ea, 0xffffffff};

constexpr int maximumRemembered = 4096;

} // namespace

AnsiColours::AnsiColours(const QPalette &palette)
    : m_text(palette.color(QPalette::Text))
    , m_base(palette.color(QPalette::Base))
    , m_muted(palette.color(QPalette::PlaceholderText))
{
    const auto &sixteen = isDark(palette) ? onDark : onLight;
    for (std::size_t i = 0; i < m_sixteen.size(); ++i)
        m_sixteen[i] = QColor(sixteen[i]);
}

QColor AnsiColours::indexed(int index) const
{
    if (index < 16)
        return m_sixteen[std::size_t(std::max(index, 0))];
    if (index < 232) {
        const auto level = [](int step) { return step == 0 ? 0 : 55 + step * 40; };
        const int cube = index - 16;
        return QColor(level(cube / 36), level(cube / 6 % 6), level(cube % 6));
    }
    const int grey = 8 + (std::min(index, 255) - 232) * 10;
    return QColor(grey, grey, grey);
}

QColor AnsiColours::resolve(quint32 colour, const QColor &ordinary, bool bright) const
{
    if (colour == TextStyle::ordinary)
        return ordinary;
    if ((colour & 0xff000000) == TextStyle::exact)
        return QColor(colour);
    const int index = int(colour & 0xff);
    return indexed(bright && index < 8 ? index + 8 : index);
}

AnsiColours::Pair AnsiColours::colours(const TextStyle &style, const QColor &row, bool graphics) const
{
    if (style.flags & TextStyle::Symbol)
        return {readable(m_muted, row), {}};
    QColor foreground = resolve(style.foreground, m_text, false);
    QColor background = resolve(style.background, QColor(), false);
    if (style.flags & TextStyle::Inverse) {
        const QColor ground = background.isValid() ? background : row;
        background = foreground;
        foreground = ground;
    }
    const QColor ground = background.isValid() ? background : row;
    if (style.flags & TextStyle::Dim)
        foreground = blend(foreground, ground, 0.35);
    // Hidden is not obeyed: a log has no secrets from who reads it, and text one can copy should be seen.
    if (graphics && style.foreground != TextStyle::ordinary)
        return {foreground, background};

    const quint64 key = quint64(foreground.rgb()) << 32 | ground.rgb();
    auto known = m_readable.constFind(key);
    if (known == m_readable.constEnd()) {
        if (m_readable.size() >= maximumRemembered)
            m_readable.clear();
        known = m_readable.insert(key, readable(foreground, ground));
    }
    return {*known, background};
}

QColor AnsiColours::readable(const QColor &foreground, const QColor &background, double contrast)
{
    if (contrastRatio(foreground, background) >= contrast)
        return foreground;
    const bool towardsWhite = contrastRatio(Qt::white, background) >= contrastRatio(Qt::black, background);
    const QColor goal = towardsWhite ? QColor(Qt::white) : QColor(Qt::black);
    for (qreal amount = 0.1; amount < 1.0; amount += 0.1) {
        const QColor candidate = blend(foreground, goal, amount);
        if (contrastRatio(candidate, background) >= contrast)
            return candidate;
    }
    return goal;
}

} // namespace BitNet
