// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <memory>
#include <utility>

namespace BitNet {

// The right to use a data folder: at most one program on the machine holds it at a time. It is an flock(2) on
// instance.lock, so it ends with its holder however that ends, and what the file says decides nothing: an empty or
// damaged one is as good as any.
//
// What is written there (the holder's process id and the id of the machine's boot) is for people, and for judging what a
// crash may have left behind.
class InstanceLock
{
public:
    enum class Result {
        Taken,
        HeldByAnother, // holderPid says by whom, if it is known
        Failed, // error says why: the folder can't be made or written to
    };
    struct Attempt;

    // Makes the folder (0700) when it is missing. Never waits.
    static Attempt take(const QString &dataFolder);
    ~InstanceLock();
    Q_DISABLE_COPY_MOVE(InstanceLock)

    // Absolute.
    QString dataFolder() const { return m_dataFolder; }

    // Whether the holder before us wrote its files since the machine was last started: what it wrote is there then, in the
    // order of its writing, even when it was killed.
    enum class PreviousHolder { SameBoot, EarlierBoot, Unknown };
    PreviousHolder previousHolder() const { return m_previousHolder; }

private:
    InstanceLock(QString dataFolder, int descriptor);
    void readPreviousHolder(const QString &boot);
    void writeHolder(const QString &boot);

    const QString m_dataFolder;
    const int m_descriptor;
    PreviousHolder m_previousHolder = PreviousHolder::Unknown;
};

struct InstanceLock::Attempt
{
    Result result = Result::Failed;
    std::unique_ptr<InstanceLock> lock = {}; // exactly when Taken
    qint64 holderPid = 0; // 0: not known
    QString error = {};
};

} // namespace BitNet
