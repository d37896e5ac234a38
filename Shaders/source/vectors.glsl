// Four consecutive floats of a row of COLUMNS, by 16 bytes where rows are aligned. Needs COLUMNS.

// Reads beyond the row give 0. Memory that the shader also writes is read by the second, lest the driver take it for
// constant.
#define DEFINE_LOAD_FOUR(NAME, BUFFER, VECTORS)                                                          \
    vec4 NAME(BUFFER from, uint row, uint column) {                                                      \
        if (COLUMNS % 4 == 0) return VECTORS(from).at[row * (COLUMNS / 4) + column / 4];                 \
        vec4 result = vec4(0);                                                                           \
        [[unroll]] for (uint i = 0; i < 4; i++) {                                                        \
            if (column + i < COLUMNS) result[i] = from.at[row * COLUMNS + column + i];                   \
        }                                                                                                \
        return result;                                                                                   \
    }
DEFINE_LOAD_FOUR(load_four, Floats, FloatVectors)
DEFINE_LOAD_FOUR(load_four_written, FloatsOut, FloatVectorsOut)

void store_four(FloatsOut to, uint row, uint column, vec4 value) {
    if (COLUMNS % 4 == 0) {
        FloatVectorsOut(to).at[row * (COLUMNS / 4) + column / 4] = value;
        return;
    }
    [[unroll]] for (uint i = 0; i < 4; i++) {
        if (column + i < COLUMNS) to.at[row * COLUMNS + column + i] = value[i];
    }
}
