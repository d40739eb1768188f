// SPDX-License-Identifier: MIT
#include "core/conversations/conversationstore.h"

#include "core/conversations/conversationmarkdown.h"
#include "core/files/asidefile.h"
#include "core/futures/whendone.h"

#include <QPromise>
#include <QtConcurrentRun>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr std::chrono::milliseconds gatherTime = 500ms;
static constexpr std::chrono::milliseconds retryTime = 3s;

ConversationStore::ConversationStore(const QString &folder, QObject *parent)
    : QObject(parent)
    , m_folder(folder)
{
    m_writer.setMaxThreadCount(1);
    m_reader.setMaxThreadCount(2);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ConversationStore::save);
}

ConversationStore::~ConversationStore()
{
    *m_ending = true;
    m_reader.clear();
    m_writer.waitForDone();
    for (const Document &document : std::as_const(m_unsaved))
        ConversationFile::write(m_folder, document->conversation());
    m_reader.waitForDone();
}

void ConversationStore::load()
{
    whenDone(QtConcurrent::run(&m_writer,
                               [folder = m_folder] {
                                   ConversationFile::tidy(folder);
                                   return ConversationFile::list(folder);
                               }),
             this, [this](const ConversationListing &listing) { takeListing(listing); });
}

void ConversationStore::takeListing(const ConversationListing &listing)
{
    for (const ConversationSummary &summary : listing.summaries) {
        if (m_removed.contains(summary.id))
            continue;
        // What was opened meanwhile may be newer than its file.
        if (const Document document = openDocument(summary.id)) {
            ConversationSummary newer = summaryOf(document->conversation());
            newer.readOnly = document->isReadOnly();
            m_summaries.insert(summary.id, newer);
        } else {
            m_summaries.insert(summary.id, summary);
        }
    }
    m_problems = listing.problems;
    m_listed = true;
    Q_EMIT listed();
    if (!m_problems.isEmpty())
        Q_EMIT problemsChanged();
}

QList<ConversationSummary> ConversationStore::summaries() const
{
    QList<ConversationSummary> all = m_summaries.values();
    std::sort(all.begin(), all.end(), [](const ConversationSummary &a, const ConversationSummary &b) {
        return a.updated != b.updated ? a.updated > b.updated : a.id < b.id;
    });
    return all;
}

std::optional<ConversationSummary> ConversationStore::summary(const QString &id) const
{
    const auto found = m_summaries.find(id);
    return found == m_summaries.end() ? std::nullopt : std::optional(*found);
}

ConversationStore::Document ConversationStore::openDocument(const QString &id) const
{
    return m_open.value(id).lock();
}

ConversationStore::Document ConversationStore::adopt(const Conversation &conversation, bool readOnly)
{
    auto document = std::make_shared<ConversationDocument>(conversation, readOnly);
    m_open.insert(conversation.id, document);
    connect(document.get(), &ConversationDocument::changed, this,
            [this, raw = document.get()] { documentChanged(raw); });
    return document;
}

std::shared_ptr<ConversationDocument> ConversationStore::create(const PromptSettings &settings)
{
    return adopt(Conversation::create(settings), false);
}

QFuture<ConversationReading> ConversationStore::reading(const QString &id)
{
    if (const Document document = openDocument(id)) {
        return QtFuture::makeReadyFuture(
            ConversationReading{.conversation = document->conversation(), .laterVersion = document->isReadOnly()});
    }
    if (!ConversationFile::isUsableId(id))
        return QtFuture::makeReadyFuture(ConversationReading{.problem = u"There is no such conversation."_s});
    return QtConcurrent::run(&m_reader, &ConversationFile::read, ConversationFile::path(m_folder, id));
}

QFuture<OpenedConversation> ConversationStore::open(const QString &id)
{
    return whenDone(reading(id), this, [this, id](const ConversationReading &reading) {
        // Somebody else may have opened it meanwhile.
        if (const Document document = openDocument(id))
            return OpenedConversation{.document = document};
        if (!reading.conversation)
            return OpenedConversation{.problem = u"The conversation can't be opened: %1"_s.arg(reading.problem)};
        return OpenedConversation{.document = adopt(*reading.conversation, reading.laterVersion)};
    });
}

