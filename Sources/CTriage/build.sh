#!/usr/bin/env bash
# Makes the library for hosts in any language: libtriage.so, which needs no Swift library and shows nothing but triage.h's
# functions, the header, and a pkg-config file.
#
#   Sources/CTriage/build.sh FOLDER    writes FOLDER/lib, FOLDER/include and FOLDER/lib/pkgconfig
set -euo pipefail
output=$(realpath -m "${1:?usage: $0 FOLDER}")
cd "$(dirname "$0")/../.."

header=Sources/CTriage/include/triage.h
built=.build/static
# A folder with the archive alone, looked into first, is how the linker comes to take it and not the shared library.
mkdir -p "$built/archives"
ln -sf "$(clang -print-file-name=libzstd.a)" "$built/archives/libzstd.a"
# Swift's runtime and our own C stay hidden, so that they do not get into the way of the host's.
functions=$(sed -nE 's/^[a-z0-9_].*[ *](triage_[a-z_]+)\(.*/\1;/p' "$header")
echo "{ global: $functions local: *; };" >"$built/exports.map"
# Of ICU, which comes with Foundation and that with the reader of YAML, nothing is called: its 34 MB of tables are left out
# as unused where their name stands for something else, which ICU would not take for tables.
icu=$(dirname "$(readlink -f "$(command -v swiftc)")")/../lib/swift_static/linux/lib_FoundationICU.a
tables=$(nm --defined-only "$icu" 2>/dev/null | grep -oE '\bicudt[0-9]+_dat$')

# All that compiles is told the same as in Tests/Portable/run.sh, so that both share it. The library cannot be unloaded:
# neither Swift's runtime nor threads that wait can.
swift build -c release --product CTriage --scratch-path "$built" -Xswiftc -static-stdlib -Xswiftc -use-ld=lld \
    -Xlinker "-L$PWD/$built/archives" --disable-local-rpath \
    -Xlinker "--version-script=$PWD/$built/exports.map" -Xlinker -soname=libtriage.so.1 -Xlinker -z -Xlinker nodelete \
    -Xlinker "--defsym=$tables=triage_version"

mkdir -p "$output/lib/pkgconfig" "$output/include"
install -m 644 "$header" "$output/include/triage.h"
strip -o "$output/lib/libtriage.so.1" "$built/release/libCTriage.so"
ln -sf libtriage.so.1 "$output/lib/libtriage.so"
cat >"$output/lib/pkgconfig/triage.pc" <<EOF
prefix=\${pcfiledir}/../..
Name: triage
Description: Who should handle a query: a script, a large remote model, or a person
Version: 1.1
Cflags: -I\${prefix}/include
Libs: -L\${prefix}/lib -ltriage
EOF
