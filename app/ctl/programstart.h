// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>
#include <QtGlobal>

#include <optional>

namespace BitNet {

// What the programs of this folder have in common when they start.

// While it lives Qt does not speak: it would remark that the locale is not UTF-8 and that it takes care of that, which is
// none of our standard error's business.
class QuietStart
{
public:
    QuietStart();
    ~QuietStart();
    Q_DISABLE_COPY_MOVE(QuietStart)

private:
    QtMessageHandler m_usual;
};

// Not QCoreApplication::arguments(): those lack what Qt takes for its own. Nothing and a sentence in error when one of them
// could not be passed on as it is.
std::optional<QStringList> programArguments(int argc, char *argv[], QString *error);

} // namespace BitNet
