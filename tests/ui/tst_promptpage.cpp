// SPDX-License-Identifier: MIT
// Asking on the Prompt page: one-shot and in a session, stopping, and what is said when something is wrong.
#include "core/output/outputlog.h"
#include "promptfixture.h"
#include "ui/prompt/composer.h"
#include "ui/style/theme.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QSignalSpy>

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

// What the stand-in server says, piece by piece.
const QString firstPiece = u"w\u00f6rd\U0001F408 "_s;
const QString slowAnswer = u"--standin pieces=2000 --standin piece-ms=20"_s;

bool isThere(qint64 pid)
{
    return pid > 0 && kill(pid_t(pid), 0) == 0;
}

// What a request to a server says: the texts of its messages, in their order.
QStringList messagesOf(const JobRecord &record)
{
    QStringList texts;
    for (const PrivateFile &file : record.spec->files) {
        const QJsonArray messages = QJsonDocument::fromJson(file.content).object().value("messages"_L1).toArray();
        for (const QJsonValue &message : messages)
            texts += message.toObject().value("role"_L1).toString() + u": "_s
                + message.toObject().value("content"_L1).toString();
    }
    return texts;
}

} // namespace

class TestPromptPage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void oneShot();
    void oneShotTakesEarlierTurnsAlong();
    void session();
    void stopReasonOfAOneShot_data();
    void stopReasonOfAOneShot();
    void stopEndsTheEngine();
    void stopFreesTheServer();
    void stopWhileTheModelLoads();
    void failuresInWords_data();
    void failuresInWords();
    void aServerThatIsKilled();
    void timeLimits();
    void serverLogOfAFailedAnswer();
    void findsInTheConversation();

private:
    void useScripted(const QString &extra, PromptMode mode = PromptMode::OneShot);
    QString conversationText() const;

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<PromptApplication> m_app;
    QString m_model;
};

void TestPromptPage::init()
{
    // What the machine has in PATH is none of this test's.
    qputenv("PATH", "/usr/bin:/bin");
    qunsetenv("BITNET_BUILD_DIR");
    qputenv("BITNET_REPLAY_SPEED", "0");
    applyTheme(Theme::Light);
    m_fixture = std::make_unique<EngineFixture>();
    m_model = m_fixture->writeModel(u"tiny-model.gguf"_s);
    m_app = std::make_unique<PromptApplication>(m_fixture->path(u"kept"_s));
    QVERIFY(QTest::qWaitForWindowExposed(&m_app->page));
}

void TestPromptPage::cleanup()
{
    m_app.reset();
    m_fixture.reset();
}

void TestPromptPage::useScripted(const QString &extra, PromptMode mode)
{
    m_app->useEngine(writeScriptedEngine(*m_fixture), m_model);
    m_app->page.header()->setMode(mode);
    m_app->setExtraArguments(extra);
}

// All that stands in the conversation, with what is said of each message.
QString TestPromptPage::conversationText() const
{
    QStringList texts;
    const ConversationView *view = m_app->page.area()->view();
    for (const MessageId id : view->shownMessages())
        texts.append(view->accessibleText(id));
    return texts.join(u'\n');
}

