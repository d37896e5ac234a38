// Quantising a row of activations to signed bytes, one scale and zero point a row. Needs COLUMNS.

const uint QUANTIZED_WORDS = (COLUMNS + 15) / 16 * 4;  // of a row, padded to 16 bytes

shared vec2 lane_extremes[ROWS_PER_GROUP * LANES];

struct Quantizer {
    float inverse;
    float zero;  // ROUNDER included
    RowQuantization row;
};

// From what one thread has seen of its row; 0 is always part of the range. Every thread of the workgroup must call it.
Quantizer quantizer(float low, float high) {
    lane_extremes[gl_LocalInvocationIndex] = vec2(low, high);
    barrier();
    uint first = row_in_group() * LANES;
    [[unroll]] for (uint i = 0; i < LANES; i++) {
        vec2 extremes = lane_extremes[first + i];
        low = extremes.x < low ? extremes.x : low;
        high = extremes.y > high ? extremes.y : high;
    }
    Quantizer q;
    precise float range = high - low;
    range = range > 1e-30 ? range : 1e-30;  // keeps the reciprocal of an all-zero row finite
    precise float inverse = reciprocal(range) * 255.0;
    precise float zero = -low * inverse;
    precise float rounded_zero = clamped(zero, 0.0, 255.0) + ROUNDER;
    precise float whole_zero = rounded_zero - ROUNDER;
    precise float scale = range * 0.00392156886;
    q.inverse = inverse;
    q.zero = rounded_zero;
    q.row = RowQuantization(scale, int(whole_zero) - 128);
    return q;
}

// One value's byte: q - 128 is q with its highest bit turned.
uint quantized_byte(Quantizer q, float x) {
    return floatBitsToUint(clamped(fused(x, q.inverse, q.zero), ROUNDER, ROUNDER + 255.0)) & 255u ^ 128u;
}

uint quantized_word(Quantizer q, vec4 x) {
    return quantized_byte(q, x.x) | quantized_byte(q, x.y) << 8 | quantized_byte(q, x.z) << 16 |
           quantized_byte(q, x.w) << 24;
}

void track_extremes(vec4 x, inout float low, inout float high) {
    [[unroll]] for (uint i = 0; i < 4; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
}
