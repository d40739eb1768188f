// SPDX-License-Identifier: MIT
#include "core/history/detailsrow.h"

#include "core/jobs/secrets.h"

#include <QCborArray>
#include <QCborValue>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QVariant>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

enum class DetailsColumn {
    Text,
    Lengths,
    WorkingDirectory,
    Environment,
    Timeout,
    Deadline,
    KillGrace,
    OutputCap,
    Priority,
    Held,
    Interactive,
    OutputFolder,
    Server,
    LongCommand,
    LongPrompt,
    Files,
    Count,
};
static_assert(int(DetailsColumn::Count) == detailsColumnCount);

QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

QVariant number(const std::optional<std::chrono::nanoseconds> &duration)
{
    return duration ? number(duration->count()) : QVariant();
}

bool isCommandLong(const QStringList &command)
{
    qsizetype length = 0;
    for (const QString &word : command)
        length += word.size() + 1;
    return length > longestPart;
}

bool isPromptLong(const JobSpec &spec)
{
    return spec.prompt.size() > longestPart;
}

struct SearchText
{
    QString text;
    QString lengths;
};

SearchText searchText(const JobSpec &spec)
{
    SearchText result;
    const auto addLength = [&](qsizetype length) {
        if (!result.lengths.isEmpty())
            result.lengths += u',';
        result.lengths += QString::number(length);
    };
    const QString name = displayName(spec);
    for (const QString *part : {&name, &spec.group, &spec.model}) {
        result.text += *part;
        result.text += u'\n';
        addLength(part->size());
    }
    result.text += QStringView(spec.prompt).left(longestPart);
    result.text += u'\n';
    addLength(isPromptLong(spec) ? -1 : spec.prompt.size());
    const QStringList command = commandWithoutSecrets(spec);
    const QString line = command.join(u' ');
    result.text += QStringView(line).left(longestPart);
    if (isCommandLong(command)) {
        addLength(-1);
    } else {
        for (const QString &word : command)
            addLength(word.size());
    }
    // SQLite joins half a surrogate pair with whatever follows it, which would shift the parts.
    if (!result.text.isValidUtf16())
        result.text = QString::fromUtf8(result.text.toUtf8());
    return result;
}

QVariant environmentJson(const JobEnvironment &environment)
{
    if (environment == JobEnvironment())
        return {};
    QJsonObject set;
    QJsonArray withheld;
    for (auto it = environment.overrides.cbegin(); it != environment.overrides.cend(); ++it) {
        if (it.value() && isSecretName(it.key()))
            withheld.append(it.key());
        else
            set.insert(it.key(), it.value() ? QJsonValue(*it.value()) : QJsonValue());
    }
    QJsonObject object{{u"inherit"_s, environment.inherit}, {u"set"_s, set}};
    if (!environment.allowed.isEmpty())
        object.insert(u"allowed"_s, QJsonArray::fromStringList(environment.allowed));
    if (!withheld.isEmpty())
        object.insert(u"withheld"_s, withheld);
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QStringList stringList(const QJsonValue &value)
{
    QStringList list;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &item : array)
        list.append(item.toString());
    return list;
}

void readEnvironment(const QString &json, RestoredSpec &restored)
{
    if (json.isEmpty())
        return;
    const QJsonObject object = QJsonDocument::fromJson(json.toUtf8()).object();
    JobEnvironment &environment = restored.spec.environment;
    environment.inherit = object.value("inherit"_L1).toBool(true);
    environment.allowed = stringList(object.value("allowed"_L1));
    const QJsonObject set = object.value("set"_L1).toObject();
    for (auto it = set.begin(); it != set.end(); ++it) {
        environment.overrides.insert(it.key(),
                                     it.value().isString() ? std::optional(it.value().toString()) : std::nullopt);
    }
    for (const QString &name : stringList(object.value("withheld"_L1)))
        environment.overrides.insert(name, withheldMark.toString());
}

QByteArray filesCbor(const QList<PrivateFile> &files)
{
    QCborArray array;
    for (const PrivateFile &file : files) {
        array.append(file.name);
        array.append(file.secret || isSecretName(file.name) ? QCborValue(nullptr) : QCborValue(file.content));
    }
    return array.toCborValue().toCbor();
}

void readFiles(const QByteArray &cbor, RestoredSpec &restored)
{
    const QCborArray array = QCborValue::fromCbor(cbor).toArray();
    for (qsizetype i = 0; i + 1 < array.size(); i += 2) {
        restored.spec.files.append({.name = array.at(i).toString(),
                                    .content = array.at(i + 1).toByteArray(),
                                    .secret = array.at(i + 1).isNull()});
        if (array.at(i + 1).isNull())
            restored.withheldSecrets.append(array.at(i).toString());
    }
}

// Takes the parts out of text, one length after the other. A length that does not fit gives what there is.
class Parts
{
public:
    Parts(const QString &text, const QString &lengths)
        : m_text(text)
        , m_lengths(QStringView(lengths).split(u',', Qt::SkipEmptyParts))
    {
    }

