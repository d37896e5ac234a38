// An open device, its memory and its pipelines.
#include <stdlib.h>
#include <string.h>

#include "functions.h"

static bool create_device(const triage_vulkan_instance *instance, triage_vulkan_device *device, const void *cache,
                          size_t cache_size, triage_vulkan_failure *failure) {
    triage_vulkan_features features;
    triage_vulkan_read_features(instance, device->physical, &features);
    device->queue_family = features.queue_family;
    float priority = 1;
    VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                     .queueFamilyIndex = features.queue_family,
                                     .queueCount = 1,
                                     .pQueuePriorities = &priority};
    VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                               .pNext = &features.features,
                               .queueCreateInfoCount = 1,
                               .pQueueCreateInfos = &queue,
                               .enabledExtensionCount = features.extension_count,
                               .ppEnabledExtensionNames = features.extensions};
    VkResult result = instance->CreateDevice(device->physical, &info, NULL, &device->device);
    if (result != VK_SUCCESS) {
        device->device = VK_NULL_HANDLE;
        triage_vulkan_fail(failure, result, "the device cannot be opened");
        return false;
    }
#define LOAD(name) device->name = (PFN_vk##name)instance->GetDeviceProcAddr(device->device, "vk" #name);
    TRIAGE_DEVICE_FUNCTIONS(LOAD)
#define IS_MISSING(name) || !device->name
    if (0 TRIAGE_DEVICE_FUNCTIONS(IS_MISSING)) {
        triage_vulkan_fail_as(failure, TRIAGE_VULKAN_UNSUPPORTED, "the driver lacks functions of Vulkan 1.2");
        return false;
    }
    device->GetDeviceQueue(device->device, device->queue_family, 0, &device->queue);
    instance->GetPhysicalDeviceMemoryProperties(device->physical, &device->memory);
    VkPhysicalDeviceVulkan12Properties v12 = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES};
    VkPhysicalDeviceProperties2 properties = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &v12};
    instance->GetPhysicalDeviceProperties2(device->physical, &properties);
    device->float_modes = triage_vulkan_float_modes(&v12);
    VkPipelineCacheCreateInfo cache_info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
                                            .initialDataSize = cache ? cache_size : 0,
                                            .pInitialData = cache};
    result = device->CreatePipelineCache(device->device, &cache_info, NULL, &device->cache);
    if (result != VK_SUCCESS) {
        triage_vulkan_fail(failure, result, "no pipeline cache");
        return false;
    }
    VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0, TRIAGE_VULKAN_PUSH_SIZE};
    VkPipelineLayoutCreateInfo layout = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                         .pushConstantRangeCount = 1,
                                         .pPushConstantRanges = &range};
    result = device->CreatePipelineLayout(device->device, &layout, NULL, &device->layout);
    if (result != VK_SUCCESS) triage_vulkan_fail(failure, result, "no pipeline layout");
    return result == VK_SUCCESS;
}

triage_vulkan_device *triage_vulkan_open(int index, const void *cache, size_t cache_size,
                                         triage_vulkan_failure *failure) {
    const triage_vulkan_instance *instance = triage_vulkan_shared_instance(failure);
    if (!instance) return NULL;
    VkPhysicalDevice physical[MAXIMUM_DEVICES];
    int count = triage_vulkan_physical_devices(instance, physical, MAXIMUM_DEVICES, failure);
    if (count < 0) return NULL;
    if (index < 0 || index >= count) {
        triage_vulkan_fail_as(failure, TRIAGE_VULKAN_UNAVAILABLE, "no such device");
        return NULL;
    }
    triage_vulkan_device *device = calloc(1, sizeof *device);
    if (!device) {
        triage_vulkan_fail(failure, VK_ERROR_OUT_OF_HOST_MEMORY, "the device cannot be opened");
        return NULL;
    }
    device->physical = physical[index];
    pthread_mutex_init(&device->mutex, NULL);
    if (create_device(instance, device, cache, cache_size, failure)) return device;
    triage_vulkan_close(device);
    return NULL;
}

