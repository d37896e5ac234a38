// The floating-point kernels on vectors of 16 lanes, in clang's portable vector types. A file that includes this within
// a target attribute gets them compiled for its instruction set; the bits are those of kernels_scalar.c, because both
// perform the same operations in the same order.
#pragma once

#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "float_math.h"
#include "tables.h"

// Every function that takes or returns a vector is static: how wide ones are passed without AVX-512 does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));

#define SELECT(mask, a, b) ((mask) ? (a) : (b))
#define ROUND(x) __builtin_elementwise_rint(x)
#define TO_INT(x) __builtin_convertvector(x, i32x16)
#define BITS(x) ((u32x16)(x))
#define FLOAT(x) ((f32x16)(x))
TRIAGE_DEFINE_FLOAT_MATH(f32x16, u32x16, vector, SELECT, ROUND, TO_INT, BITS, FLOAT)

TRIAGE_INLINE float reciprocal(float x) { return triage_reciprocal_vector((f32x16)(x))[0]; }

TRIAGE_INLINE f32x16 load(const float *p) {
    f32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

TRIAGE_INLINE void store(float *p, f32x16 v) { memcpy(p, &v, sizeof v); }

// The first `count` lanes, `filler` in the rest.
TRIAGE_INLINE f32x16 load_some(const float *p, int64_t count, float filler) {
    if (count >= TRIAGE_LANES) return load(p);
    f32x16 v = (f32x16)(filler);
    memcpy(&v, p, (size_t)count * sizeof(float));
    return v;
}

TRIAGE_INLINE void store_some(float *p, f32x16 v, int64_t count) {
    if (count >= TRIAGE_LANES)
        store(p, v);
    else
        memcpy(p, &v, (size_t)count * sizeof(float));
}

TRIAGE_INLINE float sum_lanes(f32x16 v) {
    f32x8 a = v.lo + v.hi;
    f32x4 b = a.lo + a.hi;
    return (b.x + b.z) + (b.y + b.w);
}

TRIAGE_INLINE float greatest_lane(f32x16 v) {
    f32x8 a = SELECT(v.lo > v.hi, v.lo, v.hi);
    f32x4 b = SELECT(a.lo > a.hi, a.lo, a.hi);
    float c = b.x > b.z ? b.x : b.z, d = b.y > b.w ? b.y : b.w;
    return c > d ? c : d;
}

// The first `count` lanes of v, `filler` in the rest.
TRIAGE_INLINE f32x16 keep_some(f32x16 v, int64_t count, float filler) {
    const i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return SELECT(lane < (i32x16)((int32_t)count), v, (f32x16)(filler));
}

TRIAGE_INLINE f32x16 greater(f32x16 a, f32x16 b) { return SELECT(a > b, a, b); }

TRIAGE_INLINE f32x16 lesser(f32x16 a, f32x16 b) { return SELECT(a < b, a, b); }

TRIAGE_INLINE float dot(const float *a, const float *b, int64_t count) {
    f32x16 sum = 0;
    for (int64_t i = 0; i < count; i += TRIAGE_LANES) {
        sum = sum + load_some(a + i, count - i, 0) * load_some(b + i, count - i, 0);
    }
    return sum_lanes(sum);
}

// 16 inputs of a row, smoothed.
TRIAGE_INLINE f32x16 smoothed(const float *x, const float *smoothing, int64_t count) {
    f32x16 value = load_some(x, count, 0);
    return smoothing ? value * load_some(smoothing, count, 0) : value;
}

TRIAGE_INLINE u8x16 quantized(f32x16 value, float inverse, f32x16 zero) {
    value = triage_clamp_vector(value * inverse + zero, (f32x16)(0.0f), (f32x16)(255.0f));
    return __builtin_convertvector(TO_INT(ROUND(value)), u8x16);
}

static void quantize_rows(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *smoothing,
                          uint8_t *q, int64_t q_stride, triage_row_quantization *quantization) {
    int64_t whole = columns / TRIAGE_LANES * TRIAGE_LANES, rest = columns - whole;
    const float *rest_of_smoothing = smoothing ? smoothing + whole : NULL;
    for (int64_t row = 0; row < rows; row++, x += x_stride, q += q_stride) {
        f32x16 lows = 0, highs = 0;
        for (int64_t i = 0; i < whole; i += TRIAGE_LANES) {
            f32x16 value = smoothed(x + i, smoothing ? smoothing + i : NULL, TRIAGE_LANES);
            lows = lesser(value, lows);
            highs = greater(value, highs);
        }
        if (rest > 0) {
            f32x16 value = smoothed(x + whole, rest_of_smoothing, rest);
            lows = lesser(value, lows);
            highs = greater(value, highs);
        }
        float low = -greatest_lane(-lows), high = greatest_lane(highs);
        float range = high - low;
        range = range > 1e-30f ? range : 1e-30f;
        float inverse = reciprocal(range) * 255.0f;
        f32x16 zero = ROUND(triage_clamp_vector((f32x16)(-low * inverse), (f32x16)(0.0f), (f32x16)(255.0f)));
        for (int64_t i = 0; i < whole; i += TRIAGE_LANES) {
            f32x16 value = smoothed(x + i, smoothing ? smoothing + i : NULL, TRIAGE_LANES);
            u8x16 bytes = quantized(value, inverse, zero);
            memcpy(q + i, &bytes, sizeof bytes);
        }
        if (rest > 0) {
            u8x16 bytes = quantized(smoothed(x + whole, rest_of_smoothing, rest), inverse, zero);
            memcpy(q + whole, &bytes, (size_t)rest);
        }
        for (int64_t i = columns; i < q_stride; i++) q[i] = 0;
        quantization[row].scale = range * (1.0f / 255.0f);
        quantization[row].zero = (int32_t)zero[0];
    }
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
        for (int64_t i = 0; i < columns; i += TRIAGE_LANES) {
            f32x16 value = load_some(x + i, columns - i, 0) + load_some(bias + i, columns - i, 0);
            value = triage_activate_vector(value, activation);
            if (residual) value = value + load_some(residual + row * residual_stride + i, columns - i, 0);
            store_some(x + i, value, columns - i);
        }
    }
}

