// SPDX-License-Identifier: MIT
#include "core/history/walcheck.h"

#include <QFile>
#include <QtEndian>

#include <array>
#include <cstring>
#include <optional>

namespace BitNet {

namespace {

constexpr qint64 headerSize = 32;
constexpr qint64 frameHeaderSize = 24;
constexpr quint32 magicLittleEndian = 0x377f0682; // of the checksums; every other number is big-endian
constexpr quint32 magicBigEndian = 0x377f0683;
constexpr quint32 formatVersion = 3007000;

using Salts = std::array<char, 8>;

quint32 bigEndianAt(const QByteArray &bytes, qsizetype offset)
{
    return qFromBigEndian<quint32>(bytes.constData() + offset);
}

Salts saltsAt(const QByteArray &bytes, qsizetype offset)
{
    Salts salts;
    std::memcpy(salts.data(), bytes.constData() + offset, salts.size());
    return salts;
}

class Checksum
{
public:
    explicit Checksum(bool bigEndian)
        : m_bigEndian(bigEndian)
    {
    }

    // size is a multiple of 8.
    void add(const char *bytes, qint64 size)
    {
        for (qint64 i = 0; i < size; i += 8) {
            m_first += word(bytes + i) + m_second;
            m_second += word(bytes + i + 4) + m_first;
        }
    }

    bool isAt(const QByteArray &bytes, qsizetype offset) const
    {
        return bigEndianAt(bytes, offset) == m_first && bigEndianAt(bytes, offset + 4) == m_second;
    }

private:
    quint32 word(const char *bytes) const
    {
        return m_bigEndian ? qFromBigEndian<quint32>(bytes) : qFromLittleEndian<quint32>(bytes);
    }

    const bool m_bigEndian;
    quint32 m_first = 0;
    quint32 m_second = 0;
};

// How many frames of the -wal file with these salts were committed, by the -shm file that its last writer shared with its
// readers. Nothing when that file is missing or is about another -wal.
std::optional<qint64> committedFrames(const QString &databasePath, const Salts &salts)
{
    // Two copies of a structure of 48 bytes in native byte order; they differ only while it is written.
    static constexpr qsizetype copySize = 48;
    QFile file(databasePath + QLatin1String("-shm"));
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray copies = file.read(2 * copySize);
    if (copies.size() < 2 * copySize || copies.first(copySize) != copies.last(copySize))
        return std::nullopt;
    const auto nativeAt = [&](qsizetype offset) {
        quint32 value = 0;
        std::memcpy(&value, copies.constData() + offset, sizeof value);
        return value;
    };
    const bool isInitialized = copies.at(12) != 0;
    if (nativeAt(0) != formatVersion || !isInitialized || saltsAt(copies, 32) != salts)
        return std::nullopt;
    return nativeAt(16);
}

// The file as a sequence of frames.
class WalFile
{
public:
    explicit WalFile(const QString &path)
        : m_file(path)
    {
    }

    bool open()
    {
        if (!m_file.open(QIODevice::ReadOnly))
            return false;
        m_header = m_file.read(headerSize);
        return m_header.size() == headerSize;
    }

    const QByteArray &header() const { return m_header; }

    bool isHeaderValid() const
    {
        const quint32 magic = bigEndianAt(m_header, 0);
        if ((magic != magicLittleEndian && magic != magicBigEndian) || bigEndianAt(m_header, 4) != formatVersion)
            return false;
        const quint32 pageSize = bigEndianAt(m_header, 8);
        if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) != 0)
            return false;
        Checksum checksum(magic == magicBigEndian);
        checksum.add(m_header.constData(), 24);
        return checksum.isAt(m_header, 24);
    }

    // Damage in the frames of a file whose header is valid.
    bool hasDamagedFrames(const std::optional<qint64> &committed)
    {
        const Salts salts = saltsAt(m_header, 16);
        const qint64 frameSize = frameHeaderSize + bigEndianAt(m_header, 8);
        Checksum checksum(bigEndianAt(m_header, 0) == magicBigEndian);
        checksum.add(m_header.constData(), 24);

        bool whole = true; // so far
        bool ended = false; // a transaction ended behind the first frame that is not whole
        qint64 wholeCommitted = 0;
        for (qint64 number = 1;; ++number) {
            const QByteArray frame = m_file.read(frameSize);
            if (frame.size() < frameSize)
                break;
            const bool isCurrent = saltsAt(frame, 8) == salts; // otherwise left from an earlier use of the file
            const bool isCommit = bigEndianAt(frame, 4) != 0;
            if (whole) {
                checksum.add(frame.constData(), 8);
                checksum.add(frame.constData() + frameHeaderSize, frameSize - frameHeaderSize);
                whole = isCurrent && checksum.isAt(frame, 16);
                if (whole && isCommit)
                    wholeCommitted = number;
                ended = !whole && (!isCurrent || isCommit);
            } else if (isCurrent) {
                // Written after a frame that can't be what it was: a transaction begins only when the one before it is
                // whole, and a frame is written only after the one before it.
                if (ended)
                    return true;
                ended = isCommit;
            }
        }
        return committed && *committed > wholeCommitted;
    }

private:
    QFile m_file;
    QByteArray m_header;
};

} // namespace

bool isWalDamaged(const QString &databasePath, InstanceLock::PreviousHolder previousHolder)
{
    if (previousHolder == InstanceLock::PreviousHolder::EarlierBoot)
        return false;
    WalFile wal(databasePath + QLatin1String("-wal"));
    if (!wal.open())
        return false; // none, or nothing was ever committed to it
    if (!wal.isHeaderValid()) {
        // A file system may leave zeros in place of what it had no time to write.
        return previousHolder == InstanceLock::PreviousHolder::SameBoot || wal.header() != QByteArray(headerSize, '\0');
    }
    if (previousHolder != InstanceLock::PreviousHolder::SameBoot)
        return false;
    return wal.hasDamagedFrames(committedFrames(databasePath, saltsAt(wal.header(), 16)));
}

} // namespace BitNet
