// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QDialog>
#include <QList>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSettings;
class QSpinBox;
class QTableWidget;

namespace BitNet {

class DurationEdit;
class ToneLabel;

// Asks for a command and how to run it. Shows the argument vector that the line becomes while one types.
class RunCommandDialog : public QDialog
{
    Q_OBJECT
public:
    // defaults: the limits of a new job. settings holds the recent commands and must outlive the dialog.
    RunCommandDialog(const JobLimits &defaults, QSettings &settings, QWidget *parent = nullptr);

    // Starts from this job instead of an empty form; members that the form has no field for are kept.
    void setSpec(const JobSpec &spec);

    // What the form says; one spec for each repetition. Only when problem() is empty.
    QList<JobSpec> specs() const;
    // What is wrong with the form, in a sentence; empty when it can be run.
    QString problem() const;

Q_SIGNALS:
    // The person confirmed the form.
    void confirmed(const QList<BitNet::JobSpec> &specs);

private:
    void check();
    void confirm();
    void chooseFolder();
    void addVariable(const QString &name, const QString &value, bool unset = false);
    JobEnvironment environment() const;
    QWidget *makeCommandPart();
    QWidget *makeOptions();
    QWidget *makeEnvironment();

    QSettings &m_settings;
    JobSpec m_base; // keeps what the form does not show
    QComboBox *m_command;
    QLabel *m_vector;
    ToneLabel *m_note;
    QLineEdit *m_name;
    QComboBox *m_group;
    QLineEdit *m_folder;
    QSpinBox *m_priority;
    QSpinBox *m_repeat;
    QCheckBox *m_held;
    DurationEdit *m_timeout;
    DurationEdit *m_deadline;
    DurationEdit *m_grace;
    QCheckBox *m_inherit;
    QTableWidget *m_variables;
    ToneLabel *m_problem;
    QPushButton *m_run;
};

} // namespace BitNet
