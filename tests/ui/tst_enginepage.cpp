// SPDX-License-Identifier: MIT
#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "core/supervisor/runtimesupervisor.h"
#include "support/enginefixture.h"
#include "ui/engine/enginecard.h"
#include "ui/engine/enginecontext.h"
#include "ui/engine/enginepage.h"
#include "ui/engine/enginesview.h"
#include "ui/engine/modelsview.h"
#include "ui/engine/serversview.h"
#include "ui/engine/servertablemodel.h"
#include "ui/engine/startserverdialog.h"
#include "ui/settings/appsettings.h"
#include "ui/style/theme.h"

#include <QAccessible>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;

const QString testModels = QStringLiteral(BITNET_SOURCE_DIR "/tests/data/models");

// A build folder whose programs say what real ones say, and whose server ends at once with an engine's words.
QString writeEngine(const Testing::EngineFixture &fixture, const QString &folder, const QByteArray &version)
{
    const QByteArray script = "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'version: " + version
        + "' >&2; exit 0; }\n[ \"$1\" = --help ] && { echo '-m, --model FNAME   a model'; exit 0; }\n"
          "echo 'error: invalid argument: --nonsense' >&2\nexit 1\n";
    for (const QString &name : {u"llama-cli"_s, u"llama-server"_s})
        fixture.write(folder + u"/bin/"_s + name, script, true);
    fixture.write(folder + u"/bin/llama-quantize"_s, "#!/bin/sh\necho '2 or Q4_0'\nexit 1\n", true);
    return fixture.path(folder);
}

struct Page
{
    explicit Page(const QString &settingsPath, const QString &outputRoot)
        : settings(settingsPath, QSettings::IniFormat)
        , store(settings)
        , runtime({.buildDir = u"/nowhere"_s, .cpuCount = 2, .gpuMemoryGiB = 0})
        , supervisor(runtime,
                     {.concurrency = 1,
                      .outputRoot = outputRoot,
                      .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")})
        , engine(runtime, store)
        , servers(supervisor)
        , page(engine, servers, store)
    {
        page.resize(1100, 700);
        page.show();
    }

    QSettings settings;
    SettingsStore store;
    BitNetRuntime runtime;
    RuntimeSupervisor supervisor;
    EngineContext engine;
    ServerRegistry servers;
    EnginePage page;
};

} // namespace

class TestEnginePage : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void firstStart();
    void enginesSideBySide();
    void enginesAreKept();
    void renamedAndRemoved();
    void modelsAreListedFilteredAndUsed();
    void theFirstUsableModelIsChosen();
    void modelFoldersAreKept();
    void aContextTooLongForMemory();
    void serverFormSaysWhatIsWrong();
    void serverFormWarns();
    void serverFormWarnsOfModelsElsewhere();
    void aServerThatFailsSaysWhy();
    void signsFollowThePalette();
    void everyControlHasAName();

private:
    QString path(const QString &name) const { return m_fixture->path(name); }
    void restart()
    {
        m_page.reset();
        m_page = std::make_unique<Page>(path(u"settings.ini"_s), path(u"jobs"_s));
        QVERIFY(QTest::qWaitForWindowExposed(&m_page->page));
    }
    void chooseEngine(const QString &folder)
    {
        m_page->engine.chooseBuildFolder(folder);
        QTRY_VERIFY_WITH_TIMEOUT(!m_page->engine.catalog().isProbing(), patience);
    }
    QStringList cardNames() const
    {
        QStringList names;
        for (const EngineCard *card : m_page->page.engines()->cards())
            names += card->engine().name;
        return names;
    }
    static QPushButton *button(const EngineCard *card, const QString &text)
    {
        for (QPushButton *candidate : card->findChildren<QPushButton *>()) {
            if (candidate->text() == text)
                return candidate;
        }
        return nullptr;
    }

    std::unique_ptr<Testing::EngineFixture> m_fixture;
    std::unique_ptr<Page> m_page;
};

void TestEnginePage::init()
{
    // What the machine has in PATH is none of this test's.
    qputenv("PATH", "/usr/bin:/bin");
    qunsetenv("BITNET_BUILD_DIR");
    m_fixture = std::make_unique<Testing::EngineFixture>();
    restart();
}

void TestEnginePage::cleanup()
{
    m_page.reset();
    m_fixture.reset();
}

