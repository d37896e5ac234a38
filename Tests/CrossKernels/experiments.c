#include "experiments.h"

#include <stdlib.h>
#include <string.h>

static triage_activation activation_of(const experiment *e) { return (triage_activation)(e->turn % 5); }

// Columns of a row with a gap behind it, which no kernel writes to.
static int64_t gapped(const experiment *e, int64_t columns) { return columns + e->turn % 3; }

static float *place_floats(const experiment *e, int64_t count) {
    return arena_place(count, sizeof(float), e->turn % 7);
}

static triage_quantized place_quantized(const experiment *e, int64_t rows, int64_t columns) {
    int64_t stride = (columns + 3) / 4 * 4 + e->turn % 2 * 4;
    return (triage_quantized){
        .values = arena_place(rows * stride, 1, e->turn % 5),
        .stride = stride,
        .rows = arena_place(rows, sizeof(triage_row_quantization), 0),
    };
}

static void record_quantized(const triage_quantized *q, int64_t rows) {
    record_bytes(q->values, rows * q->stride);
    for (int64_t row = 0; row < rows; row++) {
        record_floats(&q->rows[row].scale, 1);
        record_integer(q->rows[row].zero);
    }
}

void quantize_rows_experiment(const triage_kernels *kernels, experiment e) {
    int64_t stride = gapped(&e, e.inputs);
    float *x = noise_activations(&e, e.rows * stride);
    const float *smoothing = e.turn / 5 % 2 ? noise_floats(&e, e.inputs) : NULL;
    triage_quantized q = place_quantized(&e, e.rows, e.inputs);
    kernels->quantize_rows(x, stride, e.rows, e.inputs, activation_of(&e), smoothing, &q);
    for (int64_t row = 0; row < e.rows; row++) record_floats(x + row * stride + e.inputs, stride - e.inputs);
    record_quantized(&q, e.rows);
}

void layer_norm_experiment(const triage_kernels *kernels, experiment e) {
    int64_t stride = gapped(&e, e.inputs);
    float *x = noise_activations(&e, e.rows * stride);
    float *out = e.turn % 4 == 3 ? x : place_floats(&e, e.rows * stride);
    triage_norm norm = {noise_floats(&e, e.inputs), noise_floats(&e, e.inputs), 1e-12f};
    const float *smoothing = e.turn % 4 == 2 ? noise_floats(&e, e.inputs) : NULL;
    triage_quantized q = place_quantized(&e, e.rows, e.inputs);
    bool quantizes = e.turn % 4 > 0;
    kernels->layer_norm(x, stride, e.rows, e.inputs, &norm, out, stride, smoothing, quantizes ? &q : NULL);
    record_floats(out, e.rows * stride);
    if (quantizes) record_quantized(&q, e.rows);
}

// Runs linear_int8 on rows of weights that need packing.
static void multiply(const triage_kernels *kernels, experiment *e, const triage_quantized *q, const int8_t *rows) {
    int64_t padded = (e->outputs + TRIAGE_PANEL - 1) / TRIAGE_PANEL * TRIAGE_PANEL;
    int64_t bytes = triage_packed_size(e->inputs, e->outputs);
    int8_t *packed = arena_place(bytes, 1, e->turn % 3 * 4);
    int32_t *column_sums = arena_place(padded, sizeof *column_sums, e->turn % 3);
    memset(packed, 0, (size_t)bytes);
    memset(column_sums, 0, (size_t)padded * sizeof *column_sums);
    triage_pack_int8(rows, e->inputs, 0, e->outputs, packed, column_sums);
    triage_linear_int8 weights = {
        packed, noise_floats(e, padded), column_sums, noise_floats(e, padded), e->inputs, e->outputs,
    };
    int64_t stride = gapped(e, e->outputs);
    const float *residual = e->turn % 2 ? noise_activations(e, e->rows * stride) : NULL;
    float *out = place_floats(e, e->rows * stride);
    kernels->linear_int8(q, e->rows, &weights, residual, stride, out, stride);
    record_floats(out, e->rows * stride);
}

void linear_int8_experiment(const triage_kernels *kernels, experiment e) {
    triage_quantized q = place_quantized(&e, e.rows, e.inputs);
    for (int64_t i = 0; i < e.rows * q.stride; i++) q.values[i] = (uint8_t)(noise(&e) >> 24);
    for (int64_t row = 0; row < e.rows; row++) {
        q.rows[row] = (triage_row_quantization){(float)(noise(&e) >> 20) * 0x1p-16f, (int32_t)(noise(&e) >> 24)};
    }
    multiply(kernels, &e, &q, noise_bytes(&e, e.outputs * e.inputs));
}

