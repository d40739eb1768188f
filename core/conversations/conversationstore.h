// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationdocument.h"
#include "core/conversations/conversationfile.h"
#include "core/conversations/conversationsearch.h"

#include <QFuture>
#include <QHash>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <atomic>
#include <chrono>
#include <memory>

namespace BitNet {

struct OpenedConversation
{
    std::shared_ptr<ConversationDocument> document = {}; // null when it can't be opened; problem then says why
    QString problem = {}; // a sentence
};

// A person's conversations on disk: one JSON file each, see conversationjson.h. Reading and writing happen on a thread of its own; the
// object lives in one thread (the GUI's), and all signals and continuations come there.
//
// A change is on disk at most about a second later, however many come (they are gathered for half a second). A conversation
// without messages is not kept. A file that can't be used is reported, left alone, and hides no other. Only one process may
// use a folder at a time: see InstanceLock.
//
// Returned futures are never cancelled by the store and always have a result, unless said otherwise. While they run, the
// store may go: what waits for their results through then(context, …) is simply not called when context is gone.
class ConversationStore : public QObject
{
    Q_OBJECT
public:
    // Touches no disk before load() or the first change.
    explicit ConversationStore(const QString &folder, QObject *parent = nullptr);
    // Writes what is not written yet, and waits for it.
    ~ConversationStore() override;

    const QString &folder() const { return m_folder; }

    // Starts to list the folder; listed() comes when that is done.
    void load();
    bool isListed() const { return m_listed; }
    // Those with messages, those that changed last first.
    QList<ConversationSummary> summaries() const;
    // Nothing for an unknown id.
    std::optional<ConversationSummary> summary(const QString &id) const;
    // Files that can't be used, as load() found them.
    const QList<ConversationProblem> &problems() const { return m_problems; }

    // A new conversation. It is in summaries() from its first message on.
    std::shared_ptr<ConversationDocument> create(const PromptSettings &settings = {});
    // The same document for the same id as long as somebody keeps it; the caller keeps it while it is shown or written to.
    QFuture<OpenedConversation> open(const QString &id);

    // Each returns at once; what goes wrong is told by failed(), and the conversation is in summaries() again.
    // Into the trash, from where restore() takes it back for a month.
    void remove(const QString &id);
    void restore(const QString &id);
    // Gives a title, "" for the first prompt's, whether the conversation is open or not.
    void rename(const QString &id, const QString &title);
    // The copy's id, or an empty one and failed().
    QFuture<QString> duplicate(const QString &id);

    // As toMarkdown() and toJson(). Writes the file aside and renames it; gives a sentence when that failed, else "".
    QFuture<QString> exportMarkdown(const QString &id, const QString &path);
    QFuture<QString> exportJson(const QString &id, const QString &path);
    // A file as exportJson() writes it becomes a conversation of its own, saved at once; opened, or a sentence.
    QFuture<OpenedConversation> importJson(const QString &path);

    // Titles and texts that hold every word of the text; one hit a conversation, in the order of summaries(), as they are
    // found. May be cancelled. A text without words finds nothing.
    QFuture<ConversationHit> search(const QString &text);

    // Why changes are not on disk, in a sentence; empty while all is well. Tried again every few seconds.
    const QString &savingProblem() const { return m_savingProblem; }
    // Changes that are not on disk yet.
    bool hasUnsaved() const { return !m_unsaved.isEmpty() || !m_writing.isEmpty(); }

Q_SIGNALS:
    void listed();
    // At most once for each turn of the event loop and conversation. Also when its place in the order changed.
    void summaryChanged(const QString &id);
    void summaryAdded(const QString &id);
    void summaryRemoved(const QString &id);
    void problemsChanged();
    void savingProblemChanged();
    void saved(const QString &id);
    // Something that was asked for could not be done: a sentence.
    void failed(const QString &sentence);

private:
    using Document = std::shared_ptr<ConversationDocument>;

    Document adopt(const Conversation &conversation, bool readOnly);
    Document openDocument(const QString &id) const;
    // As it is here, or on disk.
    QFuture<ConversationReading> reading(const QString &id);
    void documentChanged(ConversationDocument *document);
    void putSummary(const ConversationSummary &summary);
    void takeSummary(const QString &id);
    void saveSoon();
    void save();
    void wrote(const QString &id, const QString &problem);
    void takeListing(const ConversationListing &listing);
    QFuture<QString> exportTo(const QString &id, const QString &path, QByteArray (*format)(const Conversation &));

    const QString m_folder;
    bool m_listed = false;
    QHash<QString, ConversationSummary> m_summaries;
    QHash<QString, std::weak_ptr<ConversationDocument>> m_open;
    QHash<QString, Document> m_unsaved; // changed since they were last handed to the writer
    QHash<QString, Document> m_writing; // handed to the writer, no answer yet
    QSet<QString> m_removed; // since the start: news of them comes too late
    QList<ConversationProblem> m_problems;
    QString m_savingProblem;
    QTimer m_timer;
    QThreadPool m_writer; // one thread: writes, removals and listings in their order
    QThreadPool m_reader; // two threads: one can open while the other searches
    const std::shared_ptr<std::atomic_bool> m_ending = std::make_shared<std::atomic_bool>(false); // ends searches
};

} // namespace BitNet
