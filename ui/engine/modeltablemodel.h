// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/modelmemory.h"
#include "core/runtime/modelscan.h"

#include <QAbstractTableModel>
#include <QList>

#include <optional>

namespace BitNet {

// The models of the library, one a row, by path. Sorting and filtering is a proxy's.
class ModelTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Architecture, Parameters, Size, Quantisation, Context, Parts, Memory, Verdict, File };
    static constexpr int columnCountValue = File + 1;
    enum Role {
        PathRole = Qt::UserRole, // QString
        SortRole, // the raw number (-1 when absent), or the text
        SearchRole, // QString: all that a filter looks at, of the whole row
        UsableRole, // bool
    };

    explicit ModelTableModel(QObject *parent = nullptr);

    // models are sorted by path. Rows that stay are updated in their place, so that a selection stays.
    void setModels(const QList<ModelEntry> &models);
    // What the memory column and the verdict are for: tokens of context, and the bytes that are available now.
    void setConditions(qint64 contextTokens, std::optional<qint64> availableBytes);

    // 0 <= row < rowCount(). Valid until the next change.
    const ModelEntry &entry(int row) const { return m_models[row]; }
    // Nothing for a model without a header.
    std::optional<MemoryEstimate> estimate(int row) const;
    // Unknown also for a model that can't be used.
    MemoryVerdict verdict(int row) const;

    static QString verdictWord(MemoryVerdict verdict);
    // What is to be known about this model, in a few lines of plain text.
    QString description(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString text(int row, Column column) const;
    QVariant sortKey(int row, Column column) const;
    QString toolTip(int row, Column column) const;

    QList<ModelEntry> m_models;
    qint64 m_contextTokens = 0;
    std::optional<qint64> m_availableBytes;
};

} // namespace BitNet
