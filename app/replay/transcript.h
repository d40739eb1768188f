// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet::Replay {

enum class Stream { Stdout, Stderr, Stdin };

// Bytes that went over one stream at a time.
struct Event
{
    double delayMs = 0; // since the event before it
    Stream stream = Stream::Stdout;
    QByteArray bytes = {};
};
using Events = QList<Event>;

// A recorded run of a program. The file has one JSON object a line: first {"command": [...], "note": "..."}, then
// {"t": ms, "stream": "stdout"|"stderr"|"stdin", "text"|"base64": "..."}, last {"t": ms, "exit": code} or
// {"t": ms, "signal": number}.
struct Transcript
{
    QString name = {}; // its file's, without the ending
    QStringList command = {};
    Events events = {};
    double endDelayMs = 0; // from the last event to the end
    std::optional<int> exitCode = std::nullopt; // exactly one of the two
    std::optional<int> signal = std::nullopt;

    // Nothing when the file can't be read or is not such a recording; error says where and why then.
    static std::optional<Transcript> load(const QString &path, QString *error);

    // The value that follows a flag in the recorded command; empty when it is not there.
    QString option(const QString &flag) const;
};

// All bytes of one stream.
QByteArray bytesOf(const Events &events, Stream stream);

// Replaces the first occurrence in one stream, also when it is spread over several events: the new bytes come with the
// event in which the old ones began. False when it does not occur.
bool replaceFirst(Events &events, Stream stream, const QByteArray &before, const QByteArray &after);

} // namespace BitNet::Replay
