// SPDX-License-Identifier: MIT
#include "ui/engine/enginecontext.h"
#include "ui/prompt/comparebar.h"
#include "ui/prompt/composer.h"
#include "ui/prompt/conversationarea.h"
#include "ui/prompt/conversationlist.h"
#include "ui/prompt/modelpicker.h"
#include "ui/prompt/promptheader.h"
#include "ui/prompt/promptpage.h"
#include "ui/prompt/samplingpanel.h"
#include "ui/settings/appsettings.h"

#include <QAction>
#include <QBoxLayout>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>
#include <QSplitter>

// How the page is laid out, and what is kept of it.

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int listWidth = 220; // at first, in pixels
static constexpr int panelWidth = 320;

void PromptPage::createActions()
{
    m_send->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    m_send->setToolTip(tr("Ask the model (Ctrl+Enter)"));
    m_stop->setShortcut(Qt::Key_Escape);
    m_stop->setToolTip(tr("Stop the engine (Esc)"));
    m_find->setShortcut(QKeySequence::Find);
    m_find->setToolTip(tr("Find in this conversation (Ctrl+F)"));
    auto *next = new QAction(tr("Find Next"), this);
    next->setShortcut(QKeySequence::FindNext);
    auto *previous = new QAction(tr("Find Previous"), this);
    previous->setShortcut(QKeySequence::FindPrevious);
    for (QAction *action : {m_send, m_stop})
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_showPanel->setToolTip(tr("Show or hide the settings of the model and its limits"));
    m_showList->setToolTip(tr("Show or hide the conversations"));
    m_compare->setToolTip(tr("One prompt to two models or presets, their answers side by side"));
    for (QAction *action : {m_showPanel, m_showList, m_compare})
        action->setCheckable(true);
    m_showPanel->setChecked(true);
    m_showList->setChecked(true);
    addActions({m_send, m_stop, m_find, next, previous});
    connect(m_find, &QAction::triggered, this, [this] { m_area->openSearch(); });
    connect(next, &QAction::triggered, this, [this] { m_area->findNext(false); });
    connect(previous, &QAction::triggered, this, [this] { m_area->findNext(true); });
    connect(m_send, &QAction::triggered, this, &PromptPage::send);
    connect(m_stop, &QAction::triggered, this, &PromptPage::stop);
    connect(m_new, &QAction::triggered, this, &PromptPage::newConversation);
    connect(m_compare, &QAction::toggled, this, [this](bool on) {
        m_compareBar->setVisible(on);
        if (!on)
            m_area->compare(noMessage, noMessage);
        else if (m_document)
            compareLast();
    });
}

void PromptPage::layOut()
{
    m_header->addBefore(m_showList);
    m_header->addAfter(m_find);
    m_header->addAfter(m_compare);
    m_header->addAfter(m_showPanel);
    m_compareBar->hide();
    m_area->addModelStep(m_header->chooseModelAction());

    auto *middle = new QWidget;
    middle->setBackgroundRole(QPalette::Base);
    middle->setAutoFillBackground(true);
    auto *middleColumn = new QVBoxLayout(middle);
    middleColumn->setContentsMargins(0, 0, 0, 0);
    middleColumn->setSpacing(0);
    middleColumn->addWidget(m_area, 1);
    middleColumn->addWidget(m_composer);

    auto *right = new QWidget;
    auto *rightColumn = new QVBoxLayout(right);
    rightColumn->setContentsMargins(0, 0, 0, 0);
    rightColumn->setSpacing(0);
    rightColumn->addWidget(m_header);
    rightColumn->addWidget(m_compareBar);
    auto *body = new QSplitter(Qt::Horizontal);
    body->setChildrenCollapsible(false);
    body->addWidget(middle);
    body->addWidget(m_panel);
    body->setStretchFactor(0, 1);
    rightColumn->addWidget(body, 1);
    body->setObjectName(u"body"_s);

    m_splitter = new QSplitter(Qt::Horizontal);
    m_splitter->setChildrenCollapsible(false);
    m_list->setMinimumWidth(160);
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(right);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({listWidth, 1000});
    body->setSizes({1000, panelWidth});
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_splitter);
    connect(m_showPanel, &QAction::toggled, m_panel, &QWidget::setVisible);
    connect(m_showList, &QAction::toggled, m_list, &QWidget::setVisible);
}

void PromptPage::addFirstStep(QAction *action)
{
    m_area->addFirstStep(action);
}

void PromptPage::saveState(QSettings &settings) const
{
    settings.setValue(u"prompt/models"_s, m_header->model()->recent());
    settings.setValue(u"prompt/model"_s, m_header->model()->path());
    settings.setValue(u"prompt/mode"_s, m_header->mode() == PromptMode::Session ? u"session"_s : u"one-shot"_s);
    settings.setValue(u"prompt/panel"_s, m_showPanel->isChecked());
    settings.setValue(u"prompt/list"_s, m_showList->isChecked());
    settings.setValue(u"prompt/history"_s, m_panel->withHistory());
    settings.setValue(u"prompt/splitter"_s, m_splitter->saveState());
    settings.setValue(u"prompt/body"_s, findChild<QSplitter *>(u"body"_s)->saveState());
    settings.setValue(u"prompt/conversation"_s, m_document->conversation().isEmpty() ? QString() : m_document->id());
    settings.setValue(u"prompt/settings"_s, QJsonDocument(toJson(m_chosen)).toJson(QJsonDocument::Compact));
}

void PromptPage::restoreState(QSettings &settings)
{
    m_header->model()->setLibrary(m_engine.library());
    m_compareBar->model()->setLibrary(m_engine.library());
    m_header->model()->setRecent(settings.value(u"prompt/models"_s).toStringList());
    m_compareBar->model()->setRecent(m_header->model()->recent());
    m_showPanel->setChecked(settings.value(u"prompt/panel"_s, true).toBool());
    m_showList->setChecked(settings.value(u"prompt/list"_s, true).toBool());
    m_panel->setWithHistory(settings.value(u"prompt/history"_s, true).toBool());
    m_splitter->restoreState(settings.value(u"prompt/splitter"_s).toByteArray());
    findChild<QSplitter *>(u"body"_s)->restoreState(settings.value(u"prompt/body"_s).toByteArray());
    m_header->setMode(settings.value(u"prompt/mode"_s).toString() == "session"_L1 ? PromptMode::Session
                                                                                  : PromptMode::OneShot);
    m_panel->setSession(m_header->mode() == PromptMode::Session);
    const QJsonObject kept = QJsonDocument::fromJson(settings.value(u"prompt/settings"_s).toByteArray()).object();
    PromptSettings chosen = promptSettingsFromJson(kept, nullptr).value_or(PromptSettings{});
    if (chosen.model.isEmpty())
        chosen.model = settings.value(u"prompt/model"_s, m_settings.value().model).toString();
    takeSettings(chosen);
    m_document->setSettings(chosen);
    if (const QString last = settings.value(u"prompt/conversation"_s).toString(); !last.isEmpty())
        openConversation(last);
    follow();
}

} // namespace BitNet
