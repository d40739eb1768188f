// SPDX-License-Identifier: MIT
#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/jobs/jobdetails.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobsidebar.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/jobs/runcommanddialog.h"
#include "ui/jobs/samplequeue.h"
#include "ui/latency/figuresmodel.h"
#include "ui/latency/latencypage.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/prompt/promptpage.h"
#include "ui/settings/appsettings.h"
#include "ui/settings/settingsdialog.h"
#include "ui/style/theme.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 30'000;

// The whole window over a real supervisor, as the application wires it.
struct Application
{
    explicit Application(const QString &settingsPath, int concurrency = 2)
        : settings(settingsPath, QSettings::IniFormat)
        , store(settings)
        , runtime(RuntimeOptions{.buildDir = u"/nowhere"_s, .gpuMemoryGiB = 0})
        , supervisor(runtime,
                     {.concurrency = concurrency, .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")})
        , engine(runtime, store)
        , window({supervisor, engine, store})
    {
        window.resize(1280, 800);
        window.show();
    }

    JobId run(const QStringList &command, const QString &name = {}, const QString &group = {})
    {
        JobSpec spec;
        spec.command = command;
        spec.name = name;
        spec.group = group;
        return supervisor.submit(spec);
    }
    const JobRecord *record(JobId id) { return window.jobs().find(id); }
    bool isFinished(JobId id) { return record(id) && record(id)->isFinished(); }
    JobState state(JobId id) { return record(id) ? record(id)->state : JobState::Queued; }
    QAction *action(JobActions::Action which) { return window.jobActions().action(which); }

    QSettings settings;
    SettingsStore store;
    BitNetRuntime runtime;
    RuntimeSupervisor supervisor;
    EngineContext engine;
    MainWindow window;
};

QMessageBox *openQuestion(QWidget &window)
{
    for (QMessageBox *box : window.findChildren<QMessageBox *>()) {
        if (box->isVisible())
            return box;
    }
    return nullptr;
}

QAbstractButton *button(QMessageBox *box, QMessageBox::ButtonRole role)
{
    for (QAbstractButton *candidate : box->buttons()) {
        if (box->buttonRole(candidate) == role)
            return candidate;
    }
    return nullptr;
}

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void everyActionIsComplete();
    void everyControlHasAName();
    void shortcutsAreUnambiguous();
    void pagesByKeyboard();
    void fitsSmallScreens();
    void stateWordsFitTheirColumn();
    void runsACommandFromTheDialog();
    void cancelAsksOnce();
    void actionsFollowTheState();
    void pauseAndResumeAJob();
    void runsAgainAndEdits();
    void movesInTheQueue();
    void copies();
    void removesFinished();
    void filtersAndSearches();
    void sidebarCountsAreLive();
    void columnsSortAndLayoutSurviveARestart();
    void pausedQueueIsUnmistakable();
    void concurrencyIsApplied();
    void settingsAreAppliedLive();
    void exportsCsv();
    void sampleQueueMoves();
    void promptIsValidatedBesideItsField();
    void promptAnswersWithTheReplayEngine();
    void quittingAsksWhenJobsRun();

private:
    QTemporaryDir m_folder;
    QString m_settingsPath;
    std::unique_ptr<Application> m_app;
};

void TestMainWindow::init()
{
    m_settingsPath = m_folder.filePath(QLatin1String(QTest::currentTestFunction()) + u".ini"_s);
    m_app = std::make_unique<Application>(m_settingsPath);
    QVERIFY(QTest::qWaitForWindowExposed(&m_app->window));
}

void TestMainWindow::cleanup()
{
    m_app.reset();
}

void TestMainWindow::everyActionIsComplete()
{
    const QList<QAction *> actions = m_app->window.allActions();
    QVERIFY(actions.size() > 35);
    for (const QAction *action : actions) {
        QVERIFY(!action->text().isEmpty());
        QVERIFY2(!action->icon().isNull(), qPrintable(action->text()));
        QVERIFY2(!action->icon().pixmap(16, 16).isNull(), qPrintable(action->text()));
        QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->text()));
    }
    // Those that interface.md promises.
    QStringList shortcuts;
    for (const QAction *action : actions) {
        for (const QKeySequence &keys : action->shortcuts())
            shortcuts.append(keys.toString());
    }
    for (const QString &promised : {u"Ctrl+1"_s, u"Ctrl+2"_s, u"Ctrl+3"_s, u"Ctrl+4"_s, u"Ctrl+N"_s, u"Ctrl+R"_s,
                                    u"Ctrl+F"_s, u"Del"_s, u"Ctrl+Shift+R"_s, u"Ctrl+Return"_s, u"Esc"_s, u"Return"_s})
        QVERIFY2(shortcuts.contains(promised), qPrintable(promised));
}

