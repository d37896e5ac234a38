// Compute through Vulkan, without linking to it: the loader is opened at run time, and where it, a driver, a device or
// a feature is missing or broken a failure says so.
//
// Buffers are reached by their 64-bit addresses, which shaders get as push constants; there are no descriptors. One
// queue of one device executes everything.
//
// Threads: a device, its buffers and its pipelines may be used from many threads at once; commands belong to one thread
// at a time. Whatever was created from a device is destroyed before it is closed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRIAGE_VULKAN_NAME_SIZE 256
#define TRIAGE_VULKAN_REASON_SIZE 256
#define TRIAGE_VULKAN_IDENTITY_SIZE 32
// Bytes of push constants that every device offers.
#define TRIAGE_VULKAN_PUSH_SIZE 128

typedef enum {
    TRIAGE_VULKAN_SUCCESS = 0,
    TRIAGE_VULKAN_UNAVAILABLE = 1,  // no loader, no driver, no such device
    TRIAGE_VULKAN_UNSUPPORTED = 2,  // the device lacks a feature
    TRIAGE_VULKAN_OUT_OF_MEMORY = 3,
    TRIAGE_VULKAN_DEVICE_LOST = 4,
    TRIAGE_VULKAN_TIMED_OUT = 5,
    TRIAGE_VULKAN_FAILED = 6,
} triage_vulkan_status;

typedef struct {
    triage_vulkan_status status;
    char reason[TRIAGE_VULKAN_REASON_SIZE];
} triage_vulkan_failure;

typedef enum {
    TRIAGE_VULKAN_OTHER = 0,
    TRIAGE_VULKAN_INTEGRATED = 1,
    TRIAGE_VULKAN_DISCRETE = 2,
    TRIAGE_VULKAN_VIRTUAL = 3,
    TRIAGE_VULKAN_CPU = 4,
} triage_vulkan_device_type;

// Sizes of the matrices that a subgroup multiplies at once, A is rows x inner, the largest up to 16 x 16 x 32; 0 where
// it cannot.
typedef struct {
    uint32_t rows, columns, inner;
} triage_vulkan_matrix;

typedef struct {
    char name[TRIAGE_VULKAN_NAME_SIZE];
    char driver[TRIAGE_VULKAN_NAME_SIZE];  // name and version; empty where the device does not say
    triage_vulkan_device_type type;
    uint32_t version_major;  // of Vulkan, as the device supports it
    uint32_t version_minor;
    uint32_t version_patch;
    uint8_t identity[TRIAGE_VULKAN_IDENTITY_SIZE];  // of device and driver: the same as long as both are
    uint64_t memory;                                // bytes of the largest heap of its own
    uint64_t maximum_allocation;                    // bytes
    uint32_t shared_memory;                         // bytes a workgroup
    uint32_t workgroup_size;                        // threads, at most
    uint32_t subgroup_size;                         // as it is by default
    uint32_t minimum_subgroup_size, maximum_subgroup_size;
    float timestamp_period;   // nanoseconds; 0 where the queue has no clock
    uint32_t timestamp_bits;  // that count
    bool has_addresses;       // what everything here needs
    bool has_integer_dot;
    bool has_fast_integer_dot;  // of four signed bytes, in hardware
    bool has_half;
    bool has_subgroup_size_control;
    triage_vulkan_matrix integer_matrix;  // signed bytes into 32 bits
    triage_vulkan_matrix half_matrix;     // 16-bit floating point into 32 bits
} triage_vulkan_device_info;

// Fills `devices` with at most `capacity` devices and returns how many it filled; -1 where Vulkan cannot be used.
int triage_vulkan_list_devices(triage_vulkan_device_info *devices, int capacity, triage_vulkan_failure *failure);

typedef struct triage_vulkan_device triage_vulkan_device;

// Opens the device at this place of the list, with all features named above that it has. `cache`: what
// triage_vulkan_cache returned earlier, or NULL; the driver ignores what it does not know as its own.
triage_vulkan_device *triage_vulkan_open(int index, const void *cache, size_t cache_size,
                                         triage_vulkan_failure *failure);
void triage_vulkan_close(triage_vulkan_device *device);

