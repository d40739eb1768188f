// SPDX-License-Identifier: MIT
#include "core/jobshim/childlauncher.h"

#include "core/jobshim/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string_view>

namespace BitNet {
namespace {

constexpr std::size_t stackSize = 65'536;
constexpr std::size_t stackGuard = 4096;
constexpr int execFailed = 127;
constexpr std::string_view pathWithoutPath = "/bin:/usr/bin"; // as execvp(3)

// Everything the child needs, prepared before it exists: it shares our memory and may not allocate.
struct LaunchPlan
{
    const char *const *candidates = nullptr; // paths to try, ends with nullptr
    char *const *arguments = nullptr;
    char *const *environment = nullptr;
    const char *workingDirectory = nullptr; // nullptr: stay
    ChildLauncher::Streams streams;
    mode_t jobUmask = 0;
    pid_t parent = 0;

    // What the child reports.
    Wire::Instant startedAt;
    Wire::StartStep failedStep = Wire::StartStep::None;
    int error = 0;
    const char *failedCandidate = nullptr; // nullptr: none of them exists
};

bool isSearchedOn(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE || error == ENODEV
        || error == ETIMEDOUT;
}

// Runs on our memory until its execve, while we are suspended. Calls nothing that keeps state of its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
__attribute__((no_sanitize("address", "undefined", "thread")))
#endif
int childMain(void *argument)
{
    LaunchPlan &plan = *static_cast<LaunchPlan *>(argument);

    setsid();
    // The "parent" whose death kills is the thread that started us: the shim's only one.
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != plan.parent)
        _exit(execFailed);
    umask(plan.jobUmask);
    dup2(plan.streams.input, STDIN_FILENO);
    dup2(plan.streams.output, STDOUT_FILENO);
    dup2(plan.streams.error, STDERR_FILENO);
    if (plan.workingDirectory && chdir(plan.workingDirectory) != 0) {
        plan.failedStep = Wire::StartStep::WorkingDirectory;
        plan.error = errno;
        _exit(execFailed);
    }
    const unsigned long emptyMask = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &emptyMask, nullptr, sizeof emptyMask);

    // The first candidate that is there but can't be executed is the one to name: in the end, if no other can.
    for (const char *const *candidate = plan.candidates; *candidate; ++candidate) {
        plan.startedAt = instantNow();
        execve(*candidate, plan.arguments, plan.environment);
        const int error = errno;
        // EACCES is the file's or that of a folder on the way to it, ENOENT may be its interpreter's.
        const bool searchGoesOn = isSearchedOn(error);
        if (!plan.failedCandidate || !searchGoesOn) {
            plan.error = error;
            if (!searchGoesOn || access(*candidate, F_OK) == 0)
                plan.failedCandidate = *candidate;
        }
        if (!searchGoesOn)
            break;
    }
    plan.failedStep = Wire::StartStep::Execute;
    _exit(execFailed);
}

struct Environment
{
    std::vector<std::string> owned; // "NAME=value" of the changes
    std::vector<char *> variables; // ends with nullptr
};

// Environ entries are "NAME=value"; a name is what stands before the first '='.
std::string_view nameOf(const char *variable)
{
    const std::string_view text(variable);
    return text.substr(0, text.find('='));
}

Environment makeEnvironment(const Wire::RunCommand &command)
{
    Environment result;
    result.owned.reserve(command.environment.size());
    if (command.inheritEnvironment) {
        for (char **variable = environ; *variable; ++variable) {
            const std::string_view name = nameOf(*variable);
            const bool changed = std::any_of(command.environment.begin(), command.environment.end(),
                                             [name](const Wire::EnvironmentChange &c) { return c.name == name; });
            if (!changed)
                result.variables.push_back(*variable);
        }
    }
    for (auto change = command.environment.begin(); change != command.environment.end(); ++change) {
        // The last change of a name is the one that counts.
        const bool changedLater = std::any_of(change + 1, command.environment.end(),
                                              [&](const Wire::EnvironmentChange &c) { return c.name == change->name; });
        if (change->set && !changedLater)
            result.variables.push_back(result.owned.emplace_back(change->name + '=' + change->value).data());
    }
    result.variables.push_back(nullptr);
    return result;
}

std::vector<std::string> makeCandidates(const std::string &program, const std::vector<char *> &environment)
{
    if (program.empty())
        return {};
    if (program.find('/') != std::string::npos)
        return {program};

    std::string_view path = pathWithoutPath;
    for (const char *variable : environment) {
        if (variable && nameOf(variable) == "PATH")
            path = std::string_view(variable).substr(5);
    }
    std::vector<std::string> candidates;
    for (;;) {
        const std::size_t colon = path.find(':');
        const std::string_view directory = path.substr(0, colon);
        candidates.push_back(directory.empty() ? "./" + program : std::string(directory) + '/' + program);
        if (colon == std::string_view::npos)
            return candidates;
        path.remove_prefix(colon + 1);
    }
}

