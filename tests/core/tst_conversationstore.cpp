// SPDX-License-Identifier: MIT
#include "core/conversations/conversationstore.h"

#include "support/smalldisk.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

class TestConversationStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void keepsConversations();
    void openedBeforeTheListing();
    void emptyOnesAreNotKept();
    void filesArePrivate();
    void savesOnceForManyChanges();
    void theDestructorSaves();
    void openGivesTheSameDocument();
    void removeAndRestore();
    void removeWhatWasNeverSaved();
    void trashIsEmptiedAfterAMonth();
    void renameAndDuplicate();
    void exportsAndImports();
    void importRefuses_data();
    void importRefuses();
    void searches();
    void searchIsCancelled();
    void searchEndsWithTheStore();
    void damagedFilesHideNoOther();
    void neverOpensLinksAndPipes();
    void laterVersionsAreReadOnly();
    void filesOfAnotherLayoutAreListed();
    void leftoversAreTidied();
    void killedWhileItStreams();
    void fullDisk();
    void thousands();

private:
    QByteArray contents(const QString &id) const
    {
        QFile file(ConversationFile::path(m_folder, id));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QString &name, const QByteArray &bytes) const
    {
        QVERIFY(QDir().mkpath(m_folder));
        QFile file(m_folder + u'/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static std::shared_ptr<ConversationDocument> turn(ConversationStore &store, const QString &prompt,
                                                      const QString &answer)
    {
        auto document = store.create();
        const MessageId id = document->addAnswer(document->addPrompt(prompt));
        document->appendText(id, answer);
        document->finish(id, MessageState::Complete, {.promptTokens = 3, .outputTokens = 2});
        return document;
    }
    template<typename T>
    static T result(QFuture<T> future)
    {
        T value{};
        bool done = false;
        QObject context;
        future.then(&context, [&](const T &v) {
            value = v;
            done = true;
        });
        [&] { QTRY_VERIFY(done); }();
        return value;
    }
    static void load(ConversationStore &store)
    {
        QSignalSpy listed(&store, &ConversationStore::listed);
        store.load();
        QTRY_COMPARE(listed.count(), 1);
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    QString m_folder;
};

void TestConversationStore::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->filePath(u"data/conversations"_s);
}

void TestConversationStore::keepsConversations()
{
    QString id;
    Conversation before;
    {
        ConversationStore store(m_folder);
        const QSignalSpy added(&store, &ConversationStore::summaryAdded);
        const QSignalSpy saved(&store, &ConversationStore::saved);
        const auto document = turn(store, u"Hello"_s, u"Hi **you**"_s);
        id = document->id();
        QCOMPARE(added.count(), 1);
        QVERIFY(store.hasUnsaved());
        QTRY_COMPARE(saved.count(), 1);
        QVERIFY(!store.hasUnsaved());
        before = document->conversation();
    }
    ConversationStore store(m_folder);
    QVERIFY(!store.isListed());
    load(store);
    QVERIFY(store.isListed() && store.problems().isEmpty());
    QCOMPARE(store.summaries().size(), 1);
    QCOMPARE(store.summary(id)->title, u"Hello"_s);
    QCOMPARE(store.summary(id)->messageCount, 2);
    const OpenedConversation opened = result(store.open(id));
    QCOMPARE(opened.problem, QString());
    QCOMPARE(opened.document->conversation(), before);
}

// The window opens the last conversation while the folder is being listed: whichever comes first, it is in the list.
void TestConversationStore::openedBeforeTheListing()
{
    QString id;
    {
        ConversationStore store(m_folder);
        id = turn(store, u"Hello"_s, u"Hi"_s)->id();
    }
    ConversationStore store(m_folder);
    const OpenedConversation opened = result(store.open(id));
    QVERIFY(opened.document);
    load(store);
    QCOMPARE(store.summaries().size(), 1);
    QCOMPARE(store.summary(id)->title, u"Hello"_s);
    QCOMPARE(store.summary(id)->messageCount, 2);
}

