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
TRIAGE_DEFINE_FLOAT_MATH(float, uint32_t, scalar, SELECT, fmaf, bits_of, float_of)

static float sum_lanes(float lanes[TRIAGE_LANES]) {
    for (int half = TRIAGE_LANES / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) lanes[i] = lanes[i] + lanes[i + half];
    }
    return lanes[0];
}

// See triage_attention_coefficients: the weight of key `key`, whose score is `difference` steps from the greatest.
static int32_t attention_weight(float difference, float step, float least, int64_t key) {
    float d = difference > least ? difference : least;
    float n = fmaf(d, step, TRIAGE_ROUNDER);
    float r = fmaf(d, step, -(n - TRIAGE_ROUNDER));
    float p = triage_attention_coefficients[3];
    for (int i = 2; i >= 0; i--) p = fmaf(p, r, triage_attention_coefficients[i]);
    float weight = float_of(bits_of(p) + (bits_of(n) << 23)) + triage_attention_threshold(key);
    return bits_of(weight) >> 8 & 255;
}

static float dot(const float *a, const float *b, int64_t count) {
    float lanes[TRIAGE_LANES] = {0};
    for (int64_t i = 0; i < count; i++) lanes[i % TRIAGE_LANES] = fmaf(a[i], b[i], lanes[i % TRIAGE_LANES]);
    return sum_lanes(lanes);
}

static float rough_gelu(float x) {
    float c = triage_clamp_scalar(x, -TRIAGE_ROUGH_NORMAL_LIMIT, TRIAGE_ROUGH_NORMAL_LIMIT);
    float u = c * c;
    float p = triage_rough_normal_coefficients[7];
    for (int i = 6; i >= 0; i--) p = fmaf(p, u, triage_rough_normal_coefficients[i]);
    return x * fmaf(c, p, 0.5f);
}

static void quantize_row(const float *x, int64_t columns, const float *smoothing, const triage_quantized *q,
                         int64_t row) {
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
    float zero = triage_clamp_scalar(-low * inverse, 0.0f, 255.0f) + TRIAGE_ROUNDER;
    for (int64_t i = 0; i < columns; i++) {
        float value = fmaf(smoothing ? x[i] * smoothing[i] : x[i], inverse, zero);
        value = triage_clamp_scalar(value, TRIAGE_ROUNDER, TRIAGE_ROUNDER + 255.0f);
        q->values[row * q->stride + i] = (uint8_t)bits_of(value);
    }
    q->rows[row].scale = range * (1.0f / 255.0f);
    q->rows[row].zero = (int32_t)(zero - TRIAGE_ROUNDER);
}

static void quantize_rows(float *x, int64_t x_stride, int64_t rows, int64_t columns, triage_activation activation,
                          const float *smoothing, const triage_quantized *q) {
    for (int64_t row = 0; row < rows; row++, x += x_stride) {
        for (int64_t i = 0; i < columns; i++) {
            x[i] = activation == TRIAGE_ACTIVATION_GELU ? rough_gelu(x[i]) : triage_activate_scalar(x[i], activation);
        }
        quantize_row(x, columns, smoothing, q, row);
    }
}

static void linear_int8(const triage_quantized *q, int64_t rows, const triage_linear_int8 *weights,
                        const float *residual, int64_t residual_stride, float *out, int64_t out_stride) {
    int64_t groups = (weights->inputs + 3) / 4;
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t *x = q->values + row * q->stride;
        for (int64_t column = 0; column < weights->outputs; column++) {
            const int8_t *panel = weights->packed + column / TRIAGE_PANEL * groups * TRIAGE_PANEL * 4;
            int32_t sum = -q->rows[row].zero * weights->column_sums[column];
            for (int64_t group = 0; group < groups; group++) {
                const int8_t *w = panel + (group * TRIAGE_PANEL + column % TRIAGE_PANEL) * 4;
                for (int i = 0; i < 4; i++) sum += (int32_t)x[group * 4 + i] * w[i];
            }
            float scale = q->rows[row].scale * weights->scales[column];
            float value = fmaf((float)sum, scale, weights->bias[column]);
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
            float value = bias ? x[row * x_stride + i] + bias[i] : x[row * x_stride + i];
            value = triage_activate_scalar(value, activation);
            x[row * x_stride + i] = residual ? value + residual[row * residual_stride + i] : value;
        }
    }
}

