// SPDX-License-Identifier: MIT
// The window and its dialogs without a mouse, and without eyes.
#include "windowtest.h"

#include "ui/jobs/jobdetails.h"
#include "ui/jobs/jobspage.h"
#include "ui/style/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QScrollArea>
#include <QSet>
#include <QTabWidget>

#include <functional>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

using Place = std::function<QWidget *(Application &)>;
Q_DECLARE_METATYPE(Place)

class TestAccessibility : public WindowTest
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyControlHasAName_data() { places(); }
    void everyControlHasAName();
    void tabGoesEverywhere_data() { places(); }
    void tabGoesEverywhere();
    void focusIsVisible_data() { places(); }
    void focusIsVisible();

private:
    static void places();
};

// The dialog that was opened last, on top of the window.
static QWidget *openDialog(Application &app)
{
    QWidget *found = nullptr;
    for (QDialog *dialog : app.window.findChildren<QDialog *>())
        found = dialog->isVisible() ? dialog : found;
    return found;
}

static QAction *windowAction(Application &app, const QString &text)
{
    for (QAction *action : app.window.actions()) {
        if (action->text().remove(u'&') == text)
            return action;
    }
    qFatal("no action %s", qPrintable(text));
}

static QWidget *showTab(QWidget *dialog, int tab)
{
    auto *tabs = dialog->findChild<QTabWidget *>();
    if (!tabs)
        qFatal("no tabs");
    tabs->setCurrentIndex(tab);
    return dialog;
}

// A job that has printed something, selected.
static QWidget *selectAJob(Application &app, JobDetails::Tab tab)
{
    const JobId job = app.run({u"echo"_s, u"something"_s});
    if (!QTest::qWaitFor([&] { return app.isFinished(job); }, patience))
        qFatal("the job did not end");
    app.window.showPage(MainWindow::Jobs);
    app.window.jobsPage().reveal(job);
    app.window.jobsPage().details()->showTab(tab);
    return &app.window;
}

void TestAccessibility::initTestCase()
{
    applyTheme(Theme::Light); // focus is drawn by the application's style
    QApplication::setCursorFlashTime(0);
}

void TestAccessibility::places()
{
    QTest::addColumn<Place>("place");
    const auto add = [](const char *name, Place place) { QTest::newRow(name) << std::move(place); };
    for (const auto &[name, page] :
         {std::pair("no jobs", MainWindow::Jobs), std::pair("prompt", MainWindow::Prompt),
          std::pair("latency", MainWindow::Latency), std::pair("engine", MainWindow::Engine)}) {
        add(name, [page](Application &app) {
            app.window.showPage(page);
            return &app.window;
        });
    }
    for (const auto &[name, tab] :
         {std::pair("a job's output", JobDetails::Output), std::pair("a job's summary", JobDetails::Summary),
          std::pair("a job's timeline", JobDetails::Timeline)})
        add(name, [tab](Application &app) { return selectAJob(app, tab); });
    add("a paused queue", [](Application &app) {
        app.supervisor.pauseQueue();
        return QTest::qWaitFor([&] { return app.window.windowTitle().startsWith(u"[Paused]"_s); }) ? &app.window
                                                                                                   : nullptr;
    });
    for (int tab = 0; tab < 2; ++tab) {
        add(qPrintable(u"run command, tab %1"_s.arg(tab)), [tab](Application &app) {
            app.window.dialogs().openRunCommand();
            return showTab(openDialog(app), tab);
        });
    }
    for (int tab = 0; tab < 4; ++tab) {
        add(qPrintable(u"settings, tab %1"_s.arg(tab)), [tab](Application &app) {
            app.window.dialogs().openSettings();
            return showTab(openDialog(app), tab);
        });
    }
    for (const QString &action : {u"Keyboard Shortcuts"_s, u"About BitNet Supervisor"_s}) {
        add(qPrintable(action), [action](Application &app) {
            windowAction(app, action)->trigger();
            return openDialog(app);
        });
    }
    add("removing", [](Application &app) {
        selectAJob(app, JobDetails::Output);
        app.action(JobActions::RemoveFinished)->trigger();
        return openDialog(app);
    });
}

