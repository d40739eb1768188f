// SPDX-License-Identifier: MIT
#include "core/jobshim/shim.h"
#include "core/jobshim/surroundings.h"
#include "core/jobshim/wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr int exitUsage = 2;

bool isChannel(int fd)
{
    struct stat there = {};
    return fstat(fd, &there) == 0 && (S_ISFIFO(there.st_mode) || S_ISSOCK(there.st_mode));
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("bitnet-jobshim %s, protocol %d\n", BITNET_VERSION, BitNet::Wire::version);
        return 0;
    }
    if (argc != 1 || !isChannel(STDIN_FILENO)) {
        fputs("bitnet-jobshim runs one job at a time for BitNet Supervisor, which starts it and talks to it through "
              "pipes; it is of no use by hand.\n",
              stderr);
        return exitUsage;
    }
    return BitNet::Shim(BitNet::settleIn()).run();
}
