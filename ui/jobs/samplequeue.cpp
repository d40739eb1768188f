// SPDX-License-Identifier: MIT
#include "ui/jobs/samplequeue.h"

#include <QCoreApplication>
#include <QStandardPaths>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct SampleQueue
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::SampleQueue)
};

} // namespace

QList<JobSpec> sampleQueue(const JobLimits &defaults)
{
    QList<JobSpec> jobs;
    // program: left out when it isn't installed. The one that is to be missing has no such check.
    const auto add = [&jobs, &defaults](const QString &name, const QString &group,
                                        const QStringList &command) -> JobSpec & {
        JobSpec spec;
        spec.name = name;
        spec.group = group;
        spec.command = command;
        spec.limits = defaults;
        jobs.append(spec);
        return jobs.last();
    };
    const QString disk = SampleQueue::tr("sample: disk");
    const QString work = SampleQueue::tr("sample: work");
    const QString trouble = SampleQueue::tr("sample: trouble");

    add(SampleQueue::tr("List the documentation"), disk, {u"ls"_s, u"-lR"_s, u"/usr/share/doc"_s});
    JobSpec &stuck = add(SampleQueue::tr("Runs into its limit"), trouble, {u"sleep"_s, u"60"_s});
    stuck.limits.timeout = 4s;
    add(SampleQueue::tr("Count to a million"), work, {u"seq"_s, u"1"_s, u"1000000"_s});
    add(SampleQueue::tr("A folder that is not there"), trouble, {u"ls"_s, u"/no/such/folder"_s});
    add(SampleQueue::tr("Find pictures"), disk, {u"find"_s, u"/usr/share"_s, u"-name"_s, u"*.svg"_s});
    add(SampleQueue::tr("Copy nothing, quickly"), work,
        {u"dd"_s, u"if=/dev/zero"_s, u"of=/dev/null"_s, u"bs=1M"_s, u"count=8000"_s});
    add(SampleQueue::tr("A program that is not there"), trouble, {u"this-program-is-not-installed"_s});
    add(SampleQueue::tr("Processes, three times"), work, {u"top"_s, u"-b"_s, u"-d"_s, u"1"_s, u"-n"_s, u"3"_s});
    for (const QString &seconds : {u"0.4"_s, u"1.1"_s, u"0.2"_s, u"0.7"_s, u"0.5"_s, u"0.9"_s}) {
        JobSpec &nap =
            add(SampleQueue::tr("Sleep %1 s").arg(seconds), SampleQueue::tr("sample: naps"), {u"sleep"_s, seconds});
        nap.limits.timeout = 5s;
    }
    JobSpec &impatient = add(SampleQueue::tr("Waits too long for its turn"), trouble, {u"sleep"_s, u"1"_s});
    impatient.limits.deadline = 1500ms;
    JobSpec &urgent = add(SampleQueue::tr("Urgent: how long it runs"), work, {u"uptime"_s});
    urgent.priority = 10;
    add(SampleQueue::tr("Says no"), trouble, {u"false"_s});
    add(SampleQueue::tr("The last one"), work, {u"sleep"_s, u"3"_s}).limits.timeout = 10s;

    jobs.removeIf([](const JobSpec &spec) {
        return spec.command.first() != u"this-program-is-not-installed"_s
            && QStandardPaths::findExecutable(spec.command.first()).isEmpty();
    });
    return jobs;
}

} // namespace BitNet
