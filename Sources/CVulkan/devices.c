// What devices there are, and what they can do.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "functions.h"

#define MAXIMUM_EXTENSIONS 1024
#define MAXIMUM_QUEUE_FAMILIES 32
#define MAXIMUM_MATRICES 256

static bool has_extension(const VkExtensionProperties *extensions, uint32_t count, const char *name) {
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(extensions[i].extensionName, name) == 0) return true;
    }
    return false;
}

static void find_queue(const triage_vulkan_instance *instance, VkPhysicalDevice physical,
                       triage_vulkan_features *features) {
    VkQueueFamilyProperties families[MAXIMUM_QUEUE_FAMILIES];
    uint32_t count = MAXIMUM_QUEUE_FAMILIES;
    instance->GetPhysicalDeviceQueueFamilyProperties(physical, &count, families);
    features->queue_family = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        if (!(families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)) continue;
        // A family that does not draw is not shared with a desktop.
        bool is_apart = !(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT);
        if (features->queue_family != UINT32_MAX && !is_apart) continue;
        features->queue_family = i;
        features->timestamp_bits = families[i].timestampValidBits;
        if (is_apart) return;
    }
}

void triage_vulkan_read_features(const triage_vulkan_instance *instance, VkPhysicalDevice physical,
                                 triage_vulkan_features *features) {
    memset(features, 0, sizeof *features);
    find_queue(instance, physical, features);
    // Without memory for the list the device has no extensions.
    VkExtensionProperties *extensions = calloc(MAXIMUM_EXTENSIONS, sizeof *extensions);
    uint32_t count = extensions ? MAXIMUM_EXTENSIONS : 0;
    VkResult result =
        extensions ? instance->EnumerateDeviceExtensionProperties(physical, NULL, &count, extensions) : VK_SUCCESS;
    if (result != VK_SUCCESS && result != VK_INCOMPLETE) count = 0;

    features->features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features->features12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    features->subgroup_size.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES;
    features->integer_dot.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES;
    features->matrix.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR;
    features->features.pNext = &features->features12;
    void **next = &features->features12.pNext;
    struct {
        const char *name;
        void *chained;
        void **next;
    } optional[] = {
        {VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME, &features->subgroup_size, &features->subgroup_size.pNext},
        {VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME, &features->integer_dot, &features->integer_dot.pNext},
        {VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME, &features->matrix, &features->matrix.pNext},
    };
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++) {
        if (!has_extension(extensions, count, optional[i].name)) continue;
        features->extensions[features->extension_count++] = optional[i].name;
        *next = optional[i].chained;
        next = optional[i].next;
    }
    free(extensions);
    instance->GetPhysicalDeviceFeatures2(physical, &features->features);

    // A feature that is asked for and not used may cost speed.
    VkPhysicalDeviceVulkan12Features *v12 = &features->features12;
    VkBool32 is_half = v12->shaderFloat16, is_byte = v12->shaderInt8, has_addresses = v12->bufferDeviceAddress;
    VkBool32 has_model = v12->vulkanMemoryModel;
    memset(&features->features.features, 0, sizeof features->features.features);
    void *after12 = v12->pNext;
    memset(v12, 0, sizeof *v12);
    v12->sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    v12->pNext = after12;
    v12->shaderFloat16 = is_half;
    v12->shaderInt8 = is_byte;
    v12->bufferDeviceAddress = has_addresses;
    v12->vulkanMemoryModel = has_model;
    features->matrix.cooperativeMatrixRobustBufferAccess = VK_FALSE;
}

static triage_vulkan_device_type device_type(VkPhysicalDeviceType type) {
    switch (type) {
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
            return TRIAGE_VULKAN_INTEGRATED;
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
            return TRIAGE_VULKAN_DISCRETE;
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
            return TRIAGE_VULKAN_VIRTUAL;
        case VK_PHYSICAL_DEVICE_TYPE_CPU:
            return TRIAGE_VULKAN_CPU;
        default:
            return TRIAGE_VULKAN_OTHER;
    }
}

// The greatest that the shaders' tiles are multiples of.
#define GREATEST_MATRIX 16
#define GREATEST_INNER 32

static void find_matrices(const triage_vulkan_instance *instance, VkPhysicalDevice physical,
                          triage_vulkan_device_info *device) {
    VkCooperativeMatrixPropertiesKHR *matrices = calloc(MAXIMUM_MATRICES, sizeof *matrices);
    if (!matrices) return;
    uint32_t count = MAXIMUM_MATRICES;
    for (uint32_t i = 0; i < count; i++) matrices[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
    VkResult result = instance->GetPhysicalDeviceCooperativeMatrixPropertiesKHR(physical, &count, matrices);
    if (result != VK_SUCCESS && result != VK_INCOMPLETE) count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const VkCooperativeMatrixPropertiesKHR *m = &matrices[i];
        if ((uint32_t)m->scope != VK_SCOPE_SUBGROUP_KHR || m->AType != m->BType || m->CType != m->ResultType ||
            m->saturatingAccumulation || m->MSize > GREATEST_MATRIX || m->NSize > GREATEST_MATRIX ||
            m->KSize > GREATEST_INNER)
            continue;
        triage_vulkan_matrix *kept = NULL;
        if ((uint32_t)m->AType == VK_COMPONENT_TYPE_SINT8_KHR && (uint32_t)m->CType == VK_COMPONENT_TYPE_SINT32_KHR)
            kept = &device->integer_matrix;
        if ((uint32_t)m->AType == VK_COMPONENT_TYPE_FLOAT16_KHR && (uint32_t)m->CType == VK_COMPONENT_TYPE_FLOAT32_KHR)
            kept = &device->half_matrix;
        if (kept && (uint64_t)m->MSize * m->NSize * m->KSize > (uint64_t)kept->rows * kept->columns * kept->inner)
            *kept = (triage_vulkan_matrix){m->MSize, m->NSize, m->KSize};
    }
    free(matrices);
}

