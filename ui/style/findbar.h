// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

#include <optional>

class QLabel;
class QLineEdit;
class QToolButton;

namespace BitNet {

// The field to search a text with: as one types, with the number of hits, next and previous. Its heirs say where.
class FindBar : public QWidget
{
    Q_OBJECT
public:
    // Shows it, ready to be typed into. What is selected, when it is a few words, is looked for.
    void open();
    // Hides it and forgets the search.
    void dismiss();
    // To the next hit, or opens it.
    void goOn(bool backwards);

Q_SIGNALS:
    void dismissed();

protected:
    struct Hits
    {
        qint64 count = 0;
        std::optional<qint64> current = std::nullopt; // from 0
        std::optional<int> percentDone = std::nullopt; // while it still searches
    };

    // name: of the object; those of its field and its count begin with it. what: "Find in output".
    FindBar(const QString &name, const QString &what, QWidget *parent);

    // Nothing: there is no search.
    void showHits(const std::optional<Hits> &hits);
    // Searches again for what is in the field.
    void search();

    virtual void find(const QString &text, Qt::CaseSensitivity sensitivity) = 0;
    virtual bool isSearching() const = 0;
    virtual void step(bool backwards) = 0;
    virtual void forget() = 0;
    virtual QString selectedText(qsizetype maximum) const = 0;
    // Where the cursor goes when this is closed.
    virtual QWidget *searched() const = 0;
    // A key that moves the text while the cursor stays in the field: up, down, a page.
    virtual void scrollByKey(int key) = 0;

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QLineEdit *const m_field;
    QToolButton *const m_caseButton;
    QToolButton *const m_previousButton;
    QToolButton *const m_nextButton;
    QLabel *const m_count;
};

} // namespace BitNet
