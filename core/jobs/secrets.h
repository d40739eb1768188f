// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet {

// Secrets of a job are given to its program and are left out of everything that is kept or shown: the history, exports,
// reports, tables. Names tell what is secret.
//
// Of an environment variable: the name contains KEY, TOKEN, SECRET or PASSWORD, in any case.
//
// Of an argument, the value is left out
// - of an option: "--api-key VALUE" (a VALUE that begins with '-' is the next option), "--api-key=VALUE";
// - of an assignment: "apiKey=VALUE"; "HF_TOKEN=VALUE" by the rule of environment variables, as its capitals say it is one;
// - of a header, after -H or --header: "Authorization: VALUE", "X-Api-Key: VALUE";
// - of a URL, the password: "https://user:VALUE@host/".
// A name is split into words at '-', '_', '.' and capitals. It is secret when one of them is key, apikey, token, secret,
// password, passwd, passphrase, credential, credentials or authorization, unless the last one says that the value is something
// else (file, path, dir, folder, name, id, type, format, length, size, limit, count). So "--max-tokens 128" and
// "--api-key-file FILE" are kept. What stands inside a longer text, as a shell's script, is not looked into; nor is the prompt.

// What stands in place of a secret: "--token=•••".
inline constexpr QStringView withheldMark = u"•••";

// Of an environment variable.
bool isSecretName(QStringView environmentName);

// The command with the mark in place of each secret. For whatever keeps or shows it.
QStringList commandWithoutSecrets(const JobSpec &spec);

// Names of the variables and arguments of which only the mark is left: "HF_TOKEN", "--api-key".
QStringList missingSecrets(const JobSpec &spec);
// Why such a job can't be run, in a sentence; nothing when it lacks none. It may wait in the queue, held, to be edited.
std::optional<QString> problemOfSecrets(const JobSpec &spec);

} // namespace BitNet