void TestMainWindow::everyControlHasAName()
{
    m_app->window.openRunCommand();
    m_app->window.openSettings();
    int seen = 0;
    for (const QWidget *widget : m_app->window.findChildren<QWidget *>()) {
        const bool isControl = qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QComboBox *>(widget)
            || qobject_cast<const QAbstractSpinBox *>(widget) || qobject_cast<const QAbstractItemView *>(widget)
            || qobject_cast<const QPlainTextEdit *>(widget) || qobject_cast<const QLineEdit *>(widget);
        const QString type = QLatin1String(widget->metaObject()->className());
        // Parts of other controls, which Qt names itself.
        if (!isControl || widget->objectName().startsWith(u"qt_"_s) || type == u"QLineEditIconButton"_s
            || type == u"QTableCornerButton"_s || qobject_cast<const QHeaderView *>(widget)
            || qobject_cast<const QAbstractSpinBox *>(widget->parentWidget())
            || qobject_cast<const QComboBox *>(widget->parentWidget()) || type.startsWith(u"QComboBoxPrivate"_s)
            || type == u"QComboBoxListView"_s || type == u"CloseButton"_s)
            continue;
        if (qobject_cast<const QToolButton *>(widget) && qobject_cast<const QTabBar *>(widget->parentWidget()))
            continue; // the scroll buttons of tabs
        QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
        QVERIFY(interface);
        const QString name = interface->text(QAccessible::Name);
        QVERIFY2(!name.isEmpty(),
                 qPrintable(u"%1 in %2: %3"_s.arg(
                     type, QLatin1String(widget->parentWidget()->metaObject()->className()), widget->toolTip())));
        ++seen;
    }
    QVERIFY(seen > 60);
}

void TestMainWindow::shortcutsAreUnambiguous()
{
    QHash<QString, QString> used;
    for (const QAction *action : m_app->window.allActions()) {
        for (const QKeySequence &keys : action->shortcuts()) {
            const QString text = keys.toString();
            QVERIFY2(!used.contains(text), qPrintable(u"%1: %2 and %3"_s.arg(text, used.value(text), action->text())));
            used.insert(text, action->text());
        }
    }
}

void TestMainWindow::pagesByKeyboard()
{
    QTest::keyClick(&m_app->window, Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_app->window.currentPage(), MainWindow::Prompt);
    QTest::keyClick(&m_app->window, Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(m_app->window.currentPage(), MainWindow::Engine);
    QTest::keyClick(&m_app->window, Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(m_app->window.currentPage(), MainWindow::Latency);
    QTest::keyClick(&m_app->window, Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(m_app->window.currentPage(), MainWindow::Jobs);
}

void TestMainWindow::fitsSmallScreens()
{
    m_app->run({u"true"_s}, u"a name that is longer than anybody would like it to be, even on a large screen"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Succeeded), 1, patience);
    m_app->window.resize(1024, 700);
    for (const auto page : {MainWindow::Jobs, MainWindow::Prompt, MainWindow::Latency, MainWindow::Engine}) {
        m_app->window.showPage(page);
        QCoreApplication::processEvents();
        const QSize least = m_app->window.minimumSizeHint();
        QVERIFY2(least.width() <= 1024 && least.height() <= 700,
                 qPrintable(u"page %1 wants %2 x %3"_s.arg(page).arg(least.width()).arg(least.height())));
        QCOMPARE(m_app->window.size(), QSize(1024, 700));
    }
}

// Each word beside its icon, in the width that the column has at first.
void TestMainWindow::stateWordsFitTheirColumn()
{
    applyTheme(Theme::System); // with the padding of the application's style
    m_app.reset();
    m_app = std::make_unique<Application>(m_settingsPath);
    m_app->run({u"true"_s});
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Succeeded), 1, patience);
    JobRecord record = m_app->window.jobs().record(0);
    QList<JobRecord> records;
    for (int outcome = 0; outcome <= static_cast<int>(Outcome::Lost); ++outcome) {
        record.id = JobId{1000 + static_cast<quint64>(outcome)};
        record.outcome = static_cast<Outcome>(outcome);
        records.append(record);
    }
    m_app->window.jobs().apply(records);
    m_app->window.resize(1280, 1400); // the hint looks at what is visible
    QCoreApplication::processEvents();
    QTableView *table = m_app->window.jobsPage().table();
    QVERIFY(table->rowAt(table->viewport()->height() - 1) < 0);
    const int width = table->columnWidth(JobColumns::State);
    table->resizeColumnToContents(JobColumns::State);
    const int wanted = table->columnWidth(JobColumns::State);
    QVERIFY2(width >= wanted, qPrintable(u"%1 instead of %2"_s.arg(width).arg(wanted)));
}