void TestConversationStore::emptyOnesAreNotKept()
{
    {
        ConversationStore store(m_folder);
        const auto document = store.create();
        document->setTitle(u"Nothing in it"_s);
        document->setSettings({.nPredict = 5});
        QVERIFY(store.summaries().isEmpty());
        QVERIFY(!store.hasUnsaved());
    }
    QVERIFY(!QFileInfo::exists(m_folder));
}

void TestConversationStore::filesArePrivate()
{
    // One that others could read becomes private.
    QVERIFY(QDir().mkpath(m_folder));
    QCOMPARE(::chmod(QFile::encodeName(m_folder).constData(), 0755), 0);
    QString id;
    {
        ConversationStore store(m_folder);
        id = turn(store, u"a"_s, u"b"_s)->id();
    }
    struct stat found = {};
    QCOMPARE(::stat(QFile::encodeName(m_folder).constData(), &found), 0);
    QCOMPARE(found.st_mode & 0777, 0700U);
    QCOMPARE(::stat(QFile::encodeName(ConversationFile::path(m_folder, id)).constData(), &found), 0);
    QCOMPARE(found.st_mode & 0777, 0600U);
    QCOMPARE(QDir(m_folder).entryList(QDir::Files | QDir::Hidden), QStringList{id + u".json"_s});
}

void TestConversationStore::savesOnceForManyChanges()
{
    ConversationStore store(m_folder);
    const QSignalSpy saved(&store, &ConversationStore::saved);
    const QSignalSpy changed(&store, &ConversationStore::summaryChanged);
    const auto document = store.create();
    const MessageId answer = document->addAnswer(document->addPrompt(u"Count"_s));
    for (int i = 0; i < 5000; ++i)
        document->appendText(answer, u"token "_s);
    QCOMPARE(saved.count(), 0);
    QVERIFY(changed.count() <= 2); // not for every token
    QTRY_COMPARE(saved.count(), 1);
    QCOMPARE(conversationFromJson(contents(document->id())).conversation->message(answer)->text.size(), 30'000);
    // And what came while it was written.
    document->appendText(answer, u"end"_s);
    QTRY_COMPARE(saved.count(), 2);
    QVERIFY(contents(document->id()).contains("token end"));
}

void TestConversationStore::theDestructorSaves()
{
    QStringList ids;
    {
        ConversationStore store(m_folder);
        for (int i = 0; i < 20; ++i)
            ids.append(turn(store, u"Prompt %1"_s.arg(i), u"x"_s)->id()); // nobody keeps the documents
    }
    for (const QString &id : ids)
        QVERIFY(conversationFromJson(contents(id)).conversation.has_value());
}

void TestConversationStore::openGivesTheSameDocument()
{
    ConversationStore store(m_folder);
    const auto document = turn(store, u"a"_s, u"b"_s);
    QCOMPARE(result(store.open(document->id())).document, document);
    const OpenedConversation none = result(store.open(u"no-such"_s));
    QVERIFY(!none.document && !none.problem.isEmpty());
    const OpenedConversation outside = result(store.open(u"../../etc/passwd"_s));
    QVERIFY(!outside.document && !outside.problem.isEmpty());
}

void TestConversationStore::removeAndRestore()
{
    ConversationStore store(m_folder);
    const QSignalSpy saved(&store, &ConversationStore::saved);
    const QSignalSpy removed(&store, &ConversationStore::summaryRemoved);
    const auto document = turn(store, u"Precious"_s, u"words"_s);
    const QString id = document->id();
    QTRY_COMPARE(saved.count(), 1);
    document->setTitle(u"Changed just before"_s);
    store.remove(id);
    QCOMPARE(removed.count(), 1);
    QVERIFY(document->isRemoved());
    QCOMPARE(document->addPrompt(u"x"_s), noMessage);
    QTRY_VERIFY(QFileInfo::exists(ConversationFile::trashPath(m_folder, id)));
    QVERIFY(!QFileInfo::exists(ConversationFile::path(m_folder, id)));
    QVERIFY(store.summaries().isEmpty());
    load(store);
    QVERIFY(store.summaries().isEmpty());

    const QSignalSpy added(&store, &ConversationStore::summaryAdded);
    store.restore(id);
    QTRY_COMPARE(added.count(), 1);
    QVERIFY(!document->isRemoved());
    QCOMPARE(store.summary(id)->title, u"Changed just before"_s);
    QVERIFY(contents(id).contains("words"));
    QVERIFY(document->addPrompt(u"more"_s) != noMessage);
}

void TestConversationStore::removeWhatWasNeverSaved()
{
    ConversationStore store(m_folder);
    const QSignalSpy failed(&store, &ConversationStore::failed);
    const auto document = turn(store, u"a"_s, u"b"_s);
    const QString id = document->id();
    store.remove(id);
    store.restore(id); // at once, before anything was done
    QTRY_VERIFY(store.summary(id).has_value());
    QCOMPARE(failed.count(), 0);
    QVERIFY(contents(id).contains("\"b\""));
}

void TestConversationStore::trashIsEmptiedAfterAMonth()
{
    QVERIFY(QDir().mkpath(m_folder + u"/trash"_s));
    write(u"trash/old.json"_s, "{}");
    write(u"trash/new.json"_s, "{}");
    write(u"trash/other.txt"_s, "not ours");
    for (const QString &name : {u"old.json"_s, u"other.txt"_s}) {
        QFile file(m_folder + u"/trash/"_s + name);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.setFileTime(QDateTime::currentDateTime().addDays(-40), QFileDevice::FileModificationTime));
    }
    ConversationStore store(m_folder);
    load(store);
    QVERIFY(!QFileInfo::exists(m_folder + u"/trash/old.json"_s));
    QVERIFY(QFileInfo::exists(m_folder + u"/trash/new.json"_s));
    QVERIFY(QFileInfo::exists(m_folder + u"/trash/other.txt"_s));
}

