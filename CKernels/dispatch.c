// Which kernels this machine can run: the CPU must have the instructions (CPUID) and the operating system must save
// their registers (XCR0).
#include "CKernels.h"

extern const triage_kernels triage_kernels_scalar;

#if defined(__x86_64__)
#include <cpuid.h>

extern const triage_kernels triage_kernels_avx512vnni;

static uint64_t enabled_register_state(void) {
    uint32_t eax, edx;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return (uint64_t)edx << 32 | eax;
}

static bool has_avx512vnni(void) {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) return false;
    // SSE, AVX, mask registers, upper halves of zmm0-15, zmm16-31.
    const uint64_t needed = 0xE6;
    if ((enabled_register_state() & needed) != needed) return false;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return false;
    const uint32_t instructions = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
    return (ebx & instructions) == instructions && (ecx & bit_AVX512VNNI);
}
#endif

const triage_kernels *triage_kernels_for(triage_isa isa) {
    switch (isa) {
        case TRIAGE_ISA_SCALAR:
            return &triage_kernels_scalar;
        case TRIAGE_ISA_AVX512VNNI:
#if defined(__x86_64__)
            if (has_avx512vnni()) return &triage_kernels_avx512vnni;
#endif
            return NULL;
    }
    return NULL;
}
