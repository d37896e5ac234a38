#pragma once

#include <stddef.h>

/// Tells the processor that this is a loop that waits: it saves power and yields to a sibling hardware thread.
static inline void parallelism_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

/// Linux's sched_getaffinity and sched_setaffinity, which the system's headers show only with GNU extensions: one bit a
/// processor; 0, or -1 with errno set. Process 0 is the calling thread.
int parallelism_get_affinity(int process, size_t bytes, unsigned long *mask) __asm__("sched_getaffinity");
int parallelism_set_affinity(int process, size_t bytes, const unsigned long *mask) __asm__("sched_setaffinity");
