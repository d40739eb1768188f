// SPDX-License-Identifier: MIT
#include "ui/jobs/jobsidebar.h"

#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QFileInfo>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

enum Role {
    CountRole = Qt::UserRole,
    CategoryRole,
    GroupRole,
    ModelRole,
    KeptRole,
    HeadingRole,
    IconNameRole,
    ToneRole
};

class SidebarDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const bool heading = index.data(HeadingRole).toBool();
        return {120, option.fontMetrics.height() + (heading ? 18 : 13)};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QString text = index.data(Qt::DisplayRole).toString();
        const QRect row = option.rect.adjusted(6, 1, -6, -1);
        if (index.data(HeadingRole).toBool()) {
            QFont font = option.font;
            font.setPointSizeF(font.pointSizeF() * 0.88);
            font.setWeight(QFont::DemiBold);
            painter->setFont(font);
            QPalette palette = option.palette;
            palette.setCurrentColorGroup(QPalette::Active); // it can't be chosen, but is to be read
            painter->setPen(toneColour(Tone::Muted, palette));
            painter->drawText(row.adjusted(8, 0, -8, -3), Qt::AlignLeft | Qt::AlignBottom, text);
            painter->restore();
            return;
        }
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected || option.state.testFlag(QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(selected ? selectionColour(option.palette)
                                       : blend(option.palette.color(QPalette::Window),
                                               option.palette.color(QPalette::WindowText), 0.06));
            painter->drawRoundedRect(row, 5, 5);
        }
        if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
            painter->setPen(QPen(option.palette.color(QPalette::Highlight), 1.5));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(row, 5, 5);
        }
        const int count = index.data(CountRole).toInt();
        const auto tone = static_cast<Tone>(index.data(ToneRole).toInt());
        const QColor sign = toneColour(count > 0 ? tone : Tone::Muted, option.palette);
        const QRect icon(row.left() + 8, row.center().y() - 7, 16, 16);
        Icons::get(index.data(IconNameRole).toString(), sign).paint(painter, icon);
        const QString number = QLocale().toString(count);
        const int numberWidth = option.fontMetrics.horizontalAdvance(number);
        const QRect figures(row.right() - 8 - numberWidth, row.top(), numberWidth + 1, row.height());
        painter->setPen(count > 0 && tone == Tone::Bad ? sign : toneColour(Tone::Muted, option.palette));
        painter->drawText(figures, Qt::AlignRight | Qt::AlignVCenter, number);
        QFont font = option.font;
        font.setWeight(selected ? QFont::DemiBold : QFont::Normal);
        painter->setFont(font);
        painter->setPen(option.palette.color(QPalette::WindowText));
        const QRect label(icon.right() + 9, row.top(), figures.left() - icon.right() - 15, row.height());
        painter->drawText(label, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(font).elidedText(text, Qt::ElideMiddle, label.width()));
        painter->restore();
    }
};

struct Look
{
    QString icon;
    Tone tone;
};

Look lookOf(JobCategory category)
{
    switch (category) {
    case JobCategory::All:
        return {u"state-all"_s, Tone::Plain};
    case JobCategory::Queued:
        return {u"state-queued"_s, Tone::Muted};
    case JobCategory::Running:
        return {u"state-running"_s, Tone::Active};
    case JobCategory::Succeeded:
        return {u"state-succeeded"_s, Tone::Good};
    case JobCategory::Failed:
        return {u"state-failed"_s, Tone::Bad};
    case JobCategory::TimedOut:
        return {u"state-timed-out"_s, Tone::Warning};
    case JobCategory::Cancelled:
        return {u"state-cancelled"_s, Tone::Muted};
    }
    return {};
}

} // namespace

