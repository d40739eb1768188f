// SPDX-License-Identifier: MIT
#include "ui/output/outputpanel.h"

#include "ui/output/outputsaver.h"
#include "ui/output/outputsearchbar.h"
#include "ui/output/outputview.h"
#include "ui/style/elidedlabel.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QFocusEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

OutputPanel::OutputPanel(QWidget *parent)
    : QWidget(parent)
    , m_view(new OutputView(this))
    , m_searchBar(new OutputSearchBar(m_view, this))
    , m_saver(new OutputSaver(this))
    , m_toolBar(new QWidget(this))
    , m_streams(new QComboBox(m_toolBar))
    , m_status(new ElidedLabel(Tone::Muted, m_toolBar))
    , m_progress(new QProgressBar(m_toolBar))
    , m_notice(new QLabel(this))
    , m_placeholder(new QWidget(this))
    , m_title(new QLabel)
    , m_detail(new QLabel)
{
    m_streams->setObjectName(u"outputStreams"_s);
    m_streams->setAccessibleName(tr("Streams"));
    m_streams->setToolTip(tr("Which of the job's streams to show"));
    m_streams->addItem(tr("stdout and stderr"), int(OutputStreams::Both));
    m_streams->addItem(tr("stdout"), int(OutputStreams::Stdout));
    m_streams->addItem(tr("stderr"), int(OutputStreams::Stderr));

    auto *bar = new QHBoxLayout(m_toolBar);
    bar->setContentsMargins(6, 4, 6, 4);
    bar->setSpacing(2);
    bar->addWidget(m_streams);
    bar->addSpacing(6);
    m_times =
        addButton(u"clock"_s, tr("Show times"), tr("Show when each line was printed, counted from the start"), true);
    m_wrap = addButton(u"wrap"_s, tr("Wrap lines"), tr("Wrap long lines"), true);
    m_follow = addButton(u"follow"_s, tr("Follow"), tr("Stay at the end while output arrives"), true);
    m_status->setObjectName(u"outputStatus"_s);
    m_status->setAlignment(Qt::AlignRight);
    bar->addWidget(m_status, 1);
    m_progress->setFixedWidth(90);
    m_progress->setRange(0, 100);
    m_progress->setAccessibleName(tr("Saving"));
    m_progress->hide();
    bar->addWidget(m_progress);
    bar->addSpacing(6);
    m_find = addButton(u"search"_s, tr("Find"), tr("Find in the output (Ctrl+F)"), false);
    m_copy = addButton(u"copy"_s, tr("Copy output"), tr("Copy the selection, or all when nothing is selected (Ctrl+C)"),
                       false);
    m_save = addButton(u"save"_s, tr("Save output"), tr("Save the output as a file (Ctrl+S)"), false);

    m_notice->setObjectName(u"outputNotice"_s);
    m_notice->setWordWrap(true);
    m_notice->setAutoFillBackground(true);
    m_notice->setContentsMargins(10, 5, 10, 5);
    m_notice->hide();
    m_searchBar->hide();

    m_placeholder->setFont(QFontDatabase::systemFont(QFontDatabase::GeneralFont)); // not the view's
    m_placeholder->setAutoFillBackground(true);
    m_placeholder->setBackgroundRole(QPalette::Base);
    m_title->setObjectName(u"outputPlaceholder"_s);
    m_title->setAlignment(Qt::AlignCenter);
    QFont titleFont = m_title->font();
    titleFont.setWeight(QFont::DemiBold);
    m_title->setFont(titleFont);
    m_detail->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_detail->setWordWrap(true);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *placeholderLayout = new QVBoxLayout(m_placeholder);
    placeholderLayout->setContentsMargins(24, 12, 24, 12);
    placeholderLayout->addStretch(2);
    placeholderLayout->addWidget(m_title);
    placeholderLayout->addWidget(m_detail);
    placeholderLayout->addStretch(3);
    // Over the view, not in its place: a view that is hidden would not look for what comes. Within it, so that it is below
    // the mark of the focus.
    auto *over = new QVBoxLayout(m_view);
    over->setContentsMargins({});
    over->addWidget(m_placeholder);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_toolBar);
    layout->addWidget(m_searchBar);
    layout->addWidget(m_notice);
    layout->addWidget(m_view, 1);

    const QList<QWidget *> order = {m_streams, m_times, m_wrap, m_follow, m_find, m_copy, m_save, m_searchBar, m_view};
    for (qsizetype i = 1; i < order.size(); ++i)
        setTabOrder(order[i - 1], order[i]);

    connect(m_streams, &QComboBox::activated, this, &OutputPanel::applyOptions);
    connect(m_times, &QToolButton::clicked, this, &OutputPanel::applyOptions);
    connect(m_wrap, &QToolButton::clicked, this, &OutputPanel::applyOptions);
    connect(m_follow, &QToolButton::clicked, m_view, &OutputView::setFollowing);
    connect(m_find, &QToolButton::clicked, this, &OutputPanel::openSearch);
    connect(m_copy, &QToolButton::clicked, this, &OutputPanel::copy);
    connect(m_save, &QToolButton::clicked, this, &OutputPanel::saveAs);
    connect(m_view, &OutputView::followingChanged, m_follow, &QToolButton::setChecked);
    connect(m_view, &OutputView::outputChanged, this, &OutputPanel::refresh);
    connect(m_view, &OutputView::told, this, &OutputPanel::tell);
    connect(m_view, &OutputView::findRequested, this, &OutputPanel::openSearch);
    connect(m_view, &OutputView::findNextRequested, m_searchBar, &OutputSearchBar::goOn);
    connect(m_view, &OutputView::saveRequested, this, &OutputPanel::saveAs);
    connect(m_saver, &OutputSaver::progressed, m_progress, &QProgressBar::setValue);
    connect(m_saver, &OutputSaver::stopped, m_progress, &QWidget::hide);
    connect(m_saver, &OutputSaver::saved, this, [this](qint64 bytes, const QString &error) {
        tell(error.isEmpty() ? tr("Saved %1.").arg(Wording::bytes(bytes)) : error);
    });
    m_messageTimer.setSingleShot(true);
    m_messageTimer.setInterval(6s);
    connect(&m_messageTimer, &QTimer::timeout, this, [this] {
        m_message.clear();
        updateStatus();
    });

    m_follow->setChecked(true);
    setOptions({});
    clear();
}

