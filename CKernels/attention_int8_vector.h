// Attention in 8 bits with queries in the lanes, 16 at a time. Before including this a file defines KEY_QUADS and
// QUERIES, how many times four keys' scores and how many queries' contexts it sums at once, LEFT_IS_UNSIGNED and
//     TRIAGE_INLINE i32x16 dot4(i32x16 sums, i32x16 left, i32x16 right);
// which adds to each lane the four products of its bytes, exactly. The bytes on the left are unsigned or signed, as
// LEFT_IS_UNSIGNED says; those on the right are signed and not -128.
#pragma once

#include "attention_int8_rounding.h"

// Scores of `quads` times four keys from `quad`; returns the greatest of them and of `greatest`.
TRIAGE_INLINE i32x16 score_quads(const int8_head *head, int64_t quad, int quads, i32x16 greatest) {
    i32x16 sums[KEY_QUADS * QUAD];
    UNROLL for (int k = 0; k < quads * QUAD; k++) sums[k] = 0;
    const int32_t *keys = head->keys + quad * head->width;
    for (int64_t group = 0; group < (head->head_size + QUAD - 1) / QUAD; group++) {
        i32x16 queries = load_integers(head->queries + group * TRIAGE_LANES);
        UNROLL for (int k = 0; k < quads * QUAD; k++) {
            i32x16 key = (i32x16)(keys[k / QUAD * head->width + group * QUAD + k % QUAD]);
            sums[k] = dot4(sums[k], key, queries);
        }
    }
    UNROLL for (int k = 0; k < quads * QUAD; k++) {
        store_integers(head->scores + (quad * QUAD + k) * TRIAGE_LANES, sums[k]);
        greatest = SELECT(sums[k] > greatest, sums[k], greatest);
    }
    return greatest;
}

// Scores become weights; returns the reciprocals of their sums.
TRIAGE_INLINE f32x16 weigh(const int8_head *head, i32x16 greatest) {
    i32x16 sum = LEFT_IS_UNSIGNED ? 0 : (i32x16)((int32_t)head->quads * QUAD * 128);
    for (int64_t quad = 0; quad < head->quads; quad++) {
        // Step by step, which hides the latency of each.
        f32x16 d[QUAD], n[QUAD], r[QUAD], p[QUAD];
        u32x16 weights[QUAD];
        UNROLL for (int k = 0; k < QUAD; k++) {
            i32x16 score = load_integers(head->scores + (quad * QUAD + k) * TRIAGE_LANES);
            d[k] = greater(__builtin_convertvector(score - greatest, f32x16), (f32x16)(head->least));
        }
        UNROLL for (int k = 0; k < QUAD; k++) n[k] = FMA(d[k], (f32x16)(head->step), (f32x16)(TRIAGE_ROUNDER));
        UNROLL for (int k = 0; k < QUAD; k++) r[k] = FMA(d[k], (f32x16)(head->step), -(n[k] - TRIAGE_ROUNDER));
        UNROLL for (int k = 0; k < QUAD; k++) p[k] = (f32x16)(triage_attention_coefficients[3]);
        UNROLL for (int i = 2; i >= 0; i--) {
            UNROLL for (int k = 0; k < QUAD; k++) p[k] = FMA(p[k], r[k], (f32x16)(triage_attention_coefficients[i]));
        }
        UNROLL for (int k = 0; k < QUAD; k++) {
            weights[k] = BITS(FLOAT(BITS(p[k]) + (BITS(n[k]) << 23)) + head->thresholds[quad * QUAD + k]);
        }
        i32x16 bytes = join(weights[0] >> 8, weights[1], weights[2] >> 8, weights[3]);
        if (!LEFT_IS_UNSIGNED) bytes = flipped(bytes);
        store_integers(head->weights + quad * TRIAGE_LANES, bytes);
        sum = dot4(sum, bytes, (i32x16)(0x01010101));
    }
    return triage_reciprocal_vector(__builtin_convertvector(sum, f32x16));
}

// Contexts of `queries` queries of the block from `lane`, `vectors` times 16 dimensions from d on; only `count`
// dimensions are there.
TRIAGE_INLINE void mix_quads(const int8_head *head, const float *inverses, int64_t lane, int queries, int64_t d,
                             int vectors, int64_t count, float *out, int64_t out_stride) {
    i32x16 sums[QUERIES][2];
    UNROLL for (int v = 0; v < vectors; v++) {
        i32x16 start = LEFT_IS_UNSIGNED ? 0 : load_integers(head->starts + d + v * TRIAGE_LANES);
        UNROLL for (int q = 0; q < queries; q++) sums[q][v] = start;
    }
    for (int64_t quad = 0; quad < head->quads; quad++) {
        i32x16 values[2];
        UNROLL for (int v = 0; v < vectors; v++) {
            values[v] = load_integers(head->values + quad * head->width + d + v * TRIAGE_LANES);
        }
        UNROLL for (int q = 0; q < queries; q++) {
            i32x16 weights = (i32x16)(head->weights[quad * TRIAGE_LANES + lane + q]);
            UNROLL for (int v = 0; v < vectors; v++) sums[q][v] = dot4(sums[q][v], weights, values[v]);
        }
    }
    UNROLL for (int v = 0; v < vectors; v++) {
        f32x16 scales = load(head->scales + d + v * TRIAGE_LANES);
        UNROLL for (int q = 0; q < queries; q++) {
            f32x16 mix = __builtin_convertvector(sums[q][v], f32x16) * (scales * inverses[lane + q]);
            store_some(out + q * out_stride + d + v * TRIAGE_LANES, mix, count);
        }
    }
}