void TestEnginePage::firstStart()
{
    if (!m_page->engine.catalog().engines().isEmpty())
        QSKIP("an engine is installed on this machine");
    QVERIFY(!m_page->engine.hasEngine());
    QVERIFY(m_page->page.engines()->cards().isEmpty());
    // What to do is said once, and the health is the machine's.
    const auto shown = [this](const QString &text) {
        int count = 0;
        for (const QWidget *widget : m_page->page.engines()->findChildren<QWidget *>()) {
            const QString has = widget->property("text").toString();
            count += widget->isVisible() && has.contains(text) ? 1 : 0;
        }
        return count;
    };
    QCOMPARE(shown(u"Choose Build Folder"_s), 1);
    QTRY_COMPARE_WITH_TIMEOUT(shown(u"Processors"_s), 1, patience);
    QCOMPARE(shown(u"llama-cli, answers prompts"_s), 0);
    // It is installed beside the application, not beside this test.
    m_page->engine.chooseBuildFolder(Testing::replayBuildDir());
    QVERIFY(m_page->engine.hasEngine());
    QTRY_COMPARE_WITH_TIMEOUT(cardNames(), QStringList{u"Replay engine"_s}, patience);
    QTRY_COMPARE_WITH_TIMEOUT(shown(u"llama-cli, answers prompts"_s), 1, patience);
}

void TestEnginePage::enginesSideBySide()
{
    const QString one = writeEngine(*m_fixture, u"one"_s, "11 (aa)");
    const QString two = writeEngine(*m_fixture, u"two"_s, "22 (bb)");
    chooseEngine(one);
    m_page->engine.addEngine(two);
    QTRY_COMPARE_WITH_TIMEOUT(cardNames(), (QStringList{u"llama.cpp 11"_s, u"llama.cpp 22"_s}), patience);
    QCOMPARE(m_page->engine.buildFolder(), one);
    const QList<EngineCard *> cards = m_page->page.engines()->cards();
    QVERIFY(!button(cards[0], u"Make Default"_s));
    QVERIFY(EngineCard::summary(cards[1]->engine()).contains("22 (bb)"_L1));
    QCOMPARE(m_page->engine.nameOf(two + u"/bin/llama-server"_s), u"llama.cpp 22"_s);
    QCOMPARE(m_page->engine.nameOf(u"/bin/sh"_s), u"/bin/sh"_s);

    QSignalSpy changed(&m_page->engine, &EngineContext::changed);
    QTest::mouseClick(button(cards[1], u"Make Default"_s), Qt::LeftButton);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_page->engine.buildFolder(), two);
    QCOMPARE(m_page->engine.runtime().findBinary(u"llama-cli"_s), std::optional(QString(two + u"/bin/llama-cli"_s)));
    QCOMPARE(m_page->engine.runtimeFor(one).findBinary(u"llama-cli"_s),
             std::optional(QString(one + u"/bin/llama-cli"_s)));
}

void TestEnginePage::enginesAreKept()
{
    const QString one = writeEngine(*m_fixture, u"one"_s, "11 (aa)");
    const QString two = writeEngine(*m_fixture, u"two"_s, "22 (bb)");
    chooseEngine(one);
    m_page->engine.addEngine(two + u"/bin"_s);
    m_page->engine.addEngine(two);
    m_page->engine.renameEngine(two, u"Second"_s);
    m_page->engine.chooseBuildFolder(two);
    restart();
    QCOMPARE(m_page->engine.buildFolder(), two);
    QTRY_COMPARE_WITH_TIMEOUT(cardNames(), (QStringList{u"llama.cpp 11"_s, u"Second"_s}), patience);
}

void TestEnginePage::renamedAndRemoved()
{
    const QString one = writeEngine(*m_fixture, u"one"_s, "11 (aa)");
    chooseEngine(one);
    m_page->engine.renameEngine(one, u"  Mine "_s);
    QCOMPARE(cardNames(), QStringList{u"Mine"_s});
    m_page->engine.renameEngine(one, QString());
    QTRY_COMPARE_WITH_TIMEOUT(cardNames(), QStringList{u"llama.cpp 11"_s}, patience);
    QTest::mouseClick(button(m_page->page.engines()->cards().constFirst(), u"Remove"_s), Qt::LeftButton);
    QVERIFY(!m_page->engine.catalog().find(one));
    QVERIFY(m_page->engine.buildFolder() != one);
    QVERIFY(m_page->store.value().buildFolder.isEmpty());
}

void TestEnginePage::modelsAreListedFilteredAndUsed()
{
    m_page->page.showTab(EnginePage::Models);
    ModelsView *view = m_page->page.models();
    view->addFolder(testModels);
    const QAbstractItemModel *rows = view->table()->model();
    QTRY_VERIFY_WITH_TIMEOUT(rows->rowCount() >= 3, patience);
    const int all = rows->rowCount();
    QVERIFY(view->useAction()->isEnabled());

    view->filterField()->setText(u"BITNET i2_s"_s);
    QCOMPARE(rows->rowCount(), 1);
    view->table()->selectRow(0);
    QVERIFY(view->currentModel().endsWith("tiny-bitnet-i2_s.gguf"_L1));
    QSignalSpy used(&m_page->page, &EnginePage::useInPromptRequested);
    view->useAction()->trigger();
    QCOMPARE(used.size(), 1);
    QCOMPARE(used[0][0].toString(), view->currentModel());

    view->filterField()->setText(u"no such model"_s);
    QCOMPARE(rows->rowCount(), 0);
    QVERIFY(!view->table()->isVisible());
    QVERIFY(!view->useAction()->isEnabled());
    view->filterField()->clear();
    QCOMPARE(rows->rowCount(), all);
}

