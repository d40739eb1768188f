// SPDX-License-Identifier: MIT
// What one does with jobs on their page, in the whole window.
#include "windowtest.h"

#include "ui/jobs/jobdetails.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobsidebar.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/runcommanddialog.h"
#include "ui/style/foldingrow.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestJobsPage : public WindowTest
{
    Q_OBJECT
private Q_SLOTS:
    void stateWordsFitTheirColumn();
    void cancelAsksOnce();
    void actionsFollowTheState();
    void pauseAndResumeAJob();
    void runsAgainAndEdits();
    void movesInTheQueue();
    void copies();
    void removesFinished();
    void filtersAndSearches();
    void sidebarCountsAreLive();
    void barGivesWayInASmallWindow();
    void choosesColumns();
    void opensTheOutput();
    void actsOnTenThousandRows();
};

void TestJobsPage::stateWordsFitTheirColumn()
{
    applyTheme(Theme::System); // with the padding of the application's style
    restart();
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

void TestJobsPage::cancelAsksOnce()
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

void TestJobsPage::actionsFollowTheState()
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

void TestJobsPage::pauseAndResumeAJob()
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

void TestJobsPage::runsAgainAndEdits()
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

void TestJobsPage::movesInTheQueue()
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

void TestJobsPage::copies()
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

void TestJobsPage::removesFinished()
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

void TestJobsPage::filtersAndSearches()
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

void TestJobsPage::sidebarCountsAreLive()
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

// Nothing lies over anything else, whatever the width; in a large window everything is there.
void TestJobsPage::barGivesWayInASmallWindow()
{
    const JobId job = m_app->run({u"true"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    JobsPage &page = m_app->window.jobsPage();
    auto *bar = qobject_cast<FoldingRow *>(page.searchField()->parentWidget());
    QVERIFY(bar);
    page.detailsBesideAction()->setChecked(true);
    const auto shown = [bar] {
        QList<QWidget *> widgets;
        for (QWidget *widget : bar->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly)) {
            if (widget->isVisible())
                widgets.append(widget);
        }
        return widgets;
    };
    qsizetype fewest = 100;
    qsizetype most = 0;
    for (int width = 1024; width <= 1800; width += 97) {
        m_app->window.resize(width, 700);
        QCoreApplication::processEvents();
        const QList<QWidget *> widgets = shown();
        fewest = std::min(fewest, widgets.size());
        most = std::max(most, widgets.size());
        for (const QWidget *widget : widgets) {
            QVERIFY2(widget->width() >= widget->minimumSizeHint().width(), qPrintable(widget->accessibleName()));
            for (const QWidget *other : widgets)
                QVERIFY2(
                    other == widget || !other->geometry().intersects(widget->geometry()),
                    qPrintable(u"%1 and %2 at %3"_s.arg(widget->accessibleName(), other->accessibleName()).arg(width)));
        }
    }
    QVERIFY(fewest < most);
    QCOMPARE(most, qsizetype(14)); // all of them
}

static QAction *columnInMenu(const QMenu &menu, const QString &title)
{
    for (QAction *action : menu.actions()) {
        if (action->text() == title)
            return action;
    }
    qFatal("no column %s", qPrintable(title));
}

void TestJobsPage::choosesColumns()
{
    const JobId job = m_app->run({u"true"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    QTableView *table = m_app->window.jobsPage().table();
    QTRY_VERIFY(table->isVisible());
    QVERIFY(table->isColumnHidden(JobColumns::PeakMemory));
    const auto open = [table]() -> QMenu * {
        Q_EMIT table->horizontalHeader()->customContextMenuRequested({5, 5});
        return qobject_cast<QMenu *>(QApplication::activePopupWidget());
    };
    QMenu *menu = open();
    QVERIFY(menu);
    QVERIFY(!columnInMenu(*menu, u"State"_s)->isEnabled()); // one always stays
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(columnInMenu(*menu, u"Peak memory"_s)).center());
    QVERIFY(!table->isColumnHidden(JobColumns::PeakMemory));
    // It stays open for the next one.
    QCOMPARE(QApplication::activePopupWidget(), menu);
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(columnInMenu(*menu, u"TTFT"_s)).center());
    QVERIFY(table->isColumnHidden(JobColumns::FirstToken));
    menu->setActiveAction(columnInMenu(*menu, u"TTFT"_s));
    QTest::keyClick(menu, Qt::Key_Space);
    QVERIFY(!table->isColumnHidden(JobColumns::FirstToken));
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(columnInMenu(*menu, u"Reset Columns"_s)).center());
    QVERIFY(table->isColumnHidden(JobColumns::PeakMemory));
    QVERIFY(!QApplication::activePopupWidget());
}

void TestJobsPage::opensTheOutput()
{
    const JobId job = m_app->run({u"echo"_s, u"x"_s});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
    JobsPage &page = m_app->window.jobsPage();
    m_app->window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&m_app->window));
    const auto hasFocus = [&page] { return page.details()->isAncestorOf(QApplication::focusWidget()); };
    for (const int key : {int(Qt::Key_Return), int(Qt::Key_Enter), 0}) {
        page.select({job});
        page.details()->showTab(JobDetails::Summary);
        page.table()->setFocus();
        QVERIFY(!hasFocus());
        const QPoint at = page.table()->visualRect(page.proxy()->index(page.proxy()->rowOf(job), 1)).center();
        if (key != 0) {
            QTest::keyClick(page.table(), Qt::Key(key));
        } else {
            QTest::mouseClick(page.table()->viewport(), Qt::LeftButton, {}, at);
            QTest::mouseDClick(page.table()->viewport(), Qt::LeftButton, {}, at);
        }
        QVERIFY2(page.details()->tab() == JobDetails::Output, qPrintable(u"key %1"_s.arg(key)));
        QVERIFY(hasFocus());
    }
}