void triage_vulkan_close(triage_vulkan_device *device) {
    if (!device) return;
    if (device->device && device->DestroyDevice) {
        if (device->DeviceWaitIdle) device->DeviceWaitIdle(device->device);
        if (device->layout) device->DestroyPipelineLayout(device->device, device->layout, NULL);
        if (device->cache) device->DestroyPipelineCache(device->device, device->cache, NULL);
        device->DestroyDevice(device->device, NULL);
    }
    pthread_mutex_destroy(&device->mutex);
    free(device);
}

size_t triage_vulkan_cache(triage_vulkan_device *device, void *bytes, size_t capacity) {
    size_t size = bytes ? capacity : 0;
    pthread_mutex_lock(&device->mutex);
    VkResult result = device->GetPipelineCacheData(device->device, device->cache, &size, bytes);
    pthread_mutex_unlock(&device->mutex);
    return result == VK_SUCCESS ? size : 0;
}

struct triage_vulkan_pipeline {
    triage_vulkan_device *device;
    VkPipeline pipeline;
};

triage_vulkan_pipeline *triage_vulkan_create_pipeline(triage_vulkan_device *device, const uint32_t *words,
                                                      size_t byte_count, const uint32_t *constants,
                                                      uint32_t constant_count, uint32_t subgroup_size,
                                                      triage_vulkan_failure *failure) {
    enum { MAXIMUM_CONSTANTS = 32 };
    VkSpecializationMapEntry entries[MAXIMUM_CONSTANTS];
    if (constant_count > MAXIMUM_CONSTANTS) {
        triage_vulkan_fail_as(failure, TRIAGE_VULKAN_FAILED, "more constants than a shader has");
        return NULL;
    }
    for (uint32_t i = 0; i < constant_count; i++) entries[i] = (VkSpecializationMapEntry){i, 4 * i, 4};
    VkSpecializationInfo specialization = {constant_count, entries, 4 * constant_count, constants};
    size_t word_count = byte_count / 4;
    uint32_t *moded = triage_vulkan_with_float_modes(words, &word_count, device->float_modes);
    if (!moded) {
        triage_vulkan_fail(failure, VK_ERROR_OUT_OF_HOST_MEMORY, "a shader cannot be loaded");
        return NULL;
    }
    VkShaderModuleCreateInfo module_info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = 4 * word_count, .pCode = moded};
    VkShaderModule module = VK_NULL_HANDLE;
    VkResult result = device->CreateShaderModule(device->device, &module_info, NULL, &module);
    free(moded);
    if (result != VK_SUCCESS) {
        triage_vulkan_fail(failure, result, "a shader is refused");
        return NULL;
    }
    VkPipelineShaderStageRequiredSubgroupSizeCreateInfo subgroup = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = subgroup_size};
    VkPipelineShaderStageCreateFlags stage_flags =
        subgroup_size ? VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT : 0;
    VkComputePipelineCreateInfo info = {.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
                                        .layout = device->layout,
                                        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                                                  .pNext = subgroup_size ? &subgroup : NULL,
                                                  .flags = stage_flags,
                                                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                                                  .module = module,
                                                  .pName = "main",
                                                  .pSpecializationInfo = &specialization}};
    triage_vulkan_pipeline *pipeline = calloc(1, sizeof *pipeline);
    result = VK_ERROR_OUT_OF_HOST_MEMORY;
    if (pipeline) {
        pipeline->device = device;
        result = device->CreateComputePipelines(device->device, device->cache, 1, &info, NULL, &pipeline->pipeline);
    }
    device->DestroyShaderModule(device->device, module, NULL);
    if (result == VK_SUCCESS) return pipeline;
    free(pipeline);
    triage_vulkan_fail(failure, result, "a pipeline cannot be made");
    return NULL;
}

void triage_vulkan_destroy_pipeline(triage_vulkan_pipeline *pipeline) {
    if (!pipeline) return;
    pipeline->device->DestroyPipeline(pipeline->device->device, pipeline->pipeline, NULL);
    free(pipeline);
}

VkPipeline triage_vulkan_pipeline_handle(const triage_vulkan_pipeline *pipeline) { return pipeline->pipeline; }
