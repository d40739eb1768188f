// SPDX-License-Identifier: MIT
#include "support/eventloopgap.h"
#include "support/outputfixture.h"
#include "ui/output/outputview.h"

#include <QAccessible>
#include <QClipboard>
#include <QEventLoop>
#include <QGuiApplication>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray numberedLines(int from, int to)
{
    QByteArray text;
    for (int i = from; i < to; ++i)
        text += "line " + QByteArray::number(i) + "\n";
    return text;
}

// A view of 20 rows of 60 columns, more or less.
class ShownView : public OutputView
{
public:
    explicit ShownView(const QString &folder = {})
    {
        resize(600, 400);
        show();
        if (!QTest::qWaitForWindowExposed(this))
            qFatal("no window");
        if (!folder.isEmpty() && !setFolder(folder))
            qFatal("%s", qPrintable(errorString()));
    }

    QStringList rows() const
    {
        QStringList rows = visibleText().split(u'\n');
        rows.removeLast();
        return rows;
    }
    // In the middle of a column of a row on the screen.
    QPoint at(int row, int column) const
    {
        const OutputPainter painter(font(), palette(), true, devicePixelRatioF());
        const int margin = painter.marginWidth(showsTimes() ? std::optional(0ns) : std::nullopt);
        return {int(margin + (column + 0.1) * painter.columnWidth()), int(4 + (row + 0.5) * painter.rowHeight())};
    }
};

} // namespace

class TestOutputView : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void opensAtItsEnd();
    void followsUntilScrolledUp();
    void followIsTakenBackByTheButton();
    void scrollsByKeyboard();
    void scrollBarGoesAnywhere();
    void filtersStreams();
    void marksStderr();
    void wraps();
    void showsTimes();
    void showsGaps();
    void coloursOfAnsi();
    void aStyleThatWasLeftOnGoesOn();
    void hostileBytes();
    void lineOfHundredMegabytes();
    void searches();
    void searchGoesOnWithGrowth();
    void searchInOneStream();
    void showsHitsFarToTheRight();
    void selectsByMouse();
    void selectsByKeyboard();
    void selectsBeyondTheScreen();
    void copiesInTheBackground();
    void refusesToCopyTooMuch();
    void anotherFolder();
    void endIsTakenBack();
    void hiddenItDoesNothing();
    void isAccessible();
    void changesPalette();
    void flood();
};

void TestOutputView::opensAtItsEnd()
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

void TestOutputView::followsUntilScrolledUp()
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

void TestOutputView::followIsTakenBackByTheButton()
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

void TestOutputView::scrollsByKeyboard()
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

void TestOutputView::scrollBarGoesAnywhere()
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

void TestOutputView::filtersStreams()
{
    OutputFixture job;
    job.standardOutput("out 1\nout ");
    job.standardError("err 1\n");
    job.standardOutput("2\n");
    job.standardError("err 2\n");
    ShownView view(job.folder());
    QCOMPARE(view.rows(), (QStringList{u"out 1"_s, u"out "_s, u"err 1"_s, u"2"_s, u"err 2"_s}));
    view.setStreams(OutputStreams::Stdout);
    QCOMPARE(view.rows(), (QStringList{u"out 1"_s, u"out 2"_s}));
    view.setStreams(OutputStreams::Stderr);
    QCOMPARE(view.rows(), (QStringList{u"err 1"_s, u"err 2"_s}));
    job.standardError("err 3\n");
    QTRY_COMPARE(view.rows().size(), 3);
    view.setStreams(OutputStreams::Both);
    QCOMPARE(view.rows().size(), 6);
}

void TestOutputView::marksStderr()
{
    OutputFixture job;
    job.standardOutput("out\n");
    job.standardError("err\n");
    ShownView view(job.folder());
    const QImage image = view.viewport()->grab().toImage();
    const auto edge = [&](int row) { return image.pixelColor(1, view.at(row, 0).y()); };
    const auto ground = [&](int row) { return image.pixelColor(image.width() - 30, view.at(row, 0).y()); };
    const QColor base = view.palette().color(QPalette::Base);
    QCOMPARE(edge(0), base);
    QCOMPARE(ground(0), base);
    QVERIFY(edge(1) != base); // the bar
    QVERIFY(ground(1) != base); // the tint
    QVERIFY(edge(1) != ground(1));
}

