// SPDX-License-Identifier: MIT
// What the Prompt page keeps: conversations, presets, and what was being generated when the application ended.
#include "promptfixture.h"
#include "ui/prompt/conversationlist.h"
#include "ui/prompt/conversationlistmodel.h"
#include "ui/prompt/presetbox.h"
#include "ui/style/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListView>
#include <QSignalSpy>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestPromptKeeping : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void conversationsAreThereAfterARestart();
    void interruptedByTheEndOfTheApplication();
    void interruptedByAKill();
    void switchingLeavesAnAnswerGoingOn();
    void renamedAndSearched();
    void deletedAndBroughtBack();
    void deletedWhileItIsAnswered();
    void exported();
    void importedAgain();
    void presetsAreSavedAndChosen();
    void presetsChangeAndGo();
    void presetsInAndOut();
    void aPresetWhoseEngineIsGone();

private:
    void start(const QString &kept = u"kept"_s);
    void restart();
    bool ask(const QString &prompt, const QString &answer);
    ConversationList *list() const { return m_app->page.list(); }
    QStringList titles() const;
    void select(const QString &id) { list()->view()->setCurrentIndex(list()->model()->indexOf(id)); }
    double temperature() { return m_app->fieldNamed<QDoubleSpinBox>(u"Temperature"_s)->value(); }
    void setTemperature(double value) { m_app->fieldNamed<QDoubleSpinBox>(u"Temperature"_s)->setValue(value); }
    PresetBox *presetBox() const { return m_app->page.header()->presets(); }
    void choosePreset(const QString &name);

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<PromptApplication> m_app;
    QString m_model;
};

void TestPromptKeeping::init()
{
    qputenv("PATH", "/usr/bin:/bin");
    qunsetenv("BITNET_BUILD_DIR");
    applyTheme(Theme::Light);
    m_fixture = std::make_unique<EngineFixture>();
    m_model = m_fixture->writeModel(u"tiny.gguf"_s);
    start();
}

void TestPromptKeeping::cleanup()
{
    m_app.reset();
    m_fixture.reset();
}

void TestPromptKeeping::start(const QString &kept)
{
    m_app = std::make_unique<PromptApplication>(m_fixture->path(kept));
    QVERIFY(QTest::qWaitForWindowExposed(&m_app->page));
    m_app->useEngine(writeScriptedEngine(*m_fixture), m_model);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->conversations.isListed(), patience);
}

void TestPromptKeeping::restart()
{
    m_app->keepState();
    m_app.reset();
    start();
}

bool TestPromptKeeping::ask(const QString &prompt, const QString &answer)
{
    m_app->setExtraArguments(u"--say '%1'"_s.arg(answer));
    return m_app->send(prompt) && m_app->waitForAnswer() && m_app->last().text == answer;
}

QStringList TestPromptKeeping::titles() const
{
    QStringList titles;
    const auto *model = list()->model();
    for (int row = 0; row < model->rowCount(); ++row)
        titles.append(model->index(row).data().toString());
    return titles;
}

void TestPromptKeeping::choosePreset(const QString &name)
{
    QComboBox *box = presetBox()->choice();
    const int item = box->findText(name);
    QVERIFY(item >= 0);
    box->setCurrentIndex(item);
    Q_EMIT box->activated(item);
}

void TestPromptKeeping::conversationsAreThereAfterARestart()
{
    setTemperature(0.3);
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    const QString id = m_app->page.document()->id();
    m_app->page.newConversation();
    QVERIFY(ask(u"Say a letter"_s, u"A"_s));
    QTRY_COMPARE_WITH_TIMEOUT(titles(), (QStringList{u"Say a letter"_s, u"Say a number"_s}), patience);
    m_app->page.openConversation(id);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.document()->id(), id, patience);
    restart();
    // The one that was open is open again, with its settings.
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.document()->id(), id, patience);
    QCOMPARE(m_app->last().text, u"one"_s);
    QCOMPARE(m_app->last().state, MessageState::Complete);
    QCOMPARE(temperature(), 0.3);
    QTRY_COMPARE_WITH_TIMEOUT(titles(), (QStringList{u"Say a letter"_s, u"Say a number"_s}), patience);
    // And it goes on.
    QVERIFY(ask(u"Another"_s, u"two"_s));
    QVERIFY(m_app->record(m_app->last().job).spec->prompt.contains(u"Assistant: one"_s));
}

