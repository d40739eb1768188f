// SPDX-License-Identifier: MIT
#include "ui/mainwindow/aboutbox.h"

#include "ui/style/icons.h"

#include <QCoreApplication>
#include <QMessageBox>

namespace BitNet {

namespace {

struct AboutBox
{
    Q_DECLARE_TR_FUNCTIONS(AboutBox)
};

} // namespace

void openAboutBox(QWidget *parent)
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, AboutBox::tr("About BitNet Supervisor"),
                                AboutBox::tr("BitNet Supervisor %1").arg(QCoreApplication::applicationVersion()),
                                QMessageBox::Ok, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(Icons::application().pixmap(QSize(64, 64), parent->devicePixelRatioF()));
    box->setInformativeText(
        AboutBox::tr("Runs BitNet and llama.cpp programs, and any other command, as supervised jobs.\n"
                     "MIT licence. Made with Qt %1.")
            .arg(QLatin1String(qVersion())));
    box->open();
}

} // namespace BitNet
