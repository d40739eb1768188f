// SPDX-License-Identifier: MIT
// bitnet-testchild: a program that does what its arguments say, one action after the other. See usage below.
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr char usage[] = R"(usage: bitnet-testchild ACTION...
Performs the actions in order, then exits 0. D is a time (500ms, 2s, 1.5), N a number, SIG a number or a name (TERM).

Ends
  exit N             signal SIG (raised with the default action)    stop-self (SIGSTOP)
Time
  sleep D            busy D (of processor time)                     forever (sleeps without end)
Output
  text STRING        STRING and a newline on stdout                 etext STRING    the same on stderr
  print N            N bytes on stdout: numbered lines              eprint N        the same on stderr
  flood [STRING]     STRING, or numbered lines, without end         eflood [STRING] the same on stderr
  line N             one line of N bytes
  mixed N            N lines, on stdout and stderr in turn          tick D N        N lines, one every D
  invalid-utf8       bytes that are no UTF-8, with NULs and escapes
Input
  echo               copies stdin to stdout until its end           read N          reads N bytes, prints them
  close N            closes descriptor N                            await-eof       reads until the end, prints nothing
Signals
  ignore SIG         goes on                                        ignore-term     ignores SIGTERM, sleeps without end
  trap SIG           prints "got N" each time, and goes on
Processes
  fork [ ACTION... ]     a child performs them; the parent goes on at once
  setsid-fork [ ... ]    the same in a session of its own
  daemon [ ACTION... ]   the same, double-forked: its parent is gone
  repeat N [ ... ]       N times in this process
  children N             N children that sleep without end
  leftover               a child that sleeps without end; the parent goes on
  setsid-daemon, double-fork-daemon   the same as setsid-fork [ forever ], daemon [ forever ]
  late-writer D          a grandchild that prints "late" after D; the parent goes on
  wait                   waits for all own children
  fork-chain N [setsid]  forks and exits, N generations (0: without end); the last one sleeps without end
  exec-chain N [setsid]  the same, each generation executing this program anew
  bomb N MEGABYTES       grows a tree of N processes, each holding that much, and keeps replacing those that die
  allocate MEGABYTES     takes memory and writes to it
Surroundings (one line each)
  env NAME ("unset" when it is not set)   environment   cwd   args (the rest)   fds   signals   umask   ids   core-limit   no-new-privs
)";

[[noreturn]] void fail(const std::string &what)
{
    fprintf(stderr, "bitnet-testchild: %s\n", what.c_str());
    _exit(99);
}

