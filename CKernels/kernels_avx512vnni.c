// AVX-512 with VNNI: the portable vector kernels and an int8 product whose tile is 8 rows by 3 registers of columns.
// 24 accumulators, 3 weight registers and one broadcast fill 28 of 32 registers; per group of 4 inputs the tile
// issues 24 vpdpbusd for 3 + 8 loads.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                        \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"), min_vector_width(512))), \
    apply_to = function)

#include "attention_vector.h"

enum { VECTORS = TRIAGE_PANEL / TRIAGE_LANES, ROWS = 8 };

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

// One tile: rows [row, row + rows) by the panel that starts at `column`.
static inline __attribute__((always_inline)) void tile(const product *p, int64_t row, int rows, int64_t column,
                                                       triage_activation activation) {
    int64_t groups = (p->weights->inputs + 3) / 4;
    const int8_t *panel = p->weights->packed + column * groups * 4;
    const uint8_t *q = p->q + row * p->q_stride;
    __m512i sums[ROWS][VECTORS];
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < VECTORS; v++) sums[r][v] = _mm512_setzero_si512();
    }
    for (int64_t group = 0; group < groups; group++) {
        __m512i w[VECTORS];
        for (int v = 0; v < VECTORS; v++) w[v] = _mm512_loadu_si512(panel + (group * VECTORS + v) * 64);
        for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, q + r * p->q_stride + group * 4, sizeof four);
            __m512i x = _mm512_set1_epi32(four);
            for (int v = 0; v < VECTORS; v++) sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], x, w[v]);
        }
    }
    for (int v = 0; v < VECTORS; v++) {
        int64_t first = column + v * TRIAGE_LANES;
        int64_t rest = p->weights->outputs - first;
        if (rest <= 0) break;
        i32x16 column_sums;
        memcpy(&column_sums, p->weights->column_sums + first, sizeof column_sums);
        f32x16 scales = load(p->weights->scales + first), bias = load(p->weights->bias + first);
        for (int r = 0; r < rows; r++) {
            triage_row_quantization quantization = p->quantization[row + r];
            i32x16 sum = (i32x16)sums[r][v] - quantization.zero * column_sums;
            f32x16 value = __builtin_convertvector(sum, f32x16) * (quantization.scale * scales) + bias;
            value = triage_activate_vector(value, activation);
            if (p->residual) {
                value = value + load_some(p->residual + (row + r) * p->residual_stride + first, rest, 0);
            }
            store_some(p->out + (row + r) * p->out_stride + first, value, rest);
        }
    }
}

static inline __attribute__((always_inline)) void product_with(const product *p, int64_t rows,
                                                               triage_activation activation) {
    for (int64_t column = 0; column < p->weights->outputs; column += TRIAGE_PANEL) {
        int64_t row = 0;
        for (; row + ROWS <= rows; row += ROWS) tile(p, row, ROWS, column, activation);
        switch (rows - row) {
            case 7:
                tile(p, row, 7, column, activation);
                break;
            case 6:
                tile(p, row, 6, column, activation);
                break;
            case 5:
                tile(p, row, 5, column, activation);
                break;
            case 4:
                tile(p, row, 4, column, activation);
                break;
            case 3:
                tile(p, row, 3, column, activation);
                break;
            case 2:
                tile(p, row, 2, column, activation);
                break;
            case 1:
                tile(p, row, 1, column, activation);
                break;
            default:
                break;
        }
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

const triage_kernels triage_kernels_avx512vnni = {
    .name = "avx512vnni",
    .quantize_rows = quantize_rows,
    .linear_int8 = linear_int8,
    .linear_f32 = linear_f32,
    .finish_f32 = finish_f32,
    .layer_norm = layer_norm,
    .embed = embed,
    .attention = attention,
    .mean_rows = mean_rows,
    .normalize = normalize,
};

#pragma clang attribute pop
#endif
