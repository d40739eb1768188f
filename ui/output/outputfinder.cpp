// SPDX-License-Identifier: MIT
#include "ui/output/outputfinder.h"

#include <algorithm>

namespace BitNet {

OutputFinder::OutputFinder(const OutputLog *log, QObject *parent)
    : QObject(parent)
    , m_log(log)
    , m_search(log)
{
    connect(&m_search, &OutputSearch::progressed, this, [this] {
        look(false);
        Q_EMIT changed();
    });
    connect(&m_search, &OutputSearch::finished, this, [this] {
        look(true);
        Q_EMIT changed();
    });
}

void OutputFinder::find(const QString &text, Qt::CaseSensitivity sensitivity, OutputStreams streams, qint64 from)
{
    m_text = text;
    m_sensitivity = sensitivity;
    m_current.reset();
    m_wantedFrom = from;
    m_search.start(BytePattern::text(text, sensitivity), streams);
    Q_EMIT changed();
}

void OutputFinder::clear()
{
    m_text.clear();
    m_current.reset();
    m_wantedFrom.reset();
    m_search.clear();
    Q_EMIT changed();
}

void OutputFinder::setStreams(OutputStreams streams)
{
    if (!isActive())
        return;
    m_current.reset();
    m_wantedFrom.reset();
    m_search.start(BytePattern::text(m_text, m_sensitivity), streams);
    Q_EMIT changed();
}

int OutputFinder::percentDone() const
{
    return m_log->size() > 0 ? int(std::min<qint64>(m_search.searchedTo() * 100 / m_log->size(), 100)) : 100;
}

void OutputFinder::look(bool final)
{
    if (!m_wantedFrom)
        return;
    std::optional<OutputSearch::Numbered> hit = m_search.firstFrom(*m_wantedFrom);
    if (!hit && final)
        hit = m_search.firstFrom(0);
    if (hit)
        goTo(hit);
    else if (final)
        m_wantedFrom.reset();
}

void OutputFinder::goTo(const std::optional<OutputSearch::Numbered> &hit)
{
    if (!hit)
        return;
    m_wantedFrom.reset();
    m_current = hit;
    Q_EMIT arrived(hit->hit);
    Q_EMIT changed();
}

void OutputFinder::goToNext()
{
    const qint64 from = m_current ? m_current->hit.begin + 1 : m_wantedFrom.value_or(0);
    const std::optional<OutputSearch::Numbered> hit = m_search.firstFrom(from);
    if (!hit && isRunning())
        m_wantedFrom = from; // it may still come
    else
        goTo(hit ? hit : m_search.firstFrom(0));
}

void OutputFinder::goToPrevious()
{
    const std::optional<OutputSearch::Numbered> hit =
        m_current ? m_search.lastBefore(m_current->hit.begin) : std::nullopt;
    goTo(hit ? hit : m_search.lastBefore(m_log->size()));
}

} // namespace BitNet
