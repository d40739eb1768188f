// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationview.h"
#include "ui/prompt/messagebar.h"
#include "ui/style/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMessageBox>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace BitNet;
using namespace Qt::StringLiterals;

static const QString answerText =
    u"# Title\n\nSome **bold** words, `code` and a [link](https://example.org/).\n\n- first\n- second\n\n"
    u"```cpp\nint one;\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n```\nint two;\n```\n\n<b>not html</b>"_s;

class TestConversationView : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { applyTheme(Theme::Light); }
    void init();
    void cleanup() { m_view.reset(); }
    void showsTheBranch();
    void figures_data();
    void figures();
    void streamedTextIsTheSameAsWhole();
    void staysAtTheEndUntilOneScrollsUp();
    void whatOneReadsStaysWhereItIs();
    void onlyWhatIsSeenIsLaidOut();
    void actionsTellTheirMessage();
    void versions();
    void twoLeavesSideBySide();
    void copies();
    void selectsWithTheMouse();
    void finds();
    void linksAreShownBeforeTheyAreOpened();
    void failuresAreSaid();
    void readOnlyOffersNoChanges();
    void keysGoFromMessageToMessage();
    void zooms();
    void themeChangesLive();
    void screenReadersFindEverything();

private:
    template<typename Widget>
    QList<Widget *> visible(const QString &name = {}) const
    {
        QList<Widget *> found;
        for (Widget *widget : m_view->viewport()->findChildren<Widget *>(name)) {
            if (widget->isVisible())
                found.append(widget);
        }
        return found;
    }
    MessageBar *barOf(MessageId id) const
    {
        for (MessageBar *bar : visible<MessageBar>()) {
            if (bar->message() == id)
                return bar;
        }
        return nullptr;
    }
    void addTurns(int count)
    {
        for (int i = 0; i < count; ++i) {
            const MessageId answer = m_document->addAnswer(m_document->addPrompt(u"Prompt %1"_s.arg(i)));
            m_document->appendText(answer, answerText);
            m_document->finish(answer, MessageState::Complete);
        }
    }
    static QString clipboard() { return QGuiApplication::clipboard()->text(); }

    std::shared_ptr<ConversationDocument> m_document;
    std::unique_ptr<ConversationView> m_view;
    MessageId m_prompt = noMessage;
    MessageId m_answer = noMessage;
};

void TestConversationView::init()
{
    m_document = std::make_shared<ConversationDocument>(Conversation::create());
    m_prompt = m_document->addPrompt(u"A *prompt* as it is"_s);
    m_answer = m_document->addAnswer(m_prompt, u"llama.cpp"_s, u"/m/tiny.gguf"_s, JobId{7});
    m_document->appendText(m_answer, answerText);
    m_document->finish(m_answer, MessageState::Complete, {.outputTokens = 12});
    m_view = std::make_unique<ConversationView>();
    m_view->resize(800, 900);
    m_view->setDocument(m_document);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
}

void TestConversationView::showsTheBranch()
{
    QCOMPARE(m_view->shownMessages(), (QList<MessageId>{m_prompt, m_answer}));
    QCOMPARE(m_view->messageName(m_answer), u"tiny · llama.cpp"_s);
    QVERIFY(m_view->accessibleText(m_prompt).contains(u"A *prompt* as it is"_s));
    const QString text = m_view->accessibleText(m_answer);
    QVERIFY(text.contains(u"Some bold words, code and a link."_s));
    QVERIFY(text.contains(u"<b>not html</b>"_s));
    QCOMPARE(visible<MessageBar>().size(), 2);
    QCOMPARE(visible<QToolButton>(u"copyCode"_s).size(), 2);
    m_view->setDocument(nullptr);
    QVERIFY(m_view->shownMessages().isEmpty());
    QVERIFY(visible<MessageBar>().isEmpty());
}

