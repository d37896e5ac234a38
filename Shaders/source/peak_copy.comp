// The bandwidth of memory: copies `vectors` of 16 bytes, 4 a thread, neighbours side by side. 32 * vectors bytes pass.
// Groups: (ceil(vectors / 1024), 1, 1).
#version 460
#include "buffers.glsl"

layout(local_size_x = 256) in;
layout(push_constant, std430) uniform Parameters {
    WordVectors from;
    WordVectorsOut to;
    uint vectors;
};

void main() {
    uint first = gl_WorkGroupID.x * 1024 + gl_LocalInvocationIndex;
    uvec4 loads[4];
    [[unroll]] for (uint i = 0; i < 4; i++) {
        if (first + i * 256 < vectors) loads[i] = from.at[first + i * 256];
    }
    [[unroll]] for (uint i = 0; i < 4; i++) {
        if (first + i * 256 < vectors) to.at[first + i * 256] = loads[i];
    }
}
