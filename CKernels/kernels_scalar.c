// The definition of every kernel, as plain loops. Nothing here is meant to be fast; see CKernels.h for the rules.
#include <math.h>
#include <string.h>

#include "CKernels.h"
#include "float_math.h"
#include "kernel_table.h"
#include "tables.h"

#define SELECT(mask, a, b) ((mask) ? (a) : (b))
static inline uint32_t bits_of(float x) {
    uint32_t i;
    memcpy(&i, &x, sizeof i);
    return i;
}
static inline float float_of(uint32_t i) {
    float x;
    memcpy(&x, &i, sizeof x);
    return x;
}
#define TO_INT(x) ((int32_t)(x))
TRIAGE_DEFINE_FLOAT_MATH(float, uint32_t, scalar, SELECT, rintf, TO_INT, bits_of, float_of)

static float sum_lanes(float lanes[TRIAGE_LANES]) {
    for (int half = TRIAGE_LANES / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) lanes[i] = lanes[i] + lanes[i + half];
    }
    return lanes[0];
}

static float dot(const float *a, const float *b, int64_t count) {
    float lanes[TRIAGE_LANES] = {0};
    for (int64_t i = 0; i < count; i++) lanes[i % TRIAGE_LANES] = lanes[i % TRIAGE_LANES] + a[i] * b[i];
    return sum_lanes(lanes);
}

static void quantize_rows(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *smoothing,
                          uint8_t *q, int64_t q_stride, triage_row_quantization *quantization) {
    for (int64_t row = 0; row < rows; row++, x += x_stride, q += q_stride) {
        float low = 0, high = 0;
        for (int64_t i = 0; i < columns; i++) {
            float value = smoothing ? x[i] * smoothing[i] : x[i];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        // The floor keeps the reciprocal of an all-zero row finite.
        float range = high - low;
        range = range > 1e-30f ? range : 1e-30f;
        float inverse = triage_reciprocal_scalar(range) * 255.0f;
        float zero = rintf(triage_clamp_scalar(-low * inverse, 0.0f, 255.0f));
        for (int64_t i = 0; i < columns; i++) {
            float value = smoothing ? x[i] * smoothing[i] : x[i];
            q[i] = (uint8_t)rintf(triage_clamp_scalar(value * inverse + zero, 0.0f, 255.0f));
        }
        memset(q + columns, 0, (size_t)(q_stride - columns));
        quantization[row].scale = range * (1.0f / 255.0f);
        quantization[row].zero = (int32_t)zero;
    }
}

static void linear_int8(const uint8_t *q, int64_t q_stride, const triage_row_quantization *quantization, int64_t rows,
                        const triage_linear_int8 *weights, triage_activation activation, const float *residual,
                        int64_t residual_stride, float *out, int64_t out_stride) {
    int64_t groups = (weights->inputs + 3) / 4;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < weights->outputs; column++) {
            const int8_t *panel = weights->packed + column / TRIAGE_PANEL * groups * TRIAGE_PANEL * 4;
            int32_t sum = -quantization[row].zero * weights->column_sums[column];
            for (int64_t group = 0; group < groups; group++) {
                const int8_t *w = panel + (group * TRIAGE_PANEL + column % TRIAGE_PANEL) * 4;
                for (int i = 0; i < 4; i++) sum += (int32_t)q[row * q_stride + group * 4 + i] * w[i];
            }
            float scale = quantization[row].scale * weights->scales[column];
            float value = (float)sum * scale + weights->bias[column];
            value = triage_activate_scalar(value, activation);
            if (residual) value = value + residual[row * residual_stride + column];
            out[row * out_stride + column] = value;
        }
    }
}

static void linear_f32(const float *x, int64_t x_stride, int64_t rows, const float *weights, const float *bias,
                       int64_t inputs, int64_t outputs, triage_activation activation, float *out, int64_t out_stride) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < outputs; column++) {
            float value = dot(x + row * x_stride, weights + column * inputs, inputs) + bias[column];
            out[row * out_stride + column] = triage_activate_scalar(value, activation);
        }
    }
}