void TestOutputView::wraps()
{
    OutputFixture job;
    job.standardOutput("first\n" + QByteArray("words ").repeated(60) + "end\nlast\n");
    ShownView view(job.folder());
    view.setWrapping(true);
    QVERIFY(view.rows().size() > 4);
    QVERIFY(view.rows().at(1).startsWith(u"words words"_s));
    for (const QString &row : view.rows())
        QVERIFY(!row.endsWith(u"wor"_s)); // between words, not inside of them
    QCOMPARE(view.rows().mid(1, view.rows().size() - 2).join(QString()), QString(u"words "_s.repeated(60) + u"end"_s));
    QCOMPARE(view.horizontalScrollBar()->maximum(), 0);
    view.setWrapping(false);
    QCOMPARE(view.rows().size(), 3);
    QTRY_VERIFY(view.horizontalScrollBar()->maximum() > 0);

    // A long wrapped line is scrolled row by row.
    OutputFixture longLine;
    longLine.standardOutput(QByteArray("0123456789").repeated(1000) + "\n");
    view.setWrapping(true);
    view.setFolder(longLine.folder());
    const QString all = u"0123456789"_s.repeated(1000);
    QVERIFY(all.endsWith(view.rows().join(QString())));
    QTest::keyClick(&view, Qt::Key_Up);
    const QString oneUp = view.rows().join(QString());
    QVERIFY(all.contains(oneUp) && !view.isFollowing());
    QTest::keyClick(&view, Qt::Key_Home);
    QVERIFY(all.startsWith(view.rows().join(QString())));
}

