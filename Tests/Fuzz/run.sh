#!/bin/sh
# Builds a fuzz target and runs it: Tests/Fuzz/run.sh WeightFileFuzz|JSONFuzz|PatternFuzz [number of inputs, default 1000000]
# Needs clang's libFuzzer (part of the Swift toolchain), Python and the zstd command. The corpus, and any input that
# ends in a crash, stay in .build/fuzz/<target>; a crash belongs into the tests once it is understood.
set -eu
target=$1
runs=${2:-1000000}
cd "$(dirname "$0")/../.."
corpus=.build/fuzz/$target
python3 Tests/Fuzz/seeds.py "$target" "$corpus"
# A folder of its own: instrumented modules must not mix with ordinary ones.
TRIAGE_FUZZ=1 swift build -c release --scratch-path .build/fuzz/build --product "$target"
# Swift's own crash handler would bury libFuzzer's report of the input.
export SWIFT_BACKTRACE=enable=no
exec ".build/fuzz/build/release/$target" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -runs="$runs" \
    -artifact_prefix="$corpus/" -print_final_stats=1 "$corpus"
