// SPDX-License-Identifier: MIT
#include "ui/jobs/runcommanddialog.h"

#include "ui/jobs/commandline.h"
#include "ui/style/durationedit.h"
#include "ui/style/formlabels.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int recentCommands = 20;
constexpr int longestShownVector = 40; // arguments

QString htmlArgument(const QString &argument)
{
    // Spaces and line ends are told apart from the gaps between arguments.
    QString text = argument.size() > 200 ? argument.left(200) + u"…"_s : argument;
    text = text.toHtmlEscaped();
    text.replace(u' ', u"&nbsp;"_s).replace(u'\n', u"↵"_s);
    return text.isEmpty() ? QString(u"&nbsp;"_s) : text;
}

} // namespace

RunCommandDialog::RunCommandDialog(const JobLimits &defaults, QSettings &settings, QWidget *parent)
    : QDialog(parent)
    , m_settings(settings)
    , m_command(new QComboBox)
    , m_vector(new QLabel)
    , m_note(new ToneLabel(Tone::Muted))
    , m_name(new QLineEdit)
    , m_group(new QComboBox)
    , m_folder(new QLineEdit)
    , m_priority(new QSpinBox)
    , m_repeat(new QSpinBox)
    , m_held(new QCheckBox(tr("Hold it in the queue until it is resumed")))
    , m_timeout(new DurationEdit)
    , m_deadline(new DurationEdit)
    , m_grace(new DurationEdit)
    , m_inherit(new QCheckBox(tr("Start from the application's own environment")))
    , m_variables(new QTableWidget(0, 2))
    , m_problem(new ToneLabel(Tone::Bad))
    , m_run(new QPushButton(tr("&Run")))
{
    setWindowTitle(tr("Run command"));
    setModal(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(18, 16, 18, 16);
    column->setSpacing(12);
    column->addWidget(makeCommandPart());

    auto *tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    tabs->addTab(makeOptions(), tr("Options"));
    tabs->addTab(makeEnvironment(), tr("Environment"));
    column->addWidget(tabs, 1);

    m_problem->setWordWrap(true);
    auto *buttons = new QDialogButtonBox;
    buttons->addButton(m_run, QDialogButtonBox::AcceptRole);
    buttons->addButton(QDialogButtonBox::Cancel);
    m_run->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &RunCommandDialog::confirm);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *bottom = new QHBoxLayout;
    bottom->addWidget(m_problem, 1);
    bottom->addWidget(buttons);
    column->addLayout(bottom);

    m_timeout->setDuration(defaults.timeout);
    m_deadline->setDuration(defaults.deadline);
    m_grace->setDuration(defaults.killGrace);
    m_base.limits = defaults;
    resize(fontMetrics().averageCharWidth() * 92, fontMetrics().height() * 32);
    check();
    // An untouched form is not wrong yet.
    m_problem->clear();
    m_command->setFocus();
}

QWidget *RunCommandDialog::makeCommandPart()
{
    auto *part = new QWidget;
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto *label = new QLabel(tr("Command &line"));
    label->setBuddy(m_command);
    m_command->setEditable(true);
    m_command->setInsertPolicy(QComboBox::NoInsert);
    m_command->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_command->setMinimumContentsLength(40);
    m_command->setAccessibleName(tr("Command line"));
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_command->addItems(m_settings.value(u"run_command/recent"_s).toStringList());
    m_command->setCurrentIndex(-1);
    m_command->lineEdit()->setPlaceholderText(tr("program argument \"argument with spaces\" …"));
    m_command->setCompleter(nullptr);
    connect(m_command, &QComboBox::editTextChanged, this, &RunCommandDialog::check);

    m_vector->setTextFormat(Qt::RichText);
    m_vector->setWordWrap(true);
    m_vector->setAccessibleName(tr("The arguments that will be passed"));
    m_vector->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_vector->setMinimumHeight(fontMetrics().height() * 2);
    m_note->setWordWrap(true);
    m_note->setMinimumHeight(fontMetrics().height() * 2); // for its longest text: the fields below don't jump
    m_note->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column->addWidget(label);
    column->addWidget(m_command);
    column->addWidget(m_note);
    column->addWidget(m_vector);
    return part;
}

