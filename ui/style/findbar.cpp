// SPDX-License-Identifier: MIT
#include "ui/style/findbar.h"

#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qsizetype longestPrefill = 200;

static QToolButton *iconButton(const QString &icon, const QString &name, const QString &tip, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    if (!icon.isEmpty())
        button->setIcon(Icons::get(icon));
    button->setAutoRaise(true);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    return button;
}

FindBar::FindBar(const QString &name, const QString &what, QWidget *parent)
    : QWidget(parent)
    , m_field(new QLineEdit(this))
    , m_caseButton(iconButton({}, tr("Match case"), tr("Match case"), this))
    , m_previousButton(
          iconButton(u"previous"_s, tr("Previous match"), tr("Previous match (Shift+Enter, Shift+F3)"), this))
    , m_nextButton(iconButton(u"next"_s, tr("Next match"), tr("Next match (Enter, F3)"), this))
    , m_count(new QLabel(this))
{
    setObjectName(name);
    m_field->setObjectName(name + u"Field"_s);
    m_field->setPlaceholderText(what);
    m_field->setAccessibleName(what);
    m_field->setClearButtonEnabled(true);
    m_field->setMinimumWidth(120);
    m_field->setMaximumWidth(360);
    m_field->installEventFilter(this);
    m_caseButton->setText(u"Aa"_s);
    m_caseButton->setCheckable(true);
    m_count->setObjectName(name + u"Count"_s);
    m_count->setAccessibleName(tr("Number of matches"));
    auto *close = iconButton(u"close"_s, tr("Close the search"), tr("Close (Esc)"), this);

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 4, 6, 4);
    layout->setSpacing(2);
    layout->addWidget(m_field, 1);
    layout->addWidget(m_caseButton);
    layout->addWidget(m_previousButton);
    layout->addWidget(m_nextButton);
    layout->addSpacing(8);
    layout->addWidget(m_count);
    layout->addStretch();
    layout->addWidget(close);

    connect(m_field, &QLineEdit::textChanged, this, &FindBar::search);
    connect(m_caseButton, &QToolButton::toggled, this, &FindBar::search);
    connect(m_previousButton, &QToolButton::clicked, this, [this] { goOn(true); });
    connect(m_nextButton, &QToolButton::clicked, this, [this] { goOn(false); });
    connect(close, &QToolButton::clicked, this, &FindBar::dismiss);
    showHits(std::nullopt);
}

void FindBar::open()
{
    show();
    const QString selected = selectedText(longestPrefill + 1);
    if (!selected.isEmpty() && selected.size() <= longestPrefill && !selected.contains(u'\n'))
        m_field->setText(selected);
    else if (!m_field->text().isEmpty() && !isSearching())
        search();
    m_field->selectAll();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void FindBar::dismiss()
{
    hide();
    forget();
    searched()->setFocus(Qt::OtherFocusReason);
    Q_EMIT dismissed();
}

void FindBar::goOn(bool backwards)
{
    if (isVisible())
        step(backwards);
    else
        open();
}

bool FindBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::ShortcutOverride) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Escape || key->key() == Qt::Key_F3 || key->matches(QKeySequence::Find))
            event->accept();
    }
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        switch (key->key()) {
        case Qt::Key_Escape:
            dismiss();
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_F3:
            goOn(key->modifiers() & Qt::ShiftModifier);
            return true;
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
        case Qt::Key_Up:
        case Qt::Key_Down:
            scrollByKey(key->key());
            return true;
        default:
            break;
        }
        if (key->matches(QKeySequence::Find)) {
            m_field->selectAll();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FindBar::search()
{
    find(m_field->text(), m_caseButton->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive);
}

void FindBar::showHits(const std::optional<Hits> &hits)
{
    const QLocale locale;
    const qint64 count = hits ? hits->count : 0;
    QString text;
    if (hits) {
        const QString total = locale.toString(count);
        if (count == 0)
            text = hits->percentDone ? tr("Searching… %1 %").arg(*hits->percentDone) : tr("No matches");
        else if (hits->current)
            text = tr("%1 of %2").arg(locale.toString(*hits->current + 1), total);
        else
            text = count == 1 ? tr("one match") : tr("%1 matches").arg(total);
        if (count > 0 && hits->percentDone)
            text = tr("%1 so far (%2 %)").arg(text).arg(*hits->percentDone);
    }
    const bool none = hits && count == 0 && !hits->percentDone;
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, toneColour(none ? Tone::Bad : Tone::Muted, palette()));
    m_count->setPalette(colours);
    m_count->setText(text);
    m_previousButton->setEnabled(count > 0);
    m_nextButton->setEnabled(count > 0);
}

} // namespace BitNet
