int triage_placeholder_kernels(void);
