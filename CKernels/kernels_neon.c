// NEON with the dot-product extension: the portable vector kernels and an int8 product by sdot. That instruction
// multiplies signed bytes, so the unsigned activations q enter as q - 128, and the sums start at 128 times the column's
// sum of weights: sum(q w) = sum((q - 128) w) + 128 sum(w). Each part is at most 2^29 for TRIAGE_MAXIMUM_INNER inputs,
// so every partial sum is exact.
//
// The tile is 5 rows by 16 columns: 20 accumulators, and a register of each row's next 16 inputs, of which sdot takes
// 4 at a time.
#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

enum { VECTORS = 4, ROWS = 5, KEYS = 6, QUERIES = 3, BLOCK = 2, CHAINS = 2, KEY_QUADS = 1, LEFT_IS_UNSIGNED = 0 };

#include "attention_vector.h"
#include "kernel_table.h"
#include "kernels_vector.h"
#include "linear_int8_vector.h"
#include "rows_vector.h"

TRIAGE_INLINE i32x16 dot4(i32x16 sums, i32x16 left, i32x16 right) {
    int32x4_t parts[4];
    int8x16_t a[4], b[4];
    memcpy(parts, &sums, sizeof parts);
    memcpy(a, &left, sizeof a);
    memcpy(b, &right, sizeof b);
    UNROLL for (int i = 0; i < 4; i++) parts[i] = vdotq_s32(parts[i], b[i], a[i]);
    memcpy(&sums, parts, sizeof sums);
    return sums;
}

#include "attention_int8_vector.h"

// Adds the products of 4 inputs, those of `lane`, of each row.
#define ADD_GROUP(lane)                                                                                    \
    do {                                                                                                   \
        UNROLL for (int v = 0; v < VECTORS; v++) {                                                         \
            int8x16_t w = vld1q_s8(panel + (group + lane) * TRIAGE_PANEL * 4 + v * 16);                    \
            UNROLL for (int r = 0; r < rows; r++) sums[r][v] = vdotq_laneq_s32(sums[r][v], w, x[r], lane); \
        }                                                                                                  \
    } while (0)

TRIAGE_INLINE void tile(const product *p, int64_t row, int rows, int64_t column) {
    const uint8x16_t middle = vdupq_n_u8(128);
    int64_t groups = (p->weights.inputs + 3) / 4;
    const uint8_t *q = p->q.values + row * p->q.stride;
    for (int block = 0; block < TRIAGE_PANEL; block += TRIAGE_LANES) {
        const int8_t *panel = p->weights.packed + column * groups * 4 + block * 4;
        int32x4_t sums[ROWS][VECTORS];
        int8x16_t x[ROWS];
        UNROLL for (int v = 0; v < VECTORS; v++) {
            int32x4_t start = vshlq_n_s32(vld1q_s32(p->weights.column_sums + column + block + v * 4), 7);
            UNROLL for (int r = 0; r < rows; r++) sums[r][v] = start;
        }
        int64_t group = 0;
        for (; group + 4 <= groups; group += 4) {
            UNROLL for (int r = 0; r < rows; r++) {
                x[r] = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(q + r * p->q.stride + group * 4), middle));
            }
            ADD_GROUP(0);
            ADD_GROUP(1);
            ADD_GROUP(2);
            ADD_GROUP(3);
        }
        for (; group < groups; group++) {
            UNROLL for (int r = 0; r < rows; r++) {
                uint32_t four;
                memcpy(&four, q + r * p->q.stride + group * 4, sizeof four);
                x[r] = vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_u32(vdupq_n_u32(four)), middle));
            }
            ADD_GROUP(0);
        }
        i32x16 of_rows[ROWS];
        UNROLL for (int r = 0; r < rows; r++) memcpy(&of_rows[r], sums[r], sizeof of_rows[r]);
        finish(p, row, rows, column + block, of_rows);
    }
}

TRIAGE_KERNEL_TABLE(neon);

#pragma clang attribute pop
#endif
