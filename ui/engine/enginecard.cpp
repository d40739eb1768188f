// SPDX-License-Identifier: MIT
#include "ui/engine/enginecard.h"

#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QDesktopServices>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QUrl>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString purpose(const QString &program)
{
    if (program == "llama-cli"_L1)
        return EngineCard::tr("answers prompts");
    if (program == "llama-server"_L1)
        return EngineCard::tr("keeps a model loaded");
    if (program == "llama-bench"_L1)
        return EngineCard::tr("measures speed");
    return EngineCard::tr("converts models");
}

// Whether the engine is of much use without it.
bool isNeeded(const QString &program)
{
    return program == "llama-cli"_L1 || program == "llama-server"_L1;
}

} // namespace

EngineCard::EngineCard(const Engine &engine, bool isDefault, QWidget *parent)
    : QFrame(parent)
    , m_engine(engine)
{
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("Engine %1").arg(engine.name));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(8);
    column->addWidget(makeHead(isDefault));
    column->addWidget(makePrograms());
    column->addWidget(makeButtons(isDefault));
}

QString EngineCard::summary(const Engine &engine)
{
    if (!engine.isThere())
        return tr("No llama-cli and no llama-server here. Build the project there, or remove this entry.");
    if (!engine.isProbed)
        return tr("Asking its programs…");
    QString words;
    switch (engine.family) {
    case EngineFamily::LlamaCpp:
        words = tr("llama.cpp");
        break;
    case EngineFamily::BitNetCpp:
        words = tr("bitnet.cpp, loads I2_S models");
        break;
    case EngineFamily::Replay:
        words = tr("plays recorded runs, reads no model: its answers are not an answer to what you ask");
        break;
    case EngineFamily::Unknown:
        words = tr("a build that does not say of which family it is");
        break;
    }
    const QString version = engine.version.text();
    return version.isEmpty() ? tr("%1 · version not known").arg(words) : tr("%1 · version %2").arg(words, version);
}

QString EngineCard::originWords(EngineOrigin origin)
{
    switch (origin) {
    case EngineOrigin::Chosen:
        return tr("added by you");
    case EngineOrigin::Environment:
        return tr("named by BITNET_BUILD_DIR");
    case EngineOrigin::WorkingDirectory:
        return tr("found in the working directory");
    case EngineOrigin::SearchPath:
        return tr("found in PATH");
    }
    return {};
}

QWidget *EngineCard::makeHead(bool isDefault)
{
    auto *head = new QWidget;
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(3);
    auto *row = new QHBoxLayout;
    row->setSpacing(10);
    auto *name = new ToneLabel(Tone::Plain, m_engine.name);
    name->setTextFormat(Qt::PlainText);
    name->setScale(1.1, QFont::DemiBold);
    row->addWidget(name);
    if (isDefault) {
        auto *sign = new QLabel;
        sign->setPixmap(Icons::get(u"state-succeeded"_s, toneColour(Tone::Good, palette()))
                            .pixmap(QSize(16, 16), devicePixelRatioF()));
        row->addWidget(sign);
        row->addWidget(new ToneLabel(Tone::Good, tr("Default engine")));
    }
    row->addStretch();
    column->addLayout(row);
    const Tone tone = !m_engine.isThere()         ? Tone::Bad
        : m_engine.family == EngineFamily::Replay ? Tone::Warning
                                                  : Tone::Plain;
    auto *what = new ToneLabel(tone, summary(m_engine));
    what->setTextFormat(Qt::PlainText);
    what->setWordWrap(true);
    if (!m_engine.version.builtWith.isEmpty())
        what->setToolTip(tr("Built with %1").arg(m_engine.version.builtWith));
    column->addWidget(what);
    auto *where = new ToneLabel(Tone::Muted, tr("%1 · %2").arg(m_engine.folder, originWords(m_engine.origin)));
    where->setTextFormat(Qt::PlainText);
    where->setWordWrap(true);
    where->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(where);
    return head;
}

