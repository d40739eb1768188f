// SPDX-License-Identifier: MIT
// "bitnetctl infer" and "bitnetctl doctor" with the replay engine: llama-cli as it was recorded, without a model.
#include "support/ctlprocess.h"
#include "support/enginefixture.h"

#include <QJsonArray>
#include <QtTest>

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

static const QString replayEngine = QStringLiteral(BITNET_BIN_DIR "/../replay-engine");

class tst_CtlInfer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void answers_data();
    void answers();
    void streamsWhileItGenerates();
    void dryRun_data();
    void dryRun();
    void batchSizeByTheModel();
    void dryRunStartsNothing();
    void jsonAndCsv();
    void timingFields_data();
    void timingFields();
    void timeout();
    void interrupt();
    void requestErrors_data();
    void requestErrors();
    void warnsOfTooManyThreads();
    void engineFailure();
    void promptFromAFile();
    void promptIsNeverAnOption();

    void doctor_data();
    void doctor();
    void doctorAsJson();
    void doctorNamesEveryEngine();

private:
    // With the engine's speed, 0: no waiting.
    static void setSpeed(CtlProcess &ctl, const QString &speed, const QString &engine = u"bitnet"_s)
    {
        QProcessEnvironment environment = ctl.processEnvironment();
        environment.insert(u"BITNET_REPLAY_SPEED"_s, speed);
        environment.insert(u"BITNET_REPLAY_ENGINE"_s, engine);
        ctl.setProcessEnvironment(environment);
    }
    QStringList infer(const QStringList &more = {}) const
    {
        return QStringList{u"infer"_s, u"--build-dir"_s, replayEngine, u"-m"_s, m_model, u"-p"_s, u"Say hello"_s}
        + more;
    }

    EngineFixture m_files;
    QString m_model = m_files.writeModel();
};

void tst_CtlInfer::answers_data()
{
    QTest::addColumn<QString>("engine");
    QTest::newRow("bitnet") << u"bitnet"_s;
    QTest::newRow("llamacpp") << u"llamacpp"_s;
}

void tst_CtlInfer::answers()
{
    QFETCH(QString, engine);

    CtlProcess ctl(infer({u"-n"_s, u"16"_s}));
    setSpeed(ctl, u"0"_s, engine);
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.out.contains("Say hello") && ctl.out.size() > 40, ctl.out.constData());
    QVERIFY(ctl.err.contains("llama_perf_context_print:"));
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlInfer::streamsWhileItGenerates()
{
    CtlProcess ctl(infer());
    setSpeed(ctl, u"0.05"_s);
    ctl.launch();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("Say hello"), ctlPatience);
    QCOMPARE(ctl.state(), QProcess::Running);
    ctl.sendSignal(SIGTERM);
    QCOMPARE(ctl.ended(), 128 + SIGTERM);
}

void tst_CtlInfer::dryRun_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("expected"); // what follows the model

    QTest::newRow("defaults") << u"bitnet"_s << QStringList{u"-t"_s, u"1"_s, u"-ngl"_s, u"0"_s}
                              << u"-n 128 -t 1 -p 'Say hello' -c 2048 --temp 0.8 -b 1 -ngl 0"_s;
    QTest::newRow("all given") << u"bitnet"_s << QStringList{u"-n"_s,   u"5"_s,  u"--ctx-size=64"_s, u"-t"_s,  u"1"_s,
                                                             u"-ngl"_s, u"3"_s,  u"--temp"_s,        u"1.5"_s, u"-b"_s,
                                                             u"8"_s,    u"--"_s, u"--seed"_s,        u"1"_s}
                               << u"-n 5 -t 1 -p 'Say hello' -c 64 --temp 1.5 -b 8 -ngl 3 --seed 1"_s;
    QTest::newRow("an engine that converses by itself")
        << u"llamacpp"_s << QStringList{u"-t"_s, u"1"_s, u"--gpu-layers"_s, u"0"_s}
        << u"-n 128 -t 1 -p 'Say hello' -c 2048 --temp 0.8 -b 1 -ngl 0 -no-cnv"_s;
}

