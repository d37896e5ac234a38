// Layer norm and quantisation. Before including this a file defines BLOCK and CHAINS, how many rows' sums and how many
// vectors' activations are computed at once to hide the latency of each.
#pragma once

#include "vector.h"

// The least and the greatest value of a row and 0, by lane.
typedef struct {
    f32x16 low, high;
} row_range;

static const row_range empty_range = {0, 0};

TRIAGE_INLINE f32x16 smoothed(f32x16 value, const float *smoothing, int64_t i, int64_t count) {
    return smoothing ? value * load_some(smoothing + i, count) : value;
}

TRIAGE_INLINE void extend(row_range *range, f32x16 value) {
    range->low = lesser(value, range->low);
    range->high = greater(value, range->high);
}

// Quantises rows whose ranges are known; smoothing is null where the rows are smoothed already.
TRIAGE_INLINE void round_rows(const float *x, int64_t x_stride, int rows, int64_t columns, const float *smoothing,
                              const row_range *ranges, const triage_quantized *q, int64_t row) {
    float inverses[BLOCK], zeros[BLOCK];
    uint8_t *out = q->values + row * q->stride;
    int64_t stride = q->stride;
    UNROLL for (int r = 0; r < rows; r++) {
        float low = -greatest_lane(-ranges[r].low), range = greatest_lane(ranges[r].high) - low;
        range = range > 1e-30f ? range : 1e-30f;
        inverses[r] = reciprocal(range) * 255.0f;
        zeros[r] =
            triage_clamp_vector((f32x16)(-low * inverses[r]), (f32x16)(0.0f), (f32x16)(255.0f))[0] + TRIAGE_ROUNDER;
        q->rows[row + r] = (triage_row_quantization){range * (1.0f / 255.0f), (int32_t)(zeros[r] - TRIAGE_ROUNDER)};
    }
    EACH_VECTOR(columns, i, count, {
        UNROLL for (int r = 0; r < rows; r++) {
            f32x16 value = smoothed(load_some(x + r * x_stride + i, count), smoothing, i, count);
            value = FMA(value, (f32x16)(inverses[r]), (f32x16)(zeros[r]));
            value = triage_clamp_vector(value, (f32x16)(TRIAGE_ROUNDER), (f32x16)(TRIAGE_ROUNDER + 255.0f));
            u8x16 bytes = __builtin_convertvector(BITS(value), u8x16);
            memcpy(out + r * stride + i, &bytes, (size_t)count);
        }
    });
}

// GELU of several vectors step by step, which hides the latency of each.
TRIAGE_INLINE void rough_gelu(f32x16 *x, int vectors) {
    f32x16 c[CHAINS], u[CHAINS], p[CHAINS];
    const f32x16 limit = TRIAGE_ROUGH_NORMAL_LIMIT;
    UNROLL for (int v = 0; v < vectors; v++) {
        c[v] = triage_clamp_vector(x[v], -limit, limit);
        u[v] = c[v] * c[v];
        p[v] = (f32x16)(triage_rough_normal_coefficients[7]);
    }
    UNROLL for (int i = 6; i >= 0; i--) {
        UNROLL for (int v = 0; v < vectors; v++) p[v] = FMA(p[v], u[v], (f32x16)(triage_rough_normal_coefficients[i]));
    }
    UNROLL for (int v = 0; v < vectors; v++) x[v] = x[v] * FMA(c[v], p[v], (f32x16)(0.5f));
}

// Applies activation and smoothing to `vectors` vectors in place, the last of `count` elements, and extends the range.
TRIAGE_INLINE void activate(float *x, int vectors, int64_t count, triage_activation activation, const float *smoothing,
                            row_range *range) {
    f32x16 values[CHAINS];
    UNROLL for (int v = 0; v < vectors; v++) values[v] = load_some(x + v * TRIAGE_LANES, count);
    if (activation == TRIAGE_ACTIVATION_GELU) {
        rough_gelu(values, vectors);
    } else {
        UNROLL for (int v = 0; v < vectors; v++) values[v] = triage_activate_vector(values[v], activation);
    }
    UNROLL for (int v = 0; v < vectors; v++) {
        // Lanes beyond the row hold activation(0), which is 0.
        values[v] = smoothed(values[v], smoothing, v * TRIAGE_LANES, count);
        if (activation != TRIAGE_ACTIVATION_NONE || smoothing) store_some(x + v * TRIAGE_LANES, values[v], count);
        extend(range, values[v]);
    }
}

TRIAGE_INLINE void quantize_block(float *x, int64_t x_stride, int rows, int64_t columns, triage_activation activation,
                                  const float *smoothing, const triage_quantized *q, int64_t row) {
    row_range ranges[BLOCK];
    UNROLL for (int r = 0; r < rows; r++) {
        float *at = x + r * x_stride;
        const float *factors = smoothing;
        row_range range = empty_range;
        int64_t rest = columns;
        for (; rest >= CHAINS * TRIAGE_LANES; rest -= CHAINS * TRIAGE_LANES, at += CHAINS * TRIAGE_LANES) {
            activate(at, CHAINS, TRIAGE_LANES, activation, factors, &range);
            if (factors) factors += CHAINS * TRIAGE_LANES;
        }
        EACH_VECTOR(rest, i, count, { activate(at + i, 1, count, activation, factors ? factors + i : NULL, &range); });
        ranges[r] = range;
    }
    round_rows(x, x_stride, rows, columns, NULL, ranges, q, row);
}

