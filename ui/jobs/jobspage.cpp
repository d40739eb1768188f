// SPDX-License-Identifier: MIT
#include "ui/jobs/jobspage.h"

#include "ui/jobs/elasticcolumn.h"
#include "ui/jobs/jobdelegate.h"
#include "ui/jobs/jobdetails.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobsidebar.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/output/outputpanel.h"
#include "ui/style/choicemenu.h"
#include "ui/style/emptystate.h"
#include "ui/style/foldingrow.h"
#include "ui/style/icons.h"

#include <QBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

// In characters. Where the window is small names and reasons are cut, before the figures beside them are.
static constexpr int shortestReason = 14;
static constexpr int shortestName = 16;
static constexpr int charactersOfReason = 48; // "Its deadline of 1.50 s passed while it was queued."
static constexpr std::chrono::milliseconds fastTick(100);
static constexpr std::chrono::milliseconds slowTick(1000);

JobsPage::JobsPage(JobTableModel &jobs, JobActions &actions, QWidget *parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_actions(actions)
    , m_proxy(new JobFilterProxy(&jobs, this))
    , m_sidebar(new JobSidebar)
    , m_table(new QTableView)
    , m_details(new JobDetails)
    , m_searchField(new QLineEdit)
    , m_across(new QSplitter(Qt::Horizontal))
    , m_split(new QSplitter(Qt::Vertical))
    , m_stack(new QStackedWidget)
    , m_noJobs(
          new EmptyState(u"jobs"_s, tr("No jobs yet"),
                         tr("Commands and prompts that you run appear here, with their output, times and results.")))
    , m_noMatch(new EmptyState(u"search"_s, tr("No job matches"),
                               tr("No job is in this state, or has all of the words you search for.")))
    , m_search(new QAction(Icons::get(u"search"_s), tr("Find Jobs"), this))
    , m_showSidebar(new QAction(Icons::get(u"sidebar"_s), tr("Show Sidebar"), this))
    , m_detailsBeside(new QAction(Icons::get(u"details-beside"_s), tr("Details Beside the Table"), this))
    , m_columns(new QAction(Icons::get(u"columns"_s), tr("Choose Columns"), this))
    , m_clearFilter(new QAction(Icons::get(u"close"_s), tr("Show All Jobs"), this))
{
    setUpTable();

    m_search->setShortcut(QKeySequence::Find);
    m_search->setToolTip(tr("Search name, command, prompt and model (Ctrl+F)"));
    connect(m_search, &QAction::triggered, this, &JobsPage::focusSearch);
    m_showSidebar->setCheckable(true);
    m_showSidebar->setChecked(true);
    m_showSidebar->setShortcut(Qt::Key_F9);
    m_showSidebar->setToolTip(tr("Show or hide the sidebar (F9)"));
    connect(m_showSidebar, &QAction::toggled, m_sidebar, &QWidget::setVisible);
    m_detailsBeside->setCheckable(true);
    m_detailsBeside->setShortcut(Qt::Key_F8);
    m_detailsBeside->setToolTip(tr("Details beside the table instead of below it (F8)"));
    connect(m_detailsBeside, &QAction::toggled, this, [this](bool beside) {
        m_split->setOrientation(beside ? Qt::Horizontal : Qt::Vertical);
        const int whole = beside ? m_split->width() : m_split->height();
        m_split->setSizes({whole * 3 / 5, whole * 2 / 5});
    });
    connect(m_clearFilter, &QAction::triggered, this, [this] {
        m_searchField->clear();
        m_sidebar->choose(JobCategory::All);
    });
    m_noMatch->addAction(m_clearFilter);
    m_details->addCornerAction(m_detailsBeside);

    auto *tablePane = new QWidget;
    auto *tableColumn = new QVBoxLayout(tablePane);
    tableColumn->setContentsMargins(0, 0, 0, 0);
    tableColumn->setSpacing(0);
    tableColumn->addWidget(makeBar());
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_noMatch);
    tableColumn->addWidget(m_stack, 1);

    m_split->addWidget(tablePane);
    m_split->addWidget(m_details);
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 2);
    m_split->setChildrenCollapsible(false);
    tablePane->setMinimumHeight(140);
    m_details->setMinimumHeight(120);

    m_across->addWidget(m_sidebar);
    m_across->addWidget(m_split);
    m_across->addWidget(m_noJobs);
    m_across->setStretchFactor(0, 0);
    m_across->setStretchFactor(1, 1);
    m_across->setStretchFactor(2, 1);
    m_across->setChildrenCollapsible(false);
    m_sidebar->setMinimumWidth(150);
    auto *page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(m_across);

    connect(m_sidebar, &JobSidebar::filterChosen, this, &JobsPage::applyFilter);
    connect(&m_jobs, &JobTableModel::countsChanged, this, [this] {
        m_sidebar->setCounts(m_jobs.counts(), m_jobs.keptCount());
        updateEmptiness();
    });
    connect(&m_jobs, &JobTableModel::applied, this, &JobsPage::updateDetails);
    connect(&m_actions, &JobActions::outputRequested, this, [this](JobId) {
        m_details->showTab(JobDetails::Output);
        m_details->focusContent();
    });
    m_typing.setSingleShot(true);
    m_typing.setInterval(60);
    connect(&m_typing, &QTimer::timeout, this, &JobsPage::applyFilter);
    connect(&m_tick, &QTimer::timeout, this, &JobsPage::tick);
    m_tick.start(fastTick);
    m_sidebar->setCounts(m_jobs.counts(), m_jobs.keptCount());
    updateEmptiness();
}