void TestMainWindow::runsACommandFromTheDialog()
{
    m_app->window.openRunCommand();
    auto *dialog = m_app->window.findChild<RunCommandDialog *>();
    QVERIFY(dialog);
    QVERIFY(!dialog->problem().isEmpty());
    auto *line = dialog->findChild<QComboBox *>();
    line->setEditText(u"echo 'not closed"_s);
    QVERIFY(dialog->problem().contains(u"quote"_s));
    line->setEditText(u"echo \"two words\" | $HOME"_s);
    QCOMPARE(dialog->problem(), QString());
    QCOMPARE(dialog->specs().size(), 1);
    QCOMPARE(dialog->specs().first().command, (QStringList{u"echo"_s, u"two words"_s, u"|"_s, u"$HOME"_s}));
    QPushButton *run = nullptr;
    for (QPushButton *candidate : dialog->findChildren<QPushButton *>())
        run = candidate->isDefault() ? candidate : run;
    QVERIFY(run && run->isEnabled());
    run->click();
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Succeeded), 1, patience);
    // It is selected, so that its output is seen.
    QTRY_COMPARE(m_app->window.jobsPage().details()->job(), m_app->window.jobs().record(0).id);
    // And remembered.
    QCOMPARE(m_app->settings.value(u"run_command/recent"_s).toStringList(),
             QStringList{u"echo \"two words\" | $HOME"_s});
}

void TestMainWindow::cancelAsksOnce()
{
    const JobId first = m_app->run({u"sleep"_s, u"600"_s});
    const JobId second = m_app->run({u"sleep"_s, u"600"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->state(first) == JobState::Running && m_app->state(second) == JobState::Running,
                             patience);
    m_app->window.jobsPage().select({first});
    m_app->window.activateWindow();
    m_app->window.jobsPage().table()->setFocus();
    QTest::keyClick(m_app->window.jobsPage().table(), Qt::Key_Delete);
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    button(question, QMessageBox::RejectRole)->click();
    QVERIFY(!m_app->isFinished(first));

    m_app->action(JobActions::Cancel)->trigger();
    question = nullptr;
    QTRY_VERIFY((question = openQuestion(m_app->window)));
    question->checkBox()->setChecked(true);
    button(question, QMessageBox::AcceptRole)->click();
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(first), patience);
    QCOMPARE(m_app->record(first)->outcome, Outcome::Cancelled);
    QVERIFY(!m_app->store.value().confirmCancel);

    m_app->window.jobsPage().select({second});
    m_app->action(JobActions::KillNow)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(second), patience);
}

