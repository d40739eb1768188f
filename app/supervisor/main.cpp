// SPDX-License-Identifier: MIT
#include "app/supervisor/application.h"
#include "app/supervisor/arguments.h"

#include <QApplication>
#include <QLocale>
#include <QTranslator>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"bitnet-supervisor"_s);
    QCoreApplication::setOrganizationName(u"bitnet-supervisor"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BITNET_VERSION));
    QGuiApplication::setApplicationDisplayName(QString());
    QGuiApplication::setDesktopFileName(u"bitnet-supervisor"_s);
    // The window decides when the application ends: jobs may have to end first, or go on in the tray.
    QApplication::setQuitOnLastWindowClosed(false);
    QTranslator words;
    // Where there is no translation the English plurals are still needed.
    if (words.load(QLocale(), u"bitnet-supervisor"_s, u"_"_s, u":/bitnet/translations"_s)
        || words.load(u":/bitnet/translations/bitnet-supervisor_en"_s))
        QCoreApplication::installTranslator(&words);

    BitNet::Application application(BitNet::Arguments::parse(app));
    application.start();
    return QApplication::exec();
}
