# Sourced by app/run, tests/run and .ci/run: installs what is missing, configures, builds. Prints what it does.
# What each script needs is a list of Debian/Ubuntu package names; nothing is downloaded at configure time.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

build_packages=(
    g++ cmake ninja-build pkg-config          # the tools
    libglfw3-dev libimgui-dev libgl-dev       # window, widgets
    libfreetype-dev                           # letters that are sharp at small sizes
    libstb-dev                                # PNG out
    libasio-dev libdw-dev libmd4c-dev         # event loop, source lines, Markdown
    nlohmann-json3-dev libcli11-dev           # JSON out, command line
    fonts-inter fonts-jetbrains-mono          # what is read on the screen
    libgl1-mesa-dri                           # OpenGL, where there is no graphics card too
)
test_packages=(
    libgtest-dev libbenchmark-dev python3
    xvfb xauth xdotool imagemagick            # a screen, hands and eyes
    strace gdb procps util-linux iproute2 tshark   # tools that we did not write, to compare with
)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$*"; exit 1; }

is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

install_missing() {
    local missing=() package
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null ||
        fail "these packages are missing: ${missing[*]}. This machine has no apt-get; install their like by hand and try again."
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "these packages are missing: ${missing[*]}. Install them as root and try again."
        [ -t 0 ] || fail "these packages are missing: ${missing[*]}. Install them with: sudo apt-get install ${missing[*]}"
        printf 'These packages are missing:\n  %s\nInstall them now with sudo apt-get? [Y/n] ' "${missing[*]}" >&2
        local answer
        read -r answer
        case "$answer" in ''|[yY]*) ;; *) fail "nothing was installed; without them it cannot be built." ;; esac
        sudo=(sudo)
    fi
    say "installing ${missing[*]}"
    local log
    log=$(mktemp)
    { "${sudo[@]}" apt-get update -q && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install them; its last words are above."
    }
    rm -f "$log"
}

# build PRESET TARGET… : configures once (again when tests are wanted and were not before), then builds only what changed.
build() {
    local preset=$1 directory=$top/build/$1
    shift
    if [ ! -f "$directory/build.ninja" ] || { [ "$with_tests" = ON ] && ! grep -q '^IPCSCOPE_TESTS:BOOL=ON' "$directory/CMakeCache.txt"; }; then
        say "configuring build/$preset"
        mkdir -p "$directory"
        (cd "$top" && cmake --preset "$preset" "-DIPCSCOPE_TESTS=$with_tests") >"$directory/configure.log" 2>&1 || {
            tail -n 20 "$directory/configure.log" >&2
            fail "cmake could not configure the build; its last words are above (all of them: build/$preset/configure.log)."
        }
    fi
    if [ -n "$(cd "$directory" && ninja -n "$@" 2>/dev/null | grep -v 'no work to do')" ]; then
        say "building $* in build/$preset"
    fi
    cmake --build "$directory" --target "$@" >"$directory/build.log" 2>&1 || {
        grep -E -A6 'error|FAILED|warning' "$directory/build.log" | head -n 60 >&2
        fail "the build failed; the first errors are above (all of it: build/$preset/build.log)."
    }
}
with_tests=OFF
