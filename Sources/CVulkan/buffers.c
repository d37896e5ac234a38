// Memory that shaders and the host share.
#include <stdlib.h>

#include "functions.h"

struct triage_vulkan_buffer {
    triage_vulkan_device *device;
    VkBuffer buffer;
    VkDeviceMemory memory;
    VkDeviceAddress address;
    void *bytes;
};

VkBuffer triage_vulkan_buffer_handle(const triage_vulkan_buffer *buffer) { return buffer->buffer; }

uint64_t triage_vulkan_buffer_address(const triage_vulkan_buffer *buffer) { return buffer->address; }

void *triage_vulkan_buffer_bytes(const triage_vulkan_buffer *buffer) { return buffer->bytes; }

// Types that will do, best first; 0 ends the list.
static const VkMemoryPropertyFlags *preferences(triage_vulkan_placement placement) {
    enum {
        LOCAL = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
        MAPPED = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
        CACHED = VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
    };
    static const VkMemoryPropertyFlags on_device[] = {LOCAL, 0}, staging[] = {MAPPED, 0},
                                       upload[] = {LOCAL | MAPPED, MAPPED, 0},
                                       download[] = {MAPPED | CACHED, MAPPED, 0};
    switch (placement) {
        case TRIAGE_VULKAN_STAGING:
            return staging;
        case TRIAGE_VULKAN_UPLOAD:
            return upload;
        case TRIAGE_VULKAN_DOWNLOAD:
            return download;
        default:
            return on_device;
    }
}

static VkResult allocate(triage_vulkan_buffer *buffer, triage_vulkan_placement placement) {
    triage_vulkan_device *device = buffer->device;
    VkMemoryRequirements requirements;
    device->GetBufferMemoryRequirements(device->device, buffer->buffer, &requirements);
    VkMemoryAllocateFlagsInfo flags = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                       .flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT};
    VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .pNext = &flags, .allocationSize = requirements.size};
    VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    // A type may be right and its heap too small, as the window of a device's memory that the host sees often is.
    for (const VkMemoryPropertyFlags *wanted = preferences(placement); *wanted; wanted++) {
        for (uint32_t type = 0; type < device->memory.memoryTypeCount; type++) {
            bool is_allowed = requirements.memoryTypeBits & (1u << type);
            if (!is_allowed || (device->memory.memoryTypes[type].propertyFlags & *wanted) != *wanted) continue;
            info.memoryTypeIndex = type;
            result = device->AllocateMemory(device->device, &info, NULL, &buffer->memory);
            if (result == VK_SUCCESS) return result;
            buffer->memory = VK_NULL_HANDLE;
        }
    }
    return result;
}

static VkResult fill_in(triage_vulkan_buffer *buffer, uint64_t size, triage_vulkan_placement placement) {
    triage_vulkan_device *device = buffer->device;
    VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                               .size = size,
                               .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT |
                                        VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                                        VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT};
    VkResult result = device->CreateBuffer(device->device, &info, NULL, &buffer->buffer);
    if (result != VK_SUCCESS) {
        buffer->buffer = VK_NULL_HANDLE;
        return result;
    }
    result = allocate(buffer, placement);
    if (result == VK_SUCCESS) result = device->BindBufferMemory(device->device, buffer->buffer, buffer->memory, 0);
    if (result != VK_SUCCESS) return result;
    VkBufferDeviceAddressInfo address = {.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO,
                                         .buffer = buffer->buffer};
    buffer->address = device->GetBufferDeviceAddress(device->device, &address);
    if (placement == TRIAGE_VULKAN_ON_DEVICE) return VK_SUCCESS;
    return device->MapMemory(device->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &buffer->bytes);
}

triage_vulkan_buffer *triage_vulkan_create_buffer(triage_vulkan_device *device, uint64_t size,
                                                  triage_vulkan_placement placement, triage_vulkan_failure *failure) {
    triage_vulkan_buffer *buffer = calloc(1, sizeof *buffer);
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    if (buffer) {
        buffer->device = device;
        result = fill_in(buffer, size, placement);
    }
    if (result == VK_SUCCESS) return buffer;
    triage_vulkan_destroy_buffer(buffer);
    triage_vulkan_fail(failure, result, "no memory for a buffer");
    return NULL;
}

void triage_vulkan_destroy_buffer(triage_vulkan_buffer *buffer) {
    if (!buffer) return;
    triage_vulkan_device *device = buffer->device;
    if (buffer->buffer) device->DestroyBuffer(device->device, buffer->buffer, NULL);
    if (buffer->memory) device->FreeMemory(device->device, buffer->memory, NULL);
    free(buffer);
}
