// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QAction;
class QVBoxLayout;

namespace BitNet {

class EmptyState;
class EngineCard;
class EngineContext;
class HealthView;
class ToneLabel;

// All engines side by side, the default one first among what is told, and how this machine is.
class EnginesView : public QWidget
{
    Q_OBJECT
public:
    // outputFolder: of this run's jobs; the disk that holds it and its like is looked at.
    EnginesView(EngineContext &engine, const QString &outputFolder, QWidget *parent = nullptr);

    QAction *chooseFolderAction() const { return m_choose; }
    // Hidden when no replay engine was installed.
    QAction *replayAction() const { return m_replay; }
    QAction *refreshAction() const { return m_refresh; }
    QList<EngineCard *> cards() const;

protected:
    void showEvent(QShowEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeHead();
    void refresh();
    void lookAtHealth();
    void display();
    void chooseFolder();
    void takeFolder(const QString &folder);
    void rename(const QString &folder);
    void remove(const QString &folder);

    EngineContext &m_engine;
    const QString m_outputRoot; // of all runs
    QAction *m_choose;
    QAction *m_replay;
    QAction *m_refresh;
    QWidget *m_head;
    ToneLabel *m_note;
    ToneLabel *m_healthTitle;
    EmptyState *m_empty;
    QVBoxLayout *m_list;
    HealthView *m_health;
};

} // namespace BitNet
