// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"
#include "app/ctl/jobsession.h"
#include "core/jobs/jobspec.h"
#include "core/supervisor/supervisorsettings.h"

#include <optional>

namespace BitNet {

// The options that "run" and "infer" share.
CtlOptionGroup limitOptions();
CtlOptionGroup outputOptions();
CtlOptionGroup recordingOptions();
CtlOptionGroup helpOption();

// How their text tells the exit status.
QString exitStatusText();

// Whether and where jobs are recorded.
struct RecordingOptions
{
    bool isOn = true;
    QString dataFolder = {};
    bool isFolderGiven = false; // then it must be usable
};

// What the shared options say.
struct CommonOptions
{
    JobLimits limits = {};
    bool outputCapGiven = false;
    SupervisorSettings settings = {};
    SessionOptions session = {};
    RecordingOptions recording = {};
};

// Checks the values, and that the places for output and report can be written to. Nothing and a sentence in error when
// something is wrong.
std::optional<CommonOptions> commonOptions(const CtlArguments &arguments, QString *error);

// "4096", "64K", "256M", "1G" (powers of 1024). More than zero.
std::optional<qint64> parseByteCount(const QString &text);

} // namespace BitNet
