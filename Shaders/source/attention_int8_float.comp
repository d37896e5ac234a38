// Attention in 8 bits, products in 32-bit floating point.
#version 460
#define USES_DOT 0
#include "attention_int8.glsl"
