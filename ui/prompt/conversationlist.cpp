// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationlist.h"

#include "core/futures/whendone.h"
#include "ui/prompt/conversationdelegate.h"
#include "ui/prompt/conversationlistmodel.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QFileDialog>
#include <QFuture>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

ConversationList::ConversationList(ConversationStore &store, QAction *newConversation, QWidget *parent)
    : QWidget(parent)
    , m_store(store)
    , m_model(new ConversationListModel(store, this))
    , m_search(new QLineEdit)
    , m_view(new QListView)
    , m_nothing(new ToneLabel(Tone::Muted))
    , m_problems(new ToneLabel(Tone::Warning))
    , m_removedBar(new QWidget)
    , m_removedText(new ToneLabel(Tone::Muted))
    , m_rename(new QAction(Icons::get(u"edit-again"_s), tr("&Rename"), this))
    , m_duplicate(new QAction(Icons::get(u"copy"_s), tr("&Duplicate"), this))
    , m_remove(new QAction(Icons::get(u"remove"_s), tr("De&lete"), this))
    , m_undo(new QAction(tr("Undo"), this))
    , m_exportMarkdown(new QAction(Icons::get(u"export"_s), tr("Export as &Markdown…"), this))
    , m_exportJson(new QAction(Icons::get(u"export"_s), tr("Export as &JSON…"), this))
    , m_import(new QAction(Icons::get(u"folder"_s), tr("&Import…"), this))
{
    setAccessibleName(tr("Conversations"));
    m_rename->setShortcut(Qt::Key_F2);
    m_remove->setShortcut(QKeySequence::Delete);
    m_view->addActions({m_rename, m_duplicate, m_remove, m_exportMarkdown, m_exportJson, m_import});
    for (QAction *action : m_view->actions())
        action->setShortcutContext(Qt::WidgetShortcut);
    m_search->setPlaceholderText(tr("Search conversations"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_search->setClearButtonEnabled(true);
    m_search->addAction(Icons::get(u"search"_s), QLineEdit::LeadingPosition);
    auto *more = new QToolButton;
    more->setIcon(Icons::get(u"menu"_s));
    more->setAutoRaise(true);
    more->setToolTip(tr("What can be done with conversations"));
    more->setAccessibleName(more->toolTip());
    more->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(this);
    menu->addActions(m_view->actions());
    menu->insertSeparator(m_exportMarkdown);
    menu->insertSeparator(m_import);
    more->setMenu(menu);
    auto *fresh = new QPushButton(newConversation->icon(), tr("New"));
    fresh->setToolTip(tr("New conversation (Ctrl+N)"));
    fresh->setAccessibleName(tr("New conversation"));
    connect(fresh, &QPushButton::clicked, newConversation, &QAction::trigger);

    m_view->setModel(m_model);
    m_view->setItemDelegate(new ConversationDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setBackgroundRole(QPalette::Window);
    m_view->viewport()->setBackgroundRole(QPalette::Window);
    m_view->setUniformItemSizes(true);
    m_view->setMouseTracking(true);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_view->setAccessibleName(tr("Conversations"));
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    m_nothing->setContentsMargins(16, 24, 16, 0);
    m_problems->setWordWrap(true);
    m_problems->setContentsMargins(12, 6, 12, 6);
    auto *removedRow = new QHBoxLayout(m_removedBar);
    removedRow->setContentsMargins(12, 4, 8, 8);
    m_removedText->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    removedRow->addWidget(m_removedText, 1);
    auto *undo = new QToolButton;
    undo->setDefaultAction(m_undo);
    undo->setAccessibleName(tr("Undo the deletion"));
    removedRow->addWidget(undo);
    m_removedBar->hide();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(6);
    auto *top = new QHBoxLayout;
    top->setContentsMargins(10, 0, 8, 0);
    top->addWidget(fresh, 1);
    top->addWidget(more);
    auto *searchRow = new QHBoxLayout;
    searchRow->setContentsMargins(10, 0, 10, 0);
    searchRow->addWidget(m_search);
    column->addLayout(top);
    column->addLayout(searchRow);
    column->addWidget(m_nothing);
    column->addWidget(m_view, 1);
    column->addWidget(m_problems);
    column->addWidget(m_removedBar);

    connect(m_view, &QListView::clicked, this, [this](const QModelIndex &index) {
        Q_EMIT openRequested(index.data(ConversationListModel::IdRole).toString());
    });
    connect(m_view, &QListView::activated, this, [this](const QModelIndex &index) {
        Q_EMIT openRequested(index.data(ConversationListModel::IdRole).toString());
    });
    connect(m_rename, &QAction::triggered, this, [this] { m_view->edit(m_view->currentIndex()); });
    connect(m_duplicate, &QAction::triggered, this, &ConversationList::duplicate);
    connect(m_remove, &QAction::triggered, this, &ConversationList::remove);
    connect(m_undo, &QAction::triggered, this, [this] {
        m_removedBar->hide();
        m_restored = std::exchange(m_removed, {});
        m_store.restore(m_restored);
    });
    // It can be opened once it is back in its folder.
    connect(&m_store, &ConversationStore::summaryAdded, this, [this](const QString &id) {
        if (id == m_restored)
            Q_EMIT openRequested(std::exchange(m_restored, {}));
    });
    connect(m_exportMarkdown, &QAction::triggered, this, [this] { askWhereToExport(false); });
    connect(m_exportJson, &QAction::triggered, this, [this] { askWhereToExport(true); });
    connect(m_import, &QAction::triggered, this, &ConversationList::askWhatToImport);

    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(150ms);
    connect(m_search, &QLineEdit::textChanged, &m_searchDelay, qOverload<>(&QTimer::start));
    connect(&m_searchDelay, &QTimer::timeout, this, &ConversationList::search);
    connect(&m_searching, &QFutureWatcherBase::resultReadyAt, this,
            [this](int index) { m_model->hit(m_searching.resultAt(index)); });
    connect(&m_searching, &QFutureWatcherBase::finished, this, &ConversationList::updateActions);
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_model, signal, this, &ConversationList::updateActions);
    connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
        setCurrent(m_current);
        updateActions();
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this] { setCurrent(m_current); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &ConversationList::updateActions);
    connect(&m_store, &ConversationStore::failed, this, &ConversationList::told);
    connect(&m_store, &ConversationStore::problemsChanged, this, &ConversationList::updateActions);
    connect(&m_store, &ConversationStore::savingProblemChanged, this, &ConversationList::updateActions);
    updateActions();
}

QString ConversationList::selected() const
{
    return m_view->currentIndex().data(ConversationListModel::IdRole).toString();
}

void ConversationList::setCurrent(const QString &id)
{
    m_current = id;
    const QModelIndex index = m_model->indexOf(id);
    if (index.isValid() && index == m_view->currentIndex())
        return;
    if (index.isValid())
        m_view->setCurrentIndex(index);
    else
        m_view->selectionModel()->clear();
}

void ConversationList::updateActions()
{
    const QModelIndex index = m_view->currentIndex();
    const bool readOnly = index.data(ConversationListModel::ReadOnlyRole).toBool();
    m_rename->setEnabled(index.isValid() && !readOnly);
    for (QAction *action : {m_duplicate, m_remove, m_exportMarkdown, m_exportJson})
        action->setEnabled(index.isValid());
    const bool isEmpty = m_model->rowCount() == 0;
    m_nothing->setVisible(isEmpty && (!m_searching.isRunning() || !m_model->isSearching()));
    m_nothing->setText(m_model->isSearching()
                           ? tr("No conversation has these words.")
                           : tr("Your conversations will be here. They are kept on this computer only."));
    QStringList problems;
    if (!m_store.savingProblem().isEmpty())
        problems.append(m_store.savingProblem());
    if (const qsizetype count = m_store.problems().size(); count > 0)
        problems.append(tr("%n file(s) could not be read and were left alone.", nullptr, int(count)));
    m_problems->setText(problems.join(u'\n'));
    m_problems->setVisible(!problems.isEmpty());
    QStringList details;
    for (const ConversationProblem &problem : m_store.problems())
        details.append(problem.sentence);
    m_problems->setToolTip(details.mid(0, 20).join(u'\n'));
}

void ConversationList::search()
{
    m_searching.cancel();
    if (m_search->text().trimmed().isEmpty()) {
        m_model->endHits();
        return;
    }
    m_model->beginHits();
    m_searching.setFuture(m_store.search(m_search->text()));
}

void ConversationList::remove()
{
    const QString id = selected();
    const QString title = m_view->currentIndex().data().toString();
    if (id.isEmpty())
        return;
    m_store.remove(id);
    m_removed = id;
    m_removedText->setText(tr("Deleted “%1”").arg(title));
    m_removedText->setToolTip(title);
    m_removedBar->show();
    if (id == m_current)
        Q_EMIT currentRemoved();
}

void ConversationList::duplicate()
{
    whenDone(m_store.duplicate(selected()), this, [this](const QString &copy) {
        if (!copy.isEmpty())
            Q_EMIT openRequested(copy);
    });
}

void ConversationList::askWhereToExport(bool asJson)
{
    const QString id = selected();
    const QString ending = asJson ? u".json"_s : u".md"_s;
    QString name = m_view->currentIndex().data().toString().left(60);
    name.replace(u'/', u'-');
    auto *dialog = new QFileDialog(window(), tr("Export Conversation"), name + ending,
                                   asJson ? tr("Conversations (*.json)") : tr("Markdown (*.md)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, id, asJson](const QString &path) { exportTo(id, path, asJson); });
    dialog->open();
}

void ConversationList::exportTo(const QString &id, const QString &path, bool asJson)
{
    const auto tell = [this, path](const QString &problem) {
        Q_EMIT told(problem.isEmpty() ? tr("Exported to %1.").arg(path) : problem);
    };
    if (asJson)
        whenDone(m_store.exportJson(id, path), this, tell);
    else
        whenDone(m_store.exportMarkdown(id, path), this, tell);
}

void ConversationList::askWhatToImport()
{
    auto *dialog =
        new QFileDialog(window(), tr("Import Conversation"), {}, tr("Conversations (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ConversationList::importFrom);
    dialog->open();
}

void ConversationList::importFrom(const QString &path)
{
    whenDone(m_store.importJson(path), this, [this](const OpenedConversation &opened) {
        if (opened.document)
            Q_EMIT openRequested(opened.document->id());
        else
            Q_EMIT told(opened.problem);
    });
}

} // namespace BitNet
