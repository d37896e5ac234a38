#include "CVulkan.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

#define MAXIMUM_DEVICES 16

static void *open_loader(char *reason) {
    void *loader = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!loader) loader = dlopen("libvulkan.so", RTLD_NOW | RTLD_LOCAL);
    if (!loader) snprintf(reason, TRIAGE_VULKAN_REASON_SIZE, "no loader: libvulkan.so.1 cannot be opened");
    return loader;
}

// The values of VkResult that vkCreateInstance and vkEnumeratePhysicalDevices return.
static const char *meaning(VkResult result) {
    switch (result) {
        case VK_ERROR_INCOMPATIBLE_DRIVER:
            return "no usable driver";
        case VK_ERROR_INITIALIZATION_FAILED:
            return "a driver failed to start";
        case VK_ERROR_OUT_OF_HOST_MEMORY:
            return "out of memory";
        case VK_ERROR_OUT_OF_DEVICE_MEMORY:
            return "out of device memory";
        case VK_ERROR_LAYER_NOT_PRESENT:
            return "a layer is missing";
        default:
            return "unexpected error";
    }
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

// VkPhysicalDeviceProperties2 and the driver's own name exist from Vulkan 1.1 and 1.2 on.
static void describe(VkPhysicalDevice physical, PFN_vkGetPhysicalDeviceProperties get_properties,
                     PFN_vkGetPhysicalDeviceProperties2 get_properties2, triage_vulkan_device *device) {
    VkPhysicalDeviceProperties properties;
    get_properties(physical, &properties);
    memset(device, 0, sizeof *device);
    snprintf(device->name, sizeof device->name, "%.*s", (int)sizeof properties.deviceName, properties.deviceName);
    device->type = device_type(properties.deviceType);
    device->version_major = VK_API_VERSION_MAJOR(properties.apiVersion);
    device->version_minor = VK_API_VERSION_MINOR(properties.apiVersion);
    device->version_patch = VK_API_VERSION_PATCH(properties.apiVersion);
    if (!get_properties2 || properties.apiVersion < VK_API_VERSION_1_2) return;
    VkPhysicalDeviceDriverProperties driver = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES};
    VkPhysicalDeviceProperties2 chain = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &driver};
    get_properties2(physical, &chain);
    snprintf(device->driver, sizeof device->driver, "%.*s %.*s", (int)(sizeof device->driver / 2 - 2),
             driver.driverName, (int)(sizeof device->driver / 2 - 2), driver.driverInfo);
}

static int list_devices(VkInstance instance, PFN_vkGetInstanceProcAddr get_address, triage_vulkan_device *devices,
                        int capacity, char *reason) {
    PFN_vkEnumeratePhysicalDevices enumerate =
        (PFN_vkEnumeratePhysicalDevices)get_address(instance, "vkEnumeratePhysicalDevices");
    PFN_vkGetPhysicalDeviceProperties get_properties =
        (PFN_vkGetPhysicalDeviceProperties)get_address(instance, "vkGetPhysicalDeviceProperties");
    PFN_vkGetPhysicalDeviceProperties2 get_properties2 =
        (PFN_vkGetPhysicalDeviceProperties2)get_address(instance, "vkGetPhysicalDeviceProperties2");
    if (!enumerate || !get_properties) {
        snprintf(reason, TRIAGE_VULKAN_REASON_SIZE, "the loader lacks functions of Vulkan 1.0");
        return -1;
    }
    VkPhysicalDevice physical[MAXIMUM_DEVICES];
    uint32_t count = (uint32_t)(capacity < MAXIMUM_DEVICES ? capacity : MAXIMUM_DEVICES);
    VkResult result = enumerate(instance, &count, physical);
    if (result != VK_SUCCESS && result != VK_INCOMPLETE) {
        snprintf(reason, TRIAGE_VULKAN_REASON_SIZE, "devices cannot be listed: %s (%d)", meaning(result), result);
        return -1;
    }
    for (uint32_t i = 0; i < count; ++i) describe(physical[i], get_properties, get_properties2, &devices[i]);
    return (int)count;
}

int triage_vulkan_list_devices(triage_vulkan_device *devices, int capacity, char reason[TRIAGE_VULKAN_REASON_SIZE]) {
    reason[0] = '\0';
    void *loader = open_loader(reason);
    if (!loader) return -1;
    // The loader stays open: drivers leave threads and exit handlers behind whose code must not disappear.
    PFN_vkGetInstanceProcAddr get_address = (PFN_vkGetInstanceProcAddr)dlsym(loader, "vkGetInstanceProcAddr");
    PFN_vkCreateInstance create =
        get_address ? (PFN_vkCreateInstance)get_address(VK_NULL_HANDLE, "vkCreateInstance") : NULL;
    if (!create) {
        snprintf(reason, TRIAGE_VULKAN_REASON_SIZE, "the loader lacks vkGetInstanceProcAddr or vkCreateInstance");
        return -1;
    }
    VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .pApplicationName = "triage", .apiVersion = VK_API_VERSION_1_2};
    VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &application};
    VkInstance instance = VK_NULL_HANDLE;
    VkResult result = create(&info, NULL, &instance);
    if (result != VK_SUCCESS) {
        snprintf(reason, TRIAGE_VULKAN_REASON_SIZE, "no instance: %s (%d)", meaning(result), result);
        return -1;
    }
    int count = list_devices(instance, get_address, devices, capacity, reason);
    PFN_vkDestroyInstance destroy = (PFN_vkDestroyInstance)get_address(instance, "vkDestroyInstance");
    if (destroy) destroy(instance, NULL);
    return count;
}
