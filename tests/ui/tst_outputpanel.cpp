// SPDX-License-Identifier: MIT
#include "support/outputfixture.h"
#include "ui/output/outputpanel.h"
#include "ui/output/outputview.h"
#include "ui/style/elidedlabel.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

JobRecord job(quint64 id, JobState state, const QString &folder = {})
{
    auto spec = std::make_shared<JobSpec>();
    spec->command = {u"make"_s};
    JobRecord record;
    record.id = {id};
    record.spec = spec;
    record.state = state;
    record.outputFolder = folder;
    if (state == JobState::Running || state == JobState::Finished)
        record.started = Instant::now();
    if (state == JobState::Finished)
        record.outcome = Outcome::Succeeded;
    return record;
}

class ShownPanel : public OutputPanel
{
public:
    ShownPanel()
    {
        resize(700, 400);
        show();
        if (!QTest::qWaitForWindowExposed(this))
            qFatal("no window");
    }

    QString placeholder() const
    {
        const auto *title = findChild<QLabel *>(u"outputPlaceholder"_s);
        return title->isVisible() ? title->text() : QString();
    }
    QAbstractButton *button(const QString &name) const
    {
        for (auto *button : findChildren<QAbstractButton *>()) {
            if (button->accessibleName() == name)
                return button;
        }
        qFatal("no button %s", qPrintable(name));
        return nullptr;
    }
    QString status() const { return findChild<ElidedLabel *>(u"outputStatus"_s)->text(); }
    QString label(const QString &name) const
    {
        const auto *label = findChild<QLabel *>(name);
        return label->isVisible() ? label->text() : QString();
    }
};

} // namespace

class TestOutputPanel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void saysWhyThereIsNothing();
    void showsWhatComes();
    void showsWhatComesInOneStream();
    void noticeOfDroppedBytes();
    void switches();
    void optionsAreKept();
    void searchBar();
    void searchBarByKeyboard();
    void saves();
    void saveFails();
    void everyControlHasAName();
};

void TestOutputPanel::saysWhyThereIsNothing()
{
    ShownPanel panel;
    QCOMPARE(panel.placeholder(), u"No job selected"_s);
    JobRecord queued = job(1, JobState::Queued);
    queued.pendingReason = PendingReason::WaitingForSlot;
    panel.showJob(queued);
    QCOMPARE(panel.placeholder(), u"Queued"_s);
    QVERIFY(!panel.button(u"Find"_s)->isEnabled());
    panel.showJob(job(1, JobState::Starting));
    QCOMPARE(panel.placeholder(), u"Starting"_s);
    OutputFixture output;
    panel.showJob(job(1, JobState::Running, output.folder()));
    QCOMPARE(panel.placeholder(), u"Nothing printed yet"_s);
    panel.showJob(job(1, JobState::Finished, output.folder()));
    QCOMPARE(panel.placeholder(), u"Nothing printed"_s);

    JobRecord gone = job(2, JobState::Finished, output.folder() + u"/gone"_s);
    gone.stdoutBytes = 100;
    panel.showJob(gone);
    QCOMPARE(panel.placeholder(), u"The output is gone"_s);
    JobRecord failed = job(3, JobState::Finished);
    failed.started.reset();
    failed.outcome = Outcome::FailedToStart;
    failed.reason = u"make was not found in PATH"_s;
    panel.showJob(failed);
    QVERIFY(!panel.placeholder().isEmpty());
    const QList<QLabel *> labels = panel.findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [&](QLabel *label) { return label->text() == failed.reason; }));
    panel.clear();
    QCOMPARE(panel.placeholder(), u"No job selected"_s);
}

// No record comes for output alone: the panel has to see it by itself.
void TestOutputPanel::showsWhatComes()
{
    OutputFixture output;
    ShownPanel panel;
    panel.showJob(job(1, JobState::Running, output.folder()));
    QVERIFY(!panel.placeholder().isEmpty());
    output.standardOutput("hello\n");
    QTRY_COMPARE(panel.placeholder(), QString());
    QCOMPARE(panel.view()->visibleText(), u"hello\n"_s);
    QVERIFY(panel.button(u"Find"_s)->isEnabled());
    QVERIFY(panel.status().startsWith(u"one line"_s));
    // A folder that is not there yet is tried again with the next record.
    OutputFixture late(false);
    panel.showJob(job(2, JobState::Running, late.folder()));
    QVERIFY(!panel.placeholder().isEmpty());
    late.create();
    late.standardOutput("late\n");
    panel.showJob(job(2, JobState::Running, late.folder()));
    QTRY_COMPARE(panel.view()->visibleText(), u"late\n"_s);
}