void TestPromptPage::oneShot()
{
    PromptPage &page = m_app->page;
    QVERIFY(!page.sendAction()->isEnabled()); // no engine yet
    m_app->useEngine(replayBuildDir(), m_model);
    page.promptField()->setPlainText(u"What is a supervisor?"_s);
    QTRY_VERIFY_WITH_TIMEOUT(page.sendAction()->isEnabled(), patience);
    page.activateWindow();
    page.focusPrompt();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    QTest::keyClick(page.promptField(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(page.promptField()->toPlainText().isEmpty());
    QVERIFY(m_app->waitForAnswer());

    const Message answer = m_app->last();
    QCOMPARE(answer.state, MessageState::Complete);
    QVERIFY(!answer.text.isEmpty());
    QVERIFY(!answer.text.contains(u"What is a supervisor?"_s)); // no echo
    QVERIFY(answer.figures.outputTokens && answer.figures.decodeTps && answer.figures.ttft && answer.figures.latency);
    const QString shown = conversationText();
    QVERIFY2(shown.contains(u"What is a supervisor?"_s) && shown.contains(u"tokens/s"_s), qPrintable(shown));
    // It is a job as any other.
    const JobRecord job = m_app->record(answer.job);
    QCOMPARE(job.outcome, Outcome::Succeeded);
    QCOMPARE(job.spec->kind, JobKind::Inference);
    QCOMPARE(job.spec->name, u"What is a supervisor?"_s);
    QSignalSpy shownJob(&page, &PromptPage::jobRequested);
    QToolButton *toJob = m_app->button(answer.id, u"jobs"_s);
    QVERIFY(toJob);
    toJob->click();
    QCOMPARE(shownJob.size(), 1);
    QCOMPARE(shownJob[0][0].value<JobId>(), answer.job);
}

void TestPromptPage::oneShotTakesEarlierTurnsAlong()
{
    useScripted(u"--say one"_s);
    QVERIFY(m_app->send(u"First"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->record(m_app->last().job).spec->prompt, u"First"_s);
    QCOMPARE(m_app->last().text, u"one"_s);
    m_app->setExtraArguments(u"--say two"_s);
    QVERIFY(m_app->send(u"Second"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->record(m_app->last().job).spec->prompt, u"User: First\nAssistant: one\nUser: Second\nAssistant:"_s);
    QCOMPARE(m_app->last().text, u"two"_s);
    m_app->page.panel()->setWithHistory(false);
    QVERIFY(m_app->send(u"Third"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->record(m_app->last().job).spec->prompt, u"Third"_s);
}

void TestPromptPage::session()
{
    useScripted({}, PromptMode::Session);
    auto *systemPrompt = m_app->fieldNamed<QPlainTextEdit>(u"System prompt"_s);
    systemPrompt->setPlainText(u"Be short."_s);
    QVERIFY(m_app->send(u"First"_s));
    QVERIFY(m_app->waitForAnswer());
    const Message first = m_app->last();
    QCOMPARE(first.state, MessageState::Complete);
    QVERIFY(first.text.startsWith(firstPiece.trimmed()));
    QCOMPARE(first.figures.stopReason, StopReason::EndOfText);
    QCOMPARE(m_app->servers.sessions().size(), 1);
    const qint64 pid = m_app->servers.sessions().constFirst()->snapshot().pid;

    QVERIFY(m_app->send(u"Second"_s));
    QVERIFY(m_app->waitForAnswer());
    const Message second = m_app->last();
    QCOMPARE(second.state, MessageState::Complete);
    QCOMPARE(messagesOf(m_app->record(second.job)),
             (QStringList{u"system: Be short."_s, u"user: First"_s, u"assistant: "_s + first.text.trimmed(),
                          u"user: Second"_s}));
    // The model stays loaded.
    QCOMPARE(m_app->servers.sessions().size(), 1);
    QCOMPARE(m_app->servers.sessions().constFirst()->snapshot().pid, pid);
    QCOMPARE(m_app->record(second.job).spec->server, m_app->servers.sessions().constFirst()->name());
}

void TestPromptPage::stopReasonOfAOneShot_data()
{
    QTest::addColumn<QString>("extra");
    QTest::addColumn<QString>("perf");
    QTest::addColumn<StopReason>("reason");
    // n_predict is 128. The first token is no run of the decoder; the sampler counts it.
    const QString perf = u"llama_perf_sampler_print:    sampling time = 1.00 ms / %1 runs   ( 0.01 ms per token, 100.0 "
                         u"tokens per second)\nllama_perf_context_print: prompt eval time = 10.00 ms / 5 tokens ( 2.00 "
                         u"ms per token, 500.00 tokens per second)\nllama_perf_context_print:        eval time = 10.00 "
                         u"ms / %2 runs   ( 1.00 ms per token, 1000.00 tokens per second)\n"_s;
    QTest::newRow("the engine says so") << u"--then eos"_s << perf.arg(45).arg(39) << StopReason::EndOfText;
    QTest::newRow("as many tokens as asked for") << QString() << perf.arg(133).arg(127) << StopReason::TokenLimit;
    QTest::newRow("one token fewer: nobody knows") << QString() << perf.arg(132).arg(126) << StopReason::Unknown;
    QTest::newRow("another limit among the arguments") << u"-n 40"_s << perf.arg(45).arg(39) << StopReason::TokenLimit;
    QTest::newRow("nothing counted") << QString() << QString() << StopReason::Unknown;
}

void TestPromptPage::stopReasonOfAOneShot()
{
    QFETCH(QString, extra);
    QFETCH(QString, perf);
    QFETCH(StopReason, reason);
    m_fixture->write(u"scripted/perf.txt"_s, perf.toUtf8());
    useScripted(extra);
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Complete);
    QCOMPARE(m_app->last().text, u"one two three"_s);
    QCOMPARE(m_app->last().figures.stopReason, reason);
}

void TestPromptPage::stopEndsTheEngine()
{
    useScripted(u"--then hang"_s);
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForText(u"three"_s));
    QTRY_VERIFY_WITH_TIMEOUT(isThere(m_app->record(m_app->last().job).pid), patience);
    const JobRecord running = m_app->record(m_app->last().job);
    QVERIFY(m_app->page.stopAction()->isEnabled());
    QVERIFY(!m_app->page.sendAction()->isEnabled());
    m_app->page.activateWindow();
    m_app->page.focusPrompt();
    QVERIFY(QTest::qWaitForWindowActive(&m_app->page));
    QTest::keyClick(m_app->page.promptField(), Qt::Key_Escape);
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Stopped);
    QCOMPARE(m_app->last().text, u"one two three"_s); // what there was is kept
    QVERIFY(!isThere(running.pid));
    QCOMPARE(m_app->record(running.id).outcome, Outcome::Cancelled);
    QVERIFY(conversationText().contains(u"Stopped."_s));
    QVERIFY(!m_app->page.stopAction()->isEnabled());
}

void TestPromptPage::stopFreesTheServer()
{
    useScripted(slowAnswer, PromptMode::Session);
    QVERIFY(m_app->send(u"Go on and on"_s));
    QVERIFY(m_app->waitForText(u"and"_s));
    const ServerSession *session = m_app->servers.sessions().constFirst();
    QCOMPARE(session->snapshot().state, ServerState::Busy);
    m_app->page.stopAction()->trigger();
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Stopped);
    QVERIFY(m_app->last().text.startsWith(firstPiece.trimmed()));
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Ready, patience);
    // The next prompt does not wait for the rest of that answer.
    QVERIFY(m_app->send(u"Again"_s));
    QVERIFY(m_app->waitForText(u"and"_s));
    m_app->page.stopAction()->trigger();
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->servers.sessions().size(), 1);
}

