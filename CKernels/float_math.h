// The elementary functions of the definition, written once for both a float and a vector of floats.
//
// F is float or a vector of floats, I the unsigned integer type of the same width. Only operations whose result
// IEEE-754 fixes are used, so all widths and all machines agree to the bit.
#pragma once

#include <stdint.h>

// A multiply and an add are fused where the definition says FMA, and nowhere else.
#pragma STDC FP_CONTRACT OFF

// A call would pass vectors through memory.
#define TRIAGE_INLINE static inline __attribute__((always_inline))

#define TRIAGE_LOG2_E 1.44269504f

#define TRIAGE_NORMAL_LIMIT 5.0f

// Phi(x) - 1/2 = x * P(2 (x/5)^2 - 1) for |x| <= 5. Weighted least squares at Chebyshev nodes, degree 12.
static const float triage_normal_coefficients[13] = {
    0x1.218356p-3f,  -0x1.1fef0cp-4f,  0x1.a60f5ep-5f,  -0x1.4b4bd2p-5f, 0x1.018632p-5f,
    -0x1.7d5a1ap-6f, 0x1.0d3216p-6f,   -0x1.6d4006p-7f, 0x1.a04e62p-8f,  -0x1.627becp-9f,
    0x1.d1f896p-10f, -0x1.a5026ap-10f, 0x1.351b4ep-11f,
};

// The same within 1.3e-4 of x * Phi(x) for all x: x * P(x^2) for |x| <= 4, exactly 1/2 at 4. Where 8 bits are all that
// is kept of the result, this is a hundredth of a step.
#define TRIAGE_ROUGH_NORMAL_LIMIT 4.0f
static const float triage_rough_normal_coefficients[8] = {
    0x1.97bfe40000000p-2f,  -0x1.0a8b880000000p-4f,  0x1.2866460000000p-7f, -0x1.cf99460000000p-11f,
    0x1.e3252c0000000p-15f, -0x1.3803f20000000p-19f, 0x1.b6eaep-25f,        -0x1.eb654p-32f};

// (2^x - 1) / x for |x| <= 1/2: minimax in the relative error of 2^x, below 1e-7.
static const float triage_exponential_coefficients[5] = {
    0x1.62e42ap-1f, 0x1.ebf9bcp-3f, 0x1.c6b754p-5f, 0x1.3cea84p-7f, 0x1.5bb9f4p-10f,
};

// 255 * 2^x for |x| <= 1/2: minimax in the relative error, 1e-4, a fortieth of the rounding to 8 bits at most.
static const float triage_attention_coefficients[4] = {255.0f, 0x1.619304p+7f, 0x1.ee1c42p+5f, 0x1.c0dfb8p+3f};

// Added to a float below 2^22 in magnitude it leaves the nearest integer in the low bits, ties to even.
#define TRIAGE_ROUNDER 12582912.0f

