// SPDX-License-Identifier: MIT
#include "ui/output/textstyle.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace BitNet {

namespace {

// The numbers of one sequence: an empty one is 0, sub-parameters (38:2::r:g:b) are told apart from plain ones.
struct Parameters
{
    std::array<int, 32> values = {};
    std::array<bool, 32> joined = {}; // by a colon to the one before
    int count = 0;
};

Parameters split(QByteArrayView text)
{
    Parameters parameters;
    int value = 0;
    bool joined = false;
    const auto push = [&] {
        if (parameters.count < int(parameters.values.size())) {
            parameters.values[std::size_t(parameters.count)] = value;
            parameters.joined[std::size_t(parameters.count)] = joined;
            ++parameters.count;
        }
    };
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            value = std::min(value * 10 + (c - '0'), 100'000);
        } else if (c == ';' || c == ':') {
            push();
            value = 0;
            joined = c == ':';
        } else {
            return {}; // a private sequence, not SGR
        }
    }
    push();
    return parameters;
}

// Reads "5;n", "2;r;g;b" and the forms with colons behind a 38 or 48 at place at; moves at to the last one read.
quint32 extendedColour(const Parameters &parameters, int &at, quint32 old)
{
    const auto value = [&](int place) { return place < parameters.count ? parameters.values[std::size_t(place)] : -1; };
    const bool colons = at + 1 < parameters.count && parameters.joined[std::size_t(at) + 1];
    int end = at + 1;
    if (colons) {
        while (end < parameters.count && parameters.joined[std::size_t(end)])
            ++end;
    }
    if (value(at + 1) == 5) {
        const int index = value(at + 2);
        at = colons ? end - 1 : at + 2;
        return index >= 0 && index <= 255 ? TextStyle::indexed | quint32(index) : old;
    }
    if (value(at + 1) == 2) {
        // With colons a colour space may stand before the three.
        const int first = colons && end - at >= 6 ? at + 3 : at + 2;
        const int red = value(first);
        const int green = value(first + 1);
        const int blue = value(first + 2);
        at = colons ? end - 1 : at + 4;
        const auto inRange = [](int component) { return component >= 0 && component <= 255; };
        if (inRange(red) && inRange(green) && inRange(blue))
            return TextStyle::exact | quint32(red << 16 | green << 8 | blue);
        return old;
    }
    at = colons ? end - 1 : at + 1;
    return old;
}

} // namespace

void applySgr(QByteArrayView text, TextStyle &style)
{
    const Parameters parameters = split(text);
    const auto set = [&style](quint8 flag) { style.flags = quint8(style.flags | flag); };
    const auto unset = [&style](quint8 flags) { style.flags = quint8(style.flags & ~flags); };
    for (int at = 0; at < parameters.count; ++at) {
        const int code = parameters.values[std::size_t(at)];
        switch (code) {
        case 0:
            style = {};
            break;
        case 1:
            set(TextStyle::Bold);
            break;
        case 2:
            set(TextStyle::Dim);
            break;
        case 3:
            set(TextStyle::Italic);
            break;
        case 4: {
            // 4:0 is "none", 4:3 a curly one.
            const bool sub = at + 1 < parameters.count && parameters.joined[std::size_t(at) + 1];
            if (sub && parameters.values[std::size_t(at) + 1] == 0)
                unset(TextStyle::Underline);
            else
                set(TextStyle::Underline);
            at += sub ? 1 : 0;
            break;
        }
        case 7:
            set(TextStyle::Inverse);
            break;
        case 8:
            set(TextStyle::Hidden);
            break;
        case 9:
            set(TextStyle::StrikeOut);
            break;
        case 21:
            set(TextStyle::Underline);
            break;
        case 22:
            unset(TextStyle::Bold | TextStyle::Dim);
            break;
        case 23:
            unset(TextStyle::Italic);
            break;
        case 24:
            unset(TextStyle::Underline);
            break;
        case 27:
            unset(TextStyle::Inverse);
            break;
        case 28:
            unset(TextStyle::Hidden);
            break;
        case 29:
            unset(TextStyle::StrikeOut);
            break;
        case 38:
            style.foreground = extendedColour(parameters, at, style.foreground);
            break;
        case 39:
            style.foreground = TextStyle::ordinary;
            break;
        case 48:
            style.background = extendedColour(parameters, at, style.background);
            break;
        case 49:
            style.background = TextStyle::ordinary;
            break;
        case 58: {
            extendedColour(parameters, at, 0); // the underline's colour: read over
            break;
        }
        default:
            if (code >= 30 && code <= 37)
                style.foreground = TextStyle::indexed | quint32(code - 30);
            else if (code >= 40 && code <= 47)
                style.background = TextStyle::indexed | quint32(code - 40);
            else if (code >= 90 && code <= 97)
                style.foreground = TextStyle::indexed | quint32(code - 90 + 8);
            else if (code >= 100 && code <= 107)
                style.background = TextStyle::indexed | quint32(code - 100 + 8);
            break;
        }
    }
}

TextStyle styleAfter(QByteArrayView bytes, TextStyle style)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    while (at < end) {
        at = static_cast<const char *>(std::memchr(at, '\x1b', std::size_t(end - at)));
        if (!at)
            break;
        ++at;
        if (at == end || *at != '[')
            continue;
        const char *const begin = ++at;
        at = std::find_if_not(begin, end, [](char c) { return c >= 0x20 && c <= 0x3f; });
        if (at < end && *at == 'm')
            applySgr(QByteArrayView(begin, at), style);
    }
    return style;
}

} // namespace BitNet
