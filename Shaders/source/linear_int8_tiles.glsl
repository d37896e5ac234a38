// An int8 linear layer in tiles: a workgroup makes TILE_ROWS x TILE_COLUMNS outputs, a thread THREAD_ROWS x
// THREAD_COLUMNS of them, STEP inputs at a time.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 INPUTS, 2 OUTPUTS, 3 HAS_RESIDUAL, 4 TILE_ROWS, 5 TILE_COLUMNS, 6 THREAD_ROWS,
// 7 THREAD_COLUMNS, 8 STEP (16, 32, 64 or 128), 9 threads = (4 / 6) * (5 / 7). Rows and columns of threads divide the
// tile's. Groups: (ceil(OUTPUTS / TILE_COLUMNS), ceil(rows / TILE_ROWS), 1).
//                 4    5   6  7  8    9  shared memory
//   few rows     32   64   4  4  64  128   6272 B
//   medium       64   64   8  4  64  128   8320 B
//   large       128  128   8  8  32  256   8320 B
// Large: 64 sums, 32 registers of activations, 4 of weights and 8 of the next step's loads fit 128 registers a thread:
// 16 warps of 32 on a multiprocessor of 64 Ki registers. A step reads 16 vectors of 16 bytes for 256 packed products.
#include "linear_int8_interface.glsl"
#include "integer_dot.glsl"

layout(constant_id = 4) const uint TILE_ROWS = 64;
layout(constant_id = 5) const uint TILE_COLUMNS = 64;
layout(constant_id = 6) const uint THREAD_ROWS = 8;
layout(constant_id = 7) const uint THREAD_COLUMNS = 4;
layout(constant_id = 8) const uint STEP = 64;
layout(constant_id = 9) const uint THREADS = 128;
layout(local_size_x_id = 9) in;

const uint STEP_BLOCKS = STEP / 16;
#include "linear_int8_loads.glsl"
const uint COLUMN_THREADS = TILE_COLUMNS / THREAD_COLUMNS;
const uint ROW_THREADS = TILE_ROWS / THREAD_ROWS;

// [STEP_BLOCKS][rows or columns] of 16 bytes. Neighbouring threads read neighbouring columns and the same or the next row;
// activations are stored by STEP_BLOCKS neighbours to as many blocks, which 8 / STEP_BLOCKS spare vectors move to
// different banks. All free of conflicts.
const uint ROW_STRIDE = TILE_ROWS + 8 / STEP_BLOCKS;
shared uvec4 row_tile[STEP_BLOCKS * ROW_STRIDE];
shared uvec4 column_tile[STEP_BLOCKS * TILE_COLUMNS];

void store_step() {
    [[unroll]] for (uint i = 0; i < ROW_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        if (ROW_VECTORS % THREADS == 0 || index < ROW_VECTORS) {
            row_tile[index % STEP_BLOCKS * ROW_STRIDE + index / STEP_BLOCKS] = row_loads[i];
        }
    }
    [[unroll]] for (uint i = 0; i < COLUMN_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        if (COLUMN_VECTORS % THREADS == 0 || index < COLUMN_VECTORS) column_tile[index] = column_loads[i];
    }
}

void main() {
    uint rows = header.counts[count_index];
    uint first_row = gl_WorkGroupID.y * TILE_ROWS, first_column = gl_WorkGroupID.x * TILE_COLUMNS;
    if (first_row >= rows) return;
    uint thread_column = gl_LocalInvocationIndex % COLUMN_THREADS, thread_row = gl_LocalInvocationIndex / COLUMN_THREADS;

    Partial partials[THREAD_ROWS * THREAD_COLUMNS];
    [[unroll]] for (uint i = 0; i < THREAD_ROWS * THREAD_COLUMNS; i++) partials[i] = Partial(0);
#if !USES_DOT
    int sums[THREAD_ROWS * THREAD_COLUMNS];
    [[unroll]] for (uint i = 0; i < THREAD_ROWS * THREAD_COLUMNS; i++) sums[i] = 0;
#endif

    load_step(rows, first_row, first_column, 0);
    for (uint first_block = 0; first_block < INPUT_BLOCKS; first_block += STEP_BLOCKS) {
        barrier();
        store_step();
        barrier();
        if (first_block + STEP_BLOCKS < INPUT_BLOCKS) {
            load_step(rows, first_row, first_column, first_block + STEP_BLOCKS);
        }
        for (uint block = 0; block < STEP_BLOCKS; block++) {
            Operand row_operands[THREAD_ROWS];
            [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
                row_operands[i] = operand(row_tile[block * ROW_STRIDE + thread_row + i * ROW_THREADS]);
            }
            [[unroll]] for (uint j = 0; j < THREAD_COLUMNS; j++) {
                Operand column_operand = operand(column_tile[block * TILE_COLUMNS + thread_column + j * COLUMN_THREADS]);
                [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
                    uint sum = i * THREAD_COLUMNS + j;
                    partials[sum] = multiply_add(row_operands[i], column_operand, partials[sum]);
                }
            }
        }
#if !USES_DOT
        if (INPUT_BLOCKS > EXACT_BLOCKS && (first_block / STEP_BLOCKS + 1) % (EXACT_BLOCKS / STEP_BLOCKS) == 0) {
            [[unroll]] for (uint i = 0; i < THREAD_ROWS * THREAD_COLUMNS; i++) {
                sums[i] += int(partials[i]);
                partials[i] = 0.0;
            }
        }
#endif
    }

    // All parameters before the first store: the compiler may not move loads across it.
    RowQuantization quantizations[THREAD_ROWS];
    OutputColumn columns[THREAD_COLUMNS];
    [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
        quantizations[i] = row_parameters.at[min(first_row + thread_row + i * ROW_THREADS, rows - 1)];
    }
    [[unroll]] for (uint j = 0; j < THREAD_COLUMNS; j++) {
        uint column = first_column + thread_column + j * COLUMN_THREADS;
        columns[j] = column_parameters(min(column, OUTPUTS - 1));
    }
    [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
        uint row = first_row + thread_row + i * ROW_THREADS;
        if (row >= rows) break;
        [[unroll]] for (uint j = 0; j < THREAD_COLUMNS; j++) {
            uint column = first_column + thread_column + j * COLUMN_THREADS;
#if USES_DOT
            int sum = partials[i * THREAD_COLUMNS + j];
#else
            int sum = sums[i * THREAD_COLUMNS + j] + int(partials[i * THREAD_COLUMNS + j]);
#endif
            if (column < OUTPUTS) store_output(row, quantizations[i], column, columns[j], sum);
        }
    }
}
