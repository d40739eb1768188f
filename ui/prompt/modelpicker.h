// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/ggufheader.h"

#include <QComboBox>
#include <QHash>

namespace BitNet {

class ModelLibrary;

// Chooses a model: those used lately, then those of the library, or a path that is typed. Shows names, keeps paths.
class ModelPicker : public QComboBox
{
    Q_OBJECT
public:
    explicit ModelPicker(QWidget *parent = nullptr);

    // Lists its models too, from now on.
    void setLibrary(ModelLibrary &library);
    // Empty when nothing is chosen.
    QString path() const;
    void setPath(const QString &path);
    // The newest first. Files that are gone are left out.
    void setRecent(const QStringList &paths);
    const QStringList &recent() const { return m_recent; }
    // Puts it at the head of the recent ones.
    void remember(const QString &path);

Q_SIGNALS:
    // path() may be another one.
    void pathChanged();

private:
    void fill();
    QString nameFor(const QString &path) const;

    ModelLibrary *m_library = nullptr;
    QStringList m_recent;
};

} // namespace BitNet