void TestPromptKeeping::interruptedByTheEndOfTheApplication()
{
    m_app->setExtraArguments(u"--then hang"_s);
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForText(u"three"_s));
    const QString id = m_app->page.document()->id();
    restart();
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.document()->id(), id, patience);
    QCOMPARE(m_app->last().state, MessageState::Interrupted);
    QCOMPARE(m_app->last().text, u"one two three"_s);
    QVERIFY(m_app->page.area()->view()->accessibleText(m_app->last().id).contains(u"Interrupted."_s));
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.sendAction()->isEnabled(), patience);
}

// A killed application writes nothing at its end: what it leaves behind is what was on disk at that moment.
void TestPromptKeeping::interruptedByAKill()
{
    m_app->setExtraArguments(u"--then hang"_s);
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForText(u"three"_s));
    const QString id = m_app->page.document()->id();
    QTRY_VERIFY_WITH_TIMEOUT(!m_app->conversations.hasUnsaved(), patience);
    QVERIFY(m_app->page.document()->isGenerating());
    QVERIFY(QDir().mkpath(m_fixture->path(u"killed/conversations"_s)));
    int copied = 0;
    for (const QFileInfo &file : QDir(m_app->conversations.folder()).entryInfoList(QDir::Files | QDir::Hidden))
        copied += QFile::copy(file.filePath(), m_fixture->path(u"killed/conversations/"_s + file.fileName())) ? 1 : 0;
    QVERIFY(copied > 0);
    m_app.reset();

    start(u"killed"_s);
    QCOMPARE(titles(), QStringList{u"Count"_s});
    m_app->page.openConversation(id);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.document()->id(), id, patience);
    QCOMPARE(m_app->last().state, MessageState::Interrupted);
    QCOMPARE(m_app->last().text, u"one two three"_s);
    QVERIFY(!m_app->page.document()->isGenerating());
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.sendAction()->isEnabled(), patience);
}

void TestPromptKeeping::switchingLeavesAnAnswerGoingOn()
{
    m_app->page.header()->setMode(PromptMode::Session);
    m_app->setExtraArguments(u"--standin pieces=40 --standin piece-ms=20"_s);
    QVERIFY(m_app->send(u"Go on"_s));
    QVERIFY(m_app->waitForText(u"and"_s));
    const auto before = m_app->page.document();
    m_app->page.newConversation();
    QVERIFY(m_app->page.document() != before);
    QTRY_VERIFY_WITH_TIMEOUT(!before->isGenerating(), patience);
    const Conversation &conversation = before->conversation();
    QCOMPARE(conversation.message(conversation.leaf())->state, MessageState::Complete);
}

void TestPromptKeeping::renamedAndSearched()
{
    QVERIFY(ask(u"Say a number"_s, u"forty two"_s));
    const QString id = m_app->page.document()->id();
    m_app->page.newConversation();
    QVERIFY(ask(u"Say a letter"_s, u"A"_s));
    select(id);
    QVERIFY(list()->renameAction()->isEnabled());
    QVERIFY(list()->model()->setData(list()->model()->indexOf(id), u"The answer"_s));
    QTRY_VERIFY_WITH_TIMEOUT(titles().contains(u"The answer"_s), patience);
    // In titles and texts.
    for (const QString &words : {u"answer"_s, u"forty"_s}) {
        list()->searchField()->setText(words);
        QTRY_COMPARE_WITH_TIMEOUT(titles(), QStringList{u"The answer"_s}, patience);
        list()->searchField()->clear();
        QTRY_COMPARE_WITH_TIMEOUT(titles().size(), 2, patience);
    }
    list()->searchField()->setText(u"nowhere"_s);
    QTRY_VERIFY_WITH_TIMEOUT(titles().isEmpty(), patience);
    list()->searchField()->clear();
    restart();
    QTRY_VERIFY_WITH_TIMEOUT(titles().contains(u"The answer"_s), patience);
}

