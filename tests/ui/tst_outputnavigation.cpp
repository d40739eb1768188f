// SPDX-License-Identifier: MIT
// Finding one's way in the output view: scrolling, following, searching, selecting.
#include "shownoutput.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestOutputNavigation : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void opensAtItsEnd();
    void followsUntilScrolledUp();
    void followIsTakenBackByTheButton();
    void scrollsByKeyboard();
    void scrollBarGoesAnywhere();
    void searches();
    void searchGoesOnWithGrowth();
    void searchInOneStream();
    void showsHitsFarToTheRight();
    void selectsByMouse();
    void selectsByKeyboard();
    void selectsBeyondTheScreen();
    void copiesInTheBackground();
    void refusesToCopyTooMuch();
};

void TestOutputNavigation::opensAtItsEnd()
{
    OutputFixture job;
    job.standardOutput(numberedLines(0, 200'000));
    ShownView view(job.folder());
    QCOMPARE(view.rows().constLast(), u"line 199999"_s);
    QVERIFY(view.isFollowing());
    QVERIFY(view.rows().size() > 10 && view.rows().size() < 40);
    QTRY_COMPARE(view.lines().lineCount(), 200'000);
    QTRY_COMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
    QTRY_COMPARE(view.verticalScrollBar()->maximum(), 200'000 - view.verticalScrollBar()->pageStep());
    QCOMPARE(view.rows().constLast(), u"line 199999"_s);
}

void TestOutputNavigation::followsUntilScrolledUp()
{
    OutputFixture job;
    job.standardOutput(numberedLines(0, 100));
    ShownView view(job.folder());
    view.setLive(true);
    QSignalSpy following(&view, &OutputView::followingChanged);
    job.standardOutput(numberedLines(100, 150));
    QTRY_COMPARE(view.rows().constLast(), u"line 149"_s);

    QTest::keyClick(&view, Qt::Key_PageUp);
    QVERIFY(!view.isFollowing());
    QCOMPARE(following.count(), 1);
    const QStringList rows = view.rows();
    job.standardOutput(numberedLines(150, 300));
    QTRY_COMPARE(view.lines().lineCount(), 300);
    QCOMPARE(view.rows(), rows); // nothing moves under the reader
    // Whoever goes back to the end follows again.
    for (int i = 0; i < 50 && !view.isFollowing(); ++i)
        QTest::keyClick(&view, Qt::Key_PageDown);
    QVERIFY(view.isFollowing());
    job.standardOutput("the last\n");
    QTRY_COMPARE(view.rows().constLast(), u"the last"_s);
}

void TestOutputNavigation::followIsTakenBackByTheButton()
{
    OutputFixture job;
    job.standardOutput(numberedLines(0, 100));
    ShownView view(job.folder());
    view.setLive(true);
    auto *button = view.findChild<QPushButton *>(u"jumpToEnd"_s);
    QVERIFY(button && !button->isVisible());
    QTest::keyClick(&view, Qt::Key_Home);
    QCOMPARE(view.rows().constFirst(), u"line 0"_s);
    QVERIFY(button->isVisible());
    const QString before = button->text();
    job.standardOutput("more\n");
    QTRY_VERIFY(button->text() != before); // it says that there is something new
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(view.isFollowing());
    QVERIFY(!button->isVisible());
    QCOMPARE(view.rows().constLast(), u"more"_s);
    // Switched off at the end: stays where it is.
    view.setFollowing(false);
    job.standardOutput(numberedLines(0, 5));
    QTRY_COMPARE(view.lines().lineCount(), 106);
    QVERIFY(!view.visibleText().contains(u"line 4"_s));
    QVERIFY(view.visibleText().contains(u"more"_s));
}

void TestOutputNavigation::scrollsByKeyboard()
{
    OutputFixture job;
    job.standardOutput(numberedLines(0, 500));
    ShownView view(job.folder());
    QTest::keyClick(&view, Qt::Key_Home);
    QCOMPARE(view.rows().constFirst(), u"line 0"_s);
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Down);
    QCOMPARE(view.rows().constFirst(), u"line 2"_s);
    QTest::keyClick(&view, Qt::Key_Up);
    QCOMPARE(view.rows().constFirst(), u"line 1"_s);
    QTest::keyClick(&view, Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(view.rows().constLast(), u"line 499"_s);
    QTest::keyClick(&view, Qt::Key_Home, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_PageDown);
    QCOMPARE(view.rows().constFirst(), u"line %1"_s.arg(view.verticalScrollBar()->pageStep() - 1));
    QTest::keyClick(&view, Qt::Key_PageUp);
    QTest::keyClick(&view, Qt::Key_PageUp);
    QCOMPARE(view.rows().constFirst(), u"line 0"_s);
}

void TestOutputNavigation::scrollBarGoesAnywhere()
{
    OutputFixture job;
    job.standardOutput(numberedLines(0, 1000));
    ShownView view(job.folder());
    view.verticalScrollBar()->setValue(123);
    QCOMPARE(view.rows().constFirst(), u"line 123"_s);
    QVERIFY(!view.isFollowing());
    view.verticalScrollBar()->setValue(0);
    QCOMPARE(view.rows().constFirst(), u"line 0"_s);
    view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
    QCOMPARE(view.rows().constLast(), u"line 999"_s);
    QVERIFY(view.isFollowing());
}

void TestOutputNavigation::searches()
{
    OutputFixture job;
    for (int i = 0; i < 1000; ++i)
        job.standardOutput("line " + QByteArray::number(i) + (i % 100 == 50 ? " Needle here\n" : "\n"));
    ShownView view(job.folder());
    OutputFinder &finder = view.finder();
    view.find(u"needle"_s, Qt::CaseInsensitive);
    QTRY_VERIFY(!finder.isRunning());
    QCOMPARE(finder.hitCount(), 10);
    // From the end of the output there is none further down: around to the first.
    QTRY_COMPARE(finder.current()->number, 0);
    QVERIFY(view.visibleText().contains(u"line 50 Needle"_s));
    QVERIFY(!view.isFollowing());
    finder.goToNext();
    QCOMPARE(finder.current()->number, 1);
    QVERIFY(view.visibleText().contains(u"line 150 Needle"_s));
    finder.goToPrevious();
    finder.goToPrevious();
    QCOMPARE(finder.current()->number, 9);
    QVERIFY(view.visibleText().contains(u"line 950 Needle"_s));
    finder.goToNext();
    QCOMPARE(finder.current()->number, 0);
    // Letter by letter it stays at its hit.
    finder.goToNext();
    view.find(u"needle h"_s, Qt::CaseInsensitive);
    QTRY_VERIFY(finder.current());
    QCOMPARE(finder.current()->number, 1);
    view.find(u"needle"_s, Qt::CaseSensitive);
    QTRY_VERIFY(!finder.isRunning());
    QCOMPARE(finder.hitCount(), 0);
    QVERIFY(!finder.current());
    // The hit is drawn differently from the rest.
    view.find(u"Needle"_s, Qt::CaseSensitive);
    QTRY_VERIFY(finder.current());
    const QImage with = view.viewport()->grab().toImage();
    finder.clear();
    QVERIFY(view.viewport()->grab().toImage() != with);
    QVERIFY(!finder.isActive());
}

void TestOutputNavigation::searchGoesOnWithGrowth()
{
    OutputFixture job;
    job.standardOutput("needle\n");
    ShownView view(job.folder());
    view.find(u"needle"_s, Qt::CaseInsensitive);
    QTRY_COMPARE(view.finder().hitCount(), 1);
    job.standardOutput("another needle\n");
    QTRY_COMPARE(view.finder().hitCount(), 2);
    QCOMPARE(view.finder().current()->number, 0); // it does not run away
}

void TestOutputNavigation::searchInOneStream()
{
    OutputFixture job;
    job.standardOutput("word nee");
    job.standardError("word\n");
    job.standardOutput("dle\n");
    ShownView view(job.folder());
    view.find(u"word"_s, Qt::CaseInsensitive);
    QTRY_COMPARE(view.finder().hitCount(), 2);
    view.setStreams(OutputStreams::Stderr);
    QTRY_COMPARE(view.finder().hitCount(), 1);
    view.setStreams(OutputStreams::Stdout);
    view.find(u"needle"_s, Qt::CaseInsensitive);
    QTRY_COMPARE(view.finder().hitCount(), 1);
}

void TestOutputNavigation::showsHitsFarToTheRight()
{
    OutputFixture job;
    job.standardOutput(QByteArray(9000, '.') + "needle" + QByteArray(3000, '.') + "\n");
    ShownView view(job.folder());
    view.setWrapping(false);
    view.find(u"needle"_s, Qt::CaseInsensitive);
    QTRY_VERIFY(view.finder().current());
    const OutputPainter painter(view.font(), view.palette(), true, view.devicePixelRatioF());
    const int left = int(9000 * painter.columnWidth());
    QVERIFY(view.horizontalScrollBar()->value() <= left);
    QVERIFY(view.horizontalScrollBar()->value() + view.viewport()->width() > left + 6 * painter.columnWidth());
}

void TestOutputNavigation::selectsByMouse()
{
    OutputFixture job;
    job.standardOutput("first line\nsecond /path/to-file.txt line\n\x1b[1mthird\x1b[0m line\n");
    ShownView view(job.folder());
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, view.at(0, 6));
    QTest::mouseMove(view.viewport(), view.at(1, 3));
    QMouseEvent move(QEvent::MouseMove, view.at(1, 6), view.viewport()->mapToGlobal(view.at(1, 6)), Qt::NoButton,
                     Qt::LeftButton, {});
    QCoreApplication::sendEvent(view.viewport(), &move);
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, view.at(1, 6));
    QVERIFY(view.hasSelection());
    QCOMPARE(view.selectedText(), u"line\nsecond"_s);
    view.copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), u"line\nsecond"_s);

    QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, view.at(1, 12));
    QCOMPARE(view.selectedText(), u"/path/to-file.txt"_s);
    // A third click takes the line.
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, view.at(1, 12));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, view.at(1, 12));
    QCOMPARE(view.selectedText(), u"second /path/to-file.txt line\n"_s);

    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.at(0, 0));
    QVERIFY(!view.hasSelection());
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::ShiftModifier, view.at(2, 5));
    QCOMPARE(view.selectedText(), u"first line\nsecond /path/to-file.txt line\nthird"_s);
    QTest::keyClick(&view, Qt::Key_Escape);
    QVERIFY(!view.hasSelection());
}

