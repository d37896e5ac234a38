// The rate of packed integer dot products: 256 threads a group, `rounds` times 16 sums of 4 products a thread, all in
// registers: groups * 256 * rounds * 64 multiply-accumulates. Groups: any; a few a multiprocessor, in multiples of all.
#version 460
#define USES_DOT 1
#include "buffers.glsl"
#include "integer_dot.glsl"

layout(local_size_x = 256) in;
layout(push_constant, std430) uniform Parameters {
    WordsOut result;  // [groups * 256]
    uint rounds;
};

void main() {
    int factor = int(gl_GlobalInvocationID.x | 0x01030507u);
    int sums[16];
    [[unroll]] for (int i = 0; i < 16; i++) sums[i] = factor + i;
    // A product depends on the one before, lest it be moved out of the loop; 16 chains hide their latency.
    for (uint round = 0; round < rounds; round++) {
        [[unroll]] for (int i = 0; i < 16; i++) sums[i] += packed_dot(sums[i], factor, 0);
    }
    int sum = 0;
    [[unroll]] for (int i = 0; i < 16; i++) sum += sums[i];
    result.at[gl_GlobalInvocationID.x] = uint(sum);
}
