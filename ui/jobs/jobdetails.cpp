// SPDX-License-Identifier: MIT
#include "ui/jobs/jobdetails.h"

#include "ui/jobs/summaryview.h"
#include "ui/jobs/timelineview.h"
#include "ui/output/outputpanel.h"
#include "ui/style/elidedlabel.h"
#include "ui/style/foldingrow.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QAction>
#include <QBoxLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

JobDetails::JobDetails(QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabBar)
    , m_corner(new QHBoxLayout)
    , m_icon(new QLabel)
    , m_name(new ElidedLabel(Tone::Plain))
    , m_state(new ToneLabel(Tone::Muted))
    , m_stack(new QStackedWidget)
    , m_nothing(new QWidget)
    , m_nothingText(new ToneLabel(Tone::Muted))
    , m_output(new OutputPanel)
    , m_summary(new SummaryView)
    , m_timeline(new TimelineView)
{
    m_tabs->addTab(tr("Output"));
    m_tabs->addTab(tr("Summary"));
    m_tabs->addTab(tr("Timeline"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(false); // the job's name gives way instead
    m_tabs->setAccessibleName(tr("Details of the selected job"));
    connect(m_tabs, &QTabBar::currentChanged, this, &JobDetails::updateShown);

    QFont bold = m_name->font();
    bold.setWeight(QFont::DemiBold);
    m_name->setFont(bold);
    m_state->setTextFormat(Qt::PlainText);
    m_name->setAlignment(Qt::AlignRight); // a long one gives way
    m_state->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);

    m_nothingText->setAlignment(Qt::AlignCenter);
    m_nothing->setBackgroundRole(QPalette::Base);
    m_nothing->setAutoFillBackground(true);
    (new QVBoxLayout(m_nothing))->addWidget(m_nothingText);

    auto *bar = new FoldingRow;
    QHBoxLayout *row = bar->row();
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    row->addWidget(m_tabs);
    row->addWidget(m_name, 1);
    row->addWidget(m_icon);
    row->addWidget(m_state);
    bar->addFoldable({m_state}); // its icon stays
    m_corner->setSpacing(2);
    row->addLayout(m_corner);

    auto *line = new QFrame;
    line->setFrameShape(QFrame::NoFrame);
    line->setFixedHeight(1);
    line->setBackgroundRole(QPalette::Mid);
    line->setAutoFillBackground(true);

    m_stack->addWidget(m_nothing);
    m_stack->addWidget(m_output);
    m_stack->addWidget(m_summary);
    m_stack->addWidget(m_timeline);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(line);
    column->addWidget(m_stack, 1);
    setRecord(std::nullopt);
}

JobId JobDetails::job() const
{
    return m_record ? m_record->id : JobId();
}

void JobDetails::setRecord(const std::optional<JobRecord> &record, int count)
{
    const bool other = record.has_value() != m_record.has_value() || (record && record->id != m_record->id);
    m_record = record;
    if (other && !record)
        m_output->clear();
    m_nothingText->setText(count > 1 ? tr("%n jobs are selected. Select one to see its output.", nullptr, count)
                                     : tr("Select a job to see its output, a summary and its timeline."));
    updateTitle();
    updateShown();
}

void JobDetails::updateTitle()
{
    m_icon->setVisible(m_record.has_value());
    if (!m_record) {
        m_name->setText({});
        m_state->clear();
        return;
    }
    const Tone tone = Wording::tone(*m_record);
    m_icon->setPixmap(
        Icons::get(Wording::icon(*m_record), toneColour(tone, palette())).pixmap(QSize(16, 16), devicePixelRatioF()));
    m_name->setText(tr("#%1  %2").arg(m_record->id.value).arg(displayName(*m_record->spec)));
    m_state->setTone(tone);
    m_state->setText(Wording::state(*m_record));
    const QString detail = Wording::detail(*m_record);
    m_state->setToolTip(detail);
    m_icon->setToolTip(detail.isEmpty() ? m_state->text() : tr("%1: %2").arg(m_state->text(), detail));
}

void JobDetails::updateShown()
{
    if (!m_record) {
        m_stack->setCurrentWidget(m_nothing);
        return;
    }
    switch (tab()) {
    case Output:
        m_output->showJob(*m_record);
        m_stack->setCurrentWidget(m_output);
        break;
    case Summary:
        m_summary->setRecord(*m_record);
        m_stack->setCurrentWidget(m_summary);
        break;
    case Timeline:
        m_timeline->setRecord(*m_record);
        m_stack->setCurrentWidget(m_timeline);
        break;
    }
}

void JobDetails::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

JobDetails::Tab JobDetails::tab() const
{
    return static_cast<Tab>(qMax(0, m_tabs->currentIndex()));
}

void JobDetails::focusContent()
{
    m_stack->currentWidget()->setFocus(Qt::ShortcutFocusReason);
}

void JobDetails::addCornerAction(QAction *action)
{
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setAutoRaise(true);
    button->setIconSize({18, 18});
    button->setAccessibleName(action->text());
    m_corner->addWidget(button);
}

void JobDetails::tick()
{
    if (m_stack->currentWidget() == m_timeline)
        m_timeline->tick();
}

} // namespace BitNet