void ConversationStore::documentChanged(ConversationDocument *document)
{
    const Conversation &conversation = document->conversation();
    if (conversation.isEmpty() || document->isReadOnly() || document->isRemoved())
        return;
    if (!m_unsaved.contains(conversation.id))
        m_unsaved.insert(conversation.id, openDocument(conversation.id));
    saveSoon();

    // Of the many changes while text streams in, a list need not hear.
    const ConversationSummary before = m_summaries.value(conversation.id);
    if (before.messageCount != conversation.messages().size() || before.title != conversation.title())
        putSummary(summaryOf(conversation));
}

void ConversationStore::putSummary(const ConversationSummary &summary)
{
    const bool isNew = !m_summaries.contains(summary.id);
    m_summaries.insert(summary.id, summary);
    if (isNew)
        Q_EMIT summaryAdded(summary.id);
    else
        Q_EMIT summaryChanged(summary.id);
}

void ConversationStore::takeSummary(const QString &id)
{
    if (m_summaries.remove(id))
        Q_EMIT summaryRemoved(id);
}

void ConversationStore::saveSoon()
{
    // Not started anew by each change: a second after the first it must be on disk.
    if (!m_timer.isActive())
        m_timer.start(m_savingProblem.isEmpty() ? gatherTime : retryTime);
}

void ConversationStore::save()
{
    const QHash<QString, Document> unsaved = m_unsaved;
    for (auto it = unsaved.begin(); it != unsaved.end(); ++it) {
        const QString id = it.key();
        if (m_writing.contains(id))
            continue; // wrote() comes back to it
        m_unsaved.remove(id);
        m_writing.insert(id, it.value());
        whenDone(QtConcurrent::run(&m_writer, &ConversationFile::write, m_folder, it.value()->conversation()), this,
                 [this, id](const QString &problem) { wrote(id, problem); });
    }
}

void ConversationStore::wrote(const QString &id, const QString &problem)
{
    const Document document = m_writing.take(id);
    if (!problem.isEmpty() && !document->isRemoved() && !m_unsaved.contains(id))
        m_unsaved.insert(id, document);
    if (m_savingProblem != problem) {
        m_savingProblem = problem;
        Q_EMIT savingProblemChanged();
    }
    if (!m_unsaved.isEmpty())
        saveSoon();
    if (!problem.isEmpty())
        return;
    if (!document->isRemoved())
        putSummary(summaryOf(document->conversation()));
    Q_EMIT saved(id);
}

void ConversationStore::remove(const QString &id)
{
    const auto summary = m_summaries.constFind(id);
    if (summary == m_summaries.constEnd())
        return;
    const ConversationSummary former = *summary;
    const Document document = openDocument(id);
    std::optional<Conversation> last;
    if (m_unsaved.remove(id) && document)
        last = document->conversation(); // so that restore() brings all of it back
    if (document)
        document->setRemoved(true);
    m_removed.insert(id);
    takeSummary(id);
    whenDone(QtConcurrent::run(&m_writer,
                               [folder = m_folder, id, last]() -> QString {
                                   if (last) {
                                       if (const QString problem = ConversationFile::write(folder, *last);
                                           !problem.isEmpty())
                                           return problem;
                                   }
                                   return ConversationFile::moveToTrash(folder, id);
                               }),
             this, [this, id, former, document](const QString &problem) {
                 if (problem.isEmpty())
                     return;
                 m_removed.remove(id);
                 if (document) {
                     document->setRemoved(false);
                     documentChanged(document.get());
                 }
                 putSummary(former);
                 Q_EMIT failed(u"The conversation \"%1\" can't be deleted: %2"_s.arg(former.title, problem));
             });
}

void ConversationStore::restore(const QString &id)
{
    if (!m_removed.contains(id) || !ConversationFile::isUsableId(id))
        return;
    whenDone(QtConcurrent::run(&m_writer,
                               [folder = m_folder, id] {
                                   ConversationReading reading;
                                   reading.problem = ConversationFile::restore(folder, id);
                                   return reading.problem.isEmpty()
                                       ? ConversationFile::read(ConversationFile::path(folder, id))
                                       : reading;
                               }),
             this, [this, id](const ConversationReading &reading) {
                 if (!reading.conversation) {
                     Q_EMIT failed(u"The conversation can't be taken back: %1"_s.arg(reading.problem));
                     return;
                 }
                 m_removed.remove(id);
                 if (const Document document = openDocument(id))
                     document->setRemoved(false);
                 ConversationSummary summary = summaryOf(*reading.conversation);
                 summary.readOnly = reading.laterVersion;
                 putSummary(summary);
             });
}

