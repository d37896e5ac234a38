// The functions of Vulkan that are used, loaded one by one.
#pragma once

#include <pthread.h>

#include "CVulkan.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

#define TRIAGE_INSTANCE_FUNCTIONS(F)          \
    F(EnumeratePhysicalDevices)               \
    F(GetPhysicalDeviceProperties2)           \
    F(GetPhysicalDeviceFeatures2)             \
    F(GetPhysicalDeviceMemoryProperties)      \
    F(GetPhysicalDeviceQueueFamilyProperties) \
    F(EnumerateDeviceExtensionProperties)     \
    F(CreateDevice)                           \
    F(GetDeviceProcAddr)

#define TRIAGE_DEVICE_FUNCTIONS(F) \
    F(DestroyDevice)               \
    F(DeviceWaitIdle)              \
    F(GetDeviceQueue)              \
    F(QueueSubmit)                 \
    F(CreateFence)                 \
    F(DestroyFence)                \
    F(ResetFences)                 \
    F(WaitForFences)               \
    F(CreateBuffer)                \
    F(DestroyBuffer)               \
    F(GetBufferMemoryRequirements) \
    F(GetBufferDeviceAddress)      \
    F(AllocateMemory)              \
    F(FreeMemory)                  \
    F(MapMemory)                   \
    F(BindBufferMemory)            \
    F(CreatePipelineCache)         \
    F(DestroyPipelineCache)        \
    F(GetPipelineCacheData)        \
    F(CreateShaderModule)          \
    F(DestroyShaderModule)         \
    F(CreatePipelineLayout)        \
    F(DestroyPipelineLayout)       \
    F(CreateComputePipelines)      \
    F(DestroyPipeline)             \
    F(CreateCommandPool)           \
    F(DestroyCommandPool)          \
    F(AllocateCommandBuffers)      \
    F(BeginCommandBuffer)          \
    F(EndCommandBuffer)            \
    F(CmdBindPipeline)             \
    F(CmdPushConstants)            \
    F(CmdDispatch)                 \
    F(CmdDispatchIndirect)         \
    F(CmdCopyBuffer)               \
    F(CmdPipelineBarrier)          \
    F(CmdWriteTimestamp)           \
    F(CmdResetQueryPool)           \
    F(CreateQueryPool)             \
    F(DestroyQueryPool)            \
    F(GetQueryPoolResults)

#define TRIAGE_DECLARE(name) PFN_vk##name name;

// Of the list that is looked at.
#define MAXIMUM_DEVICES 16

// What headers before Vulkan 1.3.255 lack.
#ifndef VK_KHR_cooperative_matrix
#define VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR ((VkStructureType)1000506000)
#define VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR ((VkStructureType)1000506001)
#define VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME "VK_KHR_cooperative_matrix"
enum {
    VK_COMPONENT_TYPE_FLOAT16_KHR = 0,
    VK_COMPONENT_TYPE_FLOAT32_KHR = 1,
    VK_COMPONENT_TYPE_SINT8_KHR = 3,
    VK_COMPONENT_TYPE_SINT32_KHR = 5,
    VK_SCOPE_SUBGROUP_KHR = 3,
};
typedef struct {
    VkStructureType sType;
    void *pNext;
    VkBool32 cooperativeMatrix, cooperativeMatrixRobustBufferAccess;
} VkPhysicalDeviceCooperativeMatrixFeaturesKHR;
typedef struct {
    VkStructureType sType;
    void *pNext;
    uint32_t MSize, NSize, KSize;
    uint32_t AType, BType, CType, ResultType;
    VkBool32 saturatingAccumulation;
    uint32_t scope;
} VkCooperativeMatrixPropertiesKHR;
typedef VkResult(VKAPI_PTR *PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR)(VkPhysicalDevice, uint32_t *,
                                                                                   VkCooperativeMatrixPropertiesKHR *);
#endif

// The loader and one instance, for the life of the process: drivers leave threads and exit handlers behind whose code
// must not disappear.
typedef struct {
    VkInstance instance;
    TRIAGE_INSTANCE_FUNCTIONS(TRIAGE_DECLARE)
    // Null where no driver knows the extension.
    PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR GetPhysicalDeviceCooperativeMatrixPropertiesKHR;
} triage_vulkan_instance;

// Null, with the same reason in every call, where there is none.
const triage_vulkan_instance *triage_vulkan_shared_instance(triage_vulkan_failure *failure);

// The physical device at this place of the list; its number in `count`.
int triage_vulkan_physical_devices(const triage_vulkan_instance *instance, VkPhysicalDevice *devices, int capacity,
                                   triage_vulkan_failure *failure);

// What a device offers of what we use.
typedef struct {
    VkPhysicalDeviceFeatures2 features;
    VkPhysicalDeviceVulkan12Features features12;
    VkPhysicalDeviceSubgroupSizeControlFeatures subgroup_size;
    VkPhysicalDeviceShaderIntegerDotProductFeatures integer_dot;
    VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrix;
    const char *extensions[8];
    uint32_t extension_count;
    uint32_t queue_family;  // one that computes; UINT32_MAX without
    uint32_t timestamp_bits;
} triage_vulkan_features;

// Reduced to what we use, chained for vkCreateDevice.
void triage_vulkan_read_features(const triage_vulkan_instance *instance, VkPhysicalDevice physical,
                                 triage_vulkan_features *features);

struct triage_vulkan_device {
    VkPhysicalDevice physical;
    VkDevice device;
    VkQueue queue;
    uint32_t queue_family;
    uint32_t float_modes;
    VkPhysicalDeviceMemoryProperties memory;
    VkPipelineCache cache;
    VkPipelineLayout layout;
    // A queue and a pipeline cache's data are used by one thread at a time.
    pthread_mutex_t mutex;
    TRIAGE_DEVICE_FUNCTIONS(TRIAGE_DECLARE)
};

// The modes of floating point that a device knows, a bit each.
uint32_t triage_vulkan_float_modes(const VkPhysicalDeviceVulkan12Properties *properties);
// A module's words with these modes, to be freed, and their number in place of the module's; NULL without memory.
uint32_t *triage_vulkan_with_float_modes(const uint32_t *words, size_t *count, uint32_t flags);

VkPipeline triage_vulkan_pipeline_handle(const triage_vulkan_pipeline *pipeline);
VkBuffer triage_vulkan_buffer_handle(const triage_vulkan_buffer *buffer);

// Fills in a failure of Vulkan; `what` could not be done.
void triage_vulkan_fail(triage_vulkan_failure *failure, VkResult result, const char *what);
void triage_vulkan_fail_as(triage_vulkan_failure *failure, triage_vulkan_status status, const char *reason);
