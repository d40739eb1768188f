#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# installation.sh BUILD-FOLDER CMAKE: what "cmake --install" puts into a folder works there, and after that folder was moved.
# Prints each fault; exits 1 when there is one. Needs everything to be built.
set -euo pipefail
build_folder=$1
cmake=$2
faults=0
fault() { printf 'FAULT: %s\n' "$*"; faults=$((faults + 1)); }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build_folder" --prefix "$work/first place" >"$work/log" || { cat "$work/log"; exit 1; }
mv "$work/first place" "$work/second place"
prefix="$work/second place"

for file in bin/bitnet-supervisor bin/bitnetctl libexec/bitnet-supervisor/bitnet-jobshim \
    libexec/bitnet-supervisor/bitnet-report-pdf libexec/bitnet-supervisor/bitnet-replay-engine libexec/bitnet-supervisor/replay-engine/bin/llama-cli; do
    [ -x "$prefix/$file" ] || fault "$file is missing"
done
for file in share/applications/bitnet-supervisor.desktop share/metainfo/org.bitnetsupervisor.supervisor.metainfo.xml \
    share/icons/hicolor/scalable/apps/bitnet-supervisor.svg share/man/man1/bitnetctl.1 share/man/man1/bitnet-supervisor.1 \
    share/bash-completion/completions/bitnetctl share/doc/bitnet-supervisor/copyright; do
    [ -s "$prefix/$file" ] || fault "$file is missing"
done

# A clean environment: nothing of the build folder may be needed.
export QT_QPA_PLATFORM=offscreen HOME="$work" PATH=/usr/bin:/bin
cd /
[ "$("$prefix/bin/bitnetctl" run -- echo works)" = works ] || fault "bitnetctl does not run a job"
"$prefix/bin/bitnetctl" report -o "$work/latency.pdf" || fault "bitnetctl reports nothing"
[ "$(head -c 5 "$work/latency.pdf")" = %PDF- ] || fault "bitnetctl makes no PDF"
for engine in bitnet llamacpp; do
    printf 'GGUF' >"$work/model.gguf"
    answer=$(BITNET_REPLAY_ENGINE=$engine BITNET_REPLAY_SPEED=0 "$prefix/bin/bitnetctl" infer --model "$work/model.gguf" \
        --prompt 'Say hello' --build-dir "$prefix/libexec/bitnet-supervisor/replay-engine" 2>"$work/stderr") \
        || { cat "$work/stderr"; fault "the $engine replay engine fails"; }
    case $answer in *'Say hello'*) ;; *) fault "the $engine replay engine does not answer" ;; esac
done
"$prefix/bin/bitnet-supervisor" --version >/dev/null || fault "bitnet-supervisor does not start"
if grep -q "$build_folder" "$prefix/share/applications/bitnet-supervisor.desktop"; then
    fault "the desktop entry knows the build folder"
fi

if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate "$prefix/share/applications/bitnet-supervisor.desktop" || fault "the desktop entry is not valid"
fi
if command -v appstreamcli >/dev/null; then
    appstreamcli validate --no-net "$prefix"/share/metainfo/*.metainfo.xml || fault "the AppStream data is not valid"
fi

[ "$faults" -eq 0 ] || exit 1
printf 'The installation works.\n'
