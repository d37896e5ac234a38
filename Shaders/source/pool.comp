// One row a sequence: its first token's, or the mean over its tokens.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 COLUMNS, 2 FIRST_TOKEN. Groups: (sequences, 1, 1).
// A thread walks down a column; 128 of them read 512 consecutive bytes of a row.
#version 460
#include "buffers.glsl"
#include "float_math.glsl"

layout(local_size_x = 128) in;
layout(constant_id = 1) const uint COLUMNS = 384;
layout(constant_id = 2) const bool FIRST_TOKEN = false;

layout(push_constant, std430) uniform Parameters {
    Header header;
    Words offsets;  // of each sequence's first token, and the end
    Floats x;
    FloatsOut result;
};

void main() {
    uint sequence = gl_WorkGroupID.x;
    if (sequence >= header.counts[1]) return;
    uint first = offsets.at[sequence], end = offsets.at[sequence + 1];
    float inverse = reciprocal(float(end - first));
    for (uint i = gl_LocalInvocationIndex; i < COLUMNS; i += gl_WorkGroupSize.x) {
        precise float value = 0.0;
        if (FIRST_TOKEN) {
            value = x.at[first * COLUMNS + i];
        } else {
            for (uint row = first; row < end; row++) value = value + x.at[row * COLUMNS + i];
            value = value * inverse;
        }
        result.at[sequence * COLUMNS + i] = value;
    }
}
