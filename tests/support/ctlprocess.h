// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

namespace BitNet::Testing {

// Sanitizers and a loaded machine make everything slower.
inline constexpr int ctlPatience = 60'000;

inline QString programPath(const QString &name)
{
    return QStringLiteral(BITNET_BIN_DIR "/") + name;
}

// The bundled child program whose behaviour its arguments choose.
inline QStringList testChild(const QStringList &actions)
{
    return QStringList{programPath(QStringLiteral("bitnet-testchild"))} + actions;
}

// One run of bitnetctl, with its temporary files in a folder of its own.
class CtlProcess : public QProcess
{
public:
    explicit CtlProcess(const QStringList &arguments)
    {
        setProgram(programPath(QStringLiteral("bitnetctl")));
        setArguments(arguments);
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("TMPDIR"), m_temporary.path());
        environment.insert(QStringLiteral("XDG_DATA_HOME"), m_data.path());
        setProcessEnvironment(environment);
    }
    ~CtlProcess() override
    {
        if (state() != NotRunning) {
            kill();
            waitForFinished(ctlPatience);
        }
    }

    void launch(const QByteArray &input = {})
    {
        start();
        QVERIFY(waitForStarted(ctlPatience));
        if (!input.isEmpty())
            write(input);
        closeWriteChannel();
    }
    // Starts it and waits for its end; -1000 when it does not come.
    int run(const QByteArray &input = {})
    {
        launch(input);
        return ended();
    }
    int ended()
    {
        if (!QTest::qWaitFor([this] { return state() == NotRunning; }, ctlPatience))
            return -1000;
        collect();
        return exitStatus() == NormalExit ? exitCode() : -QProcess::exitCode();
    }
    void sendSignal(int number) { ::kill(pid_t(processId()), number); }
    bool hasPrinted(const QByteArray &text)
    {
        collect();
        return out.contains(text);
    }
    bool leftNothingBehind() const { return QDir(m_temporary.path()).isEmpty(); }

    QByteArray out;
    QByteArray err;

private:
    void collect()
    {
        out += readAllStandardOutput();
        if (processChannelMode() == SeparateChannels)
            err += readAllStandardError();
    }

    QTemporaryDir m_temporary;
    QTemporaryDir m_data;
};

// How many processes have this among their arguments.
inline int processesWith(const QByteArray &mark)
{
    int count = 0;
    for (const QString &entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        QFile file(QStringLiteral("/proc/%1/cmdline").arg(entry));
        if (entry.toInt() > 0 && file.open(QIODevice::ReadOnly) && file.readAll().contains(mark))
            ++count;
    }
    return count;
}

inline QJsonObject objectOf(const QByteArray &line)
{
    return QJsonDocument::fromJson(line).object();
}

} // namespace BitNet::Testing
