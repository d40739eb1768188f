// SPDX-License-Identifier: MIT
#include "core/serving/serversettings.h"

#include "core/runtime/localport.h"

#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr auto loopback = "127.0.0.1"_L1;

struct Reserved
{
    QLatin1String flag;
    QLatin1String why;
};
constexpr auto address = "The application chooses the address: use the port field for another port."_L1;
constexpr auto key = "The application makes the API key, and hands it out in a file that only you can read."_L1;
constexpr auto path = "Where its pages are is the application's to say: it would not find the server again."_L1;
constexpr auto model = "The model is a field of its own."_L1;
constexpr auto leaves = "With it the server prints something and ends."_L1;
// With one dash less too, and with "_" for "-", as the engine takes that.
constexpr std::array reserved = {
    Reserved{"--host"_L1, address},
    Reserved{"--port"_L1, address},
    Reserved{"--reuse-port"_L1, address},
    Reserved{"--api-key"_L1, key},
    Reserved{"--api-key-file"_L1, key},
    Reserved{"--path"_L1, path},
    Reserved{"--api-prefix"_L1, path},
    Reserved{"--ssl-key-file"_L1, path},
    Reserved{"--ssl-cert-file"_L1, path},
    Reserved{"-m"_L1, model},
    Reserved{"--model"_L1, model},
    Reserved{"-mu"_L1, model},
    Reserved{"--model-url"_L1, model},
    Reserved{"-hf"_L1, model},
    Reserved{"-hfr"_L1, model},
    Reserved{"--hf-repo"_L1, model},
    Reserved{"-h"_L1, leaves},
    Reserved{"--help"_L1, leaves},
    Reserved{"--usage"_L1, leaves},
    Reserved{"--version"_L1, leaves},
    Reserved{"--list-devices"_L1, leaves},
    Reserved{"--completion-bash"_L1, leaves},
};

} // namespace

std::optional<ConfigurationIssue> checkServerArguments(const QStringList &extraArguments)
{
    for (const QString &argument : extraArguments) {
        // "--port=8080" is no spelling of llama-server's, but somebody may think so.
        QString flag = argument.section(u'=', 0, 0).trimmed();
        if (flag.startsWith("--"_L1))
            flag.replace(u'_', u'-');
        const auto found = std::find_if(reserved.begin(), reserved.end(),
                                        [&flag](const Reserved &candidate) { return candidate.flag == flag; });
        if (found != reserved.end()) {
            return ConfigurationIssue{
                .field = u"extra"_s,
                .message =
                    u"The extra argument \"%1\" can't be given to a supervised server. %2"_s.arg(argument, found->why)};
        }
    }
    return std::nullopt;
}

ServerCheck check(const ServerSettings &settings, const BitNetRuntime &runtime)
{
    ServerRequest request = settings.request;
    request.host = loopback;
    request.port = settings.port.value_or(8080);
    const BitNetRuntime engine = settings.buildDir.isEmpty() ? runtime : runtime.withBuildDir(settings.buildDir);
    const Invocation invocation = engine.server(request);
    ServerCheck result{.error = invocation.error, .warnings = invocation.warnings};
    if (!result.error)
        result.error = checkServerArguments(request.extraArguments);
    if (result.error || !settings.port)
        return result;

    switch (portState(loopback, *settings.port)) {
    case PortState::Taken: {
        QString message = u"Port %1 is taken: another program listens there."_s.arg(*settings.port);
        if (const auto free = freePort())
            message += u" Port %1 is free."_s.arg(*free);
        result.error = ConfigurationIssue{.field = u"port"_s, .message = message};
        break;
    }
    case PortState::NotPermitted:
        result.error = ConfigurationIssue{
            .field = u"port"_s,
            .message = u"You may not listen on port %1: use one from 1024 on."_s.arg(*settings.port)};
        break;
    case PortState::Free:
    case PortState::NoSuchAddress:
    case PortState::Unknown:
        break; // the server will tell
    }
    return result;
}

QString titleOf(const ServerSettings &settings)
{
    if (const QString title = settings.title.simplified(); !title.isEmpty())
        return title;
    static const QRegularExpression quantisation(u"[-_.](bf16|f16|f32|i2_s|tl1|tl2|(i?q[0-9][0-9a-z_]*))$"_s,
                                                 QRegularExpression::CaseInsensitiveOption);
    const QString file = QFileInfo(settings.request.model).completeBaseName();
    const QString base = QString(file).remove(quantisation);
    return base.isEmpty() ? file : base;
}

} // namespace BitNet
