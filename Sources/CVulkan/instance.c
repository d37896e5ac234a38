// The loader, opened once.
#include <dlfcn.h>
#include <string.h>

#include "functions.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static triage_vulkan_instance shared;
static triage_vulkan_failure shared_failure;

static void open_instance(void) {
    void *loader = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!loader) loader = dlopen("libvulkan.so", RTLD_NOW | RTLD_LOCAL);
    if (!loader) {
        triage_vulkan_fail_as(&shared_failure, TRIAGE_VULKAN_UNAVAILABLE, "no loader: libvulkan.so.1 cannot be opened");
        return;
    }
    PFN_vkGetInstanceProcAddr get = (PFN_vkGetInstanceProcAddr)dlsym(loader, "vkGetInstanceProcAddr");
    PFN_vkCreateInstance create = get ? (PFN_vkCreateInstance)get(VK_NULL_HANDLE, "vkCreateInstance") : NULL;
    if (!create) {
        triage_vulkan_fail_as(&shared_failure, TRIAGE_VULKAN_UNAVAILABLE,
                              "the loader lacks vkGetInstanceProcAddr or vkCreateInstance");
        return;
    }
    VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .pApplicationName = "triage", .apiVersion = VK_API_VERSION_1_3};
    VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &application};
    VkInstance instance = VK_NULL_HANDLE;
    VkResult result = create(&info, NULL, &instance);
    if (result != VK_SUCCESS) {
        // What the loader says of driver files that it cannot read, too.
        const char *what = result == VK_ERROR_OUT_OF_HOST_MEMORY
                               ? "no instance, perhaps for a damaged driver file (VK_DRIVER_FILES)"
                               : "no instance";
        triage_vulkan_fail(&shared_failure, result, what);
        return;
    }
#define LOAD(name) shared.name = (PFN_vk##name)get(instance, "vk" #name);
    TRIAGE_INSTANCE_FUNCTIONS(LOAD)
    LOAD(GetPhysicalDeviceCooperativeMatrixPropertiesKHR)
#define IS_MISSING(name) || !shared.name
    if (0 TRIAGE_INSTANCE_FUNCTIONS(IS_MISSING)) {
        triage_vulkan_fail_as(&shared_failure, TRIAGE_VULKAN_UNAVAILABLE, "the loader lacks functions of Vulkan 1.1");
        return;
    }
    shared.instance = instance;
}

const triage_vulkan_instance *triage_vulkan_shared_instance(triage_vulkan_failure *failure) {
    pthread_once(&once, open_instance);
    if (shared.instance) return &shared;
    *failure = shared_failure;
    return NULL;
}

int triage_vulkan_physical_devices(const triage_vulkan_instance *instance, VkPhysicalDevice *devices, int capacity,
                                   triage_vulkan_failure *failure) {
    uint32_t count = (uint32_t)capacity;
    VkResult result = instance->EnumeratePhysicalDevices(instance->instance, &count, devices);
    if (result == VK_SUCCESS || result == VK_INCOMPLETE) return (int)count;
    triage_vulkan_fail(failure, result, "devices cannot be listed");
    return -1;
}
