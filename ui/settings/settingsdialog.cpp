// SPDX-License-Identifier: MIT
#include "ui/settings/settingsdialog.h"

#include "ui/style/durationedit.h"
#include "ui/style/formlabels.h"
#include "ui/style/icons.h"
#include "ui/style/question.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QSystemTrayIcon>
#include <QTabWidget>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qint64 mebibyte = 1024 * 1024;

static QFormLayout *makeForm(QWidget *page)
{
    auto *form = new QFormLayout(page);
    form->setContentsMargins(4, 18, 4, 4);
    form->setHorizontalSpacing(18);
    form->setVerticalSpacing(10);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

SettingsDialog::SettingsDialog(SettingsStore &store, const QString &currentOutputFolder, QWidget *parent)
    : QDialog(parent)
    , m_store(store)
    , m_theme(new QComboBox)
    , m_desktopIcons(new QCheckBox(tr("&Icons of the desktop, where it has them")))
    , m_confirmCancel(new QCheckBox(tr("Ask before running jobs are &cancelled")))
    , m_confirmRemove(new QCheckBox(tr("Ask before finished jobs are &removed")))
    , m_showTray(new QCheckBox(tr("Show an icon in the system &tray")))
    , m_stayInTray(new QCheckBox(tr("&Stay in the tray when the window is closed")))
    , m_notify(new QCheckBox(tr("&Notify when a queue has ended or a job failed")))
    , m_concurrency(new QSpinBox)
    , m_timeout(new DurationEdit)
    , m_deadline(new DurationEdit)
    , m_grace(new DurationEdit)
    , m_outputCap(new QSpinBox)
    , m_outputFolder(new QLineEdit)
    , m_historyDays(new QSpinBox)
    , m_historyJobs(new QSpinBox)
    , m_historyOutput(new QSpinBox)
    , m_buildFolder(new QLineEdit)
    , m_model(new QLineEdit)
{
    setWindowTitle(tr("Settings"));
    auto *tabs = new QTabWidget;
    tabs->setDocumentMode(true);
    tabs->addTab(makeGeneral(), tr("General"));
    tabs->addTab(makeJobs(currentOutputFolder), tr("Jobs"));
    tabs->addTab(makeHistory(), tr("History"));
    tabs->addTab(makeEngine(), tr("Engine"));
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::RestoreDefaults);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::accept);
    // Return in a field is to take its value, not to press a button that is far away.
    for (QAbstractButton *button : buttons->buttons())
        qobject_cast<QPushButton *>(button)->setAutoDefault(false);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this,
            &SettingsDialog::askBeforeRestoring);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(18, 10, 18, 16);
    column->setSpacing(14);
    column->addWidget(tabs, 1);
    column->addWidget(buttons);
    // Qt enters the box at the first button in its layout, and would go past the other one.
    setTabOrder(buttons->button(QDialogButtonBox::RestoreDefaults), buttons->button(QDialogButtonBox::Close));
    resize(fontMetrics().averageCharWidth() * 84, fontMetrics().height() * 24);

    display(m_store.value());
    connect(&m_store, &SettingsStore::changed, this, [this](const AppSettings &now) { display(now); });
    for (QCheckBox *box : {m_confirmCancel, m_confirmRemove, m_showTray, m_stayInTray, m_notify})
        connect(box, &QCheckBox::toggled, this, &SettingsDialog::apply);
    connect(m_theme, &QComboBox::currentIndexChanged, this, &SettingsDialog::apply);
    connect(m_desktopIcons, &QCheckBox::toggled, this, &SettingsDialog::apply);
    for (QSpinBox *box : {m_concurrency, m_outputCap, m_historyDays, m_historyJobs, m_historyOutput})
        connect(box, &QSpinBox::valueChanged, this, &SettingsDialog::apply);
    for (QLineEdit *edit : {static_cast<QLineEdit *>(m_timeout), static_cast<QLineEdit *>(m_deadline),
                            static_cast<QLineEdit *>(m_grace), m_outputFolder, m_buildFolder, m_model})
        connect(edit, &QLineEdit::editingFinished, this, &SettingsDialog::apply);
}

void SettingsDialog::askBeforeRestoring()
{
    ask(this,
        {.title = tr("Restore defaults"),
         .text = tr("Set everything back to what it was at first?"),
         .explanation = tr("Folders, engines and models stay as you chose them."),
         .yes = tr("Restore Defaults"),
         .no = {}},
        [this](bool) {
            AppSettings defaults;
            // Where things are is no matter of taste.
            defaults.buildFolder = m_store.value().buildFolder;
            defaults.engines = m_store.value().engines;
            defaults.model = m_store.value().model;
            defaults.modelFolders = m_store.value().modelFolders;
            defaults.outputFolder = m_store.value().outputFolder;
            m_store.set(defaults);
        });
}