static void layer_norm(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *scale,
                       const float *shift, float epsilon, float *out, int64_t out_stride) {
    float per_column = reciprocal((float)columns);
    int64_t whole = columns / TRIAGE_LANES * TRIAGE_LANES, rest = columns - whole;
    for (int64_t row = 0; row < rows; row++, x += x_stride, out += out_stride) {
        f32x16 sum = 0;
        for (int64_t i = 0; i < whole; i += TRIAGE_LANES) sum = sum + load(x + i);
        if (rest > 0) sum = sum + load_some(x + whole, rest, 0);
        float mean = sum_lanes(sum) * per_column;
        f32x16 squares = 0;
        for (int64_t i = 0; i < whole; i += TRIAGE_LANES) {
            f32x16 centred = load(x + i) - mean;
            squares = squares + centred * centred;
        }
        if (rest > 0) {
            // Lanes beyond the row add nothing, not even where the mean is infinite.
            f32x16 centred = keep_some(load_some(x + whole, rest, 0) - mean, rest, 0);
            squares = squares + centred * centred;
        }
        float inverse = triage_inverse_square_root(sum_lanes(squares) * per_column + epsilon);
        for (int64_t i = 0; i < whole; i += TRIAGE_LANES) {
            store(out + i, ((load(x + i) - mean) * inverse) * load(scale + i) + load(shift + i));
        }
        if (rest > 0) {
            f32x16 value = ((load_some(x + whole, rest, 0) - mean) * inverse) * load_some(scale + whole, rest, 0);
            store_some(out + whole, value + load_some(shift + whole, rest, 0), rest);
        }
    }
}

TRIAGE_INLINE f32x16 table_elements(const triage_table *table, int64_t row, int64_t column, int64_t columns) {
    int64_t index = row * columns + column;
    if (columns - column >= TRIAGE_LANES) {
        if (table->type == TRIAGE_TABLE_F32) return load((const float *)table->data + index);
        if (table->type == TRIAGE_TABLE_I8) {
            typedef int8_t i8x16 __attribute__((ext_vector_type(16)));
            i8x16 bytes;
            memcpy(&bytes, (const int8_t *)table->data + index, sizeof bytes);
            return __builtin_convertvector(bytes, f32x16) * table->scales[row];
        }
    }
    f32x16 value = 0;
    for (int64_t i = 0; i < TRIAGE_LANES && column + i < columns; i++) {
        value[i] = triage_table_element(table, row, column + i, columns);
    }
    return value;
}

static void embed(const uint32_t *ids, const uint8_t *segment_ids, int64_t count, int64_t columns,
                  const triage_table *words, const triage_table *segments, const triage_table *positions, float *out,
                  int64_t out_stride) {
    for (int64_t i = 0; i < count; i++, out += out_stride) {
        for (int64_t j = 0; j < columns; j += TRIAGE_LANES) {
            f32x16 value = table_elements(words, ids[i], j, columns);
            if (segments->data) value = value + table_elements(segments, segment_ids[i], j, columns);
            if (positions->data) value = value + table_elements(positions, i, j, columns);
            store_some(out + j, value, columns - j);
        }
    }
}

static void mean_rows(const float *x, int64_t x_stride, int64_t rows, int64_t columns, float *out) {
    float inverse = reciprocal((float)rows);
    for (int64_t i = 0; i < columns; i += TRIAGE_LANES) {
        f32x16 sum = 0;
        for (int64_t row = 0; row < rows; row++) sum = sum + load_some(x + row * x_stride + i, columns - i, 0);
        store_some(out + i, sum * inverse, columns - i);
    }
}

static void normalize(float *x, int64_t count) {
    float squares = dot(x, x, count);
    float inverse = triage_inverse_square_root(squares > 1e-24f ? squares : 1e-24f);
    for (int64_t i = 0; i < count; i += TRIAGE_LANES) {
        store_some(x + i, load_some(x + i, count - i, 0) * inverse, count - i);
    }
}
