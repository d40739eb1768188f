// SPDX-License-Identifier: MIT
#include "ui/output/outputsearchbar.h"

#include "ui/output/outputview.h"

namespace BitNet {

using namespace Qt::StringLiterals;

OutputSearchBar::OutputSearchBar(OutputView *view, QWidget *parent)
    : FindBar(u"outputSearch"_s, tr("Find in output"), parent)
    , m_view(view)
{
    connect(&view->finder(), &OutputFinder::changed, this, &OutputSearchBar::showCount);
}

void OutputSearchBar::find(const QString &text, Qt::CaseSensitivity sensitivity)
{
    m_view->find(text, sensitivity);
}

bool OutputSearchBar::isSearching() const
{
    return m_view->finder().isActive();
}

void OutputSearchBar::step(bool backwards)
{
    if (backwards)
        m_view->finder().goToPrevious();
    else
        m_view->finder().goToNext();
}

void OutputSearchBar::forget()
{
    m_view->finder().clear();
}

QString OutputSearchBar::selectedText(qsizetype maximum) const
{
    return m_view->selectedText(maximum);
}

QWidget *OutputSearchBar::searched() const
{
    return m_view;
}

void OutputSearchBar::scrollByKey(int key)
{
    m_view->scrollByKey(key);
}

void OutputSearchBar::showCount()
{
    const OutputFinder &finder = m_view->finder();
    if (!finder.isActive())
        return showHits(std::nullopt);
    Hits hits{.count = finder.hitCount()};
    if (finder.current())
        hits.current = finder.current()->number;
    if (finder.isRunning())
        hits.percentDone = finder.percentDone();
    showHits(hits);
}

} // namespace BitNet
