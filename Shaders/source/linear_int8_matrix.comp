// The int8 linear layer on matrices of bytes, summed in 32-bit integers.
#version 460
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int32 : require

#define Element int8_t
#define Sum int32_t
#define SUMS_ARE_INTEGERS 1
#define BLOCK_VECTORS 1  // vectors of 16 bytes that 16 elements take
#define STORE_BLOCK(tile, at, bytes) tile[at] = bytes
#include "linear_int8_matrix_tiles.glsl"
