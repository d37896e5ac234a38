// Reading one element of an embedding table as a float: exact for the floating-point types, one multiply for the rest.
#pragma once

#include <string.h>

#include "CKernels.h"

static inline float triage_table_element(const triage_table *table, int64_t row, int64_t column, int64_t columns) {
    int64_t index = row * columns + column;
    switch (table->type) {
        case TRIAGE_TABLE_F32: {
            float value;
            memcpy(&value, (const char *)table->data + 4 * index, sizeof value);
            return value;
        }
        case TRIAGE_TABLE_F16: {
            _Float16 value;
            memcpy(&value, (const char *)table->data + 2 * index, sizeof value);
            return (float)value;
        }
        case TRIAGE_TABLE_BF16: {
            uint16_t half;
            memcpy(&half, (const char *)table->data + 2 * index, sizeof half);
            uint32_t bits = (uint32_t)half << 16;
            float value;
            memcpy(&value, &bits, sizeof value);
            return value;
        }
        case TRIAGE_TABLE_I8:
            return (float)((const int8_t *)table->data)[index] * table->scales[row];
        case TRIAGE_TABLE_I4: {
            // Each row starts on a byte.
            uint8_t byte = ((const uint8_t *)table->data)[row * ((columns + 1) / 2) + column / 2];
            return (float)((column & 1 ? byte >> 4 : byte & 15) - 8) * table->scales[row];
        }
    }
    return 0;
}
