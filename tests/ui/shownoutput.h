// SPDX-License-Identifier: MIT
#pragma once

#include "support/outputfixture.h"
#include "ui/output/outputview.h"

#include <QTest>

namespace BitNet::Testing {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

inline QByteArray numberedLines(int from, int to)
{
    QByteArray text;
    for (int i = from; i < to; ++i)
        text += "line " + QByteArray::number(i) + "\n";
    return text;
}

// A view of 20 rows of 60 columns, more or less.
class ShownView : public OutputView
{
public:
    explicit ShownView(const QString &folder = {})
    {
        resize(600, 400);
        show();
        if (!QTest::qWaitForWindowExposed(this))
            qFatal("no window");
        if (!folder.isEmpty() && !setFolder(folder))
            qFatal("%s", qPrintable(errorString()));
    }

    QStringList rows() const
    {
        QStringList rows = visibleText().split(u'\n');
        rows.removeLast();
        return rows;
    }
    // In the middle of a column of a row on the screen.
    QPoint at(int row, int column) const
    {
        const OutputPainter painter(font(), palette(), true, devicePixelRatioF());
        const int margin = painter.marginWidth(showsTimes() ? std::optional(0ns) : std::nullopt);
        return {int(margin + (column + 0.1) * painter.columnWidth()), int(4 + (row + 0.5) * painter.rowHeight())};
    }
};

} // namespace BitNet::Testing
