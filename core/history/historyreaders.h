// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historyquery.h"

#include <QFuture>
#include <QPromise>
#include <QString>
#include <QThreadPool>
#include <QThreadStorage>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
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

private:
    struct ThreadConnection
    {
        DatabaseConnection connection;
        int generation = -1;
    };
    template<typename Part, typename Result>
    struct SplitQuery;

    DatabaseConnection *connection(QString *error);
    void reportDamage(const DatabaseError &error);
    template<typename Part, typename Result>
    void split(std::shared_ptr<SplitQuery<Part, Result>> query);

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

} // namespace BitNet
