// What attention in floating point and in 8 bits share. One workgroup computes a block of QUERIES queries of one sequence and
// head. Tasks: {first token of the sequence, its tokens, first query of the block}, 3 words each. Groups: (tasks, HEADS, 1).
#include "buffers.glsl"
#include "float_math.glsl"

const uint THREADS = 128;
layout(local_size_x = 128) in;
layout(constant_id = 1) const uint HIDDEN = 384;
layout(constant_id = 2) const uint HEADS = 12;
layout(constant_id = 3) const uint HEAD_SIZE = 32;
layout(constant_id = 4) const uint QUERIES = 16;
layout(constant_id = 5) const uint SCORES = 128;

layout(push_constant, std430) uniform Parameters {
    Header header;
    Words tasks;
    Floats qkv;  // [tokens][3 * HIDDEN]
    FloatsOut result;
};

// Four dimensions of a token's query (part 0), key (1) or value (2); zeros, which change no sum, beyond the head.
vec4 load_head(uint token, uint part, uint vector) {
    uint first = (token * 3 + part) * HIDDEN + gl_WorkGroupID.y * HEAD_SIZE + vector * 4;
    if (HEAD_SIZE % 4 == 0) return FloatVectors(qkv).at[first / 4];
    vec4 value = vec4(0);
    [[unroll]] for (uint i = 0; i < 4; i++) {
        if (vector * 4 + i < HEAD_SIZE) value[i] = qkv.at[first + i];
    }
    return value;
}
