// SPDX-License-Identifier: MIT
#include "ui/latency/comparisonpanel.h"

#include "core/telemetry/reporttext.h"
#include "ui/latency/charttext.h"
#include "ui/latency/chartview.h"
#include "ui/style/wording.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QLabel>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString signedDuration(double ms)
{
    return (ms < 0 ? u"−"_s : u"+"_s) + durationText(std::abs(ms));
}

QString probability(double p)
{
    return p < 0.0001 ? u"p < 0.0001"_s : u"p = %1"_s.arg(p, 0, 'f', 4);
}

} // namespace

ComparisonPanel::ComparisonPanel(QWidget *parent)
    : QWidget(parent)
    , m_kind(new QComboBox)
    , m_moment(new QDateTimeEdit)
    , m_a(new QComboBox)
    , m_b(new QComboBox)
    , m_verdict(new QLabel)
    , m_figures(new QLabel)
    , m_chart(new ChartView)
{
    m_kind->addItem(tr("Before and after"), int(ComparisonKind::BeforeAfter));
    m_kind->addItem(tr("Two models"), int(ComparisonKind::Models));
    m_kind->addItem(tr("Two groups"), int(ComparisonKind::Groups));
    m_kind->setAccessibleName(tr("What is compared"));
    m_moment->setDisplayFormat(u"yyyy-MM-dd HH:mm:ss"_s);
    m_moment->setCalendarPopup(true);
    m_moment->setKeyboardTracking(false);
    m_moment->setAccessibleName(tr("Moment that divides before and after"));
    m_moment->setToolTip(tr("Or choose “Compare Before and After Here” in the context menu of the chart over time."));
    m_a->setAccessibleName(tr("Selection A"));
    m_b->setAccessibleName(tr("Selection B"));

    auto *left = new QVBoxLayout;
    left->setContentsMargins(12, 8, 0, 8);
    left->setSpacing(6);
    for (QWidget *field : std::initializer_list<QWidget *>{m_kind, m_moment, m_a, m_b})
        left->addWidget(field);
    for (QLabel *label : {m_verdict, m_figures}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setTextFormat(Qt::PlainText);
        left->addWidget(label);
    }
    QFont bold = m_verdict->font();
    bold.setWeight(QFont::DemiBold);
    m_verdict->setFont(bold);
    left->addStretch();
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addLayout(left, 2);
    row->addWidget(m_chart, 3);

    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        updateFields();
        Q_EMIT changed();
    });
    connect(m_moment, &QDateTimeEdit::dateTimeChanged, this, [this] {
        m_momentIsSet = true;
        Q_EMIT changed();
    });
    for (QComboBox *box : {m_a, m_b}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        connect(box, &QComboBox::currentIndexChanged, this, &ComparisonPanel::changed);
    }
    updateFields();
}

ComparisonKind ComparisonPanel::kind() const
{
    return ComparisonKind(m_kind->currentData().toInt());
}

void ComparisonPanel::updateFields()
{
    const bool byMoment = kind() == ComparisonKind::BeforeAfter;
    m_moment->setVisible(byMoment);
    const bool isByModel = kind() != ComparisonKind::Groups;
    const QStringList &keys = m_choices[isByModel ? 0 : 1];
    const QString none = isByModel ? tr("Without model") : tr("Without group");
    int number = 0;
    for (QComboBox *box : {m_a, m_b}) {
        const QSignalBlocker quiet(box);
        const QVariant kept = box->currentData();
        box->clear();
        for (const QString &key : keys) {
            box->addItem(key.isEmpty() ? none : isByModel ? ChartText::model(key) : key, key);
            box->setItemData(box->count() - 1, key, Qt::ToolTipRole);
        }
        const int index = kept.isValid() ? box->findData(kept) : -1;
        box->setCurrentIndex(index >= 0 ? index : std::min(number, box->count() - 1));
        box->setVisible(!byMoment);
        ++number;
    }
}

void ComparisonPanel::setChoices(const SampleSet &samples)
{
    const auto sorted = [](const QSet<QString> &texts) {
        QStringList list(texts.cbegin(), texts.cend());
        std::sort(list.begin(), list.end());
        return list;
    };
    const std::array<QStringList, 2> choices = {sorted(samples.models()), sorted(samples.groups())};
    if (choices == m_choices)
        return;
    m_choices = choices;
    updateFields();
}

