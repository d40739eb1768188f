// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QList>
#include <QPair>
#include <QScrollArea>
#include <QString>

#include <functional>
#include <utility>

class QBoxLayout;
class QLabel;

namespace BitNet {

class ToneLabel;

// One job in words: how it ended, its command, surroundings, limits, times, engine timings and use of the machine.
class SummaryView : public QScrollArea
{
    Q_OBJECT
public:
    // The name of the engine that a program (JobSpec::engine) is part of.
    using EngineName = std::function<QString(const QString &program)>;

    explicit SummaryView(QWidget *parent = nullptr);
    // Until it is set, engines are shown by the paths of their programs. Counts from the next record on.
    void setEngineNames(EngineName engineName) { m_engineName = std::move(engineName); }

    void setRecord(const JobRecord &record);
    void clear();

    struct Row
    {
        QString what;
        QString value;
        QString exact = {}; // where the value is rounded
    };
    struct Section
    {
        QString title;
        QList<Row> rows;
    };
    // What is shown, without the headline; the left column's sections, then the right column's.
    static QList<Section> describe(const JobRecord &record, const EngineName &engineName = {});
    // How it ended or what it waits for, as a sentence.
    static QString headline(const JobRecord &record);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void rebuild(const QList<Section> &sections);

    EngineName m_engineName;
    ToneLabel *m_headline;
    QBoxLayout *m_columns;
    QList<QWidget *> m_blocks;
    QList<QLabel *> m_values;
    QList<Section> m_sections;
};

} // namespace BitNet
