// Commands, recorded once and executed many times.
#include <stdlib.h>

#include "functions.h"

struct triage_vulkan_commands {
    triage_vulkan_device *device;
    VkCommandPool pool;
    VkCommandBuffer buffer;
    VkFence fence;
    VkQueryPool queries;
    uint32_t timestamp_capacity, timestamp_count;
};

static VkResult fill_in(triage_vulkan_commands *commands) {
    triage_vulkan_device *device = commands->device;
    VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                    .queueFamilyIndex = device->queue_family};
    VkResult result = device->CreateCommandPool(device->device, &pool, NULL, &commands->pool);
    if (result != VK_SUCCESS) return result;
    VkCommandBufferAllocateInfo buffer = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                          .commandPool = commands->pool,
                                          .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                          .commandBufferCount = 1};
    result = device->AllocateCommandBuffers(device->device, &buffer, &commands->buffer);
    if (result != VK_SUCCESS) return result;
    VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    result = device->CreateFence(device->device, &fence, NULL, &commands->fence);
    if (result != VK_SUCCESS || commands->timestamp_capacity == 0) return result;
    VkQueryPoolCreateInfo queries = {.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                     .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                     .queryCount = commands->timestamp_capacity};
    return device->CreateQueryPool(device->device, &queries, NULL, &commands->queries);
}

triage_vulkan_commands *triage_vulkan_create_commands(triage_vulkan_device *device, uint32_t timestamp_capacity,
                                                      triage_vulkan_failure *failure) {
    triage_vulkan_commands *commands = calloc(1, sizeof *commands);
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    if (commands) {
        commands->device = device;
        commands->timestamp_capacity = timestamp_capacity;
        result = fill_in(commands);
    }
    if (result == VK_SUCCESS) return commands;
    triage_vulkan_destroy_commands(commands);
    triage_vulkan_fail(failure, result, "no memory for commands");
    return NULL;
}

void triage_vulkan_destroy_commands(triage_vulkan_commands *commands) {
    if (!commands) return;
    triage_vulkan_device *device = commands->device;
    if (commands->queries) device->DestroyQueryPool(device->device, commands->queries, NULL);
    if (commands->fence) device->DestroyFence(device->device, commands->fence, NULL);
    if (commands->pool) device->DestroyCommandPool(device->device, commands->pool, NULL);
    free(commands);
}

bool triage_vulkan_begin(triage_vulkan_commands *commands, triage_vulkan_failure *failure) {
    triage_vulkan_device *device = commands->device;
    VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    VkResult result = device->BeginCommandBuffer(commands->buffer, &info);
    if (result != VK_SUCCESS) {
        triage_vulkan_fail(failure, result, "commands cannot be recorded");
        return false;
    }
    commands->timestamp_count = 0;
    if (commands->queries)
        device->CmdResetQueryPool(commands->buffer, commands->queries, 0, commands->timestamp_capacity);
    return true;
}

static void bind(triage_vulkan_commands *commands, const triage_vulkan_pipeline *pipeline, const void *push,
                 uint32_t push_size) {
    triage_vulkan_device *device = commands->device;
    device->CmdBindPipeline(commands->buffer, VK_PIPELINE_BIND_POINT_COMPUTE, triage_vulkan_pipeline_handle(pipeline));
    device->CmdPushConstants(commands->buffer, device->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, push_size, push);
}

void triage_vulkan_dispatch(triage_vulkan_commands *commands, const triage_vulkan_pipeline *pipeline, const void *push,
                            uint32_t push_size, uint32_t x, uint32_t y, uint32_t z) {
    bind(commands, pipeline, push, push_size);
    commands->device->CmdDispatch(commands->buffer, x, y, z);
}

void triage_vulkan_dispatch_indirect(triage_vulkan_commands *commands, const triage_vulkan_pipeline *pipeline,
                                     const void *push, uint32_t push_size, const triage_vulkan_buffer *buffer,
                                     uint64_t offset) {
    bind(commands, pipeline, push, push_size);
    commands->device->CmdDispatchIndirect(commands->buffer, triage_vulkan_buffer_handle(buffer), offset);
}

void triage_vulkan_copy(triage_vulkan_commands *commands, const triage_vulkan_buffer *from, uint64_t from_offset,
                        const triage_vulkan_buffer *to, uint64_t to_offset, uint64_t size) {
    VkBufferCopy region = {from_offset, to_offset, size};
    commands->device->CmdCopyBuffer(commands->buffer, triage_vulkan_buffer_handle(from),
                                    triage_vulkan_buffer_handle(to), 1, &region);
}

void triage_vulkan_barrier(triage_vulkan_commands *commands) {
    VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                               .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                               .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                                                VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT};
    VkPipelineStageFlags stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    commands->device->CmdPipelineBarrier(commands->buffer, stages, stages, 0, 1, &barrier, 0, NULL, 0, NULL);
}

void triage_vulkan_timestamp(triage_vulkan_commands *commands) {
    if (commands->timestamp_count == commands->timestamp_capacity) return;
    commands->device->CmdWriteTimestamp(commands->buffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, commands->queries,
                                        commands->timestamp_count++);
}

bool triage_vulkan_end(triage_vulkan_commands *commands, triage_vulkan_failure *failure) {
    triage_vulkan_device *device = commands->device;
    VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                               .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                               .dstAccessMask = VK_ACCESS_HOST_READ_BIT | VK_ACCESS_SHADER_READ_BIT |
                                                VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT |
                                                VK_ACCESS_TRANSFER_WRITE_BIT};
    // Visible to the host, and to what is submitted later: a fence alone says nothing to the device.
    VkPipelineStageFlags stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    device->CmdPipelineBarrier(commands->buffer, stages, stages | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL,
                               0, NULL);
    VkResult result = device->EndCommandBuffer(commands->buffer);
    if (result != VK_SUCCESS) triage_vulkan_fail(failure, result, "commands cannot be recorded");
    return result == VK_SUCCESS;
}

bool triage_vulkan_submit(triage_vulkan_commands *commands, triage_vulkan_failure *failure) {
    triage_vulkan_device *device = commands->device;
    VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &commands->buffer};
    pthread_mutex_lock(&device->mutex);
    VkResult result = device->ResetFences(device->device, 1, &commands->fence);
    if (result == VK_SUCCESS) result = device->QueueSubmit(device->queue, 1, &info, commands->fence);
    pthread_mutex_unlock(&device->mutex);
    if (result != VK_SUCCESS) triage_vulkan_fail(failure, result, "commands cannot be submitted");
    return result == VK_SUCCESS;
}

bool triage_vulkan_wait(triage_vulkan_commands *commands, uint64_t nanoseconds, triage_vulkan_failure *failure) {
    triage_vulkan_device *device = commands->device;
    VkResult result = device->WaitForFences(device->device, 1, &commands->fence, VK_TRUE, nanoseconds);
    if (result != VK_SUCCESS) triage_vulkan_fail(failure, result, "the device does not answer");
    return result == VK_SUCCESS;
}

uint32_t triage_vulkan_read_timestamps(triage_vulkan_commands *commands, uint64_t *ticks, uint32_t capacity) {
    triage_vulkan_device *device = commands->device;
    uint32_t count = commands->timestamp_count < capacity ? commands->timestamp_count : capacity;
    if (!count) return 0;
    VkResult result = device->GetQueryPoolResults(device->device, commands->queries, 0, count, sizeof *ticks * count,
                                                  ticks, sizeof *ticks, VK_QUERY_RESULT_64_BIT);
    return result == VK_SUCCESS ? count : 0;
}
