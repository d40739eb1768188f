// SPDX-License-Identifier: MIT
#include "core/conversations/contextuse.h"

#include <algorithm>
#include <cmath>

namespace BitNet {

static constexpr double usualBytesPerToken = 4;
// What a chat template puts around each message.
static constexpr qint64 tokensAroundMessage = 4;
// Fewer tokens say little about the text's density.
static constexpr qint64 tokensForDensity = 16;

static qint64 bytesOf(const QString &text)
{
    return text.toUtf8().size();
}

ContextUse contextUse(const Conversation &conversation, const QString &pendingPrompt)
{
    const QList<MessageId> branch = conversation.branch();
    qsizetype counted = -1; // the last message of the branch whose tokens are known, with all before it
    qint64 measuredBytes = 0;
    qint64 measuredTokens = 0;
    for (qsizetype i = 0; i < branch.size(); ++i) {
        const Message &message = *conversation.message(branch[i]);
        if (message.role != MessageRole::Assistant || !message.figures.outputTokens)
            continue;
        measuredBytes += bytesOf(message.text);
        measuredTokens += *message.figures.outputTokens;
        if (message.figures.promptTokens && message.state != MessageState::Generating)
            counted = i;
    }
    const double density = measuredTokens >= tokensForDensity && measuredBytes > 0
        ? std::clamp(double(measuredBytes) / double(measuredTokens), 0.5, 16.0)
        : usualBytesPerToken;
    const auto estimate = [density](const QString &text) {
        return tokensAroundMessage + qint64(std::ceil(double(bytesOf(text)) / density));
    };

    ContextUse use;
    if (counted >= 0) {
        const MessageFigures &figures = conversation.message(branch[counted])->figures;
        use = {.tokens = *figures.promptTokens + *figures.outputTokens, .estimated = false};
    } else if (!conversation.settings.systemPrompt.isEmpty()) {
        use.tokens += estimate(conversation.settings.systemPrompt);
    }
    for (qsizetype i = counted + 1; i < branch.size(); ++i) {
        use.tokens += estimate(conversation.message(branch[i])->text);
        use.estimated = true;
    }
    if (!pendingPrompt.isEmpty()) {
        use.tokens += estimate(pendingPrompt);
        use.estimated = true;
    }
    return use;
}

} // namespace BitNet
