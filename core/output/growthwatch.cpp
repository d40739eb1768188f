// SPDX-License-Identifier: MIT
#include "core/output/growthwatch.h"

#include <array>

#include <sys/inotify.h>
#include <unistd.h>

namespace BitNet {

std::shared_ptr<GrowthWatch> GrowthWatch::ofThisThread()
{
    static thread_local std::weak_ptr<GrowthWatch> current;
    std::shared_ptr<GrowthWatch> watch = current.lock();
    if (!watch) {
        const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (descriptor < 0)
            return {};
        watch.reset(new GrowthWatch(descriptor));
        current = watch;
    }
    return watch;
}

GrowthWatch::GrowthWatch(int descriptor)
    : m_descriptor(descriptor)
    , m_notifier(descriptor, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &GrowthWatch::readEvents);
}

GrowthWatch::~GrowthWatch()
{
    m_notifier.setEnabled(false);
    ::close(m_descriptor);
}

bool GrowthWatch::add(int fileDescriptor, QObject *user, std::function<void()> grown)
{
    // By way of /proc the watch is on the file that is open, whatever its name stands for by now.
    const QByteArray path = "/proc/self/fd/" + QByteArray::number(fileDescriptor);
    const int watch = ::inotify_add_watch(m_descriptor, path.constData(), IN_MODIFY);
    if (watch < 0)
        return false;
    m_users.insert(watch, {user, std::move(grown)});
    return true;
}

void GrowthWatch::remove(QObject *user)
{
    for (auto it = m_users.begin(); it != m_users.end();) {
        if (it->object != user) {
            ++it;
            continue;
        }
        const int watch = it.key();
        it = m_users.erase(it);
        if (!m_users.contains(watch))
            ::inotify_rm_watch(m_descriptor, watch);
    }
}

void GrowthWatch::readEvents()
{
    // A user may drop the last reference while it is told.
    const std::shared_ptr<GrowthWatch> keep = ofThisThread();
    QSet<int> grown;
    bool overflowed = false;
    alignas(inotify_event) std::array<char, 16 * 1024> buffer;
    // Bounded: writers that never rest must not keep this loop from its users.
    for (int round = 0; round < 16; ++round) {
        const ssize_t size = ::read(m_descriptor, buffer.data(), buffer.size());
        if (size <= 0)
            break;
        for (ssize_t at = 0; at < size;) {
            const auto *event = reinterpret_cast<const inotify_event *>(buffer.data() + at);
            if (event->mask & IN_Q_OVERFLOW)
                overflowed = true;
            else if (event->mask & IN_MODIFY)
                grown.insert(event->wd);
            at += ssize_t(sizeof(inotify_event)) + event->len;
        }
    }
    QList<User> users;
    for (auto it = m_users.cbegin(); it != m_users.cend(); ++it) {
        if (overflowed || grown.contains(it.key()))
            users.append(it.value());
    }
    for (const User &user : users) {
        if (user.object)
            user.grown();
    }
}

} // namespace BitNet
