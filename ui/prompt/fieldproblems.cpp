// SPDX-License-Identifier: MIT
#include "ui/prompt/fieldproblems.h"

#include "ui/style/tonelabel.h"

namespace BitNet {

ToneLabel *FieldProblems::add(const QString &field)
{
    auto *label = new ToneLabel(Tone::Bad);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->hide();
    m_labels.insert(field, label);
    return label;
}

bool FieldProblems::show(const QString &field, const QString &text, bool isWarning)
{
    ToneLabel *label = m_labels.value(field);
    if (!label)
        return false;
    const bool hasText = !label->text().isEmpty();
    if (isWarning && hasText && label->tone() == Tone::Bad)
        return true;
    label->setText(isWarning && hasText ? QString(label->text() + u'\n' + text) : text);
    label->setTone(isWarning ? Tone::Warning : Tone::Bad);
    label->setVisible(!text.isEmpty());
    return true;
}

void FieldProblems::clear(const QString &field)
{
    if (ToneLabel *label = m_labels.value(field)) {
        label->clear();
        label->hide();
    }
}

void FieldProblems::clear()
{
    for (const QString &field : m_labels.keys())
        clear(field);
}

QString FieldProblems::text(const QString &field) const
{
    const ToneLabel *label = m_labels.value(field);
    return label ? label->text() : QString();
}

} // namespace BitNet
