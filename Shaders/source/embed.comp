// out[i] = (words[ids[i]] + segments[segment of i]) + positions[position of i].
// Spec constants: 0 EXACT_FMA_EMULATION (unused), 1 COLUMNS, and by table 2 words, 3 segments, 4 positions: 0 none,
// 1 float, 2 int8 with one scale a row, rows padded to 4 bytes. Groups: (ceil(tokens / 8), 1, 1).
#version 460
#include "rows.glsl"

layout(constant_id = 1) const uint COLUMNS = 384;
layout(constant_id = 2) const uint WORD_TYPE = 1;
layout(constant_id = 3) const uint SEGMENT_TYPE = 1;
layout(constant_id = 4) const uint POSITION_TYPE = 1;

#include "vectors.glsl"

layout(push_constant, std430) uniform Parameters {
    Header header;
    Words ids, segments, positions;
    Floats words, word_scales;
    Floats segment_table, segment_scales;
    Floats position_table, position_scales;
    FloatsOut result;
};

vec4 table_row(Floats table, Floats scales, uint type, uint row, uint column) {
    if (type == 1) return load_four(table, row, column);
    uint word = Words(table).at[row * ((COLUMNS + 3) / 4) + column / 4];
    ivec4 elements = bitfieldExtract(ivec4(int(word)) >> ivec4(0, 8, 16, 24), 0, 8);
    precise vec4 result = vec4(elements) * scales.at[row];
    return result;
}

void main() {
    uint row = first_row() + row_in_group();
    if (row >= header.counts[0]) return;
    uint word = ids.at[row], segment = 0, position = 0;
    if (SEGMENT_TYPE != 0) segment = segments.at[row];
    if (POSITION_TYPE != 0) position = positions.at[row];
    for (uint i = lane() * 4; i < COLUMNS; i += LANES * 4) {
        precise vec4 value = table_row(words, word_scales, WORD_TYPE, word, i);
        if (SEGMENT_TYPE != 0) value = value + table_row(segment_table, segment_scales, SEGMENT_TYPE, segment, i);
        if (POSITION_TYPE != 0) value = value + table_row(position_table, position_scales, POSITION_TYPE, position, i);
        store_four(result, row, i, value);
    }
}