void TestOutputNavigation::selectsByKeyboard()
{
    OutputFixture job;
    job.standardOutput("first\nsecond\nthird\n");
    ShownView view(job.folder());
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(view.selectedText(), u"first\n"_s);
    QTest::keyClick(&view, Qt::Key_End, Qt::ShiftModifier);
    QCOMPARE(view.selectedText(), u"first\nsecond"_s);
    QTest::keyClick(&view, Qt::Key_Left, Qt::ShiftModifier);
    QTest::keyClick(&view, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(view.selectedText(), u"first\nseco"_s);
    QTest::keyClick(&view, Qt::Key_End, Qt::ShiftModifier | Qt::ControlModifier);
    QCOMPARE(view.selectedText(), u"first\nsecond\nthird"_s);
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"first\nsecond\nthird"_s);
    QTest::keyClick(&view, Qt::Key_Home, Qt::ShiftModifier | Qt::ControlModifier);
    QVERIFY(!view.hasSelection());
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(view.selectedText(), u"first\nsecond\nthird"_s);
}

void TestOutputNavigation::selectsBeyondTheScreen()
{
    OutputFixture job;
    job.standardOutput(numberedLines(0, 5000) + QByteArray(50'000, 'y') + "\nlast");
    ShownView view(job.folder());
    QSignalSpy told(&view, &OutputView::told);
    view.selectAll();
    view.copy();
    QTRY_VERIFY(!told.isEmpty());
    QTRY_COMPARE(QGuiApplication::clipboard()->text(),
                 QString(QString::fromLatin1(numberedLines(0, 5000)) + QString(50'000, u'y') + u"\nlast"_s));
}

void TestOutputNavigation::copiesInTheBackground()
{
    OutputFixture job;
    const QByteArray lines = numberedLines(0, 200'000);
    job.standardOutput(lines);
    ShownView view(job.folder());
    QSignalSpy told(&view, &OutputView::told);
    QTRY_VERIFY(view.lines().isComplete());
    QGuiApplication::clipboard()->clear();
    view.copyAll();
    QCOMPARE(told.count(), 1); // "Copying…"
    QTRY_COMPARE(told.count(), 2);
    QCOMPARE(QGuiApplication::clipboard()->text().size(), lines.size() - 1);
}

void TestOutputNavigation::refusesToCopyTooMuch()
{
    OutputFixture job;
    job.standardOutput(QByteArray(OutputCopier::largestCopy + 1000, 'x') + "\nend\n");
    ShownView view(job.folder());
    QSignalSpy told(&view, &OutputView::told);
    QGuiApplication::clipboard()->setText(u"before"_s);
    view.selectAll();
    view.copy();
    QCOMPARE(told.count(), 1);
    QVERIFY(told.first().first().toString().contains(u"too large"_s));
    QCOMPARE(QGuiApplication::clipboard()->text(), u"before"_s);
}

QTEST_MAIN(TestOutputNavigation)
#include "tst_outputnavigation.moc"
