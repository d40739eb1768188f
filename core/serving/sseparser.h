// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace BitNet {

// One event of a stream, complete.
struct SseEvent
{
    // The field that carried it: "data", or "error", which llama-server sends instead when it fails in mid-answer.
    enum class Field { Data, Error };
    Field field = Field::Data;
    QByteArray value = {}; // the lines of the event, joined by LF

    friend bool operator==(const SseEvent &, const SseEvent &) = default;
};

// Cuts a text/event-stream into its events, whatever pieces it comes in: LF, CRLF or CR end a line, an empty line ends an
// event, a line that begins with ':' is a comment (https://html.spec.whatwg.org/multipage/server-sent-events.html). Fields
// other than data and error are passed over. Bytes stay bytes: a value is UTF-8 as the server sent it.
class SseParser
{
public:
    // More events of the stream; those that became complete.
    std::vector<SseEvent> add(QByteArrayView bytes);
    // The stream has ended: an event whose empty line is missing, when its line is complete.
    std::vector<SseEvent> finish();

    // Some event is larger than anything a server sends (16 MiB): nothing more is taken.
    bool isOverlong() const { return m_overlong; }

private:
    void takeLine(QByteArrayView line, std::vector<SseEvent> &events);
    void endEvent(std::vector<SseEvent> &events);

    QByteArray m_line; // without its end, which has not come yet
    bool m_skipLineFeed = false; // a CR came last: an LF would belong to it
    SseEvent m_event;
    bool m_hasValue = false;
    bool m_atStart = true; // a byte order mark may come
    bool m_overlong = false;
};

} // namespace BitNet