QWidget *SettingsDialog::makeGeneral()
{
    auto *page = new QWidget;
    QFormLayout *form = makeForm(page);
    m_theme->addItem(tr("As the system"), static_cast<int>(Theme::System));
    m_theme->addItem(tr("Light"), static_cast<int>(Theme::Light));
    m_theme->addItem(tr("Dark"), static_cast<int>(Theme::Dark));
    form->addRow(tr("&Appearance"), m_theme);
    form->addRow(QString(), m_desktopIcons);
    form->addRow(tr("Questions"), m_confirmCancel);
    form->addRow(QString(), m_confirmRemove);
    form->addRow(tr("Tray"), m_showTray);
    form->addRow(QString(), m_stayInTray);
    form->addRow(QString(), m_notify);
    if (!QSystemTrayIcon::isSystemTrayAvailable()) {
        auto *note = new ToneLabel(Tone::Muted, tr("This desktop shows no tray at the moment."));
        form->addRow(QString(), note);
    }
    levelLabels(*form);
    return page;
}

QWidget *SettingsDialog::makeJobs(const QString &currentOutputFolder)
{
    auto *page = new QWidget;
    QFormLayout *form = makeForm(page);
    m_concurrency->setRange(0, 4096);
    m_concurrency->setSpecialValueText(tr("one per processor"));
    form->addRow(tr("Jobs at a &time"), m_concurrency);
    m_timeout->setToolTip(tr("Longest run time of a job that says nothing else. %1").arg(m_timeout->toolTip()));
    form->addRow(tr("Run-time &limit"), m_timeout);
    m_deadline->setToolTip(tr("Longest total time, the wait in the queue included. %1").arg(m_deadline->toolTip()));
    form->addRow(tr("&Deadline"), m_deadline);
    m_grace->setZeroAllowed(true);
    m_grace->setToolTip(tr("Between asking a job to end and killing it. 0 kills at once."));
    form->addRow(tr("Kill &grace"), m_grace);
    m_outputCap->setRange(1, 1'000'000);
    m_outputCap->setSuffix(tr(" MiB a job"));
    m_outputCap->setGroupSeparatorShown(true);
    m_outputCap->setToolTip(tr("What a job prints past this is counted but not kept, save its end"));
    form->addRow(tr("&Keep output up to"), m_outputCap);
    m_outputFolder->setPlaceholderText(tr("in the application's data folder"));
    QWidget *folder = folderRow(m_outputFolder, tr("Folder for output"));
    form->addRow(tr("Output &folder"), folder);
    qobject_cast<QLabel *>(form->labelForField(folder))->setBuddy(m_outputFolder);
    auto *note =
        new ToneLabel(Tone::Muted, tr("A new folder is used from the next start on. Now: %1").arg(currentOutputFolder));
    note->setWordWrap(true);
    note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form->addRow(QString(), note);
    levelLabels(*form);
    return page;
}

QWidget *SettingsDialog::makeHistory()
{
    auto *page = new QWidget;
    QFormLayout *form = makeForm(page);
    const auto addLimit = [form](const QString &title, QSpinBox *box, int most, int step, const QString &suffix,
                                 const QString &explanation) {
        box->setRange(0, most);
        box->setSingleStep(step);
        box->setSuffix(suffix);
        box->setGroupSeparatorShown(true);
        box->setSpecialValueText(tr("no limit"));
        box->setToolTip(explanation);
        // Not at each digit: a number that is typed passes through much smaller ones.
        box->setKeyboardTracking(false);
        form->addRow(title, box);
    };
    addLimit(tr("Keep jobs &for"), m_historyDays, 36'500, 1, tr(" days"),
             tr("Jobs that ended longer ago are forgotten, with their output"));
    addLimit(tr("Keep at &most"), m_historyJobs, 10'000'000, 10'000, tr(" jobs"),
             tr("The oldest jobs beyond this number are forgotten, with their output"));
    addLimit(tr("Keep &output up to"), m_historyOutput, 1'000'000, 1, tr(" GiB in all"),
             tr("Beyond this the output of the oldest jobs is removed; the jobs and their figures stay"));
    auto *note = new ToneLabel(Tone::Muted,
                               tr("What is beyond a limit is cleared away while the application runs, a "
                                  "little at a time. Running jobs, and those that you marked with Keep, stay."));
    note->setWordWrap(true);
    form->addRow(QString(), note);
    levelLabels(*form);
    return page;
}