void tst_CtlInfer::dryRun()
{
    QFETCH(QString, engine);
    QFETCH(QStringList, options);
    QFETCH(QString, expected);

    CtlProcess ctl(infer({u"--dry-run"_s}) + options);
    setSpeed(ctl, u"0"_s, engine);
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.err, ""_ba);
    const QString line = QString::fromUtf8(ctl.out);
    QVERIFY2(line.contains(u"/bin/llama-cli -m "_s), qPrintable(line));
    const QString end = m_model + u' ' + expected + u'\n';
    QVERIFY2(line.endsWith(end), qPrintable(line));

    CtlProcess json(infer({u"--dry-run"_s, u"--json"_s}) + options);
    setSpeed(json, u"0"_s, engine);
    QCOMPARE(json.run(), 0);
    const QJsonArray command = objectOf(json.out).value("command"_L1).toArray();
    QStringList words;
    for (const QJsonValue &word : command)
        words.append(word.toString());
    QCOMPARE(QString(displayCommand(words) + u'\n'), line);
}

void tst_CtlInfer::batchSizeByTheModel()
{
    const QString model = u"" BITNET_TEST_DATA "/models/tiny-llama-chat-f16.gguf"_s;
    const QList<std::pair<QStringList, QString>> cases = {
        {{}, u" -b 128 "_s}, {{u"-b"_s, u"auto"_s}, u" -b 128 "_s}, {{u"-b"_s, u"7"_s}, u" -b 7 "_s}};
    for (const auto &[options, expected] : cases) {
        CtlProcess ctl(infer({u"-m"_s, model, u"--dry-run"_s}) + options);
        setSpeed(ctl, u"0"_s);
        QCOMPARE(ctl.run(), 0);
        QVERIFY2(ctl.out.contains(expected.toLatin1()), ctl.out.constData());
    }
}

void tst_CtlInfer::dryRunStartsNothing()
{
    const EngineFixture files;
    const QString witness = files.path(u"started"_s);
    files.writeProgram(u"llama-cli"_s, "[ \"$1\" = --help ] || touch '" + QFile::encodeName(witness) + "'\n");
    CtlProcess ctl(
        {u"infer"_s, u"--build-dir"_s, files.buildDir(), u"-m"_s, files.writeModel(), u"-p"_s, u"x"_s, u"--dry-run"_s});
    QCOMPARE(ctl.run(), 0);
    QVERIFY(!QFileInfo::exists(witness));
}

void tst_CtlInfer::jsonAndCsv()
{
    const QString csv = m_files.path(u"report.csv"_s);
    CtlProcess ctl(infer({u"--json"_s, u"--quiet"_s, u"--csv"_s, csv}));
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.err, ""_ba);
    const QJsonObject record = objectOf(ctl.out);
    QCOMPARE(record.value("kind"_L1).toString(), u"inference"_s);
    QCOMPARE(record.value("model"_L1).toString(), m_model);
    QCOMPARE(record.value("outcome"_L1).toString(), u"succeeded"_s);
    QVERIFY(record.value("stdout_bytes"_L1).toInt() > 0);
    QVERIFY(m_files.read(u"report.csv"_s).contains(",inference,"));
}

