// SPDX-License-Identifier: MIT
#pragma once

#include "support/historyrecords.h"

#include <QRandomGenerator>

#include <cmath>

namespace BitNet::Bench {

// The snapshots of a job as a supervisor emits them: queued, starting, running, finished.
inline QList<JobRecord> snapshots(quint64 id, const QString &sessionFolder, QRandomGenerator &random)
{
    using namespace Qt::StringLiterals;
    using namespace std::chrono_literals;
    static const QStringList groups{u"nightly"_s, u"bench"_s, u"adhoc"_s, u""_s};
    JobSpec spec{.command = {u"/usr/local/bin/llama-cli"_s, u"-m"_s, u"/models/bitnet-b1.58-2B-4T.gguf"_s, u"-n"_s,
                             u"128"_s, u"--seed"_s, QString::number(random.bounded(1'000'000))},
                 .name = u"job-%1"_s.arg(id),
                 .group = groups[random.bounded(4)],
                 .kind = random.bounded(2) == 0 ? JobKind::Inference : JobKind::Custom,
                 .limits = {.timeout = 30s},
                 .model = u"/models/model-%1.gguf"_s.arg(random.bounded(5)),
                 .prompt = u"Write a short poem about the %1 seas and the %2 winds"_s.arg(
                     QString::number(random.bounded(1000)), QString::number(random.bounded(1000)))};
    const auto exponential = [&](double meanMs) {
        return std::chrono::nanoseconds(qint64(-meanMs * 1e6 * std::log(1 - random.generateDouble())));
    };
    using namespace BitNet::Testing;
    const JobRecord queued = queuedRecord(id, spec);
    const JobRecord starting = startingRecord(queued, sessionFolder);
    const JobRecord running = runningRecord(queued, sessionFolder, exponential(50));
    const Outcome outcome = random.bounded(20) == 0 ? Outcome(random.bounded(9)) : Outcome::Succeeded;
    JobRecord finished = finishedRecord(running, sessionFolder, outcome, exponential(800));
    finished.stdoutBytes = random.bounded(100'000);
    finished.peakRssBytes = random.bounded(100'000'000);
    finished.cpuTime = std::chrono::microseconds(random.bounded(1'000'000));
    if (spec.kind == JobKind::Inference) {
        finished.ttft = exponential(100);
        finished.timings = {.loadMs = 40.0 + random.bounded(10.0),
                            .prefillMs = random.bounded(50.0),
                            .decodeMs = random.bounded(900.0),
                            .promptTokens = 20,
                            .outputTokens = random.bounded(128),
                            .prefillTps = random.bounded(200.0),
                            .decodeTps = random.bounded(80.0)};
    }
    return {queued, starting, running, finished};
}

// Finished jobs with these ids.
inline void fill(Testing::HistoryFixture &f, quint64 from, quint64 to)
{
    QRandomGenerator random(2);
    for (quint64 id = from; id <= to; ++id) {
        f.record(snapshots(id, f.sessionFolder, random).constLast());
        if (id % 20'000 == 0)
            f.save();
    }
    f.save();
}

} // namespace BitNet::Bench
