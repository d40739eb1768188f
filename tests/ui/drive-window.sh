#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Drives the real window as a person would: under Xvfb, with keys and clicks. Fails when a page does not appear, when the
# sample queue does not run to its end, or when the application does not quit by itself.
#
#   drive-window.sh BIN_DIR             checks
#   drive-window.sh BIN_DIR PICTURES    checks, and leaves the README's pictures in that folder
#
# Exits 77 (skipped) where Xvfb, xdotool or ImageMagick is missing.
set -euo pipefail

[ $# -ge 1 ] && [ $# -le 2 ] || { sed -n '3,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
bin=$1
pictures=${2:-}
for tool in Xvfb xdotool import; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

work=$(mktemp -d)
server='' application=''
cleanup() {
    [ -z "$application" ] || kill -KILL "$application" 2>/dev/null || true
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
fail() {
    echo "FAILED: $*" >&2
    [ ! -s "$work/log" ] || sed 's/^/  application: /' "$work/log" >&2
    exit 1
}

# until_true SECONDS COMMAND...: tries again until it succeeds.
until_true() {
    local tries=$(($1 * 10))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# The server chooses a free display and says which.
Xvfb -displayfd 3 -screen 0 1360x860x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
server=$!
until_true 20 test -s "$work/display" || fail "Xvfb did not start"
DISPLAY=:$(cat "$work/display")
export DISPLAY
unset QT_QPA_PLATFORM
export HOME=$work XDG_RUNTIME_DIR=$work/runtime
mkdir -m 700 "$XDG_RUNTIME_DIR"

title() { xdotool getwindowname "$window" 2>/dev/null || true; }
title_is() { [[ $(title) == *"$1"* ]]; }
shows_something() {
    import -window "$window" "$work/now.png"
    # A page that was not painted is of a few colours only.
    [ "$(identify -format %k "$work/now.png")" -gt 40 ]
}
keep() {
    [ -z "$pictures" ] || convert "$work/now.png" -strip +dither -colors 200 -define png:compression-level=9 "$pictures/$1.png"
}

start() {
    local theme=$1
    rm -rf "$work/data"
    mkdir "$work/data"
    printf '[settings]\ntheme=%s\n' "$theme" >"$work/data/settings.ini"
    "$bin/bitnet-supervisor" --data-dir "$work/data" --demo --build-dir "$bin/../replay-engine" >"$work/log" 2>&1 &
    application=$!
    window=''
    find_window() { window=$(xdotool search --onlyvisible --pid "$application" --name 'BitNet Supervisor' 2>/dev/null | head -n 1); [ -n "$window" ]; }
    until_true 20 find_window || fail "no window appeared"
    # There is no window manager: the size, the place and the focus are ours to give.
    xdotool windowsize "$window" 1280 800 windowmove "$window" 0 0 windowfocus "$window"
    until_true 10 title_is 'Jobs' || fail "the window does not begin on the Jobs page: $(title)"
}

quit() {
    xdotool key --clearmodifiers ctrl+q
    gone() { ! kill -0 "$application" 2>/dev/null; }
    until_true 20 gone || { import -window root /tmp/quit.png; fail "the application did not quit"; }
    wait "$application" || fail "the application ended with exit code $?"
    application=''
}

for theme in light dark; do
    start "$theme"
    until_true 60 grep -qs . "$work/data/jobs"/*/*/output.log || fail "no job of the sample queue printed anything"
    sample_ended() { [ -z "$(ps -o pid= --ppid "$(pgrep -d, -P "$application" bitnet-jobshim)" 2>/dev/null)" ]; }
    until_true 60 sample_ended || fail "the sample queue did not end"
    for page in Jobs Prompt Latency Engine; do
        case $page in
        Jobs) key=1 ;; Prompt) key=2 ;; Latency) key=3 ;; Engine) key=4 ;;
        esac
        xdotool key --clearmodifiers "ctrl+$key"
        until_true 10 title_is "$page" || fail "Ctrl+$key did not show the $page page: $(title)"
        if [ "$page" = Jobs ]; then
            # Some rows down is a job that prints.
            xdotool mousemove 620 250 click 1 key --delay 50 Down Down Down Down Down Down Down Down Down
        fi
        sleep 1 # for the picture: charts and details are drawn a moment later
        until_true 10 shows_something || fail "the $page page is empty"
        keep "${page,,}-$theme"
    done
    quit
done
echo "PASSED: four pages in two themes"