void TestConversationView::figures_data()
{
    QTest::addColumn<MessageFigures>("figures");
    QTest::addColumn<QStringList>("parts");
    QTest::newRow("nothing") << MessageFigures() << QStringList();
    QTest::newRow("all") << MessageFigures{.outputTokens = 128,
                                           .decodeTps = 27.9,
                                           .ttft = std::chrono::milliseconds(33),
                                           .latency = std::chrono::milliseconds(83),
                                           .stopReason = StopReason::TokenLimit}
                         << QStringList{u"128 token"_s, u"27.9 tokens/s"_s, u"TTFT 33"_s, u"E2E 83"_s,
                                        u"stopped at the token limit"_s};
    QTest::newRow("some") << MessageFigures{.outputTokens = 3, .stopReason = StopReason::EndOfText}
                          << QStringList{u"3 token"_s, u"ended by the model"_s};
}

void TestConversationView::figures()
{
    QFETCH(const MessageFigures, figures);
    QFETCH(const QStringList, parts);
    const QStringList found = ConversationView::figures(figures).split(u" · "_s, Qt::SkipEmptyParts);
    QCOMPARE(found.size(), parts.size());
    for (qsizetype i = 0; i < parts.size(); ++i)
        QVERIFY2(found[i].startsWith(parts[i]), qPrintable(found[i]));
}

void TestConversationView::streamedTextIsTheSameAsWhole()
{
    const MessageId streamed = m_document->addAnswer(m_prompt);
    QTRY_VERIFY(m_view->accessibleText(streamed).contains(u"Waiting"_s));
    for (const QChar c : answerText) {
        m_document->appendText(streamed, c);
        if (c == u'\n')
            QCoreApplication::processEvents();
    }
    QTRY_VERIFY(m_view->accessibleText(streamed).contains(u"not html"_s));
    m_document->finish(streamed, MessageState::Complete, {.outputTokens = 12});
    const QString text = m_view->accessibleText(streamed);
    const QImage image = m_view->viewport()->grab().toImage();
    m_document->select(m_answer);
    QCOMPARE(text, m_view->accessibleText(m_answer));
    QVERIFY(!image.isNull());
    QCOMPARE(visible<QToolButton>(u"copyCode"_s).size(), 2);
}

void TestConversationView::staysAtTheEndUntilOneScrollsUp()
{
    QScrollBar *bar = m_view->verticalScrollBar();
    const QSignalSpy following(m_view.get(), &ConversationView::followingChanged);
    addTurns(5);
    QVERIFY(bar->maximum() > 0);
    QCOMPARE(bar->value(), bar->maximum());
    bar->setValue(bar->maximum() / 2);
    QVERIFY(!m_view->isFollowing());
    QCOMPARE(following.count(), 1);
    // Text that comes moves nothing.
    const MessageId answer = m_document->conversation().leaf();
    const int at = bar->value();
    const int maximum = bar->maximum();
    m_document->setText(answer, answerText + answerText);
    QVERIFY(bar->maximum() > maximum);
    QCOMPARE(bar->value(), at);
    auto *end = m_view->viewport()->findChild<QWidget *>(u"jumpToEnd"_s);
    QVERIFY(end && end->isVisible());
    QTest::mouseClick(end, Qt::LeftButton);
    QVERIFY(m_view->isFollowing());
    QCOMPARE(bar->value(), bar->maximum());
    QVERIFY(!end->isVisible());
    // Who asks wants to see the answer.
    bar->setValue(0);
    QVERIFY(!m_view->isFollowing());
    m_document->addPrompt(u"One more"_s);
    QVERIFY(m_view->isFollowing());
    QCOMPARE(bar->value(), bar->maximum());
}

// Also while the rows above get their true heights, and while text streams in below.
void TestConversationView::whatOneReadsStaysWhereItIs()
{
    addTurns(30);
    const MessageId answer = m_document->addAnswer(m_document->addPrompt(u"More"_s));
    const QList<MessageId> ids = m_view->shownMessages();
    const MessageId middle = ids[ids.size() / 2];
    m_view->reveal(middle);
    QCOMPARE(m_view->currentMessage(), middle);
    const int y = m_view->messageRect(middle).y();
    QVERIFY(y >= 0 && y < 40);
    for (int i = 0; i < 50; ++i) {
        m_document->appendText(answer, u"words and words\n\n"_s);
        QTest::qWait(1);
    }
    QTRY_VERIFY(m_view->accessibleText(answer).size() > 50 * 15);
    QCOMPARE(m_view->messageRect(middle).y(), y);
}

