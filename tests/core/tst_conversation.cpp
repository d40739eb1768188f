// SPDX-License-Identifier: MIT
#include "core/conversations/contextuse.h"
#include "core/conversations/conversation.h"
#include "core/conversations/conversationdocument.h"
#include "core/conversations/conversationjson.h"
#include "core/conversations/conversationmarkdown.h"
#include "core/conversations/conversationsearch.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Ids = QList<MessageId>;

class TestConversation : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void growsAlongItsBranch();
    void askingAgainMakesASibling();
    void editingAPromptMakesASibling();
    void aBranchIsRememberedBelow();
    void refusesUnknownParents();
    void title_data();
    void title();
    void updateKeepsThePlaceInTheTree();
    void interruptedAnswers();
    void setMessagesRefusesWhatIsNoTree_data();
    void setMessagesRefusesWhatIsNoTree();
    void aSelectionThatPointsElsewhereIsCorrected();

    void jsonKeepsEverything();
    void jsonsFirstLineIsEnoughForAList();
    void jsonIsNeverTrusted_data();
    void jsonIsNeverTrusted();
    void damagedJsonNeverCrashes();
    void laterVersionsAreReadAsFarAsKnown();
    void markdown();
    void markdownClosesFences();

    void contextIsEstimatedBeforeTheFirstAnswer();
    void contextIsWhatTheEngineCounted();
    void contextFollowsTheBranch();

    void searchFindsEveryWord_data();
    void searchFindsEveryWord();

    void documentTellsItsChanges();
    void documentRefusesChanges();
};

// 1 ─ 2 ─ 3 ─ 4: two turns.
static Conversation twoTurns()
{
    Conversation conversation = Conversation::create();
    const MessageId first = conversation.addPrompt(u"What is a queue?"_s);
    conversation.appendText(conversation.addAnswer(first), u"A line of things that wait."_s);
    const MessageId second = conversation.addPrompt(u"And a stack?"_s);
    conversation.appendText(conversation.addAnswer(second), u"A pile."_s);
    return conversation;
}

void TestConversation::growsAlongItsBranch()
{
    const Conversation conversation = twoTurns();
    QCOMPARE(conversation.branch(), (Ids{1, 2, 3, 4}));
    QCOMPARE(conversation.leaf(), 4);
    QCOMPARE(conversation.message(2)->text, u"A line of things that wait."_s);
    QCOMPARE(conversation.message(2)->state, MessageState::Generating);
    QCOMPARE(conversation.message(3)->parent, 2);
    QCOMPARE(conversation.siblingPosition(3), (Conversation::SiblingPosition{0, 1}));
    QVERIFY(!conversation.message(5));
    QVERIFY(!conversation.message(0));
    QCOMPARE(Conversation().branch(), Ids());
    QCOMPARE(Conversation().leaf(), noMessage);
    QVERIFY(Conversation::create().id != Conversation::create().id);
}

void TestConversation::askingAgainMakesASibling()
{
    Conversation conversation = twoTurns();
    const MessageId again = conversation.addAnswer(3, u"b"_s, u"/m.gguf"_s, JobId{7});
    QCOMPARE(again, 5);
    QCOMPARE(conversation.branch(), (Ids{1, 2, 3, 5}));
    QCOMPARE(conversation.children(3), (Ids{4, 5}));
    QCOMPARE(conversation.siblingPosition(5), (Conversation::SiblingPosition{1, 2}));
    QCOMPARE(conversation.sibling(5, -1), 4);
    QCOMPARE(conversation.sibling(5, 1), noMessage);
    QCOMPARE(conversation.sibling(4, -1), noMessage);
    QVERIFY(conversation.select(4));
    QCOMPARE(conversation.leaf(), 4);
    QCOMPARE(conversation.message(4)->text, u"A pile."_s);
    QCOMPARE(conversation.message(5)->job, JobId{7});
}

