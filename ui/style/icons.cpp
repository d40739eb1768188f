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

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        if (const QIcon desktop = fromDesktop(); !desktop.isNull()) {
            desktop.paint(painter, rect, Qt::AlignCenter, mode, state);
            return;
        }
        const qreal ratio = painter->device()->devicePixelRatio();
        painter->drawPixmap(rect, rendered(rect.size() * ratio, mode));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        const QIcon desktop = fromDesktop();
        if (desktop.isNull())
            return rendered(size, mode);
        // Themes have few sizes; the place asked for is kept.
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        desktop.paint(&painter, pixmap.rect(), Qt::AlignCenter, mode, state);
        return pixmap;
    }

    QSize actualSize(const QSize &size, QIcon::Mode, QIcon::State) override { return size; }
    QString key() const override { return u"bitnet-line"_s; }
    QString iconName() override { return m_name; }
    bool isNull() override { return m_svg.isEmpty(); }
    QIconEngine *clone() const override { return new LineIconEngine(*this); }

private:
    QIcon fromDesktop() const
    {
        // A colour says something; a theme's icon has its own.
        const QString standard = m_colour.isValid() || !areFromDesktop() ? QString() : standardName(m_name);
        return standard.isEmpty() ? QIcon() : QIcon::fromTheme(standard);
    }

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

static constexpr char fromDesktopProperty[] = "bitnetIconsFromDesktop";

void setFromDesktop(bool wanted)
{
    QCoreApplication::instance()->setProperty(fromDesktopProperty, wanted);
}

bool areFromDesktop()
{
    return QCoreApplication::instance()->property(fromDesktopProperty).toBool();
}

QString standardName(const QString &name)
{
    static const QHash<QString, QString> names = {
        {u"add"_s, u"list-add"_s},
        {u"again"_s, u"view-refresh"_s},
        {u"cancel"_s, u"process-stop"_s},
        {u"close"_s, u"window-close"_s},
        {u"copy"_s, u"edit-copy"_s},
        {u"folder"_s, u"folder-open"_s},
        {u"info"_s, u"help-about"_s},
        {u"keyboard"_s, u"input-keyboard"_s},
        {u"menu"_s, u"open-menu"_s},
        {u"move-bottom"_s, u"go-bottom"_s},
        {u"move-down"_s, u"go-down"_s},
        {u"move-top"_s, u"go-top"_s},
        {u"move-up"_s, u"go-up"_s},
        {u"next"_s, u"go-next"_s},
        {u"pause"_s, u"media-playback-pause"_s},
        {u"previous"_s, u"go-previous"_s},
        {u"quit"_s, u"application-exit"_s},
        {u"refresh"_s, u"view-refresh"_s},
        {u"remove"_s, u"edit-delete"_s},
        {u"run"_s, u"media-playback-start"_s},
        {u"run-command"_s, u"utilities-terminal"_s},
        {u"save"_s, u"document-save"_s},
        {u"search"_s, u"edit-find"_s},
        {u"settings"_s, u"preferences-system"_s},
        {u"stop"_s, u"media-playback-stop"_s},
        {u"subtract"_s, u"list-remove"_s},
        {u"warning"_s, u"dialog-warning"_s},
    };
    return names.value(name);
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
