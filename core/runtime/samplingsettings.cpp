// SPDX-License-Identifier: MIT
#include "core/runtime/samplingsettings.h"

#include "core/runtime/argumenttext.h"

using namespace Qt::StringLiterals;

namespace BitNet {

QStringList SamplingSettings::arguments() const
{
    QStringList list;
    if (topK)
        list += {u"--top-k"_s, QString::number(*topK)};
    if (topP)
        list += {u"--top-p"_s, argumentText(*topP)};
    if (minP)
        list += {u"--min-p"_s, argumentText(*minP)};
    if (repeatPenalty)
        list += {u"--repeat-penalty"_s, argumentText(*repeatPenalty)};
    if (seed)
        list += {u"--seed"_s, QString::number(*seed)};
    return list;
}

} // namespace BitNet
