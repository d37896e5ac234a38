// Attention in 8 bits with queries in the lanes, 16 at a time. Keys and values are rounded once a head. Before
// including this a file includes attention_vector.h, defines LEFT_IS_UNSIGNED and
//     TRIAGE_INLINE i32x16 dot4(i32x16 sums, i32x16 left, i32x16 right);
// which adds to each lane the four products of its bytes. The bytes on the left are unsigned or signed, as
// LEFT_IS_UNSIGNED says; those on the right are signed and not -128.
//
// Everything goes by fours, "quads", because a lane holds four bytes. Where a quad of rows is not full its last row is
// there again; the weights of such keys are 0.
#pragma once

#include "vector.h"

enum { QUAD = 4 };
enum { QUERY, KEY, VALUE, PARTS };

typedef struct {
    int64_t stride, count, head_size;
    int64_t width, quads;     // head size and count in vectors and quads
    const float *thresholds;  // [quads][QUAD]: see triage_attention_threshold
    int32_t *queries;         // [width / QUAD][TRIAGE_LANES]: four dimensions of each query of the block
    int32_t *keys;            // [quads][width / QUAD][QUAD]: four dimensions of a key
    int32_t *values;          // [quads][width]: a dimension of four keys
    float *scales;            // [width]: of the values
    int32_t *starts;          // [width]: what undoes that weights enter as signed bytes
    int32_t *scores;          // [quads][QUAD][TRIAGE_LANES], of the queries of the block;
    int32_t *weights;         // in the same place: [quads][TRIAGE_LANES], of four keys
    float step, least;        // of the softmax
} int8_head;

