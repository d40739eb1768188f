// SPDX-License-Identifier: MIT
#include "core/jobs/secrets.h"

#include <algorithm>
#include <array>
#include <optional>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// A secret value within the command.
struct Secret
{
    QString name = {}; // what says that it is one, as it was written
    qsizetype word = 0;
    qsizetype from = 0; // in that word, to its end unless size is given
    qsizetype size = -1;
};

bool isNameCharacter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'_' || c == u'-'
        || c == u'.';
}

bool isCapital(QChar c)
{
    return c >= u'A' && c <= u'Z';
}

// "--hfToken" is hf and token; a run of capitals is one word.
QStringList wordsOfName(QStringView name)
{
    QStringList words;
    QString word;
    const auto finish = [&] {
        if (!word.isEmpty())
            words.append(word.toLower());
        word.clear();
    };
    for (qsizetype i = 0; i < name.size(); ++i) {
        const QChar c = name[i];
        if (c == u'-' || c == u'_' || c == u'.') {
            finish();
            continue;
        }
        if (isCapital(c) && i > 0 && !isCapital(name[i - 1]))
            finish();
        word += c;
    }
    finish();
    return words;
}

bool isSecretArgumentName(QStringView name)
{
    static constexpr std::array secret = {"key"_L1,         "apikey"_L1,       "token"_L1,      "secret"_L1,
                                          "password"_L1,    "passwd"_L1,       "passphrase"_L1, "credential"_L1,
                                          "credentials"_L1, "authorization"_L1};
    static constexpr std::array otherwise = {"file"_L1, "path"_L1,   "dir"_L1,    "folder"_L1, "name"_L1,  "id"_L1,
                                             "type"_L1, "format"_L1, "length"_L1, "size"_L1,   "limit"_L1, "count"_L1};
    const QStringList words = wordsOfName(name);
    const auto isIn = [](const auto &list) {
        return [&list](const QString &word) { return std::ranges::find(list, word) != list.end(); };
    };
    return !words.isEmpty() && std::ranges::any_of(words, isIn(secret)) && !isIn(otherwise)(words.constLast());
}

bool isSecretAssignment(QStringView name)
{
    const bool isVariable = std::ranges::none_of(name, [](QChar c) { return c.isLower() || c == u'-' || c == u'.'; });
    return isVariable ? isSecretName(name) : !name.contains(u'.') && isSecretArgumentName(name);
}

// "NAME: VALUE".
std::optional<Secret> secretOfHeader(const QString &word, qsizetype index, qsizetype from)
{
    const qsizetype colon = word.indexOf(u':', from);
    if (colon < 0 || !isSecretArgumentName(QStringView(word).mid(from, colon - from)))
        return std::nullopt;
    qsizetype value = colon + 1;
    while (value < word.size() && word[value] == u' ')
        ++value;
    return Secret{.name = word.mid(from, colon - from), .word = index, .from = value};
}

// "https://user:VALUE@host".
std::optional<Secret> secretOfUrl(const QString &word, qsizetype index)
{
    const qsizetype scheme = word.indexOf("://"_L1);
    if (scheme <= 0 || !std::all_of(word.cbegin(), word.cbegin() + scheme, [](QChar c) {
            return c.isLetterOrNumber() || c == u'+';
        }))
        return std::nullopt;
    const qsizetype begin = scheme + 3;
    qsizetype end = word.indexOf(u'/', begin);
    if (end < 0)
        end = word.size();
    const qsizetype at = word.lastIndexOf(u'@', end - 1);
    const qsizetype colon = word.indexOf(u':', begin);
    if (at < begin || colon < 0 || colon >= at)
        return std::nullopt;
    return Secret{.name = word.first(begin) + word.sliced(at + 1, end - at - 1),
                  .word = index,
                  .from = colon + 1,
                  .size = at - colon - 1};
}

QList<Secret> secretsOf(const JobSpec &spec)
{
    QList<Secret> secrets;
    const QStringList &command = spec.command;
    for (qsizetype i = 0; i < command.size(); ++i) {
        const QString &word = command[i];
        if (word.isEmpty() || (i > 0 && word == spec.prompt))
            continue;
        const QString before = i > 0 ? command[i - 1] : QString();
        if (before == "-H"_L1 || before == "--header"_L1 || word.startsWith("--header="_L1)) {
            const qsizetype from = word.startsWith("--header="_L1) ? 9 : 0;
            if (const auto secret = secretOfHeader(word, i, from))
                secrets.append(*secret);
            continue;
        }
        qsizetype nameEnd = 0;
        while (nameEnd < word.size() && isNameCharacter(word[nameEnd]))
            ++nameEnd;
        const QStringView name = QStringView(word).first(nameEnd);
        const bool isOption = word.startsWith(u'-');
        if (nameEnd > 0 && nameEnd < word.size() && word[nameEnd] == u'=') {
            if (isOption ? isSecretArgumentName(name) : isSecretAssignment(name))
                secrets.append({.name = name.toString(), .word = i, .from = nameEnd + 1});
        } else if (isOption && nameEnd == word.size() && isSecretArgumentName(name) && i + 1 < command.size()
                   && !command[i + 1].startsWith(u'-')) {
            secrets.append({.name = word, .word = i + 1, .from = 0});
            ++i;
        } else if (const auto secret = secretOfUrl(word, i)) {
            secrets.append(*secret);
        }
    }
    return secrets;
}

} // namespace

bool isSecretName(QStringView environmentName)
{
    static constexpr std::array<QStringView, 4> marks = {u"KEY", u"TOKEN", u"SECRET", u"PASSWORD"};
    return std::any_of(marks.begin(), marks.end(), [environmentName](QStringView mark) {
        return environmentName.contains(mark, Qt::CaseInsensitive);
    });
}

QStringList commandWithoutSecrets(const JobSpec &spec)
{
    QStringList command = spec.command;
    for (const Secret &secret : secretsOf(spec)) {
        QString &word = command[secret.word];
        const qsizetype size = secret.size < 0 ? word.size() - secret.from : secret.size;
        if (size > 0)
            word.replace(secret.from, size, withheldMark.data(), withheldMark.size());
    }
    return command;
}

QStringList missingSecrets(const JobSpec &spec)
{
    QStringList names;
    const auto &variables = spec.environment.overrides;
    for (auto it = variables.cbegin(); it != variables.cend(); ++it) {
        if (it.value() == withheldMark && isSecretName(it.key()))
            names.append(it.key());
    }
    for (const Secret &secret : secretsOf(spec)) {
        if (QStringView(spec.command[secret.word]).mid(secret.from, secret.size) == withheldMark)
            names.append(secret.name);
    }
    return names;
}

std::optional<QString> problemOfSecrets(const JobSpec &spec)
{
    const QStringList missing = missingSecrets(spec);
    if (missing.isEmpty())
        return std::nullopt;
    return u"The value of %1 is secret and was not recorded: edit the job and give it again."_s.arg(
        missing.join(" and of "_L1));
}

} // namespace BitNet
