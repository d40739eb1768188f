// SPDX-License-Identifier: MIT
#include "core/serving/answerreader.h"

#include "core/runtime/timingsparser.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

QJsonDocument parse(const QByteArray &json)
{
    QJsonParseError error;
    QJsonDocument document = QJsonDocument::fromJson(json, &error);
    // A piece of text that was cut inside a character: shown as one that is not known, rather than lost.
    if (error.error == QJsonParseError::IllegalUTF8String)
        document = QJsonDocument::fromJson(QString::fromUtf8(json).toUtf8(), &error);
    return document;
}

void takeCount(const QJsonObject &object, QLatin1String name, std::optional<qint64> &count)
{
    const QJsonValue value = object.value(name);
    if (value.isDouble() && value.toDouble() >= 0)
        count = value.toInteger();
}

} // namespace

AnswerReader::AnswerReader(bool stopWordsAsked)
    : m_stopWordsAsked(stopWordsAsked)
{
}

QString AnswerReader::take(const SseEvent &event)
{
    if (event.field == SseEvent::Field::Data && event.value.trimmed() == "[DONE]") {
        m_complete = true;
        return {};
    }
    const QJsonDocument document = parse(event.value);
    if (!document.isObject()) {
        if (!m_error)
            m_error = u"it sent something that is no JSON: "_s + QString::fromUtf8(event.value.left(200));
        return {};
    }
    const QJsonObject object = document.object();
    if (event.field == SseEvent::Field::Error) {
        takeError(object);
        return {};
    }
    return takeObject(object);
}

QString AnswerReader::takeBody(const QByteArray &json)
{
    const QJsonDocument document = parse(json);
    if (!document.isObject()) {
        const QString text = QString::fromUtf8(json.left(200)).simplified();
        m_error = text.isEmpty() ? u"it gave no reason"_s : text;
        return {};
    }
    return takeObject(document.object());
}

QString AnswerReader::takeObject(const QJsonObject &object)
{
    if (object.contains("error"_L1)) {
        takeError(object);
        return {};
    }
    if (const QJsonValue timings = object.value("timings"_L1); timings.isObject())
        m_timings = serverTimings(timings.toObject());
    if (const QJsonValue usage = object.value("usage"_L1); usage.isObject()) {
        takeCount(usage.toObject(), "prompt_tokens"_L1, m_promptTokens);
        takeCount(usage.toObject(), "completion_tokens"_L1, m_outputTokens);
    }
    if (const QJsonValue choices = object.value("choices"_L1); choices.isArray())
        return takeChoice(choices.toArray().first().toObject());

    // /completion
    takeCount(object, "tokens_evaluated"_L1, m_promptTokens);
    takeCount(object, "tokens_predicted"_L1, m_outputTokens);
    if (object.value("stop"_L1).toBool())
        takeCompletionEnd(object);
    else if (object.contains("content"_L1))
        ++m_tokensSeen;
    return object.value("content"_L1).toString();
}

QString AnswerReader::takeChoice(const QJsonObject &choice)
{
    const QString reason = choice.value("finish_reason"_L1).toString();
    if (!reason.isEmpty()) {
        m_complete = true;
        if (reason == "length"_L1)
            m_stopReason = u"limit"_s;
        else if (reason == "stop"_L1)
            m_stopReason = m_stopWordsAsked ? u"stop"_s : u"eos"_s;
        else
            m_stopReason = reason;
    }
    const QJsonObject message = choice.value("delta"_L1).toObject();
    if (const QJsonValue content = message.value("content"_L1); content.isString()) {
        ++m_tokensSeen;
        return content.toString();
    }
    // Of a server that does not stream.
    return choice.value("message"_L1).toObject().value("content"_L1).toString();
}

// Newer servers say stop_type, older ones have a truth for each reason.
void AnswerReader::takeCompletionEnd(const QJsonObject &object)
{
    m_complete = true;
    m_promptTruncated = object.value("truncated"_L1).toBool();
    if (const QString type = object.value("stop_type"_L1).toString(); !type.isEmpty()) {
        m_stopReason = type == "none"_L1 ? QString() : type;
        return;
    }
    for (const QLatin1String reason : {"eos"_L1, "word"_L1, "limit"_L1}) {
        if (object.value(u"stopped_"_s + reason).toBool())
            m_stopReason = reason;
    }
}

// {"error": {"code": 500, "message": "…"}}, the same without its wrapping, or just a text.
void AnswerReader::takeError(const QJsonObject &object)
{
    const QJsonValue wrapped = object.value("error"_L1);
    const QJsonObject error = wrapped.isObject() ? wrapped.toObject() : object;
    QString message = wrapped.isString() ? wrapped.toString() : error.value("message"_L1).toString();
    if (message.isEmpty())
        message = error.value("content"_L1).toString();
    m_error = message.isEmpty() ? u"it gave no reason"_s : message.simplified();
    m_errorCode = error.value("code"_L1).toInt();
}

EngineTimings AnswerReader::timings() const
{
    EngineTimings timings = m_timings;
    // The timings leave out what the server still had in its cache; the whole prompt is counted in the last piece.
    if (m_promptTokens.value_or(0) > 0)
        timings.promptTokens = m_promptTokens;
    else if (!m_complete)
        timings.promptTokens.reset();
    if (m_outputTokens.value_or(0) > 0)
        timings.outputTokens = m_outputTokens;
    return timings;
}

} // namespace BitNet
