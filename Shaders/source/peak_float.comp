// The rate of float fma: 256 threads a group, `rounds` times 16 a thread, all in registers: groups * 256 * rounds * 16
// multiply-adds. Groups: as of peak_dot.
#version 460
#include "buffers.glsl"

layout(local_size_x = 256) in;
layout(push_constant, std430) uniform Parameters {
    FloatsOut result;  // [groups * 256]
    uint rounds;
};

void main() {
    precise float factor = float(gl_GlobalInvocationID.x % 2u) * 0.5;
    float values[16];
    [[unroll]] for (int i = 0; i < 16; i++) values[i] = float(i);
    for (uint round = 0; round < rounds; round++) {
        [[unroll]] for (int i = 0; i < 16; i++) values[i] = fma(values[i], factor, 1.0);
    }
    precise float sum = 0.0;
    [[unroll]] for (int i = 0; i < 16; i++) sum = sum + values[i];
    result.at[gl_GlobalInvocationID.x] = sum;
}
