// SPDX-License-Identifier: MIT
#pragma once

class QFormLayout;

namespace BitNet {

// Makes each label as high as its row, so that it is level with the text in the field beside it. For forms that are complete
// and whose rows are one line high.
void levelLabels(QFormLayout &form);

} // namespace BitNet
