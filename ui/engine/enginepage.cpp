// SPDX-License-Identifier: MIT
#include "ui/engine/enginepage.h"

#include "ui/engine/enginesview.h"
#include "ui/engine/modelsview.h"
#include "ui/engine/serversview.h"
#include "ui/style/icons.h"

#include <QAction>
#include <QBoxLayout>
#include <QTabWidget>

namespace BitNet {

using namespace Qt::StringLiterals;

EnginePage::EnginePage(EngineContext &engine, ServerRegistry &servers, SettingsStore &settings,
                       const QString &outputFolder, QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabWidget)
    , m_engines(new EnginesView(engine, outputFolder))
    , m_models(new ModelsView(engine, settings))
    , m_servers(new ServersView(servers, engine))
{
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Engines, models and servers"));
    m_tabs->addTab(m_engines, Icons::get(u"engine"_s), tr("Engines"));
    m_tabs->addTab(m_models, Icons::get(u"model"_s), tr("Models"));
    m_tabs->addTab(m_servers, Icons::get(u"run"_s), tr("Servers"));
    setFocusProxy(m_tabs);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_tabs);
    connect(m_models, &ModelsView::useInPromptRequested, this, &EnginePage::useInPromptRequested);
    connect(m_models, &ModelsView::serverRequested, this, [this](const QString &model) {
        showTab(Servers);
        m_servers->startServer(model);
    });
    connect(m_servers, &ServersView::jobRequested, this, &EnginePage::jobRequested);
    connect(m_servers, &ServersView::message, this, &EnginePage::message);
}

void EnginePage::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

QAction *EnginePage::chooseFolderAction() const
{
    return m_engines->chooseFolderAction();
}

QAction *EnginePage::replayAction() const
{
    return m_engines->replayAction();
}

QAction *EnginePage::refreshAction() const
{
    return m_engines->refreshAction();
}

QList<QAction *> EnginePage::allActions() const
{
    return QList{chooseFolderAction(), replayAction(), refreshAction()} + m_models->allActions()
        + m_servers->allActions();
}

} // namespace BitNet
