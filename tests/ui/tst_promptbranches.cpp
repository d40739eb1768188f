// SPDX-License-Identifier: MIT
// More than one answer to a prompt, and more than one prompt in its place: ask again, edit and send again, compare.
#include "promptfixture.h"
#include "ui/prompt/comparebar.h"
#include "ui/prompt/composer.h"
#include "ui/style/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestPromptBranches : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void askAgain();
    void editAndSendAgain();
    void editingCanBeLeft();
    void branchesGoOnWhereTheyWereLeft();
    void compareTwoModels();
    void compareTwoPresets();
    void compareInSessionsKeepsBothServers();
    void goOnWithOneOfTwo();
    void stopStopsBothSides();
    void askAgainOnOneSideAsksThatSide();
    void aSideThatFails();
    void compareNeedsTwoModelsThatAreThere();

private:
    ConversationView *left() const { return m_app->page.area()->view(); }
    ConversationView *right() const { return m_app->page.area()->secondView(); }
    bool ask(const QString &prompt, const QString &answer);
    bool click(MessageId message, const QString &name, const ConversationView *view = nullptr);
    MessageId shownAnswer(const ConversationView *view) const { return view->shownMessages().value(1, noMessage); }

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<PromptApplication> m_app;
    QString m_model;
    QString m_otherModel;
};

void TestPromptBranches::init()
{
    qputenv("PATH", "/usr/bin:/bin");
    qunsetenv("BITNET_BUILD_DIR");
    applyTheme(Theme::Light);
    m_fixture = std::make_unique<EngineFixture>();
    m_model = m_fixture->writeModel(u"one.gguf"_s);
    m_otherModel = m_fixture->writeModel(u"other.gguf"_s);
    m_app = std::make_unique<PromptApplication>(m_fixture->path(u"kept"_s));
    QVERIFY(QTest::qWaitForWindowExposed(&m_app->page));
    m_app->useEngine(writeScriptedEngine(*m_fixture), m_model);
}

void TestPromptBranches::cleanup()
{
    m_app.reset();
    m_fixture.reset();
}

// Asks and waits for that answer.
bool TestPromptBranches::ask(const QString &prompt, const QString &answer)
{
    m_app->setExtraArguments(u"--say '%1'"_s.arg(answer));
    return m_app->send(prompt) && m_app->waitForAnswer() && m_app->last().text == answer;
}

bool TestPromptBranches::click(MessageId message, const QString &name, const ConversationView *view)
{
    QToolButton *button = nullptr;
    // Bars are placed once a frame.
    const bool found = QTest::qWaitFor(
        [&] {
            button = m_app->button(view ? view : left(), message, name);
            return button && button->isVisible() && button->isEnabled();
        },
        patience);
    if (found)
        button->click();
    return found;
}

void TestPromptBranches::askAgain()
{
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    const MessageId first = m_app->last().id;
    m_app->setExtraArguments(u"--say two"_s);
    QVERIFY(click(first, u"again"_s));
    QVERIFY(m_app->waitForAnswer());
    const Message second = m_app->last();
    QCOMPARE(second.text, u"two"_s);
    QVERIFY(second.id != first);
    QCOMPARE(second.parent, m_app->conversation().message(first)->parent);
    QCOMPARE(m_app->conversation().siblingPosition(second.id).count, 2);
    // The first one is still there, and shown again.
    QVERIFY(click(second.id, u"version-previous"_s));
    QCOMPARE(m_app->last().text, u"one"_s);
    QVERIFY(!m_app->button(first, u"version-previous"_s)->isEnabled());
    QVERIFY(click(first, u"version-next"_s));
    QCOMPARE(m_app->last().text, u"two"_s);
}

void TestPromptBranches::editAndSendAgain()
{
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    QVERIFY(ask(u"And another"_s, u"two"_s));
    const MessageId prompt = m_app->conversation().branch().constFirst();
    QVERIFY(click(prompt, u"edit-again"_s));
    QVERIFY(m_app->page.composer()->isEditing());
    QCOMPARE(m_app->page.promptField()->toPlainText(), u"Say a number"_s);
    QVERIFY(ask(u"Say a letter"_s, u"A"_s));
    QVERIFY(!m_app->page.composer()->isEditing());
    const QList<MessageId> branch = m_app->conversation().branch();
    QCOMPARE(branch.size(), 2); // the new branch has none of the old turns
    QCOMPARE(m_app->conversation().message(branch[0])->text, u"Say a letter"_s);
    QCOMPARE(m_app->record(m_app->last().job).spec->prompt, u"Say a letter"_s);
    // The old branch with all of it.
    QVERIFY(click(branch[0], u"version-previous"_s));
    QCOMPARE(m_app->conversation().branch().size(), 4);
    QCOMPARE(m_app->last().text, u"two"_s);
}

