// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

class QHeaderView;
class QTableView;

namespace BitNet {

// Keeps one column of a table as wide as the others leave room for, as long as nobody chooses a width for it. Where there
// is less room than its minimum a second column gives way, down to a minimum of its own; only then the table scrolls.
class ElasticColumn : public QObject
{
    Q_OBJECT
public:
    ElasticColumn(QTableView *table, int column, int minimumWidth);

    // wantedWidth: what the column has where there is room; each change of its width from elsewhere is the new one.
    void setYielding(int column, int minimumWidth, int wantedWidth);
    int yieldingWidth() const { return m_yieldingWanted; }

    // False once a person has given the column a width of its own; the last column takes what is left then.
    bool isElastic() const { return m_elastic; }
    void setElastic(bool elastic);

    // How much room the shown columns leave for this one and for more.
    int room() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void sectionResized(int column);
    void fit();
    void fitYielding();

    QTableView *m_table;
    QHeaderView *m_header;
    int m_column;
    int m_minimumWidth;
    int m_yielding = -1;
    int m_yieldingMinimum = 0;
    int m_yieldingWanted = 0;
    bool m_elastic = true;
    bool m_fitting = false;
};

} // namespace BitNet