void TestPromptPage::stopWhileTheModelLoads()
{
    useScripted(u"--standin load-ms=600000"_s, PromptMode::Session);
    QVERIFY(m_app->send(u"Too early"_s));
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.composer()->progress().contains(u"loading tiny-model"_s), patience);
    m_app->page.stopAction()->trigger();
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Stopped);
    QVERIFY(m_app->last().text.isEmpty());
    QVERIFY(m_app->page.composer()->progress().isEmpty());
}

void TestPromptPage::failuresInWords_data()
{
    QTest::addColumn<PromptMode>("mode");
    QTest::addColumn<QString>("extra");
    QTest::addColumn<QString>("said"); // part of a sentence
    QTest::addColumn<QString>("answer"); // what of it is kept
    const auto oneShot = PromptMode::OneShot;
    const auto session = PromptMode::Session;
    QTest::newRow("the engine fails") << oneShot << u"--then fail"_s << u"no such luck"_s << u"one two three"_s;
    QTest::newRow("the engine crashes") << oneShot << u"--then abort"_s << u"SIGABRT"_s << u"one two three"_s;
    QTest::newRow("the server does not start")
        << session << u"--standin exit=1 --standin 'words=error: invalid argument: --warp'"_s << u"--warp"_s
        << QString();
    QTest::newRow("the server refuses") << session << u"--standin refuse=500 --standin 'words=no slot for you'"_s
                                        << u"no slot for you"_s << QString();
    QTest::newRow("the server fails in mid-answer")
        << session << u"--standin error-at=1"_s << u"failed in mid-answer"_s << firstPiece.trimmed();
    QTest::newRow("the server dies in mid-answer")
        << session << u"--standin die-at=1"_s << u"server"_s << firstPiece.trimmed();
}

