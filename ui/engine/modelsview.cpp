// SPDX-License-Identifier: MIT
#include "ui/engine/modelsview.h"

#include "core/runtime/machine.h"
#include "core/runtime/modelfile.h"
#include "ui/engine/enginecontext.h"
#include "ui/engine/modeltablemodel.h"
#include "ui/engine/rowtable.h"
#include "ui/jobs/elasticcolumn.h"
#include "ui/settings/appsettings.h"
#include "ui/style/emptystate.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QAction>
#include <QBoxLayout>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QUrl>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr auto memoryInterval = 5s;
// In average characters.
static constexpr int shortestPath = 16;
static constexpr int shortestWeights = 12;

namespace {

// Every word of the filter has to be somewhere in the row.
class ModelFilterProxy : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QString &text)
    {
        m_words = text.split(u' ', Qt::SkipEmptyParts);
        invalidateFilter();
    }

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override
    {
        const QString text = sourceModel()->index(row, 0, parent).data(ModelTableModel::SearchRole).toString();
        return std::all_of(m_words.cbegin(), m_words.cend(),
                           [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
    }

private:
    QStringList m_words;
};

} // namespace

ModelsView::ModelsView(EngineContext &engine, SettingsStore &settings, QWidget *parent)
    : QWidget(parent)
    , m_engine(engine)
    , m_settings(settings)
    , m_models(new ModelTableModel(this))
    , m_proxy(new ModelFilterProxy(this))
    , m_table(new QTableView)
    , m_filter(new QLineEdit)
    , m_context(new QSpinBox)
    , m_folders(new QToolButton)
    , m_folderMenu(new QMenu(this))
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState(u"model"_s, tr("No models found"), QString()))
    , m_noMatch(
          new EmptyState(u"search"_s, tr("No model matches"), tr("No model has all of the words you search for.")))
    , m_status(new ToneLabel(Tone::Muted))
    , m_details(new ToneLabel(Tone::Muted))
{
    createActions();
    setUpTable();
    m_empty->addAction(m_addFolder);
    m_empty->addAction(m_rescan);
    m_noMatch->addAction(m_clear);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_noMatch);

    m_details->setWordWrap(true);
    m_details->setTextFormat(Qt::PlainText);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_details->setContentsMargins(14, 8, 14, 4);
    m_details->setAccessibleName(tr("About the selected model"));
    auto *bottom = new QHBoxLayout;
    bottom->setContentsMargins(14, 4, 14, 10);
    bottom->setSpacing(8);
    bottom->addWidget(m_status, 1);
    for (QAction *action : {m_use, m_serve}) {
        auto *button = new QPushButton(action->icon(), action->text());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
        connect(action, &QAction::changed, button, [button, action] { button->setEnabled(action->isEnabled()); });
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        bottom->addWidget(button);
    }
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_stack, 1);
    column->addWidget(m_details);
    column->addLayout(bottom);

    m_memory.setInterval(memoryInterval);
    connect(&m_memory, &QTimer::timeout, this, &ModelsView::judge);
    ModelLibrary &library = m_engine.library();
    connect(&library, &ModelLibrary::modelsChanged, this, &ModelsView::followLibrary);
    connect(&library, &ModelLibrary::scanningChanged, this, &ModelsView::updateState);
    connect(&m_settings, &SettingsStore::changed, this, [this](const AppSettings &now) {
        m_context->setValue(now.libraryContext);
        updateState();
    });
    followLibrary();
}

void ModelsView::createActions()
{
    const auto make = [this](const QString &icon, const QString &text, const QString &tip) {
        auto *action = new QAction(Icons::get(icon), text, this);
        action->setToolTip(tip);
        return action;
    };
    m_addFolder = make(u"folder"_s, tr("Add Model Folder…"), tr("Choose a folder that holds models (*.gguf)"));
    m_rescan = make(u"refresh"_s, tr("Scan Again"), tr("Look through all model folders again"));
    m_clear = make(u"close"_s, tr("Show All Models"), tr("Clear the filter"));
    m_use = make(u"prompt"_s, tr("Use in Prompt"), tr("Go to the Prompt page with this model"));
    m_serve = make(u"run"_s, tr("Start Server…"), tr("Start a server that keeps this model loaded"));
    m_copy = make(u"copy"_s, tr("Copy Path"), tr("Copy the path of the model file"));
    m_open = make(u"folder"_s, tr("Open Folder"), tr("Show the folder of the model file"));
    connect(m_addFolder, &QAction::triggered, this, &ModelsView::chooseFolder);
    connect(m_rescan, &QAction::triggered, this, [this] { m_engine.library().rescan(); });
    connect(m_clear, &QAction::triggered, m_filter, &QLineEdit::clear);
    connect(m_use, &QAction::triggered, this, [this] {
        if (!currentModel().isEmpty())
            Q_EMIT useInPromptRequested(currentModel());
    });
    connect(m_serve, &QAction::triggered, this, [this] {
        if (!currentModel().isEmpty())
            Q_EMIT serverRequested(currentModel());
    });
    connect(m_copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(currentModel()); });
    connect(m_open, &QAction::triggered, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(currentModel()).path())); });
}

