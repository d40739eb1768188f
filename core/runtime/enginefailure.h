// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>

namespace BitNet {

// How an engine ended, and its last words.
struct EngineEnding
{
    // The end of its standard error: some 64 KiB are enough, as an engine that fails ends soon after.
    QByteArrayView standardError = {};
    std::optional<int> exitCode = std::nullopt;
    std::optional<int> signal = std::nullopt;
    bool isKilledForMemory = false; // the kernel killed for want of memory while it ran (OomKillCounter)
    QString model = {}; // path of the model it was given
};

// Why an engine failed, recognised from what it printed and how it ended.
struct EngineFailure
{
    enum class Kind {
        ModelNotFound, // or not readable
        NotAModel,
        ModelIncomplete,
        ModelUnsupported, // architecture, tensor type, tokenizer or version that this engine does not know
        ModelNotLoaded, // the engine does not say why
        PromptTooLong, // for the context
        ContextTooLarge, // for the memory
        OutOfMemory,
        InvalidArgument,
        FileNotFound, // one that an argument names, other than the model
        PortTaken,
        AddressUnusable,
        KilledBySystem, // SIGKILL of the kernel, which had no memory left
        KilledFromOutside, // SIGKILL of somebody else
        WrongProcessor, // SIGILL: built for another one
        LibraryMissing,
        InternalCheck, // GGML_ASSERT
    };
    Kind kind = Kind::ModelNotLoaded;
    QString sentence = {}; // what happened and, where it is known, what to do about it
    QString engineLine = {}; // the engine's own words; empty when only the end told
    // The item of the request it is about, as in ConfigurationIssue; empty when there is none.
    QString field = {};
    std::optional<int> freePort = std::nullopt; // to offer instead, for PortTaken

    friend bool operator==(const EngineFailure &, const EngineFailure &) = default;
};

// Nothing when it exited with 0, or when the reason is not known. An engine's death by SIGABRT is looked through: llama-server
// of some versions aborts after each failed start. For PortTaken and AddressUnusable the address is tried again, without
// blocking; the rest depends on the arguments alone. Any thread.
//
// Not for an engine that was stopped on purpose: what it printed is not why it ended.
std::optional<EngineFailure> recogniseFailure(const EngineEnding &ending);

} // namespace BitNet