void TestConversationView::onlyWhatIsSeenIsLaidOut()
{
    addTurns(100);
    QVERIFY(visible<MessageBar>().size() < 12);
    QVERIFY(m_view->viewport()->findChildren<MessageBar *>().size() < 40);
    QVERIFY(m_view->verticalScrollBar()->maximum() > 20'000);
}

void TestConversationView::actionsTellTheirMessage()
{
    const QSignalSpy regenerate(m_view.get(), &ConversationView::regenerateRequested);
    const QSignalSpy edit(m_view.get(), &ConversationView::editRequested);
    const QSignalSpy job(m_view.get(), &ConversationView::jobRequested);
    QTest::mouseClick(barOf(m_answer)->findChild<QToolButton *>(u"again"_s), Qt::LeftButton);
    QTest::mouseClick(barOf(m_prompt)->findChild<QToolButton *>(u"edit-again"_s), Qt::LeftButton);
    QTest::mouseClick(barOf(m_answer)->findChild<QToolButton *>(u"jobs"_s), Qt::LeftButton);
    QCOMPARE(regenerate.count(), 1);
    QCOMPARE(regenerate.first().first().toInt(), m_answer);
    QCOMPARE(edit.count(), 1);
    QCOMPARE(edit.first().first().toInt(), m_prompt);
    QCOMPARE(job.count(), 1);
    QCOMPARE(job.first().first().value<JobId>(), JobId{7});
    m_view->setCanAsk(false);
    QVERIFY(!barOf(m_answer)->findChild<QToolButton *>(u"again"_s)->isEnabled());
    QVERIFY(!barOf(m_prompt)->findChild<QToolButton *>(u"edit-again"_s)->isEnabled());
}

void TestConversationView::versions()
{
    QVERIFY(!barOf(m_answer)->findChild<QToolButton *>(u"version-next"_s)->isVisible());
    const MessageId again = m_document->addAnswer(m_prompt);
    m_document->finish(again, MessageState::Complete);
    QCOMPARE(m_view->shownMessages().last(), again);
    auto *previous = barOf(again)->findChild<QToolButton *>(u"version-previous"_s);
    QVERIFY(previous->isVisible() && previous->isEnabled());
    QVERIFY(!barOf(again)->findChild<QToolButton *>(u"version-next"_s)->isEnabled());
    QTest::mouseClick(previous, Qt::LeftButton);
    QCOMPARE(m_view->shownMessages().last(), m_answer);
    QCOMPARE(m_document->conversation().leaf(), m_answer);
}

void TestConversationView::twoLeavesSideBySide()
{
    const MessageId again = m_document->addAnswer(m_prompt);
    m_view->setShownLeaf(m_answer);
    QCOMPARE(m_view->shownMessages().last(), m_answer);
    QVERIFY(!barOf(m_answer)->findChild<QToolButton *>(u"version-next"_s)->isVisible());
    m_view->setShownLeaf(noMessage);
    QCOMPARE(m_view->shownMessages().last(), again);
}

void TestConversationView::copies()
{
    const QSignalSpy told(m_view.get(), &ConversationView::told);
    QTest::mouseClick(barOf(m_answer)->findChild<QToolButton *>(u"copy"_s), Qt::LeftButton);
    QCOMPARE(clipboard(), answerText); // as it was written
    QTest::mouseClick(barOf(m_answer)->findChild<QToolButton *>(u"copy-code"_s), Qt::LeftButton);
    QCOMPARE(clipboard(), u"int one;\n\nint two;"_s);
    const QList<QToolButton *> buttons = visible<QToolButton>(u"copyCode"_s);
    QTest::mouseClick(buttons.last(), Qt::LeftButton);
    QCOMPARE(clipboard(), u"int two;"_s);
    m_view->selectAll();
    m_view->copy();
    QCOMPARE(clipboard(),
             u"A *prompt* as it is\n\nTitle\n\nSome bold words, code and a link.\n\n• first\n• second\n\nint "
             u"one;\n\na\tb\n1\t2\n\n"
             u"int two;\n\n<b>not html</b>"_s);
    QCOMPARE(told.count(), 4);
    QVERIFY(!m_view->copyCode(m_prompt));
    // Code that was cut into blocks is copied as one.
    QString code;
    for (int i = 0; i < 350; ++i)
        code += u"line %1\n"_s.arg(i);
    const MessageId answer = m_document->addAnswer(m_document->addPrompt(u"Long"_s));
    m_document->appendText(answer, u"```\n"_s + code + u"```"_s);
    m_document->finish(answer, MessageState::Complete);
    QVERIFY(m_view->copyCode(answer));
    QCOMPARE(clipboard(), code.chopped(1));
}

void TestConversationView::selectsWithTheMouse()
{
    const QSignalSpy changed(m_view.get(), &ConversationView::selectionChanged);
    QWidget *viewport = m_view->viewport();
    const QRect prompt = m_view->messageRect(m_prompt);
    const QRect answer = m_view->messageRect(m_answer);
    QTest::mousePress(viewport, Qt::LeftButton, {}, QPoint(prompt.left() + 1, prompt.top() + 1));
    QTest::mouseMove(viewport, QPoint(answer.center().x(), answer.bottom() - 2));
    QTest::mouseRelease(viewport, Qt::LeftButton, {}, QPoint(answer.center().x(), answer.bottom() - 2));
    QVERIFY(changed.count() >= 2);
    QVERIFY(m_view->selectedText().startsWith(u"A *prompt*"_s));
    QVERIFY(m_view->selectedText().endsWith(u"not html</b>"_s));
    QTest::mouseClick(viewport, Qt::LeftButton, {}, prompt.center());
    QVERIFY(!m_view->hasSelection());
    // A word.
    QTest::mouseDClick(viewport, Qt::LeftButton, {},
                       QPoint(prompt.left() + 40, prompt.top() + prompt.height() / 2 - 8));
    QVERIFY(!m_view->selectedText().isEmpty());
    QVERIFY(!m_view->selectedText().contains(u' '));
}

void TestConversationView::finds()
{
    addTurns(20);
    const QSignalSpy changed(m_view.get(), &ConversationView::hitsChanged);
    m_view->find(u"BOLD"_s);
    QCOMPARE(m_view->hitCount(), 21);
    QVERIFY(m_view->currentHit() >= 0);
    const int first = m_view->currentHit();
    m_view->findNext();
    QCOMPARE(m_view->currentHit(), (first + 1) % 21);
    m_view->findPrevious();
    m_view->findPrevious();
    QCOMPARE(m_view->currentHit(), (first + 20) % 21);
    QVERIFY(!m_view->isFollowing());
    // Goes on while text comes.
    const MessageId answer = m_document->addAnswer(m_document->addPrompt(u"x"_s));
    m_document->appendText(answer, u"**bold** again\n\n"_s);
    QTRY_COMPARE(m_view->hitCount(), 22);
    m_view->find(u"nowhere to be found"_s);
    QCOMPARE(m_view->hitCount(), 0);
    QCOMPARE(m_view->currentHit(), -1);
    m_view->findNext();
    m_view->find(QString());
    QVERIFY(changed.count() >= 5);
}

void TestConversationView::linksAreShownBeforeTheyAreOpened()
{
    const MessageId answer = m_document->addAnswer(m_prompt);
    m_document->appendText(answer, u"[looks harmless](javascript:alert(1))"_s);
    m_document->finish(answer, MessageState::Complete);
    const QRect rect = m_view->messageRect(answer);
    // Where the text is: below the name.
    QMessageBox *box = nullptr;
    for (int y = rect.top() + 10; y < rect.bottom() && !box; y += 4) {
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, QPoint(rect.left() + 20, y));
        box = m_view->findChild<QMessageBox *>();
    }
    QVERIFY(box);
    QVERIFY(box->informativeText().contains(u"javascript:alert(1)"_s));
    for (const QAbstractButton *button : box->buttons())
        QVERIFY(button->text() != u"Open"_s); // not this one
    box->close();
}

