#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plurals.sh SOURCE-FOLDER: every text with a number in it has its English singular and plural. Exits 77 (skipped) without
# lupdate.
set -euo pipefail

lupdate=$(command -v /usr/lib/qt6/bin/lupdate || command -v lupdate) || { echo "skipped: lupdate is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$1"
cp resources/translations/bitnet-supervisor_en.ts "$work/en.ts"
"$lupdate" -silent -no-obsolete -locations none -I . ui app/supervisor -pluralonly -ts "$work/en.ts"
if missing=$(grep -B 1 -E 'type="unfinished"|<numerusform></numerusform>' "$work/en.ts" | sed -n 's/.*<source>\(.*\)<\/source>.*/  \1/p') && [ -n "$missing" ]; then
    echo "No plural in resources/translations/bitnet-supervisor_en.ts, or not in the context that uses it:"
    echo "$missing"
    exit 1
fi
echo "Every plural is there."
