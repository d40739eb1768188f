// SPDX-License-Identifier: MIT
#include "core/jobs/secrets.h"

#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

class TestSecrets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void variableNames_data();
    void variableNames();
    void arguments_data();
    void arguments();
    void thePromptIsNotLookedInto();
    void whatIsLeftOutIsMissing();
    void jobsThatLackSecretsAreRefused();
};

void TestSecrets::variableNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("secret");

    QTest::newRow("key") << u"OPENAI_API_KEY"_s << true;
    QTest::newRow("token") << u"HF_TOKEN"_s << true;
    QTest::newRow("secret") << u"ClientSecret"_s << true;
    QTest::newRow("password") << u"db_password_file"_s << true;
    QTest::newRow("path") << u"PATH"_s << false;
    QTest::newRow("empty") << QString() << false;
}

void TestSecrets::variableNames()
{
    QFETCH(QString, name);
    QFETCH(bool, secret);

    QCOMPARE(isSecretName(name), secret);
}

void TestSecrets::arguments_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QStringList>("kept");

    const auto row = [](const QString &given, const QString &kept) {
        QTest::newRow(qPrintable(given)) << given.split(u'|') << kept.split(u'|');
    };
    const auto same = [&row](const QString &given) { row(given, given); };
    row(u"x|--api-key|abc"_s, u"x|--api-key|•••"_s);
    row(u"x|--api-key=abc|y"_s, u"x|--api-key=•••|y"_s);
    row(u"x|-api_key|abc"_s, u"x|-api_key|•••"_s);
    row(u"x|--apiKey=a=b"_s, u"x|--apiKey=•••"_s);
    row(u"x|--APIKEY|abc|def"_s, u"x|--APIKEY|•••|def"_s);
    row(u"x|--hf-token|abc"_s, u"x|--hf-token|•••"_s);
    row(u"x|-hft|abc|--auth-token=abc"_s, u"x|-hft|abc|--auth-token=•••"_s);
    row(u"x|--client.secret=abc"_s, u"x|--client.secret=•••"_s);
    row(u"x|--password|abc|--token|def"_s, u"x|--password|•••|--token|•••"_s);
    row(u"x|--passphrase=a b"_s, u"x|--passphrase=•••"_s);
    row(u"env|HF_TOKEN=abc|AWS_SECRET_ACCESS_KEY=abc|LANG=C|x"_s,
        u"env|HF_TOKEN=•••|AWS_SECRET_ACCESS_KEY=•••|LANG=C|x"_s);
    row(u"x|DBPASSWORD=abc|token=abc|apiKey=abc"_s, u"x|DBPASSWORD=•••|token=•••|apiKey=•••"_s);
    row(u"curl|-H|Authorization: Bearer abc|-H|Accept: text/plain"_s,
        u"curl|-H|Authorization: •••|-H|Accept: text/plain"_s);
    row(u"curl|--header|X-Api-Key:abc|--header=X-Auth-Token: abc"_s,
        u"curl|--header|X-Api-Key:•••|--header=X-Auth-Token: •••"_s);
    row(u"git|clone|https://me:abc@host.org/x.git"_s, u"git|clone|https://me:•••@host.org/x.git"_s);
    row(u"git|clone|https://me:a@b@host.org"_s, u"git|clone|https://me:•••@host.org"_s);
    same(u"x"_s);
    same(u"x|--api-key"_s); // its value was forgotten
    same(u"x|--api-key="_s);
    same(u"x|--password|--verbose"_s); // asks for it
    same(u"x|--max-tokens|128|--n-tokens=5|max_tokens=5"_s);
    same(u"x|--tokenizer|a|--keyboard=us|--keep|5"_s);
    same(u"x|--api-key-file|/etc/key|--token-limit=5|--ssl-key-file|k.pem"_s);
    same(u"llama-cli|--override-kv|tokenizer.ggml.add_bos_token=bool:false"_s);
    same(u"sh|-c|echo token; API_KEY=$X exec y"_s);
    same(u"x|http://host:8080/a@b|a@b:c|http://me@host/"_s);
    same(u"x|--|-"_s);
    same(u"x||y"_s);
}

void TestSecrets::arguments()
{
    QFETCH(QStringList, command);
    QFETCH(QStringList, kept);

    QCOMPARE(commandWithoutSecrets({.command = command}), kept);
    // What was kept once is kept again as it is.
    QCOMPARE(commandWithoutSecrets({.command = kept}), kept);
}

void TestSecrets::thePromptIsNotLookedInto()
{
    const QStringList command{u"llama-cli"_s, u"-p"_s, u"token=a word"_s};
    QCOMPARE(commandWithoutSecrets({.command = command, .prompt = command.constLast()}), command);
    QCOMPARE(commandWithoutSecrets({.command = command}).constLast(), u"token=•••"_s);
}

void TestSecrets::whatIsLeftOutIsMissing()
{
    JobSpec spec{.command = {u"x"_s, u"--api-key"_s, u"abc"_s, u"--token=abc"_s, u"KEY=abc"_s, u"-H"_s,
                             u"Authorization: abc"_s, u"https://me:abc@host.org/x"_s}};
    spec.environment.overrides = {{u"HF_TOKEN"_s, u"abc"_s}, {u"LANG"_s, u"•••"_s}, {u"OLD_KEY"_s, std::nullopt}};
    QCOMPARE(missingSecrets(spec), QStringList());
    QVERIFY(!problemOfSecrets(spec));
    spec.command = commandWithoutSecrets(spec);
    spec.environment.overrides[u"HF_TOKEN"_s] = withheldMark.toString();
    QCOMPARE(missingSecrets(spec),
             (QStringList{u"HF_TOKEN"_s, u"--api-key"_s, u"--token"_s, u"KEY"_s, u"Authorization"_s,
                          u"https://host.org"_s}));
}

void TestSecrets::jobsThatLackSecretsAreRefused()
{
    JobSpec spec{.command = {u"x"_s, u"--api-key"_s, u"•••"_s}};
    const std::optional<QString> problem = validate(spec);
    QVERIFY(problem);
    QVERIFY2(problem->contains(u"--api-key"_s), qPrintable(*problem));
    spec.held = true; // may wait to be edited
    QVERIFY(!validate(spec));
    spec = {.command = {u"x"_s, u"--name"_s, u"•••"_s}};
    QVERIFY(!validate(spec));
}

QTEST_GUILESS_MAIN(TestSecrets)
#include "tst_secrets.moc"
