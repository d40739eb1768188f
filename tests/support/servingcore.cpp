// SPDX-License-Identifier: MIT
// bitnet-servingcore FOLDER STATE: a program of Core alone with a server; see servinghost.h.
#include "support/servinghost.h"

#include "core/supervisor/runtimesupervisor.h"

#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    RuntimeSupervisor supervisor(
        BitNetRuntime(RuntimeOptions{.gpuMemoryGiB = 0}),
        {.outputRoot = arguments.value(1), .shimPath = QCoreApplication::applicationDirPath() + u"/bitnet-jobshim"_s});
    ServerRegistry servers(supervisor);
    const Testing::ServingHost host(servers, arguments.value(2), [] { QCoreApplication::quit(); });
    return QCoreApplication::exec();
}
