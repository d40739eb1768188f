// SPDX-License-Identifier: MIT
#include "ui/prompt/answercard.h"

#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"
#include "ui/style/wording.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qint64 readAtOnce = 256 * 1024; // bytes
static constexpr qsizetype longestShown = 200'000; // characters; the whole output is on the Jobs page

AnswerCard::AnswerCard(JobId job, const QString &prompt, bool replay, QWidget *parent)
    : QFrame(parent)
    , m_job(job)
    , m_prompt(prompt)
    , m_answer(new QLabel)
    , m_figures(new ToneLabel(Tone::Muted))
    , m_reason(new ToneLabel(Tone::Bad))
{
    setFrameShape(QFrame::NoFrame);
    const auto textLabel = [](QLabel *label, const QString &name) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setAccessibleName(name);
        label->setMinimumWidth(80);
    };
    auto *asked = new QLabel(prompt);
    textLabel(asked, tr("Prompt"));
    asked->setContentsMargins(12, 8, 12, 8);
    asked->setBackgroundRole(QPalette::Midlight);
    asked->setAutoFillBackground(true);
    textLabel(m_answer, tr("Answer"));
    textLabel(m_reason, tr("What went wrong"));
    m_reason->hide();

    auto *copy = new QToolButton;
    copy->setIcon(Icons::get(u"copy"_s));
    copy->setToolTip(tr("Copy the answer"));
    copy->setAccessibleName(tr("Copy the answer"));
    copy->setAutoRaise(true);
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(answer()); });
    auto *goToJob = new QToolButton;
    goToJob->setIcon(Icons::get(u"jobs"_s));
    goToJob->setToolTip(tr("Show job #%1 on the Jobs page").arg(job.value));
    goToJob->setAccessibleName(tr("Show the job"));
    goToJob->setAutoRaise(true);
    connect(goToJob, &QToolButton::clicked, this, [this] { Q_EMIT jobRequested(m_job); });

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto *askedRow = new QHBoxLayout;
    askedRow->addSpacing(60);
    askedRow->addStretch(1);
    askedRow->addWidget(asked, 100);
    column->addLayout(askedRow);
    if (replay) {
        auto *note = new ToneLabel(Tone::Warning, tr("Replay: a recorded answer, not one to this prompt"));
        column->addWidget(note);
    }
    column->addWidget(m_answer);
    column->addWidget(m_reason);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(2);
    foot->addWidget(m_figures);
    foot->addStretch();
    foot->addWidget(copy);
    foot->addWidget(goToJob);
    column->addLayout(foot);
    m_figures->setText(tr("Waiting for its turn…"));

    m_frame.setSingleShot(true);
    m_frame.setInterval(16);
    connect(&m_frame, &QTimer::timeout, this, &AnswerCard::layOut);
    connect(&m_log, &OutputLog::grown, this, &AnswerCard::read);
}

QString AnswerCard::answer() const
{
    // llama-cli prints the prompt before its answer.
    QStringView text(m_text);
    const QStringView trimmed = text.trimmed();
    if (const QString prompt = m_prompt.trimmed(); trimmed.startsWith(prompt))
        text = trimmed.sliced(prompt.size());
    else if (m_prompt.trimmed().startsWith(trimmed))
        text = {}; // the echo is not complete yet
    return text.trimmed().toString();
}

QString AnswerCard::figures(const JobRecord &record)
{
    QStringList parts;
    if (record.timings.outputTokens)
        parts.append(tr("%n token(s)", nullptr, static_cast<int>(*record.timings.outputTokens)));
    if (record.timings.decodeTps)
        parts.append(tr("%1 tokens/s").arg(Wording::rate(record.timings.decodeTps)));
    if (record.ttft)
        parts.append(tr("TTFT %1").arg(Wording::duration(record.ttft)));
    if (const auto latency = record.latency())
        parts.append(tr("E2E %1").arg(Wording::duration(latency)));
    if (record.isFinished() && record.outcome != Outcome::Succeeded)
        parts.append(Wording::state(record));
    return parts.join(u" · "_s);
}

void AnswerCard::setRecord(const JobRecord &record)
{
    if (!m_log.isOpen() && !record.outputFolder.isEmpty() && m_log.open(record.outputFolder)) {
        m_log.setFollowing(true);
        read();
    }
    m_running = !record.isFinished();
    switch (record.state) {
    case JobState::Queued:
        m_figures->setText(tr("Waiting for its turn…"));
        break;
    case JobState::Starting:
        m_figures->setText(tr("Starting the engine…"));
        break;
    case JobState::Running:
        m_figures->setText(m_text.isEmpty() ? tr("Loading the model…") : tr("Generating…"));
        break;
    case JobState::Finished:
        m_log.refresh();
        read();
        m_log.setFollowing(false);
        m_figures->setText(figures(record));
        if (record.isFailure()) {
            const QString detail = Wording::detail(record);
            m_reason->setText(detail.isEmpty() ? Wording::state(record)
                                               : tr("%1: %2").arg(Wording::state(record), detail));
            m_reason->show();
        }
        break;
    }
    Q_EMIT grown();
}

void AnswerCard::read()
{
    for (;;) {
        const QByteArray bytes = m_log.read(OutputStreams::Stdout, m_position, readAtOnce);
        if (bytes.isEmpty() || m_text.size() > longestShown)
            break;
        m_position += bytes.size();
        const QString decoded = m_decoder(bytes);
        m_text += decoded;
    }
    if (!m_frame.isActive())
        m_frame.start();
}

void AnswerCard::layOut()
{
    if (m_running && !m_text.isEmpty())
        m_figures->setText(tr("Generating…"));
    m_answer->setText(answer());
    Q_EMIT grown();
}

} // namespace BitNet