void TestOutputPanel::showsWhatComesInOneStream()
{
    OutputFixture output;
    output.standardOutput("out\n");
    ShownPanel panel;
    panel.showJob(job(1, JobState::Running, output.folder()));
    panel.setOptions({.streams = OutputStreams::Stderr});
    QTRY_COMPARE(panel.placeholder(), u"Nothing on stderr"_s);
    output.standardOutput("more\n");
    QTRY_COMPARE(panel.view()->log().size(), 9);
    QCOMPARE(panel.placeholder(), u"Nothing on stderr"_s);
    output.standardError("err\n");
    QTRY_COMPARE(panel.placeholder(), QString());
    QCOMPARE(panel.view()->visibleText(), u"err\n"_s);
}

void TestOutputPanel::noticeOfDroppedBytes()
{
    OutputFixture output;
    output.standardOutput("begin\n");
    ShownPanel panel;
    JobRecord record = job(1, JobState::Running, output.folder());
    panel.showJob(record);
    QVERIFY(panel.label(u"outputNotice"_s).isEmpty());
    record.truncated = true;
    record.stdoutBytes = 300 * 1024 * 1024;
    panel.showJob(record);
    const QString running = panel.label(u"outputNotice"_s);
    QVERIFY(running.contains(u"256"_s));
    record = job(1, JobState::Finished, output.folder());
    record.truncated = true;
    record.stdoutBytes = 300 * 1024 * 1024;
    record.droppedBytes = 40 * 1024 * 1024;
    panel.showJob(record);
    QVERIFY(panel.label(u"outputNotice"_s) != running);
    record.stdoutBytes = 1000; // far from the limit: the disk it was
    panel.showJob(record);
    QVERIFY(panel.label(u"outputNotice"_s).contains(u"disk"_s));
    panel.showJob(job(2, JobState::Running, output.folder()));
    QVERIFY(panel.label(u"outputNotice"_s).isEmpty());
}

void TestOutputPanel::switches()
{
    OutputFixture output;
    output.standardOutput(QByteArray("word ").repeated(100) + "\n" + QByteArray("line\n").repeated(100));
    output.standardError("err\n");
    ShownPanel panel;
    panel.showJob(job(1, JobState::Running, output.folder()));
    QSignalSpy changed(&panel, &OutputPanel::optionsChanged);
    panel.button(u"Wrap lines"_s)->click();
    QVERIFY(!panel.view()->isWrapping());
    panel.button(u"Show times"_s)->click();
    QVERIFY(panel.view()->showsTimes());
    QCOMPARE(changed.count(), 2);
    auto *streams = panel.findChild<QComboBox *>(u"outputStreams"_s);
    QTest::keyClick(streams, Qt::Key_Down);
    QTest::keyClick(streams, Qt::Key_Down);
    QCOMPARE(panel.view()->streams(), OutputStreams::Stderr);
    QCOMPARE(panel.view()->visibleText(), u"err\n"_s);
    QCOMPARE(panel.options(), (OutputOptions{OutputStreams::Stderr, false, true}));
    QTest::keyClick(streams, Qt::Key_Home);

    QAbstractButton *follow = panel.button(u"Follow"_s);
    QVERIFY(follow->isChecked());
    QTest::keyClick(panel.view(), Qt::Key_Home);
    QVERIFY(!follow->isChecked());
    follow->click();
    QVERIFY(panel.view()->isFollowing());
    follow->click();
    QVERIFY(!panel.view()->isFollowing());
}

void TestOutputPanel::optionsAreKept()
{
    OutputFixture one;
    one.standardError("one\n");
    OutputFixture two;
    two.standardError("two\n");
    ShownPanel panel;
    panel.setOptions({OutputStreams::Stderr, false, true});
    panel.showJob(job(1, JobState::Finished, one.folder()));
    panel.showJob(job(2, JobState::Finished, two.folder()));
    QCOMPARE(panel.options(), (OutputOptions{OutputStreams::Stderr, false, true}));
    QCOMPARE(panel.view()->visibleText(), u"two\n"_s);
}

