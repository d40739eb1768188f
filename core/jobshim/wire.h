// SPDX-License-Identifier: MIT
// The conversation between the library and a jobshim, version 1. Plain C++, no Qt: both sides include this header.
//
// Commands go to the shim's standard input, status messages come from its standard output. Both are streams of frames:
//
//   FrameHeader (16 bytes, native byte order: both ends are on one machine), then `length` bytes of payload.
//
// A payload is a sequence of fields without padding: u8, u32, u64, i64 in native byte order, and str = u32 length + bytes.
// The order of fields is that of the struct's `fields` function below, which both encoding and decoding use.
//
// A shim sends Hello first. It serves one job at a time: Run is answered by Started and, in the end, by exactly one Ended
// (or by Ended alone). Commands that name no running job are ignored. On a frame that it can't understand it sends a
// ProtocolError with the reason, kills its tree and exits 3. At end of file on its standard input (the application is gone)
// it kills its tree and exits 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace BitNet::Wire {

inline constexpr std::uint32_t magic = 0x4a534e42; // "BNSJ"
inline constexpr std::uint16_t version = 1;
// Larger frames are refused: arguments and environment together can't pass execve's limit of 6 MiB, a prompt file is
// larger only by mistake.
inline constexpr std::uint32_t maximumPayload = 80 * 1024 * 1024;

enum class Type : std::uint16_t {
    // commands
    Run = 1, // RunCommand
    Stop = 2, // StopCommand: the kill ladder
    Signal = 3, // SignalCommand
    Pause = 4, // no payload: SIGSTOP to the tree, the timeout stops counting
    Resume = 5, // no payload: SIGCONT to the tree
    Input = 6, // raw bytes for the job's standard input; the next Input is sent after InputTaken
    CloseInput = 7, // no payload: close it when what was sent is written
    // status
    Hello = 64, // HelloStatus
    Started = 65, // StartedStatus; held back up to 2 ms, to come together with the Ended of a short job
    FirstOutput = 66, // InstantStatus: when its first byte came
    // No payload: bytes are lost, neither in the log nor in the tail that is appended to it in the end. Comes once, and only
    // to jobs whose droppedBytes will not be 0.
    Truncated = 67,
    // No payload, one for each Input: it is written, or the job has closed its standard input (or never had one).
    InputTaken = 68,
    Ended = 69, // EndedStatus
    ProtocolError = 70, // ProtocolErrorStatus
};

struct FrameHeader
{
    std::uint32_t frameMagic = magic;
    std::uint16_t frameVersion = version;
    Type type = Type::Run;
    std::uint32_t length = 0; // of the payload, bytes
    std::uint32_t job = 0; // counts the Run commands of this shim; commands and status of an earlier job are ignored
};
static_assert(sizeof(FrameHeader) == 16);

// A moment in both clocks: CLOCK_MONOTONIC in ns, CLOCK_REALTIME in µs since 1970.
struct Instant
{
    std::int64_t monotonicNs = 0;
    std::int64_t wallUs = 0;
    template<typename Archive>
    void fields(Archive &a)
    {
        a(monotonicNs);
        a(wallUs);
    }
};

struct EnvironmentChange
{
    std::uint8_t set = 1; // 0: remove the name
    std::string name;
    std::string value;
    template<typename Archive>
    void fields(Archive &a)
    {
        a(set);
        a(name);
        a(value);
    }
};

struct File
{
    std::string name;
    std::string content;
    template<typename Archive>
    void fields(Archive &a)
    {
        a(name);
        a(content);
    }
};