void TestConversation::editingAPromptMakesASibling()
{
    Conversation conversation = twoTurns();
    const MessageId edited = conversation.addEditedPrompt(1, u"What is a deque?"_s);
    QCOMPARE(conversation.branch(), Ids{edited});
    QCOMPARE(conversation.children(noMessage), (Ids{1, edited}));
    QCOMPARE(conversation.message(edited)->parent, noMessage);
    QVERIFY(conversation.select(1));
    QCOMPARE(conversation.branch(), (Ids{1, 2, 3, 4}));
}

void TestConversation::aBranchIsRememberedBelow()
{
    Conversation conversation = twoTurns();
    const MessageId otherAnswer = conversation.addAnswer(1);
    const MessageId otherTurn = conversation.addPrompt(u"Go on."_s);
    QCOMPARE(conversation.branch(), (Ids{1, otherAnswer, otherTurn}));
    conversation.select(2);
    QCOMPARE(conversation.branch(), (Ids{1, 2, 3, 4}));
    conversation.select(otherAnswer);
    QCOMPARE(conversation.branch(), (Ids{1, otherAnswer, otherTurn}));
    // A message deep inside brings its whole way with it.
    conversation.select(4);
    QCOMPARE(conversation.branch(), (Ids{1, 2, 3, 4}));
    QCOMPARE(conversation.pathTo(otherTurn), (Ids{1, otherAnswer, otherTurn}));
    QVERIFY(!conversation.select(99));
}

void TestConversation::refusesUnknownParents()
{
    Conversation conversation = twoTurns();
    const Conversation before = conversation;
    QCOMPARE(conversation.addAnswer(noMessage), noMessage);
    QCOMPARE(conversation.addAnswer(99), noMessage);
    QCOMPARE(conversation.addEditedPrompt(99, u"x"_s), noMessage);
    QVERIFY(!conversation.appendText(99, u"x"_s));
    QVERIFY(!conversation.update({.id = 99}));
    QCOMPARE(conversation, before);
}

void TestConversation::title_data()
{
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<QString>("title");
    QTest::newRow("short") << u"Hello"_s << u"Hello"_s;
    QTest::newRow("lines") << u"  One\n\ntwo\tthree "_s << u"One two three"_s;
    QTest::newRow("long") << u"Explain to me in simple words how a scheduler decides which job goes first"_s
                          << u"Explain to me in simple words how a scheduler decides which…"_s;
    QTest::newRow("one long word") << QString(200, u'x') << QString(QString(60, u'x') + u'…');
    // No half of a pair at the cut.
    QTest::newRow("pairs") << QString(u"x"_s + QString(u"😀"_s).repeated(50))
                           << QString(u"x"_s + QString(u"😀"_s).repeated(29) + u'…');
    QTest::newRow("nothing") << QString() << QString();
}

void TestConversation::title()
{
    QFETCH(const QString, prompt);
    Conversation conversation = Conversation::create();
    conversation.addPrompt(prompt);
    QTEST(conversation.title(), "title");
    QVERIFY(!conversation.hasChosenTitle());
    conversation.setTitle(u" Mine\n"_s);
    QCOMPARE(conversation.title(), u"Mine"_s);
    QVERIFY(conversation.hasChosenTitle());
    conversation.setTitle(QString());
    QTEST(conversation.title(), "title");
    conversation.setTitle(QString(1000, u'y'));
    QCOMPARE(conversation.title().size(), Conversation::longestTitle);
}

void TestConversation::updateKeepsThePlaceInTheTree()
{
    Conversation conversation = twoTurns();
    Message message = *conversation.message(2);
    message.parent = 4;
    message.selectedChild = 99;
    message.state = MessageState::Complete;
    message.figures.outputTokens = 6;
    QVERIFY(conversation.update(message));
    QCOMPARE(conversation.branch(), (Ids{1, 2, 3, 4}));
    QCOMPARE(conversation.message(2)->figures.outputTokens, 6);
    QCOMPARE(conversation.message(2)->state, MessageState::Complete);
}

