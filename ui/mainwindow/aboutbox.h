// SPDX-License-Identifier: MIT
#pragma once

class QWidget;

namespace BitNet {

// What this is, its version and its licence, over the parent.
void openAboutBox(QWidget *parent);

} // namespace BitNet
