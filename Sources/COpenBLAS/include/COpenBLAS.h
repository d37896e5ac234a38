// OpenBLAS, loaded at run time: the kernels it uses must be chosen before its constructor runs, and a program that only
// computes in integers needs no BLAS at all.
#pragma once

#include <stdbool.h>

typedef struct {
    // C[m][n] = A[m][k] * B[n][k]^T in single precision, all row-major and dense.
    void (*sgemm_transposed)(int m, int n, int k, const float *a, const float *b, float *c);
    // C[m][n] = A[k][m]^T * B[k][n]: of the columns of A, whose rows are a_stride elements apart.
    void (*sgemm_columns)(int m, int n, int k, const float *a, int a_stride, const float *b, float *c);
    // The name of the kernels in use, such as "SkylakeX".
    const char *core;
    // Version and build options.
    const char *configuration;
} triage_openblas;

// Loads libopenblas and keeps it single-threaded. Unless OPENBLAS_CORETYPE is set, an OpenBLAS that does not know this
// CPU is told to use its AVX-512 kernels when `has_avx512`: by itself it would fall back to older ones.
// Returns null and writes the reason to `error` when no usable library is found. Call once, from one thread.
const triage_openblas *triage_openblas_load(bool has_avx512, const char **error);