static void giveFocus(QWidget *place)
{
    place->activateWindow();
    if (!QTest::qWaitForWindowActive(place))
        qFatal("not active");
    if (!place->isAncestorOf(QApplication::focusWidget()))
        place->setFocus();
    if (!QTest::qWaitFor([&] { return QApplication::focusWidget() && QApplication::focusWidget()->window() == place; }))
        qFatal("no focus in %s", place->metaObject()->className());
    QCoreApplication::processEvents(); // its layout
}

// What a person can reach by Tab in a window or a dialog, as it is now.
static QSet<QWidget *> reachableByTab(QWidget *place)
{
    QSet<QWidget *> widgets;
    for (QWidget *widget : place->findChildren<QWidget *>()) {
        if (widget->window() == place && widget->isVisible() && widget->isEnabled() && !widget->focusProxy()
            && (widget->focusPolicy() & Qt::TabFocus) && !widget->size().isEmpty())
            widgets.insert(widget);
    }
    return widgets;
}

static QString describe(const QWidget *widget)
{
    const QWidget *parent = widget->parentWidget();
    return u"%1 \"%2\" in %3"_s.arg(QLatin1String(widget->metaObject()->className()), widget->accessibleName(),
                                    parent ? QLatin1String(parent->metaObject()->className()) : QLatin1String());
}

void TestAccessibility::everyControlHasAName()
{
    QFETCH(const Place, place);
    QWidget *shown = place(*m_app);
    QVERIFY(shown);
    int seen = 0;
    for (QWidget *widget : shown->findChildren<QWidget *>()) {
        // A label's name is its text; lists of combo boxes are parts of their control, which has the name.
        if (widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() || qobject_cast<QLabel *>(widget)
            || widget->window()->windowType() == Qt::Popup)
            continue;
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        QVERIFY(interface);
        QVERIFY2(!interface->text(QAccessible::Name).isEmpty(), qPrintable(describe(widget)));
        ++seen;
    }
    QVERIFY(seen > 0);
}

void TestAccessibility::tabGoesEverywhere()
{
    QFETCH(const Place, place);
    QWidget *shown = place(*m_app);
    QVERIFY(shown);
    giveFocus(shown);
    const QSet<QWidget *> expected = reachableByTab(shown);
    QSet<QWidget *> visited;
    for (qsizetype i = 0; i < 2 * expected.size() + 2; ++i) {
        QWidget *before = QApplication::focusWidget();
        QTest::keyClick(before ? before : shown, Qt::Key_Tab);
        QWidget *now = QApplication::focusWidget();
        QVERIFY(now);
        QVERIFY2(now != before || expected.size() == 1, qPrintable(u"Tab does not leave %1"_s.arg(describe(now))));
        visited.insert(now);
    }
    for (QWidget *widget : expected)
        QVERIFY2(visited.contains(widget), qPrintable(u"Tab does not reach %1"_s.arg(describe(widget))));
}

// Where the focus is looks different from where it is not.
void TestAccessibility::focusIsVisible()
{
    QFETCH(const Place, place);
    QWidget *shown = place(*m_app);
    QVERIFY(shown);
    giveFocus(shown);
    for (QWidget *widget : reachableByTab(shown)) {
        const auto picture = [widget, shown] {
            const QRect around(widget->mapTo(shown, QPoint(-2, -2)), widget->size() + QSize(4, 4));
            return shown->grab(around).toImage();
        };
        for (QWidget *parent = widget->parentWidget(); parent; parent = parent->parentWidget()) {
            if (auto *area = qobject_cast<QScrollArea *>(parent))
                area->ensureWidgetVisible(widget);
        }
        widget->setFocus(Qt::TabFocusReason);
        if (QApplication::focusWidget() != widget)
            continue; // hands it on
        shown->setAttribute(Qt::WA_KeyboardFocusChange);
        const QImage with = picture();
        widget->clearFocus();
        QVERIFY2(with != picture(), qPrintable(describe(widget)));
    }
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
