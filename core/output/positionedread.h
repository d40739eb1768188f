// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <cerrno>

#include <unistd.h>

namespace BitNet {

// Reads up to length bytes at offset, going on after short reads and signals. How many there were: fewer at the end of
// the file and on an error.
inline qint64 positionedRead(int descriptor, qint64 offset, char *buffer, qint64 length)
{
    qint64 done = 0;
    while (done < length) {
        const ssize_t count = ::pread(descriptor, buffer + done, std::size_t(length - done), offset + done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        done += count;
    }
    return done;
}

} // namespace BitNet
