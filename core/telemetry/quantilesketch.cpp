// SPDX-License-Identifier: MIT
#include "core/telemetry/quantilesketch.h"

#include <algorithm>
#include <cmath>

namespace BitNet {

QuantileSketch::QuantileSketch(double relativeAccuracy)
    : m_relativeAccuracy(relativeAccuracy)
    , m_logGamma(std::log1p(relativeAccuracy) - std::log1p(-relativeAccuracy))
{
    Q_ASSERT(relativeAccuracy > 0 && relativeAccuracy < 1);
}

int QuantileSketch::indexOf(double value) const
{
    return int(std::ceil(std::log(value) / m_logGamma));
}

double QuantileSketch::valueOf(int index) const
{
    // 2γ^i / (γ + 1): equally far, in relative terms, from both ends of the bucket.
    return std::exp(index * m_logGamma) * (1 - m_relativeAccuracy);
}

qint64 &QuantileSketch::bucket(int index)
{
    // Grown with room to spare: values of one kind lie close together, but come in any order.
    static constexpr int room = 64;
    if (m_buckets.empty()) {
        m_firstIndex = index - room;
        m_buckets.resize(2 * room);
    } else if (index < m_firstIndex) {
        const int first = index - room;
        m_buckets.insert(m_buckets.begin(), size_t(m_firstIndex - first), 0);
        m_firstIndex = first;
    } else if (index >= m_firstIndex + int(m_buckets.size())) {
        m_buckets.resize(size_t(index - m_firstIndex + room));
    }
    return m_buckets[size_t(index - m_firstIndex)];
}

void QuantileSketch::add(double value, qint64 count)
{
    Q_ASSERT(std::isfinite(value) && value >= 0);
    m_count += count;
    if (value < smallestValue)
        m_zeros += count;
    else
        bucket(indexOf(value)) += count;
}

void QuantileSketch::merge(const QuantileSketch &other)
{
    Q_ASSERT(m_relativeAccuracy == other.m_relativeAccuracy);
    m_count += other.m_count;
    m_zeros += other.m_zeros;
    for (size_t i = 0; i < other.m_buckets.size(); ++i) {
        if (other.m_buckets[i] > 0)
            bucket(other.m_firstIndex + int(i)) += other.m_buckets[i];
    }
}

std::optional<double> QuantileSketch::valueAtRank(qint64 rank) const
{
    if (rank < 1 || rank > m_count)
        return std::nullopt;
    qint64 below = m_zeros;
    if (rank <= below)
        return 0;
    size_t i = 0;
    while ((below += m_buckets[i]) < rank)
        ++i;
    return valueOf(m_firstIndex + int(i));
}

std::vector<WeightedValue> QuantileSketch::weightedValues() const
{
    std::vector<WeightedValue> values;
    if (m_zeros > 0)
        values.push_back({0, m_zeros});
    for (size_t i = 0; i < m_buckets.size(); ++i) {
        if (m_buckets[i] > 0)
            values.push_back({valueOf(m_firstIndex + int(i)), m_buckets[i]});
    }
    return values;
}

} // namespace BitNet