void TestPromptPage::failuresInWords()
{
    QFETCH(PromptMode, mode);
    QFETCH(QString, extra);
    QFETCH(QString, said);
    QFETCH(QString, answer);
    useScripted(extra, mode);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    const Message failed = m_app->last();
    QCOMPARE(failed.state, MessageState::Failed);
    QVERIFY2(failed.reason.contains(said), qPrintable(failed.reason));
    QCOMPARE(failed.text.trimmed(), answer);
    const QString shown = conversationText();
    QVERIFY2(shown.contains(u"Failed."_s) && shown.contains(said), qPrintable(shown));
    // One can ask again.
    QToolButton *again = m_app->button(failed.id, u"again"_s);
    QVERIFY(again && again->isEnabled());
}

void TestPromptPage::aServerThatIsKilled()
{
    useScripted(slowAnswer, PromptMode::Session);
    QVERIFY(m_app->send(u"Go on"_s));
    QVERIFY(m_app->waitForText(u"and"_s));
    const qint64 pid = m_app->servers.sessions().constFirst()->snapshot().pid;
    QVERIFY(isThere(pid));
    kill(pid_t(pid), SIGKILL);
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Failed);
    QVERIFY(m_app->last().text.contains(u"and"_s));
    QVERIFY2(m_app->last().reason.contains(u"server"_s), qPrintable(m_app->last().reason));
    // The next prompt starts another one.
    QVERIFY(m_app->send(u"And now?"_s));
    QVERIFY(m_app->waitForText(u"and"_s));
    m_app->page.stopAction()->trigger();
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Stopped);
}

void TestPromptPage::timeLimits()
{
    useScripted(u"--then hang"_s);
    m_app->page.panel()->setLimits({.timeout = std::chrono::milliseconds(700)});
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::TimedOut);
    QCOMPARE(m_app->last().text, u"one two three"_s);
    QVERIFY2(m_app->last().reason.contains(u"700 ms"_s), qPrintable(m_app->last().reason));
    QVERIFY(conversationText().contains(u"Timed out."_s));
}

void TestPromptPage::serverLogOfAFailedAnswer()
{
    useScripted(u"--standin error-at=1"_s, PromptMode::Session);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Failed);
    const JobId log = m_app->servers.sessions().constFirst()->snapshot().job;
    QVERIFY(log.isValid());
    QCOMPARE(m_app->last().serverJob, log);
    QToolButton *button = m_app->button(m_app->last().id, u"engine"_s);
    QVERIFY(button && button->isVisible());
    QSignalSpy shown(&m_app->page, &PromptPage::jobRequested);
    button->click();
    QCOMPARE(shown.size(), 1);
    QCOMPARE(shown[0][0].value<JobId>(), log);
    // Where all went well there is no need.
    m_app->setExtraArguments({});
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Complete);
    QVERIFY(!m_app->button(m_app->last().id, u"engine"_s)->isVisible());
}

void TestPromptPage::findsInTheConversation()
{
    useScripted(u"--say 'one Two three two'"_s);
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForAnswer());
    m_app->page.activateWindow();
    m_app->page.focusPrompt();
    QVERIFY(QTest::qWaitForWindowActive(&m_app->page));
    auto *field = m_app->page.findChild<QLineEdit *>(u"conversationSearchField"_s);
    const auto *count = m_app->page.findChild<QLabel *>(u"conversationSearchCount"_s);
    QVERIFY(field && count && !field->isVisible());
    QTest::keyClick(m_app->page.promptField(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(field->isVisible());
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClicks(field, u"two"_s);
    QCOMPARE(count->text(), u"1 of 2"_s);
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(count->text(), u"2 of 2"_s);
    QTest::keyClick(field, Qt::Key_F3, Qt::ShiftModifier);
    QCOMPARE(count->text(), u"1 of 2"_s);
    m_app->fieldNamed<QToolButton>(u"Match case"_s)->click();
    QCOMPARE(count->text(), u"1 of 1"_s);
    field->setText(u"four"_s);
    QCOMPARE(count->text(), u"No matches"_s);
    // Esc closes it, and stops nothing.
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!field->isVisible());
    QVERIFY(!m_app->page.area()->view()->isSearching());
    // F3 opens it again.
    QTest::keyClick(m_app->page.area()->view(), Qt::Key_F3);
    QVERIFY(field->isVisible());
    QCOMPARE(field->text(), u"four"_s);
    // It belongs to the conversation.
    m_app->page.newConversation();
    QVERIFY(!field->isVisible());
}

QTEST_MAIN(TestPromptPage)
#include "tst_promptpage.moc"