void ComparisonPanel::setMoment(WallTime moment)
{
    {
        const QSignalBlocker quiet(this);
        m_kind->setCurrentIndex(0);
        const auto ms = std::chrono::floor<std::chrono::milliseconds>(moment).time_since_epoch().count();
        m_moment->setDateTime(QDateTime::fromMSecsSinceEpoch(ms));
        m_momentIsSet = true;
    }
    Q_EMIT changed();
}

std::optional<ComparisonQuestion> ComparisonPanel::question() const
{
    if (!isVisible())
        return std::nullopt;
    ComparisonQuestion question = {.kind = kind()};
    if (question.kind == ComparisonKind::BeforeAfter) {
        question.moment = WallTime(std::chrono::milliseconds(m_moment->dateTime().toMSecsSinceEpoch()));
        question.names = {tr("Before"), tr("After")};
        return question;
    }
    if (m_a->currentIndex() < 0 || m_b->currentIndex() < 0 || m_a->currentData() == m_b->currentData())
        return std::nullopt;
    question.keys = {m_a->currentData().toString(), m_b->currentData().toString()};
    question.names = {m_a->currentText(), m_b->currentText()};
    return question;
}

void ComparisonPanel::display(const LatencyView &view)
{
    if (!m_momentIsSet && view.report->range()) {
        // Something to begin with: the middle of what is shown.
        const QSignalBlocker quiet(this);
        const WallTime middle = view.range.from + view.range.length() / 2;
        m_moment->setDateTime(QDateTime::fromMSecsSinceEpoch(
            std::chrono::floor<std::chrono::milliseconds>(middle).time_since_epoch().count()));
        m_momentIsSet = false;
    }
    if (!isVisible())
        return;
    if (!view.comparison) {
        m_verdict->setText(question() ? tr("Comparing…") : tr("Choose two different selections."));
        m_figures->clear();
        m_chart->setDrawing(nullptr);
        return;
    }
    const LatencyComparison &comparison = *view.comparison;
    const QString &a = comparison.question.names[0];
    const QString &b = comparison.question.names[1];
    QString figures;
    for (const size_t i : {0, 1}) {
        const LatencySummary &summary = comparison.summaries[i];
        figures += tr("%1: %2 measured").arg(comparison.question.names[i], Wording::number(summary.count));
        if (summary.count > 0)
            figures += tr(", median %1, p95 %2, mean %3")
                           .arg(durationText(*summary.percentiles[0]), durationText(*summary.percentiles[3]),
                                durationText(*summary.mean));
        if (summary.censored > 0)
            figures += tr(", %1 timed out (not counted here)").arg(Wording::number(summary.censored));
        figures += u'\n';
    }
    if (!comparison.ranks) {
        m_verdict->setText(tr("One of the selections has no measured value."));
    } else {
        const RankComparison &ranks = *comparison.ranks;
        if (!ranks.isMoreThanNoise())
            m_verdict->setText(tr("No difference that is more than noise."));
        else if (ranks.shift < 0)
            m_verdict->setText(tr("%1 is faster than %2: more than noise.").arg(b, a));
        else
            m_verdict->setText(tr("%1 is slower than %2: more than noise.").arg(b, a));
        figures += tr("Shift %1").arg(signedDuration(ranks.shift));
        if (ranks.shiftLow && ranks.shiftHigh)
            figures +=
                tr(" (95 % interval %1 to %2)").arg(signedDuration(*ranks.shiftLow), signedDuration(*ranks.shiftHigh));
        figures += u'\n'
            + tr("Mann–Whitney U test, two-sided, %1: %2; significant below 0.05. It supposes that jobs do not "
                 "influence each other.")
                  .arg(ranks.isExact ? tr("exact") : tr("normal approximation"), probability(ranks.pValue));
    }
    m_figures->setText(figures);
    m_chart->setDrawing(std::make_shared<ComparisonDrawing>(comparison.chart));
}

QString ComparisonPanel::verdict() const
{
    return m_verdict->text() + u'\n' + m_figures->text();
}

void ComparisonPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    Q_EMIT changed();
}

void ComparisonPanel::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    Q_EMIT changed();
}

} // namespace BitNet