void TestPromptBranches::editingCanBeLeft()
{
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    QVERIFY(click(m_app->conversation().branch().constFirst(), u"edit-again"_s));
    m_app->page.stopAction()->trigger(); // Esc
    QVERIFY(!m_app->page.composer()->isEditing());
    QVERIFY(m_app->page.promptField()->toPlainText().isEmpty());
    QVERIFY(ask(u"Go on"_s, u"two"_s));
    QCOMPARE(m_app->conversation().branch().size(), 4); // no branch was made
}

void TestPromptBranches::branchesGoOnWhereTheyWereLeft()
{
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    const MessageId first = m_app->last().id;
    QVERIFY(ask(u"Go on"_s, u"two"_s));
    m_app->setExtraArguments(u"--say uno"_s);
    QVERIFY(click(first, u"again"_s));
    QVERIFY(m_app->waitForAnswer());
    const MessageId second = m_app->last().id;
    QVERIFY(ask(u"And on"_s, u"due"_s));
    // What the engine is given is the branch that is shown, and nothing of the other.
    const QString sent = m_app->record(m_app->last().job).spec->prompt;
    QVERIFY2(sent.contains(u"uno"_s) && !sent.contains(u"Go on"_s), qPrintable(sent));
    QVERIFY(click(second, u"version-previous"_s));
    QCOMPARE(m_app->last().text, u"two"_s);
    QVERIFY(click(first, u"version-next"_s));
    QCOMPARE(m_app->last().text, u"due"_s);
}

void TestPromptBranches::compareTwoModels()
{
    m_app->setExtraArguments(u"--say same"_s);
    m_app->page.compareAction()->setChecked(true);
    QVERIFY(m_app->page.compareBar()->isVisible());
    m_app->page.compareBar()->model()->setEditText(m_otherModel);
    QVERIFY(m_app->send(u"Who are you?"_s));
    QVERIFY(m_app->waitForAnswer());
    QVERIFY(m_app->page.area()->isComparing());
    QVERIFY(left()->isVisible() && right()->isVisible());
    const QList<MessageId> answers{shownAnswer(left()), shownAnswer(right())};
    const QList<QString> models{m_model, m_otherModel};
    for (int side = 0; side < 2; ++side) {
        const Message *answer = m_app->conversation().message(answers[side]);
        QVERIFY(answer);
        QCOMPARE(answer->model, models[side]);
        QCOMPARE(answer->text, u"same"_s);
        QVERIFY(m_app->record(answer->job).spec->command.contains(models[side]));
        // Each with its figures.
        QVERIFY(answer->figures.ttft && answer->figures.latency);
        const ConversationView *view = side == 0 ? left() : right();
        QVERIFY2(view->accessibleText(answer->id).contains(u"E2E "_s), qPrintable(view->accessibleText(answer->id)));
        // And whole above it.
        bool isAbove = false;
        for (const QLabel *label : view->parentWidget()->findChildren<QLabel *>())
            isAbove = isAbove || (label->isVisible() && label->text() == ConversationView::figures(answer->figures));
        QVERIFY(isAbove);
    }
    QVERIFY(answers[0] != answers[1]);
    // Both are answers to one prompt.
    QCOMPARE(m_app->conversation().messages().size(), 3);
}

void TestPromptBranches::compareTwoPresets()
{
    PromptSettings warm;
    warm.temperature = 1.5;
    QString id;
    QCOMPARE(m_app->presets.add(u"Warm"_s, warm, &id), QString());
    m_app->page.compareAction()->setChecked(true);
    QComboBox *preset = m_app->page.compareBar()->presetField();
    preset->setCurrentIndex(preset->findData(id));
    QVERIFY(m_app->send(u"How warm?"_s));
    QVERIFY(m_app->waitForAnswer());
    const Message *one = m_app->conversation().message(shownAnswer(left()));
    const Message *other = m_app->conversation().message(shownAnswer(right()));
    QVERIFY(one && other);
    QCOMPARE(other->preset, u"Warm"_s);
    QVERIFY(m_app->record(other->job).spec->command.contains(u"1.5"_s));
    QVERIFY(!m_app->record(one->job).spec->command.contains(u"1.5"_s));
    QCOMPARE(one->model, other->model);
}

void TestPromptBranches::compareInSessionsKeepsBothServers()
{
    m_app->page.header()->setMode(PromptMode::Session);
    m_app->page.compareAction()->setChecked(true);
    m_app->page.compareBar()->model()->setEditText(m_otherModel);
    for (const QString &prompt : {u"Once"_s, u"Twice"_s}) {
        QVERIFY(m_app->send(prompt));
        QVERIFY(m_app->waitForAnswer());
        QCOMPARE(m_app->servers.activeCount(), 2);
    }
    QCOMPARE(m_app->servers.sessions().size(), 2); // none was started anew
}

