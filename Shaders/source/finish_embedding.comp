// out = x, or x / max(|x|, 1e-12), one row a sequence. out may be x.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 COLUMNS, 2 NORMALIZES. Groups: (sequences, 1, 1).
// The 8 teams of 16 threads all compute the same norm, and share the scaling.
#version 460
#include "rows.glsl"
#include "float_math.glsl"

layout(constant_id = 1) const uint COLUMNS = 384;
layout(constant_id = 2) const bool NORMALIZES = true;

layout(push_constant, std430) uniform Parameters {
    Header header;
    FloatsOut x, result;
};

void main() {
    uint sequence = gl_WorkGroupID.x;
    if (sequence >= header.counts[1]) return;
    uint first = sequence * COLUMNS;
    float inverse = 1.0;
    if (NORMALIZES) {
        float squares = 0.0;
        for (uint i = lane(); i < COLUMNS; i += LANES) squares = fused(x.at[first + i], x.at[first + i], squares);
        squares = sum_of_lanes(squares);
        inverse = inverse_square_root(squares > 1e-24 ? squares : 1e-24);
    }
    for (uint i = gl_LocalInvocationIndex; i < COLUMNS; i += gl_WorkGroupSize.x) {
        precise float value = x.at[first + i];
        if (NORMALIZES) value = value * inverse;
        result.at[first + i] = value;
    }
}
