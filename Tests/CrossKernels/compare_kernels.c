// Compares every kernel of every instruction set of this machine with the scalar one, bit for bit, and prints a digest
// of the results of each kernel, which is the same on every machine.
//
//     compare_kernels [INSTRUCTION-SET...]
//
// With names, fails unless this machine has exactly these. Exits with 0 when all agree, with 1 otherwise.
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "experiments.h"

enum { SETS = 32, TURNS = 10 };

static const triage_kernels *sets[SETS];
static int set_count;
static int failures;

typedef struct kernel_report {
    const char *name;
    void (*run)(const triage_kernels *kernels, experiment e);
    void (*sweep)(struct kernel_report *kernel);
    int64_t count;
    uint64_t digest;
} kernel_report;

static void report_failure(const char *kernel, const char *set, const char *what, experiment e) {
    printf("%s: %s %s, %" PRId64 " rows, %" PRId64 " inputs, %" PRId64 " outputs, turn %d", kernel, set, what, e.rows,
           e.inputs, e.outputs, e.turn);
    if (e.step > 0) printf(", %g at every %" PRId64 "th place", (double)e.hostile, e.step);
    printf("\n");
    if (++failures == 10) exit(1);
}

static void compare_with_scalar(kernel_report *kernel, experiment e) {
    static uint32_t expected[ARENA_WORDS];
    for (int set = 0; set < set_count; set++) {
        arena_start();
        kernel->run(sets[set], e);
        int64_t count;
        const uint32_t *words = recorded(&count);
        if (set == 0) {
            memcpy(expected, words, (size_t)count * sizeof *words);
            // FNV-1a, by word.
            for (int64_t i = 0; i < count; i++) kernel->digest = (kernel->digest ^ words[i]) * 0x100000001B3u;
        }
        bool is_same = memcmp(expected, words, (size_t)count * sizeof *words) == 0;
        if (!is_same) report_failure(kernel->name, sets[set]->name, "differs from scalar", e);
        if (!arena_is_intact()) report_failure(kernel->name, sets[set]->name, "writes outside its outputs", e);
    }
    kernel->count++;
}

// Values that broken weights lead to, alone among ordinary numbers and many of them.
static void sweep_hostile(kernel_report *kernel) {
    static const float values[] = {
        NAN, INFINITY, -INFINITY, 0x1.fffffep127f, -0x1.fffffep127f, 0x1p-149f, -0x1p-126f, -0.0f, 1e30f, -1e-30f, 1};
    static const int64_t steps[] = {1, 7, 40};
    for (size_t value = 0; value < sizeof values / sizeof *values; value++) {
        for (int turn = 0; turn < TURNS; turn++) {
            for (int step = 0; step < 3; step++) {
                experiment e = {.turn = turn, .hostile = values[value], .step = steps[step]};
                e.rows = 4, e.inputs = 37, e.outputs = 2;
                compare_with_scalar(kernel, e);
                e.rows = 5, e.inputs = 48, e.outputs = 17;
                compare_with_scalar(kernel, e);
            }
        }
    }
}

// Every number of columns and every number of rows meet every turn.
static void sweep_rows(kernel_report *kernel) {
    static const int64_t columns[] = {5, 16, 48, 100, 384};
    for (int turn = 0; turn < TURNS; turn++) {
        for (int64_t inputs = 1; inputs <= 130; inputs++) {
            int64_t rows = 1 + (inputs + 5 * turn) % 17, outputs = 1 + inputs * 3 % 19;
            compare_with_scalar(kernel, (experiment){.rows = rows, .inputs = inputs, .outputs = outputs, .turn = turn});
        }
        for (int64_t rows = 1; rows <= 17; rows++) {
            int64_t inputs = columns[(rows + turn) % 5];
            compare_with_scalar(kernel, (experiment){.rows = rows, .inputs = inputs, .outputs = rows, .turn = turn});
        }
    }
    sweep_hostile(kernel);
}