void TestOutputView::showsTimes()
{
    OutputFixture job;
    job.standardOutput("a\n", 1500ms);
    job.standardOutput("b\n", 3'723'456ms);
    ShownView view(job.folder());
    const int without = view.at(0, 0).x();
    const QImage before = view.viewport()->grab().toImage();
    view.setShowsTimes(true);
    QVERIFY(view.at(0, 0).x() > without);
    QVERIFY(view.viewport()->grab().toImage() != before);
    QCOMPARE(OutputPainter::timeText(0ns), u"0.000"_s);
    QCOMPARE(OutputPainter::timeText(1500ms), u"1.500"_s);
    QCOMPARE(OutputPainter::timeText(62'345ms), u"1:02.345"_s);
    QCOMPARE(OutputPainter::timeText(3'723'456ms), u"1:02:03.456"_s);
}

void TestOutputView::showsGaps()
{
    OutputFixture job;
    job.standardOutput("begin, cut he");
    job.gap(3'000'000);
    job.standardOutput("the tail\n");
    ShownView view(job.folder());
    QCOMPARE(view.rows().size(), 3);
    QCOMPARE(view.rows().at(0), u"begin, cut he"_s);
    QCOMPARE(view.rows().at(1), OutputPainter::gapText(3'000'000));
    QCOMPARE(view.rows().at(2), u"the tail"_s);
    for (const OutputStreams streams : {OutputStreams::Stdout, OutputStreams::Stderr}) {
        view.setStreams(streams);
        QVERIFY(view.rows().contains(OutputPainter::gapText(3'000'000)));
    }
}

void TestOutputView::coloursOfAnsi()
{
    OutputFixture job;
    job.standardOutput("\x1b[41m     \x1b[0m\n     \n\x1b[48;2;1;200;3m     \x1b[0m\n");
    ShownView view(job.folder());
    QCOMPARE(view.rows().at(0), u"     "_s);
    const QImage image = view.viewport()->grab().toImage();
    const QColor base = view.palette().color(QPalette::Base);
    const auto at = [&](int row) { return image.pixelColor(view.at(row, 2)); };
    QVERIFY(at(0).red() > at(0).blue() + 50);
    QCOMPARE(at(1), base);
    QCOMPARE(at(2), QColor(1, 200, 3));
}

void TestOutputView::aStyleThatWasLeftOnGoesOn()
{
    OutputFixture job;
    job.standardOutput("\x1b[44mone\n" + QByteArray("   \n").repeated(100));
    ShownView view(job.folder());
    QVERIFY(!view.rows().contains(u"one"_s));
    const QImage image = view.viewport()->grab().toImage();
    QVERIFY(image.pixelColor(view.at(3, 1)) != view.palette().color(QPalette::Base));
}

void TestOutputView::hostileBytes()
{
    OutputFixture job;
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all += char(i);
    job.standardOutput(all.repeated(50) + "\n" + QByteArray(5000, '\0') + "\n\x1b[999;999H\x1b[2J\x1b]52;c;eA==\a\x1b");
    job.standardError(QByteArray("\xcc\x81").repeated(500) + "a" + QByteArray("\xcc\x81").repeated(5000));
    ShownView view(job.folder());
    for (const bool wrapping : {true, false}) {
        view.setWrapping(wrapping);
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(!view.viewport()->grab().isNull());
        QVERIFY(view.visibleText().contains(QChar(0xfffd)));
        QVERIFY(!view.visibleText().contains(QChar(0)));
        QTest::keyClick(&view, Qt::Key_End);
        QVERIFY(!view.viewport()->grab().isNull());
    }
}

void TestOutputView::lineOfHundredMegabytes()
{
    OutputFixture job;
    job.standardOutput("begin\n" + QByteArray(100'000'000, 'x') + "\nend\n");
    ShownView view(job.folder());
    QTRY_VERIFY(view.lines().isComplete());
    for (const bool wrapping : {true, false}) {
        view.setWrapping(wrapping);
        QElapsedTimer timer;
        timer.start();
        QTest::keyClick(&view, Qt::Key_Home);
        view.viewport()->grab();
        QCOMPARE(view.rows().constFirst(), u"begin"_s);
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() / 2);
        view.viewport()->grab();
        QVERIFY(view.rows().constFirst().startsWith(u"xxxx"_s));
        QTest::keyClick(&view, Qt::Key_End);
        view.viewport()->grab();
        QCOMPARE(view.rows().constLast(), u"end"_s);
        QTest::keyClick(&view, Qt::Key_PageUp);
        view.viewport()->grab();
        qInfo("100 MB line, wrapped: %d: %lld ms for four screens", wrapping, timer.elapsed());
        QVERIFY(timer.elapsed() < 2000); // 40 is usual; with the whole line it would be many seconds
    }
}

void TestOutputView::searches()
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

void TestOutputView::searchGoesOnWithGrowth()
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

void TestOutputView::searchInOneStream()
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

void TestOutputView::showsHitsFarToTheRight()
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

void TestOutputView::selectsByMouse()
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

void TestOutputView::selectsByKeyboard()
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

void TestOutputView::selectsBeyondTheScreen()
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

void TestOutputView::copiesInTheBackground()
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

void TestOutputView::refusesToCopyTooMuch()
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

void TestOutputView::anotherFolder()
{
    OutputFixture one;
    one.standardOutput(numberedLines(0, 1000));
    OutputFixture two;
    two.standardOutput("two\n");
    ShownView view(one.folder());
    view.selectAll();
    view.find(u"line"_s, Qt::CaseInsensitive);
    QTest::keyClick(&view, Qt::Key_Home);
    QVERIFY(view.setFolder(two.folder()));
    QCOMPARE(view.rows(), QStringList{u"two"_s});
    QVERIFY(!view.hasSelection());
    QVERIFY(!view.finder().isActive());
    QVERIFY(view.isFollowing());
    one.standardOutput("more\n");
    two.standardOutput("three\n");
    QTRY_COMPARE(view.rows(), (QStringList{u"two"_s, u"three"_s}));
    view.clear();
    QVERIFY(view.rows().isEmpty());
    QVERIFY(!view.setFolder(one.folder() + u"/missing"_s));
    QVERIFY(!view.errorString().isEmpty());
    QVERIFY(view.rows().isEmpty());
}

void TestOutputView::endIsTakenBack()
{
    OutputFixture job;
    job.standardOutput("one\ntwo\n");
    job.standardOutput(numberedLines(0, 500));
    ShownView view(job.folder());
    view.selectAll();
    view.find(u"line"_s, Qt::CaseInsensitive);
    QTRY_VERIFY(view.finder().hitCount() == 500);
    QVERIFY(QFile::resize(job.indexPath(), sizeof(ChunkRecord)));
    QTRY_COMPARE(view.rows(), (QStringList{u"one"_s, u"two"_s}));
    QTRY_COMPARE(view.finder().hitCount(), 0);
    view.viewport()->grab();
    QVERIFY(!view.hasSelection());
    // Other bytes come in the place of those that were taken back.
    const QByteArray other = numberedLines(0, 500).replace("line", "LINE");
    QFile log(job.logPath());
    QFile index(job.indexPath());
    QVERIFY(log.open(QIODevice::ReadWrite) && log.seek(8));
    QVERIFY(index.open(QIODevice::Append | QIODevice::Unbuffered));
    QCOMPARE(log.write(other), other.size());
    QVERIFY(log.flush());
    const ChunkRecord record{8, std::uint64_t(other.size()), 0, ChunkKind::Stdout};
    index.write(reinterpret_cast<const char *>(&record), sizeof record);
    QTRY_COMPARE(view.rows().constLast(), u"LINE 499"_s);
}

void TestOutputView::hiddenItDoesNothing()
{
    OutputFixture job;
    job.standardOutput("one\n");
    ShownView view(job.folder());
    view.hide();
    QVERIFY(!view.log().isFollowing());
    job.standardOutput("two\n");
    QCoreApplication::processEvents();
    QCOMPARE(view.log().size(), 4);
    view.show();
    QTRY_COMPARE(view.rows(), (QStringList{u"one"_s, u"two"_s}));
    job.standardOutput("three\n");
    QTRY_COMPARE(view.rows().size(), 3);
}

void TestOutputView::isAccessible()
{
    OutputFixture job;
    job.standardOutput("spoken\n");
    ShownView view(job.folder());
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(&view);
    QVERIFY(interface);
    QVERIFY(!interface->text(QAccessible::Name).isEmpty());
    QVERIFY(interface->text(QAccessible::Value).contains(u"spoken"_s));
    QVERIFY(interface->state().readOnly);
    QCOMPARE(view.focusPolicy(), Qt::StrongFocus);
}

void TestOutputView::changesPalette()
{
    OutputFixture job;
    job.standardOutput("text\n");
    ShownView view(job.folder());
    QPalette dark;
    dark.setColor(QPalette::Base, QColor(20, 20, 20));
    dark.setColor(QPalette::Text, Qt::white);
    view.setPalette(dark);
    const QImage image = view.viewport()->grab().toImage();
    QCOMPARE(image.pixelColor(image.width() - 20, image.height() - 5), QColor(20, 20, 20));
    int bright = 0;
    for (int x = 0; x < 100; ++x) {
        for (int y = 0; y < 30; ++y)
            bright += image.pixelColor(x, y).lightness() > 150 ? 1 : 0;
    }
    QVERIFY(bright > 10);
}

// Two writers as fast as they can, one of them shown.
void TestOutputView::flood()
{
    OutputFixture shown;
    OutputFixture other;
    ShownView view(shown.folder());
    view.setLive(true);
    std::atomic<qint64> written = 0;
    const auto writer = [&written](OutputFixture &job) {
        const QByteArray chunk =
            QByteArray("a line as programs print them, with \x1b[32msome\x1b[0m colour in it\n").repeated(1000);
        for (int i = 0; i < 4000; ++i) {
            job.append(i % 7 == 0 ? ChunkKind::Stderr : ChunkKind::Stdout, chunk, std::chrono::milliseconds(i));
            written += chunk.size();
        }
    };
    std::vector<double> gaps;
    int frames = 0;
    connect(&view, &OutputView::outputChanged, this, [&frames] { ++frames; });
    {
        EventLoopGap watch;
        const std::unique_ptr<QThread> threads[] = {
            std::unique_ptr<QThread>(QThread::create([&] { writer(shown); })),
            std::unique_ptr<QThread>(QThread::create([&] { writer(other); })),
        };
        QEventLoop loop;
        int running = 2;
        for (const auto &thread : threads) {
            connect(thread.get(), &QThread::finished, &loop, [&] {
                if (--running == 0)
                    loop.quit();
            });
            thread->start();
        }
        QTimer::singleShot(60s, &loop, &QEventLoop::quit);
        loop.exec();
        QCOMPARE(running, 0);
        gaps = watch.gaps();
    }
    QTRY_COMPARE(view.log().size(), shown.size());
    QTRY_COMPARE(view.lines().lineCount(), 4'000'000);
    QVERIFY(view.rows().constLast().startsWith(u"a line as programs"_s));
    std::sort(gaps.begin(), gaps.end());
    qInfo("%lld MB flooded, %d frames; event loop gap: longest %.1f ms, p99 %.1f ms", written.load() / 1'000'000,
          frames, gaps.back(), gaps.at(gaps.size() * 99 / 100));
    QVERIFY(frames > 3);
    QVERIFY(gaps.back() < 2000); // what it is held to is measured by bench-output; here other things run too
}

QTEST_MAIN(TestOutputView)
#include "tst_outputview.moc"
