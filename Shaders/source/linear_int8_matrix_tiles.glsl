// An int8 linear layer on cooperative matrices: a workgroup makes TILE_ROWS x TILE_COLUMNS outputs, a subgroup
// SUBGROUP_ROWS x SUBGROUP_COLUMNS of them in matrices of MATRIX_M x MATRIX_N, MATRIX_K inputs at a time; STEP inputs
// are staged in shared memory.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 INPUTS, 2 OUTPUTS, 3 HAS_RESIDUAL, 4 TILE_ROWS, 5 TILE_COLUMNS,
// 6 SUBGROUP_ROWS, 7 SUBGROUP_COLUMNS, 8 STEP, 9 threads = (4 / 6) * (5 / 7) * 13, 10 MATRIX_M, 11 MATRIX_N, 12 MATRIX_K,
// 13 subgroup size, which the pipeline must require, and full subgroups. 10 to 12 as the device lists them (subgroup
// scope, no saturation); 6 is a multiple of 10, 7 of 11, 8 of 12 and of 16, 10 * 11 of 13, and 12 elements of 16 bytes.
// Groups: (ceil(OUTPUTS / TILE_COLUMNS), ceil(rows / TILE_ROWS), 1).
// Subgroups of 32, matrices 16 x 16 x 32 in bytes, 16 x 16 x 16 in halves:
//                 4    5   6   7  8 bytes, halves    9  shared memory, either
//   few rows     32   64  16  32  64       32      128  12800 B
//   medium       64   64  32  32  64       32      128  15360 B
//   large       128  128  32  64  64       32      256  30720 B
// Shared memory: (4 + 5) * (row bytes + 16) + 4 * (9 / 13) * 10 * (11 + 4), row bytes 8, or 2 * 8 in halves.
// Large: 8 matrices of 8 registers a thread, 3 operands of 4, 16 registers of the next step's loads: under 128, so that
// two workgroups share a multiprocessor of 64 Ki registers.
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#include "linear_int8_interface.glsl"

layout(constant_id = 4) const uint TILE_ROWS = 128;
layout(constant_id = 5) const uint TILE_COLUMNS = 128;
layout(constant_id = 6) const uint SUBGROUP_ROWS = 32;
layout(constant_id = 7) const uint SUBGROUP_COLUMNS = 64;
layout(constant_id = 8) const uint STEP = 32;
layout(constant_id = 9) const uint THREADS = 256;
layout(constant_id = 10) const uint MATRIX_M = 16;
layout(constant_id = 11) const uint MATRIX_N = 16;
layout(constant_id = 12) const uint MATRIX_K = 16;
layout(constant_id = 13) const uint SUBGROUP_SIZE = 32;
layout(local_size_x_id = 9) in;

const uint STEP_BLOCKS = STEP / 16;
#include "linear_int8_loads.glsl"
const uint MATRIX_ROWS = SUBGROUP_ROWS / MATRIX_M;
const uint MATRIX_COLUMNS = SUBGROUP_COLUMNS / MATRIX_N;
const uint MATRICES = MATRIX_ROWS * MATRIX_COLUMNS;
const uint SUBGROUPS_ACROSS = TILE_COLUMNS / SUBGROUP_COLUMNS;
const uint ELEMENTS = MATRIX_M * MATRIX_N / SUBGROUP_SIZE;  // of a matrix, that a thread sees to

// [rows or columns][STEP], a spare vector in each, so that 8 neighbouring rows lie in different banks.
const uint STRIDE = STEP_BLOCKS * BLOCK_VECTORS + 1;
shared uvec4 row_tile[TILE_ROWS * STRIDE];
shared uvec4 column_tile[TILE_COLUMNS * STRIDE];

// A matrix of sums of each subgroup, where threads can find rows and columns again.
const uint SCRATCH_STRIDE = MATRIX_N + 4;
const uint SCRATCH = MATRIX_M * SCRATCH_STRIDE;
shared Sum scratch[THREADS / SUBGROUP_SIZE * SCRATCH];

void store_step() {
    [[unroll]] for (uint i = 0; i < ROW_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint at = index / STEP_BLOCKS * STRIDE + index % STEP_BLOCKS * BLOCK_VECTORS;
        if (ROW_VECTORS % THREADS == 0 || index < ROW_VECTORS) STORE_BLOCK(row_tile, at, row_loads[i]);
    }
    [[unroll]] for (uint i = 0; i < COLUMN_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint at = index % TILE_COLUMNS * STRIDE + index / TILE_COLUMNS * BLOCK_VECTORS;
        if (COLUMN_VECTORS % THREADS == 0 || index < COLUMN_VECTORS) STORE_BLOCK(column_tile, at, column_loads[i]);
    }
}

