// x = activation(x) in place, the exact one.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 COLUMNS, 2 ACTIVATION. Groups: (ceil(rows / 8), 1, 1).
// A workgroup's 8 rows are one run of memory that starts at a multiple of 32 bytes; only the last may end within 16.
#version 460
#include "rows.glsl"
#include "float_math.glsl"

layout(constant_id = 1) const uint COLUMNS = 384;
layout(constant_id = 2) const uint ACTIVATION = 1;

layout(push_constant, std430) uniform Parameters {
    Header header;
    FloatsOut x;
    uint count_index;
};

void main() {
    uint rows = header.counts[count_index];
    if (first_row() >= rows) return;
    uint first = first_row() * COLUMNS;
    uint end = min(first_row() + ROWS_PER_GROUP, rows) * COLUMNS;
    for (uint i = first + gl_LocalInvocationIndex * 4; i < end; i += gl_WorkGroupSize.x * 4) {
        if (i + 4 <= end) {
            vec4 value = FloatVectorsOut(x).at[i / 4];
            [[unroll]] for (uint j = 0; j < 4; j++) value[j] = activated(value[j], ACTIVATION);
            FloatVectorsOut(x).at[i / 4] = value;
        } else {
            for (uint j = i; j < end; j++) x.at[j] = activated(x.at[j], ACTIVATION);
        }
    }
}
