// AVX2: the portable vector kernels and an int8 product in 16-bit arithmetic. The instruction that multiplies bytes
// (vpmaddubsw) saturates its sums of two products; widened to 16 bits, vpmaddwd is exact.
//
// The tile is 2 rows by 16 columns: 8 accumulators of 4 columns, two partial sums a column, that are added at the end.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"), min_vector_width(256))), apply_to = function)

enum { VECTORS = 4, ROWS = 2, KEYS = 4, QUERIES = 2, BLOCK = 4, CHAINS = 2 };

#include "attention_vector.h"
#include "kernel_table.h"
#include "kernels_vector.h"
#include "linear_int8_vector.h"
#include "rows_vector.h"

// The sums of 16 columns from registers that hold two partial sums for each of 4 columns.
TRIAGE_INLINE i32x16 add_pairs(const __m256i sums[VECTORS]) {
    __m256i low = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[0], sums[1]), 0xD8);
    __m256i high = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[2], sums[3]), 0xD8);
    i32x16 all;
    memcpy(&all, &low, sizeof low);
    memcpy((char *)&all + sizeof low, &high, sizeof high);
    return all;
}

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
            __m256i w[VECTORS];
            UNROLL for (int v = 0; v < VECTORS; v++) {
                const void *sixteen = panel + group * TRIAGE_PANEL * 4 + v * 16;
                w[v] = _mm256_cvtepi8_epi16(_mm_loadu_si128(sixteen));
            }
            UNROLL for (int r = 0; r < rows; r++) {
                int32_t four;
                memcpy(&four, q + r * p->q.stride + group * 4, sizeof four);
                __m256i x = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
                UNROLL for (int v = 0; v < VECTORS; v++) {
                    sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(x, w[v]));
                }
            }
        }
        i32x16 of_rows[ROWS];
        UNROLL for (int r = 0; r < rows; r++) of_rows[r] = add_pairs(sums[r]);
        finish(p, row, rows, column + block, of_rows);
    }
}

TRIAGE_KERNEL_TABLE(avx2);

#pragma clang attribute pop
#endif
