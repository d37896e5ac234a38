// Attention on vectors of 16 keys (scores) and 16 head dimensions (context), a few queries at a time so that the
// sequential sums of several queries hide each other's latency.
#include "kernels_vector.h"

typedef struct {
    const float *queries, *keys, *values;  // of one head
    int64_t stride, count, padded, head_size;
    float *scores;      // [TRIAGE_QUERY_ROWS][padded]
    float *transposed;  // [head_size][padded], zero beyond count
    float scale;
} attention_head;

// Rows become columns: four rounds that each interleave the first half of the rows with the second.
TRIAGE_INLINE void transpose_block(f32x16 rows[TRIAGE_LANES]) {
    for (int round = 0; round < 4; round++) {
        f32x16 mixed[TRIAGE_LANES];
        for (int i = 0; i < TRIAGE_LANES / 2; i++) {
            f32x16 a = rows[i], b = rows[i + TRIAGE_LANES / 2];
            mixed[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            mixed[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        for (int i = 0; i < TRIAGE_LANES; i++) rows[i] = mixed[i];
    }
}

TRIAGE_INLINE void transpose_keys(const attention_head *head) {
    for (int64_t j = 0; j < head->count; j += TRIAGE_LANES) {
        for (int64_t d = 0; d < head->head_size; d += TRIAGE_LANES) {
            int64_t keys = head->count - j, dimensions = head->head_size - d;
            f32x16 block[TRIAGE_LANES];
            for (int i = 0; i < TRIAGE_LANES; i++) {
                block[i] =
                    i < keys ? load_some(head->keys + (j + i) * head->stride + d, dimensions, 0) : (f32x16)(0.0f);
            }
            transpose_block(block);
            for (int i = 0; i < TRIAGE_LANES && i < dimensions; i++) {
                store(head->transposed + (d + i) * head->padded + j, block[i]);
            }
        }
    }
}

// scores[r][j] = exp(q[first + r] . k[j] * scale - greatest), zero beyond count; inverses[r] = 1 / their sum.
TRIAGE_INLINE void score(const attention_head *head, int64_t first, int rows, float *inverses) {
    f32x16 greatest[TRIAGE_QUERY_ROWS];
    for (int r = 0; r < rows; r++) greatest[r] = (f32x16)(-INFINITY);
    for (int64_t j = 0; j < head->padded; j += TRIAGE_LANES) {
        f32x16 sums[TRIAGE_QUERY_ROWS];
        for (int r = 0; r < rows; r++) sums[r] = 0;
        for (int64_t d = 0; d < head->head_size; d++) {
            f32x16 keys = load(head->transposed + d * head->padded + j);
            for (int r = 0; r < rows; r++) sums[r] = sums[r] + head->queries[(first + r) * head->stride + d] * keys;
        }
        for (int r = 0; r < rows; r++) {
            f32x16 scaled = sums[r] * head->scale;
            store(head->scores + r * head->padded + j, scaled);
            greatest[r] = greater(keep_some(scaled, head->count - j, -INFINITY), greatest[r]);
        }
    }
    for (int r = 0; r < rows; r++) {
        float *scores = head->scores + r * head->padded;
        float most = greatest_lane(greatest[r]);
        f32x16 sum = 0;
        for (int64_t j = 0; j < head->padded; j += TRIAGE_LANES) {
            f32x16 value = keep_some(triage_exponential_vector(load(scores + j) - most), head->count - j, 0);
            store(scores + j, value);
            sum = sum + value;
        }
        inverses[r] = reciprocal(sum_lanes(sum));
    }
}

// out[r][d] = sum over keys of scores[r][j] * values[j][d], times inverses[r].
TRIAGE_INLINE void mix(const attention_head *head, int rows, const float *inverses, float *out, int64_t out_stride) {
    for (int64_t d = 0; d < head->head_size; d += TRIAGE_LANES) {
        int64_t rest = head->head_size - d;
        f32x16 sums[TRIAGE_QUERY_ROWS];
        for (int r = 0; r < rows; r++) sums[r] = 0;
        for (int64_t j = 0; j < head->count; j++) {
            f32x16 values = load_some(head->values + j * head->stride + d, rest, 0);
            for (int r = 0; r < rows; r++) sums[r] = sums[r] + head->scores[r * head->padded + j] * values;
        }
        for (int r = 0; r < rows; r++) store_some(out + r * out_stride + d, sums[r] * inverses[r], rest);
    }
}

TRIAGE_INLINE void attend(const attention_head *head, int64_t first, int rows, float *out, int64_t out_stride) {
    float inverses[TRIAGE_QUERY_ROWS];
    score(head, first, rows, inverses);
    mix(head, rows, inverses, out + first * out_stride, out_stride);
}

static void attention(const float *qkv, int64_t qkv_stride, int64_t count, int64_t heads, int64_t head_size,
                      float *scratch, float *out, int64_t out_stride) {
    int64_t padded = (count + TRIAGE_LANES - 1) / TRIAGE_LANES * TRIAGE_LANES;
    for (int64_t h = 0; h < heads; h++) {
        const float *queries = qkv + h * head_size;
        attention_head head = {
            .queries = queries,
            .keys = queries + heads * head_size,
            .values = queries + 2 * heads * head_size,
            .stride = qkv_stride,
            .count = count,
            .padded = padded,
            .head_size = head_size,
            .scores = scratch,
            .transposed = scratch + TRIAGE_QUERY_ROWS * padded,
            .scale = triage_inverse_square_root((float)head_size),
        };
        transpose_keys(&head);
        float *context = out + h * head_size;
        int64_t first = 0;
        for (; first + TRIAGE_QUERY_ROWS <= count; first += TRIAGE_QUERY_ROWS) {
            attend(&head, first, TRIAGE_QUERY_ROWS, context, out_stride);
        }
        if (count - first == 3) attend(&head, first, 3, context, out_stride);
        if (count - first == 2) attend(&head, first, 2, context, out_stride);
        if (count - first == 1) attend(&head, first, 1, context, out_stride);
    }
}