void TestEnginePage::theFirstUsableModelIsChosen()
{
    ModelsView *view = m_page->page.models();
    const QString folder = QFileInfo(m_fixture->write(u"models/a.gguf"_s, "no model")).path();
    QVERIFY(QFile::copy(testModels + u"/tiny-llama-chat-f16.gguf"_s, folder + u"/z.gguf"_s));
    view->addFolder(folder);
    QTRY_COMPARE_WITH_TIMEOUT(view->table()->model()->rowCount(), 2, patience);
    QCOMPARE(view->currentModel(), folder + u"/z.gguf"_s);
    QVERIFY(view->serveAction()->isEnabled());
}

void TestEnginePage::modelFoldersAreKept()
{
    m_page->page.models()->addFolder(testModels);
    m_page->page.models()->addFolder(testModels);
    m_page->page.models()->contextField()->setValue(8192);
    restart();
    QVERIFY(m_page->store.value().modelFolders.has_value());
    QCOMPARE(m_page->store.value().modelFolders->count(testModels), 1);
    QCOMPARE(m_page->page.models()->contextField()->value(), 8192);
    QTRY_VERIFY_WITH_TIMEOUT(m_page->page.models()->table()->model()->rowCount() >= 3, patience);
}

void TestEnginePage::aContextTooLongForMemory()
{
    m_page->page.models()->addFolder(testModels);
    const QAbstractItemModel *rows = m_page->page.models()->table()->model();
    QTRY_VERIFY_WITH_TIMEOUT(rows->rowCount() >= 3, patience);
    static constexpr int needs = 7;
    const auto need = [&] { return rows->index(0, needs).data().toString(); };
    m_page->page.models()->contextField()->setValue(1024);
    const QString before = need();
    m_page->page.models()->contextField()->setValue(1'000'000);
    QVERIFY(need() != before);
}

void TestEnginePage::serverFormSaysWhatIsWrong()
{
    chooseEngine(writeEngine(*m_fixture, u"one"_s, "11 (aa)"));
    StartServerDialog *form = m_page->page.servers()->startServer({});
    QVERIFY(form->message(u"model"_s).isEmpty()); // an untouched form is not wrong yet
    form->modelField()->setEditText(u"/nowhere/no.gguf"_s);
    QTRY_VERIFY(form->message(u"model"_s).contains("Model file not found"_L1));
    form->setModel(testModels + u"/tiny-llama-chat-f16.gguf"_s);
    QVERIFY2(form->message(u"model"_s).isEmpty(), qPrintable(form->message(u"model"_s)));
    form->contextField()->setValue(0);
    QTRY_VERIFY(form->message(u"ctx_size"_s).contains("must be a positive integer"_L1));
    form->contextField()->setValue(512);
    form->extraField()->setText(u"--host 0.0.0.0"_s);
    QTRY_VERIFY(!form->message(u"extra"_s).isEmpty());
    QVERIFY(form->message(u"ctx_size"_s).isEmpty());
    form->startButton()->click();
    QVERIFY(form->isVisible()); // nothing is started
    QVERIFY(m_page->servers.sessions().isEmpty());
    form->extraField()->clear();
    QVERIFY(form->check());
}

void TestEnginePage::serverFormWarns()
{
    m_page->page.models()->addFolder(testModels);
    QTRY_VERIFY_WITH_TIMEOUT(m_page->page.models()->table()->model()->rowCount() >= 3, patience);
    chooseEngine(writeEngine(*m_fixture, u"one"_s, "11 (aa)"));
    StartServerDialog *form = m_page->page.servers()->startServer(testModels + u"/tiny-bitnet-i2_s.gguf"_s);
    QVERIFY2(form->message(u"model"_s).contains("only bitnet.cpp loads"_L1), qPrintable(form->message(u"model"_s)));
    form->contextField()->setValue(4096);
    QVERIFY(form->check()); // a warning stops nothing
    QVERIFY(form->message(u"ctx_size"_s).contains("2048"_L1));
    form->slotsField()->setValue(2);
    QVERIFY(form->check());
    QVERIFY(form->message(u"ctx_size"_s).isEmpty()); // each slot has half of it
}

