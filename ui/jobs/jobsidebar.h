// SPDX-License-Identifier: MIT
#pragma once

#include "ui/jobs/jobcategory.h"
#include "ui/jobs/jobcounts.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/style/theme.h"

#include <QListWidget>

namespace BitNet {

// States, groups and models with live counts; each is a filter.
class JobSidebar : public QListWidget
{
    Q_OBJECT
public:
    explicit JobSidebar(QWidget *parent = nullptr);

    // kept: how many have a mark; without any there is no entry for them.
    void setCounts(const JobCounts &counts, int kept);
    // Category, group, model or mark of the chosen entry; text is left empty.
    JobFilter filter() const;
    // Chooses the entry of a category.
    void choose(JobCategory category);

    QSize sizeHint() const override;

    static QString title(JobCategory category);

Q_SIGNALS:
    void filterChosen();

protected:
    void changeEvent(QEvent *event) override;

private:
    QListWidgetItem *addEntry(const QString &text, const QString &icon, Tone tone);
    void addHeading(const QString &text);
    void rebuild();
    void showCount(QListWidgetItem *item, int count);

    QStringList m_groups;
    QStringList m_models;
    bool m_hasKept = false;
    QList<QListWidgetItem *> m_categories;
    QListWidgetItem *m_keptItem = nullptr;
    QList<QListWidgetItem *> m_groupItems;
    QList<QListWidgetItem *> m_modelItems;
};

} // namespace BitNet
