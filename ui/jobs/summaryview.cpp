// SPDX-License-Identifier: MIT
#include "ui/jobs/summaryview.h"

#include "core/jobs/duration.h"
#include "core/jobs/secrets.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QBoxLayout>
#include <QFontDatabase>
#include <QGridLayout>
#include <QResizeEvent>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int widthForTwoColumns = 760;
// Sections up to this one are in the left column.
static constexpr qsizetype leftSections = 3;

SummaryView::SummaryView(QWidget *parent)
    : QScrollArea(parent)
    , m_headline(new ToneLabel(Tone::Plain))
    , m_columns(new QBoxLayout(QBoxLayout::LeftToRight))
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setBackgroundRole(QPalette::Base);
    setAccessibleName(tr("Summary of the selected job"));
    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(16, 12, 16, 16);
    column->setSpacing(12);
    m_headline->setWordWrap(true);
    m_headline->setScale(1.1, QFont::DemiBold);
    m_headline->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_columns->setSpacing(28);
    column->addWidget(m_headline);
    column->addLayout(m_columns);
    column->addStretch();
    setWidget(content);
}

QString SummaryView::headline(const JobRecord &record)
{
    const QString state = Wording::state(record);
    const QString detail = Wording::detail(record);
    if (!detail.isEmpty())
        return tr("%1: %2").arg(state, detail);
    if (const auto run = record.runTime())
        return tr("%1 after %2").arg(state, Wording::duration(run));
    return state;
}

QList<SummaryView::Section> SummaryView::describe(const JobRecord &record, const EngineName &engineName)
{
    const JobSpec &spec = *record.spec;
    QList<Section> sections;

    Section what{.title = tr("Command"), .rows = {}};
    what.rows.append({tr("Name"), displayName(spec)});
    what.rows.append({tr("Command line"), displayCommand(commandWithoutSecrets(spec))});
    if (!spec.workingDirectory.isEmpty())
        what.rows.append({tr("Working directory"), spec.workingDirectory});
    if (!spec.model.isEmpty())
        what.rows.append({tr("Model"), spec.model});
    if (!spec.prompt.isEmpty())
        what.rows.append({tr("Prompt"), spec.prompt.size() > 2000 ? spec.prompt.left(2000) + u"…"_s : spec.prompt});
    if (!spec.group.isEmpty())
        what.rows.append({tr("Group"), spec.group});
    what.rows.append({tr("Kind"), Wording::kind(spec.kind)});
    sections.append(what);

    Section around{.title = tr("Environment"), .rows = {}};
    around.rows.append({tr("Inherited"),
                        spec.environment.inherit                 ? tr("the application's own")
                            : spec.environment.allowed.isEmpty() ? tr("nothing")
                                                                 : spec.environment.allowed.join(u", "_s)});
    for (auto it = spec.environment.overrides.cbegin(); it != spec.environment.overrides.cend(); ++it) {
        const QString value = !it.value() ? tr("(unset)")
            : isSecretName(it.key())      ? withheldMark.toString()
                                          : *it.value();
        around.rows.append({it.key(), value});
    }
    sections.append(around);

    Section limits{.title = tr("Limits"), .rows = {}};
    const auto limit = [](const std::optional<std::chrono::nanoseconds> &value) {
        return value ? Wording::duration(value) : tr("none");
    };
    limits.rows.append({tr("Run time"), limit(spec.limits.timeout)});
    limits.rows.append({tr("Deadline"), limit(spec.limits.deadline)});
    limits.rows.append({tr("Grace before a kill"), Wording::duration(spec.limits.killGrace)});
    limits.rows.append({tr("Output kept"), Wording::bytes(spec.limits.outputCap)});
    limits.rows.append({tr("Priority"), QString::number(record.priority)});
    sections.append(limits);

    Section times{.title = tr("Times"), .rows = {}};
    times.rows.append({tr("Submitted"), Wording::time(record.submitted), Wording::exactTime(record.submitted)});
    times.rows.append({tr("Started"), Wording::time(record.started), Wording::exactTime(record.started)});
    times.rows.append({tr("First output"), Wording::time(record.firstOutput), Wording::exactTime(record.firstOutput)});
    times.rows.append({tr("Completed"), Wording::time(record.completed), Wording::exactTime(record.completed)});
    times.rows.append(
        {tr("Queue wait"), Wording::duration(record.queueWait()), Wording::exactDuration(record.queueWait())});
    times.rows.append({tr("Started to first output"), Wording::duration(record.timeToFirstOutput()),
                       Wording::exactDuration(record.timeToFirstOutput())});
    times.rows.append({tr("Run time"), Wording::duration(record.runTime()), Wording::exactDuration(record.runTime())});
    times.rows.append(
        {tr("E2E latency"), Wording::duration(record.latency()), Wording::exactDuration(record.latency())});
    if (record.pausedTime.count() > 0)
        times.rows.append({tr("Paused for"), Wording::duration(record.pausedTime)});
    sections.append(times);

    Section engine{.title = tr("Engine"), .rows = {}};
    const auto reported = [](const QString &name, const std::optional<double> &ms) -> Row {
        if (!ms)
            return {name, Wording::nothing()};
        const auto time =
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double, std::milli>(*ms));
        return {name, Wording::duration(time), Wording::exactDuration(time)};
    };
    const auto perSecond = [](const std::optional<double> &rate) {
        return rate ? tr("%1 tokens/s").arg(Wording::rate(rate)) : Wording::nothing();
    };
    const EngineTimings &timings = record.timings;
    if (spec.kind != JobKind::Custom || timings != EngineTimings()) {
        if (!spec.engine.isEmpty())
            engine.rows.append({tr("Engine"), engineName ? engineName(spec.engine) : spec.engine, spec.engine});
        engine.rows.append(
            {tr("Time to first token"), Wording::duration(record.ttft), Wording::exactDuration(record.ttft)});
        engine.rows.append(reported(tr("Load"), timings.loadMs));
        engine.rows.append(reported(tr("Prefill"), timings.prefillMs));
        engine.rows.append(reported(tr("Decode"), timings.decodeMs));
        engine.rows.append({tr("Prompt tokens"), Wording::number(timings.promptTokens)});
        engine.rows.append({tr("Output tokens"), Wording::number(timings.outputTokens)});
        engine.rows.append({tr("Prefill throughput"), perSecond(timings.prefillTps)});
        engine.rows.append({tr("Decode throughput"), perSecond(timings.decodeTps)});
        sections.append(engine);
    }

    Section use{.title = tr("Result"), .rows = {}};
    use.rows.append({tr("Exit code"), record.exitCode ? QString::number(*record.exitCode) : Wording::nothing()});
    if (record.signal)
        use.rows.append({tr("Signal"), Wording::signal(*record.signal)});
    if (record.pid > 0)
        use.rows.append({tr("Process id"), QString::number(record.pid)});
    use.rows.append({tr("Attempts"), QString::number(record.attempts)});
    if (record.leftoverProcesses > 0)
        use.rows.append({tr("Processes left behind"), tr("%n, killed", nullptr, record.leftoverProcesses)});
    if (record.unkillable)
        use.rows.append({tr("Not killable"), tr("part of its tree outlived SIGKILL")});
    use.rows.append({tr("Standard output"), Wording::bytes(record.stdoutBytes)});
    use.rows.append({tr("Standard error"), Wording::bytes(record.stderrBytes)});
    if (record.truncated)
        use.rows.append({tr("Not kept"), Wording::bytes(record.droppedBytes)});
    use.rows.append({tr("Peak memory"), Wording::bytes(record.peakRssBytes)});
    use.rows.append({tr("CPU time"), Wording::duration(record.cpuTime)});
    sections.append(use);
    return sections;
}

