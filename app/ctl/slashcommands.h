// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/chatrequest.h"

#include <QString>

#include <optional>

namespace BitNet {

// What can be typed instead of a prompt: for "/help".
QString chatHelp();

// What is wrong with the numbers of a request, in a sentence.
std::optional<QString> problemOf(const ChatRequest &request);

// "/set NAME VALUE" on a request: "temp 0.5", "seed 1". The sentence that tells what became of it.
QString setParameter(const QString &words, ChatRequest *request);
// Those that "/set" knows with their values, a line each.
QString parametersAsText(const ChatRequest &request);

} // namespace BitNet
