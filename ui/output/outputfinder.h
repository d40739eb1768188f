// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputsearch.h"

#include <QObject>

#include <optional>

namespace BitNet {

// The search as a person goes through it: one hit is the current one, next and previous go around at the ends. Keeps up
// with an output that grows.
class OutputFinder : public QObject
{
    Q_OBJECT
public:
    // The log must outlive it.
    explicit OutputFinder(const OutputLog *log, QObject *parent = nullptr);

    // Looks for a text and goes to its first hit at or behind the offset of output.log, as soon as there is one; when
    // there is none, to the first of all. An empty text is like clear().
    void find(const QString &text, Qt::CaseSensitivity sensitivity, OutputStreams streams, qint64 from);
    void clear();
    // The same text in other streams; goes nowhere.
    void setStreams(OutputStreams streams);
    void extend() { m_search.extend(); }

    void goToNext();
    void goToPrevious();

    bool isActive() const { return m_search.isActive(); }
    bool isRunning() const { return m_search.isRunning(); }
    QString text() const { return m_text; }
    qint64 hitCount() const { return m_search.hitCount(); }
    // 0..100, of the output as it was when the search began.
    int percentDone() const;
    std::optional<OutputSearch::Numbered> current() const { return m_current; }
    QList<OutputSearch::Numbered> hitsIn(qint64 from, qint64 to) const { return m_search.hitsIn(from, to); }

Q_SIGNALS:
    // Anything of the above changed.
    void changed();
    // The current hit is this now: it should be shown.
    void arrived(const BitNet::OutputHit &hit);

private:
    void look(bool final);
    void goTo(const std::optional<OutputSearch::Numbered> &hit);

    const OutputLog *const m_log;
    OutputSearch m_search;
    QString m_text;
    Qt::CaseSensitivity m_sensitivity = Qt::CaseInsensitive;
    // Where the next hit is wanted, while it is not known yet.
    std::optional<qint64> m_wantedFrom;
    std::optional<OutputSearch::Numbered> m_current;
};

} // namespace BitNet
