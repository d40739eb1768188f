// SPDX-License-Identifier: MIT
#include "ui/latency/latencyfilterbar.h"

#include "ui/latency/charttext.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QAbstractItemView>
#include <QBoxLayout>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QSignalBlocker>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int customData = -1;

WallTime wallTime(const QDateTime &time)
{
    return WallTime(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

QDateTime dateTime(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count());
}

// The chosen text; nothing for all.
std::optional<QString> chosen(const QComboBox *box)
{
    return box->currentIndex() <= 0 ? std::nullopt : std::optional(box->currentData().toString());
}

// words: how a text is shown.
void setTexts(QComboBox *box, const QSet<QString> &texts, const QString &none,
              const std::function<QString(const QString &)> &words)
{
    QStringList sorted(texts.cbegin(), texts.cend());
    const std::optional<QString> kept = chosen(box);
    // What is chosen stays, also when the last job with it has been forgotten.
    if (kept && !texts.contains(*kept))
        sorted.append(*kept);
    std::sort(sorted.begin(), sorted.end());
    const QSignalBlocker quiet(box);
    while (box->count() > 1)
        box->removeItem(1);
    for (const QString &text : sorted) {
        box->addItem(text.isEmpty() ? none : words(text), text);
        box->setItemData(box->count() - 1, text, Qt::ToolTipRole);
    }
    box->setCurrentIndex(kept ? std::max(0, box->findData(*kept)) : 0);
    box->setVisible(sorted.size() > 1 || (sorted.size() == 1 && !sorted.first().isEmpty()) || kept);
}

} // namespace

LatencyFilterBar::LatencyFilterBar(QWidget *parent)
    : QWidget(parent)
    , m_choices(new QHBoxLayout)
    , m_measure(new QComboBox)
    , m_range(new QComboBox)
    , m_moments(new QWidget)
    , m_from(new QDateTimeEdit)
    , m_to(new QDateTimeEdit)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto *row = m_choices;
    row->setSpacing(6);
    column->addLayout(row);
    // Two moments are too long to stand beside the others in a small window.
    auto *moments = new QHBoxLayout(m_moments);
    moments->setContentsMargins(0, 0, 0, 0);
    moments->setSpacing(6);
    moments->addWidget(new ToneLabel(Tone::Muted, tr("From")));
    moments->addWidget(m_from);
    moments->addWidget(new ToneLabel(Tone::Muted, tr("to")));
    moments->addWidget(m_to);
    moments->addStretch();
    column->addWidget(m_moments);
    for (const Measure measure : {Measure::E2E, Measure::Run, Measure::QueueWait, Measure::Ttft, Measure::Tpot}) {
        m_measure->addItem(ChartText::measure(measure), int(measure));
        m_measure->setItemData(m_measure->count() - 1, ChartText::meaning(measure), Qt::ToolTipRole);
    }
    m_measure->setAccessibleName(tr("Measure"));
    m_measure->setToolTip(ChartText::meaning(Measure::E2E));
    connect(m_measure, &QComboBox::currentIndexChanged, this, [this] {
        m_measure->setToolTip(ChartText::meaning(measure()));
        Q_EMIT changed();
    });
    row->addWidget(m_measure);

    m_range->addItem(tr("Last 15 minutes"), 15 * 60);
    m_range->addItem(tr("Last hour"), 3600);
    m_range->addItem(tr("Last 24 hours"), 24 * 3600);
    m_range->addItem(tr("Last 7 days"), 7 * 24 * 3600);
    m_range->addItem(tr("All times"), 0);
    m_range->addItem(tr("From – to"), customData);
    m_range->setCurrentIndex(4);
    m_range->setAccessibleName(tr("Time range"));
    row->addWidget(m_range);
    for (QDateTimeEdit *edit : {m_from, m_to}) {
        edit->setDisplayFormat(u"yyyy-MM-dd HH:mm:ss"_s);
        edit->setCalendarPopup(true);
        edit->setKeyboardTracking(false);
        // The style's own hint leaves out the arrow of the calendar.
        edit->setMinimumWidth(fontMetrics().horizontalAdvance(u"2026-12-30 20:00:00"_s) + 48);
        connect(edit, &QDateTimeEdit::dateTimeChanged, this, &LatencyFilterBar::changed);
    }
    m_from->setAccessibleName(tr("Beginning of the time range"));
    m_to->setAccessibleName(tr("End of the time range"));
    const QDateTime now = QDateTime::currentDateTime();
    // The end follows, so that there is always a range.
    connect(m_from, &QDateTimeEdit::dateTimeChanged, m_to,
            [this](const QDateTime &from) { m_to->setMinimumDateTime(from.addSecs(1)); });
    m_from->setDateTime(now.addSecs(-3600));
    m_to->setDateTime(now);
    connect(m_range, &QComboBox::currentIndexChanged, this, [this] {
        updateRangeFields();
        Q_EMIT changed();
    });

    m_group = addChoice(tr("Group"), tr("All groups"));
    m_model = addChoice(tr("Model"), tr("All models"));
    m_kind = addChoice(tr("Kind"), tr("All kinds"));
    for (const JobKind kind : {JobKind::Inference, JobKind::Custom})
        m_kind->addItem(Wording::kind(kind), int(kind));
    m_outcome = addChoice(tr("Outcome"), tr("All outcomes"));
    for (size_t i = 0; i < outcomeClassCount; ++i)
        m_outcome->addItem(ChartText::outcomeClass(OutcomeClass(i)), int(i));
    m_engine = addChoice(tr("Engine"), tr("All engines"));
    row->addStretch();
    for (QComboBox *box : {m_group, m_model, m_engine})
        box->hide();
    updateRangeFields();
}

