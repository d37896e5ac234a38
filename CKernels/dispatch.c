// Which kernels this machine can run: the CPU must have the instructions and the operating system must save their
// registers. x86 says so in CPUID and XCR0; on ARM Linux answers for both.
#include "CKernels.h"

extern const triage_kernels triage_kernels_scalar;

#if defined(__x86_64__)
#include <cpuid.h>

extern const triage_kernels triage_kernels_avx2;
extern const triage_kernels triage_kernels_avxvnni;
extern const triage_kernels triage_kernels_avx512vnni;

// Bits of XCR0.
enum { STATE_AVX = 0x06, STATE_AVX512 = 0xE6 };

static bool saves_registers(uint32_t needed) {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) return false;
    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
    return (eax & needed) == needed;
}

// With fused multiply-add and conversion of halves: every CPU with AVX2 has them, but they are features of their own.
static bool has_avx2(void) {
    uint32_t eax, ebx, ecx, edx;
    const uint32_t others = bit_FMA | bit_F16C;
    return saves_registers(STATE_AVX) && __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & others) == others &&
           __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & bit_AVX2);
}

static bool has_avxvnni(void) {
    uint32_t eax, ebx, ecx, edx;
    return has_avx2() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & bit_AVXVNNI);
}

static bool has_avx512vnni(void) {
    uint32_t eax, ebx, ecx, edx;
    const uint32_t instructions = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
    return saves_registers(STATE_AVX512) && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
           (ebx & instructions) == instructions && (ecx & bit_AVX512VNNI);
}
#elif defined(__aarch64__)
#include <sys/auxv.h>

extern const triage_kernels triage_kernels_neon;

static bool has_neon(void) { return getauxval(AT_HWCAP) & HWCAP_ASIMDDP; }
#endif

const triage_kernels *triage_kernels_for(triage_isa isa) {
    switch (isa) {
        case TRIAGE_ISA_SCALAR:
            return &triage_kernels_scalar;
#if defined(__x86_64__)
        case TRIAGE_ISA_AVX2:
            return has_avx2() ? &triage_kernels_avx2 : NULL;
        case TRIAGE_ISA_AVXVNNI:
            return has_avxvnni() ? &triage_kernels_avxvnni : NULL;
        case TRIAGE_ISA_AVX512VNNI:
            return has_avx512vnni() ? &triage_kernels_avx512vnni : NULL;
#elif defined(__aarch64__)
        case TRIAGE_ISA_NEON:
            return has_neon() ? &triage_kernels_neon : NULL;
#endif
        default:
            return NULL;
    }
}
