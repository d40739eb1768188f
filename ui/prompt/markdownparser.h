// SPDX-License-Identifier: MIT
#pragma once

#include "ui/prompt/markdownblock.h"
#include "ui/prompt/markdownlines.h"

#include <optional>

namespace BitNet {

// Cuts a Markdown text that still grows into blocks. What is once in blocks() never changes; tail() is what the rest looks
// like so far. However the text is cut into parts, the blocks after finish() are the same.
//
// CommonMark with tables and task lists; without raw HTML (it is text) and reference links. A value: copies share their text.
class MarkdownParser
{
public:
    void append(QStringView text);
    // No more will come. append() has no effect afterwards.
    void finish();
    bool isFinished() const { return m_finished; }

    const QList<MarkdownBlock> &blocks() const { return m_blocks; }
    // Provisional; empty when everything is in blocks().
    QList<MarkdownBlock> tail() const;

    static QList<MarkdownBlock> parse(QStringView text);
    // Text that is shown as it is, in blocks that are quickly laid out.
    static QList<MarkdownBlock> plain(QStringView text);

private:
    struct Container
    {
        MarkdownContainer kind = MarkdownContainer::Quote;
        int contentIndent = 0; // of an item
        QChar delimiter = {}; // of an item
        std::optional<int> number = std::nullopt; // of an ordered item
    };
    enum class Leaf {
        None,
        Paragraph,
        Fenced,
        Indented,
        Table,
    };

    void takeLine(QStringView line);
    void takeRest(QStringView line);
    int matchContainers(QString &line) const;
    bool startsContainer(QString &line, int &matched);
    bool startsBlock(const QString &line, int matched);
    void takeText(const QString &line, int matched);
    bool takesFenced(const QString &line, int matched);
    void openItem(const MarkdownLines::ListMarker &marker, int depth);
    MarkdownBlock newBlock(MarkdownBlock::Kind kind);
    void openLeaf(Leaf leaf, MarkdownBlock block);
    void emitBlock(MarkdownBlock block);
    void closeLeaf();
    void closeContainers(int depth);
    void appendToLeaf(const QString &line);
    void splitLongLeaf();

    QList<MarkdownBlock> m_blocks;
    QString m_line; // the last one, which is not complete
    QList<Container> m_containers;
    Leaf m_leaf = Leaf::None;
    MarkdownBlock m_block; // of the leaf
    int m_lines = 0; // of the leaf
    MarkdownLines::Fence m_fence;
    QString m_marker; // of an item that has no block yet
    int m_blankLines = 0; // within indented code
    bool m_apart = false; // a blank line came after the last block
    bool m_withinLine = false; // a very long line was cut
    bool m_finished = false;
};

} // namespace BitNet
