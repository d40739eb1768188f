// SPDX-License-Identifier: MIT
#pragma once

class QWidget;

namespace BitNet {

class JobTableModel;
class RuntimeSupervisor;

// Asks whether every job that waits or runs is to be cancelled, and cancels them on a yes. Servers go on: they are stopped on
// the Engine page.
void askBeforeCancellingAll(QWidget *window, RuntimeSupervisor &supervisor, const JobTableModel &jobs);

} // namespace BitNet