QWidget *RunCommandDialog::makeOptions()
{
    auto *page = new QWidget;
    auto *form = new QFormLayout(page);
    form->setContentsMargins(2, 14, 2, 2);
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(10);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);

    m_name->setPlaceholderText(tr("taken from the command"));
    form->addRow(tr("&Name"), m_name);
    m_group->setEditable(true);
    m_group->setInsertPolicy(QComboBox::NoInsert);
    m_group->addItems(m_settings.value(u"run_command/groups"_s).toStringList());
    m_group->setCurrentIndex(-1);
    m_group->lineEdit()->setPlaceholderText(tr("none"));
    form->addRow(tr("&Group"), m_group);

    auto *folder = new QHBoxLayout;
    m_folder->setPlaceholderText(QDir::currentPath());
    m_folder->setAccessibleName(tr("Working directory"));
    auto *browse = new QToolButton;
    browse->setIcon(Icons::get(u"folder"_s));
    browse->setToolTip(tr("Choose the working directory"));
    browse->setAccessibleName(tr("Choose the working directory"));
    connect(browse, &QToolButton::clicked, this, &RunCommandDialog::chooseFolder);
    connect(m_folder, &QLineEdit::textChanged, this, &RunCommandDialog::check);
    folder->addWidget(m_folder);
    folder->addWidget(browse);
    form->addRow(tr("&Working directory"), folder);
    qobject_cast<QLabel *>(form->labelForField(folder))->setBuddy(m_folder);

    const auto pair = [](QWidget *left, const QString &text, QWidget *right) {
        auto *row = new QHBoxLayout;
        row->setSpacing(10);
        auto *label = new QLabel(text);
        label->setBuddy(right);
        label->setMinimumWidth(left->fontMetrics().averageCharWidth() * 10); // the two pairs below each other
        row->addWidget(left, 1);
        row->addSpacing(8);
        row->addWidget(label);
        row->addWidget(right, 1);
        return row;
    };
    const auto addPair = [form, &pair](const QString &text, QWidget *left, const QString &other, QWidget *right) {
        QHBoxLayout *row = pair(left, other, right);
        form->addRow(text, row);
        qobject_cast<QLabel *>(form->labelForField(row))->setBuddy(left);
    };
    for (DurationEdit *edit : {m_timeout, m_deadline, m_grace})
        connect(edit, &QLineEdit::textChanged, this, &RunCommandDialog::check);
    m_timeout->setAccessibleName(tr("Run-time limit"));
    m_deadline->setAccessibleName(tr("Deadline"));
    m_grace->setAccessibleName(tr("Grace before a kill"));
    m_grace->setZeroAllowed(true);
    m_timeout->setToolTip(tr("Longest run time, from its start. %1").arg(m_timeout->toolTip()));
    m_deadline->setToolTip(tr("Longest total time, the wait in the queue included. %1").arg(m_deadline->toolTip()));
    m_grace->setToolTip(tr("Between asking it to end and killing it. 0 kills at once."));
    addPair(tr("Run-&time limit"), m_timeout, tr("D&eadline"), m_deadline);
    m_priority->setRange(-1000, 1000);
    m_priority->setToolTip(tr("Higher starts earlier"));
    m_priority->setAccessibleName(tr("Priority"));
    addPair(tr("Kill gr&ace"), m_grace, tr("&Priority"), m_priority);
    m_repeat->setRange(1, 10000);
    m_repeat->setSuffix(tr(" times"));
    m_repeat->setAccessibleName(tr("How many times to run it"));
    connect(m_repeat, &QSpinBox::valueChanged, this,
            [this](int times) { m_repeat->setSuffix(times == 1 ? tr(" time") : tr(" times")); });
    m_repeat->setSuffix(tr(" time"));
    form->addRow(tr("Run &it"), m_repeat);
    form->addRow(QString(), m_held);
    levelLabels(*form);
    return page;
}

