// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QSocketNotifier>

#include <functional>
#include <memory>

namespace BitNet {

// Tells its users when files grow, through one inotify instance a thread (a user has only 128 of them by default, and
// hundreds of jobs may be followed at a time). Lives in the thread that asked for it, which must run an event loop.
class GrowthWatch : public QObject
{
    Q_OBJECT
public:
    // The one of this thread; it goes when nobody holds it any more. Null when the system gives no inotify instance.
    static std::shared_ptr<GrowthWatch> ofThisThread();
    ~GrowthWatch() override;

    // Calls grown in this thread, at most once an event-loop turn, after the open file was written to. False when the
    // system has no watch left.
    bool add(int fileDescriptor, QObject *user, std::function<void()> grown);
    void remove(QObject *user);

private:
    struct User
    {
        QPointer<QObject> object;
        std::function<void()> grown;
    };

    explicit GrowthWatch(int descriptor);
    void readEvents();

    const int m_descriptor;
    QSocketNotifier m_notifier;
    QMultiHash<int, User> m_users; // by watch descriptor
};

} // namespace BitNet
