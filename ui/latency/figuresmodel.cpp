// SPDX-License-Identifier: MIT
#include "ui/latency/figuresmodel.h"

#include "core/telemetry/reporttext.h"
#include "ui/latency/charttext.h"
#include "ui/style/wording.h"

#include <QFont>

#include <cmath>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

FiguresModel::FiguresModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

std::vector<FigureRow> figureRows(const LatencyReport &report)
{
    const Measure measure = report.settings().measure;
    const auto row = [measure](const QString &title, const LatencyStatistics &statistics, const QString &tip = {}) {
        return FigureRow{.title = title,
                         .tip = tip,
                         .jobs = statistics.count(),
                         .summary = statistics.summary(measure),
                         .goodput = statistics.goodput().share()};
    };
    std::vector<FigureRow> rows = {
        row(FiguresModel::tr("All: %1").arg(ChartText::measure(measure)), report.statistics())};
    rows.front().isHeading = true;
    for (const GroupBy by : {GroupBy::Model, GroupBy::Group}) {
        for (const ReportGrouping &grouping : report.groupings()) {
            if (grouping.by != by)
                continue;
            const bool isModel = by == GroupBy::Model;
            for (const ReportGroup &group : grouping.groups) {
                QString title = isModel ? FiguresModel::tr("Model %1").arg(ChartText::model(group.key))
                                        : FiguresModel::tr("Group %1").arg(group.key);
                if (group.mergedGroups > 0)
                    title = (isModel ? FiguresModel::tr("%1 other models") : FiguresModel::tr("%1 other groups"))
                                .arg(group.mergedGroups);
                else if (group.key.isEmpty())
                    title = isModel ? FiguresModel::tr("Without model") : FiguresModel::tr("Without group");
                rows.push_back(row(title, group.statistics, group.mergedGroups > 0 ? QString() : group.key));
            }
        }
    }
    for (const Measure other : latencyMeasures) {
        const LatencySummary summary = report.statistics().summary(other);
        if (other == measure || summary.count + summary.censored == 0)
            continue;
        rows.push_back({.title = FiguresModel::tr("All: %1").arg(ChartText::measure(other)),
                        .isHeading = true,
                        .jobs = report.statistics().count(),
                        .summary = summary});
    }
    return rows;
}

void FiguresModel::setRows(std::vector<FigureRow> rows)
{
    if (rows == m_rows)
        return;
    // Rows that stay keep a view's selection and place.
    const int before = int(m_rows.size());
    const int now = int(rows.size());
    if (now < before) {
        beginRemoveRows({}, now, before - 1);
        m_rows.resize(size_t(now));
        endRemoveRows();
    }
    if (now > before) {
        beginInsertRows({}, before, now - 1);
        m_rows = std::move(rows);
        endInsertRows();
    } else {
        m_rows = std::move(rows);
    }
    if (const int changed = std::min(before, now); changed > 0)
        Q_EMIT dataChanged(index(0, 0), index(changed - 1, ColumnCount - 1));
}

int FiguresModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FiguresModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

std::optional<double> FiguresModel::number(const FigureRow &row, Column column) const
{
    switch (column) {
    case Selection:
    case ColumnCount:
        break;
    case Jobs:
        return double(row.jobs);
    case Measured:
        return double(row.summary.count);
    case CutOff:
        return double(row.summary.censored);
    case Mean:
        return row.summary.mean;
    case P50:
        return row.summary.percentiles[0];
    case P90:
        return row.summary.percentiles[2];
    case P95:
        return row.summary.percentiles[3];
    case P99:
        return row.summary.percentiles[4];
    case Maximum:
        return row.summary.maximum;
    case Goodput:
        return row.goodput;
    }
    return std::nullopt;
}

QString FiguresModel::text(const FigureRow &row, Column column) const
{
    const std::optional<double> value = number(row, column);
    if (column == Selection)
        return row.title;
    if (!value)
        return Wording::nothing();
    switch (column) {
    case Jobs:
    case Measured:
    case CutOff:
        return Wording::number(std::llround(*value));
    case Goodput:
        return percentText(*value);
    default:
        return durationText(*value);
    }
}

QVariant FiguresModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const FigureRow &row = m_rows[size_t(index.row())];
    const auto column = Column(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case SortRole:
        return column == Selection ? QVariant(row.title)
                                   : QVariant(number(row, column).value_or(std::numeric_limits<double>::quiet_NaN()));
    case Qt::ToolTipRole:
        if (column >= P50 && column <= P99 && number(row, column))
            return ChartText::percentile(*number(row, column), row.summary.relativeErrorBound);
        if ((column == Mean || column == Maximum) && number(row, column))
            return ChartText::duration(*number(row, column));
        return column == Selection ? QVariant(row.tip.isEmpty() ? row.title : row.tip) : QVariant();
    case Qt::TextAlignmentRole:
        return int((column == Selection ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::FontRole:
        if (row.isHeading) {
            QFont font;
            font.setWeight(QFont::DemiBold);
            return font;
        }
        return {};
    default:
        return {};
    }
}

QVariant FiguresModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Selection ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        switch (Column(section)) {
        case Measured:
            return tr("Jobs whose value was measured to its end: these make mean and percentiles");
        case CutOff:
            return tr("Jobs that ended at their limit: it is only known that they would have taken longer, so they are "
                      "not among the percentiles");
        case Goodput:
            return tr("Share of completed requests that met every limit");
        default:
            return {};
        }
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case Selection:
        return tr("Jobs of");
    case Jobs:
        return tr("Jobs");
    case Measured:
        return tr("Measured");
    case CutOff:
        return tr("Cut off");
    case Mean:
        return tr("Mean");
    case P50:
        return u"p50"_s;
    case P90:
        return u"p90"_s;
    case P95:
        return u"p95"_s;
    case P99:
        return u"p99"_s;
    case Maximum:
        return tr("Max");
    case Goodput:
        return tr("Goodput");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace BitNet
