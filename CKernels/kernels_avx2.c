// AVX2: the portable vector kernels and an int8 product by vpmaddubsw, which multiplies unsigned by signed bytes and
// saturates its sums of two products. Activations shifted to signed, q - 128, are split into magnitude, at most 128,
// and sign, which moves to the weight: two products of 128 * 127 fit 16 bits. The shift is undone by where the sums
// start.
//
// The tile is 3 rows by half a panel: 9 accumulators of 8 columns. A row is split once for the whole panel.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"), min_vector_width(256))), apply_to = function)

enum { VECTORS = 3, ROWS = 3, KEYS = 4, QUERIES = 2, BLOCK = 4, CHAINS = 2, KEY_QUADS = 1, LEFT_IS_UNSIGNED = 0 };

#include "attention_vector.h"
#include "kernel_table.h"
#include "kernels_vector.h"
#include "linear_int8_vector.h"
#include "rows_vector.h"

// As in the tile below, the sign of the left moves to the right.
TRIAGE_INLINE i32x8 dot4_of_half(i32x8 sums, i32x8 left, i32x8 right) {
    __m256i pairs =
        _mm256_maddubs_epi16(_mm256_abs_epi8((__m256i)left), _mm256_sign_epi8((__m256i)right, (__m256i)left));
    return sums + (i32x8)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

TRIAGE_INLINE i32x16 dot4(i32x16 sums, i32x16 left, i32x16 right) {
    i32x8 low = dot4_of_half(sums.lo, left.lo, right.lo), high = dot4_of_half(sums.hi, left.hi, right.hi);
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

#include "attention_int8_vector.h"

// Inputs whose signs and magnitudes are kept at a time.
enum { CHUNK = 2048 };

// signs = q - 128 and magnitudes = |q - 128|, for `count` inputs of which the last group may be cut short.
static void split_row(const uint8_t *q, int64_t count, int8_t *signs, uint8_t *magnitudes) {
    EACH_VECTOR(count, i, present, {
        u8x16 bytes = 0;
        memcpy(&bytes, q + i, (size_t)present);
        i8x16 shifted = (i8x16)(bytes ^ (u8x16)(0x80));
        u8x16 absolute = (u8x16)(SELECT(shifted < 0, -shifted, shifted));
        memcpy(signs + i, &shifted, sizeof shifted);
        memcpy(magnitudes + i, &absolute, sizeof absolute);
    });
}

TRIAGE_INLINE __m256i broadcast_four(const void *four) {
    int32_t value;
    memcpy(&value, four, sizeof value);
    return _mm256_set1_epi32(value);
}

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column) {
    enum { HALF = VECTORS * 8 };
    int64_t groups = (p->weights.inputs + 3) / 4;
    const uint8_t *q = p->q.values + row * p->q.stride;
    const __m256i ones = _mm256_set1_epi16(1);
    int8_t signs[ROWS][CHUNK];
    uint8_t magnitudes[ROWS][CHUNK];
    int32_t sums[ROWS][TRIAGE_PANEL];
    for (int64_t i = 0; i < TRIAGE_PANEL; i++) {
        UNROLL for (int r = 0; r < rows; r++) sums[r][i] = p->weights.column_sums[column + i] * 128;
    }
    for (int64_t first = 0; first < groups; first += CHUNK / 4) {
        int64_t count = groups - first < CHUNK / 4 ? groups - first : CHUNK / 4;
        for (int r = 0; r < rows; r++) split_row(q + r * p->q.stride + first * 4, count * 4, signs[r], magnitudes[r]);
        for (int half = 0; half < TRIAGE_PANEL; half += HALF) {
            const int8_t *panel = p->weights.packed + (column * groups + first * TRIAGE_PANEL + half) * 4;
            __m256i part[ROWS][VECTORS];
            UNROLL for (int r = 0; r < rows; r++) {
                UNROLL for (int v = 0; v < VECTORS; v++) {
                    part[r][v] = _mm256_loadu_si256((const void *)&sums[r][half + v * 8]);
                }
            }
            for (int64_t group = 0; group < count; group++) {
                __m256i w[VECTORS];
                UNROLL for (int v = 0; v < VECTORS; v++) {
                    w[v] = _mm256_loadu_si256((const void *)(panel + group * TRIAGE_PANEL * 4 + v * 32));
                }
                UNROLL for (int r = 0; r < rows; r++) {
                    __m256i sign = broadcast_four(&signs[r][group * 4]);
                    __m256i magnitude = broadcast_four(&magnitudes[r][group * 4]);
                    UNROLL for (int v = 0; v < VECTORS; v++) {
                        __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(w[v], sign));
                        part[r][v] = _mm256_add_epi32(part[r][v], _mm256_madd_epi16(pairs, ones));
                    }
                }
            }
            UNROLL for (int r = 0; r < rows; r++) {
                UNROLL for (int v = 0; v < VECTORS; v++) {
                    _mm256_storeu_si256((void *)&sums[r][half + v * 8], part[r][v]);
                }
            }
        }
    }
    UNROLL for (int block = 0; block < TRIAGE_PANEL; block += TRIAGE_LANES) {
        i32x16 of_rows[ROWS];
        UNROLL for (int r = 0; r < rows; r++) memcpy(&of_rows[r], &sums[r][block], sizeof of_rows[r]);
        finish(p, row, rows, column + block, of_rows);
    }
}

TRIAGE_KERNEL_TABLE(avx2);

#pragma clang attribute pop
#endif
