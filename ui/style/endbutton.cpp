// SPDX-License-Identifier: MIT
#include "ui/style/endbutton.h"

#include "ui/style/icons.h"

#include <QAbstractScrollArea>
#include <QFontDatabase>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int margin = 12;

EndButton::EndButton(QAbstractScrollArea *view)
    : QPushButton(view->viewport())
{
    setObjectName(u"jumpToEnd"_s);
    setIcon(Icons::get(u"follow"_s));
    // Whatever font the text around it has.
    setFont(QFontDatabase::systemFont(QFontDatabase::GeneralFont));
    setCursor(Qt::ArrowCursor);
    setToolTip(tr("Go to the end and follow what comes (Ctrl+End)"));
    hide();
}

void EndButton::place(bool shown, bool hasNew)
{
    setText(hasNew ? tr("New output") : tr("Jump to end"));
    setVisible(shown);
    adjustSize();
    move(parentWidget()->width() - width() - margin, parentWidget()->height() - height() - margin);
    raise();
}

} // namespace BitNet
