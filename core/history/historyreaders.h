// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historyquery.h"
#include "core/history/querybuilder.h"

#include <QFuture>
#include <QPromise>
#include <QString>
#include <QThreadPool>
#include <QThreadStorage>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace BitNet {

// Answers queries from threads of its own, each with a connection that can't write. A query that has to look at all jobs is
// cut into ranges of ids, which the threads read side by side. Every function may be called from any thread.
class HistoryReaders
{
public:
    using DamageReport = std::function<void(const QString &why)>;
    // onDamage is called, in any thread, when a query comes upon a damaged file.
    HistoryReaders(QString databasePath, DamageReport onDamage);
    ~HistoryReaders();
    // Waits for the queries that run and closes the connections. Later queries fail.
    void close();

    // Until the first call queries wait; connections are opened anew after each.
    void openFile();

    QFuture<HistoryPage> page(const HistoryPageRequest &request);
    QFuture<HistoryPage> entries(const QList<JobId> &ids);
    // -1 on failure.
    QFuture<qint64> count(const HistoryFilter &filter);
    QFuture<HistorySamples> samples(const HistoryFilter &filter);
    QFuture<QStringList> texts(const QString &column);
    // All that match, by id, some hundred at a time; in a reading thread. The result is an error, or empty. Cancelling the
    // future stops it.
    using Chunk = std::function<void(const QList<HistoryEntry> &entries)>;
    QFuture<QString> forEach(const HistoryFilter &filter, Chunk chunk);

    // What runs in a reading thread; null connection: the file can't be read, and error says why.
    using Task = std::function<void(DatabaseConnection *connection, const QString &error)>;
    void run(Task task);

    int threadCount() const { return m_threadCount; }
    // Tells of a damaged file if that is what the error is. In a reading thread.
    void reportDamage(const DatabaseError &error);

    // Reads ranges side by side, the first of them in the calling thread, which must be a reading one. read returns false
    // on failure. done is called in the thread that finishes last, with an error or all parts; its connection is null only
    // when the file could not be opened.
    template<typename Part>
    void readRanges(std::vector<QueryRange> ranges,
                    std::function<bool(DatabaseConnection &, const QueryRange &, Part &)> read,
                    std::function<void(DatabaseConnection *, std::vector<Part> &, const QString &error)> done);

private:
    struct ThreadConnection
    {
        DatabaseConnection connection;
        int generation = -1;
    };

    DatabaseConnection *connection(QString *error);

    const QString m_path;
    const DamageReport m_onDamage;
    const int m_threadCount;
    std::atomic<int> m_generation = 0; // grows when the file is another one
    std::mutex m_mutex;
    bool m_isOpen = false; // guarded by m_mutex
    bool m_isClosed = false; // guarded by m_mutex
    std::vector<Task> m_early; // guarded by m_mutex; came before the file could be read
    QThreadStorage<ThreadConnection *> m_connections;
    QThreadPool m_threads; // the last member: its threads use all others
};

template<typename Part>
void HistoryReaders::readRanges(std::vector<QueryRange> ranges,
                                std::function<bool(DatabaseConnection &, const QueryRange &, Part &)> read,
                                std::function<void(DatabaseConnection *, std::vector<Part> &, const QString &)> done)
{
    struct Shared
    {
        std::vector<QueryRange> ranges;
        std::function<bool(DatabaseConnection &, const QueryRange &, Part &)> read;
        std::function<void(DatabaseConnection *, std::vector<Part> &, const QString &)> done;
        std::vector<Part> parts = {};
        std::atomic<size_t> unfinished = 0;
        std::mutex mutex = {};
        QString error = {}; // guarded by mutex
    };
    const size_t count = std::max<size_t>(ranges.size(), 1);
    auto shared = std::make_shared<Shared>();
    shared->ranges = std::move(ranges);
    shared->read = std::move(read);
    shared->done = std::move(done);
    shared->parts.resize(count);
    shared->unfinished = count;
    const auto task = [this, shared](size_t number) {
        return [this, shared, number](DatabaseConnection *own, const QString &openError) {
            QString error = openError;
            if (own && number < shared->ranges.size()
                && !shared->read(*own, shared->ranges[number], shared->parts[number])) {
                error = own->error().text;
                reportDamage(own->error());
            }
            {
                const std::lock_guard lock(shared->mutex);
                if (shared->error.isEmpty())
                    shared->error = error;
                error = shared->error;
            }
            if (--shared->unfinished == 0)
                shared->done(own, shared->parts, error);
        };
    };
    for (size_t number = 1; number < count; ++number)
        run(task(number));
    QString error;
    DatabaseConnection *own = connection(&error);
    task(0)(own, error);
}

} // namespace BitNet