void TestConversationView::failuresAreSaid()
{
    const MessageId answer = m_document->addAnswer(m_prompt);
    m_document->appendText(answer, u"Half an"_s);
    m_document->finish(answer, MessageState::Failed, {}, u"The server ended."_s);
    QCOMPARE(m_view->accessibleText(answer), u"Half an\nFailed. The server ended."_s);
    m_document->finish(answer, MessageState::Stopped);
    QCOMPARE(m_view->accessibleText(answer), u"Half an\nStopped."_s);
}

void TestConversationView::readOnlyOffersNoChanges()
{
    m_view->setDocument(std::make_shared<ConversationDocument>(m_document->conversation(), true));
    QVERIFY(!barOf(m_answer)->findChild<QToolButton *>(u"again"_s)->isEnabled());
    QVERIFY(!barOf(m_prompt)->findChild<QToolButton *>(u"edit-again"_s)->isEnabled());
    QVERIFY(barOf(m_answer)->findChild<QToolButton *>(u"copy"_s)->isEnabled());
}

void TestConversationView::keysGoFromMessageToMessage()
{
    addTurns(3);
    m_view->setFocus();
    m_view->reveal(m_answer);
    QTest::keyClick(m_view.get(), Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(m_view->currentMessage(), m_prompt);
    QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(m_view->currentMessage(), m_answer);
    QTest::keyClick(m_view.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(clipboard(), answerText);
    QTest::keyClick(m_view.get(), Qt::Key_End, Qt::ControlModifier);
    QVERIFY(m_view->isFollowing());
    QTest::keyClick(m_view.get(), Qt::Key_Home, Qt::ControlModifier);
    QCOMPARE(m_view->verticalScrollBar()->value(), 0);
}

void TestConversationView::zooms()
{
    const QSignalSpy zoomed(m_view.get(), &ConversationView::zoomChanged);
    const int before = m_view->messageRect(m_answer).height();
    m_view->setZoom(2);
    QVERIFY(m_view->messageRect(m_answer).height() > before * 3 / 2);
    QCOMPARE(zoomed.count(), 1);
    m_view->setFocus();
    QTest::keyClick(m_view.get(), Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(m_view->zoom(), 1.0);
    QCOMPARE(m_view->messageRect(m_answer).height(), before);
    m_view->setZoom(100);
    QCOMPARE(m_view->zoom(), 3.0);
}

void TestConversationView::themeChangesLive()
{
    const auto background = [this] { return m_view->viewport()->grab().toImage().pixelColor(2, 2); };
    QCOMPARE(background(), m_view->palette().color(QPalette::Base));
    const QColor light = background();
    // Qt tells widgets of the application's palette only while its event loop runs, which is not so in a test.
    applyTheme(Theme::Dark);
    m_view->setPalette(QApplication::palette());
    QCOMPARE(background(), m_view->palette().color(QPalette::Base));
    QVERIFY(background() != light);
    applyTheme(Theme::Light);
    m_view->setPalette(QApplication::palette());
    QCOMPARE(background(), light);
}

void TestConversationView::screenReadersFindEverything()
{
    QAccessibleInterface *view = QAccessible::queryAccessibleInterface(m_view.get());
    QVERIFY(view);
    QCOMPARE(view->role(), QAccessible::List);
    QVERIFY(!view->text(QAccessible::Name).isEmpty());
    QVERIFY(view->childCount() > 2);
    QAccessibleInterface *answer = view->child(1);
    QCOMPARE(answer->role(), QAccessible::ListItem);
    QCOMPARE(answer->text(QAccessible::Name), u"tiny · llama.cpp"_s);
    QVERIFY(answer->text(QAccessible::Value).contains(u"Some bold words"_s));
    QVERIFY(answer->rect().isValid());
    QCOMPARE(view->indexOfChild(answer), 1);
    QCOMPARE(answer->parent(), view);
    m_view->setFocus();
    m_view->setCurrentMessage(m_answer);
    QVERIFY(answer->state().focused == m_view->hasFocus());
    for (const QToolButton *button : visible<QToolButton>()) {
        QVERIFY(!button->accessibleName().isEmpty());
        QVERIFY(!button->toolTip().isEmpty());
    }
    m_view->setDocument(nullptr);
    QVERIFY(!answer->isValid());
}

QTEST_MAIN(TestConversationView)
#include "tst_conversationview.moc"
