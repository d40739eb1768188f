// SPDX-License-Identifier: MIT
#include "ui/latency/jobsexport.h"

#include "core/files/asidefile.h"
#include "core/history/jobhistory.h"
#include "core/telemetry/recordexport.h"

#include <QCoreApplication>
#include <QtConcurrent>

#include <memory>

namespace BitNet {

namespace {

// In one thread after the other.
class JobsFile
{
public:
    JobsFile(const QString &path, std::optional<SampleFilter> only)
        : m_path(path)
        , m_only(std::move(only))
        , m_file(path)
    {
    }

    void write(const JobRecord &record)
    {
        if (!record.isFinished() || !m_file.error().isEmpty())
            return;
        if (m_only) {
            const auto sample = sampleOf(record);
            if (!sample || !m_only->matches(*sample))
                return;
        }
        begin();
        m_file.write(csvRow(record)); // a failure sticks
        ++m_jobs;
    }

    JobsWritten finish(const QString &readError)
    {
        if (!readError.isEmpty())
            return {.error = readError};
        begin();
        if (m_file.error().isEmpty() && m_file.commit())
            return {.jobs = m_jobs};
        return {.error = QCoreApplication::translate("BitNet::JobsExport", "Could not write %1: %2.")
                             .arg(m_path, m_file.error())};
    }

private:
    void begin()
    {
        if (m_isBegun)
            return;
        m_isBegun = true;
        if (m_file.create())
            m_file.write(csvHeader());
    }

    QString m_path;
    std::optional<SampleFilter> m_only;
    AsideFile m_file;
    qint64 m_jobs = 0;
    bool m_isBegun = false;
};

} // namespace

JobsExport exportJobs(const QString &path, const std::optional<SampleFilter> &only, JobHistory &history)
{
    const auto file = std::make_shared<JobsFile>(path, only);
    QFuture<QString> reading =
        history.forEach({.states = {JobState::Finished}}, [file](const QList<HistoryEntry> &entries) {
            for (const HistoryEntry &entry : entries)
                file->write(entry.record);
        });
    return {.written = reading.then([file](const QString &error) { return file->finish(error); }),
            .cancel = [reading]() mutable { reading.cancel(); }};
}

JobsExport exportJobs(const QString &path, const std::optional<SampleFilter> &only, const QList<JobRecord> &records)
{
    QFuture<JobsWritten> written = QtConcurrent::run([path, only, records](QPromise<JobsWritten> &promise) {
        JobsFile file(path, only);
        for (const JobRecord &record : records) {
            if (promise.isCanceled())
                return;
            file.write(record);
        }
        promise.addResult(file.finish({}));
    });
    return {.written = written, .cancel = [written]() mutable { written.cancel(); }};
}

} // namespace BitNet
