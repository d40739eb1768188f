// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace BitNet {

// What a block stands in, the outermost first.
enum class MarkdownContainer {
    Quote,
    ListItem,
};

enum class MarkdownAlignment {
    Left,
    Centre,
    Right,
};

// A leaf of a Markdown text: what is laid out and painted as one. Containers are known to their leaves only, so that a long list or
// quotation is many small blocks.
struct MarkdownBlock
{
    enum class Kind {
        Plain, // text as it is, without markup
        Paragraph,
        Heading,
        Code,
        Table,
        Rule,
    };

    Kind kind = Kind::Paragraph;
    int level = 0; // of a Heading, 1..6
    QString text = {}; // Paragraph and Heading: inline Markdown; Code and Plain: as it is, without a last line end
    QString language = {}; // of Code: as the model named it; may be empty
    QList<MarkdownContainer> containers = {};
    QString marker = {}; // "•", "3." or "☐" when a list item begins with this block
    bool apart = false; // a blank line stands before it
    // Goes on where the block before it ended: a long one was cut, so that none takes long to lay out.
    bool continued = false;
    bool goesOn = false; // the block after it is its continuation
    bool open = false; // Code whose fence was not closed (yet)
    QList<MarkdownAlignment> columns = {}; // of a Table
    QList<QStringList> rows =
        {}; // of a Table: cells of inline Markdown, the head first; each has as many as there are columns

    friend bool operator==(const MarkdownBlock &, const MarkdownBlock &) = default;
};

} // namespace BitNet
