// The int8 linear layer for few rows, products by the device's integer dot product.
#version 460
#define USES_DOT 1
#include "linear_int8_rows.glsl"
