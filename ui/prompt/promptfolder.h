// SPDX-License-Identifier: MIT
#pragma once

#include <QDir>
#include <QString>
#include <QTemporaryDir>

#include <optional>

namespace BitNet {

// Where conversations and presets are kept: in the application's data folder, or, without one, in a temporary folder that goes
// with this value.
class PromptFolder
{
public:
    explicit PromptFolder(const QString &dataFolder)
        : m_folder(dataFolder)
    {
        if (m_folder.isEmpty())
            m_folder = m_temporary.emplace().path();
    }

    QString conversations() const { return QDir(m_folder).filePath(QStringLiteral("conversations")); }
    QString presets() const { return QDir(m_folder).filePath(QStringLiteral("presets.json")); }

private:
    std::optional<QTemporaryDir> m_temporary;
    QString m_folder;
};

} // namespace BitNet
