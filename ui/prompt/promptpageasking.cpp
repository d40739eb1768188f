// SPDX-License-Identifier: MIT
// What the page asks, and of whom: sending, asking again, editing, comparing, stopping.
#include "ui/engine/enginecontext.h"
#include "ui/prompt/comparebar.h"
#include "ui/prompt/composer.h"
#include "ui/prompt/conversationarea.h"
#include "ui/prompt/conversationview.h"
#include "ui/prompt/modelpicker.h"
#include "ui/prompt/presetbox.h"
#include "ui/prompt/promptedit.h"
#include "ui/prompt/promptheader.h"
#include "ui/prompt/promptpage.h"
#include "ui/prompt/samplingpanel.h"
#include "ui/settings/appsettings.h"

#include <QAction>
#include <QDir>

namespace BitNet {

using namespace Qt::StringLiterals;

PromptQuestion PromptPage::question() const
{
    PromptQuestion question;
    question.mode = m_header->mode();
    question.settings = m_panel->settings(m_chosen);
    question.settings.model = m_header->model()->path();
    question.settings.engine = m_header->engineName();
    question.engineFolder = m_header->engineFolder();
    question.preset = m_header->presets()->presetName();
    question.limits = m_panel->limits(m_settings.value().limits);
    question.withHistory = m_panel->withHistory();
    return question;
}

QString PromptPage::engineNameOf(const PromptQuestion &question) const
{
    const QString folder = question.engineFolder.isEmpty() ? m_engine.buildFolder() : question.engineFolder;
    const auto engine = m_engine.catalog().find(folder);
    return engine ? engine->name : QDir(folder).dirName();
}

bool PromptPage::checkQuestion(const PromptQuestion &asked, const QString &prompt, bool all)
{
    PromptRunner::Check check = m_runner->check(asked, prompt);
    check.errors += m_panel->unreadable();
    if (const QString missing = m_header->missingEngine(); !missing.isEmpty() && asked.engineFolder.isEmpty())
        check.errors.append(
            {u"binary"_s, tr("The engine “%1” is not on this computer any more. Choose another one.").arg(missing)});
    if (!all) {
        // Nobody wants to hear of a field that was not filled in yet.
        check.errors.removeIf([&asked](const ConfigurationIssue &issue) {
            return issue.field == "binary"_L1 || (issue.field == "model"_L1 && asked.settings.model.isEmpty());
        });
    }
    for (const ConfigurationIssue &warning : std::as_const(check.warnings))
        showProblem(warning, true);
    for (const ConfigurationIssue &error : std::as_const(check.errors))
        showProblem(error, false);
    if (all && !check.errors.isEmpty() && m_panel->problems().has(check.errors.constFirst().field)) {
        m_showPanel->setChecked(true);
        m_panel->reveal(check.errors.constFirst().field);
    }
    return check.errors.isEmpty();
}

void PromptPage::send()
{
    if (!m_send->isEnabled())
        return;
    m_checkDelay.stop();
    clearProblems();
    const QString prompt = promptField()->toPlainText();
    QList<PromptQuestion> questions{question()};
    if (!checkQuestion(questions.constFirst(), prompt, true))
        return;
    if (m_compare->isChecked()) {
        questions.append(questionFor(true));
        const PromptRunner::Check check = m_runner->check(questions.constLast(), prompt);
        if (!check.errors.isEmpty())
            return m_compareBar->showProblem(check.errors.constFirst().message);
    }
    const MessageId asked =
        m_editing != noMessage ? m_document->addEditedPrompt(m_editing, prompt) : m_document->addPrompt(prompt);
    if (asked == noMessage)
        return;
    promptField()->clear();
    endEditing();
    ask(asked, questions);
}

PromptQuestion PromptPage::questionFor(bool rightSide) const
{
    return rightSide ? m_compareBar->applied(question()) : question();
}

MessageId PromptPage::addAnswer(MessageId prompt, const PromptQuestion &question)
{
    m_header->model()->remember(question.settings.model);
    m_compareBar->model()->setRecent(m_header->model()->recent());
    return m_document->addAnswer(prompt, engineNameOf(question), question.settings.model, {}, question.preset);
}

void PromptPage::ask(MessageId prompt, const QList<PromptQuestion> &questions)
{
    QList<MessageId> answers;
    for (const PromptQuestion &one : questions)
        answers.append(addAnswer(prompt, one));
    if (answers.contains(noMessage))
        return;
    if (const QString model = questions.constFirst().settings.model; !model.isEmpty())
        m_settings.change([&model](AppSettings &s) { s.model = model; });
    m_document->select(answers.constFirst());
    if (answers.size() > 1)
        m_area->compare(answers[0], answers[1]);
    for (qsizetype i = 0; i < answers.size(); ++i)
        m_runner->ask(m_document, answers[i], questions[i], answers.size() > 1 && i > 0);
    m_area->view()->setFollowing(true);
    follow();
}

// While two answers are compared, the new one takes the place of the old one beside the other.
void PromptPage::regenerate(MessageId answer)
{
    const Message *message = m_document->conversation().message(answer);
    if (!message || !m_send->isEnabled())
        return;
    const MessageId prompt = message->parent;
    const Message *asked = m_document->conversation().message(prompt);
    clearProblems();
    const MessageId left = m_area->leftAnswer();
    const MessageId right = m_area->rightAnswer();
    const PromptQuestion again = questionFor(answer == right && right != noMessage);
    if (!asked || !checkQuestion(again, asked->text, true))
        return;
    if (answer != left && answer != right)
        return ask(prompt, {again});
    const MessageId fresh = addAnswer(prompt, again);
    if (fresh == noMessage)
        return;
    m_area->compare(answer == left ? fresh : left, answer == right ? fresh : right);
    m_runner->ask(m_document, fresh, again, true);
    follow();
}

void PromptPage::beginEditing(MessageId prompt)
{
    const Message *message = m_document->conversation().message(prompt);
    if (!message || m_document->isReadOnly())
        return;
    m_editing = prompt;
    promptField()->setPlainText(message->text);
    promptField()->moveCursor(QTextCursor::End);
    m_composer->setEditing(true);
    focusPrompt();
    follow();
}

void PromptPage::endEditing()
{
    if (std::exchange(m_editing, noMessage) != noMessage)
        promptField()->clear();
    m_composer->setEditing(false);
}

void PromptPage::stop()
{
    if (m_runner->isRunning(m_document.get()))
        m_runner->stop(m_document.get());
    else
        endEditing();
}

// Two answers to the last prompt, if there are any.
void PromptPage::compareLast()
{
    const Conversation &conversation = m_document->conversation();
    const MessageId leaf = conversation.leaf();
    const Message *message = conversation.message(leaf);
    const QList<MessageId> answers = message && message->role == MessageRole::Assistant
        ? conversation.children(message->parent)
        : QList<MessageId>();
    if (answers.size() < 2)
        return;
    const qsizetype right = std::max<qsizetype>(answers.indexOf(leaf), 1);
    m_area->compare(answers[right - 1], answers[right]);
}

void PromptPage::take(const QList<JobRecord> &records)
{
    m_runner->take(records);
}

} // namespace BitNet