void TestConversationStore::renameAndDuplicate()
{
    QString id;
    {
        ConversationStore store(m_folder);
        id = turn(store, u"First"_s, u"x"_s)->id();
    }
    ConversationStore store(m_folder);
    load(store);
    const QSignalSpy saved(&store, &ConversationStore::saved);
    store.rename(id, u"A name"_s); // though it is not open
    QTRY_COMPARE(saved.count(), 1);
    QCOMPARE(store.summary(id)->title, u"A name"_s);
    const QString copy = result(store.duplicate(id));
    QVERIFY(!copy.isEmpty() && copy != id);
    QCOMPARE(store.summary(copy)->title, u"A name (copy)"_s);
    QTRY_COMPARE(saved.count(), 2);
    QVERIFY(contents(copy).contains("First"));
    // The original stays as it was when the copy changes.
    result(store.open(copy)).document->addPrompt(u"Only here"_s);
    QCOMPARE(result(store.open(id)).document->conversation().messages().size(), 2);
    const QSignalSpy failed(&store, &ConversationStore::failed);
    QCOMPARE(result(store.duplicate(u"none"_s)), QString());
    QCOMPARE(failed.count(), 1);
}

void TestConversationStore::exportsAndImports()
{
    ConversationStore store(m_folder);
    const auto document = turn(store, u"Prompt"_s, u"Answer *with* marks"_s);
    const QString json = m_temporary->filePath(u"out.json"_s);
    const QString markdown = m_temporary->filePath(u"out.md"_s);
    QCOMPARE(result(store.exportJson(document->id(), json)), QString());
    QCOMPARE(result(store.exportMarkdown(document->id(), markdown)), QString());
    QFile file(markdown);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains("> Prompt\n"));

    const OpenedConversation imported = result(store.importJson(json));
    QCOMPARE(imported.problem, QString());
    QVERIFY(imported.document->id() != document->id());
    QCOMPARE(imported.document->conversation().messages(), document->conversation().messages());
    QCOMPARE(store.summaries().size(), 2);

    const QString failure = result(store.exportJson(document->id(), u"/no/such/folder/x.json"_s));
    QVERIFY2(failure.contains(u"/no/such/folder/x.json"_s), qPrintable(failure));
}

