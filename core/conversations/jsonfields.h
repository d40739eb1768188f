// SPDX-License-Identifier: MIT
#pragma once

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet {

// Takes members out of a JSON object that somebody else wrote. The first that has the wrong type or is out of range is
// remembered as a sentence; what is asked for after that gives its fallback. A member that is not there, or null, is absent.
class JsonFields
{
public:
    // place: begins the sentence, "message 3"; may be empty.
    explicit JsonFields(const QJsonObject &object, const QString &place = {});

    bool has(QLatin1String name) const;
    QString text(QLatin1String name, const QString &fallback = {});
    bool flag(QLatin1String name, bool fallback);
    std::optional<qint64> integer(QLatin1String name, qint64 least, qint64 most);
    // Finite.
    std::optional<double> number(QLatin1String name);
    std::optional<double> positiveNumber(QLatin1String name); // or zero
    QStringList texts(QLatin1String name);
    QJsonObject object(QLatin1String name);
    QJsonArray list(QLatin1String name);
    // As ISO 8601; UTC.
    QDateTime time(QLatin1String name);
    // The place of the member's value among the words; nothing when it is absent.
    std::optional<int> word(QLatin1String name, const QList<QLatin1String> &words);

    void fail(QLatin1String name, const QString &whatIsWrong);
    // Empty while all is well.
    const QString &problem() const { return m_problem; }

private:
    QJsonValue value(QLatin1String name) const;
    void wrongType(QLatin1String name, const QString &expected);

    const QJsonObject m_object;
    const QString m_place;
    QString m_problem;
};

} // namespace BitNet
