// SPDX-License-Identifier: MIT
#include "ui/engine/rowtable.h"

#include "ui/engine/tonedelegate.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>

namespace BitNet {

void setUpRowTable(QTableView &table, QSortFilterProxyModel &proxy, QAbstractItemModel &source, int sortRole,
                   std::span<const int> characters)
{
    proxy.setSourceModel(&source);
    proxy.setSortRole(sortRole);
    proxy.setSortLocaleAware(true);
    proxy.setSortCaseSensitivity(Qt::CaseInsensitive);
    table.setModel(&proxy);
    table.setItemDelegate(new ToneDelegate(&table));
    table.setFrameShape(QFrame::NoFrame);
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setTabKeyNavigation(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(table.fontMetrics().height() + 13);
    table.horizontalHeader()->setHighlightSections(false);
    table.setSortingEnabled(true);
    table.sortByColumn(0, Qt::AscendingOrder);
    const int width = table.fontMetrics().averageCharWidth();
    for (int column = 0; column < int(characters.size()); ++column)
        table.setColumnWidth(column, width * characters[size_t(column)]);
}

} // namespace BitNet
