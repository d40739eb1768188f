// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/serversnapshot.h"
#include "ui/engine/serverload.h"

#include <QChartView>
#include <QElapsedTimer>
#include <QHash>
#include <QTimer>

class QAreaSeries;
class QLineSeries;
class QValueAxis;

namespace BitNet {

// The last five minutes of a server: how many requests it answered at once, how many waited, and how many slots it has.
// Remembers every server it was told of; draws one, once a second, while it is seen.
class ServerLoadChart : public QChartView
{
    Q_OBJECT
public:
    explicit ServerLoadChart(QWidget *parent = nullptr);

    void take(const ServerSnapshot &server);
    void forget(const QString &name);
    // The one to show; empty: none.
    void setServer(const QString &name);
    // What it shows, in words.
    QString summary() const { return accessibleDescription(); }

    QSize sizeHint() const override { return {480, 150}; }

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    std::chrono::seconds now() const { return std::chrono::seconds(m_clock.elapsed() / 1000); }
    void draw();
    void applyLook();

    QHash<QString, ServerLoad> m_loads;
    QHash<QString, int> m_slots;
    QString m_name;
    QElapsedTimer m_clock;
    QTimer m_second;
    QLineSeries *m_busyTop;
    QLineSeries *m_waitingTop;
    QLineSeries *m_slotLine;
    QAreaSeries *m_busy;
    QAreaSeries *m_waiting;
    QValueAxis *m_requests;
};

} // namespace BitNet
