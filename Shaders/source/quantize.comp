// activation(x) * smoothing, quantised by row. x is only read.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 COLUMNS, 2 ACTIVATION (GELU is the rough one), 3 SMOOTHS.
// Groups: (ceil(rows / 8), 1, 1). The activation is computed twice rather than stored: x is the largest of all buffers
// and a dozen operations cost less than writing it.
#version 460
#include "rows.glsl"
#include "float_math.glsl"

layout(constant_id = 1) const uint COLUMNS = 1536;
layout(constant_id = 2) const uint ACTIVATION = 1;
layout(constant_id = 3) const bool SMOOTHS = false;

#include "quantization.glsl"
#include "vectors.glsl"

layout(push_constant, std430) uniform Parameters {
    Header header;
    Floats x, smoothing;
    WordsOut quantized;
    RowQuantizationsOut row_parameters;
    uint count_index;
};

// 0 beyond the last column: the extremes always include it.
vec4 activated_four(uint row, uint column) {
    precise vec4 value = load_four(x, row, column);
    [[unroll]] for (uint i = 0; i < 4; i++) {
        value[i] = ACTIVATION == ACTIVATION_GELU ? rough_gelu(value[i]) : activated(value[i], ACTIVATION);
        if (column + i >= COLUMNS) value[i] = 0.0;
    }
    if (SMOOTHS) value = value * load_four(smoothing, 0, column);
    return value;
}

void main() {
    uint rows = header.counts[count_index];
    if (first_row() >= rows) return;
    bool is_row = first_row() + row_in_group() < rows;
    uint row = is_row ? first_row() + row_in_group() : rows - 1;

    float low = 0.0, high = 0.0;
    for (uint i = lane() * 4; i < COLUMNS; i += LANES * 4) track_extremes(activated_four(row, i), low, high);
    Quantizer q = quantizer(low, high);
    if (!is_row) return;
    if (lane() == 0) row_parameters.at[row] = q.row;
    for (uint i = lane() * 4; i < COLUMNS; i += LANES * 4) {
        quantized.at[row * QUANTIZED_WORDS + i / 4] = quantized_word(q, activated_four(row, i));
    }
}