static void describe(const triage_vulkan_instance *instance, VkPhysicalDevice physical,
                     triage_vulkan_device_info *device) {
    memset(device, 0, sizeof *device);
    VkPhysicalDeviceShaderIntegerDotProductProperties dot = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES};
    VkPhysicalDeviceSubgroupSizeControlProperties sizes = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES};
    VkPhysicalDeviceVulkan12Properties v12 = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES};
    VkPhysicalDeviceVulkan11Properties v11 = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES};
    VkPhysicalDeviceProperties2 chain = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
    // The version first: a device before 1.2 does not know the rest.
    instance->GetPhysicalDeviceProperties2(physical, &chain);
    bool is_new = chain.properties.apiVersion >= VK_API_VERSION_1_2;
    triage_vulkan_features features;
    if (is_new) {
        triage_vulkan_read_features(instance, physical, &features);
        chain.pNext = &v11;
        v11.pNext = &v12;
        void **next = &v12.pNext;
        if (features.integer_dot.shaderIntegerDotProduct) {
            *next = &dot;
            next = &dot.pNext;
        }
        if (features.subgroup_size.subgroupSizeControl) *next = &sizes;
        instance->GetPhysicalDeviceProperties2(physical, &chain);
    }
    const VkPhysicalDeviceProperties *properties = &chain.properties;
    snprintf(device->name, sizeof device->name, "%.*s", (int)sizeof properties->deviceName, properties->deviceName);
    device->type = device_type(properties->deviceType);
    device->version_major = VK_API_VERSION_MAJOR(properties->apiVersion);
    device->version_minor = VK_API_VERSION_MINOR(properties->apiVersion);
    device->version_patch = VK_API_VERSION_PATCH(properties->apiVersion);
    device->shared_memory = properties->limits.maxComputeSharedMemorySize;
    device->workgroup_size = properties->limits.maxComputeWorkGroupInvocations;
    if (!is_new) return;
    snprintf(device->driver, sizeof device->driver, "%.*s %.*s", (int)(sizeof device->driver / 2 - 2), v12.driverName,
             (int)(sizeof device->driver / 2 - 2), v12.driverInfo);
    memcpy(device->identity, v11.deviceUUID, VK_UUID_SIZE);
    memcpy(device->identity + VK_UUID_SIZE, v11.driverUUID, VK_UUID_SIZE);
    device->maximum_allocation = v11.maxMemoryAllocationSize;
    device->subgroup_size = v11.subgroupSize;
    device->minimum_subgroup_size = sizes.minSubgroupSize ? sizes.minSubgroupSize : v11.subgroupSize;
    device->maximum_subgroup_size = sizes.maxSubgroupSize ? sizes.maxSubgroupSize : v11.subgroupSize;
    device->timestamp_bits = features.timestamp_bits;
    if (features.timestamp_bits) device->timestamp_period = properties->limits.timestampPeriod;
    device->has_addresses = features.features12.bufferDeviceAddress && features.queue_family != UINT32_MAX;
    device->has_integer_dot = features.integer_dot.shaderIntegerDotProduct;
    device->has_fast_integer_dot = dot.integerDotProduct4x8BitPackedSignedAccelerated;
    device->has_half = features.features12.shaderFloat16;
    device->has_subgroup_size_control = features.subgroup_size.subgroupSizeControl &&
                                        features.subgroup_size.computeFullSubgroups &&
                                        (sizes.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT);
    // What the modules on matrices declare.
    bool has_matrices =
        features.matrix.cooperativeMatrix && features.features12.vulkanMemoryModel && features.features12.shaderInt8;
    if (has_matrices && instance->GetPhysicalDeviceCooperativeMatrixPropertiesKHR)
        find_matrices(instance, physical, device);
    VkPhysicalDeviceMemoryProperties memory;
    instance->GetPhysicalDeviceMemoryProperties(physical, &memory);
    for (uint32_t i = 0; i < memory.memoryHeapCount; i++) {
        const VkMemoryHeap *heap = &memory.memoryHeaps[i];
        if ((heap->flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) && heap->size > device->memory) device->memory = heap->size;
    }
}

int triage_vulkan_list_devices(triage_vulkan_device_info *devices, int capacity, triage_vulkan_failure *failure) {
    const triage_vulkan_instance *instance = triage_vulkan_shared_instance(failure);
    if (!instance) return -1;
    VkPhysicalDevice physical[MAXIMUM_DEVICES];
    int count = triage_vulkan_physical_devices(instance, physical,
                                               capacity < MAXIMUM_DEVICES ? capacity : MAXIMUM_DEVICES, failure);
    for (int i = 0; i < count; i++) describe(instance, physical[i], &devices[i]);
    return count;
}