QWidget *EngineCard::makePrograms()
{
    auto *part = new QWidget;
    auto *grid = new QGridLayout(part);
    grid->setContentsMargins(0, 2, 0, 2);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(4);
    int row = 0;
    for (const Engine::Program &program : m_engine.programs) {
        const bool isSilent = program.flags && !program.flags->known;
        const Tone tone = program.isUsable() ? (isSilent ? Tone::Warning : Tone::Good)
            : isNeeded(program.name)         ? Tone::Bad
                                             : Tone::Muted;
        const QString icon = tone == Tone::Good ? u"state-succeeded"_s
            : tone == Tone::Warning             ? u"warning"_s
            : tone == Tone::Bad                 ? u"state-failed"_s
                                                : u"info"_s;
        auto *sign = new QLabel;
        sign->setPixmap(Icons::get(icon, toneColour(tone, palette())).pixmap(QSize(16, 16), devicePixelRatioF()));
        grid->addWidget(sign, row, 0);
        grid->addWidget(new QLabel(program.name), row, 1);
        grid->addWidget(new ToneLabel(Tone::Muted, purpose(program.name)), row, 2);
        QString words;
        if (!program.isUsable())
            words = tr("not found");
        else if (!program.flags)
            words = m_engine.isProbed ? tr("found") : tr("found, asking…");
        else if (isSilent)
            words = tr("does not answer --help: %1").arg(program.flags->why);
        else
            words = tr("found, %n flag(s)", nullptr, int(program.flags->flags.size()));
        auto *state = new ToneLabel(tone == Tone::Good ? Tone::Plain : tone, words);
        state->setTextFormat(Qt::PlainText);
        state->setToolTip(program.isUsable() ? program.path : program.problem);
        // A problem may need the whole width; otherwise what it lists stands beside the words.
        const bool hasFlags = program.flags && program.flags->known;
        state->setWordWrap(!hasFlags);
        grid->addWidget(state, row, 3, 1, hasFlags ? 1 : 3);
        if (hasFlags) {
            auto *flags = new QToolButton;
            flags->setText(tr("Flags…"));
            flags->setAccessibleName(tr("Flags of %1 of %2").arg(program.name, m_engine.name));
            flags->setToolTip(tr("Which flags its --help lists"));
            connect(flags, &QToolButton::clicked, this, [this, program] { showFlags(program); });
            grid->addWidget(flags, row, 4);
        }
        ++row;
    }
    grid->setColumnStretch(5, 1);
    return part;
}

QWidget *EngineCard::makeButtons(bool isDefault)
{
    auto *part = new QWidget;
    auto *row = new QHBoxLayout(part);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    const auto addButton = [&](const QString &icon, const QString &text, const QString &tip) {
        auto *button = new QPushButton(Icons::get(icon), text);
        button->setToolTip(tip);
        button->setAccessibleName(tr("%1: %2").arg(text, m_engine.name));
        row->addWidget(button);
        return button;
    };
    if (!isDefault && m_engine.isThere()) {
        connect(addButton(u"engine"_s, tr("Make Default"), tr("Prompts and servers use it unless another is named")),
                &QPushButton::clicked, this, [this] { Q_EMIT defaultRequested(m_engine.folder); });
    }
    connect(addButton(u"edit-again"_s, tr("Rename…"), tr("Give it a name of your own")), &QPushButton::clicked, this,
            [this] { Q_EMIT renameRequested(m_engine.folder); });
    connect(addButton(u"copy"_s, tr("Copy Path"), tr("Copy the path of the build folder")), &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_engine.folder); });
    connect(addButton(u"folder"_s, tr("Open Folder"), tr("Show the build folder")), &QPushButton::clicked, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_engine.folder)); });
    if (m_engine.origin == EngineOrigin::Chosen) {
        connect(addButton(u"subtract"_s, tr("Remove"), tr("Take it off this list; its files stay")),
                &QPushButton::clicked, this, [this] { Q_EMIT removeRequested(m_engine.folder); });
    }
    row->addStretch();
    return part;
}

void EngineCard::showFlags(const Engine::Program &program)
{
    auto *dialog = new QDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Flags of %1 · %2").arg(program.name, m_engine.name));
    QStringList flags(program.flags->flags.cbegin(), program.flags->flags.cend());
    std::sort(flags.begin(), flags.end(),
              [](const QString &a, const QString &b) { return a.compare(b, Qt::CaseInsensitive) < 0; });
    auto *text = new QPlainTextEdit(flags.join(u'\n'));
    text->setReadOnly(true);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setAccessibleName(dialog->windowTitle());
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto *column = new QVBoxLayout(dialog);
    column->addWidget(text);
    column->addWidget(buttons);
    dialog->resize(fontMetrics().averageCharWidth() * 60, fontMetrics().height() * 28);
    dialog->open();
}

} // namespace BitNet
