// SPDX-License-Identifier: MIT
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr QByteArrayView ggufMagic = "GGUF";

// Files that people take for models, by their first bytes. The GGML family wrote its magic as a little-endian number,
// which turns the letters round in the file.
struct KnownStart
{
    QByteArrayView bytes;
    const char *what;
};
constexpr std::array knownStarts{
    KnownStart{"GGML", "GGML, an older format that today's engines don't load; convert it to GGUF"},
    KnownStart{"lmgg", "GGML, an older format that today's engines don't load; convert it to GGUF"},
    KnownStart{"fmgg", "GGMF, an older format that today's engines don't load; convert it to GGUF"},
    KnownStart{"tjgg", "GGJT, an older format that today's engines don't load; convert it to GGUF"},
    KnownStart{"algg", "GGLA, an old adapter and not a model"},
    KnownStart{"FUGG", "GGUF with its bytes swapped, for a machine of the other byte order"},
    KnownStart{"PK\x03\x04", "a ZIP archive, such as a PyTorch checkpoint; convert it to GGUF"},
    KnownStart{"\x1f\x8b", "a gzip archive; unpack it first"},
    KnownStart{"version https://", "a Git LFS pointer; fetch the file itself with git lfs pull"},
    KnownStart{"<!", "a web page; the download did not give the model"},
    KnownStart{"<html", "a web page; the download did not give the model"},
    KnownStart{"{", "JSON text"},
};

} // namespace

QString expandHome(const QString &path)
{
    if (path == "~"_L1)
        return QDir::homePath();
    if (path.startsWith("~/"_L1))
        return QString(QDir::homePath() + path.sliced(1));
    return path;
}

QString describeWrongMagic(QByteArrayView head)
{
    if (head.startsWith(ggufMagic))
        return {};
    if (head.isEmpty())
        return u"It is empty."_s;
    for (const KnownStart &start : knownStarts) {
        if (head.startsWith(start.bytes))
            return u"It is %1."_s.arg(QLatin1String(start.what));
    }
    const QByteArrayView four = head.first(std::min(head.size(), ggufMagic.size()));
    const bool printable = std::all_of(four.begin(), four.end(), [](char c) { return c >= ' ' && c < 0x7f; });
    const QString shown = printable ? u"\"%1\""_s.arg(QLatin1String(four))
                                    : u"the bytes %1"_s.arg(QLatin1String(four.toByteArray().toHex(' ')));
    if (head.size() < ggufMagic.size())
        return u"It holds only %1."_s.arg(shown);
    return u"It starts with %1 where \"GGUF\" is expected."_s.arg(shown);
}

std::optional<QString> modelProblem(const QString &path)
{
    const QFileInfo info(path);
    if (path.isEmpty() || !info.exists())
        return u"Model file not found: %1. Provide a valid --model path (GGUF)."_s.arg(path);
    if (!info.isFile())
        return u"Model path must be a file: %1"_s.arg(path);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return u"Model file cannot be read: %1. %2."_s.arg(path, file.errorString());
    const QByteArray head = file.read(16);
    if (head.isEmpty() && file.error() != QFileDevice::NoError)
        return u"Model file cannot be read: %1. %2."_s.arg(path, file.errorString());
    if (const QString wrong = describeWrongMagic(head); !wrong.isEmpty())
        return u"Not a GGUF model: %1. %2"_s.arg(path, wrong);
    return std::nullopt;
}

} // namespace BitNet
