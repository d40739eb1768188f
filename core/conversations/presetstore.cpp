// SPDX-License-Identifier: MIT
#include "core/conversations/presetstore.h"

#include "core/files/asidefile.h"
#include "core/files/privatefolder.h"
#include "core/runtime/bitnetruntime.h"

#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qint64 longestFile = 8 * 1024 * 1024;

// Returns a sentence when it can't be read.
static QString readPresets(const QString &path, PresetReading &reading)
{
    const QFileInfo info(path);
    if (info.exists() && !info.isFile())
        return u"%1 is no ordinary file."_s.arg(path);
    if (info.size() > longestFile)
        return u"%1 is larger than %2 MiB: these are no presets."_s.arg(path).arg(longestFile >> 20);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return u"%1 can't be read: %2."_s.arg(path, file.errorString());
    reading = presetsFromJson(file.readAll());
    return reading.problem.isEmpty() ? QString() : u"%1 can't be used. %2"_s.arg(path, reading.problem);
}

static QString writePresets(const QString &path, const QList<PromptPreset> &presets, bool isPrivate)
{
    const QByteArray json = toJson(presets);
    AsideFile file(path);
    if (isPrivate)
        file.setPrivate();
    if (file.create() && file.write(json) == json.size() && file.commit())
        return {};
    return u"The presets can't be written to %1: %2. What was there before is unchanged."_s.arg(path, file.error());
}

PresetStore::PresetStore(const QString &path, QObject *parent)
    : QObject(parent)
    , m_path(path)
{
    read();
}

void PresetStore::read()
{
    if (!QFileInfo::exists(m_path))
        return;
    PresetReading reading;
    m_problem = readPresets(m_path, reading);
    m_damaged = !m_problem.isEmpty();
    m_readOnly = reading.laterVersion;
    if (m_readOnly)
        m_problem =
            u"%1 was written by a later version of this application: the presets can be used, not changed."_s.arg(
                m_path);
    for (PromptPreset preset : std::as_const(reading.presets)) {
        if (preset.id.isEmpty() || this->preset(preset.id))
            preset.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        preset.name = freeName(preset.name, m_own);
        m_own.append(preset);
    }
}

QList<PromptPreset> PresetStore::presets() const
{
    QList<PromptPreset> own = m_own;
    std::stable_sort(own.begin(), own.end(), [](const PromptPreset &a, const PromptPreset &b) {
        return a.name.compare(b.name, Qt::CaseInsensitive) < 0;
    });
    return builtInPresets() + own;
}

std::optional<PromptPreset> PresetStore::preset(const QString &id) const
{
    const QList<PromptPreset> all = builtInPresets() + m_own;
    const auto found =
        std::find_if(all.begin(), all.end(), [&id](const PromptPreset &preset) { return preset.id == id; });
    return found == all.end() ? std::nullopt : std::optional(*found);
}

QString PresetStore::nameProblem(const QString &name, const QString &id) const
{
    const QString wanted = name.simplified();
    if (wanted.isEmpty())
        return u"A preset needs a name."_s;
    if (wanted.size() > PromptPreset::longestName)
        return u"A preset's name has at most %1 letters."_s.arg(PromptPreset::longestName);
    for (const PromptPreset &preset : builtInPresets() + m_own) {
        if (preset.id != id && preset.name.compare(wanted, Qt::CaseInsensitive) == 0)
            return u"There is a preset \"%1\" already. Choose another name."_s.arg(preset.name);
    }
    return {};
}

QString PresetStore::freeName(const QString &wanted, const QList<PromptPreset> &taken) const
{
    const auto isTaken = [&](const QString &name) {
        const QList<PromptPreset> all = builtInPresets() + taken;
        return std::any_of(all.begin(), all.end(), [&name](const PromptPreset &preset) {
            return preset.name.compare(name, Qt::CaseInsensitive) == 0;
        });
    };
    if (!isTaken(wanted))
        return wanted;
    const QString stem = wanted.left(PromptPreset::longestName - 12);
    QString name = stem + u" (copy)"_s;
    for (int i = 2; isTaken(name); ++i)
        name = u"%1 (copy %2)"_s.arg(stem).arg(i);
    return name;
}

