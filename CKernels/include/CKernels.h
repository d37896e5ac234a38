// Arithmetic kernels of the encoder: one definition (scalar), faster twins with the same bits.
//
// Every step is defined once, by kernels_scalar.c, so that a result does not depend on the machine:
//   - integer products are summed exactly in 32 bits;
//   - floating point is IEEE-754 binary32, round to nearest even. A multiply that feeds an add is fused with it
//     (rounded once) where the definition says so, and only there. No division and no library function but fmaf:
//     reciprocal, inverse square root, exponential and the normal distribution are the polynomials and Newton steps of
//     float_math.h;
//   - a sum over a row runs in TRIAGE_LANES interleaved lanes (lane = index mod TRIAGE_LANES), which are then added in
//     halves: lane i takes lane i + 8, then i + 4, i + 2, i + 1. In `attention` sums over head dimensions and over keys
//     are sequential.
//
// Kernels keep no state, allocate nothing and may run on many threads at once. Matrices are row-major; a stride counts
// elements. Pointers must not alias unless a comment says so.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRIAGE_LANES 16
// Columns of one packed weight panel: three 16-lane registers of accumulators a row.
#define TRIAGE_PANEL 48
// The inner dimension may not exceed this: twice 255 * 127 * 32768, a sum and its zero-point part, fits 32 bits.
#define TRIAGE_MAXIMUM_INNER 32768

typedef enum {
    TRIAGE_ACTIVATION_NONE = 0,
    TRIAGE_ACTIVATION_GELU = 1,       // x * Phi(x), Phi by polynomial (error of the product below 1.3e-6)
    TRIAGE_ACTIVATION_GELU_TANH = 2,  // the tanh approximation of Hendrycks and Gimpel, arXiv:1606.08415
    TRIAGE_ACTIVATION_RELU = 3,
    TRIAGE_ACTIVATION_TANH = 4,
} triage_activation;

typedef enum {
    TRIAGE_TABLE_F32 = 0,
    TRIAGE_TABLE_F16 = 1,
    TRIAGE_TABLE_BF16 = 2,
    TRIAGE_TABLE_I8 = 3,  // one scale a row
    TRIAGE_TABLE_I4 = 4,  // two a byte, low nibble first, stored value + 8; one scale a row
} triage_table_type;

// An embedding table; elements may be unaligned (a mapped file).
typedef struct {
    triage_table_type type;
    const void *data;
    const float *scales;  // by row; null for floating-point types
} triage_table;

// How one row of activations was quantised: x = scale * (q - zero).
typedef struct {
    float scale;
    int32_t zero;
} triage_row_quantization;

// Quantised rows. Bytes between the last column and the stride are readable and mean nothing: weights there are 0.
typedef struct {
    uint8_t *values;
    int64_t stride;  // a multiple of 4
    triage_row_quantization *rows;
} triage_quantized;

// Weights of a linear layer, int8, one symmetric scale an output, packed for the kernels:
// [output / 48][input / 4][48][4], both dimensions padded with zeros.
typedef struct {
    const int8_t *packed;
    const float *scales;         // [outputs padded to 48]
    const int32_t *column_sums;  // [outputs padded to 48] sum of an output's weights over the inputs
    const float *bias;           // [outputs padded to 48]
    int64_t inputs;
    int64_t outputs;
} triage_linear_int8;

typedef struct {
    const float *scale, *shift;  // by column
    float epsilon;
} triage_norm;

