// SPDX-License-Identifier: MIT
#include "ui/prompt/modelpicker.h"

#include "core/runtime/modelfile.h"
#include "core/runtime/modellibrary.h"
#include "ui/style/wording.h"

#include <QFileInfo>
#include <QLineEdit>
#include <QSet>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qsizetype mostRecent = 12;

ModelPicker::ModelPicker(QWidget *parent)
    : QComboBox(parent)
{
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    setAccessibleName(tr("Model file"));
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(16);
    connect(this, &QComboBox::editTextChanged, this, [this] {
        setToolTip(path());
        Q_EMIT pathChanged();
    });
}

void ModelPicker::setLibrary(ModelLibrary &library)
{
    m_library = &library;
    connect(&library, &ModelLibrary::modelsChanged, this, &ModelPicker::fill);
    fill();
}

QString ModelPicker::path() const
{
    const QString text = currentText().trimmed();
    const int item = findText(text, Qt::MatchExactly | Qt::MatchCaseSensitive);
    return item >= 0 && itemData(item).isValid() ? itemData(item).toString() : text;
}

void ModelPicker::setPath(const QString &path)
{
    const int item = findData(path);
    setEditText(item >= 0 ? itemText(item) : path);
    lineEdit()->setCursorPosition(0);
}

void ModelPicker::setRecent(const QStringList &paths)
{
    m_recent.clear();
    for (const QString &path : paths) {
        if (!path.isEmpty() && !m_recent.contains(path) && m_recent.size() < mostRecent && QFileInfo::exists(path))
            m_recent.append(path);
    }
    fill();
}

void ModelPicker::remember(const QString &path)
{
    if (path.isEmpty() || (!m_recent.isEmpty() && m_recent.constFirst() == path))
        return;
    QStringList recent = m_recent;
    recent.removeAll(path);
    recent.prepend(path);
    setRecent(recent);
}

// Files of the same name are told apart by their folder.
QString ModelPicker::nameFor(const QString &path) const
{
    const QFileInfo file(path);
    const QString name = file.completeBaseName();
    return findText(name) < 0 ? name : tr("%1 – %2").arg(name, file.dir().dirName());
}

void ModelPicker::fill()
{
    const QString chosen = path();
    const QSignalBlocker blocker(this);
    clear();
    QSet<QString> listed;
    const auto add = [this, &listed](const QString &path) {
        if (listed.contains(path))
            return;
        listed.insert(path);
        const QString name = nameFor(path);
        if (findText(name) >= 0)
            addItem(path, path);
        else
            addItem(name, path);
        QString toolTip = path;
        if (const auto entry = m_library ? m_library->find(path) : std::nullopt; entry && entry->header) {
            toolTip += u"\n"_s
                + tr("%1, %2, %3")
                      .arg(entry->header->architecture, entry->header->weights.name, Wording::bytes(entry->bytes));
            if (entry->header->contextLength)
                toolTip += u"\n"_s + tr("Trained for %L1 tokens of context").arg(*entry->header->contextLength);
        }
        setItemData(count() - 1, toolTip, Qt::ToolTipRole);
    };
    for (const QString &path : std::as_const(m_recent))
        add(path);
    if (m_library) {
        const int recent = count();
        for (const ModelEntry &model : m_library->models()) {
            if (model.isUsable())
                add(model.path);
        }
        if (recent > 0 && count() > recent)
            insertSeparator(recent);
    }
    setCurrentIndex(-1);
    setPath(chosen);
    setToolTip(chosen);
}

} // namespace BitNet