void TestPromptBranches::goOnWithOneOfTwo()
{
    m_app->page.compareAction()->setChecked(true);
    m_app->page.compareBar()->model()->setEditText(m_otherModel);
    QVERIFY(m_app->send(u"Who are you?"_s));
    QVERIFY(m_app->waitForAnswer());
    const MessageId chosen = shownAnswer(right());
    QVERIFY(chosen != noMessage);
    QPushButton *goOn = nullptr;
    for (QPushButton *button : right()->parentWidget()->findChildren<QPushButton *>()) {
        if (button->isVisible() && button->text() == u"Go On with This"_s)
            goOn = button;
    }
    QVERIFY(goOn);
    goOn->click();
    QVERIFY(!m_app->page.area()->isComparing());
    QVERIFY(!m_app->page.compareAction()->isChecked());
    QCOMPARE(m_app->conversation().leaf(), chosen);
    QCOMPARE(m_app->conversation().siblingPosition(chosen).count, 2);
}

void TestPromptBranches::stopStopsBothSides()
{
    m_app->setExtraArguments(u"--then hang"_s);
    m_app->page.compareAction()->setChecked(true);
    m_app->page.compareBar()->model()->setEditText(m_otherModel);
    QVERIFY(m_app->send(u"Count"_s));
    const auto text = [this](const ConversationView *view) {
        const Message *message = m_app->conversation().message(shownAnswer(view));
        return message ? message->text : QString();
    };
    QTRY_VERIFY_WITH_TIMEOUT(text(left()).contains(u"three"_s) && text(right()).contains(u"three"_s), patience);
    m_app->page.stopAction()->trigger();
    QVERIFY(m_app->waitForAnswer());
    for (const ConversationView *view : {left(), right()})
        QCOMPARE(m_app->conversation().message(shownAnswer(view))->state, MessageState::Stopped);
}

// The answer of the right side is asked again with what the right side was asked with, and stands there.
void TestPromptBranches::askAgainOnOneSideAsksThatSide()
{
    m_app->setExtraArguments(u"--say before"_s);
    m_app->page.compareAction()->setChecked(true);
    m_app->page.compareBar()->model()->setEditText(m_otherModel);
    QVERIFY(m_app->send(u"Who are you?"_s));
    QVERIFY(m_app->waitForAnswer());
    const MessageId kept = shownAnswer(left());
    const MessageId before = shownAnswer(right());
    m_app->setExtraArguments(u"--say after"_s);
    QVERIFY(click(before, u"again"_s, right()));
    QTRY_VERIFY_WITH_TIMEOUT(!m_app->page.document()->isGenerating() && shownAnswer(right()) != before, patience);
    QVERIFY(m_app->page.area()->isComparing());
    const Message *after = m_app->conversation().message(shownAnswer(right()));
    QVERIFY(after);
    QCOMPARE(after->model, m_otherModel);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->conversation().message(shownAnswer(right()))->text, u"after"_s, patience);
    QCOMPARE(shownAnswer(left()), kept);
    QCOMPARE(m_app->conversation().message(kept)->text, u"before"_s);
}

void TestPromptBranches::aSideThatFails()
{
    PromptSettings broken;
    broken.model = m_model;
    broken.extraArguments = {u"--then"_s, u"fail"_s};
    QString id;
    QCOMPARE(m_app->presets.add(u"Broken"_s, broken, &id), QString());
    m_app->page.compareAction()->setChecked(true);
    QComboBox *preset = m_app->page.compareBar()->presetField();
    preset->setCurrentIndex(preset->findData(id));
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->conversation().message(shownAnswer(left()))->state, MessageState::Complete);
    const Message *failed = m_app->conversation().message(shownAnswer(right()));
    QCOMPARE(failed->state, MessageState::Failed);
    QVERIFY(right()->accessibleText(failed->id).contains(u"no such luck"_s));
}

void TestPromptBranches::compareNeedsTwoModelsThatAreThere()
{
    m_app->page.compareAction()->setChecked(true);
    m_app->page.compareBar()->model()->setEditText(u"/no/such/model.gguf"_s);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY2(m_app->page.compareBar()->problem().contains(u"/no/such/model.gguf"_s),
             qPrintable(m_app->page.compareBar()->problem()));
    QVERIFY(m_app->conversation().isEmpty());
    QVERIFY(m_app->records.isEmpty());
}

QTEST_MAIN(TestPromptBranches)
#include "tst_promptbranches.moc"
