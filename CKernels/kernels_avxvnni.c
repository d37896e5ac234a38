// AVX2 with AVX-VNNI: the portable vector kernels and an int8 product by vpdpbusd on 256 bits. The tile is 6 rows by 16
// columns: 12 accumulators, 2 weight registers and one broadcast of 16 registers.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"), min_vector_width(256))), \
                             apply_to = function)

enum { VECTORS = 2, ROWS = 6, KEYS = 4, QUERIES = 2, BLOCK = 4, CHAINS = 2, KEY_QUADS = 1, LEFT_IS_UNSIGNED = 1 };

#include "attention_vector.h"
#include "kernel_table.h"
#include "kernels_vector.h"
#include "linear_int8_vector.h"
#include "rows_vector.h"

TRIAGE_INLINE i32x16 dot4(i32x16 sums, i32x16 left, i32x16 right) {
    __m256i low = _mm256_dpbusd_avx_epi32((__m256i)sums.lo, (__m256i)left.lo, (__m256i)right.lo);
    __m256i high = _mm256_dpbusd_avx_epi32((__m256i)sums.hi, (__m256i)left.hi, (__m256i)right.hi);
    return __builtin_shufflevector((i32x8)low, (i32x8)high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

#include "attention_int8_vector.h"

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column) {
    int64_t groups = (p->weights.inputs + 3) / 4;
    const uint8_t *q = p->q.values + row * p->q.stride;
    for (int block = 0; block < TRIAGE_PANEL; block += TRIAGE_LANES) {
        const int8_t *panel = p->weights.packed + column * groups * 4 + block * 4;
        __m256i sums[ROWS][VECTORS];
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] = _mm256_setzero_si256();
        }
        for (int64_t group = 0; group < groups; group++) {
            const int8_t *four_by_sixteen = panel + group * TRIAGE_PANEL * 4;
            __m256i low = _mm256_loadu_si256((const void *)four_by_sixteen);
            __m256i high = _mm256_loadu_si256((const void *)(four_by_sixteen + 32));
            UNROLL for (int r = 0; r < rows; r++) {
                int32_t four;
                memcpy(&four, q + r * p->q.stride + group * 4, sizeof four);
                __m256i x = _mm256_set1_epi32(four);
                sums[r][0] = _mm256_dpbusd_avx_epi32(sums[r][0], x, low);
                sums[r][1] = _mm256_dpbusd_avx_epi32(sums[r][1], x, high);
            }
        }
        i32x16 of_rows[ROWS];
        UNROLL for (int r = 0; r < rows; r++) memcpy(&of_rows[r], sums[r], sizeof of_rows[r]);
        finish(p, row, rows, column + block, of_rows);
    }
}

TRIAGE_KERNEL_TABLE(avxvnni);

#pragma clang attribute pop
#endif
