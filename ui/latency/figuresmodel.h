// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace BitNet {

// One row of the table.
struct FigureRow
{
    QString title;
    QString tip = {}; // the title in full, where that is longer
    bool isHeading = false; // of all, or of one measure
    qint64 jobs = 0;
    LatencySummary summary = {};
    std::optional<double> goodput = std::nullopt; // share

    friend bool operator==(const FigureRow &, const FigureRow &) = default;
};

// Of all jobs, then by model, by group, and of the other measures. Sorts all values: not on the GUI thread.
std::vector<FigureRow> figureRows(const LatencyReport &report);

// The figures of a latency report. Percentiles are of measured values alone; what ended at its limit is counted beside them.
class FiguresModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Selection, Jobs, Measured, CutOff, Mean, P50, P90, P95, P99, Maximum, Goodput, ColumnCount };
    enum Role { SortRole = Qt::UserRole }; // the raw number: ms, count or share (NaN when absent); or the text

    explicit FiguresModel(QObject *parent = nullptr);

    void setRows(std::vector<FigureRow> rows);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::optional<double> number(const FigureRow &row, Column column) const;
    QString text(const FigureRow &row, Column column) const;

    std::vector<FigureRow> m_rows;
};

} // namespace BitNet
