#include "CVulkan.h"
int triage_placeholder_vulkan(void) { return 0; }