JobSidebar::JobSidebar(QWidget *parent)
    : QListWidget(parent)
{
    setFrameShape(QFrame::NoFrame);
    setItemDelegate(new SidebarDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setAccessibleName(tr("Which jobs to show"));
    changeEvent(nullptr);
    rebuild();
    connect(this, &QListWidget::currentItemChanged, this, &JobSidebar::filterChosen);
}

QString JobSidebar::title(JobCategory category)
{
    switch (category) {
    case JobCategory::All:
        return tr("All");
    case JobCategory::Queued:
        return tr("Queued");
    case JobCategory::Running:
        return tr("Running");
    case JobCategory::Succeeded:
        return tr("Succeeded");
    case JobCategory::Failed:
        return tr("Failed");
    case JobCategory::TimedOut:
        return tr("Timed out");
    case JobCategory::Cancelled:
        return tr("Cancelled");
    }
    return {};
}

QListWidgetItem *JobSidebar::addEntry(const QString &text, const QString &icon, Tone tone)
{
    auto *item = new QListWidgetItem(text, this);
    item->setData(IconNameRole, icon);
    item->setData(ToneRole, static_cast<int>(tone));
    item->setToolTip(text);
    showCount(item, 0);
    return item;
}

void JobSidebar::addHeading(const QString &text)
{
    auto *item = new QListWidgetItem(text, this);
    item->setData(HeadingRole, true);
    item->setFlags(Qt::NoItemFlags);
}

void JobSidebar::showCount(QListWidgetItem *item, int count)
{
    if (item->data(CountRole) == QVariant(count))
        return;
    item->setData(CountRole, count);
    item->setData(Qt::AccessibleTextRole, tr("%1, %n job(s)", nullptr, count).arg(item->text()));
}

void JobSidebar::rebuild()
{
    const JobFilter chosen = filter();
    const QSignalBlocker blocker(this);
    clear();
    m_categories.clear();
    m_groupItems.clear();
    m_modelItems.clear();
    addHeading(tr("Jobs"));
    for (const JobCategory category : allJobCategories) {
        const Look look = lookOf(category);
        QListWidgetItem *item = addEntry(title(category), look.icon, look.tone);
        item->setData(CategoryRole, static_cast<int>(category));
        m_categories.append(item);
    }
    m_keptItem = nullptr;
    if (m_hasKept) {
        m_keptItem = addEntry(tr("Kept"), u"keep"_s, Tone::Plain);
        m_keptItem->setData(KeptRole, true);
        m_keptItem->setToolTip(tr("Jobs with a mark, which stay when old ones are cleared away"));
    }
    if (!m_groups.isEmpty())
        addHeading(tr("Groups"));
    for (const QString &group : std::as_const(m_groups)) {
        m_groupItems.append(addEntry(group, u"group"_s, Tone::Plain));
        m_groupItems.last()->setData(GroupRole, group);
    }
    if (!m_models.isEmpty())
        addHeading(tr("Models"));
    for (const QString &model : std::as_const(m_models)) {
        m_modelItems.append(addEntry(QFileInfo(model).completeBaseName(), u"model"_s, Tone::Plain));
        m_modelItems.last()->setData(ModelRole, model);
        m_modelItems.last()->setToolTip(model);
    }
    QListWidgetItem *current = m_categories.at(static_cast<qsizetype>(chosen.category));
    for (QListWidgetItem *item : m_groupItems + m_modelItems) {
        if ((!chosen.group.isEmpty() && item->data(GroupRole).toString() == chosen.group)
            || (!chosen.model.isEmpty() && item->data(ModelRole).toString() == chosen.model))
            current = item;
    }
    if (chosen.keptOnly && m_keptItem)
        current = m_keptItem;
    setCurrentItem(current);
}

void JobSidebar::setCounts(const JobCounts &counts, int kept)
{
    const QStringList groups = counts.groups().keys();
    const QStringList models = counts.models().keys();
    if (groups != m_groups || models != m_models || (kept > 0) != m_hasKept) {
        const JobFilter before = filter();
        m_groups = groups;
        m_models = models;
        m_hasKept = kept > 0;
        rebuild();
        if (filter() != before)
            Q_EMIT filterChosen(); // the chosen entry is gone
    }
    for (qsizetype i = 0; i < m_categories.size(); ++i)
        showCount(m_categories[i], counts.count(allJobCategories[static_cast<size_t>(i)]));
    if (m_keptItem)
        showCount(m_keptItem, kept);
    for (QListWidgetItem *item : std::as_const(m_groupItems))
        showCount(item, counts.groups().value(item->data(GroupRole).toString()));
    for (QListWidgetItem *item : std::as_const(m_modelItems))
        showCount(item, counts.models().value(item->data(ModelRole).toString()));
}

JobFilter JobSidebar::filter() const
{
    JobFilter filter;
    if (const QListWidgetItem *item = currentItem()) {
        filter.category = static_cast<JobCategory>(item->data(CategoryRole).toInt());
        filter.group = item->data(GroupRole).toString();
        filter.model = item->data(ModelRole).toString();
        filter.keptOnly = item->data(KeptRole).toBool();
    }
    return filter;
}

void JobSidebar::choose(JobCategory category)
{
    setCurrentItem(m_categories.at(static_cast<qsizetype>(category)));
}

QSize JobSidebar::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 30, 300};
}

void JobSidebar::changeEvent(QEvent *event)
{
    // It lies on the window, not on a page of its own.
    if (!event || event->type() == QEvent::ApplicationPaletteChange) {
        QPalette own = QApplication::palette();
        own.setColor(QPalette::Base, own.color(QPalette::Window));
        setPalette(own);
    }
    if (event)
        QListWidget::changeEvent(event);
}

} // namespace BitNet