void tst_CtlInfer::timingFields_data()
{
    QTest::addColumn<QByteArray>("printed"); // on standard error
    QTest::addColumn<bool>("answers");
    QTest::addColumn<QJsonObject>("expected"); // without ttft_ms

    const auto fields = [](const QList<QJsonValue> &values) {
        static const QStringList names{u"load_ms"_s,       u"prefill_ms"_s,  u"decode_ms"_s, u"prompt_tokens"_s,
                                       u"output_tokens"_s, u"prefill_tps"_s, u"decode_tps"_s};
        QJsonObject object;
        for (qsizetype i = 0; i < names.size(); ++i)
            object.insert(names[i], values.value(i, QJsonValue::Null));
        return object;
    };
    const auto context = [](const char *what, const QByteArray &figures) -> QByteArray {
        return QByteArray("llama_perf_context_print: ") + what + " time = " + figures + "\n";
    };
    const QByteArray all =
        "llama_perf_sampler_print:    sampling time = 1.00 ms / 14 runs   ( 0.10 ms per token, 10000.00 "
        "tokens per second)\n"
        + context("load", "123.45 ms")
        + context("prompt eval", "20.00 ms / 4 tokens ( 5.00 ms per token, 200.00 tokens per second)")
        + context("eval", "90.00 ms / 9 runs ( 10.00 ms per token, 100.00 tokens per second)")
        + context("total", "130.00 ms / 13 tokens");
    QTest::newRow("all") << all << true << fields({123.45, 20, 90, 4, 10, 200, 100});
    QTest::newRow("a prompt of one token")
        << QByteArray(context("load", "123.45 ms")
                      + context("prompt eval", "0.00 ms / 1 tokens ( 0.00 ms per token, inf tokens per second)")
                      + context("eval", "90.00 ms / 9 runs ( 10.00 ms per token, 100.00 tokens per second)"))
        << true << fields({123.45, QJsonValue::Null, 90, QJsonValue::Null, 9, QJsonValue::Null, 100});
    QTest::newRow("none") << "nothing of that kind\n"_ba << true << fields({});
    QTest::newRow("no answer") << "error: no such thing\n"_ba << false << fields({});
}

void tst_CtlInfer::timingFields()
{
    QFETCH(QByteArray, printed);
    QFETCH(bool, answers);
    QFETCH(QJsonObject, expected);

    const EngineFixture files;
    const QString report = files.write(u"report"_s, printed);
    // The echo of the prompt is no answer yet; that comes 200 ms later.
    files.writeProgram(u"llama-cli"_s,
                       "[ \"$1\" = --help ] && exit 0\nprintf ' Say hello'\nsleep 0.2\n"
                           + QByteArray(answers ? "printf ' Hello.'\n" : "") + "cat '" + QFile::encodeName(report)
                           + "' >&2\n" + QByteArray(answers ? "exit 0\n" : "exit 1\n"));
    CtlProcess ctl({u"infer"_s, u"--build-dir"_s, files.buildDir(), u"-m"_s, files.writeModel(), u"-p"_s,
                    u"Say hello"_s, u"--json"_s, u"-q"_s});
    QCOMPARE(ctl.run(), answers ? 0 : 1);
    const QJsonObject record = objectOf(ctl.out);
    for (auto field = expected.constBegin(); field != expected.constEnd(); ++field) {
        QVERIFY2(record.contains(field.key()), qPrintable(field.key()));
        const QString both = u"%1: %2"_s.arg(field.key(), QString::number(record.value(field.key()).toDouble()));
        QVERIFY2(record.value(field.key()) == field.value(), qPrintable(both));
    }
    QVERIFY(record.contains("ttft_ms"_L1));
    if (!answers) {
        QVERIFY(record.value("ttft_ms"_L1).isNull());
        return;
    }
    const double ttft = record.value("ttft_ms"_L1).toDouble();
    QVERIFY2(ttft >= record.value("queue_wait_ms"_L1).toDouble() + 200, ctl.out.constData());
    QVERIFY2(ttft <= record.value("latency_ms"_L1).toDouble(), ctl.out.constData());
}

