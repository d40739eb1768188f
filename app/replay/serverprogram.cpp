// SPDX-License-Identifier: MIT
#include "app/replay/serverprogram.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/signalfd.h>

using namespace Qt::StringLiterals;

namespace BitNet::Replay {

namespace {

void say(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    fwrite(bytes.constData(), 1, size_t(bytes.size()), stderr);
    fflush(stderr);
}

// In a real server's words, so that its reader recognises them.
bool modelLoads(const QString &model)
{
    say(u"main: loading model\nsrv    load_model: loading model '%1'\n"_s.arg(model));
    QFile file(model);
    if (QFileInfo(model).isDir() || !file.open(QIODevice::ReadOnly)) {
        say(u"gguf_init_from_file: failed to open GGUF file '%1'\n"_s.arg(model));
    } else if (const QByteArray magic = file.read(4); magic != "GGUF") {
        say(u"gguf_init_from_file: invalid magic characters '%1'\n"_s.arg(
            QString::fromLatin1(magic.leftJustified(4, '?'))));
    } else {
        return true;
    }
    say(u"llama_model_load: error loading model: llama_model_loader: failed to load model from %1\n\n"
        "llama_model_load_from_file_impl: failed to load model\n"
        "srv    load_model: failed to load model, '%1'\n"
        "main: exiting due to model loading error\n"_s.arg(model));
    return false;
}

} // namespace

std::optional<ServerArguments> ServerArguments::parse(const QStringList &arguments, QString *error)
{
    ServerArguments result;
    RecordedServer::Setup &setup = result.setup;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &flag = arguments[i];
        const bool hasValue = i + 1 < arguments.size() && !arguments[i + 1].startsWith("--"_L1);
        const QString value = hasValue ? arguments[i + 1] : QString();
        if (flag == "--help"_L1 || flag == "-h"_L1) {
            result.asksForHelp = true;
            continue;
        }
        if (flag == "--version"_L1) {
            result.asksForVersion = true;
            continue;
        }
        if (flag == "--slots"_L1) {
            setup.showsSlots = true;
            continue;
        }
        if (flag == "--metrics"_L1) {
            setup.showsMetrics = true;
            continue;
        }
        if (flag == "-m"_L1 || flag == "--model"_L1) {
            setup.model = value;
        } else if (flag == "--host"_L1) {
            setup.host = value;
        } else if (flag == "--port"_L1) {
            setup.port = value.toUShort();
        } else if (flag == "-c"_L1 || flag == "--ctx-size"_L1) {
            setup.contextSize = qMax(1, value.toInt());
        } else if (flag == "-np"_L1 || flag == "--parallel"_L1) {
            setup.slotCount = qMax(1, value.toInt());
        } else if (flag == "--api-key"_L1) {
            setup.apiKey = value.toUtf8();
        } else if (flag == "--api-key-file"_L1) {
            QFile file(value);
            if (!file.open(QIODevice::ReadOnly)) {
                *error = u"error: failed to open file '%1'"_s.arg(value);
                return std::nullopt;
            }
            setup.apiKey = file.readLine().trimmed();
        } else {
            const bool isFlagNext = value.startsWith(u'-') && value.size() > 1 && !value[1].isDigit();
            result.unknown += {flag, isFlagNext ? QString() : value};
            if (isFlagNext || !hasValue)
                continue;
        }
        ++i;
    }
    return result;
}

int serve(const RecordedServer::Setup &setup, int &argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    RecordedServer server(setup);
    if (!server.listen()) {
        say(u"main: couldn't bind HTTP server socket, hostname: %1, port: %2\n"_s.arg(setup.host).arg(setup.port));
        return EXIT_FAILURE;
    }
    say(u"main: HTTP server is listening, hostname: %1, port: %2, http threads: 3\n"_s.arg(setup.host).arg(setup.port));
    if (!modelLoads(setup.model))
        return EXIT_FAILURE;
    QObject::connect(&server, &RecordedServer::loaded, [&setup] {
        say(u"main: model loaded\nmain: server is listening on http://%1:%2 - starting the main loop\n"_s
                .arg(setup.host)
                .arg(setup.port));
    });
    QObject::connect(&server, &RecordedServer::answered,
                     [](const QString &line) { say(u"srv  log_server_r: request: %1\n"_s.arg(line)); });
    QObject::connect(&server, &RecordedServer::died, [] {
        fflush(stderr);
        std::abort();
    });

    sigset_t signalSet;
    sigemptyset(&signalSet);
    sigaddset(&signalSet, SIGINT);
    sigaddset(&signalSet, SIGTERM);
    sigprocmask(SIG_BLOCK, &signalSet, nullptr);
    const QSocketNotifier notifier(::signalfd(-1, &signalSet, SFD_CLOEXEC | SFD_NONBLOCK), QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, [] {
        say(u"srv    operator(): operator(): cleaning up before exit...\n"_s);
        QCoreApplication::exit(0);
    });
    return QCoreApplication::exec();
}

} // namespace BitNet::Replay
