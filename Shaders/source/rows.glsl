// Row-wise shaders: 16 threads a row, 8 rows a workgroup. A row's 64 consecutive bytes a load, two rows a 32-wide
// subgroup: whole sectors. Sums are in 16 lanes (lane = column mod 16), as CKernels defines them; where the order does
// not matter, a thread takes 4 consecutive columns, 16 bytes a load.
#include "buffers.glsl"

const uint LANES = 16;
const uint ROWS_PER_GROUP = 8;
layout(local_size_x = 128) in;

uint row_in_group() { return gl_LocalInvocationIndex / LANES; }
uint lane() { return gl_LocalInvocationIndex % LANES; }
uint first_row() { return gl_WorkGroupID.x * ROWS_PER_GROUP; }

shared vec4 lane_values[ROWS_PER_GROUP * LANES / 4];

void share_lane(float value) { lane_values[gl_LocalInvocationIndex / 4][gl_LocalInvocationIndex % 4] = value; }

// The sum over a row's lanes, known to all of them: lane i takes lane i + 8, then i + 4, i + 2, i + 1. Every thread of
// the workgroup must call it. One barrier before and one after the sharing.
float sum_of_lanes(float value) {
    barrier();
    share_lane(value);
    barrier();
    uint first = row_in_group() * (LANES / 4);
    precise vec4 low = lane_values[first] + lane_values[first + 2];
    precise vec4 high = lane_values[first + 1] + lane_values[first + 3];
    precise vec4 quarter = low + high;
    precise vec2 pair = quarter.xy + quarter.zw;
    precise float sum = pair.x + pair.y;
    return sum;
}
