// SPDX-License-Identifier: MIT
#include "core/serving/chatjob.h"

#include "core/serving/chatrunner.h"

using namespace Qt::StringLiterals;

namespace BitNet {

JobSpec chatJob(const ChatRequest &request, const JobSpec &about, const QString &server, const QUrl &url)
{
    return {.command = {u"POST"_s, url.toString() + requestPath(request)},
            .name = about.name.isEmpty() ? u"Chat"_s : about.name,
            .group = about.group,
            .kind = JobKind::Inference,
            .limits = about.limits,
            .priority = about.priority,
            .held = about.held,
            .files = {{.name = requestFileName, .content = requestBody(request), .secret = true}},
            .prompt = promptOf(request),
            .server = server};
}

} // namespace BitNet
