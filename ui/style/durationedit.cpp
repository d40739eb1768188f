// SPDX-License-Identifier: MIT
#include "ui/style/durationedit.h"

#include "core/jobs/duration.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QAction>

namespace BitNet {

using namespace Qt::StringLiterals;

DurationEdit::DurationEdit(QWidget *parent)
    : QLineEdit(parent)
{
    setPlaceholderText(tr("none"));
    setToolTip(tr("For example 500ms, 30s, 2m or 1h30m. A bare number is seconds."));
    connect(this, &QLineEdit::textChanged, this, &DurationEdit::check);
}

void DurationEdit::setDuration(std::optional<std::chrono::nanoseconds> duration)
{
    if (!duration)
        clear();
    else
        setText(duration->count() == 0 ? u"0"_s : exactDuration(*duration));
}

std::optional<std::chrono::nanoseconds> DurationEdit::duration() const
{
    const QString typed = text().trimmed();
    if (m_zeroAllowed && (typed == u"0"_s || typed == u"0s"_s))
        return std::chrono::nanoseconds(0);
    return typed.isEmpty() ? std::nullopt : parseDuration(typed);
}

QString DurationEdit::problem() const
{
    if (text().trimmed().isEmpty() || duration())
        return {};
    QString error;
    parseDuration(text().trimmed(), &error);
    return error;
}

void DurationEdit::check()
{
    const QString wrong = problem();
    const QList<QAction *> signs = findChildren<QAction *>(u"problem"_s);
    if (wrong.isEmpty()) {
        qDeleteAll(signs);
        return;
    }
    QAction *sign = signs.isEmpty()
        ? addAction(Icons::get(u"warning"_s, toneColour(Tone::Bad, palette())), QLineEdit::TrailingPosition)
        : signs.first();
    sign->setObjectName(u"problem"_s);
    sign->setToolTip(wrong);
    sign->setText(wrong);
}

} // namespace BitNet
