// SPDX-License-Identifier: MIT
#include "core/serving/sseparser.h"

#include <utility>

namespace BitNet {

static constexpr qsizetype longestEvent = qsizetype(16) * 1024 * 1024;

std::vector<SseEvent> SseParser::add(QByteArrayView bytes)
{
    std::vector<SseEvent> events;
    qsizetype begin = 0;
    for (qsizetype i = 0; i < bytes.size() && !m_overlong; ++i) {
        const char byte = bytes[i];
        if (byte != '\n' && byte != '\r') {
            m_skipLineFeed = false;
            continue;
        }
        if (byte == '\n' && std::exchange(m_skipLineFeed, false)) {
            begin = i + 1;
            continue;
        }
        m_skipLineFeed = byte == '\r';
        const QByteArrayView piece = bytes.sliced(begin, i - begin);
        if (m_line.isEmpty()) {
            takeLine(piece, events);
        } else {
            m_line += piece;
            takeLine(std::exchange(m_line, {}), events);
        }
        begin = i + 1;
    }
    if (!m_overlong)
        m_line += bytes.sliced(begin);
    if (m_line.size() + m_event.value.size() > longestEvent) {
        m_overlong = true;
        m_line.clear();
    }
    return events;
}

std::vector<SseEvent> SseParser::finish()
{
    std::vector<SseEvent> events;
    if (!m_line.isEmpty())
        takeLine(std::exchange(m_line, {}), events);
    endEvent(events);
    return events;
}

void SseParser::takeLine(QByteArrayView line, std::vector<SseEvent> &events)
{
    static constexpr QByteArrayView byteOrderMark("\xEF\xBB\xBF");
    if (std::exchange(m_atStart, false) && line.startsWith(byteOrderMark))
        line = line.sliced(byteOrderMark.size());
    if (line.isEmpty()) {
        endEvent(events);
        return;
    }
    const qsizetype colon = line.indexOf(':');
    const QByteArrayView field = colon < 0 ? line : line.first(colon);
    QByteArrayView value = colon < 0 ? QByteArrayView() : line.sliced(colon + 1);
    if (value.startsWith(' '))
        value = value.sliced(1);

    SseEvent::Field kind = SseEvent::Field::Data;
    if (field == "error")
        kind = SseEvent::Field::Error;
    else if (field != "data")
        return;
    if (m_hasValue && m_event.field == kind) {
        m_event.value += '\n';
    } else {
        endEvent(events);
        m_event.field = kind;
    }
    m_event.value += value;
    m_hasValue = true;
}

void SseParser::endEvent(std::vector<SseEvent> &events)
{
    if (std::exchange(m_hasValue, false))
        events.push_back(std::exchange(m_event, {}));
}

} // namespace BitNet
