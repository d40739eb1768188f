// SPDX-License-Identifier: MIT
#include "core/futures/whendone.h"

#include <QTest>
#include <QtConcurrent>

#include <atomic>
#include <cstring>

using namespace BitNet;

class TestWhenDone : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsInTheContextsThread();
    void passesOnWhatItGives();
    void withoutResult();
    void aDoneFutureIsToldFromTheEventLoop();
    void notAfterTheContext();
    void notForWhatWasCancelled();
    void theContextGoesAsTheFutureFinishes();
};

void TestWhenDone::callsInTheContextsThread()
{
    QObject context;
    int given = 0;
    QThread *thread = nullptr;
    whenDone(QtConcurrent::run([] { return 42; }), &context, [&](int value) {
        given = value;
        thread = QThread::currentThread();
    });
    QTRY_COMPARE(given, 42);
    QCOMPARE(thread, QThread::currentThread());
    // Nothing is left of it.
    QTRY_VERIFY(context.children().isEmpty());
}

void TestWhenDone::passesOnWhatItGives()
{
    QObject context;
    const QFuture<QString> text = whenDone(QtConcurrent::run([] { return 42; }), &context,
                                           [](const int &value) { return QString::number(value); });
    QTRY_VERIFY(text.isFinished());
    QVERIFY(!text.isCanceled());
    QCOMPARE(text.result(), QStringLiteral("42"));
}

void TestWhenDone::withoutResult()
{
    QObject context;
    bool isCalled = false;
    const QFuture<void> done = whenDone(QtConcurrent::run([] {}), &context, [&] { isCalled = true; });
    QTRY_VERIFY(done.isFinished());
    QVERIFY(isCalled);
    QVERIFY(!done.isCanceled());
}

void TestWhenDone::aDoneFutureIsToldFromTheEventLoop()
{
    QObject context;
    QPromise<int> promise;
    promise.start();
    promise.addResult(7);
    promise.finish();
    int given = 0;
    whenDone(promise.future(), &context, [&](int value) { given = value; });
    QCOMPARE(given, 0);
    QTRY_COMPARE(given, 7);
}

void TestWhenDone::notAfterTheContext()
{
    auto context = std::make_unique<QObject>();
    QPromise<int> promise;
    promise.start();
    bool isCalled = false;
    const QFuture<int> given = whenDone(promise.future(), context.get(), [&](int value) {
        isCalled = true;
        return value;
    });
    context.reset();
    QVERIFY(given.isCanceled() && given.isFinished());
    promise.addResult(7);
    promise.finish();
    QCoreApplication::sendPostedEvents();
    QVERIFY(!isCalled);
}

void TestWhenDone::notForWhatWasCancelled()
{
    QObject context;
    QPromise<int> promise;
    promise.start();
    bool isCalled = false;
    const QFuture<int> given = whenDone(promise.future(), &context, [&](int value) {
        isCalled = true;
        return value;
    });
    promise.future().cancel();
    promise.finish();
    QTRY_VERIFY(given.isFinished());
    QVERIFY(given.isCanceled());
    QVERIFY(!isCalled);
}

// With then() of Qt 6.4 this often ends in a crash.
void TestWhenDone::theContextGoesAsTheFutureFinishes()
{
    QRandomGenerator random(1);
    const auto spin = [](int rounds) {
        for (std::atomic<int> i = 0; i < rounds; ++i) { }
    };
    for (int i = 0; i < 50'000; ++i) {
        auto context = std::make_unique<QObject>();
        std::atomic<bool> isBegun = false;
        const int work = int(random.bounded(500));
        whenDone(QtConcurrent::run([&isBegun, work, spin] {
                     isBegun = true;
                     spin(work);
                     return 1;
                 }),
                 context.get(), [](int) {});
        while (!isBegun)
            QThread::yieldCurrentThread();
        spin(int(random.bounded(1500)));
        context.reset();
        // What comes to lie in its place.
        const std::unique_ptr<char[]> other(new char[sizeof(QObject)]);
        std::memset(other.get(), 0x41, sizeof(QObject));
    }
}

QTEST_GUILESS_MAIN(TestWhenDone)
#include "tst_whendone.moc"