void TestConversation::interruptedAnswers()
{
    Conversation conversation = twoTurns();
    Message done = *conversation.message(2);
    done.state = MessageState::Complete;
    conversation.update(done);
    QVERIFY(conversation.markInterrupted());
    QCOMPARE(conversation.message(2)->state, MessageState::Complete);
    QCOMPARE(conversation.message(4)->state, MessageState::Interrupted);
    QCOMPARE(conversation.message(4)->text, u"A pile."_s);
    QVERIFY(!conversation.message(4)->reason.isEmpty());
    QVERIFY(!conversation.markInterrupted());
}

void TestConversation::setMessagesRefusesWhatIsNoTree_data()
{
    QTest::addColumn<Ids>("ids");
    QTest::addColumn<Ids>("parents");
    QTest::addColumn<bool>("good");
    QTest::newRow("a line") << Ids{1, 2, 3} << Ids{0, 1, 2} << true;
    QTest::newRow("gaps") << Ids{2, 5, 9} << Ids{0, 2, 2} << true;
    QTest::newRow("two beginnings") << Ids{1, 2} << Ids{0, 0} << true;
    QTest::newRow("nothing") << Ids{} << Ids{} << true;
    QTest::newRow("itself") << Ids{1} << Ids{1} << false;
    QTest::newRow("a circle") << Ids{1, 2} << Ids{2, 1} << false;
    QTest::newRow("twice") << Ids{1, 1} << Ids{0, 0} << false;
    QTest::newRow("backwards") << Ids{2, 1} << Ids{0, 0} << false;
    QTest::newRow("unknown parent") << Ids{1, 3} << Ids{0, 2} << false;
    QTest::newRow("zero") << Ids{0} << Ids{0} << false;
    QTest::newRow("negative parent") << Ids{1} << Ids{-1} << false;
}

void TestConversation::setMessagesRefusesWhatIsNoTree()
{
    QFETCH(const Ids, ids);
    QFETCH(const Ids, parents);
    QList<Message> messages;
    for (qsizetype i = 0; i < ids.size(); ++i)
        messages.append({.id = ids[i], .parent = parents[i]});
    Conversation conversation = twoTurns();
    const Conversation before = conversation;
    QString problem;
    QTEST(conversation.setMessages(messages, noMessage, &problem), "good");
    QFETCH(const bool, good);
    QCOMPARE(problem.isEmpty(), good);
    if (!good)
        QCOMPARE(conversation, before);
    else
        QCOMPARE(conversation.messages().size(), ids.size());
}

void TestConversation::aSelectionThatPointsElsewhereIsCorrected()
{
    Conversation conversation;
    QList<Message> messages{
        {.id = 1, .selectedChild = 1}, {.id = 2, .parent = 1}, {.id = 3, .parent = 1}, {.id = 4, .parent = 2}};
    QVERIFY(conversation.setMessages(messages, 3, nullptr));
    QCOMPARE(conversation.branch(), (Ids{1, 3}));
    messages[0].selectedChild = 2;
    QVERIFY(conversation.setMessages(messages, 1, nullptr));
    QCOMPARE(conversation.branch(), (Ids{1, 2, 4}));
}

