// SPDX-License-Identifier: MIT
#include "ui/output/outputsearchbar.h"

#include "ui/output/outputview.h"
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

OutputSearchBar::OutputSearchBar(OutputView *view, QWidget *parent)
    : QWidget(parent)
    , m_view(view)
    , m_field(new QLineEdit(this))
    , m_caseButton(iconButton({}, tr("Match case"), tr("Match case"), this))
    , m_previousButton(
          iconButton(u"previous"_s, tr("Previous match"), tr("Previous match (Shift+Enter, Shift+F3)"), this))
    , m_nextButton(iconButton(u"next"_s, tr("Next match"), tr("Next match (Enter, F3)"), this))
    , m_count(new QLabel(this))
{
    setObjectName(u"outputSearchBar"_s);
    m_field->setObjectName(u"outputSearchField"_s);
    m_field->setPlaceholderText(tr("Find in output"));
    m_field->setAccessibleName(tr("Find in output"));
    m_field->setClearButtonEnabled(true);
    m_field->setMinimumWidth(120);
    m_field->setMaximumWidth(360);
    m_field->installEventFilter(this);
    m_caseButton->setText(u"Aa"_s);
    m_caseButton->setCheckable(true);
    m_count->setObjectName(u"outputSearchCount"_s);
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

    connect(m_field, &QLineEdit::textChanged, this, &OutputSearchBar::search);
    connect(m_caseButton, &QToolButton::toggled, this, &OutputSearchBar::search);
    connect(m_previousButton, &QToolButton::clicked, this, [this] { goOn(true); });
    connect(m_nextButton, &QToolButton::clicked, this, [this] { goOn(false); });
    connect(close, &QToolButton::clicked, this, &OutputSearchBar::dismiss);
    connect(&view->finder(), &OutputFinder::changed, this, &OutputSearchBar::showCount);
    showCount();
}

void OutputSearchBar::open()
{
    show();
    const QString selected = m_view->selectedText(longestPrefill + 1);
    if (!selected.isEmpty() && selected.size() <= longestPrefill && !selected.contains(u'\n'))
        m_field->setText(selected);
    else if (!m_field->text().isEmpty() && !m_view->finder().isActive())
        search();
    m_field->selectAll();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void OutputSearchBar::dismiss()
{
    hide();
    m_view->finder().clear();
    m_view->setFocus(Qt::OtherFocusReason);
    Q_EMIT dismissed();
}

void OutputSearchBar::goOn(bool backwards)
{
    if (!isVisible()) {
        open();
        return;
    }
    if (backwards)
        m_view->finder().goToPrevious();
    else
        m_view->finder().goToNext();
}

bool OutputSearchBar::eventFilter(QObject *watched, QEvent *event)
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
            m_view->scrollByKey(key->key());
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

void OutputSearchBar::search()
{
    m_view->find(m_field->text(), m_caseButton->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive);
}

void OutputSearchBar::showCount()
{
    const OutputFinder &finder = m_view->finder();
    const QLocale locale;
    const qint64 count = finder.hitCount();
    QString text;
    if (finder.isActive()) {
        const QString total = locale.toString(count);
        if (count == 0)
            text = finder.isRunning() ? tr("Searching… %1 %").arg(finder.percentDone()) : tr("No matches");
        else if (finder.current())
            text = tr("%1 of %2").arg(locale.toString(finder.current()->number + 1), total);
        else
            text = count == 1 ? tr("one match") : tr("%1 matches").arg(total);
        if (count > 0 && finder.isRunning())
            text = tr("%1 so far (%2 %)").arg(text).arg(finder.percentDone());
    }
    const bool none = finder.isActive() && count == 0 && !finder.isRunning();
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, toneColour(none ? Tone::Bad : Tone::Muted, palette()));
    m_count->setPalette(colours);
    m_count->setText(text);
    m_previousButton->setEnabled(count > 0);
    m_nextButton->setEnabled(count > 0);
}

} // namespace BitNet