static void finish_f32(float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *bias,
                       triage_activation activation, const float *residual, int64_t residual_stride) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t i = 0; i < columns; i++) {
            float value = triage_activate_scalar(x[row * x_stride + i] + bias[i], activation);
            x[row * x_stride + i] = residual ? value + residual[row * residual_stride + i] : value;
        }
    }
}

static void layer_norm(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const float *scale,
                       const float *shift, float epsilon, float *out, int64_t out_stride) {
    float per_column = triage_reciprocal_scalar((float)columns);
    for (int64_t row = 0; row < rows; row++, x += x_stride, out += out_stride) {
        float lanes[TRIAGE_LANES] = {0};
        for (int64_t i = 0; i < columns; i++) lanes[i % TRIAGE_LANES] = lanes[i % TRIAGE_LANES] + x[i];
        float mean = sum_lanes(lanes) * per_column;
        memset(lanes, 0, sizeof lanes);
        for (int64_t i = 0; i < columns; i++) {
            float centred = x[i] - mean;
            lanes[i % TRIAGE_LANES] = lanes[i % TRIAGE_LANES] + centred * centred;
        }
        float inverse = triage_inverse_square_root(sum_lanes(lanes) * per_column + epsilon);
        for (int64_t i = 0; i < columns; i++) out[i] = ((x[i] - mean) * inverse) * scale[i] + shift[i];
    }
}

static void embed(const uint32_t *ids, const uint8_t *segment_ids, int64_t count, int64_t columns,
                  const triage_table *words, const triage_table *segments, const triage_table *positions, float *out,
                  int64_t out_stride) {
    for (int64_t i = 0; i < count; i++, out += out_stride) {
        for (int64_t j = 0; j < columns; j++) {
            float value = triage_table_element(words, ids[i], j, columns);
            if (segments->data) value = value + triage_table_element(segments, segment_ids[i], j, columns);
            if (positions->data) value = value + triage_table_element(positions, i, j, columns);
            out[j] = value;
        }
    }
}

static void attention(const float *qkv, int64_t qkv_stride, int64_t count, int64_t heads, int64_t head_size,
                      float *scratch, float *out, int64_t out_stride) {
    float scale = triage_inverse_square_root((float)head_size);
    float *scores = scratch;
    for (int64_t head = 0; head < heads; head++) {
        const float *queries = qkv + head * head_size;
        const float *keys = queries + heads * head_size, *values = keys + heads * head_size;
        for (int64_t i = 0; i < count; i++) {
            float greatest = -INFINITY;
            for (int64_t j = 0; j < count; j++) {
                float sum = 0;
                for (int64_t d = 0; d < head_size; d++) {
                    sum = sum + queries[i * qkv_stride + d] * keys[j * qkv_stride + d];
                }
                scores[j] = sum * scale;
                greatest = scores[j] > greatest ? scores[j] : greatest;
            }
            float lanes[TRIAGE_LANES] = {0};
            for (int64_t j = 0; j < count; j++) {
                scores[j] = triage_exponential_scalar(scores[j] - greatest);
                lanes[j % TRIAGE_LANES] = lanes[j % TRIAGE_LANES] + scores[j];
            }
            float inverse = triage_reciprocal_scalar(sum_lanes(lanes));
            for (int64_t d = 0; d < head_size; d++) {
                float sum = 0;
                for (int64_t j = 0; j < count; j++) sum = sum + scores[j] * values[j * qkv_stride + d];
                out[i * out_stride + head * head_size + d] = sum * inverse;
            }
        }
    }
}

static void mean_rows(const float *x, int64_t x_stride, int64_t rows, int64_t columns, float *out) {
    float inverse = triage_reciprocal_scalar((float)rows);
    for (int64_t i = 0; i < columns; i++) {
        float sum = 0;
        for (int64_t row = 0; row < rows; row++) sum = sum + x[row * x_stride + i];
        out[i] = sum * inverse;
    }
}

static void normalize(float *x, int64_t count) {
    float squares = dot(x, x, count);
    float inverse = triage_inverse_square_root(squares > 1e-24f ? squares : 1e-24f);
    for (int64_t i = 0; i < count; i++) x[i] = x[i] * inverse;
}

TRIAGE_KERNEL_TABLE(scalar);
