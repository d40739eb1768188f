// SPDX-License-Identifier: MIT
#include "app/ctl/jobsfile.h"

#include "app/ctl/wholefile.h"
#include "core/jobs/jobspecjson.h"

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qsizetype mostProblems = 20;

std::optional<QList<JobSpec>> parseJobs(QByteArrayView content, const QString &fileName, const JobSpec &defaults,
                                        QStringList *problems)
{
    static constexpr QByteArrayView byteOrderMark = "\xef\xbb\xbf";
    if (content.startsWith(byteOrderMark))
        content = content.sliced(byteOrderMark.size());

    QList<JobSpec> jobs;
    qsizetype wrongLines = 0;
    for (qint64 number = 1; !content.isEmpty(); ++number) {
        const qsizetype end = content.indexOf('\n');
        const QByteArrayView line = (end < 0 ? content : content.first(end)).trimmed();
        content = end < 0 ? QByteArrayView() : content.sliced(end + 1);
        if (line.isEmpty())
            continue;
        QString problem;
        auto job = jobSpecFromJson(line, defaults, &problem);
        if (job && job->held) {
            problem = u"\"held\" makes no sense here: nobody could release the job."_s;
            job.reset();
        }
        if (job)
            jobs.append(std::move(*job));
        else if (++wrongLines <= mostProblems)
            problems->append(u"%1, line %2: %3"_s.arg(fileName, QString::number(number), problem));
    }
    if (wrongLines > mostProblems)
        problems->append(u"%1: %2 more lines are wrong"_s.arg(fileName, QString::number(wrongLines - mostProblems)));
    return wrongLines == 0 ? std::optional(jobs) : std::nullopt;
}

std::optional<QList<JobSpec>> readJobsFile(const QString &path, const JobSpec &defaults, QStringList *problems)
{
    QString problem;
    const auto content = readWholeFile(path, &problem);
    if (!content) {
        problems->append(problem);
        return std::nullopt;
    }
    return parseJobs(*content, path == "-"_L1 ? u"standard input"_s : path, defaults, problems);
}

} // namespace BitNet
