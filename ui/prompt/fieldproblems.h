// SPDX-License-Identifier: MIT
#pragma once

#include <QHash>
#include <QString>

namespace BitNet {

class ToneLabel;

// The messages beside the fields of a form: a label each, hidden while there is nothing to say.
class FieldProblems
{
public:
    // A label for the field of this name (ConfigurationIssue::field), to be laid out beside it; whoever does so owns it.
    ToneLabel *add(const QString &field);

    bool has(const QString &field) const { return m_labels.contains(field); }
    // Warnings of one field stand below each other, an error takes their place. False: there is no such field.
    bool show(const QString &field, const QString &text, bool isWarning);
    void clear(const QString &field);
    void clear();
    // What is said beside this field; empty when all is well.
    QString text(const QString &field) const;
    // Null for an unknown field.
    ToneLabel *label(const QString &field) const { return m_labels.value(field); }

private:
    QHash<QString, ToneLabel *> m_labels; // by field
};

} // namespace BitNet
