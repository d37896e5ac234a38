// A float linear layer in tiles: out = x * weights^T + bias + residual, weights [outputs][inputs]. Each sum runs over the
// inputs in order, by the device's own fma: no promise to the bit, as none is made for this path on a CPU.
// Spec constants: 0 EXACT_FMA_EMULATION (unused), 1 INPUTS, 2 OUTPUTS, 3 HAS_RESIDUAL, 4 TILE_ROWS, 5 TILE_COLUMNS,
// 6 THREAD_ROWS, 7 THREAD_COLUMNS, 8 STEP (inputs: 4, 8, 16 or 32), 9 threads = (4 / 6) * (5 / 7).
// Groups: (ceil(OUTPUTS / TILE_COLUMNS), ceil(rows / TILE_ROWS), 1).
//                 4    5   6  7  8    9  shared memory
//   few rows     32   64   4  4  32  128  12544 B
//   medium       64   64   8  4  16  128   8448 B
//   large       128  128   8  8  16  256  16640 B, with STEP 8 8448 B
// Occupancy as of the int8 tiles: 64 sums, 32 values of x, 4 of the weights and 16 loads in flight, under 128 registers.
#version 460
#include "buffers.glsl"

layout(constant_id = 1) const uint INPUTS = 384;
layout(constant_id = 2) const uint OUTPUTS = 384;
layout(constant_id = 3) const bool HAS_RESIDUAL = false;
layout(constant_id = 4) const uint TILE_ROWS = 64;
layout(constant_id = 5) const uint TILE_COLUMNS = 64;
layout(constant_id = 6) const uint THREAD_ROWS = 8;
layout(constant_id = 7) const uint THREAD_COLUMNS = 4;
layout(constant_id = 8) const uint STEP = 16;
layout(constant_id = 9) const uint THREADS = 128;
layout(local_size_x_id = 9) in;

layout(push_constant, std430) uniform Parameters {
    Header header;
    Floats x, weights, bias, residual;
    FloatsOut result;
    uint count_index;
};

const uint STEP_VECTORS = STEP / 4;
const uint COLUMN_THREADS = TILE_COLUMNS / THREAD_COLUMNS;
const uint ROW_THREADS = TILE_ROWS / THREAD_ROWS;
const uint ROW_VECTORS = TILE_ROWS * STEP_VECTORS;
const uint COLUMN_VECTORS = TILE_COLUMNS * STEP_VECTORS;
const uint ROW_LOADS = (ROW_VECTORS + THREADS - 1) / THREADS;
const uint COLUMN_LOADS = (COLUMN_VECTORS + THREADS - 1) / THREADS;

// [4 inputs][rows or columns], the spare vectors against bank conflicts when neighbours store along the inputs.
const uint ROW_STRIDE = TILE_ROWS + 8 / STEP_VECTORS;
const uint COLUMN_STRIDE = TILE_COLUMNS + 8 / STEP_VECTORS;
shared vec4 row_tile[STEP_VECTORS * ROW_STRIDE];
shared vec4 column_tile[STEP_VECTORS * COLUMN_STRIDE];

// Loads of the next step, in flight while this one is multiplied.
vec4 row_loads[ROW_LOADS];
vec4 column_loads[COLUMN_LOADS];

// Four inputs of a row, zeros beyond the last.
vec4 load_inputs(Floats from, uint row, uint input_index) {
    vec4 value = vec4(0);
    if (INPUTS % 4 == 0) {
        if (input_index < INPUTS) value = FloatVectors(from).at[row * (INPUTS / 4) + input_index / 4];
    } else {
        [[unroll]] for (uint i = 0; i < 4; i++) {
            if (input_index + i < INPUTS) value[i] = from.at[row * INPUTS + input_index + i];
        }
    }
    return value;
}

void load_step(uint rows, uint first_row, uint first_column, uint first_input) {
    [[unroll]] for (uint i = 0; i < ROW_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint row = min(first_row + index / STEP_VECTORS, rows - 1);
        row_loads[i] = load_inputs(x, row, first_input + index % STEP_VECTORS * 4);
    }
    [[unroll]] for (uint i = 0; i < COLUMN_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        uint column = min(first_column + index / STEP_VECTORS, OUTPUTS - 1);
        column_loads[i] = load_inputs(weights, column, first_input + index % STEP_VECTORS * 4);
    }
}

void store_step() {
    [[unroll]] for (uint i = 0; i < ROW_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        if (ROW_VECTORS % THREADS == 0 || index < ROW_VECTORS) {
            row_tile[index % STEP_VECTORS * ROW_STRIDE + index / STEP_VECTORS] = row_loads[i];
        }
    }
    [[unroll]] for (uint i = 0; i < COLUMN_LOADS; i++) {
        uint index = gl_LocalInvocationIndex + i * THREADS;
        if (COLUMN_VECTORS % THREADS == 0 || index < COLUMN_VECTORS) {
            column_tile[index % STEP_VECTORS * COLUMN_STRIDE + index / STEP_VECTORS] = column_loads[i];
        }
    }
}

void main() {
    uint rows = header.counts[count_index];
    uint first_row = gl_WorkGroupID.y * TILE_ROWS, first_column = gl_WorkGroupID.x * TILE_COLUMNS;
    if (first_row >= rows) return;
    uint thread_column = gl_LocalInvocationIndex % COLUMN_THREADS, thread_row = gl_LocalInvocationIndex / COLUMN_THREADS;

    precise float sums[THREAD_ROWS * THREAD_COLUMNS];
    [[unroll]] for (uint i = 0; i < THREAD_ROWS * THREAD_COLUMNS; i++) sums[i] = 0.0;

    load_step(rows, first_row, first_column, 0);
    for (uint first_input = 0; first_input < INPUTS; first_input += STEP) {
        barrier();
        store_step();
        barrier();
        if (first_input + STEP < INPUTS) load_step(rows, first_row, first_column, first_input + STEP);
        for (uint vector = 0; vector < STEP_VECTORS; vector++) {
            vec4 row_values[THREAD_ROWS];
            [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
                row_values[i] = row_tile[vector * ROW_STRIDE + thread_row + i * ROW_THREADS];
            }
            [[unroll]] for (uint j = 0; j < THREAD_COLUMNS; j++) {
                vec4 weight = column_tile[vector * COLUMN_STRIDE + thread_column + j * COLUMN_THREADS];
                [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
                    precise float sum = sums[i * THREAD_COLUMNS + j];
                    [[unroll]] for (uint k = 0; k < 4; k++) sum = fma(row_values[i][k], weight[k], sum);
                    sums[i * THREAD_COLUMNS + j] = sum;
                }
            }
        }
    }

    [[unroll]] for (uint i = 0; i < THREAD_ROWS; i++) {
        uint row = first_row + thread_row + i * ROW_THREADS;
        if (row >= rows) break;
        [[unroll]] for (uint j = 0; j < THREAD_COLUMNS; j++) {
            uint column = first_column + thread_column + j * COLUMN_THREADS;
            if (column >= OUTPUTS) break;
            precise float value = sums[i * THREAD_COLUMNS + j] + bias.at[column];
            if (HAS_RESIDUAL) value = value + residual.at[row * OUTPUTS + column];
            result.at[row * OUTPUTS + column] = value;
        }
    }
}
