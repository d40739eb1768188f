// SPDX-License-Identifier: MIT
// A llama-server for tests: answers in the recorded forms, and does wrong what its arguments say. Each is --standin NAME=VALUE:
//   dialect=bitnet|llamacpp   whose forms (default: llamacpp)
//   pieces=N, piece-ms=N      how long the answer is, and how slow
//   text=TEXT                 what each piece of it is, percent-encoded
//   load-ms=N                 503 for so long
//   die-at=N, stall-at=N, error-at=N   after so many pieces of an answer
//   refuse=STATUS, words=TEXT every answer is that
//   exit=CODE                 ends with this code before it serves, saying words=TEXT
//   no-done=1, crlf=1, cut=N  how frames come: see RecordedServer::Faults
//   abort-on-term=1           dies of SIGABRT when it is told to end, as llama.cpp does
#include "app/replay/serverprogram.h"

#include <QFile>
#include <QHash>
#include <QUrl>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace BitNet::Replay;
using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments += QFile::decodeName(argv[i]);
    QString error;
    auto parsed = ServerArguments::parse(arguments, &error);
    if (!parsed) {
        fprintf(stderr, "%s\n", qPrintable(error));
        return 1;
    }
    if (parsed->asksForHelp || parsed->asksForVersion) {
        fputs("version: 1 (standin)\n--api-key-file FNAME\n", stdout);
        return 0;
    }
    QHash<QString, QString> asked;
    for (qsizetype i = 0; i + 1 < parsed->unknown.size(); i += 2) {
        if (parsed->unknown[i] == "--standin"_L1)
            asked.insert(parsed->unknown[i + 1].section(u'=', 0, 0), parsed->unknown[i + 1].section(u'=', 1));
    }
    const auto number = [&](const QString &name) -> std::optional<int> {
        return asked.contains(name) ? std::optional(asked.value(name).toInt()) : std::nullopt;
    };
    const QByteArray words = asked.value(u"words"_s).toUtf8();
    if (const auto code = number(u"exit"_s)) {
        fprintf(stderr, "%s\n", words.constData());
        return *code;
    }
    RecordedServer::Setup &setup = parsed->setup;
    setup.dialect =
        asked.value(u"dialect"_s) == "bitnet"_L1 ? RecordedServer::Dialect::Bitnet : RecordedServer::Dialect::LlamaCpp;
    setup.loading = std::chrono::milliseconds(number(u"load-ms"_s).value_or(0));
    const int pieces = number(u"pieces"_s).value_or(6);
    const QString text = QUrl::fromPercentEncoding(asked.value(u"text"_s).toUtf8());
    for (int i = 0; i < pieces; ++i) {
        setup.answer.append({.delay = std::chrono::milliseconds(number(u"piece-ms"_s).value_or(1)),
                             .text = !text.isEmpty() ? text
                                 : i % 2 == 0        ? u"w\u00f6rd\U0001F408 "_s
                                                     : u"and "_s});
    }
    setup.faults = {.dieAt = number(u"die-at"_s),
                    .stallAt = number(u"stall-at"_s),
                    .errorAt = number(u"error-at"_s),
                    .refuse = number(u"refuse"_s),
                    .refusal = words,
                    .noDone = asked.contains(u"no-done"_s),
                    .carriageReturns = asked.contains(u"crlf"_s),
                    .pieceBytes = number(u"cut"_s).value_or(0)};
    const int code = serve(setup, argc, argv);
    if (asked.contains(u"abort-on-term"_s))
        std::abort();
    return code;
}
