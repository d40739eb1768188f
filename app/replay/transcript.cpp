// SPDX-License-Identifier: MIT
#include "app/replay/transcript.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet::Replay {

namespace {

std::optional<Stream> streamFromName(const QString &name)
{
    if (name == "stdout"_L1)
        return Stream::Stdout;
    if (name == "stderr"_L1)
        return Stream::Stderr;
    if (name == "stdin"_L1)
        return Stream::Stdin;
    return std::nullopt;
}

std::optional<QByteArray> bytesFrom(const QJsonObject &object)
{
    if (const QJsonValue text = object["text"_L1]; text.isString())
        return text.toString().toUtf8();
    if (const QJsonValue base64 = object["base64"_L1]; base64.isString()) {
        const auto decoded =
            QByteArray::fromBase64Encoding(base64.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
        if (decoded)
            return *decoded;
    }
    return std::nullopt;
}

// Takes the lines of a recording one by one.
class Reader
{
public:
    explicit Reader(Transcript &transcript)
        : m_transcript(transcript)
    {
    }

    // What is wrong with the line; empty when nothing is.
    QString take(const QByteArray &line)
    {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(line, &error);
        if (!document.isObject())
            return error.error == QJsonParseError::NoError ? u"not a JSON object"_s : error.errorString();
        const QJsonObject object = document.object();
        if (!m_hasHeader)
            return takeHeader(object);
        if (isComplete())
            return u"something follows the end"_s;
        return takeEvent(object);
    }

    bool isComplete() const { return m_transcript.exitCode || m_transcript.signal; }

private:
    QString takeHeader(const QJsonObject &object)
    {
        if (!object["command"_L1].isArray())
            return u"\"command\" is missing"_s;
        const QJsonArray words = object["command"_L1].toArray();
        for (const QJsonValue &word : words)
            m_transcript.command += word.toString();
        m_hasHeader = true;
        return {};
    }

    QString takeEvent(const QJsonObject &object)
    {
        const double at = object["t"_L1].toDouble(-1);
        if (at < 0)
            return u"\"t\" is missing"_s;
        // Recordings of two pipes may be off by a little.
        const double delay = std::max(0.0, at - m_lastAt);
        m_lastAt = std::max(m_lastAt, at);
        if (object.contains("exit"_L1) || object.contains("signal"_L1)) {
            m_transcript.endDelayMs = delay;
            if (object.contains("exit"_L1))
                m_transcript.exitCode = object["exit"_L1].toInt();
            else
                m_transcript.signal = object["signal"_L1].toInt();
            return {};
        }
        const auto stream = streamFromName(object["stream"_L1].toString());
        if (!stream)
            return u"\"stream\" is none of stdout, stderr and stdin"_s;
        const auto bytes = bytesFrom(object);
        if (!bytes)
            return u"neither \"text\" nor \"base64\" is there"_s;
        m_transcript.events += Event{.delayMs = delay, .stream = *stream, .bytes = *bytes};
        return {};
    }

    Transcript &m_transcript;
    bool m_hasHeader = false;
    double m_lastAt = 0;
};

} // namespace

std::optional<Transcript> Transcript::load(const QString &path, QString *error)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        *error = u"%1: %2"_s.arg(path, file.errorString());
        return std::nullopt;
    }
    Transcript transcript{.name = QFileInfo(path).completeBaseName()};
    Reader reader(transcript);
    for (int number = 1; !file.atEnd(); ++number) {
        const QByteArray line = file.readLine();
        if (line.trimmed().isEmpty())
            continue;
        if (const QString problem = reader.take(line); !problem.isEmpty()) {
            *error = u"%1, line %2: %3"_s.arg(path).arg(number).arg(problem);
            return std::nullopt;
        }
    }
    if (!reader.isComplete()) {
        *error = u"%1: the recording has no end"_s.arg(path);
        return std::nullopt;
    }
    return transcript;
}

QString Transcript::option(const QString &flag) const
{
    const qsizetype at = command.indexOf(flag);
    return at < 0 ? QString() : command.value(at + 1);
}

QByteArray bytesOf(const Events &events, Stream stream)
{
    QByteArray all;
    for (const Event &event : events) {
        if (event.stream == stream)
            all += event.bytes;
    }
    return all;
}

bool replaceFirst(Events &events, Stream stream, const QByteArray &before, const QByteArray &after)
{
    const qsizetype first = bytesOf(events, stream).indexOf(before);
    if (first < 0 || before.isEmpty())
        return false;
    const qsizetype last = first + before.size();
    qsizetype begin = 0;
    for (Event &event : events) {
        if (event.stream != stream)
            continue;
        const qsizetype end = begin + event.bytes.size();
        const qsizetype from = std::max(first, begin);
        const qsizetype to = std::min(last, end);
        if (from < to)
            event.bytes.replace(from - begin, to - from, from == first ? after : QByteArray());
        begin = end;
    }
    return true;
}

} // namespace BitNet::Replay
