// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencyview.h"

#include <QWidget>

#include <array>

namespace BitNet {

class ElidedLabel;

// The few figures that matter, at the top of the page: jobs, p50, p95, p99, throughput, goodput or success.
class FigureStrip : public QWidget
{
    Q_OBJECT
public:
    explicit FigureStrip(QWidget *parent = nullptr);

    void display(const LatencyView &view);

private:
    enum Tile { Jobs, P50, P95, P99, Throughput, Goodput, TileCount };
    void set(Tile tile, const QString &what, const QString &value, const QString &more, const QString &exact = {});

    struct Labels
    {
        ElidedLabel *what = nullptr;
        ElidedLabel *value = nullptr;
        ElidedLabel *more = nullptr;
    };
    std::array<Labels, TileCount> m_tiles;
};

} // namespace BitNet
