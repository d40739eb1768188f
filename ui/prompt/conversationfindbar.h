// SPDX-License-Identifier: MIT
#pragma once

#include "ui/style/findbar.h"

namespace BitNet {

class ConversationView;

// Searches the conversation that a view shows.
class ConversationFindBar : public FindBar
{
    Q_OBJECT
public:
    explicit ConversationFindBar(ConversationView *view, QWidget *parent = nullptr);

    // Searches that view from now on.
    void setView(ConversationView *view);

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

    ConversationView *m_view = nullptr;
};

} // namespace BitNet
