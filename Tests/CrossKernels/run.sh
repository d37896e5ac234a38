#!/usr/bin/env bash
# Compares every kernel of every instruction set of this machine with the scalar one, then does so on 64-bit ARM under
# QEMU, and the results of the two machines with each other: they must be the same bits.
#
# Needs clang with lld, and on machines other than 64-bit ARM Debian's qemu-user-static, libc6-dev-arm64-cross and
# libgcc-12-dev-arm64-cross. Exits with 1 when bits differ, with 2 when something is missing.
set -euo pipefail
cd "$(dirname "$0")"

built=$(mktemp -d)
trap 'rm -r "$built"' EXIT

# As Package.swift compiles the kernels.
build() {
    clang -std=c17 -O3 -Wall -Wextra -Werror -fno-math-errno -I ../../CKernels/include "${@:2}" \
        ./*.c ../../CKernels/*.c -lm -o "$built/$1"
}

# Prints the results of a machine: all but the line that says which instruction sets it has.
compare() {
    local label=$1
    shift
    "$@" >"$built/output" || { echo "$label" && cat "$built/output" && exit 1; }
    echo "$label: $(head -n 1 "$built/output")"
    tail -n +2 "$built/output" >"$built/results"
    if [ -e "$built/expected" ]; then
        diff "$built/expected" "$built/results" || { echo "$label: other results than $(uname -m)" && exit 1; }
    else
        cat "$built/results"
        cp "$built/results" "$built/expected"
    fi
}

build native
compare "$(uname -m)" "$built/native"
[ "$(uname -m)" = aarch64 ] && exit

if ! command -v qemu-aarch64-static >/dev/null || [ ! -d /usr/aarch64-linux-gnu/include ]; then
    echo "64-bit ARM needs the packages qemu-user-static, libc6-dev-arm64-cross and libgcc-12-dev-arm64-cross" >&2
    exit 2
fi
build arm --target=aarch64-linux-gnu -static -fuse-ld=lld
compare "aarch64 with dot products" qemu-aarch64-static -cpu max "$built/arm" scalar neon
compare "aarch64 without" qemu-aarch64-static -cpu cortex-a53 "$built/arm" scalar
