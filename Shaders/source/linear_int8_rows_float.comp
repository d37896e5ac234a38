// The int8 linear layer for few rows, products in float, for devices without an integer dot product.
#version 460
#define USES_DOT 0
#include "linear_int8_rows.glsl"
