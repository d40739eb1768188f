// SPDX-License-Identifier: MIT
#include "ui/engine/healthview.h"

#include "core/runtime/bitnetruntime.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QEvent>
#include <QFrame>
#include <QFutureWatcher>
#include <QtConcurrentRun>

#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

HealthView::HealthView(QWidget *parent)
    : QWidget(parent)
    , m_list(new QVBoxLayout(this))
{
    m_list->setContentsMargins(0, 0, 0, 0);
    m_list->setSpacing(0);
}

void HealthView::look(const BitNetRuntime &runtime, const QString &outputFolder)
{
    if (m_looking)
        return;
    m_looking = true;
    auto *watcher = new QFutureWatcher<QList<Diagnostic>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        m_looking = false;
        display(watcher->result());
    });
    watcher->setFuture(QtConcurrent::run([runtime, outputFolder] { return runtime.diagnostics({}, outputFolder); }));
}

QString HealthView::title(const Diagnostic &diagnostic)
{
    if (diagnostic.name == u"llama_cli"_s)
        return tr("llama-cli, answers prompts");
    if (diagnostic.name == u"llama_server"_s)
        return tr("llama-server, keeps a model loaded");
    if (diagnostic.name == u"model"_s)
        return tr("Model");
    if (diagnostic.name == u"cpu_count"_s)
        return tr("Processors");
    if (diagnostic.name == u"memory"_s)
        return tr("Memory");
    if (diagnostic.name == u"disk"_s)
        return tr("Disk");
    if (diagnostic.name == u"gpu"_s)
        return tr("GPU");
    return diagnostic.name;
}

void HealthView::display(const QList<Diagnostic> &diagnostics)
{
    if (diagnostics == m_shown)
        return;
    m_shown = diagnostics;
    while (QLayoutItem *item = m_list->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Diagnostic &diagnostic : diagnostics) {
        if (!m_engineShown && diagnostic.name.startsWith("llama_"_L1))
            continue;
        m_list->addWidget(makeLine(diagnostic));
        auto *rule = new QFrame;
        rule->setFixedHeight(1);
        rule->setBackgroundRole(QPalette::Mid);
        rule->setAutoFillBackground(true);
        m_list->addWidget(rule);
    }
}

void HealthView::setEngineShown(bool shown)
{
    if (std::exchange(m_engineShown, shown) != shown)
        display(std::exchange(m_shown, {}));
}

// The signs are drawn in the colours of the moment.
void HealthView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        display(std::exchange(m_shown, {}));
}

QWidget *HealthView::makeLine(const Diagnostic &diagnostic)
{
    const Tone tone = diagnostic.level == Diagnostic::Level::Good ? Tone::Good
        : diagnostic.level == Diagnostic::Level::Warning          ? Tone::Warning
                                                                  : Tone::Bad;
    const QString icon = tone == Tone::Good ? u"state-succeeded"_s
        : tone == Tone::Warning             ? u"warning"_s
                                            : u"state-failed"_s;
    auto *line = new QFrame;
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 9, 0, 9);
    row->setSpacing(12);
    auto *sign = new QLabel;
    sign->setPixmap(Icons::get(icon, toneColour(tone, palette())).pixmap(QSize(20, 20), devicePixelRatioF()));
    sign->setAccessibleName(tone == Tone::Good          ? tr("In order")
                                : tone == Tone::Warning ? tr("Warning")
                                                        : tr("Problem"));
    row->addWidget(sign, 0, Qt::AlignTop);
    auto *name = new QLabel(title(diagnostic));
    name->setFixedWidth(fontMetrics().averageCharWidth() * 36);
    row->addWidget(name, 0, Qt::AlignTop);
    auto *texts = new QVBoxLayout;
    texts->setSpacing(3);
    for (const auto &[text, textTone] :
         {std::pair(diagnostic.value, Tone::Plain), std::pair(diagnostic.advice, Tone::Muted)}) {
        if (text.isEmpty())
            continue;
        auto *value = new ToneLabel(textTone, text);
        value->setTextFormat(Qt::PlainText);
        value->setWordWrap(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        texts->addWidget(value);
    }
    texts->addStretch();
    row->addLayout(texts, 1);
    return line;
}

} // namespace BitNet
