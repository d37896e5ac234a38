#pragma once
#include <stddef.h>
#include <stdint.h>
typedef struct { const char *name; const uint32_t *words; size_t byte_count; } triage_shader;
const triage_shader *triage_shader_named(const char *name);