void SummaryView::setRecord(const JobRecord &record)
{
    m_headline->setText(headline(record));
    m_headline->setTone(Wording::tone(record) == Tone::Muted ? Tone::Plain : Wording::tone(record));
    const QList<Section> sections = describe(record, m_engineName);
    // Values change while a job runs; rows seldom do. Labels stay, so that a selection in them does.
    const auto sameShape = [](const Section &a, const Section &b) {
        return a.title == b.title && a.rows.size() == b.rows.size()
            && std::equal(a.rows.cbegin(), a.rows.cend(), b.rows.cbegin(),
                          [](const Row &x, const Row &y) { return x.what == y.what; });
    };
    if (!std::equal(sections.cbegin(), sections.cend(), m_sections.cbegin(), m_sections.cend(), sameShape)) {
        rebuild(sections);
    } else {
        qsizetype i = 0;
        for (const Section &section : sections) {
            for (const Row &row : section.rows) {
                if (m_values[i]->text() != row.value)
                    m_values[i]->setText(row.value);
                m_values[i]->setToolTip(row.exact);
                ++i;
            }
        }
    }
    m_sections = sections;
}

void SummaryView::clear()
{
    m_headline->clear();
    rebuild({});
    m_sections.clear();
}

void SummaryView::rebuild(const QList<Section> &sections)
{
    qDeleteAll(m_blocks);
    m_blocks.clear();
    m_values.clear();
    const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    QWidget *columns[] = {new QWidget, new QWidget};
    for (QWidget *column : columns) {
        auto *layout = new QVBoxLayout(column);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(14);
        m_columns->addWidget(column, 1, Qt::AlignTop);
        m_blocks.append(column);
    }
    for (qsizetype i = 0; i < sections.size(); ++i) {
        auto *block = new QWidget;
        auto *grid = new QGridLayout(block);
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setHorizontalSpacing(16);
        grid->setVerticalSpacing(4);
        grid->setColumnMinimumWidth(0, 150);
        grid->setColumnStretch(1, 1);
        auto *title = new ToneLabel(Tone::Plain, sections[i].title);
        title->setScale(1.0, QFont::DemiBold);
        grid->addWidget(title, 0, 0, 1, 2);
        int line = 1;
        for (const Row &row : sections[i].rows) {
            auto *what = new ToneLabel(Tone::Muted, row.what);
            auto *value = new QLabel(row.value);
            value->setToolTip(row.exact);
            value->setTextFormat(Qt::PlainText);
            value->setWordWrap(true);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
            value->setAccessibleName(row.what);
            value->setMinimumWidth(40);
            if (row.what == tr("Command line"))
                value->setFont(fixed);
            grid->addWidget(what, line, 0, Qt::AlignTop);
            grid->addWidget(value, line, 1, Qt::AlignTop);
            m_values.append(value);
            ++line;
        }
        columns[i < leftSections ? 0 : 1]->layout()->addWidget(block);
    }
}

void SummaryView::resizeEvent(QResizeEvent *event)
{
    m_columns->setDirection(event->size().width() < widthForTwoColumns ? QBoxLayout::TopToBottom
                                                                       : QBoxLayout::LeftToRight);
    QScrollArea::resizeEvent(event);
}

} // namespace BitNet
