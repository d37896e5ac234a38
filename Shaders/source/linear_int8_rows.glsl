// An int8 linear layer for few rows: a workgroup makes COLUMNS_PER_GROUP outputs of up to 16 rows; the inputs are split
// among SPLITS threads an output and their sums added through shared memory. Each weight is read once.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 INPUTS, 2 OUTPUTS, 3 HAS_RESIDUAL, 4 COLUMNS_PER_GROUP (at most 64, a power of
// two), 5 SPLITS, 6 threads = (4) * (5). Groups: (ceil(OUTPUTS / COLUMNS_PER_GROUP), ceil(rows / 16), 1).
// Recommended: 8, 24, 192; 13056 B of shared memory: 384 inputs take one turn, 1536 four. In float, INPUTS is at most
// 1024 * SPLITS: 8, 32, 256 (17408 B) above 24576.
// 8 neighbours read 128 consecutive bytes of weights and share their 16 bytes of activations. 384 outputs are 48 groups:
// narrow, so that one short query spreads over a large device, whose time here is latency.
#include "linear_int8_interface.glsl"
#include "integer_dot.glsl"

layout(constant_id = 4) const uint COLUMNS_PER_GROUP = 8;
layout(constant_id = 5) const uint SPLITS = 24;
layout(constant_id = 6) const uint THREADS = 192;
layout(local_size_x_id = 6) in;

const uint ROWS = 16;
// [SPLITS][ROWS][COLUMNS_PER_GROUP], splits moved by 8 words so that the 4 of a 32-wide subgroup write to different banks.
const uint SPLIT_STRIDE = ROWS * COLUMNS_PER_GROUP + 8;
shared int split_sums[SPLITS * SPLIT_STRIDE];

void main() {
    uint all_rows = header.counts[count_index];
    uint first_row = gl_WorkGroupID.y * ROWS, first_column = gl_WorkGroupID.x * COLUMNS_PER_GROUP;
    if (first_row >= all_rows) return;
    uint rows = min(all_rows - first_row, ROWS);
    uint column = gl_LocalInvocationIndex % COLUMNS_PER_GROUP, split = gl_LocalInvocationIndex / COLUMNS_PER_GROUP;
    uint output_column = first_column + column;
    uint first_weight = output_column / PANEL * INPUT_BLOCKS * PANEL + output_column % PANEL;

    Partial partials[ROWS];
    [[unroll]] for (uint i = 0; i < ROWS; i++) partials[i] = Partial(0);
    for (uint block = split; block < INPUT_BLOCKS; block += SPLITS) {
        Operand weight = operand(weights.at[first_weight + block * PANEL]);
        [[unroll]] for (uint i = 0; i < ROWS; i++) {
            if (i < rows) {
                Operand activation = operand(activations.at[(first_row + i) * INPUT_BLOCKS + block]);
                partials[i] = multiply_add(activation, weight, partials[i]);
            }
        }
    }
    [[unroll]] for (uint i = 0; i < ROWS; i++) {
        split_sums[split * SPLIT_STRIDE + i * COLUMNS_PER_GROUP + column] = int(partials[i]);
    }
    barrier();

    for (uint i = gl_LocalInvocationIndex; i < rows * COLUMNS_PER_GROUP; i += THREADS) {
        uint row = first_row + i / COLUMNS_PER_GROUP, out_column = first_column + i % COLUMNS_PER_GROUP;
        if (out_column >= OUTPUTS) continue;
        int sum = 0;
        for (uint j = 0; j < SPLITS; j++) sum += split_sums[j * SPLIT_STRIDE + i];
        store_output(row, row_parameters.at[row], out_column, column_parameters(out_column), sum);
    }
}
