// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace BitNet::Testing {

// The largest single block that this thread asked the allocator for while this object lived. Link largestallocation.cpp to
// the test: it stands in for malloc, or hooks the sanitizer's. One at a time in a thread.
class LargestAllocation
{
public:
    LargestAllocation();
    ~LargestAllocation();
    LargestAllocation(const LargestAllocation &) = delete;
    LargestAllocation &operator=(const LargestAllocation &) = delete;

    std::size_t bytes() const;
};

} // namespace BitNet::Testing
