// The peak of matrices of half floats, summed in float.
#version 460
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_shader_explicit_arithmetic_types_float32 : require

#define Element float16_t
#define Sum float32_t
#include "peak_matrix.glsl"
