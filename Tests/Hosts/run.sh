#!/usr/bin/env bash
# Builds libtriage and the hosts in C, C++, Python and Rust, and runs them: one reloads under load, one runs under Valgrind.
# A language that is missing is skipped, which is printed.
#
#   Tests/Hosts/run.sh             builds the library
#   Tests/Hosts/run.sh FOLDER      takes what Sources/CTriage/build.sh wrote there
set -euo pipefail
cd "$(dirname "$0")/../.."

here=Tests/Hosts
model=models/triage-en
library=${1:-}
if [ -z "$library" ]; then
    library=.build/libtriage
    Sources/CTriage/build.sh "$library"
fi
library=$(realpath "$library")
shared=$library/lib/libtriage.so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PKG_CONFIG_PATH=$library/lib/pkgconfig LD_LIBRARY_PATH=$library/lib

fail() { echo "hosts: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; }

needed=$(ldd "$shared" | grep -oE '/[^ ]+' | xargs -n1 basename | sort | xargs)
allowed="ld-linux-x86-64.so.2 libc.so.6 libgcc_s.so.1 libm.so.6 libstdc++.so.6"
[ "$needed" = "$allowed" ] || fail "libtriage needs $needed, expected $allowed"
shown=$(nm -D --defined-only "$shared" | awk '{ print $3 }' | sort | xargs)
declared=$(grep -vE '^ *//' "$library/include/triage.h" | grep -oE '\btriage_[a-z_]+\(' | tr -d '(' | sort -u | xargs)
[ "$shown" = "$declared" ] || fail "libtriage shows $shown, the header declares $declared"
readelf -d "$shared" | grep -q 'soname: \[libtriage.so.1\]' || fail "libtriage has another SONAME"
echo "library: $(stat -Lc %s "$shared") bytes, needs $needed, shows $shown"

flags="-Wall -Wextra -Werror -pedantic -I$library/include"
link="-L$library/lib -ltriage -lpthread"
gcc -std=c99 $flags $here/c/layout.c -o "$work/layout"
gcc -std=c11 -O1 -g $flags $here/c/gateway.c $link -o "$work/gateway"
g++ -std=c++17 -x c++ $flags $here/c/header.cc $link -o "$work/header"
"$work/header"
"$work/layout" >"$work/layout.txt"

sed 's/-a\b/-b/g; s/0\.9 }/0.6 }/' $here/policy-a.yaml >"$work/policy-b.yaml"
sed 's/version: 1/version: 2/' $here/policy-a.yaml >"$work/bad.yaml"
policies="$here/policy-a.yaml $work/policy-b.yaml $work/bad.yaml"
"$work/gateway" $model $policies 100 4

if command -v valgrind >/dev/null; then
    # With its symbols, for who reads the report, and without the rest, which Valgrind cannot read. Nor does it know AVX-512.
    mkdir "$work/symbols"
    strip --strip-debug -o "$work/symbols/libtriage.so.1" .build/static/release/libCTriage.so
    TRIAGE_ISA=avx2 LD_LIBRARY_PATH=$work/symbols valgrind -q --leak-check=full \
        --show-leak-kinds=definite --errors-for-leak-kinds=definite \
        --error-exitcode=1 "$work/gateway" $model $policies 5 0
else
    skip "valgrind is not installed"
fi

if command -v python3 >/dev/null; then
    python3 $here/python/triage_host.py layout | diff "$work/layout.txt" - || fail "Python's structures differ"
    texts=("I lost my card, please block it" "write a poem about autumn rain" "zxqv wqpl mnrt" "wo ist mein Päckchen? 📦")
    python3 $here/python/triage_host.py decide "$shared" $model "${texts[@]}" >"$work/ours"
    program=.build/release/triage
    [ -x $program ] || swift build -c release --product triage
    printf '%s\n' "${texts[@]}" | $program classify --json --model $model --file - >"$work/theirs"
    python3 $here/python/same_decisions.py "$work/ours" "$work/theirs"
else
    skip "python3 is not installed"
fi

if command -v rustc >/dev/null; then
    rustc -O --edition 2021 -D warnings -L "$library/lib" $here/rust/main.rs -o "$work/rust"
    "$work/rust" layout | diff <(grep triage_decision "$work/layout.txt") - || fail "Rust's structures differ"
    "$work/rust" decide $model "I lost my card, please block it" "write a poem about autumn rain"
else
    skip "rustc is not installed"
fi
