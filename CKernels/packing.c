// The layout that linear_int8 reads: panels of 48 outputs, in each panel groups of 4 inputs, the 4 bytes that one
// lane of vpdpbusd or sdot multiplies side by side.
#include <string.h>

#include "CKernels.h"

static int64_t groups_of(int64_t inputs) { return (inputs + 3) / 4; }

int64_t triage_packed_size(int64_t inputs, int64_t outputs) {
    return (outputs + TRIAGE_PANEL - 1) / TRIAGE_PANEL * groups_of(inputs) * TRIAGE_PANEL * 4;
}

void triage_pack_int8(const int8_t *rows, int64_t inputs, int64_t first, int64_t count, int8_t *packed,
                      int32_t *column_sums) {
    const int64_t group_bytes = TRIAGE_PANEL * 4;
    for (int64_t output = first; output < first + count; output++, rows += inputs) {
        int8_t *group = packed + output / TRIAGE_PANEL * groups_of(inputs) * group_bytes + output % TRIAGE_PANEL * 4;
        int8_t *start = group;
        int64_t input = 0;
        // Of known size, the copy is one load and one store.
        for (; input + 4 <= inputs; input += 4, group += group_bytes) memcpy(group, rows + input, 4);
        if (input < inputs) memcpy(group, rows + input, (size_t)(inputs - input));
        // Apart from the copy, for the compiler to vectorise.
        int32_t sum = 0;
        int8_t least = 0;
        for (input = 0; input < inputs; input++) {
            sum += rows[input];
            least = rows[input] < least ? rows[input] : least;
        }
        for (input = 0; least == -128 && input < inputs; input++) {
            if (rows[input] > -128) continue;
            start[input / 4 * group_bytes + input % 4] = -127;
            sum++;
        }
        column_sums[output] = sum;
    }
}

int64_t triage_attention_scratch(int64_t count, int64_t head_size) {
    int64_t quads = (count + 3) / 4, width = (head_size + TRIAGE_LANES - 1) / TRIAGE_LANES * TRIAGE_LANES;
    // Of attention: queries and scores of a block. Of attention_int8: a block's queries, two figures a dimension; keys,
    // values, scores and thresholds by quads.
    int64_t in_float = TRIAGE_LANES * (count + head_size);
    int64_t in_int8 = (TRIAGE_LANES / 4 + 2) * width + quads * (2 * width + 4 * TRIAGE_LANES + 4);
    return in_float > in_int8 ? in_float : in_int8;
}
