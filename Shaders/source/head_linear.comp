// out = activation(x * weights^T + bias), weights [outputs][inputs] in float: a classification head, one row a sequence.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 INPUTS, 2 OUTPUTS, 3 ACTIVATION. Groups: (sequences, 1, 1).
// 16 threads an output, 8 outputs at a time; x stays in the first cache, weights in the second over all sequences.
#version 460
#include "rows.glsl"
#include "float_math.glsl"

layout(constant_id = 1) const uint INPUTS = 384;
layout(constant_id = 2) const uint OUTPUTS = 1;
layout(constant_id = 3) const uint ACTIVATION = 0;

layout(push_constant, std430) uniform Parameters {
    Header header;
    Floats x, weights, bias;
    FloatsOut result;
};

void main() {
    uint sequence = gl_WorkGroupID.x;
    if (sequence >= header.counts[1]) return;
    for (uint first = 0; first < OUTPUTS; first += ROWS_PER_GROUP) {
        uint row = first + row_in_group(), column = min(row, OUTPUTS - 1);
        float partial = 0.0;
        for (uint i = lane(); i < INPUTS; i += LANES) {
            partial = fused(x.at[sequence * INPUTS + i], weights.at[column * INPUTS + i], partial);
        }
        precise float value = sum_of_lanes(partial) + bias.at[column];
        value = activated(value, ACTIVATION);
        if (row < OUTPUTS && lane() == 0) result.at[sequence * OUTPUTS + row] = value;
    }
}
