#include "arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOUNDARY = 64, MARGIN = 64, PLACES = 16, SENTINEL = 0xA5 };
enum { CAPACITY = 8 << 20 };

static _Alignas(BOUNDARY) uint8_t memory[CAPACITY];
static size_t used;
static struct { size_t start, end; } places[PLACES];
static int place_count;
static uint32_t words[ARENA_WORDS];
static int64_t word_count;

static void require(bool fits) {
    if (fits) return;
    fprintf(stderr, "an experiment is larger than its memory\n");
    exit(2);
}

void *arena_place(int64_t count, size_t size, int64_t offset) {
    size_t start = (used + BOUNDARY - 1) / BOUNDARY * BOUNDARY + MARGIN + (size_t)offset * size;
    size_t end = start + (size_t)count * size;
    require(end + MARGIN <= CAPACITY && place_count < PLACES);
    memset(memory + used, SENTINEL, end + MARGIN - used);
    places[place_count].start = start;
    places[place_count++].end = end;
    used = end + MARGIN;
    return memory + start;
}

void arena_start(void) {
    used = 0;
    place_count = 0;
    word_count = 0;
}

bool arena_is_intact(void) {
    size_t from = 0;
    for (int place = 0; place <= place_count; place++) {
        size_t to = place < place_count ? places[place].start : used;
        for (size_t i = from; i < to; i++) {
            if (memory[i] != SENTINEL) return false;
        }
        from = place < place_count ? places[place].end : used;
    }
    return true;
}

uint32_t noise(experiment *e) {
    if (e->state == 0) e->state = (uint64_t)((e->rows * 131 + e->inputs) * 131 + e->outputs) * 977 + (uint64_t)e->turn;
    e->state = e->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((e->state ^ e->state >> 29) * 0xBF58476D1CE4E5B9u >> 32);
}

// The sum of four uniform numbers, in steps that floats hold exactly.
static float normal(experiment *e) {
    int32_t sum = 0;
    for (int i = 0; i < 4; i++) sum += (int32_t)(noise(e) >> 16) - 32768;
    return (float)sum * 0x1p-15f;
}

float *noise_floats(experiment *e, int64_t count) {
    float *values = arena_place(count, sizeof *values, e->turn % 17);
    for (int64_t i = 0; i < count; i++) values[i] = normal(e);
    return values;
}

float *noise_activations(experiment *e, int64_t count) {
    float *values = noise_floats(e, count);
    for (int64_t i = e->step / 2; e->step > 0 && i < count; i += e->step) values[i] = e->hostile;
    return values;
}

void *noise_bytes(experiment *e, int64_t count) {
    uint8_t *values = arena_place(count, sizeof *values, e->turn % 17);
    for (int64_t i = 0; i < count; i++) values[i] = (uint8_t)(noise(e) >> 24);
    return values;
}

const uint32_t *recorded(int64_t *count) {
    *count = word_count;
    return words;
}

static void record(uint32_t word) {
    require(word_count < ARENA_WORDS);
    words[word_count++] = word;
}

void record_floats(const float *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        uint32_t word = 0x7FC00000;
        if (values[i] == values[i]) memcpy(&word, &values[i], sizeof word);
        record(word);
    }
}

void record_bytes(const uint8_t *values, int64_t count) {
    for (int64_t i = 0; i < count; i++) record(values[i]);
}

void record_integer(int32_t value) { record((uint32_t)value); }
