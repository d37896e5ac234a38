#include <stdio.h>

#include "functions.h"

void triage_vulkan_fail_as(triage_vulkan_failure *failure, triage_vulkan_status status, const char *reason) {
    failure->status = status;
    snprintf(failure->reason, sizeof failure->reason, "%s", reason);
}

void triage_vulkan_fail(triage_vulkan_failure *failure, VkResult result, const char *what) {
    const char *meaning = "unexpected error";
    failure->status = TRIAGE_VULKAN_FAILED;
    switch (result) {
        case VK_ERROR_INCOMPATIBLE_DRIVER:
            failure->status = TRIAGE_VULKAN_UNAVAILABLE;
            meaning = "no usable driver";
            break;
        case VK_ERROR_INITIALIZATION_FAILED:
            failure->status = TRIAGE_VULKAN_UNAVAILABLE;
            meaning = "a driver failed to start";
            break;
        case VK_ERROR_LAYER_NOT_PRESENT:
            failure->status = TRIAGE_VULKAN_UNAVAILABLE;
            meaning = "a layer is missing";
            break;
        case VK_ERROR_FEATURE_NOT_PRESENT:
        case VK_ERROR_EXTENSION_NOT_PRESENT:
            failure->status = TRIAGE_VULKAN_UNSUPPORTED;
            meaning = "the device lacks a feature";
            break;
        case VK_ERROR_OUT_OF_HOST_MEMORY:
            failure->status = TRIAGE_VULKAN_OUT_OF_MEMORY;
            meaning = "out of memory";
            break;
        case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        case VK_ERROR_TOO_MANY_OBJECTS:
            failure->status = TRIAGE_VULKAN_OUT_OF_MEMORY;
            meaning = "out of device memory";
            break;
        case VK_ERROR_DEVICE_LOST:
            failure->status = TRIAGE_VULKAN_DEVICE_LOST;
            meaning = "the device was lost";
            break;
        case VK_TIMEOUT:
        case VK_NOT_READY:
            failure->status = TRIAGE_VULKAN_TIMED_OUT;
            meaning = "no end in the time given";
            break;
        default:
            break;
    }
    snprintf(failure->reason, sizeof failure->reason, "%s: %s (%d)", what, meaning, result);
}
