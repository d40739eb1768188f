// SPDX-License-Identifier: MIT
#pragma once

#include <QLineEdit>

#include <chrono>
#include <optional>

namespace BitNet {

// A length of time as people write it ("30s", "1h30m"); empty means none. What is wrong with it is said in a tool tip and
// by problem().
class DurationEdit : public QLineEdit
{
    Q_OBJECT
public:
    explicit DurationEdit(QWidget *parent = nullptr);

    void setDuration(std::optional<std::chrono::nanoseconds> duration);
    // Nothing when it is empty or wrong.
    std::optional<std::chrono::nanoseconds> duration() const;
    // Why the text is no duration, in a sentence; empty when it is one, or is empty.
    QString problem() const;
    // Whether "0" is allowed, as for a grace.
    void setZeroAllowed(bool allowed) { m_zeroAllowed = allowed; }

private:
    void check();

    bool m_zeroAllowed = false;
};

} // namespace BitNet
