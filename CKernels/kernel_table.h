// The table of an instruction set, from the functions that the files above it define.
#define TRIAGE_KERNEL_TABLE(isa)                  \
    const triage_kernels triage_kernels_##isa = { \
        .name = #isa,                             \
        .quantize_rows = quantize_rows,           \
        .linear_int8 = linear_int8,               \
        .linear_f32 = linear_f32,                 \
        .finish_f32 = finish_f32,                 \
        .layer_norm = layer_norm,                 \
        .embed = embed,                           \
        .attention = attention,                   \
        .attention_int8 = attention_int8,         \
        .mean_rows = mean_rows,                   \
        .normalize = normalize,                   \
    }
