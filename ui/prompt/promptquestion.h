// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/promptsettings.h"
#include "core/jobs/jobspec.h"

namespace BitNet {

// Which program answers.
enum class PromptMode {
    OneShot, // llama-cli, started for each prompt: loads the model each time
    Session, // a llama-server that keeps the model loaded; started by the first prompt
};

// How a prompt is to be put to a model. A plain value.
struct PromptQuestion
{
    PromptMode mode = PromptMode::OneShot;
    PromptSettings settings = {}; // with the model's path
    QString engineFolder = {}; // a build folder; empty: the default engine's
    QString preset = {}; // its name, kept with the answer; empty: none
    JobLimits limits = {};
    // One-shot: earlier prompts and answers go along as a plain transcript. A session always gets them as messages.
    bool withHistory = true;
};

} // namespace BitNet
