// SPDX-License-Identifier: MIT
#include "core/supervisor/runcommand.h"

#include "core/supervisor/jobrunner.h"
#include "core/supervisor/treesweep.h"

#include <QFile>

namespace BitNet {

static std::string toBytes(const QString &text)
{
    return QFile::encodeName(text).toStdString();
}

static Wire::EnvironmentChange setVariable(const QString &name, const QByteArray &value)
{
    return {.set = 1, .name = toBytes(name), .value = value.toStdString()};
}

QByteArray jobTag(const QString &instanceTag, JobId id)
{
    return instanceTag.toLatin1() + '.' + QByteArray::number(id.value);
}

static std::vector<Wire::EnvironmentChange> environmentChanges(const JobEnvironment &environment)
{
    std::vector<Wire::EnvironmentChange> changes;
    if (!environment.inherit) {
        for (const QString &name : environment.allowed) {
            const QByteArray key = QFile::encodeName(name);
            if (qEnvironmentVariableIsSet(key.constData()))
                changes.push_back(setVariable(name, qgetenv(key.constData())));
        }
    }
    for (auto it = environment.overrides.cbegin(); it != environment.overrides.cend(); ++it) {
        changes.push_back(it.value() ? setVariable(it.key(), QFile::encodeName(*it.value()))
                                     : Wire::EnvironmentChange{.set = 0, .name = toBytes(it.key()), .value = {}});
    }
    return changes;
}

Wire::RunCommand runCommand(const RunOrder &order)
{
    const JobSpec &spec = *order.spec;
    Wire::RunCommand command;
    command.timeoutNs = spec.limits.timeout ? spec.limits.timeout->count() : 0;
    command.deadlineNs = order.deadlineAt ? order.deadlineAt->time_since_epoch().count() : 0;
    command.killGraceNs = spec.limits.killGrace.count();
    command.outputCap = static_cast<std::uint64_t>(spec.limits.outputCap);
    command.interactive = spec.interactive ? 1 : 0;
    command.inheritEnvironment = spec.environment.inherit ? 1 : 0;
    command.folder = toBytes(order.outputFolder);
    command.workingDirectory = toBytes(spec.workingDirectory);

    command.arguments.reserve(static_cast<size_t>(spec.command.size()));
    for (const QString &argument : spec.command)
        command.arguments.push_back(toBytes(argument));
    for (const PrivateFile &file : spec.files) {
        command.files.push_back({.name = toBytes(file.name), .content = file.content.toStdString()});
        const std::string placeholder = toBytes(PrivateFile::placeholder(file.name));
        const std::string path = command.folder + '/' + toBytes(file.name);
        std::replace(command.arguments.begin(), command.arguments.end(), placeholder, path);
    }

    command.environment = environmentChanges(spec.environment);
    command.environment.push_back({.set = 1, .name = jobTagVariable, .value = order.tag.toStdString()});
    return command;
}

} // namespace BitNet
