// SPDX-License-Identifier: MIT
#pragma once

#include "ui/style/findbar.h"

namespace BitNet {

class OutputView;

// Searches an output.
class OutputSearchBar : public FindBar
{
    Q_OBJECT
public:
    // The view must outlive it.
    explicit OutputSearchBar(OutputView *view, QWidget *parent = nullptr);

protected:
    void find(const QString &text, Qt::CaseSensitivity sensitivity) override;
    bool isSearching() const override;
    void step(bool backwards) override;
    void forget() override;
    QString selectedText(qsizetype maximum) const override;
    QWidget *searched() const override;
    void scrollByKey(int key) override;

private:
    void showCount();

    OutputView *const m_view;
};

} // namespace BitNet
