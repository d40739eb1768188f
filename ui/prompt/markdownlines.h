// SPDX-License-Identifier: MIT
#pragma once

#include "ui/prompt/markdownblock.h"

#include <QStringView>

#include <optional>

namespace BitNet::MarkdownLines {

// What a line of Markdown may begin, each told from the line without its containers' part. At most three spaces may
// stand before any of them.

// Leading spaces; a tab goes to the next multiple of four.
int indentOf(QStringView line);
// Without its first columns of indentation; what is left of a tab becomes spaces.
QString withoutIndent(QStringView line, int columns);
bool isBlank(QStringView line);

struct Fence
{
    QChar letter;
    int length = 0;
    int indent = 0;
    QString language = {};
};
std::optional<Fence> fence(QStringView line);
bool closesFence(QStringView line, const Fence &fence);

struct Heading
{
    int level = 0;
    QString text = {};
};
std::optional<Heading> heading(QStringView line);
// 1 for a line of "=", 2 for one of "-", which makes the paragraph above it a heading; else 0.
int underline(QStringView line);
bool isRule(QStringView line);

struct ListMarker
{
    QChar delimiter; // '-', '+', '*', '.' or ')'
    std::optional<int> number = std::nullopt; // of an ordered list
    int length = 0; // letters up to the marker's end
    int spaces = 0; // columns between it and the item's text
    int contentIndent = 0; // columns up to the item's text
    bool empty = false; // nothing follows on this line
};
std::optional<ListMarker> listMarker(QStringView line);

// Columns up to the text behind ">", or nothing.
std::optional<int> quote(QStringView line);

// The columns of a table's delimiter row, "| :-- | --: |"; empty when it is none.
QList<MarkdownAlignment> tableColumns(QStringView line);
QStringList tableCells(QStringView line);

// Whether a line that is not complete may yet turn out to be nothing but markup, and is better not shown until more is there.
bool mayBeMarkup(QStringView line);

} // namespace BitNet::MarkdownLines
