// SPDX-License-Identifier: MIT
#pragma once

#include <QFlags>
#include <QList>
#include <QString>

namespace BitNet {

// A stretch of a paragraph's text that is shown in another way.
struct InlineSpan
{
    enum Style {
        Emphasis = 0x1,
        Strong = 0x2,
        Struck = 0x4,
        Code = 0x8,
        Link = 0x10,
    };
    Q_DECLARE_FLAGS(Styles, Style)

    int start = 0;
    int length = 0;
    Styles styles = {};
    QString target = {}; // of a Link, as the model wrote it: never to be trusted

    friend bool operator==(const InlineSpan &, const InlineSpan &) = default;
};
Q_DECLARE_OPERATORS_FOR_FLAGS(InlineSpan::Styles)

// The text of a paragraph without its marks. Line ends are kept: a model that ends a line means it.
struct InlineText
{
    QString text = {};
    QList<InlineSpan> spans = {}; // in their order, none overlapping

    friend bool operator==(const InlineText &, const InlineText &) = default;
};

// Reads inline Markdown: emphasis, code, links, autolinks, escapes, entities. Images are links to what they would show;
// HTML is text. growing: the end is still to come, so that emphasis and code that were opened last until there.
InlineText parseInline(const QString &source, bool growing = false);

} // namespace BitNet