// Every number of inputs, of outputs and of rows, with and without a residual.
static void sweep_products(kernel_report *kernel) {
    for (int turn = 0; turn < TURNS; turn++) {
        for (int64_t size = 1; size <= 130; size++) {
            int64_t rows = 1 + (size + turn) % 17, other = 1 + (size * 37 + turn * 11) % 130;
            compare_with_scalar(kernel, (experiment){.rows = rows, .inputs = size, .outputs = other, .turn = turn});
            compare_with_scalar(kernel, (experiment){.rows = rows, .inputs = other, .outputs = size, .turn = turn});
        }
    }
    compare_with_scalar(kernel, (experiment){.rows = 17, .inputs = 1537, .outputs = 100, .turn = 1});
    sweep_hostile(kernel);
}

static void sweep_extremes(kernel_report *kernel) {
    for (int turn = 0; turn < 4; turn++) {
        compare_with_scalar(kernel,
                            (experiment){.rows = 2, .inputs = TRIAGE_MAXIMUM_INNER, .outputs = 3, .turn = turn});
    }
}

// Every number of tokens and every size of a head.
static void sweep_attention(kernel_report *kernel) {
    static const int64_t head_sizes[] = {1, 2, 3, 4, 5, 12, 15, 16, 17, 20, 31, 32, 33, 48, 64};
    const int64_t count = sizeof head_sizes / sizeof *head_sizes;
    for (int64_t tokens = 1; tokens <= 70; tokens++) {
        for (int turn = 0; turn < 3; turn++) {
            int64_t size = head_sizes[(tokens + turn * 5) % count], heads = 1 + tokens % 3;
            compare_with_scalar(kernel, (experiment){.rows = tokens, .inputs = size, .outputs = heads, .turn = turn});
        }
    }
    for (int64_t size = 1; size <= 130; size++) {
        int64_t tokens = 1 + size * 7 % 20;
        compare_with_scalar(kernel, (experiment){.rows = tokens, .inputs = size, .outputs = 2, .turn = (int)size % 3});
    }
    sweep_hostile(kernel);
}

static bool has_exactly(char **names, int count) {
    if (count != set_count) return false;
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], sets[i]->name) != 0) return false;
    }
    return true;
}

int main(int argc, char **argv) {
    for (int isa = 0; isa < SETS; isa++) {
        const triage_kernels *kernels = triage_kernels_for((triage_isa)isa);
        if (kernels) sets[set_count++] = kernels;
    }
    printf("instruction sets:");
    for (int set = 0; set < set_count; set++) printf(" %s", sets[set]->name);
    printf("\n");
    if (argc > 1 && !has_exactly(argv + 1, argc - 1)) {
        printf("other instruction sets were expected\n");
        return 1;
    }

    kernel_report reports[] = {
        {.name = "quantize_rows", .run = quantize_rows_experiment, .sweep = sweep_rows},
        {.name = "layer_norm", .run = layer_norm_experiment, .sweep = sweep_rows},
        {.name = "finish_f32", .run = finish_f32_experiment, .sweep = sweep_rows},
        {.name = "linear_f32", .run = linear_f32_experiment, .sweep = sweep_rows},
        {.name = "embed", .run = embed_experiment, .sweep = sweep_rows},
        {.name = "mean_rows", .run = mean_rows_experiment, .sweep = sweep_rows},
        {.name = "normalize", .run = normalize_experiment, .sweep = sweep_rows},
        {.name = "linear_int8", .run = linear_int8_experiment, .sweep = sweep_products},
        {.name = "linear_int8, extremes", .run = linear_int8_extremes_experiment, .sweep = sweep_extremes},
        {.name = "attention", .run = attention_experiment, .sweep = sweep_attention},
        {.name = "attention_int8", .run = attention_int8_experiment, .sweep = sweep_attention},
    };
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        kernel_report *kernel = &reports[i];
        kernel->digest = 0xCBF29CE484222325u;
        kernel->sweep(kernel);
        printf("%-24s%6" PRId64 " experiments  %016" PRIx64 "\n", kernel->name, kernel->count, kernel->digest);
    }
    return failures > 0;
}