OutputPanel::~OutputPanel() = default;

QToolButton *OutputPanel::addButton(const QString &icon, const QString &name, const QString &tip, bool checkable)
{
    auto *button = new QToolButton(m_toolBar);
    button->setIcon(Icons::get(icon));
    button->setAutoRaise(true);
    button->setCheckable(checkable);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    button->setFocusPolicy(Qt::TabFocus);
    m_toolBar->layout()->addWidget(button);
    return button;
}

OutputOptions OutputPanel::options() const
{
    return {m_view->streams(), m_view->isWrapping(), m_view->showsTimes()};
}

void OutputPanel::setOptions(const OutputOptions &options)
{
    m_streams->setCurrentIndex(m_streams->findData(int(options.streams)));
    m_wrap->setChecked(options.wrap);
    m_times->setChecked(options.times);
    applyOptions();
}

void OutputPanel::applyOptions()
{
    const OutputOptions before = options();
    m_view->setStreams(OutputStreams(m_streams->currentData().toInt()));
    if (m_wrap->isChecked() != m_view->isWrapping())
        m_view->setWrapping(m_wrap->isChecked());
    if (m_times->isChecked() != m_view->showsTimes())
        m_view->setShowsTimes(m_times->isChecked());
    refresh();
    if (options() != before)
        Q_EMIT optionsChanged(options());
}

void OutputPanel::showJob(const JobRecord &record)
{
    if (!m_record || m_record->id != record.id) {
        m_searchBar->hide();
        m_view->clear();
    }
    m_record = record;
    m_view->setLive(!record.isFinished());
    m_view->setStarted(record.started);
    if (!record.outputFolder.isEmpty())
        m_view->setFolder(record.outputFolder);
    else if (!m_view->folder().isEmpty())
        m_view->clear();
    updateNotice();
    refresh();
}

void OutputPanel::clear()
{
    m_record.reset();
    m_searchBar->hide();
    m_view->clear();
    updateNotice();
    refresh();
}

void OutputPanel::openSearch()
{
    if (!m_placeholder->isVisible())
        m_searchBar->open();
}

void OutputPanel::copy()
{
    if (m_view->hasSelection())
        m_view->copy();
    else
        m_view->copyAll();
}

