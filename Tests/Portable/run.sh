#!/usr/bin/env bash
# Builds the program as one file and proves that it needs nothing but that file, the C and C++ libraries named below, and
# a model: it decides and measures in a root directory that holds only those, without a network and without /proc.
#
#   Tests/Portable/run.sh              builds in .build/static
#   Tests/Portable/run.sh PROGRAM      tests a program that is already built
set -euo pipefail
cd "$(dirname "$0")/../.."

# Everything the program may ask the system for; on Debian the packages libc6, libstdc++6 and libgcc-s1.
allowed="ld-linux-x86-64.so.2 libc.so.6 libgcc_s.so.1 libm.so.6 libstdc++.so.6"

program=${1:-}
if [ -z "$program" ]; then
    # A folder with the archive alone, looked into first, is how the linker comes to take it and not the shared library.
    archives=.build/static/archives
    mkdir -p "$archives"
    ln -sf "$(clang -print-file-name=libzstd.a)" "$archives/libzstd.a"
    # The flags of Sources/CTriage/build.sh, which shares what is compiled.
    swift build -c release --product triage --scratch-path .build/static -Xswiftc -static-stdlib -Xswiftc -use-ld=lld \
        -Xlinker "-L$PWD/$archives"
    program=.build/static/release/triage
fi

libraries=$(ldd "$program" | grep -oE '/[^ ]+' | sort -u)
needed=$(for library in $libraries; do basename "$library"; done | sort | xargs)
[ "$needed" = "$allowed" ] || { echo "needs $needed, expected $allowed" >&2; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cp "$program" "$root/triage"
for library in $libraries; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
mkdir "$root/models"
cp -r models/triage-en "$root/models/"

# Without a network where the system lets us; only root can do without namespaces.
isolate=(unshare -n)
[ "$(id -u)" = 0 ] || isolate=(unshare -Urn)
if ! "${isolate[@]}" true 2>/dev/null; then
    echo "no network namespace is to be had here: the network is not cut off"
    isolate=()
fi
inside() { env -i ${isolate[@]+"${isolate[@]}"} /usr/sbin/chroot "$root" /triage "$@"; }

decision=$(inside classify "I lost my card, please block it")
echo "$decision"
grep -qE '^human +[0-9.]+ %' <<<"$decision"
report=$(inside bench --seconds 1 --rounds 2)
echo "$report"
for section in Peak Stream Shapes "Cold start" Memory; do
    grep -q "^$section" <<<"$report" || { echo "no section $section" >&2; exit 1; }
done
du -h "$root/triage"