void TestPromptKeeping::deletedAndBroughtBack()
{
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    const QString id = m_app->page.document()->id();
    select(id);
    list()->removeAction()->trigger();
    QVERIFY(titles().isEmpty());
    QVERIFY(m_app->conversation().isEmpty()); // a new one is shown instead
    QVERIFY(list()->undoAction()->isEnabled());
    list()->undoAction()->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(titles(), QStringList{u"Say a number"_s}, patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.document()->id(), id, patience);
    QCOMPARE(m_app->last().text, u"one"_s);
    // Without undo it is gone after a restart, too.
    select(id);
    list()->removeAction()->trigger();
    restart();
    QVERIFY(titles().isEmpty());
}

void TestPromptKeeping::deletedWhileItIsAnswered()
{
    m_app->setExtraArguments(u"--then hang"_s);
    QVERIFY(m_app->send(u"Count"_s));
    QVERIFY(m_app->waitForText(u"three"_s));
    const JobId job = m_app->last().job;
    select(m_app->page.document()->id());
    list()->removeAction()->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(m_app->record(job).outcome, Outcome::Cancelled, patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.sendAction()->isEnabled(), patience);
}

void TestPromptKeeping::exported()
{
    QVERIFY(ask(u"Say *some* code"_s, u"```sh"_s));
    const QString id = m_app->page.document()->id();
    QSignalSpy told(&m_app->page, &PromptPage::message);
    const QString markdown = m_fixture->path(u"out/talk.md"_s);
    QVERIFY(QDir().mkpath(m_fixture->path(u"out"_s)));
    list()->exportTo(id, markdown, false);
    QTRY_COMPARE_WITH_TIMEOUT(told.size(), 1, patience);
    QVERIFY(told[0][0].toString().contains(markdown));
    const QString text = QString::fromUtf8(m_fixture->read(u"out/talk.md"_s));
    QVERIFY2(text.contains(u"> Say *some* code"_s) && text.contains(u"## Answer"_s) && text.contains(u"E2E "_s),
             qPrintable(text));

    const QString json = m_fixture->path(u"out/talk.json"_s);
    list()->exportTo(id, json, true);
    QTRY_COMPARE_WITH_TIMEOUT(told.size(), 2, patience);
    QVERIFY(QJsonDocument::fromJson(m_fixture->read(u"out/talk.json"_s)).isObject());

    // Where it can't be written, a sentence says so.
    list()->exportTo(id, u"/proc/no/talk.md"_s, false);
    QTRY_COMPARE_WITH_TIMEOUT(told.size(), 3, patience);
    QVERIFY2(told[2][0].toString().contains(u"/proc/no"_s), qPrintable(told[2][0].toString()));
}

void TestPromptKeeping::importedAgain()
{
    QVERIFY(ask(u"Say a number"_s, u"one"_s));
    const QString id = m_app->page.document()->id();
    QSignalSpy told(&m_app->page, &PromptPage::message);
    const QString json = m_fixture->path(u"talk.json"_s);
    list()->exportTo(id, json, true);
    QTRY_COMPARE_WITH_TIMEOUT(told.size(), 1, patience);
    list()->importFrom(json);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.document()->id() != id, patience);
    QCOMPARE(m_app->last().text, u"one"_s);
    QCOMPARE(titles().size(), 2);
    list()->importFrom(m_fixture->write(u"broken.json"_s, "{]"));
    QTRY_COMPARE_WITH_TIMEOUT(told.size(), 2, patience);
    QVERIFY2(told[1][0].toString().contains(u"broken.json"_s), qPrintable(told[1][0].toString()));
    QCOMPARE(titles().size(), 2);
}

