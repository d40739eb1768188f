// SPDX-License-Identifier: MIT
// A conversation of 50 000 tokens on the screen while one more answer streams into it, a token every two milliseconds: the gaps
// of the event loop. The yardstick, in the same run: QTextBrowser::setMarkdown() for every token.
#include "benchfigure.h"

#include "core/conversations/conversationstore.h"
#include "support/eventloopgap.h"
#include "ui/prompt/conversationview.h"
#include "ui/prompt/markdownparser.h"
#include "ui/style/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QEventLoop>
#include <QFutureWatcher>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include <algorithm>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

// About four letters a token, with everything that Markdown has.
QStringList tokens(int count)
{
    static const QString page = u"## Heading\n\nSome **strong** words and `code`, a [link](https://example.org), then "
                                u"more and more text that has to be "
                                u"wrapped.\n\n- one item\n- another *item*\n  - below it\n\n```cpp\nint main()\n{\n    "
                                u"return run(queue);\n}\n```\n\n"
                                u"| a | b |\n|---|--:|\n| one | 1 |\n| two | 2 |\n\n> quoted words\n\n"_s;
    QStringList all;
    all.reserve(count);
    for (int i = 0; i < count; ++i)
        all.append(page.mid((i * 4) % (page.size() / 4 * 4), 4));
    return all;
}

double milliseconds(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

void printGaps(const QString &name, const std::vector<double> &gaps, const QJsonObject &more)
{
    Bench::printFigure(name + u"_p99_gap"_s, Bench::percentile(gaps, 0.99), u"ms"_s, more);
    Bench::printFigure(name + u"_longest_gap"_s, *std::max_element(gaps.begin(), gaps.end()), u"ms"_s, more);
}

// Calls take(token) every two milliseconds; what falls behind is caught up with, as an engine does not wait, but with no more than
// mostAtOnce in one turn of the event loop.
template<typename Take>
std::vector<double> stream(const QStringList &all, qsizetype mostAtOnce, Take &&take)
{
    QEventLoop loop; // QTest::qWaitFor() sleeps in between
    QElapsedTimer since;
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    qsizetype sent = 0;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
        const qsizetype due = std::min<qsizetype>(since.elapsed() / 2, all.size());
        for (const qsizetype end = std::min(due, sent + mostAtOnce); sent < end; ++sent)
            take(all[sent]);
        if (sent == all.size())
            loop.quit();
    });
    EventLoopGap gap;
    since.start();
    timer.start(2);
    loop.exec();
    return gap.gaps();
}

void benchView(int before, int streamed)
{
    const QJsonObject size{{u"tokens"_s, before}, {u"streamed"_s, streamed}};
    QTemporaryDir folder;
    ConversationStore store(folder.filePath(u"conversations"_s));
    const auto document = store.create();
    static constexpr int perAnswer = 1000;
    const QString answerText = tokens(perAnswer).join(QString());
    for (int i = 0; i < before / perAnswer; ++i) {
        const MessageId answer = document->addAnswer(document->addPrompt(u"Prompt %1"_s.arg(i)));
        document->appendText(answer, answerText);
        document->finish(answer, MessageState::Complete, {.outputTokens = perAnswer});
    }
    ConversationView view;
    view.resize(1000, 800);
    view.show();
    (void)QTest::qWaitForWindowExposed(&view);
    QElapsedTimer timer;
    timer.start();
    view.setDocument(document);
    view.viewport()->repaint();
    Bench::printFigure(u"conversation_shown"_s, milliseconds(timer), u"ms"_s, size);
    QTest::qWait(1500); // the rest is measured meanwhile

    const MessageId answer = document->addAnswer(document->addPrompt(u"One more"_s));
    printGaps(u"stream"_s,
              stream(tokens(streamed), streamed, [&](const QString &token) { document->appendText(answer, token); }),
              size);
    document->finish(answer, MessageState::Complete);

    view.setFollowing(false);
    std::vector<double> frames;
    for (int i = 0; i < 100; ++i) {
        timer.start();
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() * i / 100);
        view.viewport()->repaint();
        frames.push_back(milliseconds(timer));
    }
    Bench::printFigure(u"jump_and_paint"_s, Bench::median(frames), u"ms"_s, size);
    timer.start();
    view.find(u"queue"_s);
    Bench::printFigure(u"find"_s, milliseconds(timer), u"ms"_s, {{u"hits"_s, view.hitCount()}});
    timer.start();
    view.resize(700, 800);
    view.viewport()->repaint();
    Bench::printFigure(u"resize_and_paint"_s, milliseconds(timer), u"ms"_s, size);
}

