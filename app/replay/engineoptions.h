// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet::Replay {

// The options of an engine as its recorded --help lists them: their spellings, and how many values each takes.
class EngineOptions
{
public:
    explicit EngineOptions(const QByteArray &help);

    // What is wrong with the arguments, as llama.cpp says it (each fault ends the engine at once).
    struct Fault
    {
        enum class Kind { UnknownFlag, MissingValue };
        Kind kind = Kind::UnknownFlag;
        QString flag = {};
    };
    // Reads an engine's arguments, its own name left out.
    std::optional<Fault> parse(const QStringList &arguments);

    bool isSet(const QString &flag) const; // by any of its spellings
    // The first value of the last time it was given.
    std::optional<QString> value(const QString &flag) const;

private:
    struct Option
    {
        int valueCount = 0;
        bool isSet = false;
        QString value = {};
    };
    const Option *find(const QString &flag) const;

    QList<Option> m_options;
    QHash<QString, qsizetype> m_bySpelling;
};

} // namespace BitNet::Replay
