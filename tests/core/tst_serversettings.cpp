// SPDX-License-Identifier: MIT
#include "core/serving/chatrequest.h"
#include "core/serving/serversettings.h"
#include "core/serving/serversnapshot.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestServerSettings : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void reservedArguments_data();
    void reservedArguments();
    void titles_data();
    void titles();
    void requests_data();
    void requests();
    void body();
    void metrics();
};

void TestServerSettings::reservedArguments_data()
{
    QTest::addColumn<QString>("argument");
    QTest::addColumn<bool>("isRefused");

    for (const QString &argument :
         {u"--host"_s, u"--port"_s, u"--port=9"_s, u"--api-key"_s, u"--api_key"_s, u"--api-key-file"_s,
          u"--api_key_file"_s, u"--api-key-file=/dev/null"_s, u"--path"_s, u"--api-prefix"_s, u"--ssl-key-file"_s,
          u"-m"_s, u"--model"_s, u"--model_url"_s, u"-hf"_s, u"--help"_s, u" --port"_s})
        QTest::newRow(qPrintable(argument)) << argument << true;
    for (const QString &argument : {u"--threads-http"_s, u"--slots"_s, u"-fa"_s, u"8080"_s, u"--no-webui"_s, QString()})
        QTest::newRow(qPrintable(u"allowed: "_s + argument)) << argument << false;
}

void TestServerSettings::reservedArguments()
{
    QFETCH(QString, argument);
    QFETCH(bool, isRefused);
    const auto issue = checkServerArguments({u"-fa"_s, argument});
    QCOMPARE(issue.has_value(), isRefused);
    if (issue) {
        QCOMPARE(issue->field, u"extra"_s);
        QVERIFY(issue->message.contains(argument));
    }
}

void TestServerSettings::titles_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("title");

    QTest::newRow("f16") << u"/m/tiny-llama-chat-f16.gguf"_s << u"tiny-llama-chat"_s;
    QTest::newRow("i2_s") << u"/m/tiny-bitnet-i2_s.gguf"_s << u"tiny-bitnet"_s;
    QTest::newRow("K quants") << u"a.Q4_K_M.gguf"_s << u"a"_s;
    QTest::newRow("nothing to take off") << u"model.gguf"_s << u"model"_s;
    QTest::newRow("nothing but that") << u"-f16.gguf"_s << u"-f16"_s;
}

void TestServerSettings::titles()
{
    QFETCH(QString, model);
    QTEST(titleOf({.request = {.model = model}}), "title");
}

void TestServerSettings::requests_data()
{
    QTest::addColumn<ChatRequest>("request");
    QTest::addColumn<QString>("problem");

    const QList<ChatMessage> hello{{u"user"_s, u"Hello"_s}};
    QTest::newRow("right") << ChatRequest{.messages = hello} << QString();
    QTest::newRow("no limit") << ChatRequest{.messages = hello, .nPredict = -1} << QString();
    QTest::newRow("text") << ChatRequest{.text = u"Once"_s} << QString();
    QTest::newRow("nothing") << ChatRequest{} << u"Prompt must not be empty."_s;
    QTest::newRow("blank") << ChatRequest{.messages = {{u"user"_s, u" \n"_s}}} << u"Prompt must not be empty."_s;
    QTest::newRow("tokens") << ChatRequest{.messages = hello, .nPredict = 0}
                            << u"n_predict must be a positive integer. Got 0."_s;
    QTest::newRow("temperature") << ChatRequest{.messages = hello, .temperature = std::nan("")}
                                 << u"Temperature must be positive."_s;
    QTest::newRow("role") << ChatRequest{.messages = {{u"robot"_s, u"x"_s}}}
                          << u"A message can be from \"system\", \"user\" or \"assistant\". Got \"robot\"."_s;
    QTest::newRow("answered already") << ChatRequest{.messages = hello + QList<ChatMessage>{{u"assistant"_s, u"Hi"_s}}}
                                      << u"The last message must be the user's: there is nothing to answer."_s;
}

void TestServerSettings::requests()
{
    QFETCH(ChatRequest, request);
    QTEST(validate(request).value_or(QString()), "problem");
}

void TestServerSettings::body()
{
    const ChatRequest request{.messages = {{u"system"_s, u"Be terse"_s}, {u"user"_s, u"„Grüß\n\"Gott\"“"_s}},
                              .nPredict = 5,
                              .sampling = {.topK = 3, .seed = 7},
                              .stopWords = {u"\n"_s}};
    const QJsonObject body = QJsonDocument::fromJson(requestBody(request)).object();
    QCOMPARE(requestPath(request), u"/v1/chat/completions"_s);
    QCOMPARE(body["messages"_L1][1]["content"_L1].toString(), request.messages[1].content);
    QCOMPARE(body["max_tokens"_L1].toInt(), 5);
    QCOMPARE(body["top_k"_L1].toInt(), 3);
    QCOMPARE(body["seed"_L1].toInt(), 7);
    QCOMPARE(body["stop"_L1].toArray().size(), 1);
    QVERIFY(body["stream"_L1].toBool());
    QVERIFY2(!body.contains("top_p"_L1), "what is not set is the server's to choose");
    QCOMPARE(requestPath({.text = u"x"_s}), u"/completion"_s);
}

void TestServerSettings::metrics()
{
    const ServerMetrics metrics = ServerMetrics::fromText("# HELP llamacpp:prompt_tokens_total Number\r\n"
                                                          "llamacpp:prompt_tokens_total 176\n"
                                                          "llamacpp:kv_cache_usage_ratio 0.0703125\n"
                                                          "llamacpp:requests_processing nonsense\n"
                                                          "llamacpp:another 5\nllamacpp:requests_deferred 2");
    QCOMPARE(metrics.promptTokens, 176);
    QCOMPARE(metrics.kvCacheUsage, 0.0703125);
    QCOMPARE(metrics.requestsDeferred, 2);
    QVERIFY(!metrics.requestsProcessing);
    QVERIFY(!metrics.predictedTokens);
}

QTEST_GUILESS_MAIN(TestServerSettings)
#include "tst_serversettings.moc"
