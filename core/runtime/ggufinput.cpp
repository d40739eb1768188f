// SPDX-License-Identifier: MIT
#include "core/runtime/ggufinput.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace BitNet {

GgufInput::GgufInput(QIODevice &device)
    : m_device(device)
    , m_size(device.size())
{
    m_buffer.reserve(std::min(bufferSize, m_size));
}

QString GgufInput::problem() const
{
    if (m_good)
        return {};
    return m_passedLimit ? u"Its header is longer than any engine's, 64 MiB; the file is damaged."_s
                         : u"It ends within its header; the file is incomplete or damaged."_s;
}

// Whether so many bytes are there.
bool GgufInput::require(quint64 bytes)
{
    if (m_good && bytes > quint64(remaining()))
        m_good = false;
    if (m_good && qint64(bytes) > frontLimit - m_position) {
        m_good = false;
        m_passedLimit = true;
    }
    return m_good;
}

bool GgufInput::skip(quint64 bytes)
{
    if (require(bytes))
        m_position += qint64(bytes);
    return m_good;
}

QByteArray GgufInput::readString(qint64 limit, quint64 *length)
{
    const auto bytes = read<quint64>();
    if (length)
        *length = bytes;
    if (!require(bytes))
        return {};
    const qint64 kept = std::min(limit, qint64(bytes));
    QByteArray text(kept, Qt::Uninitialized);
    if (!readBytes(text.data(), kept))
        return {};
    skip(bytes - quint64(kept));
    return text;
}

bool GgufInput::readBytes(char *bytes, qint64 count)
{
    require(quint64(count));
    while (m_good && count > 0) {
        const qint64 offset = m_position - m_bufferStart;
        if (offset < 0 || offset >= m_buffer.size()) {
            m_good = fill();
            continue;
        }
        const qint64 piece = std::min(count, m_buffer.size() - offset);
        std::memcpy(bytes, m_buffer.constData() + offset, std::size_t(piece));
        bytes += piece;
        count -= piece;
        m_position += piece;
    }
    return m_good;
}

bool GgufInput::fill()
{
    m_bufferStart = m_position;
    m_buffer.resize(std::min(bufferSize, remaining()));
    // Not at the end by its size; a file that has shrunk since gives less.
    const qint64 count = m_device.seek(m_position) ? m_device.read(m_buffer.data(), m_buffer.size()) : -1;
    m_buffer.resize(std::max<qint64>(count, 0));
    return count > 0;
}

} // namespace BitNet