static void layer_norm(const float *x, int64_t x_stride, int64_t rows, int64_t columns, const triage_norm *norm,
                       float *out, int64_t out_stride, const float *smoothing, const triage_quantized *q) {
    float per_column = triage_reciprocal_scalar((float)columns);
    for (int64_t row = 0; row < rows; row++) {
        const float *from = x + row * x_stride;
        float *to = out + row * out_stride;
        float lanes[TRIAGE_LANES] = {0};
        for (int64_t i = 0; i < columns; i++) lanes[i % TRIAGE_LANES] = lanes[i % TRIAGE_LANES] + from[i];
        float mean = sum_lanes(lanes) * per_column;
        memset(lanes, 0, sizeof lanes);
        for (int64_t i = 0; i < columns; i++) {
            float centred = from[i] - mean;
            lanes[i % TRIAGE_LANES] = fmaf(centred, centred, lanes[i % TRIAGE_LANES]);
        }
        float inverse = triage_inverse_square_root(fmaf(sum_lanes(lanes), per_column, norm->epsilon));
        for (int64_t i = 0; i < columns; i++) {
            to[i] = fmaf(fmaf(from[i], inverse, -(mean * inverse)), norm->scale[i], norm->shift[i]);
        }
        if (q) quantize_row(to, columns, smoothing, q, row);
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

static void attention(const float *qkv, int64_t qkv_stride, int64_t columns, int64_t count, int64_t heads,
                      int64_t head_size, float *scratch, float *out, int64_t out_stride) {
    float scale = triage_inverse_square_root((float)head_size) * TRIAGE_LOG2_E;
    float *weights = scratch;
    for (int64_t head = 0; head < heads; head++) {
        const float *queries = qkv + head * head_size;
        const float *keys = queries + columns, *values = keys + columns;
        for (int64_t i = 0; i < count; i++) {
            float greatest = -INFINITY;
            for (int64_t j = 0; j < count; j++) {
                float score = 0;
                for (int64_t d = 0; d < head_size; d++) {
                    score = fmaf(queries[i * qkv_stride + d], keys[j * qkv_stride + d], score);
                }
                weights[j] = score;
                greatest = score > greatest ? score : greatest;
            }
            float sum = 0;
            for (int64_t j = 0; j < count; j++) {
                weights[j] = triage_exponential_scalar(fmaf(weights[j], scale, -(greatest * scale)));
                sum = sum + weights[j];
            }
            float inverse = triage_reciprocal_scalar(sum);
            for (int64_t j = 0; j < count; j++) weights[j] = weights[j] * inverse;
            for (int64_t d = 0; d < head_size; d++) {
                float mix = 0;
                for (int64_t j = 0; j < count; j++) mix = fmaf(weights[j], values[j * qkv_stride + d], mix);
                out[i * out_stride + head * head_size + d] = mix;
            }
        }
    }
}

static float greatest_magnitude(const float *x, int64_t stride, int64_t rows, int64_t columns) {
    float greatest = 1e-30f;  // keeps the reciprocal of zeros finite
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t i = 0; i < columns; i++) {
            float magnitude = fabsf(x[row * stride + i]);
            greatest = magnitude > greatest ? magnitude : greatest;
        }
    }
    return greatest;
}

static int8_t quantize_symmetric(float x, float greatest) {
    float value = fmaf(x, triage_reciprocal_scalar(greatest) * 127.0f, TRIAGE_ROUNDER);
    value = triage_clamp_scalar(value, TRIAGE_ROUNDER - 127.0f, TRIAGE_ROUNDER + 127.0f);
    return (int8_t)(uint8_t)bits_of(value);
}

// Rows of columns side by side.
static void quantize_columns(const float *x, int64_t stride, int64_t rows, int64_t columns, float greatest,
                             int8_t *out) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t i = 0; i < columns; i++)
            out[row * columns + i] = quantize_symmetric(x[row * stride + i], greatest);
    }
}

static void attention_int8(const float *qkv, int64_t qkv_stride, int64_t columns, int64_t count, int64_t heads,
                           int64_t head_size, float *scratch, float *out, int64_t out_stride) {
    float *scales = scratch;                                    // of the values, by dimension
    int32_t *scores = (int32_t *)(scratch + head_size);         // of a query, then weights, 0 to 255
    int8_t *rounded_keys = (int8_t *)(scores + count);          // [count][head_size]
    int8_t *rounded_values = rounded_keys + count * head_size;  // [head_size][count]
    int8_t *rounded_query = rounded_values + count * head_size;
    for (int64_t head = 0; head < heads; head++) {
        const float *queries = qkv + head * head_size, *keys = queries + columns, *values = keys + columns;
        float query = greatest_magnitude(queries, qkv_stride, count, head_size);
        float key = greatest_magnitude(keys, qkv_stride, count, head_size);
        float step = ((query * (1.0f / 127.0f)) * (key * (1.0f / 127.0f))) *
                     (triage_inverse_square_root((float)head_size) * TRIAGE_LOG2_E);
        step = triage_clamp_scalar(step, 1e-30f, 1e30f);
        float least = triage_reciprocal_scalar(step) * -24.0f;
        quantize_columns(keys, qkv_stride, count, head_size, key, rounded_keys);
        for (int64_t d = 0; d < head_size; d++) {
            float value = greatest_magnitude(values + d, qkv_stride, count, 1);
            quantize_columns(values + d, qkv_stride, count, 1, value, rounded_values + d * count);
            scales[d] = value * (1.0f / 127.0f);
        }
        for (int64_t i = 0; i < count; i++) {
            quantize_columns(queries + i * qkv_stride, qkv_stride, 1, head_size, query, rounded_query);
            int32_t greatest = INT32_MIN;
            for (int64_t j = 0; j < count; j++) {
                scores[j] = 0;
                for (int64_t d = 0; d < head_size; d++) scores[j] += rounded_query[d] * rounded_keys[j * head_size + d];
                greatest = scores[j] > greatest ? scores[j] : greatest;
            }
            int32_t sum = 0;
            for (int64_t j = 0; j < count; j++) {
                scores[j] = attention_weight((float)(scores[j] - greatest), step, least, j);
                sum += scores[j];
            }
            float inverse = triage_reciprocal_scalar((float)sum);
            for (int64_t d = 0; d < head_size; d++) {
                int32_t mix = 0;
                for (int64_t j = 0; j < count; j++) mix += scores[j] * rounded_values[d * count + j];
                out[i * out_stride + head * head_size + d] = (float)mix * (scales[d] * inverse);
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
