// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace BitNet {

class OutputView;

// The field to search an output with: as one types, with the number of hits, next and previous.
class OutputSearchBar : public QWidget
{
    Q_OBJECT
public:
    // The view must outlive it.
    explicit OutputSearchBar(OutputView *view, QWidget *parent = nullptr);

    // Shows it, ready to be typed into. What is selected in the view, when it is a few words, is looked for.
    void open();
    // Hides it and forgets the search.
    void dismiss();
    void goOn(bool backwards);

Q_SIGNALS:
    void dismissed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void search();
    void showCount();

    OutputView *const m_view;
    QLineEdit *const m_field;
    QToolButton *const m_caseButton;
    QToolButton *const m_previousButton;
    QToolButton *const m_nextButton;
    QLabel *const m_count;
};

} // namespace BitNet