TRIAGE_INLINE void mix_all_quads(const int8_head *head, const float *inverses, int64_t lane, int queries, float *out,
                                 int64_t out_stride) {
    int64_t d = 0;
    for (; d + 2 * TRIAGE_LANES <= head->head_size; d += 2 * TRIAGE_LANES) {
        mix_quads(head, inverses, lane, queries, d, 2, TRIAGE_LANES, out, out_stride);
    }
    for (; d + TRIAGE_LANES <= head->head_size; d += TRIAGE_LANES) {
        mix_quads(head, inverses, lane, queries, d, 1, TRIAGE_LANES, out, out_stride);
    }
    if (d < head->head_size) mix_quads(head, inverses, lane, queries, d, 1, head->head_size - d, out, out_stride);
}

// The block of queries from `first`, which have been rounded.
TRIAGE_INLINE void attend_in_int8(const int8_head *head, int64_t first, float *out, int64_t out_stride) {
    i32x16 greatest = (i32x16)(INT32_MIN);
    for (int64_t quad = 0; quad < head->quads;) {
        int64_t quads = next_group(head->quads - quad, KEY_QUADS);
        switch (quads) {
#define SCORE(n)                                                             \
    case n:                                                                  \
        if (n <= KEY_QUADS) greatest = score_quads(head, quad, n, greatest); \
        break;
            GROUP_SIZES(SCORE)
#undef SCORE
        }
        quad += quads;
    }
    float inverses[TRIAGE_LANES];
    store(inverses, weigh(head, greatest));
    int64_t rows = head->count - first < TRIAGE_LANES ? head->count - first : TRIAGE_LANES;
    for (int64_t lane = 0; lane < rows;) {
        int64_t queries = next_group(rows - lane, QUERIES);
        switch (queries) {
#define MIX(n)                                                                                                   \
    case n:                                                                                                      \
        if (n <= QUERIES) mix_all_quads(head, inverses, lane, n, out + (first + lane) * out_stride, out_stride); \
        break;
            GROUP_SIZES(MIX)
#undef MIX
        }
        lane += queries;
    }
}

static void attention_int8(const float *qkv, int64_t qkv_stride, int64_t columns, int64_t count, int64_t heads,
                           int64_t head_size, float *scratch, float *out, int64_t out_stride) {
    int8_head head = {.stride = qkv_stride, .count = count, .head_size = head_size};
    head.width = (head_size + TRIAGE_LANES - 1) / TRIAGE_LANES * TRIAGE_LANES;
    head.quads = (count + QUAD - 1) / QUAD;
    int32_t *integers = (int32_t *)scratch;
    head.queries = integers, integers += head.width / QUAD * TRIAGE_LANES;
    head.keys = integers, integers += head.quads * head.width;
    head.values = integers, integers += head.quads * head.width;
    head.scores = head.weights = integers, integers += head.quads * QUAD * TRIAGE_LANES;
    head.starts = integers, integers += head.width;
    head.scales = (float *)integers;
    float *thresholds = head.scales + head.width;
    head.thresholds = thresholds;
    for (int64_t j = 0; j < head.quads * QUAD; j++) {
        // So large that the byte of the weight is 0.
        thresholds[j] = j < count ? triage_attention_threshold(j) : 0x1p40f;
    }
    float scale = triage_inverse_square_root((float)head_size) * TRIAGE_LOG2_E;
    for (int64_t h = 0; h < heads; h++) {
        const float *queries = qkv + h * head_size, *keys = queries + columns, *values = keys + columns;
        f32x16 query_magnitudes = 0, key_magnitudes = 0;
        EACH_VECTOR(head_size, d, present, {
            f32x16 magnitudes[PARTS];
            find_magnitudes(queries + d, columns, &head, present, magnitudes);
            query_magnitudes = greater(magnitudes[QUERY], query_magnitudes);
            key_magnitudes = greater(magnitudes[KEY], key_magnitudes);
            store(head.scales + d, magnitudes[VALUE]);
        });
        float query = greatest_lane(query_magnitudes), key = greatest_lane(key_magnitudes);
        float step = ((query * (1.0f / 127.0f)) * (key * (1.0f / 127.0f))) * scale;
        head.step = step = triage_clamp_vector((f32x16)(step), (f32x16)(1e-30f), (f32x16)(1e30f))[0];
        head.least = reciprocal(step) * -24.0f;
        f32x16 key_inverse = triage_reciprocal_vector((f32x16)(key)) * 127.0f;
        f32x16 query_inverse = triage_reciprocal_vector((f32x16)(query)) * 127.0f;
        EACH_VECTOR(head_size, d, present, { round_values(values, &head, d, present); });
        EACH_VECTOR(head_size, d, present, { round_keys(keys, &head, d, present, key_inverse); });
        for (int64_t first = 0; first < count; first += TRIAGE_LANES) {
            const float *block = queries + first * qkv_stride;
            if (count - first >= TRIAGE_LANES) {
                round_queries(block, &head, TRIAGE_LANES, query_inverse);
            } else {
                round_queries(block, &head, count - first, query_inverse);
            }
            attend_in_int8(&head, first, out + h * head_size, out_stride);
        }
    }
}