// Calls block(rows), rows a constant, for successive groups of the rows from `row`.
#define FOR_BLOCKS(row, rows, block)                         \
    for (int64_t row = 0, size; row < (rows); row += size) { \
        size = next_group((rows)-row, BLOCK);                \
        switch (size) { GROUP_SIZES(block) }                 \
    }

// The common cases are compiled apart, so that they have no choice in their loops.
TRIAGE_INLINE void quantize_with(float *x, int64_t x_stride, int64_t rows, int64_t columns,
                                 triage_activation activation, const float *smoothing, const triage_quantized *q) {
#define QUANTIZE(n)                                                                                              \
    case n:                                                                                                      \
        if (n <= BLOCK) quantize_block(x + row * x_stride, x_stride, n, columns, activation, smoothing, q, row); \
        break;
    FOR_BLOCKS(row, rows, QUANTIZE)
#undef QUANTIZE
}

static void quantize_rows(float *x, int64_t x_stride, int64_t rows, int64_t columns, triage_activation activation,
                          const float *smoothing, const triage_quantized *q) {
    if (activation == TRIAGE_ACTIVATION_NONE && smoothing) {
        quantize_with(x, x_stride, rows, columns, TRIAGE_ACTIVATION_NONE, smoothing, q);
    } else if (activation == TRIAGE_ACTIVATION_GELU && smoothing) {
        quantize_with(x, x_stride, rows, columns, TRIAGE_ACTIVATION_GELU, smoothing, q);
    } else {
        for (int64_t row = 0; row < rows; row++) {
            quantize_block(x + row * x_stride, x_stride, 1, columns, activation, smoothing, q, row);
        }
    }
}

TRIAGE_INLINE void norm_block(const float *x, int64_t x_stride, int rows, int64_t columns, const triage_norm *norm,
                              float *out, int64_t out_stride, const float *smoothing, const triage_quantized *q,
                              int64_t row) {
    float per_column = reciprocal((float)columns);
    f32x16 sums[BLOCK], squares[BLOCK];
    float means[BLOCK], inverses[BLOCK], shifts[BLOCK];
    UNROLL for (int r = 0; r < rows; r++) sums[r] = squares[r] = 0;
    EACH_VECTOR(columns, i, count,
                { UNROLL for (int r = 0; r < rows; r++) sums[r] = sums[r] + load_some(x + r * x_stride + i, count); });
    UNROLL for (int r = 0; r < rows; r++) means[r] = sum_lanes(sums[r]) * per_column;
    EACH_VECTOR(columns, i, count, {
        UNROLL for (int r = 0; r < rows; r++) {
            f32x16 centred = load_some(x + r * x_stride + i, count) - means[r];
            // Lanes beyond the row add nothing, not even where the mean is infinite.
            centred = count < TRIAGE_LANES ? keep_some(centred, count) : centred;
            squares[r] = FMA(centred, centred, squares[r]);
        }
    });
    UNROLL for (int r = 0; r < rows; r++) {
        float variance = __builtin_fmaf(sum_lanes(squares[r]), per_column, norm->epsilon);
        inverses[r] = triage_inverse_square_root(variance);
        shifts[r] = -(means[r] * inverses[r]);
    }
    row_range ranges[BLOCK];
    UNROLL for (int r = 0; r < rows; r++) ranges[r] = empty_range;
    EACH_VECTOR(columns, i, count, {
        f32x16 scale = load_some(norm->scale + i, count), shift = load_some(norm->shift + i, count);
        UNROLL for (int r = 0; r < rows; r++) {
            f32x16 value = load_some(x + r * x_stride + i, count);
            value = FMA(FMA(value, (f32x16)(inverses[r]), (f32x16)(shifts[r])), scale, shift);
            store_some(out + r * out_stride + i, value, count);
            if (q) {
                value = count < TRIAGE_LANES ? keep_some(value, count) : value;
                extend(&ranges[r], smoothed(value, smoothing, i, count));
            }
        }
    });
    if (q) round_rows(out, out_stride, rows, columns, smoothing, ranges, q, row);
}

TRIAGE_INLINE void norm_with(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const triage_norm *norm,
                             float *out, int64_t out_stride, const float *smoothing, const triage_quantized *q) {
    triage_norm copy = *norm;
#define NORM(n)                                                                                                        \
    case n:                                                                                                            \
        if (n <= BLOCK)                                                                                                \
            norm_block(x + row * x_stride, x_stride, n, columns, &copy, out + row * out_stride, out_stride, smoothing, \
                       q, row);                                                                                        \
        break;
    FOR_BLOCKS(row, rows, NORM)
#undef NORM
}

static void layer_norm(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const triage_norm *norm,
                       float *out, int64_t out_stride, const float *smoothing, const triage_quantized *q) {
    if (!q) {
        norm_with(x, x_stride, rows, columns, norm, out, out_stride, NULL, NULL);
    } else if (smoothing) {
        norm_with(x, x_stride, rows, columns, norm, out, out_stride, smoothing, q);
    } else {
        norm_with(x, x_stride, rows, columns, norm, out, out_stride, NULL, q);
    }
}
