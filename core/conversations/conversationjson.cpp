// SPDX-License-Identifier: MIT
#include "core/conversations/conversationjson.h"

#include "core/conversations/jsonfields.h"

#include <QJsonDocument>
#include <QUuid>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr QLatin1String formatName("bitnet-conversation");
constexpr qint64 largestInt = std::numeric_limits<int>::max();
constexpr qint64 largestExact = qint64(1) << 53; // of JSON's numbers

// In the order of the enumerators.
const QList<QLatin1String> &roleWords()
{
    static const QList<QLatin1String> words{"user"_L1, "assistant"_L1};
    return words;
}
const QList<QLatin1String> &stateWords()
{
    static const QList<QLatin1String> words{"complete"_L1,  "generating"_L1, "stopped"_L1,
                                            "timed_out"_L1, "failed"_L1,     "interrupted"_L1};
    return words;
}
const QList<QLatin1String> &stopWords()
{
    static const QList<QLatin1String> words{"unknown"_L1, "eos"_L1, "limit"_L1, "word"_L1};
    return words;
}

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODateWithMs);
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

// One member after the other, so that a file's beginning is what a list needs.
class HeadLine
{
public:
    void add(QLatin1String name, const QJsonValue &value)
    {
        const QByteArray one = compact({{QString(name), value}});
        m_line += (m_line.isEmpty() ? "{" : ",") + one.sliced(1).chopped(1);
    }
    const QByteArray &line() const { return m_line; }

private:
    QByteArray m_line;
};

QJsonObject messageObject(const Message &message)
{
    QJsonObject object{{u"id"_s, message.id},
                       {u"role"_s, roleWords()[int(message.role)]},
                       {u"text"_s, message.text},
                       {u"created"_s, timeText(message.created)}};
    const auto insertText = [&object](const QString &name, const QString &text) {
        if (!text.isEmpty())
            object.insert(name, text);
    };
    const auto insertNumber = [&object](const QString &name, const auto &number) {
        if (number)
            object.insert(name, *number);
    };
    const auto insertDuration = [&object](const QString &name, std::optional<std::chrono::nanoseconds> duration) {
        if (duration)
            object.insert(name, double(duration->count()) / 1e6);
    };
    if (message.parent != noMessage)
        object.insert(u"parent"_s, message.parent);
    if (message.selectedChild != noMessage)
        object.insert(u"selected"_s, message.selectedChild);
    if (message.state != MessageState::Complete)
        object.insert(u"state"_s, stateWords()[int(message.state)]);
    if (message.job.isValid())
        object.insert(u"job"_s, qint64(message.job.value));
    if (message.serverJob.isValid())
        object.insert(u"server_job"_s, qint64(message.serverJob.value));
    insertText(u"reason"_s, message.reason);
    insertText(u"engine"_s, message.engine);
    insertText(u"model"_s, message.model);
    insertText(u"preset"_s, message.preset);
    insertNumber(u"prompt_tokens"_s, message.figures.promptTokens);
    insertNumber(u"output_tokens"_s, message.figures.outputTokens);
    insertNumber(u"prefill_tps"_s, message.figures.prefillTps);
    insertNumber(u"decode_tps"_s, message.figures.decodeTps);
    insertDuration(u"ttft_ms"_s, message.figures.ttft);
    insertDuration(u"latency_ms"_s, message.figures.latency);
    if (message.figures.stopReason != StopReason::Unknown)
        object.insert(u"stop_reason"_s, stopWords()[int(message.figures.stopReason)]);
    return object;
}

std::optional<std::chrono::nanoseconds> durationOf(std::optional<double> milliseconds)
{
    // Beyond that it does not fit into nanoseconds.
    if (!milliseconds || *milliseconds > 9e12)
        return std::nullopt;
    return std::chrono::nanoseconds(std::llround(*milliseconds * 1e6));
}

Message messageFrom(JsonFields &fields)
{
    Message message;
    message.id = MessageId(fields.integer("id"_L1, 1, largestInt).value_or(0));
    if (message.id == noMessage)
        fields.fail("id"_L1, u"is missing"_s);
    message.parent = MessageId(fields.integer("parent"_L1, 1, largestInt).value_or(noMessage));
    message.selectedChild = MessageId(fields.integer("selected"_L1, 1, largestInt).value_or(noMessage));
    const std::optional<int> role = fields.word("role"_L1, roleWords());
    if (!role)
        fields.fail("role"_L1, u"is missing"_s);
    message.role = MessageRole(role.value_or(0));
    message.text = fields.text("text"_L1);
    message.state = MessageState(fields.word("state"_L1, stateWords()).value_or(int(MessageState::Complete)));
    message.reason = fields.text("reason"_L1);
    message.job = JobId{quint64(fields.integer("job"_L1, 0, largestExact).value_or(0))};
    message.serverJob = JobId{quint64(fields.integer("server_job"_L1, 0, largestExact).value_or(0))};
    message.engine = fields.text("engine"_L1);
    message.model = fields.text("model"_L1);
    message.preset = fields.text("preset"_L1);
    message.created = fields.time("created"_L1);
    message.figures.promptTokens = fields.integer("prompt_tokens"_L1, 0, largestExact);
    message.figures.outputTokens = fields.integer("output_tokens"_L1, 0, largestExact);
    message.figures.prefillTps = fields.positiveNumber("prefill_tps"_L1);
    message.figures.decodeTps = fields.positiveNumber("decode_tps"_L1);
    message.figures.ttft = durationOf(fields.positiveNumber("ttft_ms"_L1));
    message.figures.latency = durationOf(fields.positiveNumber("latency_ms"_L1));
    message.figures.stopReason = StopReason(fields.word("stop_reason"_L1, stopWords()).value_or(0));
    return message;
}

} // namespace

