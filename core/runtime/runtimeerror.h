// SPDX-License-Identifier: MIT
#pragma once

#include <QException>
#include <QString>

namespace BitNet {

// What a future of RuntimeSupervisor::run… fails with. message() is a sentence for people.
class RuntimeError : public QException
{
public:
    explicit RuntimeError(QString message);

    QString message() const { return m_message; }
    const char *what() const noexcept override { return m_utf8.constData(); }
    void raise() const override { throw *this; }
    RuntimeError *clone() const override { return new RuntimeError(*this); }

private:
    QString m_message;
    QByteArray m_utf8;
};

// The request itself is wrong: nothing was queued. field names the item, e.g. "n_predict", "model", "command".
class RuntimeConfigurationError : public RuntimeError
{
public:
    RuntimeConfigurationError(QString field, const QString &message);

    QString field() const { return m_field; }
    void raise() const override { throw *this; }
    RuntimeConfigurationError *clone() const override { return new RuntimeConfigurationError(*this); }

private:
    QString m_field;
};

} // namespace BitNet
