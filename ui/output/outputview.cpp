// SPDX-License-Identifier: MIT
#include "ui/output/outputview.h"

#include "ui/output/outputviewaccessible.h"
#include "ui/style/endbutton.h"
#include "ui/style/focusring.h"

#include <QFontDatabase>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr int verticalPadding = 4;
static constexpr std::chrono::milliseconds shortestFrame = 16ms;
static constexpr std::chrono::milliseconds longestFrame = 100ms;

OutputView::OutputView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_lines(&m_log)
    , m_finder(&m_log)
    , m_layout(&m_log, &m_lines)
    , m_scroll(&m_lines, &m_layout)
    , m_selection(&m_lines, &m_layout)
    , m_endButton(new EndButton(this))
{
    QAccessible::installFactory(&OutputViewAccessible::create);
    setObjectName(u"outputView"_s);
    setAccessibleName(tr("Output"));
    setAccessibleDescription(tr("What the job printed. Lines of stderr are marked by a bar at their left edge."));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    new FocusRing(this);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);

    connect(m_endButton, &EndButton::clicked, this, [this] { setFollowing(true); });

    m_frameTimer.setSingleShot(true);
    m_frameTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_frameTimer, &QTimer::timeout, this, &OutputView::frame);
    m_dragTimer.setInterval(40ms);
    connect(&m_dragTimer, &QTimer::timeout, this, [this] {
        if (m_dragPosition)
            dragTo(*m_dragPosition);
    });
    m_sinceFrame.start();

    connect(&m_log, &OutputLog::grown, this, &OutputView::schedule);
    connect(&m_lines, &OutputLines::counted, this, &OutputView::schedule);
    connect(&m_finder, &OutputFinder::changed, this, &OutputView::schedule);
    connect(&m_finder, &OutputFinder::arrived, this, &OutputView::showHit);
    connect(&m_copier, &OutputCopier::told, this, &OutputView::told);
    rebuildPainter();
    relayout();
}

OutputView::~OutputView() = default;

bool OutputView::setFolder(const QString &folder)
{
    if (m_log.isOpen() && m_log.folder() == folder)
        return true;
    clear();
    const bool opened = m_log.open(folder);
    m_lines.reset();
    m_scroll.reset();
    showTop();
    return opened;
}

void OutputView::clear()
{
    m_finder.clear();
    m_selection.clear();
    m_log.close();
    m_lines.reset();
    m_layout.clear();
    m_scroll.reset();
    m_widestColumns = 0;
    m_grewUnseen = false;
    horizontalScrollBar()->setValue(0);
    showTop();
    Q_EMIT selectionChanged();
}

void OutputView::setLive(bool live)
{
    if (m_live == live)
        return;
    m_live = live;
    m_layout.setOpenEnd(live);
    viewport()->update();
}

void OutputView::setStreams(OutputStreams streams)
{
    if (streams == m_lines.streams())
        return;
    m_selection.clear();
    m_lines.setStreams(streams);
    m_finder.setStreams(streams);
    m_scroll.adjust();
    showTop();
    Q_EMIT selectionChanged();
    Q_EMIT outputChanged();
}

void OutputView::setWrapping(bool wrapping)
{
    m_wrapping = wrapping;
    horizontalScrollBar()->setValue(0);
    relayout();
}

void OutputView::setShowsTimes(bool shown)
{
    m_showsTimes = shown;
    relayout();
}

void OutputView::setFollowing(bool following)
{
    m_scroll.setFollowing(following);
    showTop();
}

void OutputView::find(const QString &text, Qt::CaseSensitivity sensitivity)
{
    // Letter by letter from the same place: the hit that is shown, or the top of the screen.
    const std::optional<OutputSearch::Numbered> current = m_finder.current();
    const qint64 top = m_scroll.top() ? m_scroll.top()->line.offset : 0;
    m_finder.find(text, sensitivity, streams(), current ? current->hit.begin : top);
}

QString OutputView::selectedText(qsizetype maximum) const
{
    if (m_selection.isEmpty())
        return {};
    return plainText(m_log, streams(), m_selection.from(), m_selection.to(), maximum).text;
}

QString OutputView::visibleText() const
{
    std::vector<std::shared_ptr<const LaidLine>> lines;
    QString text;
    for (const OutputPainter::Row &row : rowsOnScreen(lines)) {
        if (row.line->kind == ChunkKind::Gap)
            text += OutputPainter::gapText(row.line->dropped);
        else
            text += row.line->text.text(row.line->rowBegin(row.row), row.line->rowEnd(row.row));
        text += u'\n';
    }
    return text;
}

void OutputView::copy()
{
    if (!m_selection.isEmpty())
        m_copier.copy(m_log, streams(), m_selection.from(), m_selection.to());
}

void OutputView::copyAll()
{
    OutputSelection all(&m_lines, &m_layout);
    all.selectAll();
    if (!all.isEmpty())
        m_copier.copy(m_log, streams(), all.from(), all.to());
}

