// The tiled int8 linear layer, products by the device's integer dot product.
#version 460
#define USES_DOT 1
#include "linear_int8_tiles.glsl"
