// SPDX-License-Identifier: MIT
#include "core/telemetry/recordexport.h"

#include "core/files/asidefile.h"
#include "core/jobs/secrets.h"

#include <QJsonArray>
#include <QLocale>

#include <array>
#include <cmath>
#include <variant>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// A field's value: absent, people's text (defused in CSV), a word of our own (never), a number, a truth, an argument list.
struct Text
{
    QString text;
};
struct Word
{
    QString text;
};
using FieldValue = std::variant<std::monostate, Text, Word, qint64, double, bool, QStringList>;

FieldValue textOrAbsent(const QString &text)
{
    return text.isEmpty() ? FieldValue() : FieldValue(Text{text});
}

FieldValue milliseconds(const std::optional<std::chrono::nanoseconds> &duration)
{
    return duration ? FieldValue(double(duration->count()) / 1e6) : FieldValue();
}

FieldValue time(const std::optional<Instant> &instant)
{
    return instant ? FieldValue(Word{isoTime(instant->wall)}) : FieldValue();
}

template<typename Number>
FieldValue number(const std::optional<Number> &value)
{
    if (!value)
        return {};
    if constexpr (std::is_floating_point_v<Number>)
        return std::isfinite(*value) ? FieldValue(double(*value)) : FieldValue(); // engines print inf and nan
    else
        return FieldValue(qint64(*value));
}

const JobSpec &specOf(const JobRecord &record)
{
    static const JobSpec none;
    return record.spec ? *record.spec : none;
}

struct Field
{
    QLatin1String name;
    FieldValue (*value)(const JobRecord &record);
};

using R = const JobRecord &;

// The job model's list, in its order.
constexpr std::array fields = {
    Field{"id"_L1, [](R r) { return FieldValue(qint64(r.id.value)); }},
    Field{"name"_L1, [](R r) { return textOrAbsent(displayName(specOf(r))); }},
    Field{"group"_L1, [](R r) { return textOrAbsent(specOf(r).group); }},
    Field{"kind"_L1, [](R r) { return FieldValue(Word{name(specOf(r).kind)}); }},
    Field{"command"_L1, [](R r) { return FieldValue(commandWithoutSecrets(specOf(r))); }},
    Field{"model"_L1, [](R r) { return textOrAbsent(specOf(r).model); }},
    Field{"prompt_tokens"_L1, [](R r) { return number(r.timings.promptTokens); }},
    Field{"output_tokens"_L1, [](R r) { return number(r.timings.outputTokens); }},
    Field{"outcome"_L1, [](R r) { return r.outcome ? FieldValue(Word{name(*r.outcome)}) : FieldValue(); }},
    Field{"state"_L1, [](R r) { return FieldValue(Word{name(r.state)}); }},
    Field{"exit_code"_L1, [](R r) { return number(r.exitCode); }},
    Field{"signal"_L1, [](R r) { return number(r.signal); }},
    Field{"reason"_L1, [](R r) { return textOrAbsent(r.reason); }},
    Field{"attempts"_L1, [](R r) { return FieldValue(qint64(r.attempts)); }},
    Field{"submitted_at"_L1, [](R r) { return FieldValue(Word{isoTime(r.submitted.wall)}); }},
    Field{"started_at"_L1, [](R r) { return time(r.started); }},
    Field{"first_output_at"_L1, [](R r) { return time(r.firstOutput); }},
    Field{"completed_at"_L1, [](R r) { return time(r.completed); }},
    Field{"queue_wait_ms"_L1, [](R r) { return milliseconds(r.queueWait()); }},
    Field{"ttft_ms"_L1, [](R r) { return milliseconds(r.ttft); }},
    Field{"run_ms"_L1, [](R r) { return milliseconds(r.runTime()); }},
    Field{"latency_ms"_L1, [](R r) { return milliseconds(r.latency()); }},
    Field{"load_ms"_L1, [](R r) { return number(r.timings.loadMs); }},
    Field{"prefill_ms"_L1, [](R r) { return number(r.timings.prefillMs); }},
    Field{"decode_ms"_L1, [](R r) { return number(r.timings.decodeMs); }},
    Field{"prefill_tps"_L1, [](R r) { return number(r.timings.prefillTps); }},
    Field{"decode_tps"_L1, [](R r) { return number(r.timings.decodeTps); }},
    Field{"stdout_bytes"_L1, [](R r) { return FieldValue(r.stdoutBytes); }},
    Field{"stderr_bytes"_L1, [](R r) { return FieldValue(r.stderrBytes); }},
    Field{"truncated"_L1, [](R r) { return FieldValue(r.truncated); }},
    Field{"peak_rss_bytes"_L1, [](R r) { return number(r.peakRssBytes); }},
    Field{"cpu_ms"_L1, [](R r) { return milliseconds(r.cpuTime); }},
    // What came later is behind it, so that columns stay where they were.
    Field{"stop_reason"_L1, [](R r) { return textOrAbsent(r.stopReason); }},
    Field{"server"_L1, [](R r) { return textOrAbsent(specOf(r).server); }},
    Field{"engine"_L1, [](R r) { return textOrAbsent(specOf(r).engine); }},
};