void OutputView::selectAll()
{
    m_selection.selectAll();
    afterSelecting();
}

QSize OutputView::sizeHint() const
{
    return {int(m_painter->columnWidth() * 90), m_painter->rowHeight() * 16};
}

// At most one frame in 16 ms; fewer when drawing takes long, so that three quarters of the time are left for the rest.
void OutputView::schedule()
{
    if (m_frameTimer.isActive() || !isVisible())
        return;
    const auto wanted = std::chrono::duration_cast<std::chrono::milliseconds>(m_paintTime * 4);
    const auto interval = std::clamp(wanted, shortestFrame, longestFrame);
    const std::chrono::milliseconds since(m_sinceFrame.elapsed());
    m_frameTimer.start(std::max(interval - since, 0ms));
}

void OutputView::frame()
{
    m_sinceFrame.restart();
    const qint64 size = m_lines.countedTo();
    if (m_log.size() < size) {
        // Its end was taken back: what is remembered of it may be wrong.
        m_layout.clear();
        m_selection.clear();
        Q_EMIT selectionChanged();
    }
    m_lines.extend();
    m_finder.extend();
    m_grewUnseen = m_grewUnseen || (m_log.size() > size && m_live);
    m_scroll.adjust();
    if (marginWidth() != m_margin)
        relayout(); // the times got longer
    else
        showTop();
    Q_EMIT outputChanged();
}

// After the size, the font or the options changed: how much fits.
void OutputView::relayout()
{
    m_margin = marginWidth();
    const int columns = int(textWidth() / m_painter->columnWidth());
    m_layout.setWrapping(m_wrapping ? std::optional(columns) : std::nullopt);
    m_layout.setVisibleColumns(int((horizontalScrollBar()->value() + textWidth()) / m_painter->columnWidth()) + 1);
    m_scroll.setRows((viewport()->height() - 2 * verticalPadding) / m_painter->rowHeight());
    m_scroll.adjust();
    showTop();
}

void OutputView::showTop()
{
    updateScrollBars();
    placeEndButton();
    viewport()->update();
    if (m_wasFollowing != isFollowing()) {
        m_wasFollowing = isFollowing();
        Q_EMIT followingChanged(m_wasFollowing);
    }
}

void OutputView::updateScrollBars()
{
    m_settingScrollBars = true;
    // While someone drags it the bar must not move away below the mouse.
    if (!verticalScrollBar()->isSliderDown()) {
        verticalScrollBar()->setRange(0, m_scroll.maximum());
        verticalScrollBar()->setPageStep(m_scroll.rows());
        verticalScrollBar()->setSingleStep(1);
        verticalScrollBar()->setValue(m_scroll.value());
    }
    const int width = m_wrapping ? 0 : int(std::ceil((m_widestColumns + 1) * m_painter->columnWidth()));
    horizontalScrollBar()->setRange(0, std::max(width - textWidth(), 0));
    horizontalScrollBar()->setPageStep(textWidth());
    horizontalScrollBar()->setSingleStep(int(m_painter->columnWidth() * 4));
    m_settingScrollBars = false;
}

void OutputView::placeEndButton()
{
    const bool shown = !m_scroll.isAtEnd();
    if (!shown)
        m_grewUnseen = false;
    m_endButton->place(shown, m_grewUnseen);
}

void OutputView::rebuildPainter()
{
    m_painter = std::make_unique<OutputPainter>(font(), palette(), hasFocus(), devicePixelRatioF());
}

int OutputView::marginWidth() const
{
    if (!m_showsTimes)
        return m_painter->marginWidth(std::nullopt);
    return m_painter->marginWidth(m_log.chunk(m_log.chunkCount() - 1).elapsed);
}

int OutputView::textWidth() const
{
    // A little air at the right edge.
    return std::max(viewport()->width() - marginWidth() - 4, 1);
}

std::vector<OutputPainter::Row> OutputView::rowsOnScreen(std::vector<std::shared_ptr<const LaidLine>> &lines) const
{
    std::vector<OutputPainter::Row> rows;
    if (!m_scroll.top())
        return rows;
    // One more: the last may be seen in part.
    lines = m_layout.screen(*m_scroll.top(), m_scroll.rows() + 1);
    int y = verticalPadding;
    int row = m_scroll.top()->row;
    for (const std::shared_ptr<const LaidLine> &line : lines) {
        for (; row < line->rows() && y < viewport()->height(); ++row, y += m_painter->rowHeight())
            rows.push_back({line.get(), row, y});
        row = 0;
    }
    return rows;
}

std::vector<LineMark> OutputView::marksOn(const LaidLine &line, const QList<OutputSearch::Numbered> &hits) const
{
    std::vector<LineMark> marks;
    for (const OutputSearch::Numbered &hit : hits) {
        if (hit.hit.end <= line.start.offset || hit.hit.begin >= line.end || line.kind == ChunkKind::Gap)
            continue;
        const auto [from, to] = line.columnsOf(hit.hit.begin, hit.hit.end);
        const bool current = m_finder.current() && m_finder.current()->hit == hit.hit;
        if (from < to)
            marks.push_back({from, to, current ? LineMark::CurrentHit : LineMark::Hit});
    }
    if (const std::optional<LineMark> selected = m_selection.on(line))
        marks.push_back(*selected);
    return marks;
}