void linear_int8_extremes_experiment(const triage_kernels *kernels, experiment e) {
    static const uint8_t values[] = {0, 127, 128, 255};
    static const int8_t weights[] = {-128, -127, 127};
    triage_quantized q = place_quantized(&e, e.rows, e.inputs);
    memset(q.values, values[e.turn % 4], (size_t)(e.rows * q.stride));
    for (int64_t row = 0; row < e.rows; row++) q.rows[row] = (triage_row_quantization){1, row % 2 ? 255 : 0};
    int8_t *rows = arena_place(e.outputs * e.inputs, 1, 0);
    for (int64_t row = 0; row < e.outputs; row++) {
        memset(rows + row * e.inputs, weights[row % 3], (size_t)e.inputs);
    }
    multiply(kernels, &e, &q, rows);
}

void linear_f32_experiment(const triage_kernels *kernels, experiment e) {
    int64_t stride = gapped(&e, e.inputs), out_stride = gapped(&e, e.outputs);
    const float *x = noise_activations(&e, e.rows * stride);
    const float *weights = noise_floats(&e, e.outputs * e.inputs), *bias = noise_floats(&e, e.outputs);
    float *out = place_floats(&e, e.rows * out_stride);
    kernels->linear_f32(x, stride, e.rows, weights, bias, e.inputs, e.outputs, activation_of(&e), out, out_stride);
    record_floats(out, e.rows * out_stride);
}

void finish_f32_experiment(const triage_kernels *kernels, experiment e) {
    int64_t stride = gapped(&e, e.inputs);
    float *x = noise_activations(&e, e.rows * stride);
    const float *bias = e.turn % 2 ? noise_floats(&e, e.inputs) : NULL;
    const float *residual = e.turn % 3 ? noise_floats(&e, e.rows * stride) : NULL;
    kernels->finish_f32(x, stride, e.rows, e.inputs, bias, activation_of(&e), residual, stride);
    record_floats(x, e.rows * stride);
}

enum { TABLE_ROWS = 5 };

// The data are random bits, so floating-point tables hold infinities, NaNs and subnormal numbers too.
static triage_table random_table(experiment *e, int64_t columns) {
    triage_table_type type = (triage_table_type)(e->turn % 5);
    static const int64_t bits[] = {32, 16, 16, 8, 4};
    int64_t row_bytes = (columns * bits[type] + 7) / 8;
    return (triage_table){type, noise_bytes(e, TABLE_ROWS * row_bytes), noise_floats(e, TABLE_ROWS)};
}

void embed_experiment(const triage_kernels *kernels, experiment e) {
    int64_t stride = gapped(&e, e.inputs), count = e.rows < TABLE_ROWS ? e.rows : TABLE_ROWS;
    uint32_t ids[TABLE_ROWS];
    uint8_t segment_ids[TABLE_ROWS];
    for (int i = 0; i < TABLE_ROWS; i++) {
        ids[i] = noise(&e) % TABLE_ROWS;
        segment_ids[i] = (uint8_t)(noise(&e) % TABLE_ROWS);
    }
    triage_table words = random_table(&e, e.inputs), segments = {0}, positions = {0};
    if (e.turn % 2) segments = random_table(&e, e.inputs);
    if (e.turn % 3) positions = random_table(&e, e.inputs);
    float *out = place_floats(&e, count * stride);
    kernels->embed(ids, segment_ids, count, e.inputs, &words, &segments, &positions, out, stride);
    record_floats(out, count * stride);
}

static void attend(const triage_kernels *kernels, experiment e, bool in_int8) {
    int64_t columns = e.outputs * e.inputs, qkv_stride = gapped(&e, 3 * columns), stride = gapped(&e, columns);
    const float *qkv = noise_activations(&e, e.rows * qkv_stride);
    float *scratch = place_floats(&e, triage_attention_scratch(e.rows, e.inputs));
    float *out = place_floats(&e, e.rows * stride);
    (in_int8 ? kernels->attention_int8 : kernels->attention)(qkv, qkv_stride, columns, e.rows, e.outputs, e.inputs,
                                                             scratch, out, stride);
    record_floats(out, e.rows * stride);
}

void attention_experiment(const triage_kernels *kernels, experiment e) { attend(kernels, e, false); }

void attention_int8_experiment(const triage_kernels *kernels, experiment e) { attend(kernels, e, true); }

void mean_rows_experiment(const triage_kernels *kernels, experiment e) {
    int64_t stride = gapped(&e, e.inputs);
    const float *x = noise_activations(&e, e.rows * stride);
    float *out = place_floats(&e, e.inputs);
    kernels->mean_rows(x, stride, e.rows, e.inputs, out);
    record_floats(out, e.inputs);
}

void normalize_experiment(const triage_kernels *kernels, experiment e) {
    float *x = noise_activations(&e, e.inputs);
    kernels->normalize(x, e.inputs);
    record_floats(x, e.inputs);
}
