// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationstore.h"
#include "core/conversations/presetstore.h"
#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "core/supervisor/runtimesupervisor.h"
#include "support/enginefixture.h"
#include "ui/engine/enginecontext.h"
#include "ui/prompt/conversationarea.h"
#include "ui/prompt/conversationview.h"
#include "ui/prompt/messagebar.h"
#include "ui/prompt/modelpicker.h"
#include "ui/prompt/promptheader.h"
#include "ui/prompt/promptpage.h"
#include "ui/prompt/samplingpanel.h"
#include "ui/settings/appsettings.h"

#include <QAction>
#include <QHash>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSettings>
#include <QTest>
#include <QToolButton>

#include <memory>

namespace BitNet::Testing {

inline constexpr int patience = 30'000;

// A build folder whose programs do what the page's extra arguments say.
// llama-cli repeats the prompt and prints: --say TEXT; and then: --then end|eos|hang|fail|abort. What is in perf.txt in that
// folder are its last words.
// llama-server is the stand-in server: --standin NAME=VALUE (see standinserver.cpp).
inline QString writeScriptedEngine(const EngineFixture &fixture, const QString &folder = QStringLiteral("scripted"))
{
    const QString help = fixture.write(folder + QStringLiteral("/help.txt"), recordedHelp(QStringLiteral("llamacpp")));
    fixture.write(folder + QStringLiteral("/bin/llama-cli"),
                  "#!/bin/sh\n"
                  "case \"$1\" in\n"
                  "--help) cat '"
                      + help.toUtf8()
                      + "'; exit 0 ;;\n"
                        "--version) echo 'version: 7 (scripted)' >&2; exit 0 ;;\n"
                        "esac\n"
                        "say='one two three'; then=end\n"
                        "while [ $# -gt 0 ]; do\n"
                        "    case \"$1\" in\n"
                        "    -p) prompt=$2; shift ;;\n"
                        "    --say) say=$2; shift ;;\n"
                        "    --then) then=$2; shift ;;\n"
                        "    esac\n"
                        "    shift\n"
                        "done\n"
                        "printf ' %s %s' \"$prompt\" \"$say\"\n"
                        "[ -e '"
                      + fixture.path(folder).toUtf8() + "/perf.txt' ] && cat '" + fixture.path(folder).toUtf8()
                      + "/perf.txt' >&2\n"
                        "case $then in\n"
                        "eos) printf ' [end of text]\\n\\n\\n' ;;\n"
                        "hang) exec sleep 600 ;;\n"
                        "fail) echo 'llama_model_load: error loading model: no such luck' >&2; exit 1 ;;\n"
                        "abort) kill -ABRT $$ ;;\n"
                        "esac\n",
                  true);
    fixture.write(folder + QStringLiteral("/bin/llama-server"),
                  "#!/bin/sh\nexec '" BITNET_BIN_DIR "/bitnet-standinserver' \"$@\"\n", true);
    // Which types it knows tells whose build it is: llama.cpp's.
    fixture.write(folder + QStringLiteral("/bin/llama-quantize"), "#!/bin/sh\necho '2 or Q4_0'\nexit 1\n", true);
    return fixture.path(folder);
}

// The Prompt page over a real supervisor and real processes, wired as the window does it. Everything that is kept is in one
// folder, so that another one there is the application after a restart.
class PromptApplication
{
public:
    explicit PromptApplication(const QString &folder)
        : settings(folder + QStringLiteral("/settings.ini"), QSettings::IniFormat)
        , store(settings)
        , runtime({.buildDir = QStringLiteral("/nowhere"), .cpuCount = 2, .gpuMemoryGiB = 0})
        , supervisor(runtime,
                     {.concurrency = 2,
                      .outputRoot = folder + QStringLiteral("/jobs"),
                      .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim")})
        , engine(runtime, store)
        , servers(supervisor)
        , conversations(folder + QStringLiteral("/conversations"))
        , presets(folder + QStringLiteral("/presets.json"))
        , page({.supervisor = supervisor,
                .engine = engine,
                .servers = servers,
                .settings = store,
                .conversations = conversations,
                .presets = presets})
    {
        QObject::connect(&supervisor, &RuntimeSupervisor::jobChanged, &page, [this](const JobRecord &record) {
            records.insert(record.id, record);
            page.take({record});
        });
        page.restoreState(settings);
        page.resize(1280, 800);
        page.show();
    }

    // As the window does when it closes.
    void keepState()
    {
        page.saveState(settings);
        settings.sync();
    }
    void useEngine(const QString &buildFolder, const QString &model)
    {
        engine.useBuildFolder(buildFolder);
        page.modelField()->setEditText(model);
    }
    void setExtraArguments(const QString &text) { extraField()->setText(text); }
    QLineEdit *extraField() { return fieldNamed<QLineEdit>(QStringLiteral("Extra arguments")); }
    // A control of the page by the name that a screen reader says.
    template<typename Widget>
    Widget *fieldNamed(const QString &accessibleName)
    {
        for (Widget *widget : page.findChildren<Widget *>()) {
            if (widget->accessibleName() == accessibleName)
                return widget;
        }
        return nullptr;
    }

    // As a person who types it and presses Send.
    bool send(const QString &prompt)
    {
        page.promptField()->setPlainText(prompt);
        if (!QTest::qWaitFor([this] { return page.sendAction()->isEnabled(); }, patience))
            return false;
        page.sendAction()->trigger();
        return true;
    }
    const Conversation &conversation() const { return page.document()->conversation(); }
    // The end of the branch that is shown; a default one when there is none.
    Message last() const
    {
        const Message *message = conversation().message(conversation().leaf());
        return message ? *message : Message();
    }
    bool isAnswered() const
    {
        return last().role == MessageRole::Assistant && !page.document()->isGenerating()
            && page.sendAction()->isEnabled();
    }
    bool waitForAnswer() const
    {
        return QTest::qWaitFor([this] { return isAnswered(); }, patience);
    }
    // Waits until this much of the answer is shown.
    bool waitForText(const QString &text) const
    {
        return QTest::qWaitFor([&] { return last().text.contains(text); }, patience);
    }
    JobRecord record(JobId id) const { return records.value(id); }
    // A button of the bar under a message: "again", "edit-again", "copy", "version-previous", "version-next", "jobs".
    QToolButton *button(const ConversationView *view, MessageId message, const QString &name) const
    {
        for (const MessageBar *bar : view->viewport()->findChildren<MessageBar *>()) {
            if (bar->isVisible() && bar->message() == message)
                return bar->findChild<QToolButton *>(name);
        }
        return nullptr;
    }
    QToolButton *button(MessageId message, const QString &name) const
    {
        return button(page.area()->view(), message, name);
    }

    QSettings settings;
    SettingsStore store;
    BitNetRuntime runtime;
    RuntimeSupervisor supervisor;
    EngineContext engine;
    ServerRegistry servers;
    ConversationStore conversations;
    PresetStore presets;
    QHash<JobId, JobRecord> records; // the newest of each job
    PromptPage page;
};

} // namespace BitNet::Testing