void TestConversationStore::importRefuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    QTest::newRow("nothing") << QByteArray() << u"JSON"_s;
    QTest::newRow("no conversation") << QByteArray("{}") << u"format"_s;
    QTest::newRow("no messages") << toJson(Conversation::create()) << u"no messages"_s;
    QTest::newRow("later version") << QByteArray(R"({"format":"bitnet-conversation","version":99})")
                                   << u"later version"_s;
    QTest::newRow("settings") << QByteArray(
        R"({"format":"bitnet-conversation","version":1,"settings":{"temperature":-1}})")
                              << u"Temperature must be positive."_s;
}

void TestConversationStore::importRefuses()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QString, says);
    const QString path = m_temporary->filePath(u"in.json"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
    file.close();
    ConversationStore store(m_folder);
    const OpenedConversation imported = result(store.importJson(path));
    QVERIFY(!imported.document);
    QVERIFY2(imported.problem.contains(says) && imported.problem.contains(path), qPrintable(imported.problem));
    QVERIFY(store.summaries().isEmpty());
}

void TestConversationStore::searches()
{
    ConversationStore store(m_folder);
    const QSignalSpy saved(&store, &ConversationStore::saved);
    QString onDisk;
    {
        onDisk = turn(store, u"The elephant"_s, u"grey"_s)->id();
        QTRY_COMPARE(saved.count(), 1);
    }
    const auto open = turn(store, u"Another"_s, u"an Elephant, not on disk yet"_s);
    const auto found = [&store](const QString &text) {
        QFuture<ConversationHit> future = store.search(text);
        [&] { QTRY_VERIFY(future.isFinished()); }();
        QStringList ids;
        for (const ConversationHit &hit : future.results())
            ids.append(hit.conversation);
        return ids;
    };
    QCOMPARE(found(u"elephant"_s), (QStringList{open->id(), onDisk}));
    QCOMPARE(found(u"GREY"_s), QStringList{onDisk});
    QCOMPARE(found(u"disk not"_s), QStringList{open->id()});
    QCOMPARE(found(u"nowhere"_s), QStringList());
    QCOMPARE(found(u"  "_s), QStringList());
}

void TestConversationStore::searchIsCancelled()
{
    ConversationStore store(m_folder);
    std::vector<std::shared_ptr<ConversationDocument>> documents;
    for (int i = 0; i < 40; ++i)
        documents.push_back(turn(store, u"word"_s, u"word"_s));
    QFuture<ConversationHit> future = store.search(u"word"_s);
    future.cancel();
    QTRY_VERIFY(future.isFinished());
    QVERIFY(future.isCanceled());
}

