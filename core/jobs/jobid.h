// SPDX-License-Identifier: MIT
#pragma once

#include <QHashFunctions>
#include <QMetaType>

#include <compare>

namespace BitNet {

// Identifies a job within one supervisor and its history. Ids grow with submission; 0 is "no job".
struct JobId
{
    quint64 value = 0;

    bool isValid() const { return value != 0; }
    friend auto operator<=>(const JobId &, const JobId &) = default;
    friend size_t qHash(JobId id, size_t seed = 0) noexcept { return ::qHash(id.value, seed); }
};

} // namespace BitNet

template<>
struct std::hash<BitNet::JobId>
{
    size_t operator()(BitNet::JobId id) const noexcept { return std::hash<quint64>()(id.value); }
};

Q_DECLARE_METATYPE(BitNet::JobId)
Q_DECLARE_TYPEINFO(BitNet::JobId, Q_PRIMITIVE_TYPE);