void ConversationStore::rename(const QString &id, const QString &title)
{
    whenDone(open(id), this, [this, title](const OpenedConversation &opened) {
        if (!opened.document)
            Q_EMIT failed(opened.problem);
        else if (opened.document->isReadOnly())
            Q_EMIT failed(
                u"The conversation was written by a later version of this application, and can't be renamed by "
                u"this one."_s);
        else
            opened.document->setTitle(title); // unsaved documents are kept until they are written
    });
}

QFuture<QString> ConversationStore::duplicate(const QString &id)
{
    return whenDone(reading(id), this, [this](const ConversationReading &reading) -> QString {
        if (!reading.conversation) {
            Q_EMIT failed(u"The conversation can't be duplicated: %1"_s.arg(reading.problem));
            return {};
        }
        Conversation copy = *reading.conversation;
        copy.id = Conversation::create().id;
        copy.markInterrupted();
        copy.setTitle(u"%1 (copy)"_s.arg(reading.conversation->title().left(Conversation::longestTitle - 7)));
        copy.created = QDateTime::currentDateTimeUtc();
        copy.updated = copy.created;
        const Document document = adopt(copy, false);
        documentChanged(document.get());
        return copy.id;
    });
}

QFuture<QString> ConversationStore::exportTo(const QString &id, const QString &path,
                                             QByteArray (*format)(const Conversation &))
{
    return reading(id).then(&m_reader, [path, format](const ConversationReading &reading) -> QString {
        if (!reading.conversation)
            return u"The conversation can't be read: %1"_s.arg(reading.problem);
        const QByteArray bytes = format(*reading.conversation);
        AsideFile file(path);
        if (file.create() && file.write(bytes) == bytes.size() && file.commit())
            return {};
        return u"%1 can't be written: %2. What was there before is unchanged."_s.arg(path, file.error());
    });
}

QFuture<QString> ConversationStore::exportMarkdown(const QString &id, const QString &path)
{
    return exportTo(id, path, [](const Conversation &conversation) { return toMarkdown(conversation).toUtf8(); });
}

QFuture<QString> ConversationStore::exportJson(const QString &id, const QString &path)
{
    return exportTo(id, path, [](const Conversation &conversation) { return toJson(conversation); });
}

QFuture<OpenedConversation> ConversationStore::importJson(const QString &path)
{
    return whenDone(
        QtConcurrent::run(&m_reader, &ConversationFile::read, path), this,
        [this, path](const ConversationReading &reading) {
            if (!reading.conversation)
                return OpenedConversation{.problem = u"%1 can't be imported: %2"_s.arg(path, reading.problem)};
            if (reading.laterVersion) {
                return OpenedConversation{
                    .problem = u"%1 can't be imported: a later version of this application wrote it."_s.arg(path)};
            }
            if (reading.conversation->isEmpty())
                return OpenedConversation{.problem = u"%1 can't be imported: it holds no messages."_s.arg(path)};
            Conversation conversation = *reading.conversation;
            conversation.id = Conversation::create().id; // the same file may be imported twice
            const QDateTime now = QDateTime::currentDateTimeUtc();
            if (!conversation.created.isValid())
                conversation.created = now;
            conversation.updated = now;
            const Document document = adopt(conversation, false);
            documentChanged(document.get());
            return OpenedConversation{.document = document};
        });
}

QFuture<ConversationHit> ConversationStore::search(const QString &text)
{
    // What is open may be newer than its file.
    QHash<QString, Conversation> open;
    QStringList ids;
    for (const ConversationSummary &summary : summaries()) {
        ids.append(summary.id);
        if (const Document document = openDocument(summary.id))
            open.insert(summary.id, document->conversation());
    }
    return QtConcurrent::run(&m_reader,
                             [folder = m_folder, ids, open, words = ConversationSearch::wordsOf(text),
                              ending = m_ending](QPromise<ConversationHit> &promise) {
                                 for (const QString &id : ids) {
                                     if (promise.isCanceled() || *ending || words.isEmpty())
                                         return;
                                     const auto found = open.find(id);
                                     const ConversationReading reading = found != open.end()
                                         ? ConversationReading{.conversation = *found}
                                         : ConversationFile::read(ConversationFile::path(folder, id));
                                     if (!reading.conversation)
                                         continue;
                                     for (const ConversationHit &hit :
                                          ConversationSearch::hitsIn(*reading.conversation, words))
                                         promise.addResult(hit);
                                 }
                             });
}

} // namespace BitNet
