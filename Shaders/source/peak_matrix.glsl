// The rate of products of cooperative matrices: `rounds` times 8 matrices of MATRIX_M x MATRIX_N sums a subgroup, all in
// registers: groups * (THREADS / SUBGROUP_SIZE) * rounds * 8 * MATRIX_M * MATRIX_N * MATRIX_K multiply-accumulates.
// Spec constants: 0 MATRIX_M, 1 MATRIX_N, 2 MATRIX_K, 3 SUBGROUP_SIZE, which the pipeline must require, and full subgroups,
// 4 THREADS, a multiple of it. Groups: any; a few a multiprocessor, in multiples of all.
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#include "buffers.glsl"

layout(constant_id = 0) const uint MATRIX_M = 16;
layout(constant_id = 1) const uint MATRIX_N = 16;
layout(constant_id = 2) const uint MATRIX_K = 16;
layout(constant_id = 3) const uint SUBGROUP_SIZE = 32;
layout(constant_id = 4) const uint THREADS = 256;
layout(local_size_x_id = 4) in;
layout(push_constant, std430) uniform Parameters {
    WordsOut result;  // [groups * THREADS]
    uint rounds;
};

const uint CHAINS = 8;
shared Sum sums_of_subgroup[THREADS / SUBGROUP_SIZE * MATRIX_M * MATRIX_N];

void main() {
    // What the compiler cannot know.
    Element value = Element(gl_NumWorkGroups.y);
    coopmat<Element, gl_ScopeSubgroup, MATRIX_M, MATRIX_K, gl_MatrixUseA> rows =
        coopmat<Element, gl_ScopeSubgroup, MATRIX_M, MATRIX_K, gl_MatrixUseA>(value);
    coopmat<Element, gl_ScopeSubgroup, MATRIX_K, MATRIX_N, gl_MatrixUseB> columns =
        coopmat<Element, gl_ScopeSubgroup, MATRIX_K, MATRIX_N, gl_MatrixUseB>(value);
    coopmat<Sum, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator> sums[CHAINS];
    [[unroll]] for (uint i = 0; i < CHAINS; i++) {
        sums[i] = coopmat<Sum, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator>(Sum(i));
    }
    // A product depends on the one before, and 8 chains hide their latency.
    for (uint round = 0; round < rounds; round++) {
        [[unroll]] for (uint i = 0; i < CHAINS; i++) sums[i] = coopMatMulAdd(rows, columns, sums[i]);
    }
    uint total = 0, first = gl_SubgroupID * MATRIX_M * MATRIX_N;
    [[unroll]] for (uint i = 0; i < CHAINS; i++) {
        coopMatStore(sums[i], sums_of_subgroup, first, MATRIX_N, gl_CooperativeMatrixLayoutRowMajor);
        subgroupBarrier();
        total += uint(sums_of_subgroup[first + gl_SubgroupInvocationID]);
        subgroupBarrier();
    }
    result.at[gl_GlobalInvocationID.x] = total;
}