void TestJobsPage::actsOnTenThousandRows()
{
    constexpr int many = 10'000;
    m_app->supervisor.pauseQueue();
    for (int i = 0; i < many; ++i)
        m_app->run({u"true"_s});
    JobTableModel &jobs = m_app->window.jobs();
    QTRY_COMPARE_WITH_TIMEOUT(jobs.rowCount(), many, patience);
    QTableView *table = m_app->window.jobsPage().table();
    QElapsedTimer timer;
    const auto measured = [&timer](const char *what, const auto &act) {
        timer.start();
        act();
        qInfo("%s: %lld ms in the window's thread", what, timer.elapsed());
    };
    table->setFocus();
    measured("select all", [table] { QTest::keyClick(table, Qt::Key_A, Qt::ControlModifier); });
    QCOMPARE(m_app->window.jobActions().selection().size(), many);
    const auto all = [&jobs](auto predicate) {
        for (int row = 0; row < jobs.rowCount(); ++row) {
            if (!predicate(jobs.record(row)))
                return false;
        }
        return true;
    };
    measured("hold", [this] { m_app->action(JobActions::Pause)->trigger(); });
    QTRY_VERIFY_WITH_TIMEOUT(all([](const JobRecord &r) { return r.paused; }), patience);
    QTRY_VERIFY(m_app->action(JobActions::Resume)->isEnabled());
    measured("resume", [this] { m_app->action(JobActions::Resume)->trigger(); });
    QTRY_VERIFY_WITH_TIMEOUT(all([](const JobRecord &r) { return !r.paused; }), patience);
    measured("move to top", [this] { m_app->action(JobActions::MoveToTop)->trigger(); });
    measured("copy commands", [this] { m_app->action(JobActions::CopyCommand)->trigger(); });
    QCOMPARE(QGuiApplication::clipboard()->text().count(u'\n'), many - 1);
    measured("cancel", [this] { m_app->action(JobActions::Cancel)->trigger(); });
    QVERIFY(!openQuestion(m_app->window)); // none of them runs
    QTRY_COMPARE_WITH_TIMEOUT(jobs.counts().count(JobCategory::Cancelled), many, patience);
    QTRY_VERIFY(m_app->action(JobActions::Remove)->isEnabled());
    m_app->action(JobActions::Remove)->trigger();
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    measured("remove", [question] { button(question, QMessageBox::AcceptRole)->click(); });
    QCOMPARE(jobs.rowCount(), 0);
}

QTEST_MAIN(TestJobsPage)
#include "tst_jobspage.moc"
