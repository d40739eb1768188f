// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/chartdrawing.h"

#include <memory>

namespace BitNet {

// A chart as a file: .png (twice as many pixels as the size says), .svg or .csv, by the ending of the path; written aside
// and renamed, see replaceFile(). False and a sentence on failure. Any thread.
bool exportChart(const QString &path, const ChartDrawing &drawing, const QSize &size, const ChartLook &look,
                 QString *error);

} // namespace BitNet