QWidget *JobsPage::makeBar()
{
    auto *bar = new FoldingRow;
    QHBoxLayout *row = bar->row();
    row->setContentsMargins(8, 6, 8, 6);
    row->setSpacing(2);
    const auto addButton = [row](QAction *action, bool withText = false) {
        auto *button = new QToolButton;
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setIconSize({18, 18});
        button->setToolButtonStyle(withText ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        QString name = action->text();
        button->setAccessibleName(name.remove(u'&'));
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
        return button;
    };
    const auto addGap = [row] { row->addSpacing(10); };
    addButton(m_showSidebar);
    addGap();
    addButton(m_actions.action(JobActions::Cancel), true);
    // What there is no room for is in the context menu.
    const QList<QList<JobActions::Action>> groups = {
        {JobActions::Pause, JobActions::Resume},
        {JobActions::RunAgain, JobActions::EditAndRunAgain},
        {JobActions::MoveToTop, JobActions::MoveUp, JobActions::MoveDown, JobActions::MoveToBottom},
        {JobActions::OpenFolder, JobActions::RemoveFinished},
    };
    for (const QList<JobActions::Action> &group : groups) {
        QList<QWidget *> buttons;
        for (const JobActions::Action action : group)
            buttons.append(addButton(m_actions.action(action)));
        bar->addFoldable(buttons);
        addGap();
    }
    row->addStretch(1);

    m_searchField->setPlaceholderText(tr("Search name, command, prompt, model"));
    m_searchField->setAccessibleName(tr("Search jobs"));
    m_searchField->setClearButtonEnabled(true);
    m_searchField->addAction(m_search, QLineEdit::LeadingPosition);
    m_searchField->setMinimumWidth(120);
    m_searchField->setMaximumWidth(320);
    m_searchField->installEventFilter(this);
    connect(m_searchField, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    row->addWidget(m_searchField, 3);
    row->addSpacing(4);
    m_columns->setToolTip(tr("Choose which columns are shown"));
    QToolButton *columns = addButton(m_columns);
    connect(m_columns, &QAction::triggered, this,
            [this, columns] { showColumnMenu(columns->mapToGlobal(QPoint(0, columns->height()))); });
    return bar;
}

void JobsPage::setUpTable()
{
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new JobDelegate(m_proxy, m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setTabKeyNavigation(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setAccessibleName(tr("Jobs"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 13);
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setTextElideMode(Qt::ElideRight);
    header->setAccessibleName(tr("Columns of the table of jobs"));
    for (int column = 0; column < JobColumns::count; ++column) {
        m_table->setColumnHidden(column, !JobColumns::isShownAtFirst(static_cast<JobColumns::Column>(column)));
        m_table->setColumnWidth(column, resetColumnWidth(column));
    }
    m_elastic = new ElasticColumn(m_table, JobColumns::Detail, characters(shortestReason));
    header->setSortIndicator(m_proxy->sortColumn(), m_proxy->sortOrder());
    m_table->setSortingEnabled(true);
    m_table->addActions(m_actions.all());
    m_table->installEventFilter(this);

    connect(header, &QHeaderView::customContextMenuRequested, this,
            [this, header](const QPoint &at) { showColumnMenu(header->mapToGlobal(at)); });
    connect(m_table, &QTableView::customContextMenuRequested, this, &JobsPage::showRowMenu);
    connect(m_table, &QTableView::doubleClicked, m_actions.action(JobActions::ShowOutput), &QAction::trigger);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &JobsPage::onSelectionChanged);
    // The mark of the row that the keyboard is in is wider than the cell that the view paints again.
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, m_table->viewport(),
            qOverload<>(&QWidget::update));
}

int JobsPage::characters(int count) const
{
    return fontMetrics().averageCharWidth() * count + 20;
}

int JobsPage::resetColumnWidth(int column) const
{
    return characters(JobColumns::widthInCharacters(static_cast<JobColumns::Column>(column)));
}

// The columns as at first: those everybody needs, and as many of the next ones as leave the reasons their room.
void JobsPage::resetColumns()
{
    QHeaderView *header = m_table->horizontalHeader();
    m_elastic->setElastic(true);
    m_elastic->setYielding(JobColumns::Name, characters(shortestName), resetColumnWidth(JobColumns::Name));
    for (int column = 0; column < JobColumns::count; ++column) {
        header->moveSection(header->visualIndex(column), column);
        header->setSectionHidden(column, !JobColumns::isShownAtFirst(static_cast<JobColumns::Column>(column)));
        if (column != JobColumns::Detail && column != JobColumns::Name)
            header->resizeSection(column, resetColumnWidth(column));
    }
    const int wanted = fontMetrics().averageCharWidth() * charactersOfReason;
    for (const JobColumns::Column column : {JobColumns::Submitted, JobColumns::Command}) {
        if (m_elastic->room() - resetColumnWidth(column) < wanted)
            break;
        header->setSectionHidden(column, false);
        header->resizeSection(column, resetColumnWidth(column));
    }
}

void JobsPage::addFirstStep(QAction *action)
{
    m_noJobs->addAction(action);
}

void JobsPage::applyFilter()
{
    m_typing.stop();
    JobFilter filter = m_sidebar->filter();
    filter.text = m_searchField->text();
    m_proxy->setFilter(filter);
    updateEmptiness();
}

void JobsPage::updateEmptiness()
{
    const bool noJobs = m_jobs.rowCount() == 0;
    m_noJobs->setVisible(noJobs);
    m_split->setVisible(!noJobs);
    m_stack->setCurrentIndex(m_proxy->rowCount() == 0 ? 1 : 0);
}

void JobsPage::onSelectionChanged()
{
    QList<JobId> ids;
    const QItemSelection selection = m_table->selectionModel()->selection();
    for (const QItemSelectionRange &range : selection) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            ids.append(m_proxy->record(row).id);
    }
    m_actions.setSelection(ids);
    updateDetails();
}

void JobsPage::updateDetails()
{
    const QList<JobId> &selection = m_actions.selection();
    const JobRecord *record = selection.size() == 1 ? m_jobs.find(selection.first()) : nullptr;
    if (!record) {
        m_details->setRecord(std::nullopt, static_cast<int>(selection.size()));
        return;
    }
    m_details->setRecord(m_jobs.told(*record), 1);
}

void JobsPage::select(const QList<JobId> &ids, bool scroll)
{
    QItemSelection selection;
    int last = -1;
    for (const JobId id : ids) {
        const int row = m_proxy->rowOf(id);
        if (row < 0)
            continue;
        selection.select(m_proxy->index(row, 0), m_proxy->index(row, JobColumns::count - 1));
        last = row;
    }
    if (last < 0)
        return;
    const bool automatic = m_table->hasAutoScroll();
    m_table->setAutoScroll(automatic && scroll); // the view follows its current index otherwise
    m_table->selectionModel()->setCurrentIndex(m_proxy->index(last, 0), QItemSelectionModel::NoUpdate);
    m_table->setAutoScroll(automatic);
    m_table->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    if (scroll)
        m_table->scrollTo(m_proxy->index(last, 0));
}

void JobsPage::reveal(JobId id, bool scroll)
{
    if (m_proxy->rowOf(id) < 0)
        m_clearFilter->trigger();
    applyFilter();
    select({id}, scroll);
    m_details->showTab(JobDetails::Output);
}

void JobsPage::choose(JobCategory category)
{
    m_sidebar->choose(category);
}

// Not by a focus proxy: Tab would go past the sidebar and the tool bar, and nowhere while the table is hidden.
void JobsPage::focusInEvent(QFocusEvent *event)
{
    QWidget *shown = m_noJobs->isVisible() ? m_noJobs : m_stack->currentWidget();
    shown->setFocus(event->reason());
}

void JobsPage::focusSearch()
{
    m_searchField->setFocus(Qt::ShortcutFocusReason);
    m_searchField->selectAll();
}

bool JobsPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_table && event->type() == QEvent::Show && !m_columnsKnown) {
        m_columnsKnown = true;
        // Once the table has its size.
        QMetaObject::invokeMethod(this, &JobsPage::resetColumns, Qt::QueuedConnection);
    }
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_searchField) {
        if (key->key() == Qt::Key_Escape && !m_searchField->text().isEmpty()) {
            m_searchField->clear();
            return true;
        }
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Return) {
            applyFilter();
            m_table->setFocus(Qt::TabFocusReason);
            if (!m_table->currentIndex().isValid() && m_proxy->rowCount() > 0)
                m_table->selectRow(0);
            return true;
        }
    }
    if (watched == m_table && (key->key() == Qt::Key_Enter)) {
        m_actions.action(JobActions::ShowOutput)->trigger();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void JobsPage::showColumnMenu(const QPoint &at)
{
    auto *menu = new ChoiceMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QHeaderView *header = m_table->horizontalHeader();
    for (int column = 0; column < JobColumns::count; ++column) {
        QAction *toggle = menu->addAction(JobColumns::title(static_cast<JobColumns::Column>(column)));
        toggle->setCheckable(true);
        toggle->setChecked(!header->isSectionHidden(column));
        toggle->setEnabled(column != JobColumns::State); // one column always stays
        connect(toggle, &QAction::toggled, header,
                [header, column](bool on) { header->setSectionHidden(column, !on); });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("Reset Columns")), &QAction::triggered, this, &JobsPage::resetColumns);
    menu->popup(at);
}