static Conversation everything()
{
    PromptSettings settings{.systemPrompt = u"Be \"brief\".\n"_s,
                            .temperature = 0.25,
                            .nPredict = 64,
                            .ctxSize = 1024,
                            .batchSize = 8,
                            .threads = 3,
                            .gpuLayers = 0,
                            .extraArguments = {u"--flash-attn"_s, u"a b"_s},
                            .engine = u"llama.cpp"_s,
                            .model = u"/models/ä.gguf"_s};
    settings.sampling = {.topK = 0, .topP = 0.5, .minP = 0.125, .repeatPenalty = 1.25, .seed = 4294967295};
    Conversation conversation = Conversation::create(settings);
    conversation.created = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 678), Qt::UTC);
    const MessageId first = conversation.addPrompt(u"Grüße, 世界 😀\n\"quoted\"\\ \t\u0001"_s);
    conversation.addAnswer(first, u"b"_s, u"/m"_s, JobId{1});
    const MessageId answer = conversation.addAnswer(first, u"a"_s, u"/models/tiny.gguf"_s, JobId{quint64(1) << 50});
    Message message = *conversation.message(answer);
    message.text = u"Yes.\n"_s;
    message.state = MessageState::TimedOut;
    message.reason = u"It took longer than 30 s."_s;
    message.preset = u"Precise"_s;
    message.serverJob = JobId{41};
    message.figures = {.promptTokens = 0,
                       .outputTokens = 128,
                       .prefillTps = 1.5,
                       .decodeTps = 27.9,
                       .ttft = 33'250'000ns,
                       .latency = 12h,
                       .stopReason = StopReason::TokenLimit};
    conversation.update(message);
    conversation.addPrompt(u"More"_s);
    conversation.select(2);
    conversation.setTitle(u"A title, with {braces} and \"quotes\""_s);
    return conversation;
}

void TestConversation::jsonKeepsEverything()
{
    Conversation conversation = everything();
    const QByteArray json = toJson(conversation);
    QCOMPARE(QJsonDocument::fromJson(json).object()[u"format"_s], u"bitnet-conversation"_s);
    const ConversationReading reading = conversationFromJson(json);
    QCOMPARE(reading.problem, QString());
    QVERIFY(!reading.laterVersion);
    conversation.markInterrupted(); // message 2
    QCOMPARE(*reading.conversation, conversation);
    // And once more, to the byte.
    QCOMPARE(toJson(*reading.conversation), toJson(conversation));
    // An empty one too.
    const Conversation empty = Conversation::create();
    QCOMPARE(*conversationFromJson(toJson(empty)).conversation, empty);
}

void TestConversation::jsonsFirstLineIsEnoughForAList()
{
    for (const Conversation &conversation : {everything(), twoTurns(), Conversation::create()}) {
        const QByteArray json = toJson(conversation);
        const auto summary = summaryFromFirstLine(QByteArrayView(json).first(json.indexOf('\n') + 1));
        QVERIFY(summary.has_value());
        QCOMPARE(*summary, summaryOf(conversation));
    }
    QVERIFY(!summaryFromFirstLine("{").has_value());
    QVERIFY(!summaryFromFirstLine("").has_value());
    QVERIFY(!summaryFromFirstLine("{\"format\":\"other\",\"version\":1,").has_value());
    QVERIFY(!summaryFromFirstLine("{\"format\":\"bitnet-conversation\",\"version\":\"1\",").has_value());
    QVERIFY(summaryFromFirstLine("{\"format\":\"bitnet-conversation\",\"version\":2,")->readOnly);
}

void TestConversation::jsonIsNeverTrusted_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QString>("names"); // what the sentence must name
    QTest::newRow("no list") << QByteArray("{}") << u"messages"_s;
    QTest::newRow("no object") << QByteArray("[1]") << u"number 1"_s;
    QTest::newRow("no id") << QByteArray(R"([{"role":"user"}])") << u"\"id\""_s;
    QTest::newRow("fraction") << QByteArray(R"([{"id":1.5,"role":"user"}])") << u"\"id\""_s;
    QTest::newRow("huge id") << QByteArray(R"([{"id":4294967297,"role":"user"}])") << u"\"id\""_s;
    QTest::newRow("negative id") << QByteArray(R"([{"id":-1,"role":"user"}])") << u"\"id\""_s;
    QTest::newRow("no role") << QByteArray(R"([{"id":1}])") << u"\"role\""_s;
    QTest::newRow("other role") << QByteArray(R"([{"id":1,"role":"root"}])") << u"assistant"_s;
    QTest::newRow("other state") << QByteArray(R"([{"id":1,"role":"user","state":"happy"}])") << u"\"state\""_s;
    QTest::newRow("text is a number") << QByteArray(R"([{"id":1,"role":"user","text":1}])") << u"\"text\""_s;
    QTest::newRow("bad time") << QByteArray(R"([{"id":1,"role":"user","created":"soon"}])") << u"soon"_s;
    QTest::newRow("unknown parent") << QByteArray(R"([{"id":1,"role":"user","parent":7}])") << u"message 7"_s;
    QTest::newRow("second of two") << QByteArray(R"([{"id":1,"role":"user"},{"id":2,"role":"user","ttft_ms":-1}])")
                                   << u"number 2"_s;
}

