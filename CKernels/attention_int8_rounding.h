// Queries, keys and values of a head in 8 bits, as attention_int8_vector.h multiplies them.
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
TRIAGE_INLINE i32x16 flipped(i32x16 bytes) { return (i32x16)((i8x64)bytes ^ (i8x64)(-128)); }

// The bytes of each lane: bits 0 to 7 of a and c, bits 8 to 15 of b and d.
TRIAGE_INLINE i32x16 join(u32x16 a, u32x16 b, u32x16 c, u32x16 d) {
    u32x16 low = (a & 0xFF) | (b & 0xFF00), high = (c & 0xFF) | (d & 0xFF00);
    return (i32x16)(low | high << 16);
}

// Distances between the rows of a quad.
typedef struct {
    int64_t offsets[QUAD];
} row_quad;

// Of the quad from row `first` of `rows` rows.
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
        // Adds the same to every score of a query: see round_queries.
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

// Dimensions beyond the last are the same in all keys, so they add the same to every score of a query, which the
// softmax does not see.
TRIAGE_INLINE void round_queries(const float *queries, const int8_head *head, int64_t rows, f32x16 inverse) {
    EACH_VECTOR(head->head_size, d, columns, {
        i32x16 quads[QUAD];
        UNROLL for (int q = 0; q < QUAD; q++) {
            row_quad quad = quad_of_rows(head->stride, q * QUAD, rows);
            quads[q] = round_rows_of_quad(queries + d, &quad, columns, inverse);
        }
        transpose_lanes(quads);
        UNROLL for (int g = 0; g < QUAD; g++) {
            store_integers(head->queries + (d / QUAD + g) * TRIAGE_LANES, quads[g]);
        }
    });
}
