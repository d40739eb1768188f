// SPDX-License-Identifier: MIT
// bitnet-servingwindow FOLDER STATE: the application with its window and a server; see servinghost.h. Told to close, it
// answers the question whether to.
#include "support/servinghost.h"

#include "app/supervisor/application.h"
#include "ui/mainwindow/mainwindow.h"

#include <QApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QTimer>

#include <memory>

using namespace BitNet;

namespace {

MainWindow *openedWindow()
{
    for (QWidget *widget : QApplication::topLevelWidgets()) {
        if (auto *window = qobject_cast<MainWindow *>(widget); window && window->isVisible() && window->isEnabled())
            return window;
    }
    return nullptr;
}

} // namespace

int main(int argc, char *argv[])
{
    const QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    const QStringList arguments = QCoreApplication::arguments();
    Application application({.dataFolder = arguments.value(1)});
    std::unique_ptr<Testing::ServingHost> host;
    bool isLeaving = false;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, [&] {
        MainWindow *window = openedWindow();
        if (window && !host) {
            host = std::make_unique<Testing::ServingHost>(*window->findChild<ServerRegistry *>(), arguments.value(2),
                                                          [&isLeaving, window] {
                                                              isLeaving = true;
                                                              window->close();
                                                          });
        }
        if (auto *question = window && isLeaving ? window->findChild<QMessageBox *>() : nullptr)
            question->defaultButton()->click();
    });
    look.start(20);
    application.start();
    const int code = QApplication::exec();
    host.reset();
    return code;
}