void TestMainWindow::actionsFollowTheState()
{
    m_app->supervisor.pauseQueue();
    const JobId job = m_app->run({u"sleep"_s, u"600"_s});
    QTRY_VERIFY(m_app->record(job));
    m_app->window.jobsPage().select({job});
    QVERIFY(m_app->action(JobActions::Cancel)->isEnabled());
    QVERIFY(m_app->action(JobActions::MoveUp)->isEnabled());
    QVERIFY(!m_app->action(JobActions::KillNow)->isEnabled());
    QVERIFY(!m_app->action(JobActions::CopyOutput)->isEnabled());
    QVERIFY(!m_app->action(JobActions::Remove)->isEnabled());
    m_app->supervisor.resumeQueue();
    QTRY_VERIFY_WITH_TIMEOUT(m_app->action(JobActions::KillNow)->isEnabled(), patience);
    QVERIFY(!m_app->action(JobActions::MoveUp)->isEnabled());
    QVERIFY(m_app->action(JobActions::Pause)->isEnabled());
    QVERIFY(!m_app->action(JobActions::Resume)->isEnabled());
    m_app->supervisor.killNow(job);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->action(JobActions::Remove)->isEnabled(), patience);
    QVERIFY(!m_app->action(JobActions::Cancel)->isEnabled());
    QVERIFY(!m_app->action(JobActions::Pause)->isEnabled());
    QVERIFY(m_app->action(JobActions::RunAgain)->isEnabled());
    m_app->window.jobsPage().table()->clearSelection();
    for (const auto which : {JobActions::Cancel, JobActions::RunAgain, JobActions::CopyCommand, JobActions::Remove})
        QVERIFY(!m_app->action(which)->isEnabled());
}

void TestMainWindow::pauseAndResumeAJob()
{
    const JobId job = m_app->run({u"sleep"_s, u"600"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->state(job) == JobState::Running, patience);
    m_app->window.jobsPage().select({job});
    m_app->action(JobActions::Pause)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(m_app->record(job)->paused, patience);
    QTRY_VERIFY(m_app->action(JobActions::Resume)->isEnabled());
    m_app->action(JobActions::Resume)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(!m_app->record(job)->paused, patience);
    m_app->supervisor.killNow(job);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
}

void TestMainWindow::runsAgainAndEdits()
{
    const JobId one = m_app->run({u"true"_s}, u"one"_s);
    const JobId two = m_app->run({u"false"_s}, u"two"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(one) && m_app->isFinished(two), patience);
    m_app->window.jobsPage().select({one, two});
    QVERIFY(!m_app->action(JobActions::EditAndRunAgain)->isEnabled());
    m_app->action(JobActions::RunAgain)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Failed), 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Succeeded), 2, patience);

    m_app->window.jobsPage().select({two});
    m_app->action(JobActions::EditAndRunAgain)->trigger();
    auto *dialog = m_app->window.findChild<RunCommandDialog *>();
    QVERIFY(dialog);
    QCOMPARE(dialog->specs().first(), *m_app->record(two)->spec);
}

void TestMainWindow::movesInTheQueue()
{
    m_app->supervisor.pauseQueue();
    QList<JobId> ids;
    for (int i = 0; i < 4; ++i)
        ids.append(m_app->run({u"true"_s}));
    QTRY_COMPARE(m_app->window.jobs().rowCount(), 4);
    const auto order = [this, &ids] {
        QList<JobId> sorted = ids;
        std::sort(sorted.begin(), sorted.end(), [this](JobId a, JobId b) {
            return m_app->record(a)->queuePosition < m_app->record(b)->queuePosition;
        });
        QList<int> places;
        for (const JobId id : sorted)
            places.append(static_cast<int>(ids.indexOf(id)));
        return places;
    };
    // Several at once keep their own order.
    m_app->window.jobsPage().select({ids[2], ids[3]});
    m_app->action(JobActions::MoveToTop)->trigger();
    QTRY_COMPARE(order(), (QList<int>{2, 3, 0, 1}));
    m_app->action(JobActions::MoveDown)->trigger();
    QTRY_COMPARE(order(), (QList<int>{0, 2, 3, 1}));
    m_app->action(JobActions::MoveUp)->trigger();
    QTRY_COMPARE(order(), (QList<int>{2, 3, 0, 1}));
    m_app->action(JobActions::MoveToBottom)->trigger();
    QTRY_COMPARE(order(), (QList<int>{0, 1, 2, 3}));
    m_app->supervisor.cancelAll();
}

void TestMainWindow::copies()
{
    const JobId job = m_app->run({u"echo"_s, u"two words"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    m_app->window.jobsPage().select({job});
    m_app->action(JobActions::CopyCommand)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), u"echo 'two words'"_s);
    m_app->action(JobActions::CopyId)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QString::number(job.value));
    m_app->action(JobActions::CopyOutput)->trigger();
    QTRY_COMPARE(QGuiApplication::clipboard()->text(), u"two words\n"_s);
}

