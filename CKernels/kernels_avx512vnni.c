// AVX-512 with VNNI: the portable vector kernels and an int8 product whose tile is 8 rows by 3 registers of columns.
// 24 accumulators, 3 weight registers and one broadcast fill 28 of 32 registers; per group of 4 inputs the tile
// issues 24 vpdpbusd for 3 + 8 loads.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                        \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"), min_vector_width(512))), \
    apply_to = function)

enum { VECTORS = 3, ROWS = 8, KEYS = 12, QUERIES = 8, BLOCK = 6, CHAINS = 8, KEY_QUADS = 4, LEFT_IS_UNSIGNED = 1 };

#include "attention_vector.h"
#include "kernel_table.h"
#include "kernels_vector.h"
#include "linear_int8_vector.h"
#include "rows_vector.h"

TRIAGE_INLINE i32x16 dot4(i32x16 sums, i32x16 left, i32x16 right) {
    return (i32x16)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)left, (__m512i)right);
}

#include "attention_int8_vector.h"

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column) {
    int64_t groups = (p->weights.inputs + 3) / 4;
    const int8_t *panel = p->weights.packed + column * groups * 4;
    const uint8_t *q = p->q.values + row * p->q.stride;
    __m512i sums[ROWS][VECTORS];
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] = _mm512_setzero_si512();
    }
    for (int64_t group = 0; group < groups; group++) {
        __m512i w[VECTORS];
        UNROLL for (int v = 0; v < VECTORS; v++) w[v] = _mm512_loadu_si512(panel + (group * VECTORS + v) * 64);
        UNROLL for (int r = 0; r < rows; r++) {
            int32_t four;
            memcpy(&four, q + r * p->q.stride + group * 4, sizeof four);
            __m512i x = _mm512_set1_epi32(four);
            UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], x, w[v]);
        }
    }
    UNROLL for (int v = 0; v < VECTORS; v++) {
        i32x16 of_rows[ROWS];
        UNROLL for (int r = 0; r < rows; r++) of_rows[r] = (i32x16)sums[r][v];
        finish(p, row, rows, column + v * TRIAGE_LANES, of_rows);
    }
}

TRIAGE_KERNEL_TABLE(avx512vnni);

#pragma clang attribute pop
#endif
