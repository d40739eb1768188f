// SPDX-License-Identifier: MIT
#pragma once

#include <span>

class QAbstractItemModel;
class QSortFilterProxyModel;
class QTableView;

namespace BitNet {

// Makes a table of things, one a row: one is selected at a time, nothing is edited, a click on a head sorts by the raw
// values of sortRole, at first by the first column; cells are painted by a ToneDelegate. characters: how wide each column is
// at first, in average characters.
void setUpRowTable(QTableView &table, QSortFilterProxyModel &proxy, QAbstractItemModel &source, int sortRole,
                   std::span<const int> characters);

} // namespace BitNet
