// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace BitNet {

// Turns SIGINT, SIGTERM and SIGHUP into a Qt signal. One of them that was ignored when the program was started (nohup, a
// background job of a script) stays ignored. The third ends the process at once, whatever it is doing: the shims then end
// their jobs. That holds until the process ends: when the object is gone, what winds down is not cut short by the first and
// the second, so that the exit status is the one that was meant. There can be one object of this class at a time.
class Interrupts : public QObject
{
    Q_OBJECT
public:
    explicit Interrupts(QObject *parent = nullptr);
    ~Interrupts() override;

    // What was asked by signals so far has been done: the next one is the first again.
    void startAnew();

Q_SIGNALS:
    // count is 1 for the first.
    void interrupted(int signalNumber, int count);

private:
    void read();

    std::unique_ptr<QSocketNotifier> m_notifier;
    int m_count = 0;
};

} // namespace BitNet