void TestConversation::jsonIsNeverTrusted()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QString, names);
    const QByteArray json = "{\"format\":\"bitnet-conversation\",\"version\":1,\"messages\":" + messages + "}";
    const ConversationReading reading = conversationFromJson(json);
    QVERIFY(!reading.conversation);
    QVERIFY2(reading.problem.contains(names), qPrintable(reading.problem));
}

// Cut anywhere and with any byte changed: a conversation or a sentence, never a crash.
void TestConversation::damagedJsonNeverCrashes()
{
    const QByteArray json = toJson(everything());
    for (qsizetype length = 0; length < json.size() - 1; ++length) {
        const ConversationReading reading = conversationFromJson(QByteArrayView(json).first(length));
        if (length < json.size() - 2)
            QVERIFY(!reading.conversation && !reading.problem.isEmpty());
    }
    QRandomGenerator random(4);
    for (int i = 0; i < 5000; ++i) {
        QByteArray damaged = json;
        for (int changes = 1 + random.bounded(3); changes > 0; --changes)
            damaged[random.bounded(int(damaged.size()))] = char(random.bounded(256));
        const ConversationReading reading = conversationFromJson(damaged);
        QVERIFY(reading.conversation.has_value() != !reading.problem.isEmpty());
        if (reading.conversation)
            QVERIFY(reading.conversation->branch().size() <= reading.conversation->messages().size());
        summaryFromFirstLine(damaged.first(std::max<qsizetype>(damaged.indexOf('\n'), 0)));
    }
}

void TestConversation::laterVersionsAreReadAsFarAsKnown()
{
    QByteArray json = toJson(twoTurns());
    QVERIFY(json.contains("\"version\":1"));
    json.replace("\"version\":1", "\"version\":2,\"mood\":[1]");
    const ConversationReading reading = conversationFromJson(json);
    QVERIFY(reading.laterVersion);
    QCOMPARE(reading.conversation->branch(), (Ids{1, 2, 3, 4}));
}

void TestConversation::markdown()
{
    Conversation conversation = Conversation::create({.systemPrompt = u"Be brief."_s});
    conversation.created = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), Qt::UTC);
    const MessageId prompt = conversation.addPrompt(u"# Not a heading\n\n> deeper *really*"_s);
    conversation.addAnswer(prompt);
    const MessageId answer = conversation.addAnswer(prompt, u"llama.cpp"_s, u"/m/tiny_chat.gguf"_s);
    conversation.appendText(answer, u"**Yes.**\n\n```cpp\nint i;\n```"_s);
    Message done = *conversation.message(answer);
    done.state = MessageState::Complete;
    done.figures = {
        .outputTokens = 128, .decodeTps = 27.94, .ttft = 33ms, .latency = 1240ms, .stopReason = StopReason::TokenLimit};
    conversation.update(done);
    const MessageId failed = conversation.addAnswer(conversation.addPrompt(u"Go on"_s));
    done = *conversation.message(failed);
    done.text = u"Half an"_s;
    done.state = MessageState::Failed;
    done.reason = u"The server ended (exit code 1)."_s;
    conversation.update(done);
    const QString expected = uR"(# \# Not a heading \> deeper \*really\*

2026-01-02 03:04 UTC

## System prompt

> Be brief.

## Prompt

> # Not a heading
>
> > deeper *really*

## Answer

**Yes.**

```cpp
int i;
```

*tiny\_chat · llama.cpp · 128 tokens · 27.9 tokens/s · TTFT 33 ms · E2E 1.24 s · stopped at the token limit*

