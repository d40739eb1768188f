// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencysamples.h"

#include <QAbstractTableModel>

namespace BitNet {

// One measure a row: how many jobs have it, mean, percentiles, maximum.
class LatencyTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Count, Mean, P50, P90, P95, P99, Maximum };
    enum Role { SortRole = Qt::UserRole }; // milliseconds, or the count

    explicit LatencyTableModel(QObject *parent = nullptr);

    using Figures = std::array<LatencyFigures, allMeasures.size()>;
    void setFigures(const Figures &figures);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    static QString title(Measure measure);

private:
    Figures m_figures = {};
};

} // namespace BitNet
