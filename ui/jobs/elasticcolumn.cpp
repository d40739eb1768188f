// SPDX-License-Identifier: MIT
#include "ui/jobs/elasticcolumn.h"

#include <QEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QScopedValueRollback>
#include <QTableView>

namespace BitNet {

ElasticColumn::ElasticColumn(QTableView *table, int column, int minimumWidth)
    : QObject(table)
    , m_table(table)
    , m_header(table->horizontalHeader())
    , m_column(column)
    , m_minimumWidth(minimumWidth)
{
    m_header->setStretchLastSection(false);
    m_table->viewport()->installEventFilter(this);
    connect(m_header, &QHeaderView::sectionResized, this, [this](int resized) { sectionResized(resized); });
}

void ElasticColumn::setElastic(bool elastic)
{
    m_elastic = elastic;
    m_header->setStretchLastSection(!elastic);
    fit();
}

void ElasticColumn::setYielding(int column, int minimumWidth, int wantedWidth)
{
    m_yielding = column;
    m_yieldingMinimum = minimumWidth;
    m_yieldingWanted = std::max(minimumWidth, wantedWidth);
    fit();
}

int ElasticColumn::room() const
{
    int others = 0;
    for (int column = 0; column < m_header->count(); ++column)
        others += column == m_column ? 0 : m_header->sectionSize(column); // 0 for hidden ones
    return m_table->viewport()->width() - others;
}

bool ElasticColumn::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize) {
        fit();
        // The view has not heard of its size yet, and may show or hide a scroll bar by it.
        QMetaObject::invokeMethod(this, &ElasticColumn::fit, Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

void ElasticColumn::sectionResized(int column)
{
    if (m_fitting)
        return;
    if (column == m_yielding)
        m_yieldingWanted = m_header->sectionSize(column);
    if (!m_elastic)
        return;
    // Only a drag of its own edge says that somebody wants this width.
    if (column == m_column && QGuiApplication::mouseButtons() != Qt::NoButton)
        setElastic(false);
    else
        fit();
}

void ElasticColumn::fitYielding()
{
    if (m_yielding < 0 || m_header->isSectionHidden(m_yielding))
        return;
    const int missing = m_minimumWidth - (room() + m_header->sectionSize(m_yielding) - m_yieldingWanted);
    const int width = std::max(std::min(m_yieldingMinimum, m_yieldingWanted), m_yieldingWanted - std::max(0, missing));
    if (m_header->sectionSize(m_yielding) != width)
        m_header->resizeSection(m_yielding, width);
}

void ElasticColumn::fit()
{
    if (!m_elastic || m_fitting || m_header->isSectionHidden(m_column))
        return;
    const QScopedValueRollback fitting(m_fitting, true);
    // A scroll bar may come or go by it, which changes the room.
    for (int pass = 0; pass < 3; ++pass) {
        fitYielding();
        const int width = std::max(m_minimumWidth, room());
        if (m_header->sectionSize(m_column) == width)
            break;
        m_header->resizeSection(m_column, width);
    }
}

} // namespace BitNet
