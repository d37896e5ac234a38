// Attention with queries in the lanes: 16 at a time, so that the softmax over the keys needs no sum across lanes.
// Before including this a file defines KEYS and QUERIES, how many keys' scores and how many queries' contexts it sums
// at once to hide the latency of each.
#pragma once

#include "vector.h"

typedef struct {
    const float *queries, *keys, *values;  // of one head
    int64_t stride, count, head_size;
    float *transposed;  // [head_size][TRIAGE_LANES]: queries of the block, 0 beyond the last
    float *weights;     // [count][TRIAGE_LANES]: scores, then weights, of each key for the queries of the block
    float scale;        // 1 / sqrt(head_size), times log2(e) because the softmax is taken to base 2
} attention_head;

// Rows become columns: four rounds that each interleave the first half of the rows with the second.
TRIAGE_INLINE void transpose_block(f32x16 rows[TRIAGE_LANES]) {
    UNROLL for (int round = 0; round < 4; round++) {
        f32x16 mixed[TRIAGE_LANES];
        UNROLL for (int i = 0; i < TRIAGE_LANES / 2; i++) {
            f32x16 a = rows[i], b = rows[i + TRIAGE_LANES / 2];
            mixed[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            mixed[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        UNROLL for (int i = 0; i < TRIAGE_LANES; i++) rows[i] = mixed[i];
    }
}

TRIAGE_INLINE void transpose_queries(const attention_head *head, int64_t first) {
    int64_t queries = head->count - first;
    EACH_VECTOR(head->head_size, d, dimensions, {
        f32x16 block[TRIAGE_LANES];
        UNROLL for (int i = 0; i < TRIAGE_LANES; i++) {
            block[i] = 0;
            if (i < queries) block[i] = load_some(head->queries + (first + i) * head->stride + d, dimensions);
        }
        transpose_block(block);
        for (int i = 0; i < TRIAGE_LANES && i < dimensions; i++)
            store(head->transposed + (d + i) * TRIAGE_LANES, block[i]);
    });
}

// Scores of `keys` keys from `first`; returns the greatest of them and of `greatest`.
TRIAGE_INLINE f32x16 score(const attention_head *head, int64_t first, int keys, f32x16 greatest) {
    f32x16 sums[KEYS];
    UNROLL for (int k = 0; k < keys; k++) sums[k] = 0;
    const float *key = head->keys + first * head->stride;
    for (int64_t d = 0; d < head->head_size; d++) {
        f32x16 queries = load(head->transposed + d * TRIAGE_LANES);
        UNROLL for (int k = 0; k < keys; k++) sums[k] = FMA((f32x16)(key[k * head->stride + d]), queries, sums[k]);
    }
    UNROLL for (int k = 0; k < keys; k++) {
        store(head->weights + (first + k) * TRIAGE_LANES, sums[k]);
        greatest = greater(sums[k], greatest);
    }
    return greatest;
}

// Scores become weights that sum to 1 over the keys.
TRIAGE_INLINE void softmax(const attention_head *head, f32x16 greatest) {
    f32x16 sum = 0, shift = -(greatest * head->scale);
    for (int64_t j = 0; j < head->count; j++) {
        float *at = head->weights + j * TRIAGE_LANES;
        f32x16 weight = triage_exponential_vector(FMA(load(at), (f32x16)(head->scale), shift));
        store(at, weight);
        sum = sum + weight;
    }
    f32x16 inverse = triage_reciprocal_vector(sum);
    for (int64_t j = 0; j < head->count; j++) {
        float *at = head->weights + j * TRIAGE_LANES;
        store(at, load(at) * inverse);
    }
}

// Contexts of `queries` queries of the block from lane `lane`, `vectors` times 16 dimensions from d on; only `count`
// dimensions are there.
TRIAGE_INLINE void mix(const attention_head *head, int64_t lane, int queries, int64_t d, int vectors, int64_t count,
                       float *out, int64_t out_stride) {
    f32x16 sums[QUERIES][2];
    UNROLL for (int q = 0; q < queries; q++) sums[q][0] = sums[q][1] = 0;
    for (int64_t j = 0; j < head->count; j++) {
        const float *weights = head->weights + j * TRIAGE_LANES + lane;
        UNROLL for (int v = 0; v < vectors; v++) {
            f32x16 values = load_some(head->values + j * head->stride + d + v * TRIAGE_LANES, count);
            UNROLL for (int q = 0; q < queries; q++) sums[q][v] = FMA((f32x16)(weights[q]), values, sums[q][v]);
        }
    }
    UNROLL for (int q = 0; q < queries; q++) {
        UNROLL for (int v = 0; v < vectors; v++) {
            store_some(out + q * out_stride + d + v * TRIAGE_LANES, sums[q][v], count);
        }
    }
}

TRIAGE_INLINE void mix_all(const attention_head *head, int64_t lane, int queries, float *out, int64_t out_stride) {
    int64_t d = 0;
    for (; d + 2 * TRIAGE_LANES <= head->head_size; d += 2 * TRIAGE_LANES) {
        mix(head, lane, queries, d, 2, TRIAGE_LANES, out, out_stride);
    }
    for (; d + TRIAGE_LANES <= head->head_size; d += TRIAGE_LANES) {
        mix(head, lane, queries, d, 1, TRIAGE_LANES, out, out_stride);
    }
    if (d < head->head_size) mix(head, lane, queries, d, 1, head->head_size - d, out, out_stride);
}

TRIAGE_INLINE void attend(const attention_head *head, int64_t first, float *out, int64_t out_stride) {
    transpose_queries(head, first);
    f32x16 greatest = (f32x16)(-INFINITY);
    for (int64_t j = 0; j < head->count;) {
        int64_t keys = next_group(head->count - j, KEYS);
        switch (keys) {
#define SCORE(n)                                               \
    case n:                                                    \
        if (n <= KEYS) greatest = score(head, j, n, greatest); \
        break;
            GROUP_SIZES(SCORE)
#undef SCORE
        }
        j += keys;
    }
    softmax(head, greatest);
    int64_t rows = head->count - first < TRIAGE_LANES ? head->count - first : TRIAGE_LANES;
    for (int64_t lane = 0; lane < rows;) {
        int64_t queries = next_group(rows - lane, QUERIES);
        switch (queries) {
#define MIX(n)                                                                                   \
    case n:                                                                                      \
        if (n <= QUERIES) mix_all(head, lane, n, out + (first + lane) * out_stride, out_stride); \
        break;
            GROUP_SIZES(MIX)
#undef MIX
        }
        lane += queries;
    }
}

static void attention(const float *qkv, int64_t qkv_stride, int64_t columns, int64_t count, int64_t heads,
                      int64_t head_size, float *scratch, float *out, int64_t out_stride) {
    for (int64_t h = 0; h < heads; h++) {
        const float *queries = qkv + h * head_size;
        attention_head head = {
            .queries = queries,
            .keys = queries + columns,
            .values = queries + 2 * columns,
            .stride = qkv_stride,
            .count = count,
            .head_size = head_size,
            .transposed = scratch,
            .weights = scratch + head_size * TRIAGE_LANES,
            .scale = triage_inverse_square_root((float)head_size) * TRIAGE_LOG2_E,
        };
        for (int64_t first = 0; first < count; first += TRIAGE_LANES) {
            attend(&head, first, out + h * head_size, out_stride);
        }
    }
}