QList<QAction *> ModelsView::allActions() const
{
    return {m_addFolder, m_rescan, m_clear, m_use, m_serve, m_copy, m_open};
}

QWidget *ModelsView::makeBar()
{
    auto *bar = new QWidget;
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(14, 10, 14, 10);
    row->setSpacing(8);
    m_filter->setPlaceholderText(tr("Filter by name, architecture, type or file"));
    m_filter->setAccessibleName(tr("Filter models"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(Icons::get(u"search"_s), QLineEdit::LeadingPosition);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        static_cast<ModelFilterProxy *>(m_proxy)->setWords(text);
        updateState();
    });
    row->addWidget(m_filter, 1);

    auto *label = new QLabel(tr("&Judge memory for"));
    label->setBuddy(m_context);
    m_context->setRange(1, 1'048'576);
    m_context->setSingleStep(1024);
    m_context->setGroupSeparatorShown(true);
    m_context->setSuffix(tr(" tokens"));
    m_context->setKeyboardTracking(false);
    m_context->setValue(m_settings.value().libraryContext);
    m_context->setAccessibleName(tr("Context for which memory is judged"));
    m_context->setToolTip(tr("A longer context needs more memory for its keys and values"));
    connect(m_context, &QSpinBox::valueChanged, this, [this](int tokens) {
        m_settings.change([tokens](AppSettings &s) { s.libraryContext = tokens; });
        judge();
    });
    row->addWidget(label);
    row->addWidget(m_context);

    m_folders->setText(tr("Folders"));
    m_folders->setIcon(Icons::get(u"folder"_s));
    m_folders->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_folders->setPopupMode(QToolButton::InstantPopup);
    m_folders->setMenu(m_folderMenu);
    m_folders->setToolTip(tr("The folders that are scanned: add and remove them"));
    m_folders->setAccessibleName(tr("Model folders"));
    m_folders->setFocusPolicy(Qt::TabFocus);
    connect(m_folderMenu, &QMenu::aboutToShow, this, &ModelsView::fillFolderMenu);
    row->addWidget(m_folders);
    auto *rescan = new QToolButton;
    rescan->setDefaultAction(m_rescan);
    rescan->setAccessibleName(m_rescan->text());
    rescan->setFocusPolicy(Qt::TabFocus);
    row->addWidget(rescan);
    return bar;
}

void ModelsView::setUpTable()
{
    static constexpr int characters[] = {28, 16, 15, 13, 46, 12, 9, 13, 18, 40};
    setUpRowTable(*m_table, *m_proxy, *m_models, ModelTableModel::SortRole, characters);
    m_table->setAccessibleName(tr("Models"));
    // In a small window the path and the words about the weights give way, so that the verdict stays in sight.
    const int width = m_table->fontMetrics().averageCharWidth();
    auto *elastic = new ElasticColumn(m_table, ModelTableModel::File, width * shortestPath);
    elastic->setYielding(ModelTableModel::Quantisation, width * shortestWeights,
                         width * characters[ModelTableModel::Quantisation]);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ModelsView::updateSelection);
    connect(m_table, &QTableView::activated, m_use, &QAction::trigger);
    connect(m_models, &QAbstractItemModel::dataChanged, this, &ModelsView::updateSelection);
}

QString ModelsView::currentModel() const
{
    return m_table->currentIndex().data(ModelTableModel::PathRole).toString();
}

void ModelsView::followLibrary()
{
    m_models->setModels(m_engine.library().models());
    judge();
    if (!m_table->currentIndex().isValid())
        m_table->selectRow(firstUsableRow());
    updateState();
}

// Of the table as it is sorted; the first row when no model can be used, -1 when there is none.
int ModelsView::firstUsableRow() const
{
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        if (m_proxy->index(row, 0).data(ModelTableModel::UsableRole).toBool())
            return row;
    }
    return m_proxy->rowCount() > 0 ? 0 : -1;
}

void ModelsView::judge()
{
    m_models->setConditions(m_context->value(), availableMemory());
}