#define SumMatrix coopmat<Sum, gl_ScopeSubgroup, MATRIX_M, MATRIX_N, gl_MatrixUseAccumulator>

uint scratch_at(uint element) {
    return gl_SubgroupID * SCRATCH + element / MATRIX_N * SCRATCH_STRIDE + element % MATRIX_N;
}

// Puts a matrix where its subgroup's threads can read it.
void spread(SumMatrix matrix) {
    subgroupBarrier();
    coopMatStore(matrix, scratch, gl_SubgroupID * SCRATCH, SCRATCH_STRIDE, gl_CooperativeMatrixLayoutRowMajor);
    subgroupBarrier();
}

void main() {
    uint rows = header.counts[count_index];
    uint first_row = gl_WorkGroupID.y * TILE_ROWS, first_column = gl_WorkGroupID.x * TILE_COLUMNS;
    if (first_row >= rows) return;
    // The subgroup's part of the tile.
    uint row_part = gl_SubgroupID / SUBGROUPS_ACROSS * SUBGROUP_ROWS;
    uint column_part = gl_SubgroupID % SUBGROUPS_ACROSS * SUBGROUP_COLUMNS;

    SumMatrix sums[MATRICES];
    [[unroll]] for (uint i = 0; i < MATRICES; i++) sums[i] = SumMatrix(Sum(0));
#if !SUMS_ARE_INTEGERS
    int totals[MATRICES * ELEMENTS];
    [[unroll]] for (uint i = 0; i < MATRICES * ELEMENTS; i++) totals[i] = 0;
#endif
    load_step(rows, first_row, first_column, 0);
    for (uint first_block = 0; first_block < INPUT_BLOCKS; first_block += STEP_BLOCKS) {
        barrier();
        store_step();
        barrier();
        if (first_block + STEP_BLOCKS < INPUT_BLOCKS) {
            load_step(rows, first_row, first_column, first_block + STEP_BLOCKS);
        }
        [[unroll]] for (uint k = 0; k < STEP; k += MATRIX_K) {
            uint vector = k * BLOCK_VECTORS / 16;
            coopmat<Element, gl_ScopeSubgroup, MATRIX_M, MATRIX_K, gl_MatrixUseA> row_matrices[MATRIX_ROWS];
            [[unroll]] for (uint i = 0; i < MATRIX_ROWS; i++) {
                coopMatLoad(row_matrices[i], row_tile, (row_part + i * MATRIX_M) * STRIDE + vector, STRIDE,
                            gl_CooperativeMatrixLayoutRowMajor);
            }
            [[unroll]] for (uint j = 0; j < MATRIX_COLUMNS; j++) {
                coopmat<Element, gl_ScopeSubgroup, MATRIX_K, MATRIX_N, gl_MatrixUseB> column_matrix;
                coopMatLoad(column_matrix, column_tile, (column_part + j * MATRIX_N) * STRIDE + vector, STRIDE,
                            gl_CooperativeMatrixLayoutColumnMajor);
                [[unroll]] for (uint i = 0; i < MATRIX_ROWS; i++) {
                    uint sum = i * MATRIX_COLUMNS + j;
                    sums[sum] = coopMatMulAdd(row_matrices[i], column_matrix, sums[sum]);
                }
            }
        }
#if !SUMS_ARE_INTEGERS
        // Float sums stay exact for no more than 1024 products: they are added to integers.
        if (INPUTS > 1024 && (first_block / STEP_BLOCKS + 1) % (1024 / STEP) == 0) {
            [[unroll]] for (uint i = 0; i < MATRICES; i++) {
                spread(sums[i]);
                sums[i] = SumMatrix(Sum(0));
                [[unroll]] for (uint j = 0; j < ELEMENTS; j++) {
                    totals[i * ELEMENTS + j] += int(scratch[scratch_at(gl_SubgroupInvocationID + j * SUBGROUP_SIZE)]);
                }
            }
        }
#endif
    }

    [[unroll]] for (uint i = 0; i < MATRICES; i++) {
        uint row_start = first_row + row_part + i / MATRIX_COLUMNS * MATRIX_M;
        uint column_start = first_column + column_part + i % MATRIX_COLUMNS * MATRIX_N;
        spread(sums[i]);
        [[unroll]] for (uint j = 0; j < ELEMENTS; j++) {
            uint element = gl_SubgroupInvocationID + j * SUBGROUP_SIZE;
            uint row = row_start + element / MATRIX_N, column = column_start + element % MATRIX_N;
            int sum = int(scratch[scratch_at(element)]);
#if !SUMS_ARE_INTEGERS
            sum += totals[i * ELEMENTS + j];
#endif
            if (row < rows && column < OUTPUTS) {
                store_output(row, row_parameters.at[row], column, column_parameters(column), sum);
            }
        }
    }
}
