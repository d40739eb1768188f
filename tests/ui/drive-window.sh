#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Drives the real window as a person would: under Xvfb, with keys and clicks. Fails when a page or a dialog does not appear,
# when the sample queue does not run to its end, when a command typed into the dialog does not run, when cancelling does not
# ask or does not end a job, or when the application does not quit by itself.
#
#   drive-window.sh BIN_DIR             checks
#   drive-window.sh BIN_DIR PICTURES    checks, and leaves the README's pictures in that folder
#
# Exits 77 (skipped) where Xvfb, xdotool or ImageMagick is missing.
set -euo pipefail

[ $# -ge 1 ] && [ $# -le 2 ] || { sed -n '3,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
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
    xdotool windowfocus "$window" key --clearmodifiers ctrl+q
    gone() { ! kill -0 "$application" 2>/dev/null; }
    until_true 20 gone || fail "the application did not quit"
    wait "$application" || fail "the application ended with exit code $?"
    application=''
}

show_page() {
    case $1 in
    Jobs) key=1 ;; Prompt) key=2 ;; Latency) key=3 ;; Engine) key=4 ;;
    esac
    xdotool key --clearmodifiers "ctrl+$key"
    until_true 10 title_is "$1" || fail "Ctrl+$key did not show the $1 page: $(title)"
}

# open_dialog KEYS TITLE: leaves it open, with the focus, and its id in $dialog.
open_dialog() {
    local keys=$1 name=$2
    xdotool windowfocus "$window" key --clearmodifiers "$keys"
    dialog=''
    find_dialog() { dialog=$(xdotool search --all --onlyvisible --pid "$application" --name "^$name\$" 2>/dev/null | head -n 1); [ -n "$dialog" ]; }
    until_true 10 find_dialog || fail "$keys did not open the dialog \"$name\""
    xdotool windowfocus "$dialog"
    sleep 0.3
    dialog_is_painted() {
        import -window "$dialog" "$work/dialog.png" 2>/dev/null && [ "$(identify -format %k "$work/dialog.png")" -gt 40 ]
    }
    until_true 10 dialog_is_painted || fail "the dialog \"$name\" is empty"
}
dialog_is_gone() { ! xdotool search --all --onlyvisible --pid "$application" --name "^$1\$" >/dev/null 2>&1; }

check_dialogs() {
    local keys name
    while IFS='|' read -r keys name; do
        open_dialog "$keys" "$name"
        xdotool key --clearmodifiers Escape
        until_true 10 dialog_is_gone "$name" || fail "Escape did not close the dialog \"$name\""
    done <<'DIALOGS'
ctrl+r|Run command
ctrl+comma|Settings
F1|Keyboard shortcuts
DIALOGS
    open_dialog ctrl+r 'Run command'
    xdotool type --delay 15 'echo "driven by keys"'
    xdotool key --clearmodifiers Return
    until_true 10 dialog_is_gone 'Run command' || fail "Return did not run the command"
    until_true 20 grep -qsrx 'driven by keys' "$work/data/jobs" || fail "a command typed into the dialog did not run"
}

runs() { pgrep -f '^sleep 271$' >/dev/null; }
ended() { ! runs; }

# The focus goes into the table of jobs, to the row that is current.
focus_table() { xdotool windowfocus "$window" key --clearmodifiers --delay 60 ctrl+f Down; }

check_actions() {
    open_dialog ctrl+r 'Run command'
    xdotool type --delay 15 'sleep 271'
    xdotool key --clearmodifiers Return
    until_true 10 dialog_is_gone 'Run command' || fail "Return did not run the command"
    until_true 20 runs || fail "the command to be cancelled does not run"
    sleep 0.5 # until it is selected
    focus_table
    open_dialog Delete 'Cancel jobs'
    xdotool key --clearmodifiers Escape
    until_true 10 dialog_is_gone 'Cancel jobs' || fail "Escape did not close the question"
    runs || fail "Escape cancelled the job"
    focus_table
    open_dialog Delete 'Cancel jobs'
    xdotool key --clearmodifiers Return
    until_true 20 ended || fail "the question did not cancel the job"

    xdotool windowfocus "$window" key --clearmodifiers ctrl+space
    until_true 10 title_is '[Paused]' || fail "a paused queue is not in the title"
    xdotool key --clearmodifiers ctrl+space
    resumed() { ! title_is '[Paused]'; }
    until_true 10 resumed || fail "the queue was not resumed"

    # The column chooser is right of the search field. From its end upwards: to reset all, the last column.
    header() { import -window "$window" -crop 900x26+270+80 +repage "$work/header-$1.png"; }
    header before
    windows() { xdotool search --onlyvisible --pid "$application" '' 2>/dev/null | wc -l; }
    local without_menu
    without_menu=$(windows)
    xdotool windowfocus "$window" key --clearmodifiers --delay 100 ctrl+f Tab space
    menu_is_open() { [ "$(windows)" -gt "$without_menu" ]; }
    until_true 10 menu_is_open || fail "the column chooser did not open"
    xdotool key --clearmodifiers --delay 100 Up Up space Escape
    menu_is_closed() { ! menu_is_open; }
    until_true 10 menu_is_closed || fail "Escape did not close the column chooser"
    columns_changed() {
        header after
        ! cmp -s <(convert "$work/header-before.png" rgb:-) <(convert "$work/header-after.png" rgb:-)
    }
    until_true 10 columns_changed || fail "the column chooser did not show a column"
}

# As on a small screen. That no page wants more is for tst_mainwindow.
check_small() {
    local page
    xdotool windowsize "$window" 1024 700
    for page in Jobs Prompt Latency Engine; do
        show_page "$page"
        until_true 10 shows_something || fail "the $page page is empty at 1024 x 700"
    done
    xdotool windowsize "$window" 1280 800
}

for theme in light dark; do
    start "$theme"
    until_true 60 grep -qs . "$work/data/jobs"/*/*/output.log || fail "no job of the sample queue printed anything"
    sample_ended() { [ -z "$(ps -o pid= --ppid "$(pgrep -d, -P "$application" bitnet-jobshim)" 2>/dev/null)" ]; }
    until_true 60 sample_ended || fail "the sample queue did not end"
    for page in Jobs Prompt Latency Engine; do
        show_page "$page"
        if [ "$page" = Jobs ]; then
            # Some rows down is a job that prints.
            xdotool mousemove 620 250 click 1 key --delay 50 Down Down Down Down Down Down Down Down Down
        fi
        sleep 1 # for the picture: charts and details are drawn a moment later
        until_true 10 shows_something || fail "the $page page is empty"
        keep "${page,,}-$theme"
    done
    if [ "$theme" = light ]; then
        check_small
        check_dialogs
        check_actions
    fi
    quit
done
echo "PASSED: four pages in two themes, small too, the dialogs, cancelling, pausing and choosing columns"