void OutputView::paintEvent(QPaintEvent *)
{
    QElapsedTimer timer;
    timer.start();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
    std::vector<std::shared_ptr<const LaidLine>> lines;
    const std::vector<OutputPainter::Row> rows = rowsOnScreen(lines);
    QList<OutputSearch::Numbered> hits;
    if (m_finder.isActive() && !lines.empty())
        hits = m_finder.hitsIn(lines.front()->start.offset, lines.back()->end);

    const OutputPainter::Options options{viewport()->width(), marginWidth(), horizontalScrollBar()->value(),
                                         m_showsTimes};
    int widest = m_widestColumns;
    const LaidLine *line = nullptr;
    std::vector<LineMark> marks;
    for (const OutputPainter::Row &row : rows) {
        if (row.line != line) {
            line = row.line;
            marks = marksOn(*line, hits);
            // Of a line that was cut no more is known than that a byte fills at most a column.
            widest =
                std::max(widest, line->text.isComplete() ? line->text.columns() : int(line->end - line->start.offset));
        }
        m_painter->paint(painter, row, options, marks);
    }
    if (widest > m_widestColumns) {
        m_widestColumns = widest;
        if (!m_wrapping)
            QMetaObject::invokeMethod(this, &OutputView::updateScrollBars, Qt::QueuedConnection);
    }
    m_paintTime = std::chrono::nanoseconds(timer.nsecsElapsed());
}

bool OutputView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // These belong to the output while it has the focus, whatever else the window uses them for.
        auto *key = static_cast<QKeyEvent *>(event);
        for (const QKeySequence::StandardKey standard :
             {QKeySequence::Find, QKeySequence::FindNext, QKeySequence::FindPrevious, QKeySequence::Copy,
              QKeySequence::SelectAll, QKeySequence::Save}) {
            if (key->matches(standard))
                event->accept();
        }
    }
    return QAbstractScrollArea::event(event);
}

bool OutputView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        showLineTip(help->pos(), help->globalPos());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void OutputView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    switch (event->type()) {
    case QEvent::FontChange:
    case QEvent::PaletteChange:
    case QEvent::StyleChange:
        if (m_painter) {
            rebuildPainter();
            relayout();
        }
        break;
    default:
        break;
    }
}

void OutputView::showEvent(QShowEvent *event)
{
    QAbstractScrollArea::showEvent(event);
    m_log.setFollowing(true);
    m_log.refresh();
    rebuildPainter(); // the screen may be another one, with other pixels
    relayout();
    frame();
}

void OutputView::hideEvent(QHideEvent *event)
{
    QAbstractScrollArea::hideEvent(event);
    // Output that nobody sees costs nothing.
    m_log.setFollowing(false);
    m_frameTimer.stop();
}

void OutputView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    relayout();
}

void OutputView::scrollContentsBy(int dx, int dy)
{
    if (m_settingScrollBars)
        return;
    if (dy != 0)
        m_scroll.moveToValue(verticalScrollBar()->value());
    if (dx != 0) {
        m_layout.setVisibleColumns(int((horizontalScrollBar()->value() + textWidth()) / m_painter->columnWidth()) + 1);
    }
    showTop();
}

void OutputView::scrollBy(qint64 rows)
{
    m_scroll.moveBy(rows);
    showTop();
}

// The line of the hit comes to the middle of the screen, its columns into view.
void OutputView::showHit(const OutputHit &hit)
{
    const std::optional<LineStart> start = m_lines.lineAt(hit.begin);
    if (!start)
        return;
    std::shared_ptr<const LaidLine> line = m_layout.line(*start);
    if (!line->text.isComplete() && !m_wrapping) {
        m_layout.setVisibleColumns(int(std::min<qint64>(line->end - line->start.offset, 1 << 20)));
        line = m_layout.line(*start);
    }
    const auto [from, to] = line->columnsOf(hit.begin, hit.end);
    m_scroll.reveal({*start, line->rowOf(from)});
    m_widestColumns = std::max(m_widestColumns, line->text.columns());
    showTop();
    if (!m_wrapping)
        revealColumns(from, to);
}

void OutputView::revealColumns(int from, int to)
{
    QScrollBar *const bar = horizontalScrollBar();
    const int left = int(from * m_painter->columnWidth());
    const int right = int(std::ceil(to * m_painter->columnWidth()));
    if (left < bar->value() || right > bar->value() + textWidth())
        bar->setValue(right <= textWidth() ? 0 : left - textWidth() / 3);
}

void OutputView::afterSelecting()
{
    viewport()->update();
    Q_EMIT selectionChanged();
}

} // namespace BitNet