struct ToJson
{
    QJsonValue operator()(std::monostate) const { return QJsonValue::Null; }
    QJsonValue operator()(const Text &value) const { return value.text; }
    QJsonValue operator()(const Word &value) const { return value.text; }
    QJsonValue operator()(qint64 value) const { return value; }
    QJsonValue operator()(double value) const { return value; }
    QJsonValue operator()(bool value) const { return value; }
    QJsonValue operator()(const QStringList &value) const { return QJsonArray::fromStringList(value); }
};

struct ToCsv
{
    QByteArray operator()(std::monostate) const { return {}; }
    QByteArray operator()(const Text &value) const { return csvTextCell(value.text); }
    QByteArray operator()(const Word &value) const { return value.text.toUtf8(); }
    QByteArray operator()(qint64 value) const { return QByteArray::number(value); }
    QByteArray operator()(double value) const { return QByteArray::number(value, 'f', QLocale::FloatingPointShortest); }
    QByteArray operator()(bool value) const { return value ? "true" : "false"; }
    QByteArray operator()(const QStringList &value) const { return csvTextCell(displayCommand(value)); }
};

// What a spreadsheet may take for the start of a formula, or skip before one; the last four are full-width = + - @.
bool startsFormula(QStringView text)
{
    static constexpr QStringView starters = u"=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    return !text.isEmpty() && starters.contains(text.front());
}

} // namespace

QStringList recordFieldNames()
{
    QStringList names;
    names.reserve(qsizetype(fields.size()));
    for (const Field &field : fields)
        names.append(field.name);
    return names;
}

QJsonObject recordToJson(const JobRecord &record)
{
    QJsonObject object;
    for (const Field &field : fields)
        object.insert(field.name, std::visit(ToJson(), field.value(record)));
    return object;
}

QByteArray csvHeader()
{
    return recordFieldNames().join(u',').toUtf8() + QByteArrayLiteral("\r\n");
}

QByteArray csvRow(const JobRecord &record)
{
    QByteArray row;
    for (const Field &field : fields) {
        if (!row.isNull())
            row += ',';
        row += std::visit(ToCsv(), field.value(record));
    }
    return row + QByteArrayLiteral("\r\n");
}

QString isoTime(WallTime time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return QString::asprintf("%04d-%02u-%02uT%02lld:%02lld:%02lld.%06lldZ", int(date.year()), unsigned(date.month()),
                             unsigned(date.day()), qlonglong(clock.hours().count()), qlonglong(clock.minutes().count()),
                             qlonglong(clock.seconds().count()), qlonglong(clock.subseconds().count()));
}

QByteArray csvTextCell(QStringView text)
{
    QByteArray cell = text.toUtf8();
    cell.replace('\0', "\xef\xbf\xbd"); // many readers stop at a NUL; this is U+FFFD
    if (startsFormula(text))
        cell.prepend('\'');
    const bool needsQuotes = cell.contains(',') || cell.contains('"') || cell.contains('\r') || cell.contains('\n');
    if (!needsQuotes)
        return cell;
    cell.replace('"', "\"\"");
    return '"' + cell + '"';
}

bool replaceFile(const QString &path, const std::function<bool(QIODevice &)> &write, QString *error)
{
    AsideFile file(path);
    QString reason;
    bool done = file.create();
    if (done && !write(file)) {
        done = false;
        reason = file.error().isEmpty() ? u"its content could not be made"_s : file.error();
    }
    if (done && file.commit())
        return true;
    if (reason.isEmpty())
        reason = file.error();
    if (error)
        *error = u"Could not write %1: %2."_s.arg(path, reason);
    return false;
}

bool exportCsv(const QString &path, const QList<JobRecord> &records, QString *error)
{
    const auto writeRows = [&records](QIODevice &device) {
        if (device.write(csvHeader()) < 0)
            return false;
        for (const JobRecord &record : records) {
            if (device.write(csvRow(record)) < 0)
                return false;
        }
        return true;
    };
    return replaceFile(path, writeRows, error);
}

} // namespace BitNet