// What still searches ends with the store.
void TestConversationStore::searchEndsWithTheStore()
{
    QFuture<ConversationHit> search;
    {
        ConversationStore store(m_folder);
        for (int i = 0; i < 5; ++i)
            turn(store, u"word"_s, QString(200'000, u'x'));
        search = store.search(u"nowhere"_s);
    }
    QVERIFY(search.isFinished());
    QCOMPARE(search.resultCount(), 0);
}

void TestConversationStore::damagedFilesHideNoOther()
{
    QString id;
    {
        ConversationStore store(m_folder);
        id = turn(store, u"Good"_s, u"x"_s)->id();
    }
    const QByteArray good = contents(id);
    const QList<std::pair<QString, QByteArray>> damaged{
        {u"empty.json"_s, {}},
        {u"noise.json"_s, QByteArray(5000, '\xff')},
        {u"zeros.json"_s, QByteArray(5000, '\0')},
        {u"not-ours.json"_s, "{\"a\":1}\n"},
        {u"bad name!.json"_s, good},
    };
    for (const auto &[name, bytes] : damaged)
        write(name, bytes);
    write(u"readme.txt"_s, "not looked at");
    ConversationStore store(m_folder);
    const QSignalSpy told(&store, &ConversationStore::problemsChanged);
    load(store);
    QCOMPARE(store.summaries().size(), 1);
    QCOMPARE(store.problems().size(), damaged.size());
    QCOMPARE(told.count(), 1);
    for (const ConversationProblem &problem : store.problems())
        QVERIFY2(problem.sentence.contains(QFileInfo(problem.path).fileName()), qPrintable(problem.sentence));
    for (const auto &[name, bytes] : damaged) {
        QFile file(m_folder + u'/' + name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), bytes);
    }
    // Cut behind its first line it is listed, and opening it says what is wrong.
    write(u"cut.json"_s, good.first(good.size() - 20));
    load(store);
    QVERIFY(store.summary(u"cut"_s).has_value());
    const OpenedConversation cut = result(store.open(u"cut"_s));
    QVERIFY(!cut.document);
    QVERIFY2(cut.problem.contains(u"JSON"_s), qPrintable(cut.problem));
}

void TestConversationStore::neverOpensLinksAndPipes()
{
    QVERIFY(QDir().mkpath(m_folder));
    QString id;
    {
        ConversationStore store(m_temporary->filePath(u"elsewhere"_s));
        id = turn(store, u"Elsewhere"_s, u"x"_s)->id();
    }
    QVERIFY(QFile::link(m_temporary->filePath(u"elsewhere/"_s + id + u".json"_s), m_folder + u"/link.json"_s));
    QCOMPARE(::mkfifo(QFile::encodeName(m_folder + u"/pipe.json"_s).constData(), 0600), 0);
    QVERIFY(QDir().mkpath(m_folder + u"/folder.json"_s));
    ConversationStore store(m_folder);
    load(store);
    QVERIFY(store.summaries().isEmpty());
    QCOMPARE(store.problems().size(), 2);
    for (const QString &name : {u"link"_s, u"pipe"_s, u"folder"_s})
        QVERIFY(!result(store.open(name)).document);
}

void TestConversationStore::laterVersionsAreReadOnly()
{
    Conversation conversation = Conversation::create();
    conversation.addPrompt(u"From the future"_s);
    QByteArray json = toJson(conversation);
    json.replace("\"version\":1", "\"version\":2,\"feeling\":\"good\"");
    write(u"later.json"_s, json);
    {
        ConversationStore store(m_folder);
        load(store);
        QVERIFY(store.summary(u"later"_s)->readOnly);
        const auto document = result(store.open(u"later"_s)).document;
        QVERIFY(document->isReadOnly());
        QCOMPARE(document->conversation().messages().size(), 1);
        QCOMPARE(document->addPrompt(u"x"_s), noMessage);
        document->select(1);
        const QSignalSpy failed(&store, &ConversationStore::failed);
        store.rename(u"later"_s, u"y"_s);
        QTRY_COMPARE(failed.count(), 1);
    }
    QCOMPARE(contents(u"later"_s), json);
}

void TestConversationStore::filesOfAnotherLayoutAreListed()
{
    Conversation conversation = Conversation::create();
    conversation.addPrompt(u"Edited by hand"_s);
    write(u"by-hand.json"_s, QJsonDocument::fromJson(toJson(conversation)).toJson(QJsonDocument::Indented));
    ConversationStore store(m_folder);
    load(store);
    QCOMPARE(store.summary(u"by-hand"_s)->title, u"Edited by hand"_s);
    QVERIFY(result(store.open(u"by-hand"_s)).document);
}

void TestConversationStore::leftoversAreTidied()
{
    write(u".bitnet-0123456789abcdef.tmp"_s, "half");
    ConversationStore store(m_folder);
    load(store);
    QVERIFY(QDir(m_folder).entryList(QDir::Files | QDir::Hidden).isEmpty());
}

// A child streams an answer and is killed; what it had a second before is there, and whole.
void TestConversationStore::killedWhileItStreams()
{
    for (int round = 0; round < 3; ++round) {
        QProcess child;
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), {u"--stream"_s, m_folder});
        // Words are told when they are older than the store's promise, see streamForEver().
        qint64 promised = 0;
        QString id;
        QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                while (child.canReadLine()) {
                    const QList<QByteArray> words = child.readLine().trimmed().split(' ');
                    id = QString::fromLatin1(words[0]);
                    promised = words[1].toLongLong();
                }
                return promised > 20 + round * 15;
            }(),
            30'000);
        ::kill(pid_t(child.processId()), SIGKILL);
        QTRY_COMPARE(child.state(), QProcess::NotRunning);

        ConversationStore store(m_folder);
        load(store);
        QVERIFY(store.problems().isEmpty());
        const auto document = result(store.open(id)).document;
        QVERIFY(document);
        const Message answer = *document->conversation().message(2);
        QCOMPARE(answer.state, MessageState::Interrupted);
        QVERIFY(!answer.reason.isEmpty());
        const QString text = answer.text;
        QVERIFY2(text.count(u' ') >= promised, qPrintable(u"%1 of %2"_s.arg(text.count(u' ')).arg(promised)));
        for (int i = 0; i < text.count(u' '); ++i)
            QCOMPARE(text.section(u' ', i, i), QString::number(i));
    }
}

