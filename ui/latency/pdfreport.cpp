// SPDX-License-Identifier: MIT
#include "ui/latency/pdfreport.h"

#include "core/telemetry/markup.h"
#include "core/telemetry/recordexport.h"
#include "core/telemetry/reporttables.h"
#include "core/telemetry/reporttext.h"
#include "core/telemetry/reportwords.h"
#include "ui/latency/breakdowndrawing.h"
#include "ui/latency/chartbuckets.h"
#include "ui/latency/distributiondrawing.h"
#include "ui/latency/overtimedrawing.h"
#include "ui/latency/throughputdrawing.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>
#include <QTextOption>

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// In units of 1/96 inch.
constexpr double pageWidth = 794;
constexpr double pageHeight = 1123;
constexpr double margin = 56;
constexpr double contentWidth = pageWidth - 2 * margin;
constexpr double contentBottom = pageHeight - margin - 10;
constexpr int curvePoints = 300;

QFont fontOf(int pixels, QFont::Weight weight = QFont::Normal)
{
    QFont font(u"DejaVu Sans"_s);
    font.setStyleHint(QFont::SansSerif);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

// One report on its pages.
class PdfPages
{
public:
    PdfPages(const LatencyReport &report, QPdfWriter &writer)
        : m_report(report)
        , m_writer(writer)
        , m_painter(&writer)
        , m_look(ChartLook::forPaper(fontOf(10)))
    {
        m_painter.scale(double(writer.width()) / pageWidth, double(writer.height()) / pageHeight);
    }

    void draw()
    {
        drawHeader();
        drawTiles();
        drawText(reportFindings(m_report), 11);
        drawCharts();
        drawTables();
        drawFooter();
        m_painter.end();
    }

private:
    void newPage()
    {
        drawFooter();
        m_writer.newPage();
        ++m_page;
        m_y = margin;
    }

    void drawLine(const QString &text, const QFont &font, const QColor &colour)
    {
        const QFontMetricsF metrics(font);
        m_painter.setFont(font);
        m_painter.setPen(colour);
        m_painter.drawText(QPointF(margin, m_y + metrics.ascent()),
                           metrics.elidedText(text, Qt::ElideRight, contentWidth));
        m_y += metrics.height();
    }

    void drawHeader()
    {
        const ReportSettings &settings = m_report.settings();
        drawLine(settings.title, fontOf(24, QFont::DemiBold), m_look.ink);
        QStringList meta;
        if (m_report.range())
            meta.append(rangeText(*m_report.range()));
        meta.append(countedText(m_report.statistics().count(), u"job", u"jobs"));
        if (!settings.selection.isEmpty())
            meta.append(settings.selection);
        m_y += 2;
        drawLine(meta.join(u" · "_s), fontOf(11), m_look.muted);
        m_y += 10;
    }

    void drawFooter()
    {
        const QFont font = fontOf(9);
        m_painter.setFont(font);
        m_painter.setPen(m_look.muted);
        const double y = pageHeight - margin + 14;
        m_painter.drawText(QPointF(margin, y),
                           u"Made by BitNet Supervisor at %1 UTC. All times are UTC."_s.arg(
                               timeText(m_report.settings().generatedAt)));
        const QString number = u"%1"_s.arg(m_page);
        m_painter.drawText(QPointF(margin + contentWidth - QFontMetricsF(font).horizontalAdvance(number), y), number);
    }

    void drawTiles()
    {
        struct Tile
        {
            QString what;
            QString value;
            QString more;
        };
        const LatencyStatistics &statistics = m_report.statistics();
        const Measure measure = m_report.settings().measure;
        const qint64 completed = statistics.count(OutcomeClass::Completed);
        const qint64 failed = statistics.count(OutcomeClass::Failed);
        const qint64 timedOut = statistics.count(OutcomeClass::TimedOut);
        std::vector<Tile> tiles = {{u"Jobs finished"_s, countText(statistics.count()),
                                    u"%1 failed, %2 timed out"_s.arg(countText(failed), countText(timedOut))}};
        for (const auto &[share, label, more] :
             {std::tuple(0.5, u"p50"_s, u"half are faster"_s), std::tuple(0.95, u"p95"_s, u"1 in 20 is slower"_s),
              std::tuple(0.99, u"p99"_s, u"1 in 100 is slower"_s)}) {
            const auto value = statistics.distribution(measure).quantile(share);
            tiles.push_back({label + u' ' + measureTitle(measure), value ? durationText(*value) : u"–"_s, more});
        }
        const auto throughput = m_report.throughput();
        tiles.push_back({u"Throughput"_s, throughput ? rateText(throughput->finishedPerMinute) + u"/min"_s : u"–"_s,
                         throughput && throughput->outputTokensPerMinute > 0
                             ? rateText(throughput->outputTokensPerMinute) + u" tokens/min"_s
                             : u"jobs, whole range"_s});
        if (statistics.settings().limits.isSet()) {
            const auto share = statistics.goodput().share();
            tiles.push_back({u"Goodput"_s, share ? percentText(*share) : u"–"_s, u"met every limit"_s});
        } else {
            const qint64 ended = completed + failed + timedOut;
            tiles.push_back({u"Success"_s, ended > 0 ? percentText(double(completed) / double(ended)) : u"–"_s,
                             u"of not cancelled"_s});
        }

        static constexpr double height = 58;
        const double room = contentWidth / double(tiles.size());
        for (size_t i = 0; i < tiles.size(); ++i) {
            const QRectF box(margin + room * double(i), m_y, room - 6, height);
            m_painter.setPen(QPen(m_look.grid, 1));
            m_painter.setBrush(Qt::NoBrush);
            m_painter.drawRoundedRect(box, 4, 4);
            const auto line = [&](const QString &text, const QFont &font, const QColor &colour, double baseline) {
                m_painter.setFont(font);
                m_painter.setPen(colour);
                m_painter.drawText(QPointF(box.left() + 7, box.top() + baseline),
                                   QFontMetricsF(font).elidedText(text, Qt::ElideRight, box.width() - 10));
            };
            line(tiles[i].what, fontOf(9), m_look.muted, 14);
            line(tiles[i].value, fontOf(15, QFont::DemiBold), m_look.ink, 34);
            line(tiles[i].more, fontOf(8), m_look.muted, 49);
        }
        m_y += height + 8;
    }

    // Markup over the whole width, on as many pages as it needs.
    void drawText(const QString &markup, int pixels)
    {
        if (markup.isEmpty())
            return;
        QTextDocument document;
        document.setDefaultFont(fontOf(pixels));
        document.setDocumentMargin(0);
        QTextOption wrapping;
        wrapping.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere); // a name may be one long word
        document.setDefaultTextOption(wrapping);
        document.setDefaultStyleSheet(styleSheet());
        document.setHtml(markup);
        document.setTextWidth(contentWidth);
        const double height = document.size().height();
        if (m_y + height > contentBottom && m_y > margin)
            newPage();
        for (double done = 0; done < height;) {
            const double part = std::min(height - done, contentBottom - m_y);
            m_painter.save();
            m_painter.translate(margin, m_y - done);
            QAbstractTextDocumentLayout::PaintContext context;
            context.palette.setColor(QPalette::Text, m_look.ink);
            context.clip = QRectF(0, done, contentWidth, part);
            m_painter.setClipRect(context.clip);
            document.documentLayout()->draw(&m_painter, context);
            m_painter.restore();
            done += part;
            m_y += part;
            if (done < height)
                newPage();
        }
        m_y += 6;
    }

    QString styleSheet() const
    {
        return u"h3 { font-size: 13px; margin-top: 6px; margin-bottom: 3px; }"
               "small { color: %1; font-weight: normal; } .faint { color: %1; }"
               "table { border-collapse: collapse; }"
               "th, td { padding: 2px 4px; border-bottom: 1px solid %2; }"
               "th { font-weight: 600; } .head { color: %1; } .sub { font-weight: normal; color: %1; }"
               "ul { margin: 2px 0 4px 0; } li { margin-bottom: 2px; }"
               "dt { font-weight: 600; margin-top: 3px; } dd { margin-left: 0; color: %1; }"_s.arg(m_look.muted.name(),
                                                                                                   m_look.grid.name());
    }

    void drawChart(const ChartDrawing &drawing, const QRectF &area, const QString &unit = {})
    {
        m_painter.save();
        m_painter.translate(area.topLeft());
        m_painter.setFont(fontOf(11, QFont::DemiBold));
        m_painter.setPen(m_look.ink);
        m_painter.drawText(QPointF(0, 12), drawing.title());
        const double behind = QFontMetricsF(m_painter.font()).horizontalAdvance(drawing.title()) + 8;
        m_painter.setFont(fontOf(9));
        m_painter.setPen(m_look.muted);
        m_painter.drawText(QPointF(behind, 12), unit);
        m_painter.translate(0, 16);
        drawing.paint(m_painter, {area.width(), area.height() - 16}, m_look);
        m_painter.restore();
    }

    void drawCharts()
    {
        if (m_report.statistics().count() == 0)
            return;
        const Measure measure = m_report.settings().measure;
        const TimeRange &range = *m_report.range();
        const std::vector<ChartBucket> buckets = chartBuckets(m_report);
        const std::optional<double> limit = m_report.settings().statistics.limits.of(measure);
        const double top = m_y;
        const double room = contentBottom - top;
        const double gap = 12;
        const double row = (room - 2 * gap) / 3;
        const bool isLogarithmic = m_report.histogramScale() == HistogramScale::Logarithmic;
        drawChart(OverTimeDrawing({.measure = measure,
                                   .range = range,
                                   .buckets = buckets,
                                   .limitMs = limit,
                                   .isLogarithmic = isLogarithmic}),
                  {margin, top, contentWidth, row});
        const LatencyDistribution &distribution = m_report.statistics().distribution(measure);
        const LatencySummary summary = distribution.summary();
        DistributionDrawing::Content content = {
            .measure = measure,
            .scale = m_report.histogramScale(),
            .buckets = m_report.histogram(),
            .cumulative = distribution.cumulative(curvePoints),
            .percentiles = {summary.percentiles[0], summary.percentiles[3], summary.percentiles[4]},
            .limitMs = limit};
        if (distribution.censored() > 0)
            content.cumulativeWithCensored = distribution.cumulativeWithCensored(curvePoints);
        drawChart(DistributionDrawing(std::move(content)), {margin, top + row + gap, contentWidth, row});
        const double half = (contentWidth - gap) / 2;
        drawChart(BreakdownDrawing(BreakdownDrawing::byBucket(range, buckets)),
                  {margin, top + 2 * (row + gap), half, row});
        drawChart(ThroughputDrawing({.range = range, .buckets = buckets}),
                  {margin + half + gap, top + 2 * (row + gap), half, row}, u"jobs per minute"_s);
        m_y = contentBottom;
    }

    void drawTables()
    {
        newPage();
        drawLine(u"To check"_s, fontOf(16, QFont::DemiBold), m_look.ink);
        m_y += 4;
        for (const QString &table : {measuresTable(m_report), groupsTable(m_report), outcomesTable(m_report),
                                     timeToOutcomeTable(m_report), slowestTable(m_report)})
            drawText(forTextDocument(table), 9);
        drawText(reportMethod(m_report), 9);
    }

    // QTextDocument takes alignment and width from attributes, and no class from a row.
    static QString forTextDocument(QString table)
    {
        table.replace("<table>"_L1, "<table width=\"100%\" cellspacing=\"0\" cellpadding=\"2\">"_L1);
        table.replace("<td class=\"num\""_L1, "<td align=\"right\" class=\"num\""_L1);
        table.replace("<td class=\"num faint\""_L1, "<td align=\"right\" class=\"faint\""_L1);
        table.replace("<th scope=\"col\" class=\"num\">"_L1, "<th align=\"right\" class=\"head\">"_L1);
        table.replace("<th scope=\"col\">"_L1, "<th align=\"left\" class=\"head\">"_L1);
        table.replace("<tr class=\"sub\"><th scope=\"row\">"_L1,
                      "<tr><th align=\"left\" class=\"sub\">&#160;&#160;"_L1);
        table.replace("<tr class=\"by\"><th scope=\"rowgroup\""_L1, "<tr><th align=\"left\" class=\"head\""_L1);
        table.replace(u"with time-outs as “at least”"_s, u"with&#160;time-outs&#160;as&#160;“at&#160;least”"_s);
        table.replace("<th scope=\"row\">"_L1, "<th align=\"left\">"_L1);
        return table;
    }

    const LatencyReport &m_report;
    QPdfWriter &m_writer;
    QPainter m_painter;
    ChartLook m_look;
    double m_y = margin;
    int m_page = 1;
};

} // namespace

QByteArray reportToPdf(const LatencyReport &report)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setResolution(600);
    writer.setTitle(report.settings().title);
    writer.setCreator(u"BitNet Supervisor"_s);
    PdfPages(report, writer).draw();
    return bytes;
}

bool writePdfReport(const QString &path, const LatencyReport &report, QString *error)
{
    const QByteArray bytes = reportToPdf(report);
    return replaceFile(
        path, [&bytes](QIODevice &device) { return device.write(bytes) == bytes.size(); }, error);
}

} // namespace BitNet