void tst_CtlInfer::timeout()
{
    CtlProcess ctl(infer({u"--timeout"_s, u"1s"_s}));
    setSpeed(ctl, u"0.001"_s);
    QCOMPARE(ctl.run(), 124);
    QVERIFY2(ctl.err.contains("Timed out after 1.00 s"), ctl.err.constData());
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlInfer::interrupt()
{
    CtlProcess ctl(infer());
    setSpeed(ctl, u"0.05"_s);
    ctl.launch();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("Say hello"), ctlPatience);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 128 + SIGINT);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlInfer::requestErrors_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("message");

    const auto row = [](const char *name, const QStringList &options, const QByteArray &message) {
        QTest::newRow(name) << options << message;
    };
    row("n_predict", {u"-n"_s, u"0"_s}, "n_predict must be a positive integer. Got 0.");
    row("ctx_size", {u"-c"_s, u"-5"_s}, "ctx_size must be a positive integer. Got -5.");
    row("batch_size", {u"-b"_s, u"0"_s}, "batch_size must be a positive integer. Got 0.");
    row("temperature", {u"--temp"_s, u"0"_s}, "Temperature must be positive.");
    row("gpu_layers", {u"-ngl"_s, u"-1"_s}, "gpu_layers must be zero or a positive integer.");
    row("prompt", {u"-p"_s, u"  "_s}, "Prompt must not be empty.");
    row("threads", {u"-t"_s, u"0"_s}, "Thread count must be greater than zero.");
    row("binary", {u"--build-dir"_s, u"/no/such/build"_s}, "Unable to locate the llama-cli executable.");
    row("model", {u"-m"_s, u"/no/such/model.gguf"_s}, "Model file not found: /no/such/model.gguf.");
    row("model is a folder", {u"-m"_s, u"/tmp"_s}, "Model path must be a file: /tmp");
}

void tst_CtlInfer::requestErrors()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, message);

    CtlProcess ctl(infer(options));
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), 125);
    const QByteArray beginning = "bitnetctl: " + message;
    QVERIFY2(ctl.err.startsWith(beginning), ctl.err.constData());
    QCOMPARE(ctl.out, ""_ba);
}

void tst_CtlInfer::warnsOfTooManyThreads()
{
    CtlProcess ctl(infer({u"-t"_s, u"100000"_s, u"--dry-run"_s}));
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.err.startsWith("bitnetctl: Requested 100000 threads but only"), ctl.err.constData());
    QVERIFY(!ctl.out.contains("100000"));
}

void tst_CtlInfer::engineFailure()
{
    CtlProcess ctl(infer({u"--"_s, u"--no-such-flag"_s}));
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), 1);
    QVERIFY2(ctl.err.contains("--no-such-flag"), ctl.err.constData());
}

void tst_CtlInfer::promptFromAFile()
{
    const EngineFixture files;
    const QByteArray prompt = "größer " + QByteArray(200'000, 'x'); // longer than an argument can be
    files.writeProgram(u"llama-cli"_s,
                       "[ \"$1\" = --help ] && echo '-f, --file'\n"
                       "while [ $# -gt 0 ]; do [ \"$1\" = -f ] && cat \"$2\"; shift; done; exit 0\n");
    const QStringList arguments = {u"infer"_s, u"--build-dir"_s,   files.buildDir(),
                                   u"-m"_s,    files.writeModel(), u"-f"_s};
    CtlProcess ctl(arguments + QStringList{files.write(u"prompt.txt"_s, prompt)});
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, prompt);

    CtlProcess piped(arguments + QStringList{u"-"_s});
    QCOMPARE(piped.run(prompt), 0);
    QCOMPARE(piped.out, prompt);

    CtlProcess wrong(arguments + QStringList{files.write(u"wrong.txt"_s, "a\xff")});
    QCOMPARE(wrong.run(), 125);
    QVERIFY(wrong.err.contains("no valid UTF-8"));

    CtlProcess missing(arguments + QStringList{files.path(u"none.txt"_s)});
    QCOMPARE(missing.run(), 125);
    QVERIFY(missing.err.contains("none.txt can't be read"));
}

