// SPDX-License-Identifier: MIT
#include "core/jobshim/surroundings.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace BitNet {
namespace {

// The kernel's own struct: sigaction(3) refuses the two signals that the C library uses for threads, and an inherited
// SIG_IGN would stay on those.
struct KernelSigaction
{
    void (*handler)(int) = SIG_DFL;
    unsigned long flags = 0;
    void (*restorer)() = nullptr;
    unsigned long mask = 0;
};

void resetSignals()
{
    constexpr int highestSignal = 64;
    const KernelSigaction byDefault;
    for (int number = 1; number <= highestSignal; ++number)
        syscall(SYS_rt_sigaction, number, &byDefault, nullptr, sizeof byDefault.mask);

    // Stops of children are no news.
    struct sigaction childAction = {};
    childAction.sa_handler = SIG_DFL;
    childAction.sa_flags = SA_NOCLDSTOP;
    sigaction(SIGCHLD, &childAction, nullptr);

    // Nothing but SIGKILL and SIGSTOP may end or delay a shim before its tree: SIGCHLD is read from a signalfd, SIGPIPE is
    // the EPIPE of a write, the others wait for ever. Blocked rather than ignored: a child unblocks with one call.
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
}

} // namespace

mode_t settleIn()
{
    close_range(3, ~0U, 0);
    // Descriptors 0 to 2 must exist, or the first files opened would become a job's standard streams.
    int fd = 0;
    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);

    resetSignals();
    setsid(); // a terminal's Ctrl-C is for the application
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    return umask(077);
}

} // namespace BitNet
