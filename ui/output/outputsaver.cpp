// SPDX-License-Identifier: MIT
#include "ui/output/outputsaver.h"

#include "core/output/outputlog.h"
#include "core/telemetry/recordexport.h"

#include <QPromise>
#include <QtConcurrentRun>

#include <algorithm>

namespace BitNet {

static constexpr qint64 stepSize = 1024 * 1024;

OutputSaver::OutputSaver(QObject *parent)
    : QObject(parent)
{
    connect(&m_watcher, &QFutureWatcher<Result>::progressValueChanged, this, &OutputSaver::progressed);
    connect(&m_watcher, &QFutureWatcher<Result>::finished, this, [this] {
        if (!m_watcher.isCanceled() && m_watcher.future().resultCount() > 0) {
            const Result result = m_watcher.result();
            Q_EMIT saved(result.bytes, result.error);
        }
        Q_EMIT stopped();
    });
}

OutputSaver::~OutputSaver()
{
    m_watcher.cancel();
}

void OutputSaver::save(const QString &folder, OutputStreams streams, const QString &path)
{
    if (isRunning())
        return;
    m_watcher.setFuture(QtConcurrent::run([folder, streams, path](QPromise<Result> &promise) {
        Result result;
        OutputLog log;
        if (!log.open(folder)) {
            result.error = log.errorString();
            promise.addResult(result);
            return;
        }
        promise.setProgressRange(0, 100);
        const qint64 size = log.size();
        const auto write = [&](QIODevice &device) {
            OutputSlice slice;
            for (qint64 offset = 0; offset < size; offset += stepSize) {
                if (promise.isCanceled())
                    return false;
                log.slice(streams, offset, std::min(offset + stepSize, size), slice);
                if (device.write(slice.bytes) != slice.bytes.size())
                    return false;
                result.bytes += slice.bytes.size();
                promise.setProgressValue(int(std::min(offset + stepSize, size) * 100 / size));
            }
            return true;
        };
        if (!replaceFile(path, write, &result.error))
            result.bytes = 0;
        promise.addResult(result);
    }));
}

void OutputSaver::cancel()
{
    m_watcher.cancel();
}

} // namespace BitNet