void tst_CtlInfer::promptIsNeverAnOption()
{
    CtlProcess ctl(
        {u"infer"_s, u"--build-dir"_s, replayEngine, u"-m"_s, m_model, u"--prompt=--help"_s, u"--dry-run"_s});
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.out.contains(" -p --help "), ctl.out.constData());
}

void tst_CtlInfer::doctor_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("line"); // a regular expression

    QTest::newRow("good") << QStringList{u"--build-dir"_s, replayEngine, u"-m"_s, m_model} << 0
                          << "\nllama_cli +good +/.*/llama-cli\n"_ba;
    QTest::newRow("no build") << QStringList{u"--build-dir"_s, u"/no/such/build"_s} << 1
                              << "\nllama_cli +problem +not usable\n +Unable to locate the llama-cli executable"_ba;
    QTest::newRow("no model") << QStringList{u"--build-dir"_s, replayEngine, u"--model"_s, u"/no/such/model"_s} << 1
                              << "\nmodel +problem +/no/such/model\n +Model file not found"_ba;
    QTest::newRow("processors") << QStringList{u"--build-dir"_s, replayEngine} << 0 << "\ncpu_count +good +[1-9]"_ba;
}

void tst_CtlInfer::doctor()
{
    QFETCH(QStringList, options);
    QFETCH(int, status);
    QFETCH(QByteArray, line);

    CtlProcess ctl(QStringList{u"doctor"_s} + options);
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), status);
    QCOMPARE(ctl.err, ""_ba);
    QVERIFY(ctl.out.startsWith("CHECK "));
    QVERIFY2(QRegularExpression(QString::fromUtf8(line)).match(QString::fromUtf8(ctl.out)).hasMatch(),
             ctl.out.constData());
}

void tst_CtlInfer::doctorAsJson()
{
    CtlProcess ctl({u"doctor"_s, u"--build-dir"_s, u"/no/such/build"_s, u"--json"_s});
    QCOMPARE(ctl.run(), 1);
    const QJsonObject report = objectOf(ctl.out);
    QCOMPARE(report.value("ok"_L1), QJsonValue(false));
    QStringList names;
    for (const QJsonValue &check : report.value("checks"_L1).toArray()) {
        names.append(check["name"_L1].toString());
        const QString level = check["level"_L1].toString();
        QVERIFY2(level == u"good" || level == u"warning" || level == u"problem", qPrintable(level));
        QCOMPARE(check["advice"_L1].isNull(), level == u"good");
    }
    for (const QString &name : {u"llama_cli"_s, u"llama_server"_s, u"cpu_count"_s, u"memory"_s, u"disk"_s})
        QVERIFY2(names.contains(name), qPrintable(name));
    // What was named is in the list of engines even though nothing is there.
    const QJsonObject engine = report.value("engines"_L1).toArray().at(0).toObject();
    QCOMPARE(engine["build_dir"_L1].toString(), u"/no/such/build"_s);
    QVERIFY(engine["version"_L1].isNull());
    QVERIFY(engine["programs"_L1]["llama-server"_L1].isNull());
}

void tst_CtlInfer::doctorNamesEveryEngine()
{
    CtlProcess ctl({u"doctor"_s, u"--build-dir"_s, replayEngine, u"--json"_s});
    setSpeed(ctl, u"0"_s);
    QCOMPARE(ctl.run(), 0);
    const QJsonObject engine = objectOf(ctl.out).value("engines"_L1).toArray().at(0).toObject();
    QCOMPARE(engine["name"_L1].toString(), u"Replay engine"_s);
    QCOMPARE(engine["family"_L1].toString(), u"replay"_s);
    QVERIFY(!engine["version"_L1].toString().isEmpty());
    QVERIFY(engine["programs"_L1]["llama-cli"_L1].toString().endsWith("/llama-cli"_L1));
}

QTEST_GUILESS_MAIN(tst_CtlInfer)
#include "tst_ctlinfer.moc"