TRIAGE_INLINE i32x16 load_integers(const int32_t *p) {
    i32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

TRIAGE_INLINE void store_integers(int32_t *p, i32x16 v) { memcpy(p, &v, sizeof v); }

// Where dot4 wants signed bytes on the left, unsigned ones enter as x - 128, and the other way round.
TRIAGE_INLINE i32x16 flipped(i32x16 bytes) { return bytes ^ (i32x16)(-0x7F7F7F80); }

// The bytes of each lane: bits 0 to 7 of a and c, bits 8 to 15 of b and d.
TRIAGE_INLINE i32x16 join(u32x16 a, u32x16 b, u32x16 c, u32x16 d) {
    u32x16 low = (a & 0xFF) | (b & 0xFF00), high = (c & 0xFF) | (d & 0xFF00);
    return (i32x16)(low | high << 16);
}

// Distances between the rows of a quad.
typedef struct {
    int64_t offsets[QUAD];
} row_quad;

// Of a quad from row `first`, of which and whose like `rows` rows are there.
TRIAGE_INLINE row_quad quad_of_rows(int64_t stride, int64_t first, int64_t rows) {
    row_quad quad;
    UNROLL for (int k = 0; k < QUAD; k++) quad.offsets[k] = (first + k < rows ? first + k : rows - 1) * stride;
    return quad;
}

// The greatest magnitudes of up to 16 columns of queries, keys and values each.
TRIAGE_INLINE void find_magnitudes(const float *qkv, int64_t columns, const int8_head *head, int64_t present,
                                   f32x16 magnitudes[PARTS]) {
    UNROLL for (int part = 0; part < PARTS; part++) magnitudes[part] = (f32x16)(1e-30f);
    for (int64_t row = 0; row < head->count; row++, qkv += head->stride) {
        UNROLL for (int part = 0; part < PARTS; part++) {
            f32x16 magnitude = FLOAT(BITS(load_some(qkv + part * columns, present)) & 0x7FFFFFFF);
            magnitudes[part] = greater(magnitude, magnitudes[part]);  // never a NaN
        }
    }
}

// Four rows from x on, rounded: a lane holds a column of each.
TRIAGE_INLINE i32x16 round_quad(const float *x, const row_quad *rows, int64_t columns, f32x16 inverse) {
    const f32x16 middle = TRIAGE_ROUNDER;
    u32x16 rounded[QUAD];
    UNROLL for (int k = 0; k < QUAD; k++) {
        f32x16 value = FMA(load_some(x + rows->offsets[k], columns), inverse, middle);
        rounded[k] = BITS(triage_clamp_vector(value, middle - 127.0f, middle + 127.0f));
    }
    return join(rounded[0], rounded[1] << 8, rounded[2], rounded[3] << 8);
}

// The same with four columns of a row in a lane, those of the four rows side by side.
TRIAGE_INLINE i32x16 round_rows_of_quad(const float *x, const row_quad *rows, int64_t columns, f32x16 inverse) {
    i8x64 b = (i8x64)round_quad(x, rows, columns, inverse);
#define FOUR(i) i, i + 4, i + 8, i + 12
#define SIXTEEN(i) FOUR(i), FOUR(i + 1), FOUR(i + 2), FOUR(i + 3)
    return (i32x16)__builtin_shufflevector(b, b, SIXTEEN(0), SIXTEEN(16), SIXTEEN(32), SIXTEEN(48));
#undef SIXTEEN
#undef FOUR
}

TRIAGE_INLINE void round_keys(const float *keys, const int8_head *head, int64_t d, int64_t columns, f32x16 inverse) {
    row_quad rows = quad_of_rows(head->stride, 0, QUAD);
    const float *x = keys + d;
    int32_t *out = head->keys + d;
    for (int64_t left = head->count; left > 0; left -= QUAD, x += QUAD * head->stride, out += head->width) {
        if (left < QUAD) rows = quad_of_rows(head->stride, 0, left);
        i32x16 bytes = round_rows_of_quad(x, &rows, columns, inverse);
        // What that adds to every score of a query the softmax does not see.
        store_integers(out, LEFT_IS_UNSIGNED ? flipped(bytes) : bytes);
    }
}

TRIAGE_INLINE void round_values(const float *values, const int8_head *head, int64_t d, int64_t columns) {
    row_quad rows = quad_of_rows(head->stride, 0, QUAD);
    f32x16 magnitude = load(head->scales + d);
    f32x16 inverse = triage_reciprocal_vector(magnitude) * 127.0f;
    i32x16 start = 0;
    const float *x = values + d;
    int32_t *out = head->values + d;
    for (int64_t left = head->count; left > 0; left -= QUAD, x += QUAD * head->stride, out += head->width) {
        if (left < QUAD) rows = quad_of_rows(head->stride, 0, left);
        i32x16 bytes = round_quad(x, &rows, columns, inverse);
        store_integers(out, bytes);
        if (!LEFT_IS_UNSIGNED) start = dot4(start, (i32x16)(0x40404040), bytes);
    }
    store(head->scales + d, magnitude * (1.0f / 127.0f));
    store_integers(head->starts + d, start * 2);
}

// Lane by lane of 128 bits, rows become columns.
TRIAGE_INLINE void transpose_lanes(i32x16 rows[QUAD]) {
#define PICK(a, b, i, j)                                                                                          \
    __builtin_shufflevector(a, b, i, i + 1, i + 2, i + 3, j, j + 1, j + 2, j + 3, i + 16, i + 17, i + 18, i + 19, \
                            j + 16, j + 17, j + 18, j + 19)
    i32x16 a = PICK(rows[0], rows[1], 0, 4), b = PICK(rows[0], rows[1], 8, 12);
    i32x16 c = PICK(rows[2], rows[3], 0, 4), d = PICK(rows[2], rows[3], 8, 12);
    rows[0] = PICK(a, c, 0, 8), rows[1] = PICK(a, c, 4, 12);
    rows[2] = PICK(b, d, 0, 8), rows[3] = PICK(b, d, 4, 12);
#undef PICK
}

TRIAGE_INLINE void round_queries(const float *queries, const int8_head *head, int64_t rows, f32x16 inverse) {
    EACH_VECTOR(head->head_size, d, columns, {
        i32x16 quads[QUAD];
        UNROLL for (int q = 0; q < QUAD; q++) {
            row_quad quad = quad_of_rows(head->stride, q * QUAD, rows);
            quads[q] = round_rows_of_quad(queries + d, &quad, columns, inverse);
        }
        transpose_lanes(quads);
        UNROLL for (int g = 0; g < QUAD; g++) {
            // Dimensions beyond the last are 0, whatever those of the keys are.
            int64_t present = columns - g * QUAD;
            if (present < QUAD) quads[g] = present > 0 ? quads[g] & (i32x16)((1 << 8 * present) - 1) : 0;
            store_integers(head->queries + (d / QUAD + g) * TRIAGE_LANES, quads[g]);
        }
    });
}

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
