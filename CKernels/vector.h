// Vectors of 16 lanes in clang's portable vector types, and the elementary functions on them. A file that includes this
// within a target attribute gets them compiled for its instruction set; the bits are those of kernels_scalar.c, because
// both perform the same operations in the same order.
#pragma once

#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "float_math.h"

// Every function that takes or returns a vector is static: how wide ones are passed without AVX-512 does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef float f32x8 __attribute__((ext_vector_type(8)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x8 __attribute__((ext_vector_type(8)));
typedef uint32_t u32x16 __attribute__((ext_vector_type(16)));
typedef int8_t i8x16 __attribute__((ext_vector_type(16)));
typedef int8_t i8x64 __attribute__((ext_vector_type(64)));
typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
typedef _Float16 f16x16 __attribute__((ext_vector_type(16)));
typedef uint8_t u8x16 __attribute__((ext_vector_type(16)));

// Before a loop whose count is a constant where it is inlined: its arrays are registers.
#define UNROLL _Pragma("clang loop unroll(full)")

// Runs the statements for each 16 of `columns` columns from `i`, `count` of them present: a constant 16 in the loop.
#define EACH_VECTOR(columns, i, count, ...)                        \
    do {                                                           \
        int64_t i = 0;                                             \
        for (; i + TRIAGE_LANES <= (columns); i += TRIAGE_LANES) { \
            const int64_t count = TRIAGE_LANES;                    \
            __VA_ARGS__                                            \
        }                                                          \
        if (i < (columns)) {                                       \
            const int64_t count = (columns)-i;                     \
            __VA_ARGS__                                            \
        }                                                          \
    } while (0)

#define SELECT(mask, a, b) ((mask) ? (a) : (b))
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define BITS(x) ((u32x16)(x))
#define FLOAT(x) ((f32x16)(x))
TRIAGE_DEFINE_FLOAT_MATH(f32x16, u32x16, vector, SELECT, FMA, BITS, FLOAT)

TRIAGE_INLINE float reciprocal(float x) { return triage_reciprocal_vector((f32x16)(x))[0]; }

TRIAGE_INLINE f32x16 load(const void *p) {
    f32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

TRIAGE_INLINE void store(float *p, f32x16 v) { memcpy(p, &v, sizeof v); }

// The first `count` lanes, 0 in the rest.
TRIAGE_INLINE f32x16 load_some(const float *p, int64_t count) {
    if (count >= TRIAGE_LANES) return load(p);
    f32x16 v = 0;
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

// The first `count` lanes of v, 0 in the rest.
TRIAGE_INLINE f32x16 keep_some(f32x16 v, int64_t count) {
    const i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return SELECT(lane < (i32x16)((int32_t)count), v, (f32x16)(0.0f));
}

TRIAGE_INLINE f32x16 greater(f32x16 a, f32x16 b) { return SELECT(a > b, a, b); }

TRIAGE_INLINE f32x16 lesser(f32x16 a, f32x16 b) { return SELECT(a < b, a, b); }

// Size of the next group of `left` things: `size`, except that what does not fill two groups is shared evenly between
// two, because a small group waits for its own sums.
TRIAGE_INLINE int64_t next_group(int64_t left, int64_t size) {
    return left >= 2 * size || left == size ? size : left > size ? (left + 1) / 2 : left;
}

// A switch over group sizes, so that each is a constant where it is inlined.
#define GROUP_SIZES(CASE) \
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
