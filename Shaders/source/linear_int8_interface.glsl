// What all int8 linear layers share: buffers, sizes, epilogue. out = dequantised(activations * weights) + bias + residual.
#include "buffers.glsl"
#include "fused_multiply_add.glsl"

layout(constant_id = 1) const uint INPUTS = 384;
layout(constant_id = 2) const uint OUTPUTS = 384;
layout(constant_id = 3) const bool HAS_RESIDUAL = false;

layout(push_constant, std430) uniform Parameters {
    Header header;
    WordVectors activations;  // signed bytes, [rows][INPUT_BLOCKS] of 16
    RowQuantizations row_parameters;
    WordVectors weights;  // signed bytes, [PANELS][INPUT_BLOCKS][64] of 16
    Floats scales;        // by output, padded to 64 as the next two are
    Integers column_sums;
    Floats bias;
    Floats residual;
    FloatsOut result;
    uint count_index;
};

const uint PANEL = 64;
const uint INPUT_BLOCKS = (INPUTS + 15) / 16;
const uint PANELS = (OUTPUTS + PANEL - 1) / PANEL;

struct OutputColumn {
    float scale, bias;
    int sum;  // of its weights
};

OutputColumn column_parameters(uint column) {
    return OutputColumn(scales.at[column], bias.at[column], column_sums.at[column]);
}

// The float part, from the exact integer sum.
void store_output(uint row, RowQuantization quantization, uint column, OutputColumn parameters, int sum) {
    sum -= quantization.zero * parameters.sum;
    precise float scale = quantization.scale * parameters.scale;
    precise float value = fused(float(sum), scale, parameters.bias);
    if (HAS_RESIDUAL) value = value + residual.at[row * OUTPUTS + column];
    result.at[row * OUTPUTS + column] = value;
}
