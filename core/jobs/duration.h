// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <chrono>
#include <optional>

namespace BitNet {

// Reads a length of time as people write it: "500ms", "30s", "2m", "1h30m", "1.5s", "2d"; a bare number is seconds.
// Units: ns, us, ms, s, m, h, d, each at most once and from large to small. The result is greater than zero and at most
// maximumDuration. On failure returns nothing and, when error is given, a sentence that says what is wrong.
std::optional<std::chrono::nanoseconds> parseDuration(QStringView text, QString *error = nullptr);

// As parseDuration, but zero is a value: for the kill grace.
std::optional<std::chrono::nanoseconds> parseDurationOrZero(QStringView text, QString *error = nullptr);

// The longest limit that is accepted: 3650 days. Longer ones are refused rather than lost in a timer.
inline constexpr std::chrono::nanoseconds maximumDuration = std::chrono::hours(24 * 3650);

// For people: "320 µs", "12.4 ms", "1.24 s", "3 min 05 s", "2 h 07 min", "3 d 04 h"; zero is "0 s".
QString formatDuration(std::chrono::nanoseconds duration);

// Exact, and readable by parseDuration: "1h30m", "500ms", "1500us"; zero is "0s". Negative durations are not supported.
QString exactDuration(std::chrono::nanoseconds duration);

} // namespace BitNet
