// What a device's arithmetic does, for a host that knows what it should.
// In: count of {float a, float b, float c, int i}. Out: six arrays of count floats: builtin fma(a, b, c); the fma that
// shaders use under spec constant 0; a * b; a + c; a - c; float(i).
// Spec constants: 0 EXACT_FMA_EMULATION. Groups: (ceil(count / 64), 1, 1).
#version 460
#include "buffers.glsl"
#include "fused_multiply_add.glsl"

layout(local_size_x = 64) in;
layout(push_constant, std430) uniform Parameters {
    WordVectors operands;
    FloatsOut results;
    uint count;
};

void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i >= count) return;
    uvec4 word = operands.at[i];
    float a = uintBitsToFloat(word.x), b = uintBitsToFloat(word.y), c = uintBitsToFloat(word.z);
    precise float builtin_fma = fma(a, b, c);
    precise float product = a * b;
    precise float sum = a + c;
    precise float difference = a - c;
    results.at[i] = builtin_fma;
    results.at[count + i] = fused(a, b, c);
    results.at[2 * count + i] = product;
    results.at[3 * count + i] = sum;
    results.at[4 * count + i] = difference;
    results.at[5 * count + i] = float(int(word.w));
}
