// SPDX-License-Identifier: MIT
#include "ui/style/icons.h"

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

// Outside of any namespace, as the macro demands.
static void registerResources()
{
    Q_INIT_RESOURCE(bitnet);
}

namespace BitNet::Icons {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1String folder(":/bitnet/icons/");

QString pathOf(const QString &name)
{
    registerResources();
    const QString path = folder + name + u".svg"_s;
    return QFile::exists(path) ? path : QString();
}

// Paints an SVG whose strokes and fills are "currentColor" in a colour taken from the palette when it is painted.
class LineIconEngine : public QIconEngine
{
public:
    LineIconEngine(QString name, QByteArray svg, QColor colour)
        : m_name(std::move(name))
        , m_svg(std::move(svg))
        , m_colour(colour)
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal ratio = painter->device()->devicePixelRatio();
        painter->drawPixmap(rect, rendered(rect.size() * ratio, mode));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override { return rendered(size, mode); }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal) override
    {
        return rendered(size, mode);
    }

    QSize actualSize(const QSize &size, QIcon::Mode, QIcon::State) override { return size; }
    QString key() const override { return u"bitnet-line"_s; }
    QString iconName() override { return m_name; }
    bool isNull() override { return m_svg.isEmpty(); }
    QIconEngine *clone() const override { return new LineIconEngine(*this); }

private:
    QColor colourFor(QIcon::Mode mode) const
    {
        const QPalette palette = QGuiApplication::palette();
        switch (mode) {
        case QIcon::Disabled:
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        case QIcon::Selected: // the style tints selected rows, it does not fill them
        case QIcon::Normal:
        case QIcon::Active:
            break;
        }
        return m_colour.isValid() ? m_colour : palette.color(QPalette::ButtonText);
    }

    // In device pixels.
    QPixmap rendered(const QSize &size, QIcon::Mode mode) const
    {
        const QColor colour = colourFor(mode);
        const QString key =
            u"bitnet/%1/%2/%3x%4"_s.arg(m_name, colour.name(QColor::HexArgb)).arg(size.width()).arg(size.height());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        QByteArray svg = m_svg;
        svg.replace("currentColor", colour.name().toLatin1());
        QSvgRenderer renderer(svg);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setOpacity(colour.alphaF());
        renderer.render(&painter);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    const QString m_name;
    const QByteArray m_svg;
    const QColor m_colour;
};

} // namespace

QIcon get(const QString &name)
{
    return get(name, QColor());
}

QIcon get(const QString &name, const QColor &colour)
{
    const QString path = pathOf(name);
    QFile file(path);
    if (path.isEmpty() || !file.open(QIODevice::ReadOnly))
        return {};
    return QIcon(new LineIconEngine(name, file.readAll(), colour));
}

QIcon application()
{
    registerResources();
    return QIcon(u":/bitnet/bitnet-supervisor.svg"_s);
}

QStringList names()
{
    registerResources();
    QStringList names;
    for (const QString &entry : QDir(folder).entryList({u"*.svg"_s}, QDir::Files, QDir::Name))
        names.append(entry.chopped(4));
    return names;
}

} // namespace BitNet::Icons
