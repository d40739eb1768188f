// SPDX-License-Identifier: MIT
// What the output view shows.
#include "shownoutput.h"
#include "support/eventloopgap.h"

#include <QAccessible>
#include <QEventLoop>
#include <QScrollBar>
#include <QThread>

#include <atomic>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestOutputView : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void filtersStreams();
    void marksStderr();
    void wraps();
    void showsTimes();
    void showsGaps();
    void coloursOfAnsi();
    void aStyleThatWasLeftOnGoesOn();
    void hostileBytes();
    void lineOfHundredMegabytes();
    void anotherFolder();
    void endIsTakenBack();
    void hiddenItDoesNothing();
    void isAccessible();
    void changesPalette();
    void flood();
};

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
    }
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
}

QTEST_MAIN(TestOutputView)
#include "tst_outputview.moc"
