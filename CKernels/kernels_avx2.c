// AVX2: the portable vector kernels and an int8 product by vpmaddubsw, which multiplies unsigned by signed bytes and
// saturates its sums of two products. Activations shifted to signed, q - 128, are split into magnitude, at most 128,
// and sign, which moves to the weight: two products of 128 * 127 fit 16 bits. The shift is undone by where the sums
// start.
//
// The tile is 3 rows by half a panel: 9 accumulators of 8 columns.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"), min_vector_width(256))), apply_to = function)

enum { VECTORS = 3, ROWS = 3, KEYS = 4, QUERIES = 2, BLOCK = 4, CHAINS = 2 };

#include "attention_vector.h"
#include "kernel_table.h"
#include "kernels_vector.h"
#include "linear_int8_vector.h"
#include "rows_vector.h"

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column) {
    enum { HALF = VECTORS * 8 };
    int64_t groups = (p->weights.inputs + 3) / 4;
    const uint8_t *q = p->q.values + row * p->q.stride;
    const __m256i ones = _mm256_set1_epi16(1), shift = _mm256_set1_epi8((char)0x80);
    int32_t all[ROWS][TRIAGE_PANEL];
    for (int half = 0; half < TRIAGE_PANEL; half += HALF) {
        const int8_t *panel = p->weights.packed + column * groups * 4 + half * 4;
        __m256i sums[ROWS][VECTORS];
        UNROLL for (int v = 0; v < VECTORS; v++) {
            const void *column_sums = p->weights.column_sums + column + half + v * 8;
            __m256i start = _mm256_slli_epi32(_mm256_loadu_si256(column_sums), 7);
            UNROLL for (int r = 0; r < rows; r++) sums[r][v] = start;
        }
        for (int64_t group = 0; group < groups; group++) {
            __m256i w[VECTORS];
            UNROLL for (int v = 0; v < VECTORS; v++) {
                w[v] = _mm256_loadu_si256((const void *)(panel + group * TRIAGE_PANEL * 4 + v * 32));
            }
            UNROLL for (int r = 0; r < rows; r++) {
                int32_t four;
                memcpy(&four, q + r * p->q.stride + group * 4, sizeof four);
                __m256i x = _mm256_xor_si256(_mm256_set1_epi32(four), shift), magnitude = _mm256_abs_epi8(x);
                UNROLL for (int v = 0; v < VECTORS; v++) {
                    __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w[v], x));
                    sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(pairs, ones));
                }
            }
        }
        UNROLL for (int r = 0; r < rows; r++) {
            UNROLL for (int v = 0; v < VECTORS; v++) _mm256_storeu_si256((void *)&all[r][half + v * 8], sums[r][v]);
        }
    }
    UNROLL for (int block = 0; block < TRIAGE_PANEL; block += TRIAGE_LANES) {
        i32x16 of_rows[ROWS];
        UNROLL for (int r = 0; r < rows; r++) memcpy(&of_rows[r], &all[r][block], sizeof of_rows[r]);
        finish(p, row, rows, column + block, of_rows);
    }
}

TRIAGE_KERNEL_TABLE(avx2);

#pragma clang attribute pop
#endif
