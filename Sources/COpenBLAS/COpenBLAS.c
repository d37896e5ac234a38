// For setenv.
#define _POSIX_C_SOURCE 200112L

#include "COpenBLAS.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

typedef void (*sgemm_function)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                               const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

static sgemm_function sgemm;

static void sgemm_transposed(int m, int n, int k, const float *a, const float *b, float *c) {
    sgemm(ROW_MAJOR, NO_TRANSPOSE, TRANSPOSE, m, n, k, 1.0f, a, k, b, k, 0.0f, c, n);
}

static void sgemm_columns(int m, int n, int k, const float *a, int a_stride, const float *b, float *c) {
    sgemm(ROW_MAJOR, TRANSPOSE, NO_TRANSPOSE, m, n, k, 1.0f, a, a_stride, b, n, 0.0f, c, n);
}

static void *open_library(void) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

const triage_openblas *triage_openblas_load(bool has_avx512, const char **error) {
    static triage_openblas loaded;
    if (has_avx512) setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
    void *library = open_library();
    if (!library) {
        *error = dlerror();
        return NULL;
    }
    void (*set_num_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    char *(*corename)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    char *(*config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
    sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
    if (!set_num_threads || !corename || !config || !sgemm) {
        *error = "libopenblas lacks a function that is needed";
        return NULL;
    }
    set_num_threads(1);
    loaded.sgemm_transposed = sgemm_transposed;
    loaded.sgemm_columns = sgemm_columns;
    loaded.core = corename();
    loaded.configuration = config();
    return &loaded;
}