void OutputPanel::saveAs()
{
    if (!m_record || m_saver->isRunning())
        return;
    QString name = displayName(*m_record->spec);
    for (QChar &c : name) {
        if (!c.isLetterOrNumber() && c != u'-' && c != u'.')
            c = u'_';
    }
    auto *dialog = new QFileDialog(this, tr("Save output"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"log"_s);
    dialog->selectFile(u"%1-%2.log"_s.arg(name.left(60), QString::number(m_record->id.value)));
    connect(dialog, &QFileDialog::fileSelected, this, &OutputPanel::saveTo);
    dialog->open();
}

void OutputPanel::saveTo(const QString &path)
{
    m_progress->setValue(0);
    m_progress->show();
    m_saver->save(m_view->folder(), m_view->streams(), path);
}

void OutputPanel::refresh()
{
    const bool empty = m_view->lines().isComplete() && m_view->lines().lineCount() == 0;
    if (empty) {
        const auto [title, detail] = whyEmpty();
        showPlaceholder(title, detail);
    } else {
        m_placeholder->hide();
    }
    for (QToolButton *button : {m_find, m_copy, m_save})
        button->setEnabled(!empty);
    m_follow->setChecked(m_view->isFollowing());
    updateStatus();
}

// In one or two sentences, for this job in its state.
std::pair<QString, QString> OutputPanel::whyEmpty() const
{
    if (!m_record)
        return {tr("No job selected"), tr("The output of the selected job is shown here.")};
    const JobRecord &record = *m_record;
    switch (record.state) {
    case JobState::Queued:
        return {Wording::state(record), tr("No output yet: %1.").arg(Wording::detail(record))};
    case JobState::Starting:
        return {tr("Starting"), tr("The program is being started.")};
    case JobState::Running:
    case JobState::Finished:
        break;
    }
    if (m_view->log().size() > 0) {
        return m_view->streams() == OutputStreams::Stderr
            ? std::pair(tr("Nothing on stderr"), tr("All of this job's output is on stdout."))
            : std::pair(tr("Nothing on stdout"), tr("All of this job's output is on stderr."));
    }
    if (!record.isFinished())
        return {tr("Nothing printed yet"), tr("The job is running. Its output appears here as it comes.")};
    if (!record.started)
        return {Wording::state(record),
                Wording::detail(record).isEmpty() ? tr("The job was never started, so it printed nothing.")
                                                  : Wording::detail(record)};
    if (record.outputFolder.isEmpty() && record.stdoutBytes + record.stderrBytes > 0)
        return {tr("The output is gone"), tr("It was removed to save space; the job's figures stay.")};
    if (!m_view->log().isOpen() && record.stdoutBytes + record.stderrBytes > 0)
        return {tr("The output is gone"), m_view->errorString()};
    return {tr("Nothing printed"), tr("The job ended without printing anything.")};
}

void OutputPanel::showPlaceholder(const QString &title, const QString &detail)
{
    m_title->setText(title);
    m_detail->setText(detail);
    m_placeholder->show();
}

void OutputPanel::updateNotice()
{
    const bool shown = m_record && (m_record->truncated || m_record->droppedBytes > 0);
    m_notice->setVisible(shown);
    if (!shown)
        return;
    const JobRecord &record = *m_record;
    // Written only when the job ends; until then the end of its output is kept back.
    const QString kept = record.isFinished() ? tr("The beginning and the end are here.")
                                             : tr("Its last part is added when the job ends.");
    const QString dropped = record.droppedBytes > 0
        ? tr("%1 of the output were not kept").arg(Wording::bytes(record.droppedBytes))
        : tr("Output is not kept any more");
    const bool capped = record.stdoutBytes + record.stderrBytes > record.spec->limits.outputCap;
    const QString reason = capped ? tr("it passed the limit of %1").arg(Wording::bytes(record.spec->limits.outputCap))
                                  : tr("the disk was full");
    m_notice->setText(tr("%1: %2. %3").arg(dropped, reason, kept));
    const QColor tone = toneColour(Tone::Warning, palette());
    QPalette colours = palette();
    const QColor ground = blend(palette().color(QPalette::Base), tone, 0.12);
    colours.setColor(QPalette::Window, ground);
    colours.setColor(QPalette::WindowText, blend(palette().color(QPalette::Text), tone, 0.35));
    m_notice->setPalette(colours);
}

void OutputPanel::updateStatus()
{
    QString text = m_message;
    if (text.isEmpty() && m_view->log().size() > 0) {
        const OutputLines &lines = m_view->lines();
        const QString count = QLocale().toString(lines.lineCount());
        const QString size = Wording::bytes(m_view->log().size());
        text = !lines.isComplete()   ? tr("about %1 lines · %2").arg(count, size)
            : lines.lineCount() == 1 ? tr("one line · %1").arg(size)
                                     : tr("%1 lines · %2").arg(count, size);
    }
    m_status->setText(text);
}

void OutputPanel::tell(const QString &message)
{
    m_message = message;
    m_messageTimer.start();
    updateStatus();
}

// Not by a focus proxy: Tab would go from before the panel right into the view, past its tool bar.
void OutputPanel::focusInEvent(QFocusEvent *event)
{
    m_view->setFocus(event->reason());
}

void OutputPanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateNotice();
}

} // namespace BitNet
