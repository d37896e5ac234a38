#!/usr/bin/env bash
# Builds the program as one file and proves that it needs nothing but that file, the C and C++ libraries named below, and
# a model: it decides and measures in a root directory that holds only those, without a network and without /proc. With
# the Vulkan loader and a driver on top, here llvmpipe's where there is one, it computes the same on that.
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
put() {
    for library in "$@"; do
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done
}
put $libraries
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

library_named() { /usr/sbin/ldconfig -p | sed -n "s/.*\b$1 .*=> //p" | head -n 1; }
loader=$(library_named 'libvulkan\.so\.1')
driver=$(library_named 'libvulkan_lvp\.so')
if [ -n "$loader" ] && [ -n "$driver" ]; then
    put "$loader" "$driver" $(ldd "$loader" "$driver" | grep -oE '=> /[^ ]+' | cut -c4- | sort -u)
    # A file of this name in this folder is how a driver makes itself known to the loader.
    mkdir -p "$root/usr/share/vulkan/icd.d"
    printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s", "api_version": "1.1.0"}}\n' "$driver" \
        >"$root/usr/share/vulkan/icd.d/driver.json"
    on_device=$(inside classify --backend vulkan --device llvmpipe "I lost my card, please block it")
    echo "$on_device"
    [ "$on_device" = "$decision" ] || { echo "decides otherwise with Vulkan" >&2; exit 1; }
    report=$(inside bench --backend vulkan --device llvmpipe --only gpu --shapes 1x16 --seconds 1 --rounds 1)
    echo "$report"
    grep -q "^GPU: 1x16" <<<"$report" || { echo "no section GPU" >&2; exit 1; }
else
    echo "not run with Vulkan: its loader or llvmpipe (Debian's libvulkan1, mesa-vulkan-drivers) is not here"
fi
du -h "$root/triage"
