// SPDX-License-Identifier: MIT
#include "ui/engine/modeltablemodel.h"

#include "ui/engine/tonedelegate.h"
#include "ui/style/wording.h"

#include <QDir>
#include <QLocale>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// "2.41 B", "103 M": as models are named after.
QString parameterText(qint64 parameters)
{
    const QLocale locale;
    if (parameters >= 1'000'000'000)
        return ModelTableModel::tr("%1 B", "billions of parameters")
            .arg(locale.toString(double(parameters) / 1e9, 'f', 2));
    if (parameters >= 1'000'000)
        return ModelTableModel::tr("%1 M", "millions of parameters")
            .arg(locale.toString(double(parameters) / 1e6, 'f', 1));
    if (parameters >= 1000)
        return ModelTableModel::tr("%1 k", "thousands of parameters")
            .arg(locale.toString(double(parameters) / 1e3, 'f', 1));
    return locale.toString(parameters);
}

Tone toneOf(MemoryVerdict verdict)
{
    switch (verdict) {
    case MemoryVerdict::Fits:
        return Tone::Good;
    case MemoryVerdict::Tight:
        return Tone::Warning;
    case MemoryVerdict::TooLarge:
        return Tone::Bad;
    case MemoryVerdict::Unknown:
        break;
    }
    return Tone::Muted;
}

QString iconOf(MemoryVerdict verdict)
{
    switch (verdict) {
    case MemoryVerdict::Fits:
        return u"state-succeeded"_s;
    case MemoryVerdict::Tight:
        return u"warning"_s;
    case MemoryVerdict::TooLarge:
        return u"state-failed"_s;
    case MemoryVerdict::Unknown:
        break;
    }
    return u"info"_s;
}

} // namespace

ModelTableModel::ModelTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void ModelTableModel::setModels(const QList<ModelEntry> &models)
{
    qsizetype row = 0;
    for (const ModelEntry &model : models) {
        while (row < m_models.size() && m_models[row].path < model.path) {
            beginRemoveRows({}, int(row), int(row));
            m_models.removeAt(row);
            endRemoveRows();
        }
        if (row == m_models.size() || m_models[row].path != model.path) {
            beginInsertRows({}, int(row), int(row));
            m_models.insert(row, model);
            endInsertRows();
        } else if (m_models[row] != model) {
            m_models[row] = model;
            Q_EMIT dataChanged(index(int(row), 0), index(int(row), File));
        }
        ++row;
    }
    if (row < m_models.size()) {
        beginRemoveRows({}, int(row), int(m_models.size()) - 1);
        m_models.resize(row);
        endRemoveRows();
    }
}

void ModelTableModel::setConditions(qint64 contextTokens, std::optional<qint64> availableBytes)
{
    if (contextTokens == m_contextTokens && availableBytes == m_availableBytes)
        return;
    m_contextTokens = contextTokens;
    m_availableBytes = availableBytes;
    if (!m_models.isEmpty())
        Q_EMIT dataChanged(index(0, Memory), index(rowCount() - 1, Verdict));
}

std::optional<MemoryEstimate> ModelTableModel::estimate(int row) const
{
    const ModelEntry &model = m_models[row];
    if (!model.header)
        return std::nullopt;
    return estimateMemory(*model.header, model.bytes, m_contextTokens);
}

MemoryVerdict ModelTableModel::verdict(int row) const
{
    const auto need = estimate(row);
    return need && m_models[row].isUsable() ? judgeMemory(*need, m_availableBytes) : MemoryVerdict::Unknown;
}

QString ModelTableModel::verdictWord(MemoryVerdict verdict)
{
    switch (verdict) {
    case MemoryVerdict::Fits:
        return tr("Fits");
    case MemoryVerdict::Tight:
        return tr("Tight");
    case MemoryVerdict::TooLarge:
        return tr("Too large");
    case MemoryVerdict::Unknown:
        break;
    }
    return tr("Not known");
}

int ModelTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_models.size());
}

int ModelTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnCountValue;
}

QString ModelTableModel::text(int row, Column column) const
{
    const ModelEntry &model = m_models[row];
    const auto ofHeader = [&](const auto &say) { return model.header ? say(*model.header) : Wording::nothing(); };
    switch (column) {
    case Name:
        return model.displayName();
    case Architecture:
        return ofHeader([](const ModelHeader &header) {
            return header.architecture.isEmpty() ? Wording::nothing() : header.architecture;
        });
    case Parameters:
        return model.parameters > 0 ? parameterText(model.parameters) : Wording::nothing();
    case Size:
        return Wording::bytes(model.bytes);
    case Quantisation:
        return ofHeader([](const ModelHeader &header) {
            const QString name = header.weights.name.isEmpty() ? Wording::nothing() : header.weights.name;
            return header.weights.words.isEmpty() ? name : tr("%1, %2").arg(name, header.weights.words);
        });
    case Context:
        return ofHeader([](const ModelHeader &header) { return Wording::number(header.contextLength); });
    case Parts:
        return ofHeader([&](const ModelHeader &header) {
            return header.isSplit() ? tr("%1 of %2").arg(model.files.size()).arg(header.splitCount) : tr("1");
        });
    case Memory: {
        const auto need = estimate(row);
        return need ? Wording::bytes(need->total()) : Wording::nothing();
    }
    case Verdict:
        return model.isUsable() ? verdictWord(verdict(row)) : tr("Unusable");
    case File:
        return QDir::toNativeSeparators(model.path);
    }
    return {};
}

