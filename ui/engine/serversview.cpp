// SPDX-License-Identifier: MIT
#include "ui/engine/serversview.h"

#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "ui/engine/enginecontext.h"
#include "ui/engine/rowtable.h"
#include "ui/engine/serverloadchart.h"
#include "ui/engine/servertablemodel.h"
#include "ui/engine/startserverdialog.h"
#include "ui/jobs/elasticcolumn.h"
#include "ui/style/emptystate.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QAction>
#include <QBoxLayout>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

// In average characters.
static constexpr int shortestModel = 14;
static constexpr int shortestName = 24;
static constexpr int wholeName = 40; // "tiny-llama-chat · 8081" and more

ServersView::ServersView(ServerRegistry &servers, EngineContext &engine, QWidget *parent)
    : QWidget(parent)
    , m_servers(servers)
    , m_engine(engine)
    , m_model(new ServerTableModel([&engine](const QString &program) { return engine.nameOf(program); }, this))
    , m_proxy(new QSortFilterProxyModel(this))
    , m_table(new QTableView)
    , m_stack(new QStackedWidget)
    , m_empty(
          new EmptyState(u"engine"_s, tr("No server is running"),
                         tr("A server keeps a model loaded and answers prompts at once, several at a time. Those that "
                            "you start appear here, with their state, address and log.")))
    , m_details(new ToneLabel(Tone::Muted))
    , m_problem(new ToneLabel(Tone::Bad))
    , m_metrics(new ToneLabel(Tone::Muted))
    , m_load(new ServerLoadChart)
{
    createActions();
    setUpTable();
    m_empty->addAction(action(Start));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_stack, 1);
    m_load->hide();
    column->addWidget(m_load);
    for (ToneLabel *label : {m_problem, m_details, m_metrics}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setContentsMargins(14, 6, 14, 4);
        label->hide();
        column->addWidget(label);
    }
    m_problem->setAccessibleName(tr("Why the selected server failed"));
    m_details->setAccessibleName(tr("About the selected server"));
    m_metrics->setAccessibleName(tr("Figures of the selected server"));
    column->addSpacing(6);

    for (ServerSession *session : m_servers.sessions())
        watch(session);
    connect(&m_servers, &ServerRegistry::added, this, &ServersView::watch);
    connect(&m_servers, &ServerRegistry::changed, this, &ServersView::take);
    connect(&m_servers, &ServerRegistry::removed, this, [this](const QString &name) {
        if (m_measured == name)
            m_measured.clear();
        m_load->forget(name);
        m_model->remove(name);
        updateSelection();
    });
    connect(&m_engine.catalog(), &EngineCatalog::changed, m_model, &ServerTableModel::renameEngines);
    updateSelection();
}

