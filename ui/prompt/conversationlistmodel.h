// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationstore.h"

#include <QAbstractListModel>
#include <QHash>

namespace BitNet {

// The conversations of the store, those that changed last first; or those that a search found. Titles can be edited.
class ConversationListModel : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole,
        DetailRole, // when it changed last, or what the search found
        ReadOnlyRole,
    };

    explicit ConversationListModel(ConversationStore &store, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    // Invalid when it is not listed.
    QModelIndex indexOf(const QString &id) const;
    // Only conversations that hit() names, from now on; nothing at first.
    void beginHits();
    void hit(const ConversationHit &hit);
    // All of them again.
    void endHits();
    bool isSearching() const { return m_isSearching; }

private:
    void reset();
    void change(const QString &id);
    void add(const QString &id);
    void remove(const QString &id);
    int rowOf(const QString &id) const;
    int placeFor(const ConversationSummary &summary) const;

    ConversationStore &m_store;
    QList<ConversationSummary> m_rows;
    bool m_isSearching = false;
    QHash<QString, QString> m_excerpts; // by id, while searching
};

} // namespace BitNet
