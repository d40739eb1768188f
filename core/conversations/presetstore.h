// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/promptpreset.h"

#include <QObject>

#include <optional>

namespace BitNet {

// A person's presets: the built-in ones and those in one small JSON file (0600), which is read at the start and written
// aside, checked, synced and renamed at each change, at once. Lives in one thread.
//
// Each change returns a sentence when it was refused or could not be written, and nothing is changed then; else "".
// A file that can't be used is left alone: the built-in presets are there, problem() says why, and the first change
// moves the file to FILE.damaged before it writes a new one.
class PresetStore : public QObject
{
    Q_OBJECT
public:
    explicit PresetStore(const QString &path, QObject *parent = nullptr);

    // The built-in ones, then the others by their names.
    QList<PromptPreset> presets() const;
    // Nothing for an unknown id.
    std::optional<PromptPreset> preset(const QString &id) const;
    // What is wrong with the file, in a sentence; empty when all is well.
    const QString &problem() const { return m_problem; }

    // Why this can't be the name of the preset with that id ("" for a new one), in a sentence; empty when it can.
    QString nameProblem(const QString &name, const QString &id = {}) const;

    // The new one's id is put into id when that is given.
    QString add(const QString &name, const PromptSettings &settings, QString *id = nullptr);
    QString update(const QString &id, const PromptSettings &settings);
    QString rename(const QString &id, const QString &name);
    QString remove(const QString &id);
    // Under a free name: "Precise (copy)", "Precise (copy 2)".
    QString duplicate(const QString &id, QString *copyId = nullptr);

    // All that are not built in, or those with the ids (built-in ones too, as presets of their own).
    QString exportTo(const QString &path, const QStringList &ids = {}) const;
    // Adds all of the file's, under free names; all or none. The number that were added is put into count.
    QString importFrom(const QString &path, int *count = nullptr);

Q_SIGNALS:
    // After each change that is on disk.
    void changed();

private:
    // Makes them the presets when they can be written.
    QString keep(const QList<PromptPreset> &own);
    QString freeName(const QString &wanted, const QList<PromptPreset> &taken) const;
    void read();

    const QString m_path;
    QList<PromptPreset> m_own;
    QString m_problem;
    bool m_damaged = false;
    bool m_readOnly = false; // a later version's
};

} // namespace BitNet
