// SPDX-License-Identifier: MIT
// The window as a whole: its pages, its bars, what it keeps, how it goes.
#include "greenicons.h"
#include "windowtest.h"

#include "ui/jobs/jobdetails.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/runcommanddialog.h"
#include "ui/jobs/samplequeue.h"
#include "ui/latency/figuresmodel.h"
#include "ui/latency/latencyexport.h"
#include "ui/latency/latencypage.h"
#include "ui/mainwindow/banner.h"
#include "ui/prompt/promptpage.h"
#include "ui/settings/settingsdialog.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QToolButton>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestMainWindow : public WindowTest
{
    Q_OBJECT
private Q_SLOTS:
    void everyActionIsComplete();
    void shortcutsAreUnambiguous();
    void findLooksInThePage();
    void pagesByKeyboard();
    void fitsSmallScreens();
    void runsACommandFromTheDialog();
    void columnsSortAndLayoutSurviveARestart();
    void pausedQueueIsUnmistakable();
    void concurrencyIsApplied();
    void settingsAreAppliedLive();
    void iconsFollowTheirSetting();
    void exportsCsv();
    void sampleQueueMoves();
    void promptIsValidatedBesideItsField();
    void promptAnswersWithTheReplayEngine();
    void quittingAsksWhenJobsRun();
};

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

void TestMainWindow::shortcutsAreUnambiguous()
{
    // Those of what is hidden rest.
    const auto isActive = [](const QAction *action) {
        const QList<QObject *> owners = action->associatedObjects();
        return std::any_of(owners.cbegin(), owners.cend(), [](QObject *owner) {
            const auto *widget = qobject_cast<QWidget *>(owner);
            return widget && (widget->isVisible() || qobject_cast<const QMenu *>(widget));
        });
    };
    for (const auto page : {MainWindow::Jobs, MainWindow::Prompt, MainWindow::Latency, MainWindow::Engine}) {
        m_app->window.showPage(page);
        QHash<QString, QString> used;
        for (const QAction *action : m_app->window.allActions()) {
            if (!isActive(action))
                continue;
            for (const QKeySequence &keys : action->shortcuts()) {
                const QString text = keys.toString();
                QVERIFY2(!used.contains(text),
                         qPrintable(u"%1: %2 and %3"_s.arg(text, used.value(text), action->text())));
                used.insert(text, action->text());
            }
        }
        QVERIFY(used.contains(u"Ctrl+R"_s));
    }
}

// Where one is looking.
void TestMainWindow::findLooksInThePage()
{
    m_app->window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&m_app->window));
    m_app->window.showPage(MainWindow::Prompt);
    PromptPage &page = m_app->window.promptPage();
    const auto document = page.document();
    document->addPrompt(u"Where is the needle?"_s);
    auto *field = page.findChild<QLineEdit *>(u"conversationSearchField"_s);
    QVERIFY(field);
    QTest::keyClick(&m_app->window, Qt::Key_F, Qt::ControlModifier);
    QTRY_VERIFY(field->isVisible());
    QCOMPARE(m_app->window.currentPage(), MainWindow::Prompt);
    m_app->window.showPage(MainWindow::Engine);
    QTest::keyClick(&m_app->window, Qt::Key_F, Qt::ControlModifier);
    QTRY_COMPARE(m_app->window.currentPage(), MainWindow::Jobs);
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

void TestMainWindow::runsACommandFromTheDialog()
{
    m_app->window.dialogs().openRunCommand();
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

    restart();
    table = m_app->window.jobsPage().table();
    QVERIFY(!table->isColumnHidden(JobColumns::PeakMemory));
    QVERIFY(table->isColumnHidden(JobColumns::FirstToken));
    QCOMPARE(table->horizontalHeader()->visualIndex(JobColumns::Exit), 1);
    QCOMPARE(m_app->window.jobsPage().proxy()->sortColumn(), int(JobColumns::RunTime));
    QCOMPARE(m_app->window.jobsPage().proxy()->sortOrder(), Qt::AscendingOrder);
    QVERIFY(m_app->window.jobsPage().detailsBesideAction()->isChecked());
    QCOMPARE(m_app->window.jobsPage().details()->tab(), JobDetails::Timeline);
    QCOMPARE(m_app->window.currentPage(), MainWindow::Latency);
    // Names give way in a small window, and have their width again in a large one.
    m_app->window.showPage(MainWindow::Jobs);
    m_app->run({u"true"_s});
    m_app->window.jobsPage().detailsBesideAction()->setChecked(false);
    m_app->window.resize(1600, 800);
    QTRY_COMPARE(table->columnWidth(JobColumns::Name), 333);
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
    const JobId waiting = m_app->run({u"true"_s});
    QTRY_VERIFY(banner->text().contains(u'1'));
    const auto reason = [this, waiting] {
        const JobTableModel &jobs = m_app->window.jobs();
        return jobs.index(jobs.rowOf(waiting), JobColumns::Detail).data().toString();
    };
    QCOMPARE(reason(), u"the queue is paused"_s);
    QTest::keyClick(&m_app->window, Qt::Key_Space, Qt::ControlModifier);
    QTRY_VERIFY(m_app->isFinished(waiting));
    QVERIFY(reason().isEmpty());
    QTest::keyClick(&m_app->window, Qt::Key_Space, Qt::ControlModifier);
    m_app->run({u"true"_s});
    QTRY_VERIFY(banner->isVisible());
    banner->findChild<QPushButton *>()->click();
    QTRY_VERIFY(!m_app->window.windowTitle().contains(u"[Paused]"_s));
    QVERIFY(!banner->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(m_app->window.jobs().counts().count(JobCategory::Succeeded), 2, patience);
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
    m_app->window.dialogs().openSettings();
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

void TestMainWindow::iconsFollowTheirSetting()
{
    const GreenIcons theme({u"view-refresh"_s});
    const JobId job = m_app->run({u"true"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    QToolButton *again = nullptr;
    for (QToolButton *button : m_app->window.jobsPage().findChildren<QToolButton *>())
        again = button->defaultAction() == m_app->action(JobActions::RunAgain) ? button : again;
    QVERIFY(again);
    m_app->window.jobsPage().select({job});
    QTRY_VERIFY(again->isVisible() && again->isEnabled());
    const auto isGreen = [again] {
        const QImage image = again->grab().toImage();
        return image.pixelColor(image.rect().center()) == QColor(Qt::green);
    };
    QVERIFY(!isGreen());
    m_app->window.dialogs().openSettings();
    auto *dialog = m_app->window.findChild<SettingsDialog *>();
    QCheckBox *box = nullptr;
    for (QCheckBox *candidate : dialog->findChildren<QCheckBox *>())
        box = candidate->text().contains(u"Icons"_s) ? candidate : box;
    QVERIFY(box && !box->isChecked());
    box->click();
    QVERIFY(m_app->store.value().desktopIcons);
    QVERIFY(isGreen());
    // And after a restart.
    restart();
    QVERIFY(m_app->store.value().desktopIcons);
    QVERIFY(Icons::areFromDesktop());
    m_app->store.change([](AppSettings &s) { s.desktopIcons = false; });
    QVERIFY(!Icons::areFromDesktop());
}

void TestMainWindow::exportsCsv()
{
    QVERIFY(!m_app->window.latencyPage().exportAction()->isEnabled());
    const JobId job = m_app->run({u"true"_s}, u"exported"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    QVERIFY(m_app->window.latencyPage().exportAction()->isEnabled());
    const QString path = m_folder.filePath(u"out.csv"_s);
    m_app->window.latencyPage().reports()->exportJobsTo(path, LatencyExport::Which::All);
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
