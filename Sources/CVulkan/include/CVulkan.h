// The Vulkan devices of this machine, without linking to Vulkan: the loader is opened at run time, and where it, a
// driver or a device is missing or broken the result says so.
#pragma once

#include <stdint.h>

#define TRIAGE_VULKAN_NAME_SIZE 256
#define TRIAGE_VULKAN_REASON_SIZE 256

typedef enum {
    TRIAGE_VULKAN_OTHER = 0,
    TRIAGE_VULKAN_INTEGRATED = 1,
    TRIAGE_VULKAN_DISCRETE = 2,
    TRIAGE_VULKAN_VIRTUAL = 3,
    TRIAGE_VULKAN_CPU = 4,
} triage_vulkan_device_type;

typedef struct {
    char name[TRIAGE_VULKAN_NAME_SIZE];
    char driver[TRIAGE_VULKAN_NAME_SIZE];  // name and version; empty where the device does not say
    triage_vulkan_device_type type;
    uint32_t version_major;  // of Vulkan, as the device supports it
    uint32_t version_minor;
    uint32_t version_patch;
} triage_vulkan_device;

// Fills `devices` with at most `capacity` devices and returns how many it filled; -1 where Vulkan cannot be used,
// and then `reason` says why. All strings are terminated.
int triage_vulkan_list_devices(triage_vulkan_device *devices, int capacity, char reason[TRIAGE_VULKAN_REASON_SIZE]);
