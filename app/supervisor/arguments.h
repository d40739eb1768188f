// SPDX-License-Identifier: MIT
#pragma once

#include "ui/mainwindow/mainwindow.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace BitNet {

// The command line of the application.
struct Arguments
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::Arguments)
public:
    // Prints and ends the program for --help, --version and whatever it does not understand (exit code 2).
    static Arguments parse(const QCoreApplication &app);

    QString buildFolder = {};
    QString dataFolder = {}; // empty: this person's own
    int concurrency = 0; // 0: as the settings say
    std::optional<MainWindow::Page> page = std::nullopt;
    bool sampleQueue = false;
};

} // namespace BitNet
