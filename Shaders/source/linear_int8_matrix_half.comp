// The int8 linear layer on matrices of half floats, summed in float: products of bytes and up to 1024 of them are exact.
#version 460
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_shader_explicit_arithmetic_types_float32 : require
#extension GL_EXT_control_flow_attributes : require

#define Element float16_t
#define Sum float32_t
#define SUMS_ARE_INTEGERS 0
#define BLOCK_VECTORS 2  // vectors of 16 bytes that 16 elements take

// Two signed bytes, 8 bits between them, as halves: 1024 + (byte + 128) is what 0x6400 and the turned byte spell.
uint halves(uint bytes) {
    precise f16vec2 values = unpackFloat2x16(bytes & 0x00FF00FFu ^ 0x64806480u) - f16vec2(1152.0);
    return packFloat2x16(values);
}

uvec4 four_halves(uint a, uint b) {
    return uvec4(halves(a & 0xFFu | (a & 0xFF00u) << 8), halves(a >> 16 & 0xFFu | a >> 24 << 16),
                 halves(b & 0xFFu | (b & 0xFF00u) << 8), halves(b >> 16 & 0xFFu | b >> 24 << 16));
}

#define STORE_BLOCK(tile, at, bytes)                       \
    {                                                      \
        tile[at] = four_halves(bytes.x, bytes.y);          \
        tile[(at) + 1] = four_halves(bytes.z, bytes.w);    \
    }
#include "linear_int8_matrix_tiles.glsl"