struct RunCommand
{
    std::int64_t timeoutNs = 0; // run time; 0: none
    std::int64_t deadlineNs = 0; // absolute, CLOCK_MONOTONIC; 0: none
    std::int64_t killGraceNs = 0;
    std::uint64_t outputCap = 0; // bytes kept, the tail left out
    std::uint8_t interactive = 0; // 1: a pipe as standard input, otherwise /dev/null
    std::uint8_t inheritEnvironment = 1; // 0: start from nothing but the changes
    std::string folder; // absolute; created by the shim (its parent exists)
    std::string workingDirectory; // empty: the shim's own
    std::vector<std::string> arguments; // [0] is the program
    std::vector<EnvironmentChange> environment;
    std::vector<File> files; // written into folder before the start
    template<typename Archive>
    void fields(Archive &a)
    {
        a(timeoutNs);
        a(deadlineNs);
        a(killGraceNs);
        a(outputCap);
        a(interactive);
        a(inheritEnvironment);
        a(folder);
        a(workingDirectory);
        a(arguments);
        a(environment);
        a(files);
    }
};

struct StopCommand
{
    std::int64_t graceNs = 0; // 0: SIGKILL at once
    template<typename Archive>
    void fields(Archive &a)
    {
        a(graceNs);
    }
};

struct SignalCommand
{
    std::uint32_t number = 0; // 1..64
    std::uint8_t wholeTree = 0;
    template<typename Archive>
    void fields(Archive &a)
    {
        a(number);
        a(wholeTree);
    }
};

struct HelloStatus
{
    std::uint32_t protocol = version;
    std::int64_t pid = 0;
    template<typename Archive>
    void fields(Archive &a)
    {
        a(protocol);
        a(pid);
    }
};

struct StartedStatus
{
    std::int64_t pid = 0;
    Instant at;
    template<typename Archive>
    void fields(Archive &a)
    {
        a(pid);
        at.fields(a);
    }
};

struct InstantStatus
{
    Instant at;
    template<typename Archive>
    void fields(Archive &a)
    {
        at.fields(a);
    }
};

// What made a job end.
enum class EndCause : std::uint8_t {
    Itself = 0, // exited, or a signal that this shim did not send
    Timeout = 1,
    Deadline = 2,
    Stop = 3, // StopCommand
    SignalCommand = 4, // ended by a signal that a SignalCommand had sent
    NotStarted = 5, // see failedStep and errorNumber
    Expired = 6, // the deadline had passed before the start
};

// Where a start failed. What was created for it in the folder is removed again: it may be tried once more.
enum class StartStep : std::uint8_t {
    None = 0,
    Folder = 1, // creating the private folder
    OutputFiles = 2,
    PrivateFiles = 3,
    Pipes = 4,
    Fork = 5,
    WorkingDirectory = 6,
    Execute = 7,
};

struct EndedStatus
{
    EndCause cause = EndCause::Itself;
    StartStep failedStep = StartStep::None;
    std::int64_t errorNumber = 0; // errno of the failed step
    // What the failed step was about: the folder, the file, the working directory, or the program: the candidate in PATH
    // that is there but can't be executed (ENOENT: its interpreter is missing), the program's name when there is none.
    std::string path;

    std::uint8_t signalled = 0; // 1: status is a signal, 0: an exit code
    std::uint32_t status = 0;
    Instant at; // the program was reaped
    // Descendants that were still there 10 ms (or the kill grace, if shorter) after the program ended; 0 when the ladder
    // had begun before.
    std::uint32_t leftovers = 0;
    std::uint32_t treeKilled = 0; // processes signalled by the ladder, the program included
    // 1: something of the tree was still there 5 s after SIGKILL. If the program itself is, at is now and status is SIGKILL.
    std::uint8_t unkillable = 0;
    std::int64_t pausedNs = 0;

    std::uint64_t stdoutBytes = 0;
    std::uint64_t stderrBytes = 0;
    std::uint64_t droppedBytes = 0;
    std::uint64_t firstOutputSeen = 0; // 1: firstOutput holds
    Instant firstOutput;
    std::int64_t outputErrorNumber = 0; // why bytes were not kept: 0 the cap, else errno (ENOSPC, …)