void writeAll(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t n = write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR)
            _exit(98);
        if (n > 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

void say(const std::string &text)
{
    writeAll(STDOUT_FILENO, text + '\n');
}

std::int64_t number(const std::string &text)
{
    char *end = nullptr;
    const long long value = strtoll(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0')
        fail("not a number: " + text);
    return value;
}

double seconds(const std::string &text)
{
    char *end = nullptr;
    const double value = strtod(text.c_str(), &end);
    const std::string_view unit = end;
    if (unit == "ms")
        return value / 1000;
    if (!unit.empty() && unit != "s")
        fail("not a time: " + text);
    return value;
}

int signalNumber(const std::string &text)
{
    for (int i = 1; i < NSIG; ++i) {
        const char *name = sigabbrev_np(i);
        if (name && text == name)
            return i;
    }
    return static_cast<int>(number(text));
}

double now(clockid_t clock = CLOCK_MONOTONIC)
{
    timespec t = {};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

void sleepFor(double duration)
{
    timespec left = {};
    left.tv_sec = static_cast<time_t>(duration);
    left.tv_nsec = static_cast<long>((duration - static_cast<double>(left.tv_sec)) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR) { }
}

[[noreturn]] void sleepForever()
{
    for (;;)
        pause();
}

// Line number i of the numbered lines: 64 bytes, the newline included.
std::string numberedLine(std::int64_t i)
{
    char line[65];
    snprintf(line, sizeof line, "%015lld abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRST\n", static_cast<long long>(i));
    return std::string(line, 64);
}

void printNumbered(int fd, std::int64_t bytes)
{
    std::string block;
    for (std::int64_t i = 0; bytes > 0;) {
        block.clear();
        while (block.size() < 65536 && static_cast<std::int64_t>(block.size()) < bytes)
            block += numberedLine(i++);
        if (static_cast<std::int64_t>(block.size()) > bytes)
            block.resize(static_cast<std::size_t>(bytes));
        writeAll(fd, block);
        bytes -= static_cast<std::int64_t>(block.size());
    }
}

pid_t forkOrFail()
{
    const pid_t pid = fork();
    if (pid < 0)
        fail(std::string("fork: ") + strerror(errno));
    return pid;
}

void onTrap(int number)
{
    char text[16] = "got 00\n";
    text[4] = static_cast<char>('0' + number / 10);
    text[5] = static_cast<char>('0' + number % 10);
    writeAll(STDOUT_FILENO, text);
}

[[noreturn]] void chain(std::int64_t generations, bool newSessions)
{
    for (std::int64_t i = 0; generations == 0 || i < generations; ++i) {
        const pid_t pid = fork();
        if (pid > 0)
            _exit(0);
        if (pid == 0 && newSessions)
            setsid();
    }
    sleepForever();
}

[[noreturn]] void execChain(std::int64_t generations, bool newSessions)
{
    if (generations != 1) {
        const std::string left = std::to_string(generations == 0 ? 0 : generations - 1);
        const pid_t pid = fork();
        if (pid > 0)
            _exit(0);
        if (newSessions)
            setsid();
        execl("/proc/self/exe", "bitnet-testchild", "exec-chain", left.c_str(), newSessions ? "setsid" : nullptr,
              nullptr);
    }
    sleepForever();
}

void allocate(std::int64_t megabytes)
{
    const auto size = static_cast<std::size_t>(megabytes) << 20;
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("out of memory");
    memset(memory, 1, size);
}

[[noreturn]] void bomb(std::int64_t processes, std::int64_t megabytes)
{
    allocate(megabytes);
    const std::int64_t half = (processes - 1) / 2;
    std::int64_t children = 0;
    for (;;) {
        // Each half of the rest is a child's; a child that dies is replaced at once.
        for (; children < 2 && half > 0; ++children) {
            const pid_t pid = fork();
            if (pid == 0) {
                setsid();
                bomb(half, megabytes);
            }
            if (pid < 0)
                sleepFor(0.001);
        }
        if (half == 0)
            sleepForever();
        if (wait(nullptr) > 0)
            --children;
    }
}

void printFds()
{
    std::vector<int> fds;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        fail("/proc/self/fd");
    while (const dirent *entry = readdir(folder)) {
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder))
            fds.push_back(atoi(entry->d_name));
    }
    closedir(folder);
    std::sort(fds.begin(), fds.end());
    std::string text;
    for (const int fd : fds)
        text += (text.empty() ? "" : " ") + std::to_string(fd);
    say(text);
}

// The masks of /proc/self/status: what the kernel says, signals that the C library hides included.
void printSignals()
{
    FILE *status = fopen("/proc/self/status", "re");
    if (!status)
        fail("/proc/self/status");
    std::string blocked;
    std::string ignored;
    char line[256];
    while (fgets(line, sizeof line, status)) {
        if (strncmp(line, "SigBlk:\t", 8) == 0)
            blocked.assign(line + 8, 16);
        if (strncmp(line, "SigIgn:\t", 8) == 0)
            ignored.assign(line + 8, 16);
    }
    fclose(status);
    say("blocked " + blocked + " ignored " + ignored);
}

class Actions
{
public:
    explicit Actions(std::vector<std::string> words)
        : m_words(std::move(words))
    {
    }

    void perform()
    {
        while (m_next < m_words.size()) {
            const std::string action = take();
            if (!end(action) && !output(action) && !input(action) && !processes(action) && !surroundings(action))
                fail("unknown action: " + action);
        }
    }

private:
    std::string take()
    {
        if (m_next == m_words.size())
            fail("an action lacks an argument");
        return m_words[m_next++];
    }
    bool takeIf(std::string_view word)
    {
        const bool there = m_next < m_words.size() && m_words[m_next] == word;
        m_next += there ? 1 : 0;
        return there;
    }
    Actions takeBlock()
    {
        if (take() != "[")
            fail("[ expected");
        std::vector<std::string> words;
        for (int depth = 1;;) {
            std::string word = take();
            depth += word == "[" ? 1 : word == "]" ? -1 : 0;
            if (depth == 0)
                return Actions(std::move(words));
            words.push_back(std::move(word));
        }
    }
    [[noreturn]] static void performAndExit(Actions actions)
    {
        actions.perform();
        _exit(0);
    }

    bool end(const std::string &action)
    {
        if (action == "exit") {
            _exit(static_cast<int>(number(take())));
        } else if (action == "signal") {
            const int which = signalNumber(take());
            signal(which, SIG_DFL);
            kill(getpid(), which);
        } else if (action == "stop-self") {
            kill(getpid(), SIGSTOP);
        } else if (action == "sleep") {
            sleepFor(seconds(take()));
        } else if (action == "busy") {
            const double until = now(CLOCK_PROCESS_CPUTIME_ID) + seconds(take());
            while (now(CLOCK_PROCESS_CPUTIME_ID) < until) { }
        } else if (action == "forever") {
            sleepForever();
        } else if (action == "ignore-term") {
            signal(SIGTERM, SIG_IGN);
            sleepForever();
        } else if (action == "ignore") {
            signal(signalNumber(take()), SIG_IGN);
        } else if (action == "trap") {
            struct sigaction onSignal = {};
            onSignal.sa_handler = onTrap;
            onSignal.sa_flags = SA_RESTART;
            sigaction(signalNumber(take()), &onSignal, nullptr);
        } else {
            return false;
        }
        return true;
    }

    void flood(int fd)
    {
        if (m_next == m_words.size()) {
            printNumbered(fd, INT64_MAX);
            return;
        }
        std::string block;
        while (block.size() < 4096)
            block += m_words[m_next] + (m_words[m_next].empty() ? " " : "");
        for (;;)
            writeAll(fd, block);
    }

    bool output(const std::string &action)
    {
        if (action == "text") {
            say(take());
        } else if (action == "etext") {
            writeAll(STDERR_FILENO, take() + '\n');
        } else if (action == "print") {
            printNumbered(STDOUT_FILENO, number(take()));
        } else if (action == "eprint") {
            printNumbered(STDERR_FILENO, number(take()));
        } else if (action == "flood") {
            flood(STDOUT_FILENO);
        } else if (action == "eflood") {
            flood(STDERR_FILENO);
        } else if (action == "line") {
            const std::string block(1 << 20, 'x');
            for (std::int64_t left = number(take()); left > 0; left -= static_cast<std::int64_t>(block.size()))
                writeAll(STDOUT_FILENO, std::string_view(block).substr(0, static_cast<std::size_t>(left)));
            writeAll(STDOUT_FILENO, "\n");
        } else if (action == "mixed") {
            const std::int64_t lines = number(take());
            for (std::int64_t i = 0; i < lines; ++i)
                writeAll(i % 2 == 0 ? STDOUT_FILENO : STDERR_FILENO, "line " + std::to_string(i) + '\n');
        } else if (action == "tick") {
            const double pause = seconds(take());
            const std::int64_t lines = number(take());
            for (std::int64_t i = 0; i < lines; ++i) {
                sleepFor(pause);
                say("tick " + std::to_string(i));
            }
        } else if (action == "invalid-utf8") {
            constexpr char bytes[] = "\xff\xfe\xc3\x28 a\0b \x1b[31mred\x1b[0m \xf0\x9f\x98 \xed\xa0\x80 \xc0\xaf\r\n";
            writeAll(STDOUT_FILENO, {bytes, sizeof bytes - 1});
        } else {
            return false;
        }
        return true;
    }

    bool input(const std::string &action)
    {
        char buffer[65536];
        if (action == "echo" || action == "await-eof") {
            ssize_t n = 0;
            while ((n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
                if (action == "echo")
                    writeAll(STDOUT_FILENO, {buffer, static_cast<std::size_t>(n)});
            }
        } else if (action == "read") {
            for (std::int64_t left = number(take()); left > 0;) {
                const ssize_t n =
                    read(STDIN_FILENO, buffer, std::min<std::size_t>(sizeof buffer, static_cast<std::size_t>(left)));
                if (n <= 0)
                    _exit(97);
                writeAll(STDOUT_FILENO, {buffer, static_cast<std::size_t>(n)});
                left -= n;
            }
        } else if (action == "close") {
            close(static_cast<int>(number(take())));
        } else {
            return false;
        }
        return true;
    }

    bool processes(const std::string &action)
    {
        if (action == "setsid-daemon" || action == "double-fork-daemon") {
            m_words.insert(m_words.begin() + static_cast<std::ptrdiff_t>(m_next), {"[", "forever", "]"});
            return processes(action == "setsid-daemon" ? "setsid-fork" : "daemon");
        }
        if (action == "fork" || action == "setsid-fork" || action == "daemon") {
            Actions block = takeBlock();
            const pid_t child = forkOrFail();
            if (child == 0) {
                if (action != "fork")
                    setsid();
                if (action == "daemon" && forkOrFail() > 0)
                    _exit(0);
                performAndExit(std::move(block));
            }
            if (action == "daemon")
                waitpid(child, nullptr, 0);
        } else if (action == "repeat") {
            const std::int64_t times = number(take());
            const Actions block = takeBlock();
            for (std::int64_t i = 0; i < times; ++i)
                Actions(block).perform();
        } else if (action == "children") {
            for (std::int64_t i = number(take()); i > 0; --i) {
                if (forkOrFail() == 0)
                    sleepForever();
            }
        } else if (action == "leftover") {
            if (forkOrFail() == 0)
                sleepForever();
        } else if (action == "late-writer") {
            const double delay = seconds(take());
            signal(SIGTERM, SIG_IGN);
            if (forkOrFail() == 0) {
                if (forkOrFail() == 0) {
                    sleepFor(delay);
                    say("late");
                }
                _exit(0);
            }
            signal(SIGTERM, SIG_DFL);
        } else if (action == "wait") {
            while (wait(nullptr) > 0 || errno == EINTR) { }
        } else if (action == "fork-chain") {
            const std::int64_t generations = number(take());
            chain(generations, takeIf("setsid"));
        } else if (action == "exec-chain") {
            const std::int64_t generations = number(take());
            execChain(generations, takeIf("setsid"));
        } else if (action == "bomb") {
            const std::int64_t count = number(take());
            bomb(count, number(take()));
        } else if (action == "allocate") {
            allocate(number(take()));
        } else {
            return false;
        }
        return true;
    }

    bool surroundings(const std::string &action)
    {
        if (action == "env") {
            const char *value = getenv(take().c_str());
            say(value ? std::string("=") + value : "unset");
        } else if (action == "environment") {
            for (char **variable = environ; *variable; ++variable)
                say(*variable);
        } else if (action == "cwd") {
            char path[4096];
            say(getcwd(path, sizeof path) ? path : strerror(errno));
        } else if (action == "args") {
            while (m_next < m_words.size())
                say(take());
        } else if (action == "fds") {
            printFds();
        } else if (action == "signals") {
            printSignals();
        } else if (action == "umask") {
            char text[16];
            snprintf(text, sizeof text, "%03o", umask(0));
            say(text);
        } else if (action == "ids") {
            say("pid " + std::to_string(getpid()) + " parent " + std::to_string(getppid()) + " group "
                + std::to_string(getpgrp()) + " session " + std::to_string(getsid(0)));
        } else if (action == "core-limit") {
            rlimit limit = {};
            getrlimit(RLIMIT_CORE, &limit);
            say(std::to_string(limit.rlim_cur) + ' ' + std::to_string(limit.rlim_max));
        } else if (action == "no-new-privs") {
            say(std::to_string(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
        } else {
            return false;
        }
        return true;
    }

    std::vector<std::string> m_words;
    std::size_t m_next = 0;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc == 1 || (argc == 2 && strcmp(argv[1], "--help") == 0)) {
        fputs(usage, stdout);
        return argc == 1 ? 2 : 0;
    }
    Actions(std::vector<std::string>(argv + 1, argv + argc)).perform();
    return 0;
}