void ServersView::createActions()
{
    const auto make = [this](Action which, const QString &icon, const QString &text, const QString &tip) {
        auto *action = new QAction(Icons::get(icon), text, this);
        action->setToolTip(tip);
        m_actions[which] = action;
    };
    make(Start, u"add"_s, tr("Start Server…"), tr("Load a model and keep it loaded"));
    make(Stop, u"stop"_s, tr("Stop Server"), tr("Ask the server to end, and make it end after five seconds"));
    make(StartAgain, u"again"_s, tr("Start Server Again"), tr("With the same settings, on the same port"));
    make(Log, u"jobs"_s, tr("Show Log"), tr("What the server prints, as the output of its job"));
    make(CopyAddress, u"copy"_s, tr("Copy Address"), tr("Copy the address, http://127.0.0.1:PORT"));
    make(CopyKeyFile, u"copy"_s, tr("Copy Key File"), tr("Copy the path of the file that holds the API key"));
    make(RestartOnCrash, u"refresh"_s, tr("Restart on Crash"),
         tr("Start this server again when it ends unasked: after 1 s, then twice as long each time, 60 s at most"));
    make(Remove, u"remove"_s, tr("Remove Server"), tr("Take a server that does not run off the list"));
    action(RestartOnCrash)->setCheckable(true);

    const auto onCurrent = [this](Action which, const auto &act) {
        connect(action(which), &QAction::triggered, this, [this, act] {
            if (ServerSession *session = current())
                act(session);
        });
    };
    connect(action(Start), &QAction::triggered, this, [this] { startServer({}); });
    onCurrent(Stop, [](ServerSession *session) { session->stop(); });
    onCurrent(StartAgain, [](ServerSession *session) { session->start(); });
    onCurrent(Log, [this](ServerSession *session) { Q_EMIT jobRequested(session->snapshot().logJob); });
    onCurrent(CopyAddress, [this](ServerSession *session) {
        QGuiApplication::clipboard()->setText(session->snapshot().url.toString());
        Q_EMIT message(tr("Address copied: %1").arg(session->snapshot().url.toString()));
    });
    onCurrent(CopyKeyFile, [this](ServerSession *session) {
        QGuiApplication::clipboard()->setText(session->snapshot().keyFile);
        Q_EMIT message(tr("Path copied: %1").arg(session->snapshot().keyFile));
    });
    onCurrent(RestartOnCrash,
              [this](ServerSession *session) { session->setRestartOnCrash(action(RestartOnCrash)->isChecked()); });
    onCurrent(Remove, [this](ServerSession *session) { m_servers.remove(QString(session->name())); });
}

QWidget *ServersView::makeBar()
{
    auto *bar = new QWidget;
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(14, 10, 14, 10);
    row->setSpacing(6);
    for (const Action which : {Start, Stop, StartAgain, Log, CopyAddress, RestartOnCrash}) {
        auto *button = new QToolButton;
        button->setDefaultAction(action(which));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAccessibleName(action(which)->text());
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
    }
    row->addStretch();
    return bar;
}

void ServersView::setUpTable()
{
    static constexpr int characters[] = {wholeName, 16, 24, 19, 18, 14, 12, 14, 11, 12};
    setUpRowTable(*m_table, *m_proxy, *m_model, ServerTableModel::SortRole, characters);
    m_table->setAccessibleName(tr("Servers"));
    const int width = m_table->fontMetrics().averageCharWidth();
    auto *elastic = new ElasticColumn(m_table, ServerTableModel::Model, width * shortestModel);
    elastic->setYielding(ServerTableModel::Name, width * shortestName, width * wholeName);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ServersView::updateSelection);
    connect(m_table, &QTableView::activated, action(Log), &QAction::trigger);
}

ServerSession *ServersView::current() const
{
    return m_servers.find(m_table->currentIndex().data(ServerTableModel::NameRole).toString());
}

void ServersView::watch(ServerSession *session)
{
    connect(session, &ServerSession::metricsChanged, this, [this, session](const ServerMetrics &metrics) {
        if (session->name() != m_measured)
            return;
        QStringList words;
        const auto rate = [](std::optional<double> count, std::optional<double> seconds) {
            return count && seconds && *seconds > 0 ? std::optional(*count / *seconds) : std::nullopt;
        };
        const auto add = [&words](const QString &what, std::optional<double> count, std::optional<double> perSecond) {
            if (count && perSecond)
                words += tr("%1 (%2 tokens/s)").arg(what, Wording::rate(perSecond));
            else if (count)
                words += what;
        };
        add(tr("Since its start: %1 prompt tokens").arg(Wording::number(qint64(metrics.promptTokens.value_or(0)))),
            metrics.promptTokens, rate(metrics.promptTokens, metrics.promptSeconds));
        add(tr("%1 generated").arg(Wording::number(qint64(metrics.predictedTokens.value_or(0)))),
            metrics.predictedTokens, rate(metrics.predictedTokens, metrics.predictedSeconds));
        if (metrics.kvCacheUsage)
            words += tr("cache %1 % used").arg(qRound(*metrics.kvCacheUsage * 100));
        m_metrics->setText(words.join(tr(" · ")));
        m_metrics->setVisible(!words.isEmpty());
    });
    take(session->snapshot());
}

