// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace BitNet {

// What is asked before something that can't be taken back.
struct Question
{
    QString title;
    QString text; // the question itself, one sentence
    QString explanation; // what follows from a yes; may be empty
    QString yes; // the button says what it does
    QString no; // empty: Cancel
    bool canBeSilenced = false; // offers "Don't ask again"
};

// Opens the question over its window and returns at once. onYes is called when the answer is yes, at most once; never: it
// isn't to be asked again. Nothing is called when the window goes first.
void ask(QWidget *window, const Question &question, const std::function<void(bool never)> &onYes);

} // namespace BitNet
