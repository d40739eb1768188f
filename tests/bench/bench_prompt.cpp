// SPDX-License-Identifier: MIT
// Stop on the Prompt page: from the key to what it is to bring about. One-shot: the engine's process is gone. Session: the server's
// slot is free, as /slots says when it is asked over and over. Both: the page shows the answer as stopped.
#include "benchfigure.h"

#include "core/serving/chatclient.h"
#include "ui/promptfixture.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QTemporaryDir>

#include <algorithm>
#include <functional>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 30;

double milliseconds(std::chrono::nanoseconds duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

void print(const QString &name, const std::vector<double> &values)
{
    Bench::printFigure(name + u"_median"_s, Bench::median(values), u"ms"_s);
    Bench::printFigure(name + u"_longest"_s, *std::max_element(values.begin(), values.end()), u"ms"_s);
}

// In a real event loop, as QTest::qWaitFor() sleeps 10 ms in between.
void waitFor(PromptApplication &app, const std::function<bool()> &isTrue)
{
    QEventLoop loop;
    QTimer limit;
    limit.setSingleShot(true);
    QObject::connect(&limit, &QTimer::timeout, &loop, [] { qFatal("what was waited for did not come"); });
    limit.start(patience);
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (isTrue())
            loop.quit();
    });
    const auto connection = QObject::connect(&app.supervisor, &RuntimeSupervisor::jobChanged, &loop, [&] {
        if (isTrue())
            loop.quit();
    });
    look.start(0);
    loop.exec();
    QObject::disconnect(connection);
}

MonotonicTime pressEscape(PromptApplication &app)
{
    const MonotonicTime pressed = monotonicNow();
    QTest::keyClick(app.page.promptField(), Qt::Key_Escape);
    return pressed;
}

void benchOneShot(PromptApplication &app)
{
    app.page.header()->setMode(PromptMode::OneShot);
    app.setExtraArguments(u"--then hang"_s);
    std::vector<double> gone;
    std::vector<double> shown;
    for (int round = 0; round < rounds; ++round) {
        app.send(u"Count"_s);
        app.waitForText(u"three"_s);
        waitFor(app, [&] { return app.record(app.last().job).state == JobState::Running; });
        const MonotonicTime pressed = pressEscape(app);
        waitFor(app, [&] { return app.last().state == MessageState::Stopped; });
        shown.push_back(milliseconds(monotonicNow() - pressed));
        // Taken when it was reaped, by whoever did that.
        gone.push_back(milliseconds(app.record(app.last().job).completed->monotonic - pressed));
        waitFor(app, [&] { return app.page.sendAction()->isEnabled(); });
    }
    print(u"stop_one_shot_process_gone"_s, gone);
    print(u"stop_one_shot_shown"_s, shown);
}

void benchSession(PromptApplication &app)
{
    app.page.header()->setMode(PromptMode::Session);
    app.setExtraArguments(u"--slots --standin pieces=100000 --standin piece-ms=2"_s);
    std::vector<double> freed;
    std::vector<double> shown;
    std::unique_ptr<ChatClient> client;
    for (int round = 0; round < rounds; ++round) {
        app.send(u"Go on"_s);
        app.waitForText(u"and"_s);
        const ServerSession *session = app.servers.sessions().constFirst();
        if (!client)
            client = std::make_unique<ChatClient>(
                ServerEndpoint{.url = session->snapshot().url, .apiKey = session->apiKey()});
        std::optional<MonotonicTime> freeAt;
        std::function<void()> look = [&] {
            client->get(u"/slots"_s, client.get(), [&](const ChatClient::Answer &answer) {
                const QJsonArray serverSlots = QJsonDocument::fromJson(answer.body).array();
                if (!serverSlots.isEmpty() && !serverSlots[0]["is_processing"_L1].toBool())
                    freeAt = monotonicNow();
                else
                    look();
            });
        };
        const MonotonicTime pressed = pressEscape(app);
        look();
        std::optional<MonotonicTime> shownAt;
        waitFor(app, [&] {
            if (!shownAt && app.last().state == MessageState::Stopped)
                shownAt = monotonicNow();
            return freeAt && shownAt;
        });
        freed.push_back(milliseconds(*freeAt - pressed));
        shown.push_back(milliseconds(*shownAt - pressed));
        waitFor(app, [&] { return app.page.sendAction()->isEnabled(); });
    }
    print(u"stop_session_slot_free"_s, freed);
    print(u"stop_session_shown"_s, shown);
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    applyTheme(Theme::Light);
    const EngineFixture fixture;
    PromptApplication app(fixture.path(u"kept"_s));
    app.useEngine(writeScriptedEngine(fixture), fixture.writeModel());
    app.page.activateWindow();
    app.page.focusPrompt();
    if (!QTest::qWaitForWindowActive(&app.page))
        qFatal("the page did not become active");
    benchOneShot(app);
    benchSession(app);
    return 0;
}
