// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet {

// One option of a command. The tables of options are the only place that knows them: parsing and --help live off them.
struct CtlOption
{
    QString names; // "-n, --n-predict"; the last one, without its dashes, is the key to its values
    QString value; // what stands for its value in the help; empty: a switch
    QString help;
    bool repeatable = false; // otherwise the last one counts
};

struct CtlOptionGroup
{
    QString title;
    QList<CtlOption> options;
};

// What comes after "--".
enum class Trailing {
    None, // nothing may
    Optional,
};

struct CtlCommand
{
    QString name;
    QStringList usage; // without the program's name
    QString description;
    QList<CtlOptionGroup> groups;
    Trailing trailing = Trailing::None;
    bool words = false; // takes arguments that are no options, before or among them
    QString exitStatus;
    QStringList examples;
};

// The arguments of one command, taken apart.
class CtlArguments
{
public:
    // Understands "--option VALUE", "--option=VALUE", "-n VALUE"; everything after "--" is trailing. Nothing and a sentence
    // in error when an option is unknown, lacks its value or has one too many, or something stands before "--" that is no
    // option.
    static std::optional<CtlArguments> parse(const CtlCommand &command, const QStringList &arguments, QString *error);

    bool has(const QString &key) const { return m_values.contains(key); }
    // Of an option that is not there: an empty string.
    QString value(const QString &key) const { return m_values.value(key).value(0); }
    std::optional<QString> optionalValue(const QString &key) const;
    // In their order, all that were given: last wins is not applied.
    QStringList values(const QString &key) const { return m_values.value(key); }
    QStringList trailing() const { return m_trailing; }
    // Those that are no options, of a command that takes them; after "--" all are.
    QStringList words() const { return m_words; }
    // All of them as they were given, the command first.
    QStringList given() const { return m_given; }

private:
    QHash<QString, QStringList> m_values; // a switch: one empty string
    QStringList m_trailing;
    QStringList m_words;
    QStringList m_given;
};

// The text of "bitnetctl COMMAND --help".
QString helpText(const CtlCommand &command);

} // namespace BitNet
