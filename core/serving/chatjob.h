// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"
#include "core/serving/chatrequest.h"

#include <QUrl>

namespace BitNet {

// A request that validate() accepts as the job that sends it to the server with this name, at this address. Of about its
// name (empty: "Chat"), group, limits, priority and whether it is held are taken over.
JobSpec chatJob(const ChatRequest &request, const JobSpec &about, const QString &server, const QUrl &url);

} // namespace BitNet