void TestOutputPanel::searchBar()
{
    OutputFixture output;
    output.standardOutput("Needle\nneedle\nneedle\n");
    ShownPanel panel;
    panel.showJob(job(1, JobState::Finished, output.folder()));
    auto *field = panel.findChild<QLineEdit *>(u"outputSearchField"_s);
    QVERIFY(!field->isVisible());
    panel.button(u"Find"_s)->click();
    QVERIFY(field->isVisible());
    QTest::keyClicks(field, u"needle"_s);
    QTRY_COMPARE(panel.label(u"outputSearchCount"_s), u"1 of 3"_s);
    panel.button(u"Next match"_s)->click();
    QCOMPARE(panel.label(u"outputSearchCount"_s), u"2 of 3"_s);
    panel.button(u"Previous match"_s)->click();
    panel.button(u"Previous match"_s)->click();
    QCOMPARE(panel.label(u"outputSearchCount"_s), u"3 of 3"_s);
    panel.button(u"Match case"_s)->click();
    QTRY_VERIFY(panel.label(u"outputSearchCount"_s).endsWith(u"of 2"_s));
    field->setText(u"nothing like it"_s);
    QTRY_COMPARE(panel.label(u"outputSearchCount"_s), u"No matches"_s);
    QVERIFY(!panel.button(u"Next match"_s)->isEnabled());
    panel.button(u"Close the search"_s)->click();
    QVERIFY(!field->isVisible());
    QVERIFY(!panel.view()->finder().isActive());
}

void TestOutputPanel::searchBarByKeyboard()
{
    OutputFixture output;
    output.standardOutput("needle\nneedle\nother\n");
    ShownPanel panel;
    panel.showJob(job(1, JobState::Finished, output.folder()));
    panel.view()->setFocus();
    QTest::keyClick(panel.view(), Qt::Key_F, Qt::ControlModifier);
    auto *field = panel.findChild<QLineEdit *>(u"outputSearchField"_s);
    QVERIFY(field->isVisible());
    QTest::keyClicks(field, u"needle"_s);
    QTRY_COMPARE(panel.label(u"outputSearchCount"_s), u"1 of 2"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(panel.label(u"outputSearchCount"_s), u"2 of 2"_s);
    QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(panel.label(u"outputSearchCount"_s), u"1 of 2"_s);
    QTest::keyClick(panel.view(), Qt::Key_F3);
    QCOMPARE(panel.label(u"outputSearchCount"_s), u"2 of 2"_s);
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!field->isVisible());
    // What is selected is looked for.
    QTest::keyClick(panel.view(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(panel.view(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(panel.view(), Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(field->text(), u"ne"_s);
}

void TestOutputPanel::saves()
{
    OutputFixture output;
    const QByteArray out = QByteArray("\x1b[31mexact\0bytes\xff\n", 18).repeated(200'000);
    output.standardOutput(out);
    output.standardError("err\n");
    ShownPanel panel;
    panel.showJob(job(1, JobState::Running, output.folder()));
    QTemporaryDir folder;
    const QString path = folder.filePath(u"saved.log"_s);
    panel.saveTo(path);
    const auto content = [&path] {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QTRY_COMPARE(content().size(), out.size() + 4);
    QVERIFY(content() == out + "err\n");
    QTRY_VERIFY(panel.status().startsWith(u"Saved"_s));
    panel.setOptions({.streams = OutputStreams::Stderr});
    panel.saveTo(path);
    QTRY_COMPARE(content(), QByteArray("err\n"));
}

void TestOutputPanel::saveFails()
{
    OutputFixture output;
    output.standardOutput("out\n");
    ShownPanel panel;
    panel.showJob(job(1, JobState::Running, output.folder()));
    QTemporaryDir folder;
    panel.saveTo(folder.filePath(u"no/such/folder/saved.log"_s));
    QTRY_VERIFY(panel.status().contains(u"saved.log"_s));
}

void TestOutputPanel::everyControlHasAName()
{
    ShownPanel panel;
    for (const auto *button : panel.findChildren<QAbstractButton *>()) {
        if (qobject_cast<QLineEdit *>(button->parentWidget()))
            continue; // Qt's own
        QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(), qPrintable(button->objectName()));
        QVERIFY2(!button->toolTip().isEmpty(), qPrintable(button->accessibleName()));
        QVERIFY2(!button->icon().isNull() || !button->text().isEmpty(), qPrintable(button->accessibleName()));
    }
}

QTEST_MAIN(TestOutputPanel)
#include "tst_outputpanel.moc"
