// SPDX-License-Identifier: MIT
// Everything that is to be read has a contrast of 4.5 to 1 at least against what it is on, in both palettes; marks that
// carry meaning have 3 to 1 (WCAG 2.1, 1.4.3 and 1.4.11).
#include "jobrecords.h"

#include "ui/jobs/jobdelegate.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobsidebar.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/chartlook.h"
#include "ui/style/emptystate.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTabBar>
#include <QTableView>
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
    void asPainted_data() { themes(); }
    void asPainted();

private:
    static void checkPainted(const QString &what, QWidget &widget, const QRect &part);
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

// The most that anything in this part stands out from what it is on.
void TestContrast::checkPainted(const QString &what, QWidget &widget, const QRect &part)
{
    const QImage image = widget.grab(part).toImage();
    const QColor ground = image.pixelColor(image.width() - 2, 2);
    QColor strongest = ground;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (contrastRatio(image.pixelColor(x, y), ground) > contrastRatio(strongest, ground))
                strongest = image.pixelColor(x, y);
        }
    }
    check(what, strongest, ground);
}

// What only the painting itself decides: quiet words, and those of things that can't be used but are to be read.
void TestContrast::asPainted()
{
    QFETCH(const Theme, theme);
    applyTheme(theme);
    const QFont before = QApplication::font();
    QFont large = before;
    large.setPixelSize(28); // its strokes are wider than a pixel
    QApplication::setFont(large);

    JobSidebar sidebar;
    sidebar.resize(400, 600);
    const QRect heading = sidebar.visualItemRect(sidebar.item(0));
    QVERIFY(!sidebar.item(0)->text().isEmpty());
    checkPainted(u"heading of the sidebar"_s, sidebar, heading);
    checkPainted(u"entry without jobs"_s, sidebar, sidebar.visualItemRect(sidebar.item(2)));

    QLineEdit field;
    field.setPlaceholderText(u"mmmm"_s);
    field.resize(300, 60);
    checkPainted(u"placeholder"_s, field, field.rect().adjusted(8, 8, -8, -8));

    QTabBar tabs;
    tabs.addTab(u"mmmm"_s);
    tabs.addTab(u"mmmm"_s);
    tabs.show();
    QVERIFY(QTest::qWaitForWindowExposed(&tabs));
    checkPainted(u"tab that is not chosen"_s, tabs, tabs.tabRect(1).adjusted(4, 4, -4, -4));

    EmptyState empty(u"jobs"_s, u"title of an empty page"_s, u"text of an empty page"_s);
    empty.resize(600, 400);
    empty.show();
    QVERIFY(QTest::qWaitForWindowExposed(&empty));
    for (QLabel *label : empty.findChildren<QLabel *>())
        checkPainted(label->text(), empty, label->geometry());

    JobTableModel jobs;
    jobs.apply({Testing::queuedJob(1)});
    JobFilterProxy proxy(&jobs);
    QTableView table;
    table.setModel(&proxy);
    table.setItemDelegate(new JobDelegate(&proxy, &table));
    table.setShowGrid(false);
    table.resize(4000, 300);
    for (int column = 0; column < JobColumns::count; ++column)
        table.setColumnWidth(column, 180);
    for (const auto column : {JobColumns::Id, JobColumns::Detail, JobColumns::RunTime, JobColumns::Group}) {
        const QRect cell = table.visualRect(proxy.index(0, column)).adjusted(2, 2, -2, -2);
        checkPainted(JobColumns::title(column), *table.viewport(), cell);
        const QHeaderView *header = table.horizontalHeader();
        const QRect title(header->sectionViewportPosition(column), 0, 170, header->height() - 2);
        checkPainted(JobColumns::title(column), *table.horizontalHeader()->viewport(), title);
    }
    QApplication::setFont(before);
}

QTEST_MAIN(TestContrast)
#include "tst_contrast.moc"
