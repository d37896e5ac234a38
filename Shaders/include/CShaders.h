// The compute shaders of Shaders/source as SPIR-V, embedded in the program. What a shader expects (buffers, push
// constants, specialisation constants, groups) is written at the head of its source.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;  // of the source file, without its ending
    const uint32_t *words;
    size_t byte_count;
} triage_shader;

// Null where there is none of this name. The result lives as long as the program.
const triage_shader *triage_shader_named(const char *name);