// Compiled pipelines, for a later triage_vulkan_open: writes at most `capacity` bytes and returns how many; with NULL
// how many there are; 0 on failure.
size_t triage_vulkan_cache(triage_vulkan_device *device, void *bytes, size_t capacity);

typedef enum {
    TRIAGE_VULKAN_ON_DEVICE = 0,  // not mapped
    TRIAGE_VULKAN_STAGING = 1,    // mapped: written by the host, copied from by the device
    TRIAGE_VULKAN_UPLOAD =
        2,  // mapped: written by the host, read by shaders; memory of the device where that is mapped
    TRIAGE_VULKAN_DOWNLOAD = 3,  // mapped: written by shaders, read by the host
} triage_vulkan_placement;

typedef struct triage_vulkan_buffer triage_vulkan_buffer;

triage_vulkan_buffer *triage_vulkan_create_buffer(triage_vulkan_device *device, uint64_t size,
                                                  triage_vulkan_placement placement, triage_vulkan_failure *failure);
void triage_vulkan_destroy_buffer(triage_vulkan_buffer *buffer);
// For shaders; a multiple of 16.
uint64_t triage_vulkan_buffer_address(const triage_vulkan_buffer *buffer);
// For the host, as long as the buffer lives; NULL for one on the device.
void *triage_vulkan_buffer_bytes(const triage_vulkan_buffer *buffer);

typedef struct triage_vulkan_pipeline triage_vulkan_pipeline;

// A compute pipeline of a module, whose specialisation constants 0, 1, 2 … are `constants`. `subgroup_size`: what the
// shader relies on, and that all subgroups are full; 0 for any.
triage_vulkan_pipeline *triage_vulkan_create_pipeline(triage_vulkan_device *device, const uint32_t *words,
                                                      size_t byte_count, const uint32_t *constants,
                                                      uint32_t constant_count, uint32_t subgroup_size,
                                                      triage_vulkan_failure *failure);
void triage_vulkan_destroy_pipeline(triage_vulkan_pipeline *pipeline);

typedef struct triage_vulkan_commands triage_vulkan_commands;

// Commands that are recorded once and submitted any number of times, one submission at a time.
triage_vulkan_commands *triage_vulkan_create_commands(triage_vulkan_device *device, uint32_t timestamp_capacity,
                                                      triage_vulkan_failure *failure);
void triage_vulkan_destroy_commands(triage_vulkan_commands *commands);

bool triage_vulkan_begin(triage_vulkan_commands *commands, triage_vulkan_failure *failure);
void triage_vulkan_dispatch(triage_vulkan_commands *commands, const triage_vulkan_pipeline *pipeline, const void *push,
                            uint32_t push_size, uint32_t x, uint32_t y, uint32_t z);
// The numbers of workgroups are read from three words of `buffer` when the commands are executed.
void triage_vulkan_dispatch_indirect(triage_vulkan_commands *commands, const triage_vulkan_pipeline *pipeline,
                                     const void *push, uint32_t push_size, const triage_vulkan_buffer *buffer,
                                     uint64_t offset);
void triage_vulkan_copy(triage_vulkan_commands *commands, const triage_vulkan_buffer *from, uint64_t from_offset,
                        const triage_vulkan_buffer *to, uint64_t to_offset, uint64_t size);
// What was recorded before is complete and visible to what is recorded after.
void triage_vulkan_barrier(triage_vulkan_commands *commands);
// The time at which everything before it is complete; at most as many as the capacity.
void triage_vulkan_timestamp(triage_vulkan_commands *commands);
bool triage_vulkan_end(triage_vulkan_commands *commands, triage_vulkan_failure *failure);

bool triage_vulkan_submit(triage_vulkan_commands *commands, triage_vulkan_failure *failure);
// Waits until the submitted commands are complete and visible to the host. After a failure the commands may still run.
bool triage_vulkan_wait(triage_vulkan_commands *commands, uint64_t nanoseconds, triage_vulkan_failure *failure);
// Ticks of the timestamps, in order; call it after a wait. Returns how many were written, 0 on failure.
uint32_t triage_vulkan_read_timestamps(triage_vulkan_commands *commands, uint64_t *ticks, uint32_t capacity);
