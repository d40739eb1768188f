// SPDX-License-Identifier: MIT
#include "ui/latency/chartexport.h"

#include "core/telemetry/recordexport.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QByteArray asPng(const ChartDrawing &drawing, const QSize &size, const ChartLook &look)
{
    static constexpr int scale = 2;
    QImage image(size * scale, QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(look.ground);
    {
        QPainter painter(&image);
        drawing.paint(painter, size, look);
    }
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray asSvg(const ChartDrawing &drawing, const QSize &size, const ChartLook &look)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(drawing.title());
    generator.setDescription(drawing.summary());
    QPainter painter(&generator);
    painter.fillRect(QRect(QPoint(), size), look.ground);
    drawing.paint(painter, size, look);
    painter.end();
    return bytes;
}

} // namespace

bool exportChart(const QString &path, const ChartDrawing &drawing, const QSize &size, const ChartLook &look,
                 QString *error)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    QByteArray bytes;
    if (ending == u"png"_s) {
        bytes = asPng(drawing, size, look);
    } else if (ending == u"svg"_s) {
        bytes = asSvg(drawing, size, look);
    } else if (ending == u"csv"_s) {
        bytes = drawing.csv();
    } else {
        *error = QCoreApplication::translate("BitNet::ChartExport",
                                             "%1 must end in .png, .svg or .csv: the ending says what is written.")
                     .arg(path);
        return false;
    }
    return replaceFile(
        path, [&bytes](QIODevice &device) { return device.write(bytes) == bytes.size(); }, error);
}

} // namespace BitNet
