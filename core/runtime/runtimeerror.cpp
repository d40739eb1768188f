// SPDX-License-Identifier: MIT
#include "core/runtime/runtimeerror.h"

#include <utility>

namespace BitNet {

RuntimeError::RuntimeError(QString message)
    : m_message(std::move(message))
    , m_utf8(m_message.toUtf8())
{
}

RuntimeConfigurationError::RuntimeConfigurationError(QString field, const QString &message)
    : RuntimeError(message)
    , m_field(std::move(field))
{
}

} // namespace BitNet
