// SPDX-License-Identifier: MIT
#include "ui/prompt/presetbox.h"

#include "ui/style/icons.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

PresetBox::PresetBox(PresetStore &presets, QWidget *parent)
    : QWidget(parent)
    , m_presets(presets)
    , m_choice(new QComboBox)
    , m_saveAs(new QAction(Icons::get(u"save"_s), tr("&Save as Preset…"), this))
    , m_update(new QAction(Icons::get(u"refresh"_s), tr("&Update Preset"), this))
    , m_rename(new QAction(Icons::get(u"edit-again"_s), tr("&Rename…"), this))
    , m_duplicate(new QAction(Icons::get(u"copy"_s), tr("&Duplicate"), this))
    , m_remove(new QAction(Icons::get(u"remove"_s), tr("De&lete Preset"), this))
{
    m_choice->setAccessibleName(tr("Preset"));
    m_choice->setToolTip(tr("A preset: system prompt, sampling settings, engine and model under a name"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_choice->setMinimumContentsLength(10);
    auto *importing = new QAction(Icons::get(u"folder"_s), tr("&Import…"), this);
    auto *exporting = new QAction(Icons::get(u"export"_s), tr("&Export…"), this);
    auto *menu = new QMenu(this);
    menu->addActions({m_saveAs, m_update, m_rename, m_duplicate, m_remove});
    menu->addSeparator();
    menu->addActions({importing, exporting});
    auto *more = new QToolButton;
    more->setIcon(Icons::get(u"menu"_s));
    more->setAutoRaise(true);
    more->setToolTip(tr("Save, rename and delete presets"));
    more->setAccessibleName(tr("Presets"));
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMenu(menu);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    row->addWidget(m_choice);
    row->addWidget(more);

    connect(m_choice, &QComboBox::activated, this, [this](int index) {
        const auto preset = m_presets.preset(m_choice->itemData(index).toString());
        if (!preset)
            return follow();
        m_base = preset->id;
        Q_EMIT chosen(*preset);
        follow();
    });
    connect(m_saveAs, &QAction::triggered, this, [this] { askForName(tr("Save as Preset"), {}, &PresetBox::saveAs); });
    connect(m_update, &QAction::triggered, this, [this] {
        if (succeeded(m_presets.update(m_base, m_current)))
            Q_EMIT told(tr("The preset was updated."));
    });
    connect(m_rename, &QAction::triggered, this, [this] {
        if (const auto preset = base())
            askForName(tr("Rename Preset"), preset->name, &PresetBox::rename);
    });
    connect(m_duplicate, &QAction::triggered, this, [this] {
        QString copy;
        if (succeeded(m_presets.duplicate(m_base, &copy))) {
            m_base = copy;
            follow();
        }
    });
    connect(m_remove, &QAction::triggered, this, [this] {
        const auto preset = base();
        if (preset && succeeded(m_presets.remove(preset->id)))
            Q_EMIT told(tr("Preset “%1” was deleted. Its settings are still set here: save them again to have it back.")
                            .arg(preset->name));
    });
    connect(importing, &QAction::triggered, this, [this] {
        auto *dialog = new QFileDialog(window(), tr("Import Presets"), {}, tr("Presets (*.json);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, &PresetBox::importFrom);
        dialog->open();
    });
    connect(exporting, &QAction::triggered, this, [this] {
        auto *dialog = new QFileDialog(window(), tr("Export Presets"), u"presets.json"_s, tr("Presets (*.json)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        connect(dialog, &QFileDialog::fileSelected, this, &PresetBox::exportTo);
        dialog->open();
    });
    connect(&m_presets, &PresetStore::changed, this, &PresetBox::follow);
    follow();
}

void PresetBox::setCurrent(const PromptSettings &settings)
{
    m_current = settings;
    follow();
}

QString PresetBox::presetName() const
{
    const auto preset = base();
    return preset && m_isBase ? preset->name : QString();
}

PromptSettings PresetBox::applied(const PromptPreset &preset, PromptSettings settings)
{
    if (preset.builtIn) {
        settings.temperature = preset.settings.temperature;
        settings.sampling = preset.settings.sampling;
        settings.nPredict = preset.settings.nPredict;
        return settings;
    }
    PromptSettings all = preset.settings;
    if (all.systemPrompt.isEmpty())
        all.systemPrompt = settings.systemPrompt;
    if (all.engine.isEmpty())
        all.engine = settings.engine;
    if (all.model.isEmpty())
        all.model = settings.model;
    return all;
}

void PresetBox::follow()
{
    // The chosen one as long as it fits, else whichever does; else the chosen one was changed.
    const QList<PromptPreset> presets = m_presets.presets();
    const auto fits = [this](const PromptPreset &preset) { return applied(preset, m_current) == m_current; };
    auto preset = base();
    m_isBase = preset && fits(*preset);
    if (!m_isBase && (!preset || preset->builtIn)) {
        const auto found = std::find_if(presets.cbegin(), presets.cend(), fits);
        if (found != presets.cend()) {
            m_base = found->id;
            m_isBase = true;
        }
    }
    fill();
    preset = base();
    const bool isOwn = preset && !preset->builtIn;
    m_update->setEnabled(isOwn && !m_isBase);
    m_rename->setEnabled(isOwn);
    m_remove->setEnabled(isOwn);
    m_duplicate->setEnabled(preset.has_value());
}

void PresetBox::fill()
{
    const QSignalBlocker blocker(m_choice);
    m_choice->clear();
    if (!m_isBase) {
        const auto preset = base();
        m_choice->addItem(preset && !preset->builtIn ? tr("%1 (changed)").arg(preset->name) : tr("No preset"));
    }
    for (const PromptPreset &preset : m_presets.presets()) {
        m_choice->addItem(preset.name, preset.id);
        if (m_isBase && preset.id == m_base)
            m_choice->setCurrentIndex(m_choice->count() - 1);
    }
    if (!m_isBase)
        m_choice->setCurrentIndex(0);
}

bool PresetBox::succeeded(const QString &problem)
{
    if (!problem.isEmpty())
        Q_EMIT told(problem);
    return problem.isEmpty();
}

void PresetBox::askForName(const QString &title, const QString &name, void (PresetBox::*act)(const QString &))
{
    auto *dialog = new QInputDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(tr("Name of the preset:"));
    dialog->setTextValue(name);
    connect(dialog, &QInputDialog::textValueSelected, this, act);
    dialog->open();
}

void PresetBox::saveAs(const QString &name)
{
    QString id;
    if (!succeeded(m_presets.add(name, m_current, &id)))
        return;
    m_base = id;
    follow();
    Q_EMIT told(tr("Saved as preset “%1”.").arg(presetName()));
}

void PresetBox::rename(const QString &name)
{
    succeeded(m_presets.rename(m_base, name));
}

void PresetBox::importFrom(const QString &path)
{
    int count = 0;
    if (succeeded(m_presets.importFrom(path, &count)))
        Q_EMIT told(tr("%n preset(s) imported.", nullptr, count));
}

void PresetBox::exportTo(const QString &path)
{
    if (succeeded(m_presets.exportTo(path)))
        Q_EMIT told(tr("Presets exported to %1.").arg(path));
}

} // namespace BitNet
