// SPDX-License-Identifier: MIT
#include "support/largestallocation.h"

#include <algorithm>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BITNET_SANITIZED_MALLOC
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BITNET_SANITIZED_MALLOC
#endif
#endif

namespace {

thread_local bool watching = false;
thread_local std::size_t largest = 0;

void note(std::size_t bytes)
{
    if (watching)
        largest = std::max(largest, bytes);
}

} // namespace

#ifdef BITNET_SANITIZED_MALLOC

// As in sanitizer/allocator_interface.h, which GCC does not bring along.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void *, std::size_t),
                                                         void (*freed)(const volatile void *));

static void noteAllocated(const volatile void *, std::size_t bytes)
{
    note(bytes);
}

static void ignoreFreed(const volatile void *) { }

static const int hooksInstalled = __sanitizer_install_malloc_and_free_hooks(noteAllocated, ignoreFreed);

#else

// glibc lets a program bring its own allocator, and gives its own under these names.
extern "C" {
void *__libc_malloc(std::size_t bytes);
void *__libc_calloc(std::size_t count, std::size_t bytes);
void *__libc_realloc(void *block, std::size_t bytes);

void *malloc(std::size_t bytes)
{
    note(bytes);
    return __libc_malloc(bytes);
}

void *calloc(std::size_t count, std::size_t bytes)
{
    note(count * bytes);
    return __libc_calloc(count, bytes);
}

void *realloc(void *block, std::size_t bytes)
{
    note(bytes);
    return __libc_realloc(block, bytes);
}
}

#endif

namespace BitNet::Testing {

LargestAllocation::LargestAllocation()
{
    largest = 0;
    watching = true;
}

LargestAllocation::~LargestAllocation()
{
    watching = false;
}

std::size_t LargestAllocation::bytes() const
{
    return largest;
}

} // namespace BitNet::Testing
