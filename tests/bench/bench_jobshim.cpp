// SPDX-License-Identifier: MIT
// What the jobshim alone can do, without the library: one JSON object a line on standard output.
//
//   bench_jobshim SHIM FOLDER launch JOBS SHIMS PROGRAM [ARGUMENT…]     jobs per second
//   bench_jobshim SHIM FOLDER capture JOBS SHIMS PROGRAM [ARGUMENT…]    bytes per second of output kept
//   bench_jobshim SHIM FOLDER lateness JOBS MILLISECONDS                how late `sleep 60` is reaped after its timeout
//
// FOLDER exists; a tmpfs for figures that are not the disk's.
#include "core/jobshim/wire.h"

#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

using namespace BitNet;

namespace {

struct Slot
{
    pid_t pid = -1;
    int commands = -1;
    int statuses = -1;
    std::string received;
    std::uint32_t job = 0;
    std::int64_t startedNs = 0;
};

[[noreturn]] void fail(const char *what)
{
    std::perror(what);
    std::exit(1);
}

Slot startShim(const char *program)
{
    int in[2] = {};
    int out[2] = {};
    if (pipe(in) != 0 || pipe(out) != 0)
        fail("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    char *arguments[] = {const_cast<char *>(program), nullptr};
    Slot slot;
    if (posix_spawn(&slot.pid, program, &actions, nullptr, arguments, environ) != 0)
        fail(program);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    slot.commands = in[1];
    slot.statuses = out[0];
    return slot;
}

void startJob(Slot &slot, const Wire::RunCommand &command)
{
    std::string frame;
    Wire::appendFrame(frame, Wire::Type::Run, ++slot.job, command);
    if (write(slot.commands, frame.data(), frame.size()) != static_cast<ssize_t>(frame.size()))
        fail("write");
}

// Reads what is there; calls ended for an Ended status.
template<typename Ended>
void readStatuses(Slot &slot, Ended ended)
{
    char buffer[65536];
    const ssize_t n = read(slot.statuses, buffer, sizeof buffer);
    if (n <= 0)
        fail("the shim is gone");
    slot.received.append(buffer, static_cast<std::size_t>(n));
    std::string_view rest = slot.received;
    Wire::FrameHeader header;
    while (rest.size() >= sizeof header) {
        std::memcpy(&header, rest.data(), sizeof header);
        if (rest.size() < sizeof header + header.length)
            break;
        const std::string_view payload = rest.substr(sizeof header, header.length);
        if (header.type == Wire::Type::Started) {
            Wire::StartedStatus status;
            Wire::decode(payload, status);
            slot.startedNs = status.at.monotonicNs;
        } else if (header.type == Wire::Type::Ended) {
            Wire::EndedStatus status;
            if (!Wire::decode(payload, status))
                fail("decode");
            ended(slot, status);
        }
        rest.remove_prefix(sizeof header + header.length);
    }
    slot.received.erase(0, slot.received.size() - rest.size());
}

// Runs all jobs; returns seconds.
template<typename Ended>
double runJobs(const char *shim, const std::string &folder, int jobs, int slotCount, Wire::RunCommand command,
               Ended ended)
{
    std::vector<Slot> slots;
    std::vector<pollfd> polled;
    for (int i = 0; i < slotCount; ++i) {
        slots.push_back(startShim(shim));
        polled.push_back({slots.back().statuses, POLLIN, 0});
    }
    int started = 0;
    int finished = 0;
    const auto next = [&](Slot &slot) {
        if (started == jobs)
            return;
        command.folder = folder + '/' + std::to_string(started++);
        startJob(slot, command);
    };
    const auto begin = std::chrono::steady_clock::now();
    for (Slot &slot : slots)
        next(slot);
    while (finished < jobs) {
        if (poll(polled.data(), polled.size(), -1) < 0)
            fail("poll");
        for (std::size_t i = 0; i < slots.size(); ++i) {
            if (polled[i].revents == 0)
                continue;
            readStatuses(slots[i], [&](Slot &slot, const Wire::EndedStatus &status) {
                ++finished;
                ended(slot, status);
                next(slot);
            });
        }
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    for (Slot &slot : slots) {
        close(slot.commands);
        waitpid(slot.pid, nullptr, 0);
        close(slot.statuses);
    }
    return elapsed.count();
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 6) {
        std::fprintf(stderr,
                     "usage: %s SHIM FOLDER launch|capture JOBS SHIMS PROGRAM [ARGUMENT...]\n"
                     "       %s SHIM FOLDER lateness JOBS MILLISECONDS\n",
                     argv[0], argv[0]);
        return 2;
    }
    const std::string mode = argv[3];
    const int jobs = std::atoi(argv[4]);
    std::string folder = std::string(argv[2]) + "/bench_jobshim.XXXXXX";
    if (!mkdtemp(folder.data()))
        fail("mkdtemp");

    Wire::RunCommand command;
    command.timeoutNs = 3600'000'000'000;
    command.killGraceNs = 1'000'000'000;
    command.outputCap = std::uint64_t(1) << 40;
    if (mode == "lateness") {
        const std::int64_t timeout = std::int64_t(std::atoi(argv[5])) * 1'000'000;
        command.arguments = {"/bin/sleep", "60"};
        command.timeoutNs = timeout;
        command.killGraceNs = 0;
        std::vector<double> late;
        runJobs(argv[1], folder, jobs, jobs, command, [&](Slot &slot, const Wire::EndedStatus &status) {
            late.push_back(static_cast<double>(status.at.monotonicNs - slot.startedNs - timeout) / 1e6);
        });
        std::sort(late.begin(), late.end());
        std::printf("{\"figure\": \"shim_lateness_ms\", \"jobs\": %d, \"min\": %.3f, \"median\": %.3f, \"p99\": %.3f, "
                    "\"max\": %.3f}\n",
                    jobs, late.front(), late[late.size() / 2], late[late.size() * 99 / 100], late.back());
    } else {
        const int slotCount = std::atoi(argv[5]);
        command.arguments.assign(argv + 6, argv + argc);
        std::uint64_t bytes = 0;
        const double seconds = runJobs(argv[1], folder, jobs, slotCount, command,
                                       [&](Slot &, const Wire::EndedStatus &status) { bytes += status.stdoutBytes; });
        if (mode == "launch")
            std::printf("{\"figure\": \"shim_jobs_per_second\", \"jobs\": %d, \"shims\": %d, \"value\": %.0f}\n", jobs,
                        slotCount, jobs / seconds);
        else
            std::printf(
                "{\"figure\": \"shim_capture_bytes_per_second\", \"jobs\": %d, \"shims\": %d, \"value\": %.0f}\n", jobs,
                slotCount, static_cast<double>(bytes) / seconds);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
