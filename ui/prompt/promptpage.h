// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationstore.h"
#include "core/jobs/jobrecord.h"
#include "ui/prompt/promptrunner.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QComboBox;
class QPlainTextEdit;
class QSettings;
class QSplitter;

namespace BitNet {

class CompareBar;
class Composer;
class ConversationArea;
class ConversationList;
class EngineContext;
class PresetStore;
class PromptHeader;
class RuntimeSupervisor;
class SamplingPanel;
class ServerRegistry;
class SettingsStore;

// What the page works with and doesn't own; all of it outlives the page.
struct PromptPageParts
{
    RuntimeSupervisor &supervisor;
    EngineContext &engine;
    ServerRegistry &servers;
    SettingsStore &settings;
    ConversationStore &conversations;
    PresetStore &presets;
};

// Conversations with models: asks, and shows the answers as they are generated. Each prompt is a job.
class PromptPage : public QWidget
{
    Q_OBJECT
public:
    explicit PromptPage(const PromptPageParts &parts, QWidget *parent = nullptr);
    ~PromptPage() override;

    // News of jobs; others than its own are ignored.
    void take(const QList<JobRecord> &records);
    // Puts the cursor into the prompt.
    void focusPrompt();
    // Leaves the conversation, unless it is empty, for a new one with the same settings.
    void newConversation();
    void openConversation(const QString &id);
    // Chooses it for the next prompt.
    void useModel(const QString &path);

    QAction *sendAction() const { return m_send; }
    QAction *stopAction() const { return m_stop; }
    QAction *panelAction() const { return m_showPanel; }
    QAction *listAction() const { return m_showList; }
    QAction *compareAction() const { return m_compare; }
    QAction *findAction() const { return m_find; }
    QPlainTextEdit *promptField() const;
    QComboBox *modelField() const;
    PromptHeader *header() const { return m_header; }
    SamplingPanel *panel() const { return m_panel; }
    CompareBar *compareBar() const { return m_compareBar; }
    Composer *composer() const { return m_composer; }
    ConversationList *list() const { return m_list; }
    ConversationArea *area() const { return m_area; }
    const std::shared_ptr<ConversationDocument> &document() const { return m_document; }
    // The message beside the field of this name (ConfigurationIssue::field); empty when all is well.
    QString problemOf(const QString &field) const;
    PromptQuestion question() const;
    // Buttons of the page while no engine was found.
    void addFirstStep(QAction *action);

    void saveState(QSettings &settings) const;
    void restoreState(QSettings &settings);

Q_SIGNALS:
    void jobRequested(BitNet::JobId id);
    void engineRequested();
    void message(const QString &text);

protected:
    void focusInEvent(QFocusEvent *event) override; // hands it on to the prompt

private:
    void createActions();
    void layOut();
    void connectParts();
    void setDocument(const std::shared_ptr<ConversationDocument> &document);
    void takeSettings(const PromptSettings &settings);
    void settingsEdited();
    void send();
    void ask(MessageId prompt, const QList<PromptQuestion> &questions);
    MessageId addAnswer(MessageId prompt, const PromptQuestion &question);
    void regenerate(MessageId answer);
    void beginEditing(MessageId prompt);
    void endEditing();
    void stop();
    // False when something is wrong, which is shown then. All: also what nobody has typed yet.
    bool checkQuestion(const PromptQuestion &question, const QString &prompt, bool all);
    void showProblem(const ConfigurationIssue &issue, bool isWarning);
    void clearProblems();
    void chooseModel();
    void compareLast();
    // What is to be asked of the model of a side of a comparison.
    PromptQuestion questionFor(bool rightSide) const;
    void showContextUse();
    void follow();
    void followDocument();
    void followProgress();
    QString engineNameOf(const PromptQuestion &question) const;

    EngineContext &m_engine;
    SettingsStore &m_settings;
    ConversationStore &m_conversations;
    PromptRunner *m_runner;
    QAction *m_send;
    QAction *m_stop;
    QAction *m_showPanel;
    QAction *m_showList;
    QAction *m_compare;
    QAction *m_find;
    QAction *m_new;
    PromptHeader *m_header;
    CompareBar *m_compareBar;
    ConversationList *m_list;
    ConversationArea *m_area;
    Composer *m_composer;
    SamplingPanel *m_panel;
    QSplitter *m_splitter;
    std::shared_ptr<ConversationDocument> m_document;
    PromptSettings m_chosen; // settings of the conversation that is shown, as they are set now
    QString m_opening; // the conversation that was asked for last
    MessageId m_editing = noMessage;
    QTimer m_checkDelay;
    QTimer m_followDelay;
    QTimer m_tick; // while something is generated
};

} // namespace BitNet
