// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QtEndian>

namespace BitNet::Testing {

// Writes GGUF files, right ones and wrong ones: each number can be given another value than the contents ask for.
class GgufBuilder
{
public:
    quint32 version = 3;
    qint64 announcedTensors = -1; // below 0: as many as there are
    qint64 announcedPairs = -1;

    void text(const QByteArray &key, const QByteArray &value) { pair(key, 8, string(value)); }
    void number(const QByteArray &key, quint32 value) { pair(key, 4, little(value)); }
    void number64(const QByteArray &key, quint64 value) { pair(key, 10, little(value)); }
    void real(const QByteArray &key, quint32 bits) { pair(key, 6, little(bits)); }
    void texts(const QByteArray &key, const QList<QByteArray> &values)
    {
        QByteArray bytes;
        for (const QByteArray &value : values)
            bytes += string(value);
        list(key, 8, quint64(values.size()), bytes);
    }
    // elementType as in gguf.h; count need not be what bytes hold.
    void list(const QByteArray &key, quint32 elementType, quint64 count, const QByteArray &bytes)
    {
        pair(key, 9, QByteArray(little(elementType) + little(count) + bytes));
    }
    void pair(const QByteArray &key, quint32 type, const QByteArray &value)
    {
        m_pairs += string(key) + little(type) + value;
        ++m_pairCount;
    }
    void tensor(const QByteArray &name, const QList<qint64> &dimensions, quint32 type, quint64 offset)
    {
        m_tensors += string(name) + little(quint32(dimensions.size()));
        for (const qint64 dimension : dimensions)
            m_tensors += little(dimension);
        m_tensors += little(type) + little(offset);
        ++m_tensorCount;
    }

    // With so many bytes of tensor data behind the header, which is padded to 32.
    QByteArray file(qint64 dataBytes = 0) const
    {
        QByteArray bytes = "GGUF" + little(version);
        bytes += little(announcedTensors < 0 ? m_tensorCount : announcedTensors);
        bytes += little(announcedPairs < 0 ? m_pairCount : announcedPairs);
        bytes += m_pairs + m_tensors;
        if (dataBytes > 0)
            bytes.append((32 - bytes.size() % 32) % 32 + dataBytes, '\0');
        return bytes;
    }

    static QByteArray string(const QByteArray &text) { return little(quint64(text.size())) + text; }
    template<typename Number>
    static QByteArray little(Number number)
    {
        QByteArray bytes(qsizetype(sizeof number), Qt::Uninitialized);
        qToLittleEndian(number, bytes.data());
        return bytes;
    }

private:
    QByteArray m_pairs;
    QByteArray m_tensors;
    qint64 m_pairCount = 0;
    qint64 m_tensorCount = 0;
};

} // namespace BitNet::Testing
