// The peak of matrices of bytes, summed in 32-bit integers.
#version 460
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int32 : require

#define Element int8_t
#define Sum int32_t
#include "peak_matrix.glsl"
