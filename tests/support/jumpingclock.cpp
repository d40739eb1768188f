// SPDX-License-Identifier: MIT
// Preloaded into a process: its wall clock jumps two hours forward and back at every other look. The monotonic clock is left
// alone. Stands in for an administrator who sets the clock.
#include <ctime>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr time_t jumpSeconds = 2 * 60 * 60;

time_t jump()
{
    static unsigned looks = 0;
    return ++looks % 2 == 0 ? jumpSeconds : -jumpSeconds;
}

} // namespace

extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *time)
{
    const auto result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time->tv_sec += jump();
    return result;
}

extern "C" __attribute__((visibility("default"))) int gettimeofday(struct timeval *__restrict time, void *__restrict)
{
    struct timespec now
    {
    };
    const int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}
