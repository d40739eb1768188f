// SPDX-License-Identifier: MIT
#include "app/ctl/programstart.h"

namespace BitNet {

using namespace Qt::StringLiterals;

QuietStart::QuietStart()
    : m_usual(qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {}))
{
}

QuietStart::~QuietStart()
{
    qInstallMessageHandler(m_usual);
}

std::optional<QStringList> programArguments(int argc, char *argv[], QString *error)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i) {
        if (!QByteArrayView(argv[i]).isValidUtf8()) {
            *error = u"argument %1 is no valid UTF-8 and could not be passed on as it is"_s.arg(i);
            return std::nullopt;
        }
        arguments.append(QString::fromUtf8(argv[i]));
    }
    return arguments;
}

} // namespace BitNet