QWidget *SettingsDialog::makeEngine()
{
    auto *page = new QWidget;
    QFormLayout *form = makeForm(page);
    m_buildFolder->setPlaceholderText(tr("the folder that holds bin/llama-cli"));
    QWidget *folder = folderRow(m_buildFolder, tr("Build folder of the engine"));
    form->addRow(tr("&Build folder"), folder);
    qobject_cast<QLabel *>(form->labelForField(folder))->setBuddy(m_buildFolder);
    m_model->setPlaceholderText(tr("the model used last"));
    form->addRow(tr("&Model"), m_model);
    levelLabels(*form);
    return page;
}

QWidget *SettingsDialog::folderRow(QLineEdit *field, const QString &title)
{
    auto *row = new QWidget;
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    field->setAccessibleName(title);
    auto *browse = new QToolButton;
    browse->setIcon(Icons::get(u"folder"_s));
    browse->setToolTip(tr("Choose a folder"));
    browse->setAccessibleName(tr("Choose: %1").arg(title));
    connect(browse, &QToolButton::clicked, this, [this, field, title] {
        auto *dialog = new QFileDialog(this, title, field->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        connect(dialog, &QFileDialog::fileSelected, this, [this, field](const QString &path) {
            field->setText(path);
            apply();
        });
        dialog->open();
    });
    layout->addWidget(field, 1);
    layout->addWidget(browse);
    return row;
}

void SettingsDialog::display(const AppSettings &settings)
{
    m_showing = true;
    m_desktopIcons->setChecked(settings.desktopIcons);
    m_theme->setCurrentIndex(m_theme->findData(static_cast<int>(settings.theme)));
    m_confirmCancel->setChecked(settings.confirmCancel);
    m_confirmRemove->setChecked(settings.confirmRemove);
    m_showTray->setChecked(settings.showTrayIcon);
    m_stayInTray->setChecked(settings.stayInTray);
    m_stayInTray->setEnabled(settings.showTrayIcon);
    m_notify->setChecked(settings.notify);
    m_notify->setEnabled(settings.showTrayIcon);
    m_concurrency->setValue(settings.concurrency);
    m_timeout->setDuration(settings.limits.timeout);
    m_deadline->setDuration(settings.limits.deadline);
    m_grace->setDuration(settings.limits.killGrace);
    m_outputCap->setValue(static_cast<int>(settings.limits.outputCap / mebibyte));
    m_historyDays->setValue(settings.historyDays);
    m_historyJobs->setValue(settings.historyJobs);
    m_historyOutput->setValue(settings.historyOutputGiB);
    m_outputFolder->setText(settings.outputFolder);
    m_buildFolder->setText(settings.buildFolder);
    m_model->setText(settings.model);
    m_showing = false;
}

void SettingsDialog::apply()
{
    if (m_showing)
        return;
    AppSettings settings = m_store.value();
    settings.desktopIcons = m_desktopIcons->isChecked();
    settings.theme = static_cast<Theme>(m_theme->currentData().toInt());
    settings.confirmCancel = m_confirmCancel->isChecked();
    settings.confirmRemove = m_confirmRemove->isChecked();
    settings.showTrayIcon = m_showTray->isChecked();
    settings.stayInTray = m_stayInTray->isChecked();
    settings.notify = m_notify->isChecked();
    settings.concurrency = m_concurrency->value();
    // What can't be read stays as it was; the field shows the problem.
    if (m_timeout->problem().isEmpty())
        settings.limits.timeout = m_timeout->duration();
    if (m_deadline->problem().isEmpty())
        settings.limits.deadline = m_deadline->duration();
    if (m_grace->problem().isEmpty())
        settings.limits.killGrace = m_grace->duration().value_or(JobLimits().killGrace);
    settings.limits.outputCap = m_outputCap->value() * mebibyte;
    settings.outputFolder = m_outputFolder->text().trimmed();
    settings.historyDays = m_historyDays->value();
    settings.historyJobs = m_historyJobs->value();
    settings.historyOutputGiB = m_historyOutput->value();
    settings.buildFolder = m_buildFolder->text().trimmed();
    settings.model = m_model->text().trimmed();
    m_store.set(settings);
}

} // namespace BitNet