void TestMainWindow::removesFinished()
{
    const JobId done = m_app->run({u"echo"_s, u"x"_s});
    const JobId open = m_app->run({u"sleep"_s, u"600"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(done) && m_app->state(open) == JobState::Running, patience);
    const QString folder = m_app->record(done)->outputFolder;
    QVERIFY(QFileInfo::exists(folder));
    QTRY_VERIFY(m_app->action(JobActions::RemoveFinished)->isEnabled());
    m_app->action(JobActions::RemoveFinished)->trigger();
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    button(question, QMessageBox::AcceptRole)->click();
    QCOMPARE(m_app->window.jobs().rowCount(), 1);
    QVERIFY(m_app->record(open));
    QTRY_VERIFY(!QFileInfo::exists(folder));
    m_app->supervisor.killNow(open);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(open), patience);
}

void TestMainWindow::filtersAndSearches()
{
    m_app->run({u"true"_s}, u"alpha"_s, u"first"_s);
    m_app->run({u"false"_s}, u"beta"_s, u"second"_s);
    m_app->run({u"true"_s}, u"alphabet"_s, u"second"_s);
    JobTableModel &jobs = m_app->window.jobs();
    QTRY_COMPARE_WITH_TIMEOUT(jobs.counts().count(JobCategory::Succeeded) + jobs.counts().count(JobCategory::Failed), 3,
                              patience);
    JobsPage &page = m_app->window.jobsPage();
    page.choose(JobCategory::Failed);
    QCOMPARE(page.proxy()->rowCount(), 1);
    page.choose(JobCategory::All);
    QCOMPARE(page.proxy()->rowCount(), 3);
    QTest::keyClick(&m_app->window, Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(page.searchField()->hasFocus() || !m_app->window.isActiveWindow());
    QTest::keyClicks(page.searchField(), u"ALPHA"_s);
    QTRY_COMPARE(page.proxy()->rowCount(), 2);
    QTest::keyClick(page.searchField(), Qt::Key_Escape);
    QTRY_COMPARE(page.proxy()->rowCount(), 3);
    page.searchField()->setText(u"nowhere"_s);
    QTRY_COMPARE(page.proxy()->rowCount(), 0);
    // A job that is looked for is shown whatever is filtered.
    page.reveal(jobs.record(1).id);
    QCOMPARE(page.proxy()->rowCount(), 3);
    QCOMPARE(page.details()->job(), jobs.record(1).id);
}

void TestMainWindow::sidebarCountsAreLive()
{
    JobSidebar *sidebar = m_app->window.jobsPage().sidebar();
    const auto spoken = [sidebar](const QString &title) {
        for (int row = 0; row < sidebar->count(); ++row) {
            if (sidebar->item(row)->text() == title)
                return sidebar->item(row)->data(Qt::AccessibleTextRole).toString();
        }
        return QString();
    };
    QVERIFY(spoken(u"Succeeded"_s).contains(u'0'));
    m_app->run({u"true"_s}, {}, u"nightly"_s);
    QTRY_VERIFY_WITH_TIMEOUT(spoken(u"Succeeded"_s).contains(u'1'), patience);
    QVERIFY(spoken(u"nightly"_s).contains(u'1'));
    for (int row = 0; row < sidebar->count(); ++row) {
        if (sidebar->item(row)->text() == u"nightly"_s)
            sidebar->setCurrentRow(row);
    }
    QCOMPARE(m_app->window.jobsPage().proxy()->filter().group, u"nightly"_s);
    m_app->window.jobs().remove({m_app->window.jobs().record(0).id});
    // The group is gone, and with it the filter.
    QCOMPARE(m_app->window.jobsPage().proxy()->filter().group, QString());
}

void TestMainWindow::columnsSortAndLayoutSurviveARestart()
{
    QTableView *table = m_app->window.jobsPage().table();
    table->horizontalHeader()->setSectionHidden(JobColumns::PeakMemory, false);
    table->horizontalHeader()->setSectionHidden(JobColumns::FirstToken, true);
    table->horizontalHeader()->moveSection(table->horizontalHeader()->visualIndex(JobColumns::Exit), 1);
    table->setColumnWidth(JobColumns::Name, 333);
    table->sortByColumn(JobColumns::RunTime, Qt::AscendingOrder);
    m_app->window.jobsPage().detailsBesideAction()->setChecked(true);
    m_app->window.jobsPage().details()->showTab(JobDetails::Timeline);
    m_app->window.showPage(MainWindow::Latency);
    QSignalSpy ready(&m_app->window, &MainWindow::readyToQuit);
    m_app->window.close();
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, patience);
    m_app.reset();

    m_app = std::make_unique<Application>(m_settingsPath);
    table = m_app->window.jobsPage().table();
    QVERIFY(!table->isColumnHidden(JobColumns::PeakMemory));
    QVERIFY(table->isColumnHidden(JobColumns::FirstToken));
    QCOMPARE(table->horizontalHeader()->visualIndex(JobColumns::Exit), 1);
    QCOMPARE(table->columnWidth(JobColumns::Name), 333);
    QCOMPARE(m_app->window.jobsPage().proxy()->sortColumn(), int(JobColumns::RunTime));
    QCOMPARE(m_app->window.jobsPage().proxy()->sortOrder(), Qt::AscendingOrder);
    QVERIFY(m_app->window.jobsPage().detailsBesideAction()->isChecked());
    QCOMPARE(m_app->window.jobsPage().details()->tab(), JobDetails::Timeline);
    QCOMPARE(m_app->window.currentPage(), MainWindow::Latency);
}

