// SPDX-License-Identifier: MIT
#pragma once

#include <QIcon>
#include <QString>
#include <QStringList>

namespace BitNet::Icons {

// A bundled line icon by its name ("run", "cancel", …), drawn in the palette's text colour of the moment: it follows a
// change between light and dark by itself. A null icon for an unknown name.
QIcon get(const QString &name);

// Whether icons that the desktop's icon theme has under a standard name are taken from there; the bundled ones stay for
// all others. Off at first: a theme has names for less than half of the icons, and two styles of drawing on one tool bar
// look like a mistake. A property of the application, like its palette; icons that exist already follow it too.
void setFromDesktop(bool wanted);
bool areFromDesktop();
// The freedesktop.org name of an icon; empty where there is none.
QString standardName(const QString &name);

// An icon in a fixed colour, for states and accents: always the bundled one.
QIcon get(const QString &name, const QColor &colour);

// The application's own icon.
QIcon application();

// The names of all bundled icons.
QStringList names();

} // namespace BitNet::Icons