long ownPeakKib()
{
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

bool hasNul(const std::string &text)
{
    return text.find('\0') != std::string::npos;
}

// What a C string can't carry. The library checks before; a job must not run with half an argument all the same.
bool isPassable(const Wire::RunCommand &command)
{
    return !command.arguments.empty() && std::none_of(command.arguments.begin(), command.arguments.end(), hasNul)
        && !hasNul(command.workingDirectory)
        && std::none_of(command.environment.begin(), command.environment.end(), [](const Wire::EnvironmentChange &c) {
               return c.name.empty() || hasNul(c.name) || hasNul(c.value) || c.name.find('=') != std::string::npos;
           });
}

} // namespace

ChildLauncher::ChildLauncher(mode_t jobUmask)
    : m_jobUmask(jobUmask)
    , m_ordinaryPeakKib(ownPeakKib())
{
    void *stack = mmap(nullptr, stackGuard + stackSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED)
        return;
    mprotect(stack, stackGuard, PROT_NONE);
    m_stackTop = static_cast<char *>(stack) + stackGuard + stackSize;
}

// A program's peak memory begins with that of the process that executed it (getrusage(2)): what a large command took here
// must not appear in the figures of this job and all that follow.
void ChildLauncher::lowerPeak() const
{
    constexpr long tolerableKib = 4096;
    if (ownPeakKib() - m_ordinaryPeakKib <= tolerableKib)
        return;
    malloc_trim(0);
    const Descriptor references(open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC));
    if (references) [[maybe_unused]]
        const ssize_t n = write(references.get(), "5", 1); // the peak becomes what is used now (proc(5))
}

ChildLauncher::Launched ChildLauncher::launch(const Wire::RunCommand &command, const Streams &streams)
{
    Launched result;
    const std::string program = command.arguments.empty() ? std::string() : command.arguments.front();
    if (!isPassable(command)) {
        result.failure = {Wire::StartStep::Execute, EINVAL, program};
        return result;
    }
    if (!m_stackTop) {
        result.failure = {Wire::StartStep::Fork, ENOMEM, program};
        return result;
    }

    const Environment environment = makeEnvironment(command);
    const std::vector<std::string> candidates = makeCandidates(program, environment.variables);
    std::vector<const char *> candidatePointers;
    candidatePointers.reserve(candidates.size() + 1);
    for (const std::string &candidate : candidates)
        candidatePointers.push_back(candidate.c_str());
    candidatePointers.push_back(nullptr);
    std::vector<char *> arguments;
    arguments.reserve(command.arguments.size() + 1);
    for (const std::string &argument : command.arguments)
        arguments.push_back(const_cast<char *>(argument.c_str()));
    arguments.push_back(nullptr);

    LaunchPlan plan;
    plan.candidates = candidatePointers.data();
    plan.arguments = arguments.data();
    plan.environment = environment.variables.data();
    plan.workingDirectory = command.workingDirectory.empty() ? nullptr : command.workingDirectory.c_str();
    plan.streams = streams;
    plan.jobUmask = m_jobUmask;
    plan.parent = getpid();
    plan.error = ENOENT; // of an empty program name

    lowerPeak();
    // Shares our memory instead of copying its page tables; we continue when it has executed or exited.
    result.pid = clone(childMain, m_stackTop, CLONE_VM | CLONE_VFORK | SIGCHLD, &plan);
    if (result.pid < 0) {
        result.failure = {Wire::StartStep::Fork, errno, program};
        return result;
    }
    if (plan.failedStep != Wire::StartStep::None) {
        while (waitpid(result.pid, nullptr, 0) < 0 && errno == EINTR) { }
        if (plan.failedStep == Wire::StartStep::Execute && !plan.failedCandidate
            && program.find('/') == std::string::npos)
            plan.error = ENOENT; // whatever the last folder of PATH said
        const bool directory = plan.failedStep == Wire::StartStep::WorkingDirectory;
        result.failure = {plan.failedStep, plan.error,
                          directory                  ? command.workingDirectory
                              : plan.failedCandidate ? std::string(plan.failedCandidate)
                                                     : program};
        return result;
    }
    // Killed by somebody before it could read the clock: this is close enough.
    result.startedAt = plan.startedAt.monotonicNs != 0 ? plan.startedAt : instantNow();
    return result;
}

} // namespace BitNet
