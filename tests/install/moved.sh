#!/bin/sh
# moved.sh CMAKE BUILD: installs, moves the tree, and runs a lesson and a program from there, in an empty environment.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" --install "$2" --prefix "$folder/first" >"$folder/log"
mv "$folder/first" "$folder/second"
run() { env -i PATH=/usr/bin:/bin HOME="$folder" "$folder/second/bin/ipcscope" "$@"; }
run list | grep -q Pipe
run check pipe
run trace -- /bin/echo hello 2>"$folder/trace" | grep -qx hello
grep -q 'write(1.*hello' "$folder/trace"
test -f "$folder/second/share/ipcscope/fonts/Inter-Regular.otf"
if readelf -d "$folder/second/bin/ipcscope" | grep -E 'RPATH|RUNPATH'; then
    echo "the installed program remembers where it was built"
    exit 1
fi
echo "an installation works after it was moved"
