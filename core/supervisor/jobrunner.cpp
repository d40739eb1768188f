// SPDX-License-Identifier: MIT
#include "core/supervisor/jobrunner.h"

namespace BitNet {

JobRunner::JobRunner(QObject *parent)
    : QObject(parent)
{
}

JobRunner::~JobRunner() = default;

void JobRunner::sendSignal(int /*number*/, bool /*wholeTree*/) { }

void JobRunner::writeInput(const QByteArray & /*bytes*/) { }

} // namespace BitNet