## Prompt

> Go on

## Answer

Half an

**This answer failed.** The server ended (exit code 1).
)"_s;
    QCOMPARE(toMarkdown(conversation), expected);
}

void TestConversation::markdownClosesFences()
{
    Conversation conversation = Conversation::create();
    const MessageId answer = conversation.addAnswer(conversation.addPrompt(u"x"_s));
    conversation.appendText(answer, u"```\nint"_s);
    QVERIFY(toMarkdown(conversation).contains(u"```\nint\n```\n\n**This answer was still being generated.**\n"_s));
}

void TestConversation::contextIsEstimatedBeforeTheFirstAnswer()
{
    Conversation conversation = Conversation::create();
    QCOMPARE(contextUse(conversation), (ContextUse{0, true}));
    conversation.settings.systemPrompt = QString(400, u'x');
    QCOMPARE(contextUse(conversation), (ContextUse{104, true}));
    QCOMPARE(contextUse(conversation, QString(40, u'x')), (ContextUse{118, true}));
    // Bytes, not letters: other scripts take more tokens a letter.
    QCOMPARE(contextUse(conversation, QString(40, u'世')), (ContextUse{138, true}));
}

void TestConversation::contextIsWhatTheEngineCounted()
{
    Conversation conversation = twoTurns();
    Message answer = *conversation.message(4);
    answer.state = MessageState::Complete;
    answer.text = QString(200, u'x');
    answer.figures.promptTokens = 300;
    answer.figures.outputTokens = 100;
    conversation.update(answer);
    QCOMPARE(contextUse(conversation), (ContextUse{400, false}));
    // What is typed is estimated with this text's own density: two bytes a token.
    QCOMPARE(contextUse(conversation, QString(20, u'x')), (ContextUse{414, true}));
    // While the next answer is generated, its text is.
    conversation.addAnswer(conversation.addPrompt(QString(20, u'x')));
    QCOMPARE(contextUse(conversation), (ContextUse{418, true}));
    // A count without the other is none.
    answer.figures.promptTokens.reset();
    conversation.update(answer);
    QVERIFY(contextUse(conversation).estimated);
}

void TestConversation::contextFollowsTheBranch()
{
    Conversation conversation = twoTurns();
    for (const auto &[id, tokens] : {std::pair(2, 50), std::pair(4, 90)}) {
        Message answer = *conversation.message(id);
        answer.state = MessageState::Complete;
        answer.figures.promptTokens = tokens;
        answer.figures.outputTokens = 10;
        conversation.update(answer);
    }
    QCOMPARE(contextUse(conversation), (ContextUse{100, false}));
    conversation.addEditedPrompt(3, u"abcd"_s);
    QCOMPARE(contextUse(conversation).estimated, true);
    QVERIFY(contextUse(conversation).tokens > 60 && contextUse(conversation).tokens < 70);
}

void TestConversation::searchFindsEveryWord_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<Ids>("found");
    QTest::newRow("one word") << u"pile"_s << Ids{4};
    QTest::newRow("case") << u"PILE"_s << Ids{4};
    QTest::newRow("any order") << u"things line"_s << Ids{2};
    QTest::newRow("in different messages") << u"pile line"_s << Ids{};
    QTest::newRow("title and prompt") << u"queue"_s << Ids{0, 1};
    QTest::newRow("within words") << u"tac"_s << Ids{3};
    QTest::newRow("no word") << u"  "_s << Ids{};
    QTest::newRow("nowhere") << u"xyzzy"_s << Ids{};
}