void JobsPage::showRowMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_actions.populate(*menu);
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

void JobsPage::tick()
{
    if (!isVisible() || window()->isMinimized()) {
        m_tick.setInterval(slowTick);
        return;
    }
    m_details->tick();
    // Only visible rows that grow with time are drawn again, tenths only while they are shown.
    const int first = m_table->rowAt(0);
    const int lastVisible = m_table->rowAt(m_table->viewport()->height() - 1);
    const int last = lastVisible < 0 ? m_proxy->rowCount() - 1 : lastVisible;
    const MonotonicTime now = monotonicNow();
    bool young = false;
    bool limited = false;
    for (int row = qMax(0, first); row <= last && row < m_proxy->rowCount(); ++row) {
        const JobRecord &record = m_proxy->record(row);
        if (record.isFinished())
            continue;
        const bool queued = record.state == JobState::Queued;
        const MonotonicTime since = record.started ? record.started->monotonic : record.submitted.monotonic;
        young |= now - since < std::chrono::seconds(11);
        limited |= JobColumns::limitUsed(record, now).has_value();
        const int column = queued ? JobColumns::QueueWait : JobColumns::RunTime;
        m_table->update(m_proxy->index(row, column));
    }
    m_tick.setInterval(young || limited ? fastTick : slowTick);
}

