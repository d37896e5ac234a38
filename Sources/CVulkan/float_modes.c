// How a module computes in 32-bit floating point, where the device lets us say: to nearest, subnormal numbers and those
// that are not finite as IEEE 754 has them. It is said when a module is loaded because not every device can.
#include <stdlib.h>
#include <string.h>

#include "functions.h"

// Of the SPIR-V specification, whose version 1.4 has them in its core.
enum {
    HEADER_WORDS = 5,
    OP_ENTRY_POINT = 15,
    OP_EXECUTION_MODE = 16,
    OP_CAPABILITY = 17,
    DENORM_PRESERVE = 4464,
    SIGNED_ZERO_INF_NAN_PRESERVE = 4466,
    ROUNDING_MODE_RTE = 4467,
};

static const struct {
    uint32_t capability, mode;
} modes[] = {{DENORM_PRESERVE, 4459}, {SIGNED_ZERO_INF_NAN_PRESERVE, 4461}, {ROUNDING_MODE_RTE, 4462}};

#define MODE_COUNT (sizeof modes / sizeof *modes)

uint32_t *triage_vulkan_with_float_modes(const uint32_t *words, size_t *count, uint32_t flags) {
    uint32_t *result = malloc((*count + MODE_COUNT * (2 + 4)) * sizeof *result);
    if (!result) return NULL;
    memcpy(result, words, HEADER_WORDS * sizeof *words);
    size_t written = HEADER_WORDS;
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (!(flags & 1u << i)) continue;
        result[written++] = 2u << 16 | OP_CAPABILITY;
        result[written++] = modes[i].capability;
    }
    for (size_t read = HEADER_WORDS; read < *count;) {
        size_t length = words[read] >> 16;
        if (length == 0 || length > *count - read) break;
        memcpy(result + written, words + read, length * sizeof *words);
        written += length;
        // Modes follow the one entry point.
        for (size_t i = 0; (words[read] & 0xFFFF) == OP_ENTRY_POINT && i < MODE_COUNT; i++) {
            if (!(flags & 1u << i)) continue;
            const uint32_t mode[] = {4u << 16 | OP_EXECUTION_MODE, words[read + 2], modes[i].mode, 32};
            memcpy(result + written, mode, sizeof mode);
            written += 4;
        }
        read += length;
    }
    *count = written;
    return result;
}

uint32_t triage_vulkan_float_modes(const VkPhysicalDeviceVulkan12Properties *properties) {
    // Else what is said of 32 bits would have to be said of 16 and 64.
    bool is_independent = properties->denormBehaviorIndependence != VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_NONE &&
                          properties->roundingModeIndependence != VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_NONE;
    if (!is_independent) return 0;
    return (properties->shaderDenormPreserveFloat32 ? 1u : 0) |
           (properties->shaderSignedZeroInfNanPreserveFloat32 ? 2u : 0) |
           (properties->shaderRoundingModeRTEFloat32 ? 4u : 0);
}
