// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/output/outputlines.h"
#include "core/output/outputlog.h"
#include "ui/output/outputcopier.h"
#include "ui/output/outputfinder.h"
#include "ui/output/outputlayout.h"
#include "ui/output/outputpainter.h"
#include "ui/output/outputscroll.h"
#include "ui/output/outputselection.h"

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <optional>

namespace BitNet {

class EndButton;

// Shows a job's output of any size while it grows. Holds no text: it reads, parses and draws the lines that are on the
// screen. Repaints at most once a frame, however fast the job writes, and does nothing while it is hidden.
class OutputView : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit OutputView(QWidget *parent = nullptr);
    ~OutputView() override;

    // Shows the output of a job folder, from its end on. The folder that is shown already changes nothing. False when it
    // can't be read, or there is nothing yet: errorString() says which.
    bool setFolder(const QString &folder);
    void clear();
    QString folder() const { return m_log.folder(); }
    QString errorString() const { return m_log.errorString(); }
    // The job still runs: more may come. Of no effect on following, which looks at the file alone.
    void setLive(bool live);
    // When the program was started: times of day can be told then.
    void setStarted(const std::optional<Instant> &started) { m_started = started; }

    const OutputLog &log() const { return m_log; }
    const OutputLines &lines() const { return m_lines; }
    OutputFinder &finder() { return m_finder; }

    OutputStreams streams() const { return m_lines.streams(); }
    void setStreams(OutputStreams streams);
    bool isWrapping() const { return m_wrapping; }
    void setWrapping(bool wrapping);
    bool showsTimes() const { return m_showsTimes; }
    void setShowsTimes(bool shown);
    bool isFollowing() const { return m_scroll.isFollowing(); }
    void setFollowing(bool following);

    // Looks for a text, from what is on the screen on.
    void find(const QString &text, Qt::CaseSensitivity sensitivity);

    bool hasSelection() const { return !m_selection.isEmpty(); }
    // What is selected, at most so many characters of it.
    QString selectedText(qsizetype maximum = 1024 * 1024) const;
    // The text of the rows on the screen.
    QString visibleText() const;
    void copy();
    void copyAll();
    void selectAll();
    // Up, Down, PageUp or PageDown, from a field beside the view.
    void scrollByKey(int key);

    // How long the last repaint took.
    std::chrono::nanoseconds paintTime() const { return m_paintTime; }

    QSize sizeHint() const override;

Q_SIGNALS:
    void followingChanged(bool following);
    void selectionChanged();
    // The output, or what is known of its lines, has changed; at most once a frame.
    void outputChanged();
    // Something to tell the person, e.g. how much was copied.
    void told(const QString &message);
    // Asked for by keyboard or menu.
    void findRequested();
    void findNextRequested(bool backwards);
    void saveRequested();

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void schedule();
    void frame();
    void relayout();
    void showTop();
    void updateScrollBars();
    void placeEndButton();
    void rebuildPainter();
    void scrollBy(qint64 rows);
    void selectByKey(QKeyEvent *event);
    void showLineTip(const QPoint &position, const QPoint &globalPosition);
    void afterSelecting();
    void showHit(const OutputHit &hit);
    void revealColumns(int from, int to);
    void dragTo(const QPoint &position);
    int marginWidth() const;
    int textWidth() const;
    std::vector<OutputPainter::Row> rowsOnScreen(std::vector<std::shared_ptr<const LaidLine>> &lines) const;
    std::vector<LineMark> marksOn(const LaidLine &line, const QList<OutputSearch::Numbered> &hits) const;
    std::optional<TextPlace> placeAt(const QPoint &position) const;

    OutputLog m_log;
    OutputLines m_lines;
    OutputFinder m_finder;
    OutputLayout m_layout;
    OutputScroll m_scroll;
    OutputSelection m_selection;
    OutputCopier m_copier;
    std::unique_ptr<OutputPainter> m_painter;
    EndButton *const m_endButton;

    bool m_wrapping = true;
    bool m_showsTimes = false;
    bool m_live = false;
    std::optional<Instant> m_started;
    bool m_wasFollowing = true;
    bool m_grewUnseen = false;
    bool m_settingScrollBars = false;
    int m_widestColumns = 0;
    int m_margin = 0; // marginWidth() of the last layout
    qreal m_wheelRest = 0; // parts of a row
    QTimer m_frameTimer;
    QElapsedTimer m_sinceFrame;
    std::chrono::nanoseconds m_paintTime = {};
    QTimer m_dragTimer; // scrolls while the mouse is held outside
    std::optional<QPoint> m_dragPosition;
    QElapsedTimer m_sinceDoubleClick;
    QPoint m_doubleClickPosition;
};

} // namespace BitNet
