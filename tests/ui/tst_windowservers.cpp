// SPDX-License-Identifier: MIT
// What the window says of servers: they are no jobs of the queue, and end with it.
#include "windowtest.h"

#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "ui/engine/enginepage.h"
#include "ui/engine/serversview.h"
#include "ui/mainwindow/statuscounters.h"

#include <QSignalSpy>
#include <QToolButton>

using namespace BitNet;
using namespace BitNet::Testing;

class TestWindowServers : public WindowTest
{
    Q_OBJECT
private Q_SLOTS:
    void serversAreCountedApart();
    void cancellingAllLeavesServers();
    void quittingAsksForAServer();
    void quittingStopsAnIdleServerOfThePromptPage();
    void quittingAsksForAnAnswer();

private:
    ServerSession *start(bool onDemand = false);
    // A counter of the status bar whose text contains this; null when none is shown.
    QToolButton *counter(const QString &text) const;
};

ServerSession *TestWindowServers::start(bool onDemand)
{
    ServerSettings settings{
        .request = {.model = QStringLiteral(BITNET_TEST_DATA "/models/tiny-llama-chat-f16.gguf"), .gpuLayers = 0},
        .buildDir = QStringLiteral(BITNET_BIN_DIR "/../standin-engine"),
        .onDemand = onDemand};
    settings.request.extraArguments = {u"--standin"_s, u"pieces=100000"_s, u"--standin"_s, u"piece-ms=5"_s};
    ConfigurationIssue issue;
    ServerSession *session = m_app->window.findChild<ServerRegistry *>()->start(settings, &issue);
    if (!session)
        QTest::qFail(qPrintable(issue.message), __FILE__, __LINE__);
    else if (!QTest::qWaitFor([&] { return session->snapshot().isRunning(); }, patience))
        QTest::qFail(qPrintable(u"not ready: "_s + session->snapshot().reason), __FILE__, __LINE__);
    return session;
}

QToolButton *TestWindowServers::counter(const QString &text) const
{
    for (auto *button : m_app->window.findChild<StatusCounters *>()->findChildren<QToolButton *>()) {
        if (button->isVisible() && button->text().contains(text))
            return button;
    }
    return nullptr;
}

void TestWindowServers::serversAreCountedApart()
{
    QVERIFY(!counter(u"server"_s));
    ServerSession *session = start();
    QTRY_VERIFY_WITH_TIMEOUT(counter(u"1 server"_s), patience);
    QVERIFY(counter(u"0/2 running"_s));
    const JobId request = session->submitChat({.messages = {{u"user"_s, u"Hello"_s}}, .nPredict = -1});
    const JobId program = m_app->run({u"sleep"_s, u"600"_s});
    QTRY_VERIFY_WITH_TIMEOUT(counter(u"1 answering"_s), patience);
    QTRY_VERIFY_WITH_TIMEOUT(counter(u"1/2 running"_s), patience);
    m_app->supervisor.cancel(request);
    m_app->supervisor.cancel(program);
    QTRY_VERIFY_WITH_TIMEOUT(!counter(u"answering"_s) && counter(u"0/2 running"_s), patience);

    counter(u"1 server"_s)->click();
    QCOMPARE(m_app->window.currentPage(), MainWindow::Engine);
    QVERIFY(m_app->window.findChild<EnginePage *>()->servers()->isVisible());
    session->stop();
    QTRY_VERIFY_WITH_TIMEOUT(!counter(u"server"_s), patience);
}

void TestWindowServers::cancellingAllLeavesServers()
{
    ServerSession *session = start();
    const JobId request = session->submitChat({.messages = {{u"user"_s, u"Hello"_s}}, .nPredict = -1});
    const QList<JobId> programs{m_app->run({u"sleep"_s, u"600"_s}), m_app->run({u"sleep"_s, u"600"_s}),
                                m_app->run({u"sleep"_s, u"600"_s})};
    QTRY_VERIFY_WITH_TIMEOUT(counter(u"2/2 running"_s) && counter(u"1 queued"_s) && counter(u"1 answering"_s),
                             patience);
    for (QAction *action : m_app->window.findChildren<QAction *>()) {
        if (action->text() == u"Cancel &All Jobs…"_s)
            action->trigger();
    }
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    QVERIFY2(question->informativeText().contains(u"Servers go on"_s), qPrintable(question->informativeText()));
    button(question, QMessageBox::AcceptRole)->click();
    for (const JobId id : programs + QList<JobId>{request}) {
        QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(id), patience);
        QCOMPARE(m_app->record(id)->outcome, Outcome::Cancelled);
    }
    // The one that waited was never started.
    QVERIFY(!m_app->record(programs.constLast())->started);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Ready, patience);
}

void TestWindowServers::quittingAsksForAServer()
{
    ServerSession *session = start();
    QSignalSpy ready(&m_app->window, &MainWindow::readyToQuit);
    m_app->window.close();
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    QVERIFY2(question->text().contains(u"1 server"_s), qPrintable(question->text()));
    QVERIFY2(!question->text().contains(u"job"_s), qPrintable(question->text()));
    button(question, QMessageBox::RejectRole)->click();
    QCOMPARE(ready.size(), 0);
    QVERIFY(session->snapshot().isRunning());
}

void TestWindowServers::quittingStopsAnIdleServerOfThePromptPage()
{
    const ServerSession *session = start(true);
    const JobId job = session->snapshot().job;
    QSignalSpy ready(&m_app->window, &MainWindow::readyToQuit);
    m_app->window.close();
    QVERIFY(!openQuestion(m_app->window));
    QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, patience);
    QTRY_VERIFY_WITH_TIMEOUT(m_app->isFinished(job), patience);
}

// What it is in the middle of would be lost.
void TestWindowServers::quittingAsksForAnAnswer()
{
    ServerSession *session = start(true);
    const JobId request = session->submitChat({.messages = {{u"user"_s, u"Hello"_s}}, .nPredict = -1});
    QTRY_VERIFY_WITH_TIMEOUT(m_app->state(request) == JobState::Running, patience);
    m_app->window.close();
    QMessageBox *question = openQuestion(m_app->window);
    QVERIFY(question);
    QVERIFY2(question->text().contains(u"1 job"_s), qPrintable(question->text()));
    m_app->supervisor.cancel(request);
}

QTEST_MAIN(TestWindowServers)
#include "tst_windowservers.moc"
