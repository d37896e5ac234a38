// What an experiment works on: memory between sentinels, numbers that look random and are the same on every machine,
// and the results to compare.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The most words that an experiment records.
enum { ARENA_WORDS = 1 << 20 };

// One experiment: sizes, and what else chooses among a kernel's variants.
typedef struct {
    int64_t rows, inputs, outputs;
    int turn;        // activation, alignment, what is left out
    float hostile;   // stands at every `step`th place of the activations
    int64_t step;    // 0: nowhere
    uint64_t state;  // of the generator; starts as 0
} experiment;

// Memory for `count` elements of `size` bytes, `offset` elements after a 64-byte boundary, valid until the next
// arena_start. All of it and what is around it holds sentinels.
void *arena_place(int64_t count, size_t size, int64_t offset);

// Starts an experiment with nothing placed and nothing recorded.
void arena_start(void);

// Whether no byte outside the places was written.
bool arena_is_intact(void);

// Between 0 and 2^32 - 1.
uint32_t noise(experiment *e);

// Random numbers of about unit spread, at an alignment that depends on the turn.
float *noise_floats(experiment *e, int64_t count);

// The same with the experiment's hostile value here and there.
float *noise_activations(experiment *e, int64_t count);

// Random bytes.
void *noise_bytes(experiment *e, int64_t count);

// The words recorded since arena_start, and how many there are.
const uint32_t *recorded(int64_t *count);

// Adds to the results. Floats that are not numbers count as one: IEEE-754 leaves open which of them an operation gives.
void record_floats(const float *values, int64_t count);
void record_bytes(const uint8_t *values, int64_t count);
void record_integer(int32_t value);
