#!/usr/bin/env bash
# Compiles Shaders/source/*.comp into Shaders/spirv and records by which compiler.
#
#   Shaders/compile.sh [MODULE...]           writes the modules, all of them by default
#   Shaders/compile.sh --check [MODULE...]   compares them with what the recorded compiler makes, and writes nothing
#
# GLSLC, SPIRV_VAL, SPIRV_DIS and SPIRV_AS name other tools than the ones in PATH. The *_matrix modules need a glslc that knows
# GL_KHR_cooperative_matrix (shaderc 2024 or later); without it, or with another compiler than the recorded one under
# --check, a module is left alone and the reason printed. Exit status: 0 all well, 1 a module is wrong or differs, 2 a
# tool is missing, 64 usage.
set -euo pipefail
cd "$(dirname "$0")"

read -ra glslc <<<"${GLSLC:-glslc}"
read -ra spirv_val <<<"${SPIRV_VAL:-spirv-val}"
read -ra spirv_dis <<<"${SPIRV_DIS:-spirv-dis}"
read -ra spirv_as <<<"${SPIRV_AS:-spirv-as}"
for tool in "${glslc[0]}" "${spirv_val[0]}" "${spirv_dis[0]}" "${spirv_as[0]}"; do
    command -v "$tool" >/dev/null || { echo "$tool: not found (Debian: glslc, spirv-tools)" >&2; exit 2; }
done

is_check=
[ "${1:-}" != --check ] || { is_check=1; shift; }
[[ "${1:-}" != -* ]] || { sed -n '2,6s/^# \{0,1\}//p' compile.sh >&2; exit 64; }
modules=("$@")
[ $# -gt 0 ] || modules=($(cd source && ls -- *.comp | sed 's/\.comp$//'))
for module in "${modules[@]}"; do
    [ -f "source/$module.comp" ] || { echo "$module: there is no source/$module.comp" >&2; exit 64; }
done

compiler=$("${glslc[@]}" --version | grep -E '^(shaderc|spirv-tools|glslang) ' | paste -sd ' ')
recorded() { sed -n "s/^$1: //p" spirv/COMPILERS 2>/dev/null; }

knows_matrices() {
    printf '#version 460\n#extension GL_KHR_cooperative_matrix : require\nvoid main() {}\n' |
        "${glslc[@]}" --target-env=vulkan1.2 -fshader-stage=compute - -o - >/dev/null 2>&1
}

# The definition of the kernels rounds each of these by itself, and an fma once: all carry NoContraction. `precise` in the
# source keeps the optimiser from rearranging them, but glslang does not decorate fma, and copies made by unrolling lose
# the decoration.
arithmetic='($3 ~ /^Op(F(Add|Sub|Mul)|Dot|(Vector|Matrix)Times(Scalar|Vector|Matrix)|OuterProduct)$/ || ($3 == "OpExtInst" && $6 == "Fma"))'
disassembled() { "${spirv_dis[@]}" --raw-id - <"$1"; }
decorated() {
    disassembled "$1" | awk '
        $1 == "OpDecorate" && $3 == "NoContraction" { next }
        { lines[NR] = $0 }
        '"$arithmetic"' { exact[++count] = $1 }
        END {
            for (i = 1; i <= NR; i++) {
                if (lines[i] ~ /= OpType/ && !done++) {
                    for (j = 1; j <= count; j++) print "OpDecorate " exact[j] " NoContraction"
                }
                if (i in lines) print lines[i]
            }
        }' | "${spirv_as[@]}" --preserve-numeric-ids --target-env vulkan1.2 -o - -
}
is_exact() {
    disassembled "$1" | awk '
        $1 == "OpDecorate" && $3 == "NoContraction" { exact[$2] = 1 }
        '"$arithmetic"' && !($1 in exact) || $3 ~ /^OpF(Div|Rem|Mod)$/ { print; wrong = 1 }
        END { exit wrong }'
}

status=0
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
for module in "${modules[@]}"; do
    if [[ $module == *_matrix* ]] && ! knows_matrices; then
        echo "$module: left alone, this glslc lacks GL_KHR_cooperative_matrix (recorded: $(recorded "$module"))"
        continue
    fi
    if [ -n "$is_check" ] && [ "$(recorded "$module")" != "$compiler" ]; then
        echo "$module: not compared, made by: $(recorded "$module"); here: $compiler"
        continue
    fi
    binary=$temporary/$module.spv
    "${glslc[@]}" --target-env=vulkan1.2 -O -Isource -fshader-stage=compute - -o - <"source/$module.comp" >"$temporary/plain"
    decorated "$temporary/plain" >"$binary"
    "${spirv_val[@]}" --target-env vulkan1.2 - <"$binary" || { echo "$module: invalid" >&2; status=1; continue; }
    is_exact "$binary" || { echo "$module: operations that may be contracted, or divisions" >&2; status=1; continue; }
    if [ -z "$is_check" ]; then
        cp "$binary" spirv/
        { grep -v "^$module: " spirv/COMPILERS 2>/dev/null || true; echo "$module: $compiler"; } | sort >"$temporary/COMPILERS"
        cp "$temporary/COMPILERS" spirv/COMPILERS
    elif ! cmp -s "$binary" "spirv/$module.spv"; then
        echo "$module: spirv/$module.spv is not what its source makes" >&2
        status=1
    fi
done
exit $status