void JobsPage::saveState(QSettings &settings) const
{
    settings.setValue(u"jobs/header"_s, m_table->horizontalHeader()->saveState());
    settings.setValue(u"jobs/elastic_result"_s, m_elastic->isElastic());
    settings.setValue(u"jobs/name_width"_s, m_elastic->yieldingWidth());
    settings.setValue(u"jobs/sort_column"_s, m_proxy->sortColumn());
    settings.setValue(u"jobs/sort_descending"_s, m_proxy->sortOrder() == Qt::DescendingOrder);
    settings.setValue(u"jobs/across"_s, m_across->saveState());
    settings.setValue(u"jobs/split"_s, m_split->saveState());
    settings.setValue(u"jobs/details_beside"_s, m_detailsBeside->isChecked());
    settings.setValue(u"jobs/sidebar"_s, m_showSidebar->isChecked());
    settings.setValue(u"jobs/tab"_s, static_cast<int>(m_details->tab()));
    const OutputOptions output = m_details->outputPanel()->options();
    settings.setValue(u"output/streams"_s, static_cast<int>(output.streams));
    settings.setValue(u"output/wrap"_s, output.wrap);
    settings.setValue(u"output/times"_s, output.times);
}

void JobsPage::restoreState(QSettings &settings)
{
    m_columnsKnown = m_table->horizontalHeader()->restoreState(settings.value(u"jobs/header"_s).toByteArray());
    m_elastic->setElastic(settings.value(u"jobs/elastic_result"_s, true).toBool());
    m_elastic->setYielding(JobColumns::Name, characters(shortestName),
                           settings.value(u"jobs/name_width"_s, m_table->columnWidth(JobColumns::Name)).toInt());
    const int column = settings.value(u"jobs/sort_column"_s, m_proxy->sortColumn()).toInt();
    const bool descending = settings.value(u"jobs/sort_descending"_s, true).toBool();
    m_table->sortByColumn(column, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_detailsBeside->setChecked(settings.value(u"jobs/details_beside"_s, false).toBool());
    m_showSidebar->setChecked(settings.value(u"jobs/sidebar"_s, true).toBool());
    m_across->restoreState(settings.value(u"jobs/across"_s).toByteArray());
    m_split->restoreState(settings.value(u"jobs/split"_s).toByteArray());
    m_details->showTab(static_cast<JobDetails::Tab>(settings.value(u"jobs/tab"_s, 0).toInt()));
    OutputOptions output = m_details->outputPanel()->options();
    const int streams = settings.value(u"output/streams"_s, static_cast<int>(output.streams)).toInt();
    if (streams >= 0 && streams <= static_cast<int>(OutputStreams::Both))
        output.streams = static_cast<OutputStreams>(streams);
    output.wrap = settings.value(u"output/wrap"_s, output.wrap).toBool();
    output.times = settings.value(u"output/times"_s, output.times).toBool();
    m_details->outputPanel()->setOptions(output);
}

} // namespace BitNet
