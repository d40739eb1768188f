// SPDX-License-Identifier: MIT
// Any bytes are a header or a sentence. -malloc_limit_mb catches an allocation by what the file says.
#include "core/runtime/ggufheader.h"

#include <QBuffer>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace BitNet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    QByteArray bytes = QByteArray::fromRawData(reinterpret_cast<const char *>(data), qsizetype(size));
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    const ModelHeaderReading reading = readModelHeader(buffer);
    if (reading.header.has_value() != reading.problem.isEmpty())
        std::abort();
    if (reading.header && modelFileNames(QStringLiteral("m-00001-of-00002.gguf"), *reading.header).size() > 65535)
        std::abort();
    return 0;
}