QWidget *RunCommandDialog::makeEnvironment()
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(2, 14, 2, 2);
    column->setSpacing(8);
    m_inherit->setChecked(true);
    m_variables->setHorizontalHeaderLabels({tr("Variable"), tr("Value (unchecked: removed)")});
    m_variables->horizontalHeader()->setStretchLastSection(true);
    m_variables->setColumnWidth(0, fontMetrics().averageCharWidth() * 28);
    m_variables->verticalHeader()->hide();
    m_variables->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 13);
    m_variables->setShowGrid(false);
    m_variables->setTabKeyNavigation(false); // Tab goes on to the buttons
    m_variables->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_variables->setAccessibleName(tr("Changes to the environment"));
    connect(m_variables, &QTableWidget::itemChanged, this, &RunCommandDialog::check);
    auto *add = new QPushButton(Icons::get(u"add"_s), tr("Add &Variable"));
    auto *remove = new QPushButton(Icons::get(u"subtract"_s), tr("Re&move"));
    for (QPushButton *button : {add, remove})
        button->setAutoDefault(false);
    connect(add, &QPushButton::clicked, this, [this] {
        addVariable({}, {});
        m_variables->setCurrentCell(m_variables->rowCount() - 1, 0);
        m_variables->editItem(m_variables->item(m_variables->rowCount() - 1, 0));
    });
    connect(remove, &QPushButton::clicked, this, [this] {
        m_variables->removeRow(m_variables->currentRow());
        check();
    });
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(remove);
    buttons->addStretch();
    column->addWidget(m_inherit);
    column->addWidget(m_variables, 1);
    column->addLayout(buttons);
    auto *note = new ToneLabel(
        Tone::Muted, tr("Values of variables whose name has KEY, TOKEN, SECRET or PASSWORD are not recorded."));
    note->setWordWrap(true);
    column->addWidget(note);
    return page;
}

void RunCommandDialog::addVariable(const QString &name, const QString &value, bool unset)
{
    const QSignalBlocker blocker(m_variables);
    const int row = m_variables->rowCount();
    m_variables->insertRow(row);
    auto *nameItem = new QTableWidgetItem(name);
    auto *valueItem = new QTableWidgetItem(value);
    valueItem->setFlags(valueItem->flags() | Qt::ItemIsUserCheckable);
    valueItem->setCheckState(unset ? Qt::Unchecked : Qt::Checked);
    m_variables->setItem(row, 0, nameItem);
    m_variables->setItem(row, 1, valueItem);
}

JobEnvironment RunCommandDialog::environment() const
{
    JobEnvironment environment = m_base.environment;
    environment.inherit = m_inherit->isChecked();
    environment.overrides.clear();
    for (int row = 0; row < m_variables->rowCount(); ++row) {
        const QString name = m_variables->item(row, 0)->text().trimmed();
        if (name.isEmpty())
            continue;
        const QTableWidgetItem *value = m_variables->item(row, 1);
        environment.overrides.insert(name,
                                     value->checkState() == Qt::Checked ? std::optional(value->text()) : std::nullopt);
    }
    return environment;
}

void RunCommandDialog::chooseFolder()
{
    auto *dialog = new QFileDialog(this, tr("Working directory"),
                                   m_folder->text().isEmpty() ? QDir::currentPath() : m_folder->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, m_folder, &QLineEdit::setText);
    dialog->open();
}

void RunCommandDialog::setSpec(const JobSpec &spec)
{
    m_base = spec;
    m_command->setEditText(displayCommand(spec.command));
    m_name->setText(spec.name);
    m_group->setEditText(spec.group);
    m_folder->setText(spec.workingDirectory);
    m_priority->setValue(spec.priority);
    m_held->setChecked(spec.held);
    m_timeout->setDuration(spec.limits.timeout);
    m_deadline->setDuration(spec.limits.deadline);
    m_grace->setDuration(spec.limits.killGrace);
    m_inherit->setChecked(spec.environment.inherit);
    m_variables->setRowCount(0);
    for (auto it = spec.environment.overrides.cbegin(); it != spec.environment.overrides.cend(); ++it)
        addVariable(it.key(), it.value().value_or(QString()), !it.value());
    check();
}

