// SPDX-License-Identifier: MIT
#pragma once

#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
class QSortFilterProxyModel;
class QSpinBox;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace BitNet {

class EmptyState;
class EngineContext;
class ModelTableModel;
class SettingsStore;
class ToneLabel;

// The model library: what is in the folders, whether it fits into memory, and what can be done with it.
class ModelsView : public QWidget
{
    Q_OBJECT
public:
    ModelsView(EngineContext &engine, SettingsStore &settings, QWidget *parent = nullptr);

    QAction *addFolderAction() const { return m_addFolder; }
    QAction *rescanAction() const { return m_rescan; }
    QAction *useAction() const { return m_use; }
    QAction *serveAction() const { return m_serve; }
    // For those who list all actions of the window.
    QList<QAction *> allActions() const;
    QTableView *table() const { return m_table; }
    QLineEdit *filterField() const { return m_filter; }
    QSpinBox *contextField() const { return m_context; }
    // Of the current row; empty when there is none.
    QString currentModel() const;
    void addFolder(const QString &folder);

Q_SIGNALS:
    void useInPromptRequested(const QString &model);
    void serverRequested(const QString &model);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void createActions();
    QWidget *makeBar();
    void setUpTable();
    void followLibrary();
    int firstUsableRow() const;
    void judge();
    void updateState();
    void updateSelection();
    void fillFolderMenu();
    void chooseFolder();
    QStringList folders() const;
    void setFolders(const QStringList &folders);

    EngineContext &m_engine;
    SettingsStore &m_settings;
    ModelTableModel *m_models;
    QSortFilterProxyModel *m_proxy;
    QTableView *m_table;
    QLineEdit *m_filter;
    QSpinBox *m_context;
    QToolButton *m_folders;
    QMenu *m_folderMenu;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    EmptyState *m_noMatch;
    ToneLabel *m_status;
    ToneLabel *m_details;
    QAction *m_addFolder;
    QAction *m_rescan;
    QAction *m_clear;
    QAction *m_use;
    QAction *m_serve;
    QAction *m_copy;
    QAction *m_open;
    QTimer m_memory;
};

} // namespace BitNet
