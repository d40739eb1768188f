// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/presetstore.h"

#include <QWidget>

class QAction;
class QComboBox;

namespace BitNet {

// Chooses a preset and keeps presets: save as, update, rename, duplicate, delete, import, export.
class PresetBox : public QWidget
{
    Q_OBJECT
public:
    explicit PresetBox(PresetStore &presets, QWidget *parent = nullptr);

    // What is set now: the box says which preset it is, or that it was changed since.
    void setCurrent(const PromptSettings &settings);
    // The name of the preset that the current settings are; empty: none, or a changed one.
    QString presetName() const;
    // settings with what the preset says. A built-in one says how tokens are chosen and how many; others say all, but leave an
    // engine, a model or a system prompt that they don't name as it is.
    static PromptSettings applied(const PromptPreset &preset, PromptSettings settings);

    QComboBox *choice() const { return m_choice; }
    QAction *saveAsAction() const { return m_saveAs; }
    QAction *updateAction() const { return m_update; }
    QAction *removeAction() const { return m_remove; }
    // What the dialogs do.
    void saveAs(const QString &name);
    void rename(const QString &name);
    void importFrom(const QString &path);
    void exportTo(const QString &path);

Q_SIGNALS:
    void chosen(const BitNet::PromptPreset &preset);
    void told(const QString &text);

private:
    void fill();
    void follow();
    void askForName(const QString &title, const QString &name, void (PresetBox::*act)(const QString &));
    std::optional<PromptPreset> base() const { return m_presets.preset(m_base); }
    // True when there is no problem; else it is told.
    bool succeeded(const QString &problem);

    PresetStore &m_presets;
    PromptSettings m_current;
    QString m_base; // id of the preset that was chosen last
    bool m_isBase = false; // and nothing was changed since
    QComboBox *m_choice;
    QAction *m_saveAs;
    QAction *m_update;
    QAction *m_rename;
    QAction *m_duplicate;
    QAction *m_remove;
};

} // namespace BitNet
