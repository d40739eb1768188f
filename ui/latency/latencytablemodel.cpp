// SPDX-License-Identifier: MIT
#include "ui/latency/latencytablemodel.h"

#include "ui/style/wording.h"

#include <QLocale>

namespace BitNet {

using namespace Qt::StringLiterals;

LatencyTableModel::LatencyTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void LatencyTableModel::setFigures(const Figures &figures)
{
    for (int row = 0; row < rowCount(); ++row) {
        const auto i = static_cast<size_t>(row);
        if (m_figures[i] == figures[i])
            continue;
        m_figures[i] = figures[i];
        Q_EMIT dataChanged(index(row, Count), index(row, Maximum), {Qt::DisplayRole, Qt::ToolTipRole, SortRole});
    }
}

QString LatencyTableModel::title(Measure measure)
{
    switch (measure) {
    case Measure::RunTime:
        return tr("Run time");
    case Measure::QueueWait:
        return tr("Queue wait");
    case Measure::Latency:
        return tr("E2E latency");
    case Measure::FirstToken:
        return tr("Time to first token");
    }
    return {};
}

int LatencyTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(allMeasures.size());
}

int LatencyTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : Maximum + 1;
}

QVariant LatencyTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const auto column = static_cast<Column>(index.column());
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment((column == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SortRole)
        return {};
    const LatencyFigures &figures = m_figures[static_cast<size_t>(index.row())];
    const auto value = [&figures, role](double ms) -> QVariant {
        if (role == SortRole)
            return ms;
        if (figures.count == 0)
            return role == Qt::ToolTipRole ? QString() : Wording::nothing();
        const std::chrono::nanoseconds exact(static_cast<qint64>(ms * 1e6));
        return role == Qt::ToolTipRole ? Wording::exactDuration(exact) : Wording::duration(exact);
    };
    switch (column) {
    case Name:
        return role == Qt::ToolTipRole ? QVariant() : title(allMeasures[static_cast<size_t>(index.row())]);
    case Count:
        return role == SortRole ? QVariant(figures.count) : QVariant(QLocale().toString(figures.count));
    case Mean:
        return value(figures.mean);
    case P50:
        return value(figures.p50);
    case P90:
        return value(figures.p90);
    case P95:
        return value(figures.p95);
    case P99:
        return value(figures.p99);
    case Maximum:
        return value(figures.maximum);
    }
    return {};
}

QVariant LatencyTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section > Maximum)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment((column == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name:
        return tr("Measure");
    case Count:
        return tr("Jobs");
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
    }
    return {};
}

} // namespace BitNet