QString PresetStore::keep(const QList<PromptPreset> &own)
{
    if (m_readOnly)
        return m_problem;
    QString problem;
    if (!makePrivateFolder(QFileInfo(m_path).path(), &problem))
        return problem;
    if (m_damaged) {
        const QString aside = m_path + u".damaged"_s;
        QFile::remove(aside);
        if (!QFile::rename(m_path, aside))
            return u"%1 is damaged and can't be moved aside to %2, so nothing was changed."_s.arg(m_path, aside);
        m_damaged = false;
        m_problem = u"The presets' file was damaged. It was moved to %1."_s.arg(aside);
    }
    if (problem = writePresets(m_path, own, true); !problem.isEmpty())
        return problem;
    m_own = own;
    Q_EMIT changed();
    return {};
}

QString PresetStore::add(const QString &name, const PromptSettings &settings, QString *id)
{
    if (const QString problem = nameProblem(name); !problem.isEmpty())
        return problem;
    if (const QList<ConfigurationIssue> problems = problemsOf(settings); !problems.isEmpty())
        return problems.first().message;
    const PromptPreset preset{
        .id = QUuid::createUuid().toString(QUuid::WithoutBraces), .name = name.simplified(), .settings = settings};
    const QString problem = keep(m_own + QList<PromptPreset>{preset});
    if (problem.isEmpty() && id)
        *id = preset.id;
    return problem;
}

// Changes one of the person's own.
static QString changeOwn(QList<PromptPreset> &own, const QString &id, const auto &change)
{
    const auto found =
        std::find_if(own.begin(), own.end(), [&id](const PromptPreset &preset) { return preset.id == id; });
    if (found != own.end()) {
        change(*found);
        return {};
    }
    for (const PromptPreset &preset : builtInPresets()) {
        if (preset.id == id)
            return u"\"%1\" comes with the application and stays as it is. Save the settings under another name."_s.arg(
                preset.name);
    }
    return u"The preset is not there any more."_s;
}

QString PresetStore::update(const QString &id, const PromptSettings &settings)
{
    if (const QList<ConfigurationIssue> problems = problemsOf(settings); !problems.isEmpty())
        return problems.first().message;
    QList<PromptPreset> own = m_own;
    const QString problem = changeOwn(own, id, [&](PromptPreset &preset) { preset.settings = settings; });
    return problem.isEmpty() ? keep(own) : problem;
}

QString PresetStore::rename(const QString &id, const QString &name)
{
    QList<PromptPreset> own = m_own;
    QString problem = changeOwn(own, id, [&](PromptPreset &preset) { preset.name = name.simplified(); });
    if (problem.isEmpty())
        problem = nameProblem(name, id);
    return problem.isEmpty() ? keep(own) : problem;
}

QString PresetStore::remove(const QString &id)
{
    QList<PromptPreset> own = m_own;
    const QString problem = changeOwn(own, id, [](PromptPreset &) {});
    if (!problem.isEmpty())
        return problem;
    own.removeIf([&id](const PromptPreset &preset) { return preset.id == id; });
    return keep(own);
}

QString PresetStore::duplicate(const QString &id, QString *copyId)
{
    const std::optional<PromptPreset> original = preset(id);
    if (!original)
        return u"The preset is not there any more."_s;
    return add(freeName(original->name, m_own), original->settings, copyId);
}

QString PresetStore::exportTo(const QString &path, const QStringList &ids) const
{
    QList<PromptPreset> chosen;
    for (PromptPreset preset : presets()) {
        if (ids.isEmpty() ? preset.builtIn : !ids.contains(preset.id))
            continue;
        if (preset.builtIn)
            preset.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        preset.builtIn = false;
        chosen.append(preset);
    }
    return writePresets(path, chosen, false);
}

QString PresetStore::importFrom(const QString &path, int *count)
{
    if (!QFileInfo::exists(path))
        return u"%1 is not there."_s.arg(path);
    PresetReading reading;
    if (const QString problem = readPresets(path, reading); !problem.isEmpty())
        return problem;
    if (reading.laterVersion)
        return u"%1 was written by a later version of this application."_s.arg(path);
    if (reading.presets.isEmpty())
        return u"%1 holds no presets."_s.arg(path);
    QList<PromptPreset> own = m_own;
    for (PromptPreset preset : std::as_const(reading.presets)) {
        preset.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        preset.name = freeName(preset.name, own);
        own.append(preset);
    }
    const QString problem = keep(own);
    if (problem.isEmpty() && count)
        *count = int(reading.presets.size());
    return problem;
}

} // namespace BitNet
