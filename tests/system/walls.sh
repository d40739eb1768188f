#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# walls.sh SOURCE-FOLDER BIN-FOLDER: the walls between the rooms hold. Prints each breach; exits 1 when there is one.
set -euo pipefail
source_folder=$1
bin_folder=$2
breaches=0
breach() { printf 'BREACH: %s\n' "$*"; breaches=$((breaches + 1)); }

gui_modules='Gui|Widgets|Charts|Svg|SvgWidgets|OpenGL|OpenGLWidgets|PrintSupport|Qml|Quick'

# Programs made of core alone must not need a module of the interface; the shim needs no Qt at all.
needed_by() {
    local dynamic
    dynamic=$(readelf -d "$1") || { breach "readelf can't read $1"; return; }
    sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic"
}
needed=$(needed_by "$bin_folder/bitnetctl")
grep -q '^libQt6Core\.' <<<"$needed" || breach "bitnetctl does not even need libQt6Core: is this the right program?"
while read -r library; do
    breach "bitnetctl needs $library"
done < <(grep -E "^libQt6($gui_modules)\." <<<"$needed" || true)
needed=$(needed_by "$bin_folder/bitnet-jobshim")
while read -r library; do
    breach "bitnet-jobshim needs $library"
done < <(grep '^libQt' <<<"$needed" || true)

# includes FOLDER PATTERN: "file:line" of each #include in FOLDER that matches.
includes() {
    grep -rnE --include='*.h' --include='*.cpp' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" "$source_folder/$1" || true
}
expect_none() {
    local why=$1 line
    shift
    while read -r line; do
        breach "$why: ${line#"$source_folder/"}"
    done < <(includes "$@")
}
[ -n "$(includes core '[a-z/]+\.h')" ] || breach "no include found in core: is $source_folder the source folder?"
expect_none "core includes the interface" core '(ui|app|resources|tests)/|\.\./'
expect_none "core includes a module of the interface" core "Qt($gui_modules)/"
expect_none "the interface includes an application" ui 'app/|tests/|\.\./'
expect_none "an application includes a test" app 'tests/|\.\./'

# The rooms of core, in their order: each may use those before it only.
rooms=(futures files jobs runtime conversations output jobshim supervisor serving history telemetry)
later="${rooms[*]}"
for room in "${rooms[@]}"; do
    later=${later#"$room"}
    later=${later# }
    if [ -n "$later" ] && [ -d "$source_folder/core/$room" ]; then
        expect_none "core/$room includes a room below it" "core/$room" "core/(${later// /|})/"
    fi
done

if [ "$breaches" -gt 0 ]; then
    printf '%s breaches\n' "$breaches"
    exit 1
fi
printf 'The walls hold.\n'