void ServersView::take(const ServerSnapshot &snapshot)
{
    m_model->apply(snapshot);
    m_load->take(snapshot);
    if (!m_table->currentIndex().isValid())
        select(snapshot.name);
    updateSelection();
}

void ServersView::select(const QString &name)
{
    const int row = m_model->rowOf(name);
    if (row >= 0)
        m_table->selectRow(m_proxy->mapFromSource(m_model->index(row, 0)).row());
}

void ServersView::updateSelection()
{
    m_stack->setCurrentWidget(m_model->rowCount() == 0 ? static_cast<QWidget *>(m_empty) : m_table);
    const ServerSession *session = current();
    const ServerSnapshot server = session ? session->snapshot() : ServerSnapshot();
    const bool isActive = session && server.isActive();
    action(Stop)->setEnabled(isActive && server.state != ServerState::Stopping);
    action(StartAgain)->setEnabled(session && !isActive);
    action(Log)->setEnabled(session && server.logJob.isValid());
    action(CopyAddress)->setEnabled(session && server.url.isValid());
    action(CopyKeyFile)->setEnabled(session && !server.keyFile.isEmpty());
    action(RestartOnCrash)->setEnabled(session != nullptr);
    action(RestartOnCrash)->setChecked(session && server.restartOnCrash);
    action(Remove)->setEnabled(session && !isActive);

    QStringList words;
    QStringList lines;
    if (session) {
        lines += server.model;
        words += server.url.toString();
        if (!server.keyFile.isEmpty())
            words += tr("key in %1").arg(server.keyFile);
        if (server.pid > 0)
            words += tr("process %1").arg(server.pid);
        if (server.loadTime)
            words += tr("loaded in %1").arg(Wording::duration(server.loadTime));
        if (server.hasChatTemplate)
            words +=
                *server.hasChatTemplate ? tr("the model has a chat template") : tr("the model has no chat template");
    }
    lines += words.join(tr(" · "));
    for (const ConfigurationIssue &warning : server.warnings)
        lines += warning.message;
    m_details->setText(lines.join(u'\n'));
    m_details->setVisible(session);
    m_problem->setText(server.reason);
    m_problem->setTone(server.state == ServerState::Failed ? Tone::Bad : Tone::Warning);
    m_problem->setVisible(!server.reason.isEmpty());
    m_load->setServer(server.name);
    m_load->setVisible(isActive);
    showMetrics();
}

// Of the current server, and only while somebody looks: the server is asked once a second.
void ServersView::showMetrics()
{
    ServerSession *session = isVisible() ? current() : nullptr;
    const QString name = session && session->snapshot().isRunning() ? session->name() : QString();
    if (name == m_measured)
        return;
    if (ServerSession *before = m_servers.find(m_measured))
        before->setMetricsShown(false);
    m_measured = name;
    m_metrics->hide();
    if (!name.isEmpty())
        session->setMetricsShown(true);
}

QString ServersView::details() const
{
    QStringList lines;
    for (const ToneLabel *label : {m_problem, m_details}) {
        if (!label->isHidden())
            lines += label->text();
    }
    return lines.join(u'\n');
}

StartServerDialog *ServersView::startServer(const QString &model)
{
    auto *dialog = new StartServerDialog(m_servers, m_engine, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!model.isEmpty())
        dialog->setModel(model);
    connect(dialog, &StartServerDialog::started, this, &ServersView::select);
    dialog->open();
    return dialog;
}

void ServersView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    showMetrics();
}

void ServersView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    showMetrics();
}

void ServersView::contextMenuEvent(QContextMenuEvent *event)
{
    if (!current())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({action(Stop), action(StartAgain), action(RestartOnCrash)});
    menu->addSeparator();
    menu->addActions({action(Log), action(CopyAddress), action(CopyKeyFile)});
    menu->addSeparator();
    menu->addAction(action(Remove));
    menu->popup(event->globalPos());
}

} // namespace BitNet