QComboBox *LatencyFilterBar::addChoice(const QString &name, const QString &all)
{
    auto *box = new QComboBox;
    box->setAccessibleName(name);
    box->setToolTip(tr("Show only jobs of one choice"));
    box->addItem(all);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(9);
    box->view()->setTextElideMode(Qt::ElideMiddle);
    m_choices->addWidget(box);
    connect(box, &QComboBox::currentIndexChanged, this, &LatencyFilterBar::changed);
    return box;
}

void LatencyFilterBar::updateRangeFields()
{
    m_moments->setVisible(m_range->currentData().toInt() == customData);
}

Measure LatencyFilterBar::measure() const
{
    return Measure(m_measure->currentData().toInt());
}

void LatencyFilterBar::setMeasure(Measure measure)
{
    m_measure->setCurrentIndex(std::max(0, m_measure->findData(int(measure))));
}

SampleFilter LatencyFilterBar::filter() const
{
    SampleFilter filter;
    filter.group = chosen(m_group);
    filter.model = chosen(m_model);
    filter.engine = chosen(m_engine);
    if (m_kind->currentIndex() > 0)
        filter.kind = JobKind(m_kind->currentData().toInt());
    if (m_outcome->currentIndex() > 0)
        filter.outcome = OutcomeClass(m_outcome->currentData().toInt());
    return filter;
}

std::optional<std::chrono::microseconds> LatencyFilterBar::lastOnly() const
{
    const int seconds = m_range->currentData().toInt();
    return seconds > 0 ? std::optional<std::chrono::microseconds>(std::chrono::seconds(seconds)) : std::nullopt;
}

std::optional<TimeRange> LatencyFilterBar::customRange() const
{
    if (m_range->currentData().toInt() != customData)
        return std::nullopt;
    return TimeRange{wallTime(m_from->dateTime()), wallTime(m_to->dateTime())};
}

void LatencyFilterBar::setCustomRange(const TimeRange &range)
{
    {
        const QSignalBlocker quiet(this);
        m_from->setDateTime(dateTime(range.from));
        m_to->setDateTime(dateTime(range.to));
        m_range->setCurrentIndex(m_range->findData(customData));
    }
    Q_EMIT changed();
}

void LatencyFilterBar::setChoices(const SampleSet &samples)
{
    // Paths are whole in the tip.
    setTexts(m_group, samples.groups(), tr("Without group"), [](const QString &group) { return group; });
    setTexts(m_model, samples.models(), tr("Without model"), &ChartText::model);
    setTexts(m_engine, samples.engines(), tr("Without engine"), m_engineNames);
}

QString LatencyFilterBar::words() const
{
    QStringList parts;
    if (m_group->currentIndex() > 0)
        parts.append(tr("group %1").arg(m_group->currentText()));
    if (m_model->currentIndex() > 0)
        parts.append(tr("model %1").arg(m_model->currentText()));
    if (m_engine->currentIndex() > 0)
        parts.append(tr("engine %1").arg(m_engine->currentText()));
    if (m_kind->currentIndex() > 0)
        parts.append(tr("kind %1").arg(m_kind->currentText()));
    if (m_outcome->currentIndex() > 0)
        parts.append(tr("outcome %1").arg(m_outcome->currentText()));
    return parts.join(u", "_s);
}

int LatencyFilterBar::rangeIndex() const
{
    return m_range->currentIndex();
}

void LatencyFilterBar::setRangeIndex(int index)
{
    if (index >= 0 && index < m_range->count())
        m_range->setCurrentIndex(index);
}

} // namespace BitNet
