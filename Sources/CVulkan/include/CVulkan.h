int triage_placeholder_vulkan(void);
