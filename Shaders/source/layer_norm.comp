// out = (x - mean) / sqrt(variance + epsilon) * scale + shift by row, and out quantised. out may be x.
// Spec constants: 0 EXACT_FMA_EMULATION, 1 COLUMNS, 2 QUANTIZES, 3 SMOOTHS. Groups: (ceil(rows / 8), 1, 1).
// Shared memory 1.5 KiB and few registers: occupancy is bound by nothing; x is read three times, from the first cache
// after the first.
#version 460
#include "rows.glsl"
#include "float_math.glsl"

layout(constant_id = 1) const uint COLUMNS = 384;
layout(constant_id = 2) const bool QUANTIZES = true;
layout(constant_id = 3) const bool SMOOTHS = false;

#include "quantization.glsl"
#include "vectors.glsl"

layout(push_constant, std430) uniform Parameters {
    Header header;
    FloatsOut x;  // only read, but possibly the same memory as `result`
    Floats scale, shift;
    FloatsOut result;
    Floats smoothing;
    WordsOut quantized;
    RowQuantizationsOut row_parameters;
    float epsilon;
    uint count_index;
};

void main() {
    uint rows = header.counts[count_index];
    if (first_row() >= rows) return;
    bool is_row = first_row() + row_in_group() < rows;
    uint row = is_row ? first_row() + row_in_group() : rows - 1;  // a spare thread does work that is thrown away

    float per_column = reciprocal(float(COLUMNS));
    precise float sum = 0.0;
    for (uint i = lane(); i < COLUMNS; i += LANES) sum = sum + x.at[row * COLUMNS + i];
    precise float mean = sum_of_lanes(sum) * per_column;
    float squares = 0.0;
    for (uint i = lane(); i < COLUMNS; i += LANES) {
        precise float centred = x.at[row * COLUMNS + i] - mean;
        squares = fused(centred, centred, squares);
    }
    squares = sum_of_lanes(squares);
    float inverse = inverse_square_root(fused(squares, per_column, epsilon));
    precise float offset = mean * inverse;

    float low = 0.0, high = 0.0;
    for (uint i = lane() * 4; i < COLUMNS; i += LANES * 4) {
        vec4 from = load_four_written(x, row, i), factor = load_four(scale, 0, i), addend = load_four(shift, 0, i);
        vec4 to;
        [[unroll]] for (uint j = 0; j < 4; j++) to[j] = fused(fused(from[j], inverse, -offset), factor[j], addend[j]);
        if (is_row) store_four(result, row, i, to);
        if (QUANTIZES) {
            precise vec4 smoothed = to;
            if (SMOOTHS) smoothed = to * load_four(smoothing, 0, i);
            track_extremes(smoothed, low, high);
        }
    }
    if (!QUANTIZES) return;

    Quantizer q = quantizer(low, high);
    if (!is_row) return;
    if (lane() == 0) row_parameters.at[row] = q.row;
    for (uint i = lane() * 4; i < COLUMNS; i += LANES * 4) {
        precise vec4 smoothed = load_four_written(result, row, i);  // this thread's own stores
        if (SMOOTHS) smoothed = smoothed * load_four(smoothing, 0, i);
        quantized.at[row * QUANTIZED_WORDS + i / 4] = quantized_word(q, smoothed);
    }
}