void TestConversation::searchFindsEveryWord()
{
    QFETCH(const QString, text);
    const QStringList words = ConversationSearch::wordsOf(text);
    Ids found;
    for (const ConversationHit &hit : ConversationSearch::hitsIn(twoTurns(), words, 10)) {
        found.append(hit.message);
        QCOMPARE(hit.excerpt.sliced(hit.begin, hit.length).toLower(), words.first().toLower());
        QVERIFY(!hit.excerpt.contains(u'\n'));
    }
    QTEST(found, "found");
    // Far inside a long text too.
    Conversation conversation = Conversation::create();
    conversation.addPrompt(QString(u"some\nfiller "_s).repeated(500) + u"needle "_s
                           + QString(u"filler "_s).repeated(500));
    const QList<ConversationHit> hits = ConversationSearch::hitsIn(conversation, {u"needle"_s});
    QCOMPARE(hits.size(), 1);
    QCOMPARE(hits[0].excerpt.sliced(hits[0].begin, hits[0].length), u"needle"_s);
    QVERIFY(hits[0].excerpt.size() < 150);
    QVERIFY(hits[0].excerpt.startsWith(u'…') && hits[0].excerpt.endsWith(u'…'));
}

void TestConversation::documentTellsItsChanges()
{
    ConversationDocument document(Conversation::create());
    const QSignalSpy changed(&document, &ConversationDocument::changed);
    const QSignalSpy branch(&document, &ConversationDocument::branchChanged);
    const QSignalSpy title(&document, &ConversationDocument::titleChanged);
    const QSignalSpy text(&document, &ConversationDocument::textAppended);
    const QSignalSpy message(&document, &ConversationDocument::messageChanged);
    const QSignalSpy settings(&document, &ConversationDocument::settingsChanged);

    const MessageId prompt = document.addPrompt(u"Hello"_s);
    QCOMPARE(branch.count(), 1);
    QCOMPARE(title.count(), 1);
    const MessageId answer = document.addAnswer(prompt, u"a"_s, u"/m"_s, {}, u"Precise"_s);
    QCOMPARE(branch.count(), 2);
    QVERIFY(document.isGenerating());
    document.appendText(answer, u"He"_s);
    document.appendText(answer, u"y"_s);
    document.appendText(answer, QString());
    QCOMPARE(text.count(), 2);
    QCOMPARE(text.first().first().toInt(), answer);
    document.setJob(answer, JobId{3});
    document.finish(answer, MessageState::Stopped, {.outputTokens = 2}, u"Stopped."_s);
    QCOMPARE(message.count(), 2);
    QVERIFY(!document.isGenerating());
    document.setText(answer, u"Hey"_s); // no change
    QCOMPARE(message.count(), 2);
    const MessageId again = document.addAnswer(prompt);
    QCOMPARE(branch.count(), 3);
    QVERIFY(document.select(again));
    QCOMPARE(branch.count(), 3);
    QVERIFY(document.select(answer));
    QCOMPARE(branch.count(), 4);
    document.setTitle(u"T"_s);
    document.setTitle(u"T"_s);
    QCOMPARE(title.count(), 2);
    document.setSettings({.nPredict = 3});
    document.setSettings({.nPredict = 3});
    QCOMPARE(settings.count(), 1);
    QCOMPARE(changed.count(), 4 + 2 + 2 + 1 + 1);
    QCOMPARE(document.conversation().message(answer)->text, u"Hey"_s);
    QCOMPARE(document.conversation().message(answer)->preset, u"Precise"_s);
    QCOMPARE(document.conversation().message(answer)->job, JobId{3});
}

void TestConversation::documentRefusesChanges()
{
    Conversation conversation = twoTurns();
    conversation.addAnswer(3);
    ConversationDocument document(conversation, true);
    QVERIFY(document.isReadOnly());
    QCOMPARE(document.addPrompt(u"x"_s), noMessage);
    QCOMPARE(document.addAnswer(1), noMessage);
    QCOMPARE(document.addEditedPrompt(1, u"x"_s), noMessage);
    document.setTitle(u"x"_s);
    document.appendText(4, u"x"_s);
    document.finish(4, MessageState::Complete);
    document.setSettings({.nPredict = 3});
    QCOMPARE(document.conversation(), conversation);
    QVERIFY(document.select(4)); // looking around is no change
}

QTEST_GUILESS_MAIN(TestConversation)
#include "tst_conversation.moc"
