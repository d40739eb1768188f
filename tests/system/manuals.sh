#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# manuals.sh SOURCE-FOLDER BIN-FOLDER: --help, the bash completion and the man pages agree, and the man pages are free of
# warnings. Prints each difference; exits 1 when there is one, 77 (skipped) without groff.
set -euo pipefail
source_folder=$1
bin_folder=$2
command -v groff >/dev/null || { echo 'SKIPPED: groff is not installed'; exit 77; }
differences=0
differ() { printf 'DIFFERENCE: %s\n' "$*"; differences=$((differences + 1)); }

source "$source_folder/packaging/completions/bitnetctl.bash"
# complete_words WORD...: what is offered for the last word, one a line, sorted.
complete_words() {
    COMP_WORDS=(bitnetctl "$@")
    COMP_CWORD=$#
    _bitnetctl
    printf '%s\n' "${COMPREPLY[@]}" | sort
}
# The options that stand at the beginning of a line of the help: "  -n, --n-predict N   How many ...".
options_of() {
    "$bin_folder/bitnetctl" "$1" --help | grep -oE '^ {2,6}-[^ ]*(, -[^ ]+)*' | tr -d ' ' | tr ',' '\n' | sort
}

# The man page as text, without the accents of overstriking and with plain hyphens.
manual=$(groff -man -Tascii -P-cbou -rLL=200n "$source_folder/packaging/man/bitnetctl.1")

commands=$(complete_words '' | grep -v '^-' | grep -vx help)
[ "$commands" = "$(printf '%s\n' chat doctor history infer models report run serve)" ] || differ "the completion offers the commands: $commands"

for command in $commands; do
    helped=$(options_of "$command")
    [ "$(wc -l <<<"$helped")" -ge 5 ] || differ "bitnetctl $command --help lists hardly any option: $helped"
    offered=$(complete_words "$command" '-' | grep -vx -- -- || true)
    [ "$helped" = "$offered" ] || differ "options of $command (< --help, > completion): $(diff <(printf '%s\n' "$helped") <(printf '%s\n' "$offered") | grep '^[<>]' | tr '\n' ' ')"
    while read -r option; do
        grep -qE -- "(^|[ ,])$option([ ,]|$)" <<<"$manual" || differ "the man page does not know $option of $command"
    done <<<"$helped"
done
while read -r option; do
    found=
    for command in $commands; do
        grep -qx -- "$option" < <(options_of "$command") && found=yes
    done
    [ -n "$found" ] || [ "$option" = --version ] || differ "the man page has $option, which no command has"
done < <(sed -n '/^OPTIONS/,/^CHAT/p' <<<"$manual" | grep -oE '^ {7}-[^ ,]+(, -[^ ]+)?' | tr -d ' ' | tr ',' '\n' | sort -u)

[ "$(complete_words run --timeout 3)" = 30s ] || differ "the completion of --timeout 3"
[ "$(complete_words run --timeout = 3)" = 30s ] || differ "the completion of --timeout=3"
[ "$(cd "$source_folder" && complete_words run --cwd packaging/comp)" = packaging/completions ] || differ "the completion of a folder"
[ -z "$(complete_words run --env '')" ] || differ "the completion of --env offers something"
[ "$(complete_words help in)" = infer ] || differ "the completion of help"

# The application, where it is built, and its man page.
if [ -x "$bin_folder/bitnet-supervisor" ]; then
    manual=$(groff -man -Tascii -P-cbou -rLL=200n "$source_folder/packaging/man/bitnet-supervisor.1")
    options=$(QT_QPA_PLATFORM=offscreen "$bin_folder/bitnet-supervisor" --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+')
    [ -n "$options" ] || differ "bitnet-supervisor --help lists no option"
    while read -r option; do
        grep -qE -- "(^|[ ,])$option([ ,;]|$)" <<<"$manual" || differ "the man page does not know $option of bitnet-supervisor"
    done <<<"$options"
fi

for page in "$source_folder"/packaging/man/*.1; do
    warnings=$(groff -man -ww -Tutf8 -z "$page" 2>&1)
    [ -z "$warnings" ] || differ "$page: $warnings"
done

if [ "$differences" -gt 0 ]; then
    exit 1
fi
printf 'They agree.\n'