    std::int64_t peakRssBytes = 0; // of the largest single process of the tree
    std::int64_t cpuUs = 0; // user and system time of the whole tree
    template<typename Archive>
    void fields(Archive &a)
    {
        a(cause);
        a(failedStep);
        a(errorNumber);
        a(path);
        a(signalled);
        a(status);
        at.fields(a);
        a(leftovers);
        a(treeKilled);
        a(unkillable);
        a(pausedNs);
        a(stdoutBytes);
        a(stderrBytes);
        a(droppedBytes);
        a(firstOutputSeen);
        firstOutput.fields(a);
        a(outputErrorNumber);
        a(peakRssBytes);
        a(cpuUs);
    }
};

struct ProtocolErrorStatus
{
    std::string text; // what was wrong, for people
    template<typename Archive>
    void fields(Archive &a)
    {
        a(text);
    }
};

// Appends fields to a buffer.
class Encoder
{
public:
    explicit Encoder(std::string &buffer)
        : m_buffer(buffer)
    {
    }

    template<typename T>
    void operator()(const T &value)
    {
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
            m_buffer.append(reinterpret_cast<const char *>(&value), sizeof(T));
        else
            const_cast<T &>(value).fields(*this);
    }
    void operator()(const std::string &text)
    {
        operator()(static_cast<std::uint32_t>(text.size()));
        m_buffer.append(text);
    }
    template<typename T>
    void operator()(const std::vector<T> &items)
    {
        operator()(static_cast<std::uint32_t>(items.size()));
        for (const T &item : items)
            operator()(item);
    }

private:
    std::string &m_buffer;
};

// Reads fields from a payload. After a field that is not there, or a count that can't fit, ok() is false and all that
// follows is left as it was.
class Decoder
{
public:
    explicit Decoder(std::string_view payload)
        : m_rest(payload)
    {
    }

    bool ok() const { return m_ok; }
    // Everything was read and nothing is left over.
    bool complete() const { return m_ok && m_rest.empty(); }

    template<typename T>
    void operator()(T &value)
    {
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
            if (!has(sizeof(T)))
                return;
            std::memcpy(&value, m_rest.data(), sizeof(T));
            m_rest.remove_prefix(sizeof(T));
        } else {
            value.fields(*this);
        }
    }
    void operator()(std::string &text)
    {
        std::uint32_t size = 0;
        operator()(size);
        if (!has(size))
            return;
        text.assign(m_rest.data(), size);
        m_rest.remove_prefix(size);
    }
    template<typename T>
    void operator()(std::vector<T> &items)
    {
        std::uint32_t count = 0;
        operator()(count);
        if (!has(count)) // every item takes at least one byte
            return;
        items.reserve(items.size() + std::min<std::size_t>(count, 4096));
        for (std::uint32_t i = 0; i < count && m_ok; ++i)
            operator()(items.emplace_back());
    }

private:
    bool has(std::size_t bytes)
    {
        m_ok = m_ok && m_rest.size() >= bytes;
        return m_ok;
    }

    std::string_view m_rest;
    bool m_ok = true;
};

// Appends a whole frame to buffer.
template<typename Payload>
void appendFrame(std::string &buffer, Type type, std::uint32_t job, const Payload &payload)
{
    const std::size_t start = buffer.size();
    FrameHeader header;
    header.type = type;
    header.job = job;
    buffer.append(reinterpret_cast<const char *>(&header), sizeof header);
    Encoder encode(buffer);
    encode(payload);
    const auto length = static_cast<std::uint32_t>(buffer.size() - start - sizeof header);
    std::memcpy(buffer.data() + start + offsetof(FrameHeader, length), &length, sizeof length);
}

// A frame whose payload is these bytes as they are (Input), or none.
inline void appendRawFrame(std::string &buffer, Type type, std::uint32_t job, std::string_view payload = {})
{
    FrameHeader header;
    header.type = type;
    header.job = job;
    header.length = static_cast<std::uint32_t>(payload.size());
    buffer.append(reinterpret_cast<const char *>(&header), sizeof header);
    buffer.append(payload);
}

// Reads the payload of a frame; false when it is not exactly that.
template<typename Payload>
bool decode(std::string_view bytes, Payload &payload)
{
    Decoder decoder(bytes);
    payload.fields(decoder);
    return decoder.complete();
}

} // namespace BitNet::Wire
