// The walk over tiles and the epilogue of the int8 product, shared by the vector kernels. Before including this a file
// defines ROWS (2 to 8), the rows of its full tile, and declares
//     TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column);
// which multiplies `rows` rows (1 to ROWS, a constant where it is inlined) by the panel that starts at `column`.
#pragma once

#include "vector.h"

typedef struct {
    triage_quantized q;
    triage_linear_int8 weights;
    const float *residual;
    int64_t residual_stride;
    float *out;
    int64_t out_stride;
} product;

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column);

// One row of the last columns, fewer than a vector.
static __attribute__((noinline)) void finish_rest(const product *p, int64_t row, int64_t column, const float *values) {
    for (int64_t i = 0; column + i < p->weights.outputs; i++) {
        float residual = p->residual ? p->residual[row * p->residual_stride + column + i] : 0;
        p->out[row * p->out_stride + column + i] = p->residual ? values[i] + residual : values[i];
    }
}

// The epilogue of 16 columns of `rows` rows: sums are those of the raw unsigned activations.
TRIAGE_INLINE void finish(const product *p, int64_t row, int rows, int64_t column, const i32x16 *sums) {
    int64_t rest = p->weights.outputs - column;
    if (rest <= 0) return;
    i32x16 column_sums;
    memcpy(&column_sums, p->weights.column_sums + column, sizeof column_sums);
    f32x16 scales = load(p->weights.scales + column), bias = load(p->weights.bias + column);
    float *out = p->out + row * p->out_stride + column;
    const float *residual = p->residual + (p->residual ? row * p->residual_stride + column : 0);
    UNROLL for (int r = 0; r < rows; r++) {
        triage_row_quantization quantization = p->q.rows[row + r];
        i32x16 sum = sums[r] - quantization.zero * column_sums;
        f32x16 value = FMA(__builtin_convertvector(sum, f32x16), quantization.scale * scales, bias);
        if (rest < TRIAGE_LANES) {
            finish_rest(p, row + r, column, (const float *)&value);
        } else {
            if (residual) value = value + load(residual + r * p->residual_stride);
            store(out + r * p->out_stride, value);
        }
    }
}

TRIAGE_INLINE void multiply(const product *p, int64_t rows) {
    for (int64_t column = 0; column < p->weights.outputs; column += TRIAGE_PANEL) {
        for (int64_t row = 0; row < rows;) {
            int64_t count = next_group(rows - row, ROWS);
            switch (count) {
#define TILE(n)                                 \
    case n:                                     \
        if (n <= ROWS) tile(p, row, n, column); \
        break;
                GROUP_SIZES(TILE)
#undef TILE
            }
            row += count;
        }
    }
}

static void linear_int8(const triage_quantized *q, int64_t rows, const triage_linear_int8 *weights,
                        const float *residual, int64_t residual_stride, float *out, int64_t out_stride) {
    // Copies, whose fields no store through a pointer can change.
    product p = {*q, *weights, residual, residual_stride, out, out_stride};
    if (residual) {
        multiply(&p, rows);
    } else {
        p.residual = NULL;
        multiply(&p, rows);
    }
}