void TestPromptKeeping::presetsAreSavedAndChosen()
{
    auto *systemPrompt = m_app->fieldNamed<QPlainTextEdit>(u"System prompt"_s);
    systemPrompt->setPlainText(u"Be brief."_s);
    setTemperature(0.2);
    m_app->setExtraArguments(u"--say Hi."_s);
    presetBox()->saveAs(u"Brief"_s);
    QCOMPARE(presetBox()->choice()->currentText(), u"Brief"_s);
    systemPrompt->setPlainText(u"Be long."_s);
    setTemperature(1.1);
    QCOMPARE(presetBox()->choice()->currentText(), u"Brief (changed)"_s);
    choosePreset(u"Brief"_s);
    QCOMPARE(systemPrompt->toPlainText(), u"Be brief."_s);
    QCOMPARE(temperature(), 0.2);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().text, u"Hi."_s);
    QCOMPARE(m_app->last().preset, u"Brief"_s);
    QVERIFY(m_app->record(m_app->last().job).spec->prompt.startsWith(u"Be brief."_s));
    restart();
    QTRY_COMPARE_WITH_TIMEOUT(presetBox()->choice()->currentText(), u"Brief"_s, patience);
}

void TestPromptKeeping::presetsChangeAndGo()
{
    setTemperature(0.2);
    presetBox()->saveAs(u"Cool"_s);
    QVERIFY(!presetBox()->updateAction()->isEnabled()); // nothing to update
    setTemperature(0.4);
    QVERIFY(presetBox()->updateAction()->isEnabled());
    presetBox()->updateAction()->trigger();
    QCOMPARE(presetBox()->choice()->currentText(), u"Cool"_s);
    presetBox()->rename(u"Cooler"_s);
    QCOMPARE(presetBox()->choice()->currentText(), u"Cooler"_s);
    setTemperature(1.0);
    choosePreset(u"Cooler"_s);
    QCOMPARE(temperature(), 0.4);
    QSignalSpy told(presetBox(), &PresetBox::told);
    presetBox()->saveAs(u"Cooler"_s); // a name that is taken
    QCOMPARE(told.size(), 1);
    QVERIFY2(told[0][0].toString().contains(u"Cooler"_s), qPrintable(told[0][0].toString()));
    presetBox()->removeAction()->trigger();
    QCOMPARE(presetBox()->choice()->findText(u"Cooler"_s), -1);
    QCOMPARE(temperature(), 0.4); // the settings stay
}

void TestPromptKeeping::presetsInAndOut()
{
    setTemperature(0.2);
    presetBox()->saveAs(u"Cool"_s);
    const QString file = m_fixture->path(u"presets-out.json"_s);
    QSignalSpy told(presetBox(), &PresetBox::told);
    presetBox()->exportTo(file);
    QCOMPARE(told.size(), 1);
    QVERIFY(told[0][0].toString().contains(file));
    presetBox()->removeAction()->trigger();
    QCOMPARE(presetBox()->choice()->findText(u"Cool"_s), -1);
    presetBox()->importFrom(file);
    QVERIFY(presetBox()->choice()->findText(u"Cool"_s) >= 0);
    setTemperature(1.0);
    choosePreset(u"Cool"_s);
    QCOMPARE(temperature(), 0.2);
    told.clear();
    presetBox()->importFrom(m_fixture->write(u"no-presets.json"_s, "[1"));
    QCOMPARE(told.size(), 1);
    QVERIFY2(told[0][0].toString().contains(u"no-presets.json"_s), qPrintable(told[0][0].toString()));
}

void TestPromptKeeping::aPresetWhoseEngineIsGone()
{
    PromptSettings settings;
    settings.engine = u"An engine of old"_s;
    QCOMPARE(m_app->presets.add(u"Old"_s, settings), QString());
    choosePreset(u"Old"_s);
    QVERIFY(m_app->send(u"Hello"_s));
    const QString problem = m_app->page.problemOf(u"binary"_s);
    QVERIFY2(problem.contains(u"An engine of old"_s), qPrintable(problem));
    QVERIFY(m_app->conversation().isEmpty());
}

QTEST_MAIN(TestPromptKeeping)
#include "tst_promptkeeping.moc"
