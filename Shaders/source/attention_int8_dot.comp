// Attention in 8 bits, products by the device's integer dot product.
#version 460
#define USES_DOT 1
#include "attention_int8.glsl"