void benchYardstick(int before, int streamed)
{
    QTextBrowser browser;
    browser.resize(1000, 800);
    browser.show();
    (void)QTest::qWaitForWindowExposed(&browser);
    QString text = tokens(before).join(QString());
    printGaps(u"yardstick_textbrowser"_s,
              stream(tokens(streamed), 1,
                     [&](const QString &token) {
                         text += token;
                         browser.setMarkdown(text);
                     }),
              {{u"tokens"_s, before}, {u"streamed"_s, streamed}});
}

void benchStore(int count)
{
    QTemporaryDir folder;
    Conversation conversation = Conversation::create();
    const MessageId prompt = conversation.addPrompt(u"A prompt among many"_s);
    conversation.appendText(conversation.addAnswer(prompt), tokens(2500).join(QString()));
    const QByteArray json = toJson(conversation);
    for (int i = 0; i < count; ++i) {
        QFile file(folder.filePath(u"c%1.json"_s.arg(i)));
        if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size())
            qFatal("no room for the files");
    }
    const QJsonObject size{{u"conversations"_s, count}, {u"bytes_each"_s, json.size()}};
    QElapsedTimer timer;
    timer.start();
    const qsizetype listed = ConversationFile::list(folder.path()).summaries.size();
    Bench::printFigure(u"list"_s, milliseconds(timer), u"ms"_s, size);
    ConversationStore store(folder.path());
    store.load();
    (void)QTest::qWaitFor([&] { return store.isListed(); }, 60'000);
    EventLoopGap gap;
    timer.start();
    QFuture<ConversationHit> found = store.search(u"queue main"_s);
    QFutureWatcher<ConversationHit> watcher;
    QEventLoop loop;
    QObject::connect(&watcher, &QFutureWatcher<ConversationHit>::finished, &loop, &QEventLoop::quit);
    watcher.setFuture(found);
    loop.exec();
    Bench::printFigure(u"search"_s, milliseconds(timer), u"ms"_s,
                       {{u"conversations"_s, listed}, {u"found"_s, found.resultCount()}});
    printGaps(u"search"_s, gap.gaps(), size);
}

} // namespace

int main(int argc, char *argv[])
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Prints the figures of a long conversation, one JSON object a line."_s);
    parser.addHelpOption();
    parser.addOptions({{u"tokens"_s, u"Tokens of the conversation."_s, u"n"_s, u"50000"_s},
                       {u"streamed"_s, u"Tokens that stream into it."_s, u"n"_s, u"5000"_s},
                       {u"yardstick"_s, u"Tokens that stream into a QTextBrowser."_s, u"n"_s, u"3"_s},
                       {u"conversations"_s, u"Files of the store."_s, u"n"_s, u"5000"_s}});
    parser.process(app);
    applyTheme(Theme::Light);
    const int count = parser.value(u"tokens"_s).toInt();
    if (const int streamed = parser.value(u"streamed"_s).toInt(); streamed > 0)
        benchView(count, streamed);
    if (const int streamed = parser.value(u"yardstick"_s).toInt(); streamed > 0)
        benchYardstick(count, streamed);
    if (const int conversations = parser.value(u"conversations"_s).toInt(); conversations > 0)
        benchStore(conversations);
    return 0;
}