// Prints, with each save, the conversation's id and how many words were on disk then.
static int streamForEver(const QString &folder)
{
    auto store = new ConversationStore(folder); // it dies with the process only
    const auto document = store->create();
    const MessageId answer = document->addAnswer(document->addPrompt(u"Count"_s));
    int words = 0;
    QTimer timer;
    QElapsedTimer sinceSaved;
    sinceSaved.start();
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] { document->appendText(answer, u"%1 "_s.arg(words++)); });
    QObject::connect(store, &ConversationStore::saved, &timer, [&] {
        QFile file(ConversationFile::path(folder, document->id()));
        if (!file.open(QIODevice::ReadOnly))
            return;
        const auto reading = conversationFromJson(file.readAll());
        if (!reading.conversation)
            std::abort();
        std::printf("%s %d\n", qPrintable(document->id()),
                    int(reading.conversation->message(answer)->text.count(u' ')));
        std::fflush(stdout);
    });
    timer.start(10);
    return QCoreApplication::exec();
}

void TestConversationStore::fullDisk()
{
    if (!SmallDisk::isPossible())
        QSKIP("small disks can't be made here");
    SmallDisk disk("1m");
    QVERIFY(disk.isMounted());
    m_folder = disk.path() + u"/conversations"_s;
    ConversationStore store(m_folder);
    const QSignalSpy saved(&store, &ConversationStore::saved);
    const QSignalSpy problem(&store, &ConversationStore::savingProblemChanged);
    const auto document = turn(store, u"First"_s, u"kept"_s);
    QTRY_COMPARE(saved.count(), 1);
    const QByteArray before = contents(document->id());
    disk.fill();
    document->addPrompt(QString(100'000, u'x'));
    QTRY_COMPARE(problem.count(), 1);
    QVERIFY(!store.savingProblem().isEmpty());
    QVERIFY(store.hasUnsaved());
    QCOMPARE(contents(document->id()), before); // the old one is whole
    disk.makeRoom();
    QTRY_VERIFY_WITH_TIMEOUT(store.savingProblem().isEmpty(), 20'000);
    QTRY_VERIFY(!store.hasUnsaved());
    QVERIFY(contents(document->id()).size() > 100'000);
    QCOMPARE(QDir(m_folder).entryList(QDir::Files | QDir::Hidden).size(), 1);
}

void TestConversationStore::thousands()
{
    static constexpr int count = 1000;
    QVERIFY(QDir().mkpath(m_folder));
    Conversation conversation = Conversation::create();
    const MessageId prompt = conversation.addPrompt(u"A prompt among many"_s);
    conversation.appendText(conversation.addAnswer(prompt), QString(20'000, u'y'));
    const QByteArray json = toJson(conversation);
    for (int i = 0; i < count; ++i)
        write(u"c%1.json"_s.arg(i), json);
    ConversationStore store(m_folder);
    load(store);
    QCOMPARE(store.summaries().size(), count);
    QCOMPARE(store.summary(u"c7"_s)->title, u"A prompt among many"_s);
}

int main(int argc, char *argv[])
{
    SmallDisk::prepare();
    QCoreApplication app(argc, argv);
    if (app.arguments().value(1) == u"--stream"_s)
        return streamForEver(app.arguments().value(2));
    TestConversationStore test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_conversationstore.moc"
