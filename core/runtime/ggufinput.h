// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QString>
#include <QtEndian>

#include <type_traits>

namespace BitNet {

// The front part of a GGUF file, read through one buffer of fixed size. Whatever the file says, no more is allocated than
// the buffer and what a caller's own limit allows, and no more is passed over than frontLimit. Once something is missing,
// all that follows fails: isGood() is false.
// One thread.
class GgufInput
{
public:
    // An open device with random access, which must outlive this object. Read from its beginning.
    explicit GgufInput(QIODevice &device);

    // Real files have some 20 MiB before the tensors' data, most of it the vocabulary.
    static constexpr qint64 frontLimit = qint64(64) * 1024 * 1024;

    bool isGood() const { return m_good; }
    // What is missing, in a sentence; empty while isGood().
    QString problem() const;
    qint64 size() const { return m_size; }
    qint64 position() const { return m_position; }
    qint64 remaining() const { return m_size - m_position; }

    // Passes over so many bytes without reading them.
    bool skip(quint64 bytes);

    // A little-endian number. 0 when the file ends before.
    template<typename Number>
    Number read()
    {
        static_assert(std::is_arithmetic_v<Number>);
        char bytes[sizeof(Number)] = {};
        return readBytes(bytes, sizeof bytes) ? qFromLittleEndian<Number>(bytes) : Number(0);
    }

    // A string (64-bit length, then its bytes) of which at most limit bytes are kept; all of it is passed over. The whole
    // length goes to length when given.
    QByteArray readString(qint64 limit, quint64 *length = nullptr);

private:
    static constexpr qint64 bufferSize = qint64(64) * 1024;

    bool require(quint64 bytes);
    bool readBytes(char *bytes, qint64 count);
    bool fill();

    QIODevice &m_device;
    const qint64 m_size;
    qint64 m_position = 0;
    QByteArray m_buffer;
    qint64 m_bufferStart = 0; // in the device
    bool m_good = true;
    bool m_passedLimit = false;
};

} // namespace BitNet
