// SPDX-License-Identifier: MIT
#include "app/ctl/modelscommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/messages.h"
#include "app/ctl/reports.h"
#include "app/ctl/terminaltext.h"
#include "core/jobs/datasize.h"
#include "core/runtime/machine.h"
#include "core/runtime/modelfile.h"
#include "core/runtime/modellibrary.h"
#include "core/runtime/modelmemory.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr auto absent = "-"_L1;
constexpr int defaultContext = 2048; // as infer's

QString verdictName(MemoryVerdict verdict)
{
    switch (verdict) {
    case MemoryVerdict::Fits:
        return u"fits"_s;
    case MemoryVerdict::Tight:
        return u"tight"_s;
    case MemoryVerdict::TooLarge:
        return u"too_large"_s;
    case MemoryVerdict::Unknown:
        break;
    }
    return u"unknown"_s;
}

QString parameterText(qint64 parameters)
{
    if (parameters >= 1'000'000'000)
        return u"%1 B"_s.arg(double(parameters) / 1e9, 0, 'f', 2);
    if (parameters >= 1'000'000)
        return u"%1 M"_s.arg(double(parameters) / 1e6, 0, 'f', 1);
    return QString::number(parameters);
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue orNull(std::optional<qint64> number)
{
    return number ? QJsonValue(*number) : QJsonValue(QJsonValue::Null);
}

struct Conditions
{
    int contextTokens = defaultContext;
    std::optional<qint64> availableBytes = std::nullopt;
};

QJsonObject asJson(const ModelEntry &model, const Conditions &conditions)
{
    QJsonObject object{{u"path"_s, model.path},
                       {u"name"_s, model.displayName()},
                       {u"files"_s, QJsonArray::fromStringList(model.files)},
                       {u"bytes"_s, model.bytes},
                       {u"problem"_s, orNull(model.problem)}};
    const ModelHeader header = model.header.value_or(ModelHeader());
    const bool isKnown = model.header.has_value();
    const auto need =
        isKnown ? std::optional(estimateMemory(header, model.bytes, conditions.contextTokens)) : std::nullopt;
    object[u"architecture"_s] = orNull(header.architecture);
    object[u"parameters"_s] = orNull(isKnown ? std::optional(model.parameters) : std::nullopt);
    object[u"type"_s] = orNull(header.weights.name);
    object[u"type_words"_s] = orNull(header.weights.words);
    object[u"needs_bitnet_engine"_s] = isKnown ? QJsonValue(header.needsBitNetEngine) : QJsonValue(QJsonValue::Null);
    object[u"context_length"_s] = orNull(header.contextLength);
    object[u"layers"_s] = orNull(header.layers);
    object[u"embedding_length"_s] = orNull(header.embeddingLength);
    object[u"vocabulary_size"_s] = orNull(header.vocabularySize);
    object[u"tensor_count"_s] = orNull(isKnown ? std::optional(header.tensorCount) : std::nullopt);
    object[u"has_chat_template"_s] = isKnown ? QJsonValue(header.hasChatTemplate) : QJsonValue(QJsonValue::Null);
    object[u"split_count"_s] = orNull(isKnown ? std::optional<qint64>(header.splitCount) : std::nullopt);
    object[u"memory_bytes"_s] = orNull(need ? std::optional(need->total()) : std::nullopt);
    object[u"verdict"_s] =
        need && model.isUsable() ? verdictName(judgeMemory(*need, conditions.availableBytes)) : u"unknown"_s;
    return object;
}

QStringList asRow(const ModelEntry &model, const Conditions &conditions)
{
    if (!model.header)
        return {model.displayName(), absent,    absent, formatSize(model.bytes), absent, absent, absent,
                u"unusable"_s,       model.path};
    const ModelHeader &header = *model.header;
    const MemoryEstimate need = estimateMemory(header, model.bytes, conditions.contextTokens);
    QString verdict = verdictName(judgeMemory(need, conditions.availableBytes)).replace(u'_', u' ');
    if (!model.isUsable())
        verdict = u"unusable"_s;
    const auto text = [](const QString &value) { return value.isEmpty() ? QString(absent) : value; };
    return {model.displayName(),
            text(header.architecture),
            model.parameters > 0 ? parameterText(model.parameters) : QString(absent),
            formatSize(model.bytes),
            text(header.weights.name),
            header.contextLength ? QString::number(*header.contextLength) : QString(absent),
            formatSize(need.total()),
            verdict,
            model.path};
}

QString asTable(const QList<ModelEntry> &models, const Conditions &conditions)
{
    QList<QStringList> rows{{u"MODEL"_s, u"ARCHITECTURE"_s, u"PARAMETERS"_s, u"SIZE"_s, u"TYPE"_s, u"CONTEXT"_s,
                             u"NEEDS"_s, u"MEMORY"_s, u"FILE"_s}};
    static constexpr bool isNumber[] = {false, false, true, true, false, true, true, false, false};
    for (const ModelEntry &model : models)
        rows += asRow(model, conditions);
    const qsizetype columns = rows.constFirst().size();
    QList<qsizetype> widths(columns, 0);
    for (QStringList &row : rows) {
        for (qsizetype i = 0; i < columns; ++i) {
            row[i] = harmlessLine(row[i]);
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    QString table;
    for (qsizetype r = 0; r < rows.size(); ++r) {
        QString line;
        for (qsizetype i = 0; i < columns; ++i) {
            const bool isLast = i + 1 == columns;
            line += isLast    ? rows[r][i]
                : isNumber[i] ? rows[r][i].rightJustified(widths[i])
                              : rows[r][i].leftJustified(widths[i]);
            if (!isLast)
                line += "  "_L1;
        }
        table += line + u'\n';
        if (r > 0 && !models[r - 1].isUsable())
            table += "  "_L1 + harmlessLine(models[r - 1].problem) + u'\n';
    }
    return table;
}

} // namespace

CtlCommand modelsCommandTable()
{
    const CtlOptionGroup what = {
        u"What to tell"_s,
        {
            {u"-c, --ctx-size"_s, u"N"_s, u"The context, in tokens, for which the memory is judged (default: 2048)."_s},
            {u"--json"_s, QString(),
             u"Print one JSON object with all that is known of each model instead of a table."_s},
        }};
    return {.name = u"models"_s,
            .usage = {u"models [OPTION]... [DIR]..."_s},
            .description =
                u"Lists the models (*.gguf) in folders and all folders in them: what their headers say, how much "
                "memory they need, and whether that fits into what is available now. Without a DIR the usual "
                "folders are looked through: ~/models and the download caches of llama.cpp and Hugging Face."_s,
            .groups = {what, helpOption()},
            .trailing = Trailing::None,
            .words = true,
            .exitStatus = u"Exit status: 0, or 1 when a file can't be used as a model or a DIR is not there; 125 when "
                          "bitnetctl itself failed."_s,
            .examples = {u"bitnetctl models ~/models --ctx-size 8192"_s, u"bitnetctl models --json"_s}};
}

int modelsCommand(const CtlArguments &arguments)
{
    Conditions conditions{.availableBytes = availableMemory()};
    if (arguments.has(u"ctx-size"_s)) {
        bool isNumber = false;
        conditions.contextTokens = arguments.value(u"ctx-size"_s).toInt(&isNumber);
        if (!isNumber || conditions.contextTokens <= 0) {
            return failWith(u"--ctx-size: \"%1\" is no positive whole number."_s.arg(arguments.value(u"ctx-size"_s)));
        }
    }
    QStringList folders;
    bool isGood = true;
    for (const QString &word : arguments.words()) {
        const QString folder = QDir::cleanPath(QFileInfo(expandHome(word)).absoluteFilePath());
        if (QFileInfo(folder).isDir()) {
            folders += folder;
            continue;
        }
        isGood = false;
        complain(QFileInfo::exists(folder) ? u"%1 is no folder: name the folder that the model is in."_s.arg(word)
                                           : u"There is no folder %1."_s.arg(word));
    }
    if (arguments.words().isEmpty())
        folders = ModelLibrary::usualFolders();

    const std::atomic<bool> stop = false;
    const ModelScan scan = scanModels(folders, {}, stop);
    if (scan.isCutShort)
        complain(u"There are more files than are looked at: name smaller folders."_s);
    isGood = isGood && std::all_of(scan.models.cbegin(), scan.models.cend(), [](const ModelEntry &model) {
                 return model.isUsable();
             });

    int printed = 0;
    if (arguments.has(u"json"_s)) {
        QJsonArray models;
        for (const ModelEntry &model : scan.models)
            models.append(asJson(model, conditions));
        const QJsonObject object{{u"ok"_s, isGood},
                                 {u"folders"_s, QJsonArray::fromStringList(folders)},
                                 {u"context_tokens"_s, conditions.contextTokens},
                                 {u"available_bytes"_s, orNull(conditions.availableBytes)},
                                 {u"models"_s, models}};
        printed = print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)) + u'\n');
    } else if (!scan.models.isEmpty()) {
        printed = print(asTable(scan.models, conditions));
    } else if (!folders.isEmpty() || arguments.words().isEmpty()) {
        complain(folders.isEmpty() ? u"None of the usual folders is there: name the folder that your models are in."_s
                                   : u"There is no file *.gguf in %1."_s.arg(folders.join(", "_L1)));
    }
    if (printed != 0)
        return printed;
    return isGood ? AllSucceeded : NotAllSucceeded;
}

} // namespace BitNet
