// SPDX-License-Identifier: MIT
#include "ui/jobs/jobdelegate.h"

#include "ui/style/icons.h"
#include "ui/style/wording.h"

#include <QApplication>
#include <QPainter>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr double nearLimit = 0.85;
static constexpr int padding = 8;

JobDelegate::JobDelegate(const JobFilterProxy *proxy, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_proxy(proxy)
{
}

const QIcon &JobDelegate::icon(const QString &name, const QColor &colour) const
{
    QIcon &icon = m_icons[name + colour.name()];
    if (icon.isNull())
        icon = Icons::get(name, colour);
    return icon;
}

void JobDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const JobRecord &record = m_proxy->record(index.row());
    const auto colourText = [option](const QColor &colour) { option->palette.setColor(QPalette::Text, colour); };
    switch (static_cast<JobColumns::Column>(index.column())) {
    case JobColumns::State: {
        const QColor colour = toneColour(Wording::tone(record), option->palette);
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->icon = icon(Wording::icon(record), colour);
        option->decorationSize = QSize(16, 16);
        if (Wording::tone(record) != Tone::Muted)
            colourText(colour);
        break;
    }
    case JobColumns::Name:
        if (m_proxy->jobs()->isKept(record.id)) {
            option->features |= QStyleOptionViewItem::HasDecoration;
            option->icon = icon(u"keep"_s, toneColour(Tone::Active, option->palette));
            option->decorationSize = QSize(14, 14);
        }
        break;
    case JobColumns::Detail:
        colourText(toneColour(record.isFinished() && record.isFailure() ? Wording::tone(record) : Tone::Muted,
                              option->palette));
        break;
    case JobColumns::Id:
    case JobColumns::QueueWait:
    case JobColumns::Submitted:
    case JobColumns::Kind:
        colourText(toneColour(Tone::Muted, option->palette));
        break;
    default:
        break;
    }
    if (option->text == Wording::nothing())
        colourText(toneColour(Tone::Muted, option->palette));
}

void JobDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyledItemDelegate::paint(painter, option, index);
    if (index.column() != JobColumns::RunTime)
        return;
    const auto used = JobColumns::limitUsed(m_proxy->record(index.row()), monotonicNow());
    if (!used)
        return;
    const QRect groove(option.rect.left() + padding, option.rect.bottom() - 4, option.rect.width() - 2 * padding, 2);
    painter->fillRect(groove, blend(option.palette.color(QPalette::Base), option.palette.color(QPalette::Text), 0.16));
    QRect filled = groove;
    filled.setWidth(qMax(1, static_cast<int>(groove.width() * *used)));
    if (option.direction == Qt::RightToLeft)
        filled.moveRight(groove.right());
    painter->fillRect(filled, toneColour(*used >= nearLimit ? Tone::Bad : Tone::Active, option.palette));
}

} // namespace BitNet