void TestMainWindow::pausedQueueIsUnmistakable()
{
    QVERIFY(!m_app->window.windowTitle().contains(u"[Paused]"_s));
    QTest::keyClick(&m_app->window, Qt::Key_Space, Qt::ControlModifier);
    QTRY_VERIFY(m_app->window.windowTitle().startsWith(u"[Paused]"_s));
    Banner *banner = nullptr;
    for (Banner *candidate : m_app->window.findChildren<Banner *>())
        banner = candidate->isVisible() ? candidate : banner;
    QVERIFY(banner);
    m_app->run({u"true"_s});
    QTRY_VERIFY(banner->text().contains(u'1'));
    banner->findChild<QPushButton *>()->click();
    QTRY_VERIFY(!m_app->window.windowTitle().contains(u"[Paused]"_s));
    QVERIFY(!banner->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Succeeded), 1, patience);
}

void TestMainWindow::concurrencyIsApplied()
{
    QSpinBox *box = nullptr;
    for (QSpinBox *candidate : m_app->window.findChildren<QSpinBox *>())
        box = candidate->accessibleName() == u"Jobs at a time"_s ? candidate : box;
    QVERIFY(box);
    QCOMPARE(box->value(), 2);
    box->setValue(5);
    QTRY_COMPARE(m_app->supervisor.concurrency(), 5);
    QCOMPARE(m_app->store.value().concurrency, 5);
    m_app->supervisor.setConcurrency(3);
    QTRY_COMPARE(box->value(), 3);
}

void TestMainWindow::settingsAreAppliedLive()
{
    m_app->window.openSettings();
    auto *dialog = m_app->window.findChild<SettingsDialog *>();
    QVERIFY(dialog);
    auto *theme = dialog->findChild<QComboBox *>();
    theme->setCurrentIndex(theme->findData(static_cast<int>(Theme::Dark)));
    QCOMPARE(m_app->store.value().theme, Theme::Dark);
    QVERIFY(isDark(QApplication::palette()));
    theme->setCurrentIndex(theme->findData(static_cast<int>(Theme::Light)));
    QVERIFY(!isDark(QApplication::palette()));
    // A change from elsewhere is shown.
    m_app->store.change([](AppSettings &s) { s.theme = Theme::System; });
    QCOMPARE(theme->currentData().toInt(), static_cast<int>(Theme::System));
}

void TestMainWindow::exportsCsv()
{
    QVERIFY(!m_app->window.latencyPage().exportAction()->isEnabled());
    const JobId job = m_app->run({u"true"_s}, u"exported"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    QVERIFY(m_app->window.latencyPage().exportAction()->isEnabled());
    const QString path = m_folder.filePath(u"out.csv"_s);
    m_app->window.latencyPage().exportTo(path);
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(path), patience);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(text.startsWith("id,name,"));
    QVERIFY(text.contains("exported"));
    m_app->window.showPage(MainWindow::Latency);
    FiguresModel *figures = m_app->window.latencyPage().figures();
    QTRY_COMPARE(figures->index(0, FiguresModel::Jobs).data().toString(), u"1"_s);
}

