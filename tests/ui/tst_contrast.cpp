// SPDX-License-Identifier: MIT
// Everything that is to be read has a contrast of 4.5 to 1 at least against what it is on, in both palettes; marks that
// carry meaning have 3 to 1 (WCAG 2.1, 1.4.3 and 1.4.11).
#include "ui/latency/chartlook.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestContrast : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rolesOfThePalette_data() { themes(); }
    void rolesOfThePalette();
    void tones_data() { themes(); }
    void tones();
    void buttons_data() { themes(); }
    void buttons();
    void banners_data() { themes(); }
    void banners();
    void charts_data() { themes(); }
    void charts();
    void chartsOnPaper();

private:
    static void themes();
    static void check(const QString &what, const QColor &colour, const QColor &ground, double least = 4.5);
};

void TestContrast::themes()
{
    QTest::addColumn<Theme>("theme");
    QTest::newRow("light") << Theme::Light;
    QTest::newRow("dark") << Theme::Dark;
}

void TestContrast::check(const QString &what, const QColor &colour, const QColor &ground, double least)
{
    const double contrast = contrastRatio(colour, ground);
    QVERIFY2(contrast >= least,
             qPrintable(u"%1: %2 on %3 is %4 to 1"_s.arg(what, colour.name(), ground.name()).arg(contrast, 0, 'f', 2)));
}

void TestContrast::rolesOfThePalette()
{
    QFETCH(const Theme, theme);
    applyTheme(theme);
    const QPalette palette = QApplication::palette();
    using Pair = std::pair<QPalette::ColorRole, QPalette::ColorRole>;
    for (const auto &[text, ground] :
         {Pair(QPalette::WindowText, QPalette::Window), Pair(QPalette::Text, QPalette::Base),
          Pair(QPalette::Text, QPalette::AlternateBase), Pair(QPalette::ButtonText, QPalette::Button),
          Pair(QPalette::ButtonText, QPalette::Window), Pair(QPalette::HighlightedText, QPalette::Highlight),
          Pair(QPalette::PlaceholderText, QPalette::Base), Pair(QPalette::PlaceholderText, QPalette::Window),
          Pair(QPalette::ToolTipText, QPalette::ToolTipBase), Pair(QPalette::Link, QPalette::Base),
          Pair(QPalette::Link, QPalette::Window)}) {
        const QString name =
            u"%1 on %2"_s.arg(QVariant::fromValue(text).toString(), QVariant::fromValue(ground).toString());
        check(name, palette.color(text), palette.color(ground));
    }
}

// On all that lies behind words: the pages, rows, rows under the pointer, selected ones.
void TestContrast::tones()
{
    QFETCH(const Theme, theme);
    applyTheme(theme);
    const QPalette palette = QApplication::palette();
    const QList<QColor> grounds = {
        palette.color(QPalette::Base),
        palette.color(QPalette::Window),
        palette.color(QPalette::AlternateBase),
        selectionColour(palette),
        blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.08),
    };
    for (const Tone tone : {Tone::Plain, Tone::Muted, Tone::Active, Tone::Good, Tone::Warning, Tone::Bad}) {
        for (const QColor &ground : grounds)
            check(u"tone %1"_s.arg(static_cast<int>(tone)), toneColour(tone, palette), ground);
    }
}

void TestContrast::buttons()
{
    QFETCH(const Theme, theme);
    applyTheme(theme);
    const QPalette palette = QApplication::palette();
    const QColor accent = palette.color(QPalette::Highlight);
    // As the style fills the recommended one: at rest, under the pointer, pressed.
    for (const QColor &fill : {accent, blend(accent, Qt::black, 0.09), blend(accent, Qt::black, 0.18)})
        check(u"recommended button"_s, palette.color(QPalette::HighlightedText), fill);
    for (const double shade : {0.0, 0.06, 0.14})
        check(u"button"_s, palette.color(QPalette::ButtonText),
              blend(palette.color(QPalette::Button), palette.color(QPalette::WindowText), shade));
    // Where the focus is.
    check(u"focus"_s, accent, palette.color(QPalette::Window), 3);
    check(u"focus"_s, accent, palette.color(QPalette::Base), 3);
}

void TestContrast::banners()
{
    QFETCH(const Theme, theme);
    applyTheme(theme);
    const QPalette palette = QApplication::palette();
    for (const Tone tone : {Tone::Active, Tone::Warning, Tone::Bad}) {
        const QColor colour = toneColour(tone, palette);
        const QColor ground = blend(palette.color(QPalette::Window), colour, 0.14);
        check(u"banner"_s, palette.color(QPalette::WindowText), ground);
        check(u"sign of a banner"_s, colour, ground, 3);
    }
}

void TestContrast::charts()
{
    QFETCH(const Theme, theme);
    applyTheme(theme);
    const ChartLook look = ChartLook::of(QApplication::palette(), QApplication::font());
    check(u"title"_s, look.ink, look.ground);
    check(u"labels of axes"_s, look.muted, look.ground);
    check(u"limit"_s, look.limit, look.ground);
    for (const QColor &line : look.percentiles)
        check(u"percentile"_s, line, look.ground);
    for (const QColor &line : look.selections)
        check(u"selection"_s, line, look.ground);
}

void TestContrast::chartsOnPaper()
{
    const ChartLook look = ChartLook::forPaper(QApplication::font());
    check(u"title"_s, look.ink, Qt::white);
    check(u"labels of axes"_s, look.muted, Qt::white);
    for (const QColor &line : look.percentiles)
        check(u"percentile"_s, line, Qt::white);
}

QTEST_MAIN(TestContrast)
#include "tst_contrast.moc"
