// SPDX-License-Identifier: MIT
// What the Prompt page says before anything is asked: errors and warnings beside their fields, and the room in the context.
#include "promptfixture.h"
#include "ui/prompt/composer.h"
#include "ui/prompt/contextmeter.h"
#include "ui/style/theme.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestPromptProblems : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void problemsBesideTheirFields_data();
    void problemsBesideTheirFields();
    void warningsStopNothing();
    void warningsOfTheModel();
    void problemsGoWhenTheyAreMended();
    void modelThatIsGone();
    void contextMeter();
    void mnemonicsAreUnambiguous();

private:
    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<PromptApplication> m_app;
    QString m_model;
};

void TestPromptProblems::init()
{
    // What the machine has in PATH is none of this test's.
    qputenv("PATH", "/usr/bin:/bin");
    qunsetenv("BITNET_BUILD_DIR");
    applyTheme(Theme::Light);
    m_fixture = std::make_unique<EngineFixture>();
    m_model = m_fixture->writeModel(u"tiny-model.gguf"_s);
    m_app = std::make_unique<PromptApplication>(m_fixture->path(u"kept"_s));
    QVERIFY(QTest::qWaitForWindowExposed(&m_app->page));
    m_app->useEngine(writeScriptedEngine(*m_fixture), m_model);
}

void TestPromptProblems::cleanup()
{
    m_app.reset();
    m_fixture.reset();
}

void TestPromptProblems::problemsBesideTheirFields_data()
{
    QTest::addColumn<QString>("control"); // by its accessible name; empty: none
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *control, const QString &value, const QString &field, const QString &message) {
        QTest::newRow(qPrintable(field + u": "_s + value)) << QString::fromLatin1(control) << value << field << message;
    };
    row("Tokens to generate", u"0"_s, u"n_predict"_s, u"n_predict must be a positive integer. Got 0."_s);
    row("Context size", u"0"_s, u"ctx_size"_s, u"ctx_size must be a positive integer. Got 0."_s);
    row("Batch size", u"0"_s, u"batch_size"_s, u"batch_size must be a positive integer. Got 0."_s);
    row("Temperature", u"0"_s, u"temperature"_s, u"Temperature must be positive."_s);
    row("Top-p", u"1.5"_s, u"top_p"_s, u"top_p"_s);
    row("Min-p", u"1.5"_s, u"min_p"_s, u"min_p"_s);
    row("Repeat penalty", u"0"_s, u"repeat_penalty"_s, u"repeat_penalty"_s);
    row("Threads", u"0"_s, u"threads"_s, u"Thread count must be greater than zero."_s);
    row("Extra arguments", u"--say 'open"_s, u"extra"_s, u"quot"_s);
    row("Run-time limit", u"soon"_s, u"timeout"_s, u"soon"_s);
    row("Model file", u"/no/such/model.gguf"_s, u"model"_s, u"Model file not found: /no/such/model.gguf"_s);
    row("Prompt", u"   "_s, u"prompt"_s, u"Prompt must not be empty."_s);
}

void TestPromptProblems::problemsBesideTheirFields()
{
    QFETCH(QString, control);
    QFETCH(QString, value);
    QFETCH(QString, field);
    QFETCH(QString, message);
    m_app->page.panelAction()->setChecked(false);
    QString prompt = u"Hello"_s;
    if (control == "Prompt"_L1)
        prompt = value;
    else if (auto *combo = m_app->fieldNamed<QComboBox>(control))
        combo->setEditText(value);
    else if (auto *whole = m_app->fieldNamed<QSpinBox>(control))
        whole->setValue(value.toInt());
    else if (auto *real = m_app->fieldNamed<QDoubleSpinBox>(control))
        real->setValue(value.toDouble());
    else if (auto *line = m_app->fieldNamed<QLineEdit>(control))
        line->setText(value);
    else
        QFAIL("no such control");
    QVERIFY(m_app->send(prompt));
    QVERIFY2(m_app->page.problemOf(field).contains(message), qPrintable(m_app->page.problemOf(field)));
    QVERIFY(m_app->conversation().isEmpty());
    QVERIFY(m_app->records.isEmpty());
    // Where it can be seen.
    bool isSeen = false;
    for (const QLabel *label : m_app->page.findChildren<QLabel *>())
        isSeen = isSeen || (label->isVisible() && label->text() == m_app->page.problemOf(field));
    QVERIFY(isSeen);
}

void TestPromptProblems::warningsStopNothing()
{
    m_app->fieldNamed<QSpinBox>(u"Threads"_s)->setValue(64);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.problemOf(u"threads"_s),
                              u"Requested 64 threads but only 2 CPU cores detected. Clamping value."_s, patience);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Complete);
}

