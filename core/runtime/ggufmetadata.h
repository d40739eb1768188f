// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

#include <optional>

namespace BitNet {

class GgufInput;
struct ModelHeader;

// The key-value pairs of a GGUF file, of which those are kept that a ModelHeader is made of. One thread.
class GgufMetadata
{
public:
    // Reads so many pairs. Why they can't be read, in a sentence; empty when they were.
    QString read(GgufInput &input, quint64 count);

    // Fills in what the pairs say.
    void describe(ModelHeader &header) const;
    // Of the tensors' data, in bytes: a power of two.
    qint64 alignment() const { return m_alignment; }

private:
    // A number, or an array of numbers that says something of each layer.
    struct Numbers
    {
        qint64 largest = 0;
        qint64 sum = 0;
        qint64 count = 0; // 1 for a number
        bool isArray = false;
    };

    QString readValue(GgufInput &input, const QByteArray &key, quint32 type);
    QString readArray(GgufInput &input, const QByteArray &key);
    QString skipStrings(GgufInput &input, quint64 count);
    std::optional<Numbers> readNumbers(GgufInput &input, quint32 type, quint64 count) const;
    QString text(const char *key) const;
    std::optional<Numbers> numbers(const QByteArray &key) const;
    std::optional<qint64> positive(const QByteArray &key) const;

    QHash<QByteArray, QByteArray> m_texts; // by key
    QHash<QByteArray, Numbers> m_numbers;
    qint64 m_alignment = 32; // GGUF_DEFAULT_ALIGNMENT
    quint64 m_stringsPassed = 0;
};

} // namespace BitNet