void ModelsView::updateState()
{
    const ModelLibrary &library = m_engine.library();
    const int shown = m_proxy->rowCount();
    const int all = m_models->rowCount();
    m_stack->setCurrentWidget(all == 0         ? static_cast<QWidget *>(m_empty)
                                  : shown == 0 ? static_cast<QWidget *>(m_noMatch)
                                               : m_table);
    if (library.isScanning() && all == 0) {
        m_empty->setTexts(tr("Looking for models…"), tr("Folders: %1").arg(folders().join(u", "_s)));
    } else if (folders().isEmpty()) {
        m_empty->setTexts(
            tr("No model folder yet"),
            tr("Add a folder that holds models (*.gguf). It is watched: what is put there appears here."));
    } else {
        m_empty->setTexts(
            tr("No models found"),
            tr("There is no file *.gguf in %1. Put models there, or add another folder.").arg(folders().join(u", "_s)));
    }
    QStringList words{shown == all ? tr("%n model(s)", nullptr, all)
                                   : tr("%1 of %n model(s)", nullptr, all).arg(shown)};
    words += tr("in %n folder(s)", nullptr, int(folders().size()));
    if (library.isScanning())
        words += tr("scanning…");
    if (library.isCutShort())
        words += tr("there are more files than are looked at; choose smaller folders");
    if (!library.isWatchingAll())
        words += tr("too many folders to watch, looked at every 30 s");
    m_status->setText(words.join(tr(" · ")));
    m_status->setTone(library.isCutShort() ? Tone::Warning : Tone::Muted);
    m_status->setWordWrap(true);
    updateSelection();
}

void ModelsView::updateSelection()
{
    const QModelIndex current = m_proxy->mapToSource(m_table->currentIndex());
    const bool isChosen = current.isValid();
    const bool isUsable = isChosen && m_models->entry(current.row()).isUsable();
    m_use->setEnabled(isUsable);
    m_serve->setEnabled(isUsable);
    m_copy->setEnabled(isChosen);
    m_open->setEnabled(isChosen);
    m_details->setVisible(isChosen && m_stack->currentWidget() == m_table);
    if (isChosen) {
        m_details->setText(m_models->description(current.row()));
        m_details->setTone(isUsable ? Tone::Muted : Tone::Bad);
    }
}

QStringList ModelsView::folders() const
{
    return m_settings.value().modelFolders.value_or(ModelLibrary::usualFolders());
}

void ModelsView::setFolders(const QStringList &folders)
{
    m_settings.change([&](AppSettings &s) { s.modelFolders = folders; });
}

void ModelsView::fillFolderMenu()
{
    m_folderMenu->clear();
    const QStringList list = folders();
    for (const QString &folder : list) {
        const bool isThere = QFileInfo(expandHome(folder)).isDir();
        QMenu *menu = m_folderMenu->addMenu(Icons::get(isThere ? u"folder"_s : u"warning"_s),
                                            isThere ? folder : tr("%1 (not there)").arg(folder));
        connect(menu->addAction(Icons::get(u"folder"_s), tr("Open")), &QAction::triggered, this,
                [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(expandHome(folder))); });
        connect(menu->addAction(Icons::get(u"subtract"_s), tr("Don't Scan This Folder")), &QAction::triggered, this,
                [this, folder] {
                    QStringList rest = folders();
                    rest.removeAll(folder);
                    setFolders(rest);
                });
    }
    if (list.isEmpty())
        m_folderMenu->addAction(tr("No folder is scanned"))->setEnabled(false);
    m_folderMenu->addSeparator();
    m_folderMenu->addAction(m_addFolder);
    QAction *usual = m_folderMenu->addAction(Icons::get(u"refresh"_s), tr("Use the Usual Folders"));
    usual->setEnabled(m_settings.value().modelFolders.has_value());
    connect(usual, &QAction::triggered, this,
            [this] { m_settings.change([](AppSettings &s) { s.modelFolders = std::nullopt; }); });
}

void ModelsView::chooseFolder()
{
    auto *dialog = new QFileDialog(window(), tr("Folder with models"), QDir::homePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &ModelsView::addFolder);
    dialog->open();
}

void ModelsView::addFolder(const QString &folder)
{
    QStringList list = folders();
    if (!list.contains(folder))
        list += folder;
    setFolders(list);
}

void ModelsView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    judge();
    m_memory.start();
}

void ModelsView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_memory.stop();
}

void ModelsView::contextMenuEvent(QContextMenuEvent *event)
{
    if (currentModel().isEmpty() || m_stack->currentWidget() != m_table)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_use, m_serve});
    menu->addSeparator();
    menu->addActions({m_copy, m_open});
    menu->popup(event->globalPos());
}

} // namespace BitNet
