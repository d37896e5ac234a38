// The peak of a core's arithmetic: loops of nothing but the multiply-accumulate of an instruction set.
//
// Twelve accumulators hide the latency of vector instructions (at most 5 cycles, two a cycle) and leave registers for
// the operands; six are enough, and all that fit, for scalar integers. The empty asm statements claim to change what
// they name, so that a compiler can neither leave a step out nor fold two nor take a product out of the loop.
#include "CKernels.h"

// A loop over `step`, which accumulates `lanes` products in sums[i]; returns the number of products.
#define DEFINE_PEAK(name, attributes, type, reg, accumulators, lanes, start, step)      \
    attributes static int64_t name(int64_t rounds) {                                    \
        type a = start, b = start, sums[accumulators];                                  \
        for (int i = 0; i < accumulators; i++) sums[i] = start;                         \
        for (int64_t round = 0; round < rounds; round++) {                              \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < accumulators; i++) { \
                sums[i] = step;                                                         \
                __asm__ volatile("" : "+" reg(sums[i]), "+" reg(a), "+" reg(b));        \
            }                                                                           \
        }                                                                               \
        return rounds * accumulators * lanes;                                           \
    }

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512vnni"), min_vector_width(512)))
#define AVXVNNI __attribute__((target("avx2,avxvnni")))
#define AVX2 __attribute__((target("avx2")))
#define FMA __attribute__((target("avx2,fma")))

DEFINE_PEAK(int8_avx512vnni, AVX512, __m512i, "v", 12, 64, _mm512_set1_epi8(1), _mm512_dpbusd_epi32(sums[i], a, b))
DEFINE_PEAK(int8_avxvnni, AVXVNNI, __m256i, "x", 12, 32, _mm256_set1_epi8(1), _mm256_dpbusd_avx_epi32(sums[i], a, b))
DEFINE_PEAK(int8_avx2, AVX2, __m256i, "x", 12, 32, _mm256_set1_epi8(1),
            _mm256_add_epi32(sums[i], _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), b)))
DEFINE_PEAK(f32_avx512, AVX512, __m512, "v", 12, 16, _mm512_set1_ps(0.5f), _mm512_fmadd_ps(sums[i], a, b))
DEFINE_PEAK(f32_fma, FMA, __m256, "x", 12, 8, _mm256_set1_ps(0.5f), _mm256_fmadd_ps(sums[i], a, b))
#define FLOAT_REGISTER "x"
#elif defined(__aarch64__)
#include <arm_neon.h>

#define DOT __attribute__((target("dotprod")))

DEFINE_PEAK(int8_neon, DOT, int32x4_t, "w", 12, 16, vdupq_n_s32(0x01010101),
            vdotq_s32(sums[i], vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b)))
DEFINE_PEAK(f32_neon, , float32x4_t, "w", 12, 4, vdupq_n_f32(0.5f), vfmaq_f32(sums[i], a, b))
#define FLOAT_REGISTER "w"
#endif

#if defined(FLOAT_REGISTER)
DEFINE_PEAK(int8_scalar, , uint32_t, "r", 6, 1, 1, sums[i] + a * b)
DEFINE_PEAK(f32_scalar, , float, FLOAT_REGISTER, 12, 1, 0.5f, sums[i] * a + b)
#endif

int64_t triage_peak(triage_isa isa, bool is_integer, int64_t rounds) {
    if (!triage_kernels_for(isa)) return 0;
    switch (isa) {
#if defined(FLOAT_REGISTER)
        case TRIAGE_ISA_SCALAR:
            return is_integer ? int8_scalar(rounds) : f32_scalar(rounds);
#endif
#if defined(__x86_64__)
        case TRIAGE_ISA_AVX2:
            return is_integer ? int8_avx2(rounds) : f32_fma(rounds);
        case TRIAGE_ISA_AVXVNNI:
            return is_integer ? int8_avxvnni(rounds) : f32_fma(rounds);
        case TRIAGE_ISA_AVX512VNNI:
            return is_integer ? int8_avx512vnni(rounds) : f32_avx512(rounds);
#elif defined(__aarch64__)
        case TRIAGE_ISA_NEON:
            return is_integer ? int8_neon(rounds) : f32_neon(rounds);
#endif
        default:
            return 0;
    }
}
