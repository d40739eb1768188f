#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# format.sh SOURCE-FOLDER: every C++ file is as .clang-format wants it. Exits 77 (skipped) without clang-format.
set -euo pipefail
cd -- "$1"
if ! command -v clang-format >/dev/null; then
    echo 'SKIPPED: clang-format is not installed'
    exit 77
fi
list_files() {
    local file
    if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
        git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cpp' |
            while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done
    else # a source archive
        find app core tests ui \( -name '*.h' -o -name '*.cpp' \) -print0
    fi
}
list_files | xargs -0 -r -n 16 -P 2 clang-format --dry-run -Werror
count=$(list_files | tr -cd '\0' | wc -c)
[ "$count" -gt 0 ] || { echo 'no C++ file found'; exit 1; }
echo "$count files are formatted."
