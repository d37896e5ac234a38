// The remaining floating-point kernels on vectors.
#pragma once

#include "tables.h"
#include "vector.h"

TRIAGE_INLINE float dot(const float *a, const float *b, int64_t columns) {
    f32x16 sum = 0;
    EACH_VECTOR(columns, i, count, { sum = FMA(load_some(a + i, count), load_some(b + i, count), sum); });
    return sum_lanes(sum);
}

static void linear_f32(const float *x, int64_t x_stride, int64_t rows, const float *weights, const float *bias,
                       int64_t inputs, int64_t outputs, triage_activation activation, float *out, int64_t out_stride) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < outputs; column++) {
            float value = dot(x + row * x_stride, weights + column * inputs, inputs) + bias[column];
            out[row * out_stride + column] = triage_activate_vector((f32x16)(value), activation)[0];
        }
    }
}

static void finish_f32(float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *bias,
                       triage_activation activation, const float *residual, int64_t residual_stride) {
    for (int64_t row = 0; row < rows; row++, x += x_stride) {
        const float *other = residual ? residual + row * residual_stride : NULL;
        EACH_VECTOR(columns, i, count, {
            f32x16 value = load_some(x + i, count);
            if (bias) value = value + load_some(bias + i, count);
            value = triage_activate_vector(value, activation);
            if (other) value = value + load_some(other + i, count);
            store_some(x + i, value, count);
        });
    }
}

TRIAGE_INLINE f32x16 table_elements(const triage_table *table, int64_t row, int64_t column, int64_t columns) {
    int64_t index = row * columns + column;
    f32x16 value = 0;
    if (columns - column >= TRIAGE_LANES) {
        switch (table->type) {
            case TRIAGE_TABLE_F32:
                return load((const char *)table->data + 4 * index);
            case TRIAGE_TABLE_F16: {
                f16x16 halves;
                memcpy(&halves, (const char *)table->data + 2 * index, sizeof halves);
                return __builtin_convertvector(halves, f32x16);
            }
            case TRIAGE_TABLE_BF16: {
                u16x16 halves;
                memcpy(&halves, (const char *)table->data + 2 * index, sizeof halves);
                return FLOAT(__builtin_convertvector(halves, u32x16) << 16);
            }
            case TRIAGE_TABLE_I8: {
                i8x16 bytes;
                memcpy(&bytes, (const int8_t *)table->data + index, sizeof bytes);
                return __builtin_convertvector(bytes, f32x16) * table->scales[row];
            }
            case TRIAGE_TABLE_I4:
                break;
        }
    }
    for (int64_t i = 0; i < TRIAGE_LANES && column + i < columns; i++) {
        value[i] = triage_table_element(table, row, column + i, columns);
    }
    return value;
}

// Rows of a large table are far apart and rarely in a cache: asks for all of them before the first is needed.
TRIAGE_INLINE void prefetch_rows(const triage_table *table, const uint32_t *ids, int64_t count, int64_t columns) {
    const int64_t line = 64;
    int64_t row = table->type == TRIAGE_TABLE_I8 ? columns : 4 * columns;
    for (int64_t i = 0; i < count; i++) {
        const char *start = (const char *)table->data + ids[i] * row;
        for (int64_t byte = 0; byte < row; byte += line) __builtin_prefetch(start + byte);
    }
}

static void embed(const uint32_t *ids, const uint8_t *segment_ids, int64_t count, int64_t columns,
                  const triage_table *words, const triage_table *segments, const triage_table *positions, float *out,
                  int64_t out_stride) {
    if (words->type == TRIAGE_TABLE_I8 || words->type == TRIAGE_TABLE_F32) prefetch_rows(words, ids, count, columns);
    for (int64_t row = 0; row < count; row++, out += out_stride) {
        EACH_VECTOR(columns, i, present, {
            f32x16 value = table_elements(words, ids[row], i, columns);
            if (segments->data) value = value + table_elements(segments, segment_ids[row], i, columns);
            if (positions->data) value = value + table_elements(positions, row, i, columns);
            store_some(out + i, value, present);
        });
    }
}

static void mean_rows(const float *x, int64_t x_stride, int64_t rows, int64_t columns, float *out) {
    float inverse = reciprocal((float)rows);
    EACH_VECTOR(columns, i, count, {
        f32x16 sum = 0;
        for (int64_t row = 0; row < rows; row++) sum = sum + load_some(x + row * x_stride + i, count);
        store_some(out + i, sum * inverse, count);
    });
}

static void normalize(float *x, int64_t columns) {
    float squares = dot(x, x, columns);
    float inverse = triage_inverse_square_root(squares > 1e-24f ? squares : 1e-24f);
    EACH_VECTOR(columns, i, count, { store_some(x + i, load_some(x + i, count) * inverse, count); });
}