// Defines the functions for one pair of types. SELECT(mask, a, b) picks by comparison result, FMA(a, b, c) is a * b + c
// rounded once, BITS and FLOAT reinterpret.
#define TRIAGE_DEFINE_FLOAT_MATH(F, I, SUFFIX, SELECT, FMA, BITS, FLOAT)                                             \
    TRIAGE_INLINE F triage_clamp_##SUFFIX(F x, F low, F high) {                                                      \
        x = SELECT(x > low, x, low); /* a NaN becomes `low` */                                                       \
        return SELECT(x < high, x, high);                                                                            \
    }                                                                                                                \
                                                                                                                     \
    /* 1/x for positive normal x: three Newton steps from a guess within 5 %. */                                     \
    TRIAGE_INLINE F triage_reciprocal_##SUFFIX(F x) {                                                                \
        F y = FLOAT((I)(0x7EF311C3u - BITS(x)));                                                                     \
        for (int step = 0; step < 3; step++) y = FMA(FMA(-x, y, (F)(1.0f)), y, y);                                   \
        return y;                                                                                                    \
    }                                                                                                                \
                                                                                                                     \
    /* 2^x; arguments outside [-126, 126] are clamped to it, so that the result has a normal reciprocal. */          \
    TRIAGE_INLINE F triage_exponential_##SUFFIX(F x) {                                                               \
        x = triage_clamp_##SUFFIX(x, (F)(-126.0f), (F)(126.0f));                                                     \
        F n = x + TRIAGE_ROUNDER;                                                                                    \
        F r = x - (n - TRIAGE_ROUNDER);                                                                              \
        F p = (F)(triage_exponential_coefficients[4]);                                                               \
        _Pragma("clang loop unroll(full)") for (int i = 3; i >= 0; i--) {                                            \
            p = FMA(p, r, (F)(triage_exponential_coefficients[i]));                                                  \
        }                                                                                                            \
        p = FMA(p, r, (F)(1.0f));                                                                                    \
        return FLOAT((I)(BITS(p) + (BITS(n) << 23)));                                                                \
    }                                                                                                                \
                                                                                                                     \
    /* 1 / (1 + exp(-x)) */                                                                                          \
    TRIAGE_INLINE F triage_sigmoid_##SUFFIX(F x) {                                                                   \
        return triage_reciprocal_##SUFFIX(1.0f + triage_exponential_##SUFFIX(x * -TRIAGE_LOG2_E));                   \
    }                                                                                                                \
                                                                                                                     \
    TRIAGE_INLINE F triage_gelu_##SUFFIX(F x) {                                                                      \
        F c = triage_clamp_##SUFFIX(x, (F)(-TRIAGE_NORMAL_LIMIT), (F)(TRIAGE_NORMAL_LIMIT));                         \
        F t = FMA(c * c, (F)(2.0f / (TRIAGE_NORMAL_LIMIT * TRIAGE_NORMAL_LIMIT)), (F)(-1.0f));                       \
        F p = (F)(triage_normal_coefficients[12]);                                                                   \
        _Pragma("clang loop unroll(full)") for (int i = 11; i >= 0; i--) {                                           \
            p = FMA(p, t, (F)(triage_normal_coefficients[i]));                                                       \
        }                                                                                                            \
        return x * FMA(c, p, (F)(0.5f));                                                                             \
    }                                                                                                                \
                                                                                                                     \
    TRIAGE_INLINE F triage_activate_##SUFFIX(F x, triage_activation activation) {                                    \
        switch (activation) {                                                                                        \
            case TRIAGE_ACTIVATION_GELU:                                                                             \
                return triage_gelu_##SUFFIX(x);                                                                      \
            /* tanh(u) = 2 sigmoid(2u) - 1, so x (1 + tanh(u)) / 2 = x sigmoid(2u), u = sqrt(2/pi)(x + 0.044715 x^3) \
             */                                                                                                      \
            case TRIAGE_ACTIVATION_GELU_TANH:                                                                        \
                return x * triage_sigmoid_##SUFFIX(FMA((x * x) * x, (F)(0.044715f), x) * 1.5957691216057308f);       \
            case TRIAGE_ACTIVATION_RELU:                                                                             \
                return SELECT(x > (F)(0.0f), x, (F)(0.0f));                                                          \
            case TRIAGE_ACTIVATION_TANH:                                                                             \
                return FMA(triage_sigmoid_##SUFFIX(x * 2.0f), (F)(2.0f), (F)(-1.0f));                                \
            case TRIAGE_ACTIVATION_NONE:                                                                             \
                break;                                                                                               \
        }                                                                                                            \
        return x;                                                                                                    \
    }

// 1/sqrt(x) for positive normal x: three Newton steps from a guess within 4 %. Used once a row, so scalar everywhere.
TRIAGE_INLINE float triage_inverse_square_root(float x) {
    union {
        float f;
        uint32_t i;
    } y = {.f = x};
    y.i = 0x5F3759DF - (y.i >> 1);
    float half = 0.5f * x;
    for (int step = 0; step < 3; step++) {
        float error = __builtin_fmaf(-(half * y.f), y.f, 0.5f);
        y.f = __builtin_fmaf(y.f, error, y.f);
    }
    return y.f;
}

// Added to a weight between 0 and 255 it leaves, 8 bits up, the weight rounded down or up. Which one depends on the
// key: a weight of 0.3 becomes 1 for three keys in ten, so that what many small weights add up to is kept, where
// rounding to nearest would drop all of them. Multiples of the golden ratio spread the thresholds evenly over any run
// of keys.
TRIAGE_INLINE float triage_attention_threshold(int64_t key) {
    uint32_t part = ((uint32_t)key + 1) * 2654435769u >> 24;
    return 49152.0f + (float)part * 0x1p-8f;
}