void TestMainWindow::sampleQueueMoves()
{
    m_app->window.runSampleQueue();
    JobTableModel &jobs = m_app->window.jobs();
    QTRY_VERIFY_WITH_TIMEOUT(jobs.rowCount() >= 12, patience);
    // All that a newcomer is to see.
    for (const JobCategory category : {JobCategory::Succeeded, JobCategory::Failed, JobCategory::TimedOut})
        QTRY_VERIFY_WITH_TIMEOUT(jobs.counts().count(category) > 0, patience);
    QTRY_COMPARE_WITH_TIMEOUT(jobs.counts().count(JobCategory::Queued) + jobs.counts().count(JobCategory::Running), 0,
                              patience);
    for (const JobSpec &spec : sampleQueue({}))
        QVERIFY(!validate(spec));
}

void TestMainWindow::promptIsValidatedBesideItsField()
{
    m_app->engine.useBuildFolder(QStringLiteral(BITNET_BIN_DIR "/../replay-engine"));
    PromptPage &page = m_app->window.promptPage();
    QVERIFY(page.sendAction()->isEnabled());
    page.modelField()->setEditText(u"/no/such/model.gguf"_s);
    page.sendAction()->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(page.problemOf(u"prompt"_s).contains(u"empty"_s), patience);
    page.promptField()->setPlainText(u"Hello"_s);
    QCOMPARE(page.problemOf(u"prompt"_s), QString());
    QTRY_VERIFY(page.sendAction()->isEnabled());
    page.sendAction()->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(page.problemOf(u"model"_s).contains(u"/no/such/model.gguf"_s), patience);
    QTRY_VERIFY(page.sendAction()->isEnabled());
    QCOMPARE(m_app->window.jobs().rowCount(), 0);
}

void TestMainWindow::promptAnswersWithTheReplayEngine()
{
    m_app->window.showPage(MainWindow::Prompt);
    PromptPage &page = m_app->window.promptPage();
    QVERIFY(!page.sendAction()->isEnabled()); // no engine
    m_app->engine.useBuildFolder(QStringLiteral(BITNET_BIN_DIR "/../replay-engine"));
    QVERIFY(m_app->engine.hasEngine());
    page.modelField()->setEditText(EngineContext::replayModel());
    page.promptField()->setPlainText(u"What is a supervisor?"_s);
    QTRY_VERIFY(page.sendAction()->isEnabled());
    QTest::keyClick(page.promptField(), Qt::Key_Return, Qt::ControlModifier);
    const auto answer = [&page]() -> Message {
        const QList<MessageId> branch = page.document()->conversation().branch();
        return branch.size() == 2 ? *page.document()->conversation().message(branch.constLast()) : Message();
    };
    QTRY_VERIFY_WITH_TIMEOUT(answer().role == MessageRole::Assistant && !page.document()->isGenerating(), patience);
    QCOMPARE(answer().state, MessageState::Complete);
    QVERIFY(!answer().text.isEmpty());
    QVERIFY(answer().figures.outputTokens.has_value());
    QVERIFY(page.promptField()->toPlainText().isEmpty());
    // Every prompt is also a job.
    QCOMPARE(m_app->window.jobs().rowCount(), 1);
    QCOMPARE(m_app->window.jobs().record(0).spec->kind, JobKind::Inference);
    QCOMPARE(m_app->window.jobs().record(0).outcome, Outcome::Succeeded);
}

void TestMainWindow::quittingAsksWhenJobsRun()
{
    const JobId job = m_app->run({u"sleep"_s, u"600"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->state(job) == JobState::Running, patience);
    QSignalSpy ready(&m_app->window, &MainWindow::readyToQuit);
    m_app->window.close();
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    QVERIFY(question->text().contains(u'1'));
    question->button(QMessageBox::Cancel)->click();
    QCOMPARE(ready.size(), 0);
    QCOMPARE(m_app->state(job), JobState::Running);
    m_app->window.close();
    question = nullptr;
    QTRY_VERIFY((question = openQuestion(m_app->window)));
    button(question, QMessageBox::AcceptRole)->click();
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, patience);
    QTRY_VERIFY(m_app->isFinished(job));
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
