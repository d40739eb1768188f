// SPDX-License-Identifier: MIT
#include "core/history/historyschema.h"

using namespace Qt::StringLiterals;

namespace BitNet {

// Units: ..._at microseconds since 1970 UTC, ..._monotonic nanoseconds of CLOCK_MONOTONIC, durations nanoseconds unless
// the name says otherwise. Enumerations are stored by number; recordrow.cpp pins the numbers.
//
// A query that filters or sorts reads every job, so what it looks at most is in one index that is small and grows at its
// end: reading 1 000 000 entries takes less than 0.1 s of one processor. There is no index for each order on purpose: each
// adds some 10 µs of writing to a job, as its entries go to all places (measured: 16 of them 160 µs, none 18 µs).
static QStringList version1()
{
    return {
        // One run of the application.
        uR"(CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    tag TEXT NOT NULL,               -- in the environment of its jobs, before '.' and the job's id
    output_folder TEXT NOT NULL,     -- its jobs' folders are in there
    boot TEXT NOT NULL,              -- whose CLOCK_MONOTONIC its monotonic times are of
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,        -- the last time it wrote anything
    seen_monotonic INTEGER NOT NULL,
    last_job_id INTEGER NOT NULL,    -- the highest it gave out; never given out again
    closed_at INTEGER                -- NULL: it runs, or what it left behind was not looked after yet
) STRICT)"_s,
        // Groups, models and engines by number; 0 is none of them.
        uR"(CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT)"_s,
        uR"(CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    state INTEGER NOT NULL,
    outcome INTEGER,
    kind INTEGER NOT NULL,
    kept INTEGER NOT NULL,           -- 1: retention leaves it alone
    group_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL,
    queue_wait INTEGER,              -- submitted to started
    run_time INTEGER,                -- started to completed
    latency INTEGER,                 -- submitted to completed
    ttft INTEGER,                    -- submitted to the first generated output
    started_at INTEGER,
    completed_at INTEGER,
    exit_code INTEGER,
    attempts INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    peak_rss INTEGER,                -- bytes
    cpu_time INTEGER,                -- microseconds
    stdout_bytes INTEGER NOT NULL,
    stderr_bytes INTEGER NOT NULL,
    dropped_bytes INTEGER NOT NULL,
    output INTEGER NOT NULL,         -- 0 none yet, 1 in its session's folder, 2 in details.output_folder, 3 removed
    prompt_tokens INTEGER,
    output_tokens INTEGER,
    prefill_tps REAL,
    decode_tps REAL,
    load_ms REAL,
    prefill_ms REAL,
    decode_ms REAL,
    name TEXT NOT NULL,              -- as shown
    is_named INTEGER NOT NULL,       -- 0: the name was taken from the command
    revision INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    pending_reason INTEGER NOT NULL,
    queue_position INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    submitted_monotonic INTEGER NOT NULL,
    first_output INTEGER,            -- submitted to the first byte
    first_output_at INTEGER,
    paused_time INTEGER NOT NULL,
    signal INTEGER,
    leftover_processes INTEGER NOT NULL,
    unkillable INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    reason TEXT
) STRICT)"_s,
        // Holds all that most queries need: see QueryBuilder. A job comes in when it has ended, and once.
        uR"(CREATE INDEX finished_jobs ON jobs (submitted_at, state, outcome, kind, kept, group_id, model_id, engine_id,
    queue_wait, run_time, latency, ttft, completed_at, exit_code, decode_tps, name) WHERE state = 3)"_s,
        u"CREATE INDEX unfinished_jobs ON jobs (id) WHERE state <> 3"_s,
        // What was asked for. Written once, with the job's first row.
        uR"(CREATE TABLE details (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,              -- what a search looks at, see detailsrow.h
    lengths TEXT NOT NULL,           -- of the parts of text
    working_directory TEXT NOT NULL,
    environment TEXT,                -- JSON; NULL: the application's own. Without the values of secrets
    timeout INTEGER,
    deadline INTEGER,
    kill_grace INTEGER NOT NULL,
    output_cap INTEGER NOT NULL,     -- bytes
    priority INTEGER NOT NULL,       -- at submission
    held INTEGER NOT NULL,
    interactive INTEGER NOT NULL,
    output_folder TEXT               -- with jobs.output = 2
) STRICT)"_s,
        // Of the few jobs that have them.
        uR"(CREATE TABLE long_details (
    id INTEGER PRIMARY KEY,
    command TEXT,                    -- JSON list, when it is too long for details
    prompt TEXT,
    files BLOB                       -- CBOR: a list of name, content, name, content, …
) STRICT)"_s,
    };
}

// Requests to a server are jobs.
static QStringList version2()
{
    return {
        u"ALTER TABLE jobs ADD COLUMN stop_reason TEXT"_s, // why an answer ended, as the server says
        u"ALTER TABLE details ADD COLUMN server TEXT"_s, // that answers it; NULL: the job is a program
    };
}

QList<Migration> historyMigrations()
{
    return {{.version = 1, .statements = version1()}, {.version = 2, .statements = version2()}};
}

SchemaCheck checkSchema(DatabaseConnection &connection, int newest)
{
    const QVariant version = connection.value(u"PRAGMA user_version"_s);
    const QVariant applicationId = version.isValid() ? connection.value(u"PRAGMA application_id"_s) : QVariant();
    const QVariant tables =
        applicationId.isValid() ? connection.value(u"SELECT count(*) FROM sqlite_schema"_s) : QVariant();
    if (!tables.isValid())
        return SchemaCheck::Failed;
    if (tables.toInt() == 0 && version.toInt() == 0)
        return SchemaCheck::Empty;
    if (applicationId.toInt() != historyApplicationId)
        return SchemaCheck::Foreign;
    if (version.toInt() == newest)
        return SchemaCheck::Current;
    return version.toInt() < newest ? SchemaCheck::Older : SchemaCheck::Newer;
}

bool migrate(DatabaseConnection &connection, const QList<Migration> &migrations)
{
    if (!connection.begin())
        return false;
    // Under the lock: nobody else migrates at the same time.
    const QVariant version = connection.value(u"PRAGMA user_version"_s);
    bool ok = version.isValid();
    for (const Migration &migration : migrations) {
        if (migration.version <= version.toInt())
            continue;
        for (const QString &statement : migration.statements)
            ok = ok && connection.execute(statement);
        ok = ok && connection.execute(u"PRAGMA user_version = %1"_s.arg(migration.version));
    }
    ok = ok && connection.execute(u"PRAGMA application_id = %1"_s.arg(historyApplicationId));
    if (ok && connection.commit())
        return true;
    connection.rollback();
    return false;
}

} // namespace BitNet
