// One experiment a kernel: random inputs of the given sizes, the kernel, its outputs recorded.
#pragma once

#include "CKernels.h"
#include "arena.h"

void quantize_rows_experiment(const triage_kernels *kernels, experiment e);

// `inputs` columns.
void layer_norm_experiment(const triage_kernels *kernels, experiment e);

void linear_int8_experiment(const triage_kernels *kernels, experiment e);

// The largest and the smallest sums that `inputs` allows.
void linear_int8_extremes_experiment(const triage_kernels *kernels, experiment e);

void linear_f32_experiment(const triage_kernels *kernels, experiment e);

// `inputs` columns.
void finish_f32_experiment(const triage_kernels *kernels, experiment e);

// `rows` tokens, `inputs` columns, the type of the tables from the turn.
void embed_experiment(const triage_kernels *kernels, experiment e);

// `rows` tokens, `outputs` heads of `inputs` dimensions.
void attention_experiment(const triage_kernels *kernels, experiment e);
void attention_int8_experiment(const triage_kernels *kernels, experiment e);

// `inputs` columns.
void mean_rows_experiment(const triage_kernels *kernels, experiment e);

// A row of `inputs`.
void normalize_experiment(const triage_kernels *kernels, experiment e);
