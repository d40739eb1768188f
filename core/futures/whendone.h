// SPDX-License-Identifier: MIT
#pragma once

#include <QFuture>
#include <QFutureWatcher>
#include <QObject>
#include <QPromise>

#include <memory>
#include <type_traits>
#include <utility>

namespace BitNet {

// As future.then(context, function), and safe when the context goes before the future is done: function is not called then,
// and the future that this gives is cancelled. Nor is it called for a future that was cancelled or failed. It is called from
// the event loop, never at once. To be called in the context's thread.
//
// In Qt 6.4 a continuation of then() reads its context in the thread that finishes the future, with nothing that keeps the
// context from being destroyed meanwhile; a QFutureWatcher and its future share a lock.
template<typename T, typename Function>
auto whenDone(const QFuture<T> &future, QObject *context, Function function)
{
    constexpr bool hasResult = !std::is_void_v<T>;
    const auto call = [](Function &wanted, const QFuture<T> &done) {
        if constexpr (hasResult)
            return wanted(done.result());
        else
            return wanted();
    };
    using Result = decltype(call(function, future));
    const auto promise = std::make_shared<QPromise<Result>>();
    promise->start();
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, promise, call, function = std::move(function)]() mutable {
                         const QFuture<T> done = watcher->future();
                         watcher->deleteLater();
                         bool isThere = !done.isCanceled();
                         if constexpr (hasResult)
                             isThere = isThere && done.resultCount() > 0;
                         if (!isThere)
                             promise->future().cancel();
                         else if constexpr (std::is_void_v<Result>)
                             call(function, done);
                         else
                             promise->addResult(call(function, done));
                         promise->finish();
                     });
    watcher->setFuture(future);
    return promise->future();
}

} // namespace BitNet