// From its header, wherever the file is. The tiny models were trained for 2048 tokens.
void TestPromptProblems::warningsOfTheModel()
{
    const QString models = QStringLiteral(BITNET_TEST_DATA "/models/");
    m_app->page.modelField()->setEditText(models + u"tiny-llama-chat-f16.gguf"_s);
    QSpinBox *context = m_app->fieldNamed<QSpinBox>(u"Context size"_s);
    context->setValue(4096);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.problemOf(u"ctx_size"_s).contains(u"trained for a context of 2048"_s),
                             patience);
    QCOMPARE(m_app->page.problemOf(u"model"_s), QString());
    context->setValue(2048);
    QTRY_COMPARE_WITH_TIMEOUT(m_app->page.problemOf(u"ctx_size"_s), QString(), patience);
    // The scripted engine has the flags of llama.cpp, which refuses these weights.
    m_app->page.modelField()->setEditText(models + u"tiny-bitnet-i2_s.gguf"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.problemOf(u"model"_s).contains(u"only bitnet.cpp loads"_s), patience);
    // It is only said.
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->page.problemOf(u"model"_s).contains(u"only bitnet.cpp loads"_s));
    QVERIFY(m_app->waitForAnswer());
    QCOMPARE(m_app->last().state, MessageState::Complete);
    // A part of a model.
    QFile whole(models + u"tiny-llama-chat-f16.gguf"_s);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    m_app->page.modelField()->setEditText(m_fixture->write(u"half.gguf"_s, whole.read(whole.size() / 2)));
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.problemOf(u"model"_s).contains(u"incomplete"_s), patience);
}

void TestPromptProblems::problemsGoWhenTheyAreMended()
{
    auto *tokens = m_app->fieldNamed<QSpinBox>(u"Tokens to generate"_s);
    tokens->setValue(0);
    // Without being asked, after a pause in typing.
    QTRY_VERIFY_WITH_TIMEOUT(m_app->page.problemOf(u"n_predict"_s).contains(u"Got 0"_s), patience);
    tokens->setValue(16);
    QCOMPARE(m_app->page.problemOf(u"n_predict"_s), QString());
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QVERIFY(m_app->record(m_app->last().job).spec->command.contains(u"16"_s));
}

void TestPromptProblems::modelThatIsGone()
{
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    const QString text = m_fixture->write(u"notes.gguf"_s, "Not a model at all\n");
    m_app->page.modelField()->setEditText(text);
    QVERIFY(m_app->send(u"Hello again"_s));
    const QString problem = m_app->page.problemOf(u"model"_s);
    QVERIFY2(problem.contains(text), qPrintable(problem));
    QCOMPARE(m_app->conversation().messages().size(), 2);
    QCOMPARE(m_app->page.promptField()->toPlainText(), u"Hello again"_s); // nothing typed is lost
}

void TestPromptProblems::contextMeter()
{
    const auto meter = [this] { return m_app->page.composer()->meter(); };
    m_fixture->write(
        u"scripted/perf.txt"_s,
        "llama_perf_sampler_print:    sampling time = 1.00 ms / 45 runs   ( 0.01 ms per token, 100.0 tokens "
        "per second)\nllama_perf_context_print: prompt eval time = 10.00 ms / 5 tokens ( 2.00 ms per token, "
        "500.00 tokens per second)\nllama_perf_context_print:        eval time = 10.00 ms / 39 runs   ( "
        "1.00 ms per token, 1000.00 tokens per second)\n");
    m_app->fieldNamed<QSpinBox>(u"Context size"_s)->setValue(512);
    QTRY_COMPARE_WITH_TIMEOUT(meter()->text(), u"0 / 512 tokens"_s, patience);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    // What the engine counted: 5 tokens of the prompt, 40 of the answer.
    QTRY_COMPARE_WITH_TIMEOUT(meter()->text(), u"45 / 512 tokens"_s, patience);
    QCOMPARE(meter()->warning(), QString());
    m_app->page.promptField()->setPlainText(u"word "_s.repeated(1000));
    QTRY_VERIFY_WITH_TIMEOUT(meter()->warning().contains(u"full"_s), patience);
    QVERIFY(meter()->text().startsWith(u"≈ "_s));
    m_app->page.promptField()->clear();
    // The engine would take 8192; the model was trained for 2048, says its header.
    m_app->page.modelField()->setEditText(QStringLiteral(BITNET_TEST_DATA "/models/tiny-llama-chat-f16.gguf"));
    m_app->fieldNamed<QSpinBox>(u"Context size"_s)->setValue(8192);
    QTRY_COMPARE_WITH_TIMEOUT(meter()->text(), u"45 / 2,048 tokens"_s, patience);
    QVERIFY2(meter()->toolTip().contains(u"trained for 2,048"_s), qPrintable(meter()->toolTip()));
    // In a session the server says it.
    m_app->page.header()->setMode(PromptMode::Session);
    m_app->fieldNamed<QSpinBox>(u"Context size"_s)->setValue(1024);
    QVERIFY(m_app->send(u"Hello"_s));
    QVERIFY(m_app->waitForAnswer());
    QTRY_VERIFY_WITH_TIMEOUT(meter()->text().endsWith(u"/ 1,024 tokens"_s), patience);
    const QString name = m_app->servers.sessions().constFirst()->name();
    QVERIFY2(meter()->toolTip().contains(name), qPrintable(meter()->toolTip()));
}

// Alt and a letter go to one field or button of the page.
void TestPromptProblems::mnemonicsAreUnambiguous()
{
    QHash<QString, QString> used;
    const auto take = [&used](const QString &text) {
        const QString keys = QKeySequence::mnemonic(text).toString();
        if (keys.isEmpty())
            return;
        QVERIFY2(!used.contains(keys), qPrintable(u"%1: %2 and %3"_s.arg(keys, used.value(keys), text)));
        used.insert(keys, text);
    };
    for (const QLabel *label : m_app->page.findChildren<QLabel *>()) {
        if (label->buddy())
            take(label->text());
    }
    for (const QAbstractButton *button : m_app->page.findChildren<QAbstractButton *>())
        take(button->text());
    QVERIFY(used.size() > 10);
}

QTEST_MAIN(TestPromptProblems)
#include "tst_promptproblems.moc"