QVariant ModelTableModel::sortKey(int row, Column column) const
{
    const ModelEntry &model = m_models[row];
    switch (column) {
    case Name:
    case Architecture:
    case Quantisation:
    case File:
        return text(row, column);
    case Parameters:
        return model.parameters;
    case Size:
        return model.bytes;
    case Context:
        return model.header ? model.header->contextLength.value_or(-1) : qint64(-1);
    case Parts:
        return model.header ? model.header->splitCount : 0;
    case Memory: {
        const auto need = estimate(row);
        return need ? need->total() : qint64(-1);
    }
    case Verdict:
        // Those that can't be used come last.
        return model.isUsable() ? static_cast<int>(verdict(row)) : static_cast<int>(MemoryVerdict::Unknown) + 1;
    }
    return {};
}

QString ModelTableModel::toolTip(int row, Column column) const
{
    const ModelEntry &model = m_models[row];
    switch (column) {
    case Parameters:
        return model.parameters > 0 ? tr("%1 parameters").arg(Wording::number(model.parameters)) : QString();
    case Size:
        return tr("%1 bytes").arg(Wording::number(model.bytes));
    case Quantisation:
        return model.header && model.header->needsBitNetEngine
            ? tr("Only bitnet.cpp loads this type; llama.cpp refuses it")
            : QString();
    case Parts:
        return model.files.size() > 1 ? model.files.join(u'\n') : QString();
    case Memory:
    case Verdict: {
        if (!model.isUsable())
            return model.problem;
        const auto need = estimate(row);
        if (!need)
            return {};
        const QString cache = need->kvCacheBytes
            ? tr("%1 for a context of %2 tokens")
                  .arg(Wording::bytes(need->kvCacheBytes), Wording::number(need->contextTokens))
            : tr("not known for the context");
        return tr("Weights %1, %2; available now: %3")
            .arg(Wording::bytes(need->weightsBytes), cache, Wording::bytes(m_availableBytes));
    }
    case Name:
    case Architecture:
    case Context:
    case File:
        break;
    }
    return model.path;
}

QVariant ModelTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int row = index.row();
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, column);
    case Qt::ToolTipRole:
        return toolTip(row, column);
    case Qt::TextAlignmentRole: {
        const bool isNumber =
            column == Parameters || column == Size || column == Context || column == Parts || column == Memory;
        return QVariant::fromValue(Qt::Alignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    case PathRole:
        return m_models[row].path;
    case SortRole:
        return sortKey(row, column);
    case SearchRole:
        return QStringList{text(row, Name), text(row, Architecture), text(row, Quantisation), text(row, Verdict),
                           text(row, File)}
            .join(u'\n');
    case UsableRole:
        return m_models[row].isUsable();
    case ToneDelegate::ToneRole:
        if (column != Verdict)
            return {};
        return static_cast<int>(m_models[row].isUsable() ? toneOf(verdict(row)) : Tone::Bad);
    case ToneDelegate::IconRole:
        if (column == Name)
            return u"model"_s;
        if (column == Verdict)
            return m_models[row].isUsable() ? iconOf(verdict(row)) : u"state-failed"_s;
        return {};
    default:
        return {};
    }
}

QVariant ModelTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCountValue)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber =
            column == Parameters || column == Size || column == Context || column == Parts || column == Memory;
        return QVariant::fromValue(Qt::Alignment((isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    if (role == Qt::ToolTipRole) {
        if (column == Context)
            return tr("Tokens that the model was trained for");
        if (column == Memory)
            return tr("Weights, and keys and values of a full context");
        if (column == Verdict)
            return tr("Whether it fits into the memory that is available now");
        return {};
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name:
        return tr("Model");
    case Architecture:
        return tr("Architecture");
    case Parameters:
        return tr("Parameters");
    case Size:
        return tr("Size");
    case Quantisation:
        return tr("Quantisation");
    case Context:
        return tr("Context");
    case Parts:
        return tr("Parts");
    case Memory:
        return tr("Needs");
    case Verdict:
        return tr("In memory");
    case File:
        return tr("File");
    }
    return {};
}

QString ModelTableModel::description(int row) const
{
    const ModelEntry &model = m_models[row];
    QStringList lines{model.path};
    if (!model.isUsable())
        lines += model.problem;
    if (!model.header) {
        lines += tr("Take it out of the folder, or download or convert the model again.");
        return lines.join(u'\n');
    }
    const ModelHeader &header = *model.header;
    QStringList facts;
    if (header.layers)
        facts += tr("%n layer(s)", nullptr, int(*header.layers));
    if (header.embeddingLength)
        facts += tr("embedding %1").arg(Wording::number(header.embeddingLength));
    if (header.vocabularySize)
        facts += tr("vocabulary %1").arg(Wording::number(header.vocabularySize));
    facts += tr("%n tensor(s)", nullptr, int(header.tensorCount));
    if (!header.tokenizer.isEmpty())
        facts += tr("tokenizer %1").arg(header.tokenizer);
    facts += header.hasChatTemplate ? tr("has a chat template") : tr("no chat template");
    facts += tr("GGUF version %1").arg(header.version);
    lines += facts.join(tr(" · "));
    if (header.needsBitNetEngine)
        lines += tr("Only bitnet.cpp loads this type; llama.cpp refuses it.");
    if (model.files.size() > 1)
        lines += tr("Files: %1").arg(model.files.join(u", "_s));
    return lines.join(u'\n');
}

} // namespace BitNet