typedef struct {
    const char *name;

    // q = clamp(round(activation(x) * smoothing / scale) + zero), u8, scale and zero of each row chosen so that its
    // least and greatest value and 0 are representable. GELU is the rough one of float_math.h: what is lost is a
    // hundredth of what rounding loses. smoothing: [columns] or null. x is scratch afterwards.
    void (*quantize_rows)(float *x, int64_t x_stride, int64_t rows, int64_t columns, triage_activation activation,
                          const float *smoothing, const triage_quantized *q);

    // out = dequantised(q * weights) + bias + residual. residual may be null.
    void (*linear_int8)(const triage_quantized *q, int64_t rows, const triage_linear_int8 *weights,
                        const float *residual, int64_t residual_stride, float *out, int64_t out_stride);

    // out = x * weights^T + bias, weights [outputs][inputs]: for heads, whose outputs are few.
    void (*linear_f32)(const float *x, int64_t x_stride, int64_t rows, const float *weights, const float *bias,
                       int64_t inputs, int64_t outputs, triage_activation activation, float *out, int64_t out_stride);

    // x = activation(x + bias) + residual, in place: the epilogue of a matrix product made elsewhere. bias and residual
    // may be null.
    void (*finish_f32)(float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *bias,
                       triage_activation activation, const float *residual, int64_t residual_stride);

    // out = (x - mean) / sqrt(variance + epsilon) * scale + shift, by row (Ba et al., arXiv:1607.06450). out may be x.
    // Where q is not null, out is also quantised as quantize_rows does.
    void (*layer_norm)(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const triage_norm *norm,
                       float *out, int64_t out_stride, const float *smoothing, const triage_quantized *q);

    // out[i] = (words[ids[i]] + segments[segment_ids[i]]) + positions[i]; a table without data adds nothing.
    void (*embed)(const uint32_t *ids, const uint8_t *segment_ids, int64_t count, int64_t columns,
                  const triage_table *words, const triage_table *segments, const triage_table *positions, float *out,
                  int64_t out_stride);

    // Softmax(Q K^T / sqrt(head_size)) V for one sequence (Vaswani et al., arXiv:1706.03762) in `heads` heads. qkv
    // holds queries, keys and values side by side, `columns` columns of each. scratch: triage_attention_scratch(count,
    // head_size) floats.
    void (*attention)(const float *qkv, int64_t qkv_stride, int64_t columns, int64_t count, int64_t heads,
                      int64_t head_size, float *scratch, float *out, int64_t out_stride);

    // The same in 8 bits. Queries and keys are rounded with one symmetric scale each for a head and sequence, values
    // with one for each dimension; scores are exact integers. Weights are 255 * 2^(score - greatest score), rounded by
    // triage_attention_threshold; the sum they are divided by is theirs. scratch is aligned to 4 bytes. Up to 65,536
    // tokens the sums fit 32 bits. Values that are not finite are rounded like others: what comes out may be finite.
    void (*attention_int8)(const float *qkv, int64_t qkv_stride, int64_t columns, int64_t count, int64_t heads,
                           int64_t head_size, float *scratch, float *out, int64_t out_stride);

    // out = mean over rows.
    void (*mean_rows)(const float *x, int64_t x_stride, int64_t rows, int64_t columns, float *out);

    // x = x / max(|x|, 1e-12).
    void (*normalize)(float *x, int64_t count);
} triage_kernels;

typedef enum {
    TRIAGE_ISA_SCALAR = 0,
    TRIAGE_ISA_AVX2 = 1,
    TRIAGE_ISA_AVXVNNI = 2,
    TRIAGE_ISA_AVX512VNNI = 3,
    TRIAGE_ISA_NEON = 4,  // with the dot-product extension
} triage_isa;

// The kernels for an instruction set; null when this CPU or operating system lacks it (on x86 CPUID and
// XCR0 say so, on ARM the kernel's AT_HWCAP).
const triage_kernels *triage_kernels_for(triage_isa isa);

// Floats of scratch that `attention` and `attention_int8` need for one sequence: TRIAGE_LANES queries of a head and
// their scores, and in 8 bits its keys and values.
int64_t triage_attention_scratch(int64_t count, int64_t head_size);

// Bytes of packed weights for a layer of this size.
int64_t triage_packed_size(int64_t inputs, int64_t outputs);

// Packs outputs [first, first + count) of a layer from rows of `inputs` weights and writes their sums to
// column_sums[first...]. The destination must start zeroed. A weight of -128, which symmetric quantisation to 255
// values has no use for, becomes -127: the AVX2 kernel needs its negative to fit a byte.
void triage_pack_int8(const int8_t *rows, int64_t inputs, int64_t first, int64_t count, int8_t *packed,
                      int32_t *column_sums);

// Multiply-accumulates of the instruction set (u8 by s8 into 32 bits, or float) and nothing else, for `rounds` turns
// of a loop; returns how many there were, 0 when this machine cannot.
int64_t triage_peak(triage_isa isa, bool is_integer, int64_t rounds);
