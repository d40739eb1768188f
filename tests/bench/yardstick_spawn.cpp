// SPDX-License-Identifier: MIT
// The physical limit of launching on this machine: posix_spawn and wait, and nothing else.
// Usage: yardstick-spawn JOBS CONCURRENCY PROGRAM [ARGUMENT...]; prints jobs per second.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fprintf(stderr, "usage: %s JOBS CONCURRENCY PROGRAM [ARGUMENT...]\n", argv[0]);
        return 2;
    }
    const long jobs = std::strtol(argv[1], nullptr, 10);
    const long concurrency = std::strtol(argv[2], nullptr, 10);
    const auto begin = std::chrono::steady_clock::now();
    long started = 0;
    for (long reaped = 0; reaped < jobs; ++reaped) {
        while (started < jobs && started - reaped < concurrency) {
            pid_t pid = 0;
            if (posix_spawn(&pid, argv[3], nullptr, nullptr, argv + 3, environ) != 0) {
                std::perror("posix_spawn");
                return 1;
            }
            ++started;
        }
        wait(nullptr);
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    std::printf("%.1f\n", static_cast<double>(jobs) / elapsed.count());
    return 0;
}
