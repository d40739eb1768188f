// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationstore.h"

#include <QFutureWatcher>
#include <QTimer>
#include <QWidget>

class QAction;
class QLineEdit;
class QListView;

namespace BitNet {

class ConversationListModel;
class ToneLabel;

// The conversations at the left of the page: search, new, rename, duplicate, delete with undo, export, import.
class ConversationList : public QWidget
{
    Q_OBJECT
public:
    ConversationList(ConversationStore &store, QAction *newConversation, QWidget *parent = nullptr);

    // Shows which one is open; an unknown id: none.
    void setCurrent(const QString &id);
    ConversationListModel *model() const { return m_model; }
    QListView *view() const { return m_view; }
    QLineEdit *searchField() const { return m_search; }
    QAction *renameAction() const { return m_rename; }
    QAction *removeAction() const { return m_remove; }
    QAction *undoAction() const { return m_undo; }
    // What the dialogs do.
    void exportTo(const QString &id, const QString &path, bool asJson);
    void importFrom(const QString &path);

Q_SIGNALS:
    void openRequested(const QString &id);
    // The conversation that is open was deleted.
    void currentRemoved();
    void told(const QString &text);

private:
    QString selected() const;
    void search();
    void remove();
    void duplicate();
    void askWhereToExport(bool asJson);
    void askWhatToImport();
    void updateActions();

    ConversationStore &m_store;
    ConversationListModel *m_model;
    QLineEdit *m_search;
    QListView *m_view;
    ToneLabel *m_nothing;
    ToneLabel *m_problems;
    QWidget *m_removedBar;
    ToneLabel *m_removedText;
    QAction *m_rename;
    QAction *m_duplicate;
    QAction *m_remove;
    QAction *m_undo;
    QAction *m_exportMarkdown;
    QAction *m_exportJson;
    QAction *m_import;
    QString m_current;
    QString m_removed; // what undo brings back
    QString m_restored; // to be opened when it is back
    QTimer m_searchDelay;
    QFutureWatcher<ConversationHit> m_searching;
};

} // namespace BitNet
