// SPDX-License-Identifier: MIT
#include "ui/settings/appsettings.h"

#include "core/jobs/duration.h"

#include <QSettings>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// One list of keys for reading and for writing: visit(key, member).
template<typename Settings, typename Visit>
void visitMembers(Settings &settings, Visit visit)
{
    visit(u"concurrency"_s, settings.concurrency);
    visit(u"limits/timeout"_s, settings.limits.timeout);
    visit(u"limits/deadline"_s, settings.limits.deadline);
    visit(u"limits/kill_grace"_s, settings.limits.killGrace);
    visit(u"limits/output_cap"_s, settings.limits.outputCap);
    visit(QString(HistoryPreferenceKeys::outputFolder), settings.outputFolder);
    visit(QString(HistoryPreferenceKeys::days), settings.historyDays);
    visit(QString(HistoryPreferenceKeys::jobs), settings.historyJobs);
    visit(QString(HistoryPreferenceKeys::outputGiB), settings.historyOutputGiB);
    visit(u"confirm_cancel"_s, settings.confirmCancel);
    visit(u"confirm_remove"_s, settings.confirmRemove);
    visit(u"tray/show"_s, settings.showTrayIcon);
    visit(u"tray/stay"_s, settings.stayInTray);
    visit(u"tray/notify"_s, settings.notify);
    visit(u"theme"_s, settings.theme);
    visit(u"desktop_icons"_s, settings.desktopIcons);
    visit(u"engine/build_folder"_s, settings.buildFolder);
    visit(u"engine/list"_s, settings.engines);
    visit(u"engine/model"_s, settings.model);
    visit(u"models/folders"_s, settings.modelFolders);
    visit(u"models/context"_s, settings.libraryContext);
}

QString toText(std::chrono::nanoseconds duration)
{
    return duration.count() > 0 ? exactDuration(duration) : u"0"_s;
}

struct Reader
{
    const QSettings &settings;

    QVariant at(const QString &key, const QVariant &fallback) const
    {
        return settings.value(u"settings/"_s + key, fallback);
    }
    void operator()(const QString &key, int &member) const { member = at(key, member).toInt(); }
    void operator()(const QString &key, qint64 &member) const { member = at(key, member).toLongLong(); }
    void operator()(const QString &key, bool &member) const { member = at(key, member).toBool(); }
    void operator()(const QString &key, QString &member) const { member = at(key, member).toString(); }
    void operator()(const QString &key, std::chrono::nanoseconds &member) const
    {
        const QString text = at(key, toText(member)).toString();
        member = text == u"0"_s ? std::chrono::nanoseconds(0) : parseDuration(text).value_or(member);
    }
    void operator()(const QString &key, std::optional<std::chrono::nanoseconds> &member) const
    {
        member = parseDuration(at(key, QString()).toString());
    }
    void operator()(const QString &key, std::optional<QStringList> &member) const
    {
        const QVariant value = at(key, QVariant());
        member = value.isValid() ? std::optional(value.toStringList()) : std::nullopt;
    }
    // Folder and name by turns.
    void operator()(const QString &key, QList<ChosenEngine> &member) const
    {
        const QStringList texts = at(key, QStringList()).toStringList();
        for (qsizetype i = 0; i + 1 < texts.size(); i += 2)
            member += ChosenEngine{.folder = texts[i], .name = texts[i + 1]};
    }
    void operator()(const QString &key, Theme &member) const
    {
        const QString text = at(key, u"system"_s).toString();
        member = text == u"dark"_s ? Theme::Dark : text == u"light"_s ? Theme::Light : Theme::System;
    }
};

struct Writer
{
    QSettings &settings;

    void put(const QString &key, const QVariant &value) const { settings.setValue(u"settings/"_s + key, value); }
    void operator()(const QString &key, int member) const { put(key, member); }
    void operator()(const QString &key, qint64 member) const { put(key, member); }
    void operator()(const QString &key, bool member) const { put(key, member); }
    void operator()(const QString &key, const QString &member) const { put(key, member); }
    void operator()(const QString &key, std::chrono::nanoseconds member) const { put(key, toText(member)); }
    void operator()(const QString &key, const std::optional<std::chrono::nanoseconds> &member) const
    {
        put(key, member ? exactDuration(*member) : QString());
    }
    void operator()(const QString &key, const std::optional<QStringList> &member) const
    {
        if (member)
            put(key, *member);
        else
            settings.remove(u"settings/"_s + key);
    }
    void operator()(const QString &key, const QList<ChosenEngine> &member) const
    {
        QStringList texts;
        for (const ChosenEngine &engine : member)
            texts += {engine.folder, engine.name};
        put(key, texts);
    }
    void operator()(const QString &key, Theme member) const
    {
        switch (member) {
        case Theme::System:
            put(key, u"system"_s);
            break;
        case Theme::Light:
            put(key, u"light"_s);
            break;
        case Theme::Dark:
            put(key, u"dark"_s);
            break;
        }
    }
};

} // namespace

RetentionLimits retentionOf(const AppSettings &settings)
{
    return HistoryPreferences{
        .days = settings.historyDays, .jobs = settings.historyJobs, .outputGiB = settings.historyOutputGiB}
        .limits();
}

SettingsStore::SettingsStore(QSettings &settings, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
{
    visitMembers(m_value, Reader{settings});
    // A file that somebody edited must not bring values that nothing accepts.
    const AppSettings defaults;
    if (m_value.concurrency < 0 || m_value.concurrency > 4096)
        m_value.concurrency = defaults.concurrency;
    if (m_value.limits.outputCap <= 0)
        m_value.limits.outputCap = defaults.limits.outputCap;
    if (m_value.libraryContext < 1)
        m_value.libraryContext = defaults.libraryContext;
    for (const auto member : {&AppSettings::historyDays, &AppSettings::historyJobs, &AppSettings::historyOutputGiB}) {
        if (m_value.*member < 0)
            m_value.*member = defaults.*member;
    }
}

void SettingsStore::set(const AppSettings &value)
{
    if (value == m_value)
        return;
    const AppSettings before = m_value;
    m_value = value;
    visitMembers(value, Writer{m_settings});
    Q_EMIT changed(m_value, before);
}

} // namespace BitNet
