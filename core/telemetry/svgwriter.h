// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <span>

namespace BitNet {

// Writes one SVG picture to stand inside an HTML page. Colours and line widths come from the page's style sheet by class.
// All text is escaped here. A tip is shown by browsers while the pointer rests on the shape.
class SvgWriter
{
public:
    struct Point
    {
        double x = 0;
        double y = 0;
    };
    enum class Anchor : quint8 { Start, Middle, End };

    // In user units; the picture takes the width that the page gives it. The description is for screen readers.
    SvgWriter(double width, double height, const QString &description);

    void beginGroup(const char *cssClass, const QString &tip = {});
    void endGroup();
    void line(Point from, Point to, const char *cssClass);
    void polyline(std::span<const Point> points, const char *cssClass);
    void polygon(std::span<const Point> points, const char *cssClass, const QString &tip = {});
    void rectangle(Point topLeft, double width, double height, const char *cssClass, const QString &tip = {});
    void circle(Point centre, double radius, const char *cssClass, const QString &tip = {});
    void text(Point baseline, QStringView text, const char *cssClass, Anchor anchor = Anchor::Start);

    QString finish();

private:
    void shape(const char *element, const QString &attributes, const char *cssClass, const QString &tip);

    QString m_text;
};

} // namespace BitNet
