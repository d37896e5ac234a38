#include <string.h>

#include "CShaders.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

_Alignas(uint32_t) static const unsigned char activate[] = {
#embed "spirv/activate.spv"
};
_Alignas(uint32_t) static const unsigned char attention[] = {
#embed "spirv/attention.spv"
};
_Alignas(uint32_t) static const unsigned char attention_int8_dot[] = {
#embed "spirv/attention_int8_dot.spv"
};
_Alignas(uint32_t) static const unsigned char attention_int8_float[] = {
#embed "spirv/attention_int8_float.spv"
};
_Alignas(uint32_t) static const unsigned char embed[] = {
#embed "spirv/embed.spv"
};
_Alignas(uint32_t) static const unsigned char finish_embedding[] = {
#embed "spirv/finish_embedding.spv"
};
_Alignas(uint32_t) static const unsigned char head_linear[] = {
#embed "spirv/head_linear.spv"
};
_Alignas(uint32_t) static const unsigned char layer_norm[] = {
#embed "spirv/layer_norm.spv"
};
_Alignas(uint32_t) static const unsigned char linear_f32[] = {
#embed "spirv/linear_f32.spv"
};
_Alignas(uint32_t) static const unsigned char linear_int8_dot[] = {
#embed "spirv/linear_int8_dot.spv"
};
_Alignas(uint32_t) static const unsigned char linear_int8_float[] = {
#embed "spirv/linear_int8_float.spv"
};
_Alignas(uint32_t) static const unsigned char linear_int8_matrix[] = {
#embed "spirv/linear_int8_matrix.spv"
};
_Alignas(uint32_t) static const unsigned char linear_int8_matrix_half[] = {
#embed "spirv/linear_int8_matrix_half.spv"
};
_Alignas(uint32_t) static const unsigned char linear_int8_rows_dot[] = {
#embed "spirv/linear_int8_rows_dot.spv"
};
_Alignas(uint32_t) static const unsigned char linear_int8_rows_float[] = {
#embed "spirv/linear_int8_rows_float.spv"
};
_Alignas(uint32_t) static const unsigned char peak_copy[] = {
#embed "spirv/peak_copy.spv"
};
_Alignas(uint32_t) static const unsigned char peak_dot[] = {
#embed "spirv/peak_dot.spv"
};
_Alignas(uint32_t) static const unsigned char peak_float[] = {
#embed "spirv/peak_float.spv"
};
_Alignas(uint32_t) static const unsigned char peak_matrix[] = {
#embed "spirv/peak_matrix.spv"
};
_Alignas(uint32_t) static const unsigned char peak_matrix_half[] = {
#embed "spirv/peak_matrix_half.spv"
};
_Alignas(uint32_t) static const unsigned char pool[] = {
#embed "spirv/pool.spv"
};
_Alignas(uint32_t) static const unsigned char probe_fma[] = {
#embed "spirv/probe_fma.spv"
};
_Alignas(uint32_t) static const unsigned char quantize[] = {
#embed "spirv/quantize.spv"
};

#define SHADER(name) \
    { #name, (const uint32_t *)(const void *)name, sizeof name }

static const triage_shader shaders[] = {
    SHADER(activate),
    SHADER(attention),
    SHADER(attention_int8_dot),
    SHADER(attention_int8_float),
    SHADER(embed),
    SHADER(finish_embedding),
    SHADER(head_linear),
    SHADER(layer_norm),
    SHADER(linear_f32),
    SHADER(linear_int8_dot),
    SHADER(linear_int8_float),
    SHADER(linear_int8_matrix),
    SHADER(linear_int8_matrix_half),
    SHADER(linear_int8_rows_dot),
    SHADER(linear_int8_rows_float),
    SHADER(peak_copy),
    SHADER(peak_dot),
    SHADER(peak_float),
    SHADER(peak_matrix),
    SHADER(peak_matrix_half),
    SHADER(pool),
    SHADER(probe_fma),
    SHADER(quantize),
};

const triage_shader *triage_shader_named(const char *name) {
    for (size_t i = 0; i < sizeof shaders / sizeof *shaders; i++) {
        if (strcmp(shaders[i].name, name) == 0) return &shaders[i];
    }
    return NULL;
}