    bool atEnd() const { return m_next >= m_lengths.size(); }
    // Nothing when the part is not whole here; whatever follows it can't be found then either.
    std::optional<QString> next()
    {
        const qlonglong length = atEnd() ? -1 : m_lengths[m_next++].toLongLong();
        if (length < 0)
            return std::nullopt;
        const QString part = m_text.mid(m_position, length);
        m_position += length + 1;
        return part;
    }
    void skipShortened(qsizetype length) { m_position += length + 1; }

private:
    const QString m_text;
    const QList<QStringView> m_lengths;
    qsizetype m_next = 0;
    qsizetype m_position = 0;
};

} // namespace

QString insertDetailsStatement()
{
    return u"INSERT OR IGNORE INTO details (id, text, lengths, working_directory, environment, timeout, deadline, "
           u"kill_grace, output_cap, priority, held, interactive, server, output_folder) "
           u"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"_s;
}

void bindDetails(QSqlQuery &query, qint64 id, const JobSpec &spec)
{
    const SearchText search = searchText(spec);
    int position = 0;
    for (const QVariant &value : {
             number(id),
             QVariant(search.text),
             QVariant(search.lengths),
             QVariant(spec.workingDirectory.isNull() ? u""_s : spec.workingDirectory),
             environmentJson(spec.environment),
             number(spec.limits.timeout),
             number(spec.limits.deadline),
             number(spec.limits.killGrace.count()),
             number(spec.limits.outputCap),
             number(spec.priority),
             number(spec.held ? 1 : 0),
             number(spec.interactive ? 1 : 0),
             spec.server.isEmpty() ? QVariant() : QVariant(spec.server),
         }) {
        query.bindValue(position++, value);
    }
}

bool needsLongDetails(const JobSpec &spec)
{
    return isCommandLong(commandWithoutSecrets(spec)) || isPromptLong(spec) || !spec.files.isEmpty();
}

QString insertLongDetailsStatement()
{
    return u"INSERT OR IGNORE INTO long_details (id, command, prompt, files) VALUES (?, ?, ?, ?)"_s;
}

void bindLongDetails(QSqlQuery &query, qint64 id, const JobSpec &spec)
{
    const QStringList command = commandWithoutSecrets(spec);
    query.bindValue(0, number(id));
    query.bindValue(1,
                    isCommandLong(command) ? QVariant(QString::fromUtf8(
                        QJsonDocument(QJsonArray::fromStringList(command)).toJson(QJsonDocument::Compact)))
                                           : QVariant());
    query.bindValue(2, isPromptLong(spec) ? QVariant(spec.prompt) : QVariant());
    query.bindValue(3, spec.files.isEmpty() ? QVariant() : QVariant(filesCbor(spec.files)));
}

QString detailsColumnList()
{
    return u"details.text, details.lengths, details.working_directory, details.environment, details.timeout, "
           u"details.deadline, details.kill_grace, details.output_cap, details.priority, details.held, "
           u"details.interactive, details.output_folder, details.server, long_details.command, long_details.prompt, "
           u"long_details.files"_s;
}

RestoredSpec specFromRow(const QSqlQuery &row, int firstColumn)
{
    const auto value = [&](DetailsColumn column) { return row.value(firstColumn + int(column)); };
    const auto duration = [&](DetailsColumn column) -> std::optional<std::chrono::nanoseconds> {
        const QVariant nanoseconds = value(column);
        if (nanoseconds.isNull())
            return std::nullopt;
        return std::chrono::nanoseconds(nanoseconds.toLongLong());
    };

    RestoredSpec restored;
    JobSpec &spec = restored.spec;
    Parts parts(value(DetailsColumn::Text).toString(), value(DetailsColumn::Lengths).toString());
    parts.next(); // name, group and model: the table jobs has them
    parts.next();
    parts.next();
    if (const auto prompt = parts.next()) {
        spec.prompt = *prompt;
    } else {
        spec.prompt = value(DetailsColumn::LongPrompt).toString();
        parts.skipShortened(longestPart);
    }
    const QString longCommand = value(DetailsColumn::LongCommand).toString();
    if (!longCommand.isEmpty()) {
        spec.command = stringList(QJsonDocument::fromJson(longCommand.toUtf8()).array());
    } else {
        while (!parts.atEnd())
            spec.command.append(parts.next().value_or(QString()));
    }
    spec.workingDirectory = value(DetailsColumn::WorkingDirectory).toString();
    readEnvironment(value(DetailsColumn::Environment).toString(), restored);
    spec.limits = {.timeout = duration(DetailsColumn::Timeout),
                   .deadline = duration(DetailsColumn::Deadline),
                   .killGrace = duration(DetailsColumn::KillGrace).value_or(std::chrono::nanoseconds(0)),
                   .outputCap = value(DetailsColumn::OutputCap).toLongLong()};
    spec.priority = value(DetailsColumn::Priority).toInt();
    spec.held = value(DetailsColumn::Held).toInt() != 0;
    spec.interactive = value(DetailsColumn::Interactive).toInt() != 0;
    spec.server = value(DetailsColumn::Server).toString();
    restored.withheldSecrets = missingSecrets(spec);
    readFiles(value(DetailsColumn::Files).toByteArray(), restored);
    restored.outputFolder = value(DetailsColumn::OutputFolder).toString();
    return restored;
}

} // namespace BitNet
