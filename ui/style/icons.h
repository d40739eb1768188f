// SPDX-License-Identifier: MIT
#pragma once

#include <QIcon>
#include <QString>
#include <QStringList>

namespace BitNet::Icons {

// A bundled line icon by its name ("run", "cancel", …), drawn in the palette's text colour of the moment: it follows a
// change between light and dark by itself. A null icon for an unknown name.
QIcon get(const QString &name);

// The same in a fixed colour, for states and accents.
QIcon get(const QString &name, const QColor &colour);

// The application's own icon.
QIcon application();

// The names of all bundled icons.
QStringList names();

} // namespace BitNet::Icons
