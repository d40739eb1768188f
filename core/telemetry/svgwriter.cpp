// SPDX-License-Identifier: MIT
#include "core/telemetry/svgwriter.h"

#include "core/telemetry/markup.h"

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// A tenth of a pixel is finer than anybody sees.
QString number(double value)
{
    QString text = QString::number(value, 'f', 1);
    if (text.endsWith(".0"_L1))
        text.chop(2);
    return text == "-0"_L1 ? u"0"_s : text;
}

QString list(std::span<const SvgWriter::Point> points)
{
    QString text;
    for (const SvgWriter::Point &point : points) {
        if (!text.isEmpty())
            text += u' ';
        text += number(point.x) + u',' + number(point.y);
    }
    return text;
}

QString titleElement(const QString &tip)
{
    return tip.isEmpty() ? QString() : QString("<title>"_L1 + escaped(tip) + "</title>"_L1);
}

} // namespace

SvgWriter::SvgWriter(double width, double height, const QString &description)
{
    m_text = u"<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">\n"_s.arg(number(width), number(height),
                                                                                   escaped(description));
}

void SvgWriter::shape(const char *element, const QString &attributes, const char *cssClass, const QString &tip)
{
    m_text += u'<' + QLatin1StringView(element) + " class=\""_L1 + QLatin1StringView(cssClass) + "\" "_L1 + attributes;
    if (tip.isEmpty())
        m_text += "/>\n"_L1;
    else
        m_text += u'>' + titleElement(tip) + "</"_L1 + QLatin1StringView(element) + ">\n"_L1;
}

void SvgWriter::beginGroup(const char *cssClass, const QString &tip)
{
    m_text += "<g class=\""_L1 + QLatin1StringView(cssClass) + "\">"_L1 + titleElement(tip) + u'\n';
}

void SvgWriter::endGroup()
{
    m_text += "</g>\n"_L1;
}

void SvgWriter::line(Point from, Point to, const char *cssClass)
{
    shape("line",
          u"x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\""_s.arg(number(from.x), number(from.y), number(to.x), number(to.y)),
          cssClass, {});
}

void SvgWriter::polyline(std::span<const Point> points, const char *cssClass)
{
    shape("polyline", u"points=\"%1\""_s.arg(list(points)), cssClass, {});
}

void SvgWriter::polygon(std::span<const Point> points, const char *cssClass, const QString &tip)
{
    shape("polygon", u"points=\"%1\""_s.arg(list(points)), cssClass, tip);
}

void SvgWriter::rectangle(Point topLeft, double width, double height, const char *cssClass, const QString &tip)
{
    shape("rect",
          u"x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\""_s.arg(number(topLeft.x), number(topLeft.y), number(width),
                                                                number(height)),
          cssClass, tip);
}

void SvgWriter::circle(Point centre, double radius, const char *cssClass, const QString &tip)
{
    shape("circle", u"cx=\"%1\" cy=\"%2\" r=\"%3\""_s.arg(number(centre.x), number(centre.y), number(radius)), cssClass,
          tip);
}

void SvgWriter::text(Point baseline, QStringView text, const char *cssClass, Anchor anchor)
{
    const QLatin1StringView anchorName = anchor == Anchor::Start ? "start"_L1
        : anchor == Anchor::Middle                               ? "middle"_L1
                                                                 : "end"_L1;
    m_text += u"<text class=\"%1\" x=\"%2\" y=\"%3\" text-anchor=\"%4\">"_s.arg(
                  QLatin1StringView(cssClass), number(baseline.x), number(baseline.y), anchorName)
        + escaped(text) + "</text>\n"_L1;
}

QString SvgWriter::finish()
{
    return m_text + "</svg>\n"_L1;
}

} // namespace BitNet
