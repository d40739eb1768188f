// SPDX-License-Identifier: MIT
#pragma once

#include <QDir>
#include <QFile>
#include <QIcon>
#include <QImage>
#include <QTemporaryDir>

namespace BitNet::Testing {

// The desktop's icon theme for as long as it lives: a few icons, which are green all over.
class GreenIcons
{
public:
    explicit GreenIcons(const QStringList &names)
        : m_paths(QIcon::themeSearchPaths())
        , m_name(QIcon::themeName())
    {
        const QString actions = m_folder.filePath(QStringLiteral("green/16x16/actions"));
        QFile index(m_folder.filePath(QStringLiteral("green/index.theme")));
        if (!QDir().mkpath(actions) || !index.open(QIODevice::WriteOnly))
            qFatal("no folder for icons");
        index.write("[Icon Theme]\nName=Green\nDirectories=16x16/actions\n[16x16/actions]\nSize=16\nType=Fixed\n");
        QImage green(16, 16, QImage::Format_ARGB32);
        green.fill(Qt::green);
        for (const QString &name : names)
            green.save(QStringLiteral("%1/%2.png").arg(actions, name));
        index.close();
        QIcon::setThemeSearchPaths({m_folder.path()});
        QIcon::setThemeName(QStringLiteral("green"));
    }
    ~GreenIcons()
    {
        QIcon::setThemeName(m_name);
        QIcon::setThemeSearchPaths(m_paths);
    }
    Q_DISABLE_COPY_MOVE(GreenIcons)

private:
    QTemporaryDir m_folder;
    const QStringList m_paths;
    const QString m_name;
};

} // namespace BitNet::Testing
