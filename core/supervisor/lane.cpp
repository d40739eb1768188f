// SPDX-License-Identifier: MIT
#include "core/supervisor/lane.h"

#include <utility>

namespace BitNet {

Lane::Lane(std::shared_ptr<QueuePositions> positions, QObject *parent)
    : QObject(parent)
    , m_queue(std::move(positions))
{
}

Lane::~Lane() = default;

} // namespace BitNet