QByteArray toJson(const Conversation &conversation)
{
    HeadLine head;
    head.add("format"_L1, formatName);
    head.add("version"_L1, conversationVersion);
    head.add("id"_L1, conversation.id);
    head.add("title"_L1, conversation.title());
    if (conversation.hasChosenTitle())
        head.add("chosen_title"_L1, conversation.title());
    head.add("created"_L1, timeText(conversation.created));
    head.add("updated"_L1, timeText(conversation.updated));
    head.add("message_count"_L1, int(conversation.messages().size()));

    QByteArray json = head.line() + ",\n\"settings\":" + compact(toJson(conversation.settings)) + ",\n";
    if (conversation.selectedBeginning() != noMessage)
        json += "\"selected\":" + QByteArray::number(conversation.selectedBeginning()) + ",\n";
    json += "\"messages\":[";
    const char *separator = "\n";
    for (const Message &message : conversation.messages()) {
        json += separator + compact(messageObject(message));
        separator = ",\n";
    }
    json += "\n]}\n";
    return json;
}

ConversationReading conversationFromJson(QByteArrayView json)
{
    const auto refused = [](const QString &sentence) { return ConversationReading{.problem = sentence}; };
    QJsonParseError parseError;
    // Without a copy: it may be large, and lives until we are done.
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromRawData(json.data(), json.size()), &parseError);
    if (parseError.error != QJsonParseError::NoError)
        return refused(u"It is not valid JSON at byte %1: %2."_s.arg(parseError.offset).arg(parseError.errorString()));
    const QJsonObject object = document.object();
    JsonFields fields(object);
    if (fields.text("format"_L1) != formatName)
        return refused(u"It is not a conversation: \"format\" must be \"%1\"."_s.arg(QString(formatName)));
    const std::optional<qint64> version = fields.integer("version"_L1, 1, largestInt);
    if (!version)
        return refused(u"It is not a conversation: \"version\" must be a number from 1 on."_s);

    ConversationReading reading{.laterVersion = *version > conversationVersion};
    Conversation conversation;
    conversation.id = fields.text("id"_L1);
    conversation.setTitle(fields.text("chosen_title"_L1));
    conversation.created = fields.time("created"_L1);
    const QDateTime updated = fields.time("updated"_L1);
    QString problem;
    if (const auto settings = promptSettingsFromJson(fields.object("settings"_L1), &problem))
        conversation.settings = *settings;
    else
        return refused(u"Its settings can't be used: %1"_s.arg(problem));

    QList<Message> messages;
    int number = 0;
    for (const QJsonValue entry : fields.list("messages"_L1)) {
        ++number;
        if (!entry.isObject())
            return refused(u"Message number %1 must be an object."_s.arg(number));
        JsonFields messageFields(entry.toObject(), u"Message number %1"_s.arg(number));
        messages.append(messageFrom(messageFields));
        if (!messageFields.problem().isEmpty())
            return refused(messageFields.problem());
    }
    const MessageId selected = MessageId(fields.integer("selected"_L1, 1, largestInt).value_or(noMessage));
    if (!fields.problem().isEmpty())
        return refused(fields.problem());
    if (!conversation.setMessages(messages, selected, &problem))
        return refused(problem);
    conversation.markInterrupted();
    conversation.updated = updated;
    reading.conversation = conversation;
    return reading;
}

ConversationSummary summaryOf(const Conversation &conversation)
{
    return {.id = conversation.id,
            .title = conversation.title(),
            .created = conversation.created,
            .updated = conversation.updated,
            .messageCount = int(conversation.messages().size())};
}

std::optional<ConversationSummary> summaryFromFirstLine(QByteArrayView line)
{
    QByteArray text = line.trimmed().toByteArray();
    if (!text.endsWith(','))
        return std::nullopt;
    text.back() = '}';
    const QJsonObject object = QJsonDocument::fromJson(text).object();
    JsonFields fields(object);
    const std::optional<qint64> version = fields.integer("version"_L1, 1, largestInt);
    if (fields.text("format"_L1) != formatName || !version)
        return std::nullopt;
    ConversationSummary summary;
    summary.id = fields.text("id"_L1);
    summary.title = fields.text("title"_L1).left(Conversation::longestTitle);
    summary.created = fields.time("created"_L1);
    summary.updated = fields.time("updated"_L1);
    summary.messageCount = int(fields.integer("message_count"_L1, 0, largestInt).value_or(0));
    summary.readOnly = *version > conversationVersion;
    return fields.problem().isEmpty() ? std::optional(summary) : std::nullopt;
}

} // namespace BitNet