QString RunCommandDialog::problem() const
{
    const CommandLine line = CommandLine::parse(m_command->currentText());
    if (!line.error.isEmpty())
        return line.error;
    if (line.arguments.isEmpty())
        return tr("Type a program and its arguments.");
    for (const DurationEdit *edit : {m_timeout, m_deadline, m_grace}) {
        if (!edit->problem().isEmpty())
            return tr("%1: %2").arg(edit->accessibleName(), edit->problem());
    }
    const QString folder = m_folder->text();
    if (!folder.isEmpty() && !QFileInfo(folder).isDir())
        return tr("The working directory %1 does not exist.").arg(folder);
    return validate(specs().constFirst()).value_or(QString());
}

QList<JobSpec> RunCommandDialog::specs() const
{
    JobSpec spec = m_base;
    spec.command = CommandLine::parse(m_command->currentText()).arguments;
    spec.name = m_name->text().trimmed();
    spec.group = m_group->currentText().trimmed();
    spec.workingDirectory = m_folder->text();
    spec.environment = environment();
    spec.priority = m_priority->value();
    spec.held = m_held->isChecked();
    spec.limits.timeout = m_timeout->duration();
    spec.limits.deadline = m_deadline->duration();
    spec.limits.killGrace = m_grace->duration().value_or(JobLimits().killGrace);
    QList<JobSpec> specs;
    const int times = m_repeat->value();
    const QString name = displayName(spec);
    for (int i = 1; i <= times; ++i) {
        if (times > 1)
            spec.name = tr("%1 (%2 of %3)").arg(name).arg(i).arg(times);
        specs.append(spec);
    }
    return specs;
}

void RunCommandDialog::check()
{
    const CommandLine line = CommandLine::parse(m_command->currentText());
    QString html;
    for (qsizetype i = 0; i < qMin<qsizetype>(line.arguments.size(), longestShownVector); ++i) {
        const QColor chip = selectionColour(palette());
        html += u"<span style='background-color:%1; font-family:monospace'>&nbsp;%2&nbsp;</span> "_s.arg(
            i == 0 ? chip.name()
                   : blend(palette().color(QPalette::Window), palette().color(QPalette::Text), 0.09).name(),
            htmlArgument(line.arguments[i]));
    }
    if (line.arguments.size() > longestShownVector)
        html += tr("and %n more", nullptr, static_cast<int>(line.arguments.size() - longestShownVector));
    m_vector->setText(html);

    if (line.looksLikeShell) {
        m_note->setTone(Tone::Warning);
        m_note->setText(
            tr("No shell is involved: pipes, redirections, wildcards and variables are passed on as plain text."));
    } else {
        m_note->setTone(Tone::Muted);
        m_note->setText(line.arguments.isEmpty()
                            ? tr("No shell is involved: the line is cut into arguments as shown here.")
                            : tr("Runs %1 with %n argument(s), without a shell.", nullptr,
                                 static_cast<int>(line.arguments.size()) - 1)
                                  .arg(line.arguments.first()));
    }
    const QString wrong = problem();
    m_problem->setText(line.arguments.isEmpty() && line.error.isEmpty() ? QString() : wrong);
    m_run->setEnabled(wrong.isEmpty());
}

void RunCommandDialog::confirm()
{
    if (!problem().isEmpty())
        return check();
    const auto remember = [this](const QString &key, const QString &text) {
        QStringList recent = m_settings.value(key).toStringList();
        recent.removeAll(text);
        if (!text.isEmpty())
            recent.prepend(text);
        m_settings.setValue(key, QStringList(recent.mid(0, recentCommands)));
    };
    remember(u"run_command/recent"_s, m_command->currentText().trimmed());
    remember(u"run_command/groups"_s, m_group->currentText().trimmed());
    const QList<JobSpec> chosen = specs();
    accept();
    Q_EMIT confirmed(chosen);
}

} // namespace BitNet