// Of a model that is in no folder of the library, once its header is read.
void TestEnginePage::serverFormWarnsOfModelsElsewhere()
{
    chooseEngine(writeEngine(*m_fixture, u"one"_s, "11 (aa)"));
    const QString model = path(u"elsewhere.gguf"_s);
    QVERIFY(QFile::copy(testModels + u"/tiny-bitnet-i2_s.gguf"_s, model));
    QVERIFY(m_page->page.models()->table()->model()->rowCount() == 0);
    StartServerDialog *form = m_page->page.servers()->startServer(model);
    form->contextField()->setValue(4096);
    QTRY_VERIFY2(form->message(u"ctx_size"_s).contains("2048"_L1), qPrintable(form->message(u"ctx_size"_s)));
    QVERIFY2(form->message(u"model"_s).contains("only bitnet.cpp loads"_L1), qPrintable(form->message(u"model"_s)));
}

void TestEnginePage::aServerThatFailsSaysWhy()
{
    chooseEngine(writeEngine(*m_fixture, u"one"_s, "11 (aa)"));
    m_page->page.showTab(EnginePage::Servers);
    ServersView *view = m_page->page.servers();
    QVERIFY(!view->action(ServersView::Stop)->isEnabled());
    StartServerDialog *form = view->startServer(testModels + u"/tiny-llama-chat-f16.gguf"_s);
    form->startButton()->click();
    QCOMPARE(m_page->servers.sessions().size(), 1);
    const QString name = m_page->servers.sessions().constFirst()->name();
    QVERIFY(view->table()->isVisible());
    const QAbstractItemModel *rows = view->table()->model();
    QTRY_COMPARE_WITH_TIMEOUT(rows->index(0, ServerTableModel::State).data().toString(), u"Failed"_s, patience);
    QVERIFY2(view->details().contains("--nonsense"_L1), qPrintable(view->details()));
    QCOMPARE(rows->index(0, ServerTableModel::Engine).data().toString(), u"llama.cpp 11"_s);

    QSignalSpy asked(&m_page->page, &EnginePage::jobRequested);
    view->action(ServersView::Log)->trigger();
    QCOMPARE(asked.size(), 1);
    view->action(ServersView::CopyAddress)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().startsWith("http://127.0.0.1:"_L1));
    QVERIFY(view->action(ServersView::StartAgain)->isEnabled());
    view->action(ServersView::RestartOnCrash)->trigger();
    QVERIFY(m_page->servers.find(name)->snapshot().restartOnCrash);
    view->action(ServersView::Remove)->trigger();
    QVERIFY(m_page->servers.sessions().isEmpty());
    QCOMPARE(rows->rowCount(), 0);
    QVERIFY(!view->table()->isVisible());
}

void TestEnginePage::signsFollowThePalette()
{
    applyTheme(Theme::Light);
    chooseEngine(writeEngine(*m_fixture, u"one"_s, "11 (aa)"));
    const auto sign = [this] {
        for (const QLabel *label : m_page->page.engines()->cards().constFirst()->findChildren<QLabel *>()) {
            if (!label->pixmap().isNull())
                return label->pixmap().toImage();
        }
        return QImage();
    };
    const QImage light = sign();
    QVERIFY(!light.isNull());
    applyTheme(Theme::Dark);
    QTRY_VERIFY(sign() != light);
    applyTheme(Theme::Light);
    QTRY_COMPARE(sign(), light);
}

void TestEnginePage::everyControlHasAName()
{
    chooseEngine(writeEngine(*m_fixture, u"one"_s, "11 (aa)"));
    StartServerDialog *form = m_page->page.servers()->startServer({});
    for (const QWidget *root : {static_cast<const QWidget *>(&m_page->page), static_cast<const QWidget *>(form)}) {
        for (const QWidget *control : root->findChildren<QWidget *>()) {
            const bool isControl = control->inherits("QAbstractButton") || control->inherits("QAbstractItemView")
                || control->inherits("QComboBox") || control->inherits("QAbstractSpinBox");
            // Parts of Qt's own compound controls are named by these.
            if (!isControl || QByteArray(control->metaObject()->className()).contains("Private")
                || control->objectName().startsWith("qt_"_L1) || control->inherits("QHeaderView")
                || control->inherits("QComboBoxListView") || control->inherits("QTableCornerButton")
                || control->focusPolicy() == Qt::NoFocus)
                continue;
            const QAccessibleInterface *accessible =
                QAccessible::queryAccessibleInterface(const_cast<QWidget *>(control));
            QVERIFY2(accessible && !accessible->text(QAccessible::Name).isEmpty(),
                     qPrintable(QLatin1String(control->metaObject()->className()) + u" "_s + control->objectName()));
        }
    }
}

QTEST_MAIN(TestEnginePage)
#include "tst_enginepage.moc"
