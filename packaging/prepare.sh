# SPDX-License-Identifier: MIT
# What ./run and ./run-tests share; read with "source", needs bash. The variable top must hold the source folder.
# shellcheck shell=bash disable=SC2154

say() { printf '== %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# install_packages PURPOSE...: installs what packaging/packages.txt lists for these purposes and is not there yet. Costs
# one dpkg-query when nothing is missing. On a system without dpkg it leaves the packages to its user.
install_packages() {
    local purpose name wanted=() missing=() apt
    while read -r purpose name; do
        case " $* " in *" $purpose "*) wanted+=("$name") ;; esac
    done < <(grep -v '^#' "$top/packaging/packages.txt")

    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "No apt here: make sure that what Debian calls ${wanted[*]} is installed."
        return
    fi
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" { print $2 }')
    for name in "${wanted[@]}"; do
        grep -qxF -- "$name" <<<"$installed" || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return

    apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y)
    if [ "$(id -u)" -ne 0 ]; then
        # Without a terminal sudo must not wait for a password.
        local sudo=(sudo)
        [ -t 0 ] && [ -z "${CI:-}" ] || sudo+=(-n)
        if ! command -v sudo >/dev/null || ! "${sudo[@]}" true; then
            printf 'These packages are missing, and installing them needs root or sudo. Run as root:\n\n' >&2
            printf '    apt-get update && apt-get install -y --no-install-recommends %s\n\n' "${missing[*]}" >&2
            exit 1
        fi
        apt=("${sudo[@]}" "${apt[@]}")
    fi
    say "Installing ${missing[*]}"
    # A failed update (one unreachable source) is no reason to stop: the lists that are there may do.
    "${apt[@]}" update </dev/null || true
    "${apt[@]}" install --no-install-recommends "${missing[@]}" </dev/null \
        || fail "the packages could not be installed: see above"
}

# configure PRESET: only when it was not configured yet. From then on the build notices changes by itself.
configure() {
    local cache="$top/build/$1/CMakeCache.txt"
    # A build folder that was moved or copied with its checkout still points to the old place.
    if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache"; then
        say "build/$1 belongs to another folder; configuring it anew"
        rm -rf "$cache" "$top/build/$1/CMakeFiles"
    fi
    if [ ! -f "$cache" ] || [ ! -f "$top/build/$1/build.ninja" ]; then
        say "Configuring build/$1"
        (cd "$top" && cmake --preset "$1") || fail "configuring build/$1 failed: see above"
    fi
}

# build PRESET [TARGET...]: everything when no target is named.
build() {
    local preset=$1
    shift
    say "Building build/$preset"
    (cd "$top" && cmake --build --preset "$preset" ${1:+--target "$@"}) || fail "building build/$preset failed: see above"
}
