// The walk over tiles and the epilogue of the int8 product, shared by the vector kernels. Before including this a file
// defines ROWS, the rows of its full tile, and declares
//     TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column, triage_activation activation);
// which multiplies `rows` rows (1 to ROWS, a constant where it is inlined) by the panel that starts at `column`.
#pragma once

#include "kernels_vector.h"

typedef struct {
    const triage_linear_int8 *weights;
    const uint8_t *q;
    int64_t q_stride;
    const triage_row_quantization *quantization;
    triage_activation activation;
    const float *residual;
    int64_t residual_stride;
    float *out;
    int64_t out_stride;
} product;

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column, triage_activation activation);

// GELU of several vectors at once, step by step, which hides the latency of each.
TRIAGE_INLINE void gelu(f32x16 *x, int rows) {
    f32x16 c[ROWS], t[ROWS], sums[ROWS];
    for (int r = 0; r < rows; r++) {
        c[r] = triage_clamp_vector(x[r], (f32x16)(-TRIAGE_NORMAL_LIMIT), (f32x16)(TRIAGE_NORMAL_LIMIT));
        t[r] = (c[r] * c[r]) * (2.0f / (TRIAGE_NORMAL_LIMIT * TRIAGE_NORMAL_LIMIT)) - 1.0f;
        sums[r] = (f32x16)(triage_normal_coefficients[12]);
    }
    _Pragma("clang loop unroll(full)") for (int i = 11; i >= 0; i--) {
        for (int r = 0; r < rows; r++) sums[r] = sums[r] * t[r] + triage_normal_coefficients[i];
    }
    for (int r = 0; r < rows; r++) x[r] = x[r] * (c[r] * sums[r] + 0.5f);
}

// The epilogue of 16 columns of `rows` rows: sums are those of the raw unsigned activations.
TRIAGE_INLINE void finish(const product *p, int64_t row, int rows, int64_t column, const i32x16 *sums,
                          triage_activation activation) {
    int64_t rest = p->weights->outputs - column;
    if (rest <= 0) return;
    i32x16 column_sums;
    memcpy(&column_sums, p->weights->column_sums + column, sizeof column_sums);
    f32x16 scales = load(p->weights->scales + column), bias = load(p->weights->bias + column);
    f32x16 values[ROWS];
    for (int r = 0; r < rows; r++) {
        triage_row_quantization quantization = p->quantization[row + r];
        i32x16 sum = sums[r] - quantization.zero * column_sums;
        values[r] = __builtin_convertvector(sum, f32x16) * (quantization.scale * scales) + bias;
    }
    if (activation == TRIAGE_ACTIVATION_GELU) {
        gelu(values, rows);
    } else {
        for (int r = 0; r < rows; r++) values[r] = triage_activate_vector(values[r], activation);
    }
    for (int r = 0; r < rows; r++) {
        if (p->residual) {
            values[r] = values[r] + load_some(p->residual + (row + r) * p->residual_stride + column, rest, 0);
        }
        store_some(p->out + (row + r) * p->out_stride + column, values[r], rest);
    }
}

TRIAGE_INLINE void product_with(const product *p, int64_t rows, triage_activation activation) {
    for (int64_t column = 0; column < p->weights->outputs; column += TRIAGE_PANEL) {
        int64_t row = 0;
        for (; row + ROWS <= rows; row += ROWS) tile(p, row, ROWS, column, activation);
        int64_t rest = rows - row;
        if (ROWS > 1 && rest == 1) tile(p, row, 1, column, activation);
        if (ROWS > 2 && rest == 2) tile(p, row, 2, column, activation);
        if (ROWS > 3 && rest == 3) tile(p, row, 3, column, activation);
        if (ROWS > 4 && rest == 4) tile(p, row, 4, column, activation);
        if (ROWS > 5 && rest == 5) tile(p, row, 5, column, activation);
        if (ROWS > 6 && rest == 6) tile(p, row, 6, column, activation);
        if (ROWS > 7 && rest == 7) tile(p, row, 7, column, activation);
    }
}

// The activations are compiled apart, so that the common ones have no choice and no call in their epilogue.
static __attribute__((noinline)) void product_plain(const product *p, int64_t rows) {
    product_with(p, rows, TRIAGE_ACTIVATION_NONE);
}

static __attribute__((noinline)) void product_gelu(const product *p, int64_t rows) {
    product_with(p, rows, TRIAGE_ACTIVATION_GELU);
}

static __attribute__((noinline)) void product_other(const product *p, int64_t rows) {
    product_with(p, rows, p->activation);
}

static void linear_int8(const uint8_t *q, int64_t q_stride, const triage_row_quantization *quantization, int64_t rows,
                        const triage_linear_int8 *weights, triage_activation activation, const float *residual,
                        int64_t residual_stride, float *out, int64_t out_stride) {
    product p = {weights, q, q_stride, quantization, activation, residual, residual_stride, out, out_stride};
    switch (activation) {
        case TRIAGE_ACTIVATION_NONE:
            return product_plain(&p, rows);
        case TRIAGE_ACTIVATION_GELU:
            return product_gelu(&p, rows);
        default:
            return product_other(&p, rows);
    }
}
